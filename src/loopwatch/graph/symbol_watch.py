"""Symbols: which functions, methods and classes are back in an earlier state.

Files are parsed only where the words of an edit say that something may return.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from loopwatch.graph.edits import FileEdit
from loopwatch.graph.file_watch import FileWatch, shared_marks, shared_trace
from loopwatch.graph.rereading import Rereading
from loopwatch.graph.returns import Return, Visit, distinct, walk_back
from loopwatch.graph.symbol_changes import SymbolChange, changed_symbols
from loopwatch.graph.topology import Topology
from loopwatch.graph.tracks import ABSENT
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
        if edit.is_whole or not edit.has_parser:
            return
        family = self.files.paths.family(edit.path)
        leaving = self.gate.leaving(version, family, edit, self.topology.sees)
        if edit.is_arrival or not leaving:
            return  # what a merge brings was told on the other side
        runs = self._runs(version, edit.path, leaving)
        for change in changed_symbols(edit) if runs else ():
            if (found := self._return(version, edit, change, runs)) is not None:
                yield found.arrived(self._has_arrived(edit, change, merged))

    def visits(self, path: bytes, name: str, version: int) -> list[Visit]:
        """Return the states of a symbol, as far as they were looked at, oldest first."""
        known = self._known.get((self.files.paths.family(path), name), {})
        sees = self.topology.sees
        seen = (v for v in sorted(known) if v < 0 or (v <= version and sees(version, v)))
        return distinct(Visit(v, known[v]) for v in seen)

    def now(self, path: bytes, name: str) -> bytes | None:
        """Return the state of a symbol in the newest version; None where it is not there."""
        visits = self.files.histories.last(self.files.paths.number(path), len(self.topology) - 1)
        return self._state(path, visits[-1], name) if visits else None

    def _runs(self, version: int, path: bytes, leaving: Sequence[int]) -> list[Sequence[Visit]]:
        """Return the visits of a file from before each version that may have left a state.

        The last ones are those before ``version``.
        """
        number = self.files.paths.number(path)
        visits = self.files.histories.visits(number, version, min(leaving))[:-1]
        places = {visit.version: place for place, visit in enumerate(visits) if place}
        starts = [places[left] - 1 for left in leaving if left in places]
        return [visits[start:] for start in starts if visits[start].state != ABSENT]

    def _return(
        self,
        version: int,
        edit: FileEdit,
        change: SymbolChange,
        runs: Sequence[Sequence[Visit]],
    ) -> Return | None:
        if change.new is None:
            return None
        seen = self._look_back(edit.path, change, runs)
        if not seen:
            return None
        known = self._known.setdefault((self.files.paths.family(edit.path), change.name), {})
        known.update(seen)
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
            trace=shared_trace(edit, run[found[0] :], change.name),
            is_absence=any(visit.state == b"" for visit in run[found[1] :]),
            old_line=change.old.start_line if change.old else 1,
            new_line=change.new.start_line,
            last_line=change.new.end_line,
        )

    def _look_back(
        self, path: bytes, change: SymbolChange, runs: Sequence[Sequence[Visit]]
    ) -> dict[int, bytes]:
        """Look for the new state at the beginning of each run; return the states from there on."""
        for run in runs:
            if self._is_new(path, run[0], change):
                half = MOST_VISITS // 2
                between = run if len(run) <= MOST_VISITS else (*run[:half], *run[-half:])
                return {v.version: self._state(path, v, change.name) or b"" for v in between}
        return {}

    def _state(self, path: bytes, visit: Visit, name: str) -> bytes | None:
        blob = visit.state
        assert isinstance(blob, bytes)
        content = self.rereading.contents.get(path, blob) if blob else None
        symbol = content.symbols.get(name) if content else None
        return symbol.shape_state if symbol else None

    def _is_new(self, path: bytes, visit: Visit, change: SymbolChange) -> bool:
        """Tell whether a symbol had, in a version of its file, the state that it changes to."""
        blob = visit.state
        assert isinstance(blob, bytes)
        if not blob or change.new is None:
            return False
        contents = self.rereading.contents
        return contents.has_shape(path, blob, change.name, change.new.shape_state)

    def _has_arrived(self, edit: FileEdit, change: SymbolChange, merged: frozenset[int]) -> bool:
        """Tell whether the versions that a merge brings in left the symbol in its new state."""
        if not merged:
            return False
        number = self.files.paths.number(edit.path)
        side = self.files.histories.visits(number, max(merged), min(merged))
        entered = [visit for visit in side if visit.version in merged]
        return any(self._is_new(edit.path, visit, change) for visit in entered[-MOST_VISITS:])
