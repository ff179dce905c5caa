"""The chain of evidence: what the edits of a cycle changed, read again for the few that matter."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loopwatch.graph.edits import FileEdit
from loopwatch.graph.file_watch import is_inside
from loopwatch.graph.observer import Observer
from loopwatch.graph.returns import Return, Turn
from loopwatch.model.edit import Hunk
from loopwatch.model.unit import Granularity

MOST_HUNKS = 8  # of one unit in one edit


@dataclass(slots=True)
class Evidence:
    """Reads hunks again, by version and path."""

    observer: Observer

    def hunks(self, found: Return, version: int) -> tuple[Hunk, ...]:
        """Return what one edit of a cycle did to the unit."""
        if found.turn is not None:
            return tuple(self._of_turn(found, found.turn, version))[:MOST_HUNKS]
        if found.granularity is Granularity.TREE:
            return ()
        if found.granularity is Granularity.SITE:
            return tuple(self._of_site(found, version))[:MOST_HUNKS]
        edit = self.observer.rereading.edit(found.path, version)
        if edit is None:
            return ()
        places = list(range(len(edit.hunks)))
        if found.symbol is not None:
            edit.understand()
            inside = [n for n in places if is_inside(edit.hunks[n].symbol, found.symbol)]
            places = inside or places
        return tuple(_hunk(edit, number) for number in places[:MOST_HUNKS])

    def _of_turn(self, found: Return, turn: Turn, version: int) -> Iterator[Hunk]:
        """Yield what an edit did to the files that the defects have in common, code meant first."""
        for path in turn.paths:
            edit = self.observer.rereading.edit(path, version)
            if edit is None:
                continue
            edit.understand()
            inside = [
                number
                for number, hunk in enumerate(edit.hunks)
                if found.symbol is None or is_inside(hunk.symbol, found.symbol)
            ]
            others = [number for number in range(len(edit.hunks)) if number not in inside]
            yield from (_hunk(edit, number) for number in (*inside, *others))

    def _of_site(self, found: Return, version: int) -> Iterator[Hunk]:
        index = self.observer.sites.index
        for number in found.hunks:
            if index.version[number] != version:
                continue
            halves = self.observer.rereading.halves(number)
            if halves is not None:
                start = index.new_start[number] if halves[1] else index.old_start[number]
                path = self.observer.files.paths.names[index.path(number)]
                yield _told(path, start, *halves)

    def fingerprints(self, found: Return) -> tuple[str, ...]:
        """Return one hexadecimal fingerprint for each state of the cycle, the same everywhere.

        A site's state is what the hunk that left it took out.
        """
        if found.turn is not None:
            firsts = {group[0] for group in found.turn.groups}
            return tuple(self.observer.defects.table[number].key for number in sorted(firsts))
        if found.granularity is not Granularity.SITE:
            states = (visit.state for visit in found.visits[:-1])
            return tuple({state.hex(): None for state in states if isinstance(state, bytes)})
        index = self.observer.sites.index
        if found.is_dropped:
            before, after = index.keys(found.hunks[0])
            return f"{before:016x}", f"{after:016x}"
        hunks = found.hunks[-(len(found.visits) - 1) :]
        return tuple({f"{index.keys(number)[0]:016x}": None for number in hunks})


def _hunk(edit: FileEdit, number: int) -> Hunk:
    hunk = edit.hunks[number]
    old, new = edit.halves(hunk)
    return _told(edit.path, hunk.new_start if new else hunk.old_start, old, new)


def _told(path: bytes, start: int, old: Sequence[bytes], new: Sequence[bytes]) -> Hunk:
    return Hunk(
        path=path.decode("utf-8", "surrogateescape"),
        start_line=max(start, 1),
        before=_decoded(old),
        after=_decoded(new),
    )


def _decoded(lines: Sequence[bytes]) -> tuple[str, ...]:
    return tuple(line.decode("utf-8", "surrogateescape") for line in lines)
