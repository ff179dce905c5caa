"""Files: which blob each path was, and which paths go on as others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress

from loopwatch.diffing.fragments import MECHANICAL, MOVES, Mark
from loopwatch.graph.edits import FileEdit, Step
from loopwatch.graph.histories import Histories
from loopwatch.graph.paths import Paths
from loopwatch.graph.returns import Return
from loopwatch.graph.topology import Topology
from loopwatch.graph.tracks import ABSENT
from loopwatch.model.history import Change, Rename
from loopwatch.model.unit import Granularity

EMPTY_BLOBS = frozenset(  # all empty files are equal, and none is another one renamed
    map(
        bytes.fromhex,
        (
            "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
            "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
        ),
    )
)


@dataclass(slots=True)
class FileWatch:
    """Follows every path."""

    topology: Topology
    id_width: int
    paths: Paths = field(default_factory=Paths)
    histories: Histories = field(init=False)
    renamed_from: dict[bytes, bytes] = field(default_factory=dict)  # the newest of each name
    _left: set[bytes] = field(default_factory=set)  # names that a file has left for another

    def __post_init__(self) -> None:
        self.histories = Histories(self.topology, self.id_width)

    def steps(
        self, version: int, changes: Sequence[Change], renames: Sequence[Rename]
    ) -> list[Step]:
        """Return the changes of a version, renames as one step each."""
        if not renames and not has_arrivals(changes):
            return [Step(path, path, old, new) for path, old, new in changes]
        steps = {path: Step(path, path, old, new) for path, old, new in changes}
        for old_path, new_path in renames:
            gone, come = steps.get(old_path), steps.get(new_path)
            if gone is None or come is None or gone.new is not None or come.old is not None:
                continue
            self._leave(version, gone)
            del steps[old_path]
            steps[new_path] = come._replace(old_path=old_path, old=gone.old)
            number = self.paths.number
            self.histories.begin_as(number(new_path), number(old_path), version)
            self.paths.join(old_path, new_path)
            self._left.add(old_path)
            self.renamed_from[new_path] = old_path
        self._follow_copies(version, steps)
        for path in sorted(self._left & steps.keys()):
            if steps[path].old is None and steps[path].old_path == path:
                self.paths.part(path)
                self._left.discard(path)
        return list(steps.values())

    def _follow_copies(self, version: int, steps: Mapping[bytes, Step]) -> None:
        """Let a file that begins as what another one was before the edit share its history."""
        before = {step.old: path for path, step in steps.items() if step.old and step.new}
        for path, step in steps.items():
            if step.old is None and step.new in before and step.new not in EMPTY_BLOBS:
                original = self.paths.number(before[step.new])
                self.histories.begin_as(self.paths.number(path), original, version)
                self.paths.share(before[step.new], path)

    def _leave(self, version: int, step: Step) -> None:
        """Note that a path is gone, without a verdict: the file goes on elsewhere."""
        self.histories.enter(self.paths.number(step.path), version, step.old or ABSENT, ABSENT)

    def enter(self, version: int, steps: Sequence[Step]) -> list[Step]:
        """Take in the steps of a version; return those whose file may be back in a state."""
        numbers = self.paths.numbers
        told = self.histories.enter_all(
            version,
            (
                (numbers[path], ABSENT if path != old_path else old or ABSENT, new or ABSENT)
                for path, old_path, old, new in steps
            ),
        )
        return list(compress(steps, told))

    def enter_plain(self, version: int, changes: Sequence[Change]) -> list[Step]:
        """Do as ``enter`` for changes of which none brings a new path."""
        numbers = self.paths.numbers
        told = self.histories.enter_all(
            version, [(numbers[path], old or ABSENT, new or ABSENT) for path, old, new in changes]
        )
        return [Step(path, path, old, new) for path, old, new in compress(changes, told)]

    def found(
        self, version: int, step: Step, edit: FileEdit | None, merged: frozenset[int]
    ) -> Return | None:
        """Return what a file returns to at a version that may return."""
        number = self.paths.number(step.path)
        run = self.histories.returns(number, version)
        marks = shared_marks(edit)
        if step.path != step.old_path and step.old == step.new:
            run, marks = self.histories.own_returns(number, version), MOVES
        if run is None:
            return None
        visits, since = run
        return Return(
            granularity=Granularity.FILE,
            path=step.path,
            symbol=None,
            visits=tuple(visits),
            since=since,
            marks=marks,
            is_absence=any(visit.state == ABSENT for visit in visits[since:]),
            is_arrival=self.histories.was_entered_by(merged, number, step.new or ABSENT),
        )


@dataclass(frozen=True, slots=True)
class Comings:
    """What vanishes with one version, and what appears: any of it may have been renamed."""

    gone: Mapping[bytes, bytes]  # paths, by their blob ids
    come: Sequence[tuple[bytes, bytes]]  # paths and their blob ids

    @classmethod
    def of(cls, changes: Sequence[Change]) -> "Comings":
        """Find them among the changes of a version."""
        return cls(
            {old: path for path, old, new in changes if new is None and old},
            [(path, new) for path, old, new in changes if old is None and new],
        )

    def renames(self) -> list[Rename]:
        """Return what was renamed and stayed as it was."""
        gone = self.gone
        return [
            (gone[new], path) for path, new in self.come if new in gone and new not in EMPTY_BLOBS
        ]

    def has_more(self, renames: Sequence[Rename]) -> bool:
        """Tell whether more may have been renamed than that."""
        return len(renames) != min(len(self.gone), len(self.come))


def has_arrivals(changes: Sequence[Change]) -> bool:
    """Tell whether any of the paths is new."""
    return None in [old for _, old, _ in changes]


def shared_marks(edit: FileEdit | None, symbol: str | None = None) -> Mark:
    """Return what makes an edit of a file, or of a symbol, mean less: all its hunks are marked."""
    hunks = edit.hunks if edit else ()
    if symbol is not None:
        hunks = tuple(hunk for hunk in hunks if is_inside(hunk.symbol, symbol)) or hunks
    marks = Mark.NOTHING
    for hunk in hunks:
        if not hunk.marks & (MECHANICAL | MOVES):
            return Mark.NOTHING
        marks |= hunk.marks
    return marks


def is_inside(symbol: str | None, holder: str) -> bool:
    """Tell whether a symbol is another one or lies inside it."""
    return symbol is not None and (symbol == holder or symbol.startswith(f"{holder}."))
