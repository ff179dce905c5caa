"""Symbols: which state each function, method and class was in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from loopwatch.graph.edits import FileEdit
from loopwatch.graph.file_watch import shared_marks
from loopwatch.graph.histories import Histories
from loopwatch.graph.paths import Paths
from loopwatch.graph.returns import Return, Visit
from loopwatch.graph.symbol_changes import STATE_WIDTH, SymbolChange, changed_symbols, moves
from loopwatch.graph.topology import Topology
from loopwatch.graph.tracks import ABSENT
from loopwatch.model.unit import Granularity


@dataclass(slots=True)
class SymbolWatch:
    """Follows every symbol that changes, also where it is renamed or moves to another file."""

    topology: Topology
    paths: Paths
    histories: Histories = field(init=False)
    _numbers: dict[tuple[int, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.histories = Histories(self.topology, STATE_WIDTH)

    def returns(
        self, version: int, edits: Sequence[FileEdit], merged: frozenset[int]
    ) -> Iterator[Return]:
        """Take in what a version does to its files, and yield the symbols that return."""
        changes = [(edit, change) for edit in edits for change in changed_symbols(edit)]
        for move in moves(edits, [change for _, change in changes]):
            new = self._number(move.new_path, move.new_name)
            self.histories.begin_as(new, self._number(move.old_path, move.old_name), version)
        for edit, change in changes:
            # A file that comes or goes as a whole is told as a file.
            if not edit.is_whole and (found := self._return(version, edit, change, merged)):
                yield found

    def visits(self, path: bytes, name: str, version: int) -> list[Visit]:
        """Return the states of a symbol, as remembered at a version, oldest first."""
        return self.histories.visits(self._number(path, name), version)

    def _number(self, path: bytes, name: str) -> int:
        key = (self.paths.family(path), name)
        return self._numbers.setdefault(key, len(self._numbers))

    def _return(
        self, version: int, edit: FileEdit, change: SymbolChange, merged: frozenset[int]
    ) -> Return | None:
        number = self._number(change.path, change.name)
        old, new = change.states
        may_return = self.histories.has_been(number, version, new)
        self.histories.enter(number, version, old, new)
        run = self.histories.returns(number, version) if may_return else None
        if run is None:
            return None
        visits, since = run
        return Return(
            granularity=Granularity.SYMBOL,
            path=change.path,
            symbol=change.name,
            visits=tuple(visits),
            since=since,
            marks=shared_marks(edit, change.name),
            is_absence=any(visit.state == ABSENT for visit in visits[since:]),
            is_arrival=self.histories.was_entered_by(merged, number, new),
            old_line=change.old.start_line if change.old else 1,
            new_line=change.new.start_line if change.new else 1,
            last_line=change.new.end_line if change.new else 0,
        )
