"""Symbols: which functions, methods and classes are back in an earlier state.

Files are parsed only where the words of an edit say that something may return.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from loopwatch.graph.edits import FileEdit
from loopwatch.graph.file_watch import FileWatch, shared_marks
from loopwatch.graph.rereading import Rereading
from loopwatch.graph.returns import Return, Visit, distinct, walk_back
from loopwatch.graph.symbol_changes import SymbolChange, changed_symbols, shapes
from loopwatch.graph.topology import Topology
from loopwatch.graph.word_gate import WordGate
from loopwatch.model.unit import Granularity

MOST_VISITS = 40  # versions of a file that are parsed between leaving a state and returning

Key = tuple[int, str]  # family of the file, name of the symbol


@dataclass(slots=True)
class SymbolWatch:
    """Remembers the states of those symbols that return, by shape: locals may be renamed."""

    topology: Topology
    files: FileWatch
    rereading: Rereading
    gate: WordGate = field(default_factory=WordGate)
    _known: dict[Key, dict[int, bytes]] = field(default_factory=dict)

    def returns(self, version: int, edit: FileEdit, merged: frozenset[int]) -> Iterator[Return]:
        """Take in what a version does to a file, and yield the symbols that return.

        A file that comes or goes as a whole is told as a file.
        """
        if edit.is_whole:
            return
        family = self.files.paths.family(edit.path)
        leaving = self.gate.leaving(version, family, edit)
        if edit.is_arrival:
            return  # what there is to tell was told on the other side
        leaving = [left for left in leaving if left < version and self.topology.sees(version, left)]
        if not leaving:
            return
        visits = self.files.histories.visits(self.files.paths.number(edit.path), version)
        for change in changed_symbols(edit):
            if (found := self._return(version, edit, change, visits, leaving)) is not None:
                yield found.arrived(self._has_arrived(edit, change, merged))

    def visits(self, path: bytes, name: str, version: int) -> list[Visit]:
        """Return the states of a symbol, as far as they were looked at, oldest first."""
        known = self._known.get((self.files.paths.family(path), name), {})
        sees = self.topology.sees
        seen = (v for v in sorted(known) if v < 0 or (v <= version and sees(version, v)))
        return distinct(Visit(v, known[v]) for v in seen)

    def now(self, path: bytes, name: str) -> bytes | None:
        """Return the state of a symbol in the newest version; None where it is not there."""
        visits = self.files.histories.visits(self.files.paths.number(path), len(self.topology) - 1)
        return self._state(path, visits[-1], name) if visits else None

    def _return(
        self,
        version: int,
        edit: FileEdit,
        change: SymbolChange,
        visits: Sequence[Visit],
        leaving: Sequence[int],
    ) -> Return | None:
        if change.new is None:
            return None
        known = self._known.setdefault((self.files.paths.family(edit.path), change.name), {})
        if not self._look_back(edit.path, change, visits, leaving, known):
            return None
        known[version] = change.new.shape_state
        run = self.visits(edit.path, change.name, version)
        found = walk_back([visit.state for visit in run])
        if found is None or run[-1].version != version:
            return None
        edit.understand()
        return Return(
            granularity=Granularity.SYMBOL,
            path=edit.path,
            symbol=change.name,
            visits=tuple(run[found[0] :]),
            since=found[1] - found[0],
            marks=shared_marks(edit, change.name),
            is_absence=any(visit.state == b"" for visit in run[found[1] :]),
            old_line=change.old.start_line if change.old else 1,
            new_line=change.new.start_line,
            last_line=change.new.end_line,
        )

    def _look_back(
        self,
        path: bytes,
        change: SymbolChange,
        visits: Sequence[Visit],
        leaving: Sequence[int],
        known: dict[int, bytes],
    ) -> bool:
        """Look for the new state before each version that may have left it; note what is found."""
        wanted = change.new.shape_state if change.new else b""
        for left in leaving:
            start = next((i for i, v in enumerate(visits) if v.version == left), 0) - 1
            if start < 0 or self._state(path, visits[start], change.name) != wanted:
                continue
            between = visits[start:-1]
            if len(between) > MOST_VISITS:
                between = (*between[: MOST_VISITS // 2], *between[-MOST_VISITS // 2 :])
            for visit in between:
                known[visit.version] = self._state(path, visit, change.name) or b""
            return True
        return False

    def _state(self, path: bytes, visit: Visit, name: str) -> bytes | None:
        blob = visit.state
        assert isinstance(blob, bytes)
        content = self.rereading.contents.get(path, blob) if blob else None
        return shapes(content).get(name) if content else None

    def _has_arrived(self, edit: FileEdit, change: SymbolChange, merged: frozenset[int]) -> bool:
        """Tell whether the versions that a merge brings in left the symbol in its new state."""
        if not merged or change.new is None:
            return False
        side = self.files.histories.visits(self.files.paths.number(edit.path), max(merged))
        entered = [visit for visit in side if visit.version in merged]
        return any(
            self._state(edit.path, visit, change.name) == change.new.shape_state
            for visit in entered[-MOST_VISITS:]
        )
