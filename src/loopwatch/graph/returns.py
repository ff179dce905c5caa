"""What it is for a unit to return: a walk through states back to the latest equal one."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple, overload

from loopwatch.diffing.fragments import Mark, Trace
from loopwatch.model.unit import Granularity


class Visit(NamedTuple):
    """A unit enters a state."""

    version: int  # number of the version; -1: it was so before the range
    state: object  # equal for equal states


class PackedVisits(Sequence[Visit]):
    """Visits whose states are byte strings of one width, in a third of the room."""

    __slots__ = ("_states", "_versions")

    def __init__(self, visits: Iterable[Visit], width: int) -> None:
        """Pack visits; the state of a unit that is not there is empty."""
        visits = tuple(visits)
        self._versions = array("i", (visit.version for visit in visits)).tobytes()
        states = (visit.state for visit in visits)
        self._states = b"".join(s or bytes(width) for s in states if isinstance(s, bytes))

    def _all(self) -> tuple[Visit, ...]:
        versions = array("i", self._versions)
        width = len(self._states) // len(versions)
        ends = range(width, len(self._states) + 1, width)
        states = (self._states[end - width : end] for end in ends)
        told = (state if any(state) else b"" for state in states)
        return tuple(map(Visit, versions, told))

    def __len__(self) -> int:
        return len(self._versions) // array("i").itemsize

    def __iter__(self) -> Iterator[Visit]:
        return iter(self._all())

    @overload
    def __getitem__(self, place: int) -> Visit: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Visit, ...]: ...

    def __getitem__(self, place: int | slice) -> Visit | tuple[Visit, ...]:
        return self._all()[place]


class TurnKind(StrEnum):
    """What observed defects did at a version."""

    CLOSED = "closed"  # they take turns, and the first is back
    BACK = "back"  # one is back, and nothing was traded for it
    TRADED = "traded"  # one went, and another came
    MASKED = "masked"  # one went because its check was switched off


@dataclass(frozen=True, slots=True)
class Turn:
    """Observed defects, by their numbers; the states of their visits are those present."""

    kind: TurnKind
    groups: tuple[tuple[int, ...], ...]  # defects that come and go together, in order of turns
    edits: tuple[int, ...]  # versions of the turn that the walk is made of
    paths: tuple[bytes, ...] = ()  # files that these edits changed, the likeliest first
    is_certain: bool = True  # each is the same defect as before
    has_test: bool = False  # one of them is a failing test: more than a matter of style
    is_by_message: bool = False  # one of them is known by its message and path alone
    is_swapped: bool = False  # one that is back went as another came, and came as another went
    is_being_fixed: bool = False  # of a masked one: it had flipped before
    why: str = ""  # of a masked one: how its check was switched off

    @property
    def defects(self) -> tuple[int, ...]:
        """All of them, in the order of their turns."""
        return tuple(number for group in self.groups for number in group)


@dataclass(frozen=True, slots=True)
class Return:
    """A unit is back in an earlier state.

    ``visits`` is the whole run through the states of the cycle, oldest first; the
    last is the return. ``since`` is the index of the latest equal visit before it:
    what the unit did from there is this turn of the cycle.
    """

    granularity: Granularity
    path: bytes
    symbol: str | None
    visits: Sequence[Visit]
    since: int
    hunks: tuple[int, ...] = ()  # of a site: the hunks of the run, the returning one last
    marks: Mark = Mark.NOTHING  # those that all hunks of this turn share
    weight: int = 0  # characters of the meaningful lines that return
    lines: int = 0  # meaningful lines that return
    is_exact: bool = True
    is_insertion: bool = False  # the state was left by putting something in, nothing else
    is_deletion: bool = False  # … by taking something out, nothing else
    is_kept: bool = False  # what was put in is taken out, and stands elsewhere in the file instead
    is_swept: bool = False  # what was put in is taken out with the lines on both sides of it
    is_absence: bool = False  # the unit is, or was, not there
    is_arrival: bool = False  # a merge brings it in; it was told on the side branch
    siblings: int = 1  # hunks by which the edit that left the state changed the file
    is_dropped: bool = False  # a merge leaves out what its other side had done
    trace: Trace = Trace.NOTHING  # how far its lines only print or log
    old_line: int = 1  # of the returning hunk
    new_line: int = 1
    last_line: int = 0  # of a symbol, at the version that returns
    turn: Turn | None = None  # of observed defects: what they did

    def packed(self) -> "Return":
        """Return the same in less room, to be kept for long."""
        states = {visit.state for visit in self.visits}
        widths = {len(state) if isinstance(state, bytes) else -1 for state in states if state}
        width = widths.pop() if len(widths) == 1 else -1
        return replace(self, visits=PackedVisits(self.visits, width)) if width > 0 else self

    def arrived(self, has_arrived: bool) -> "Return":
        """Return the same, told to be brought in by a merge."""
        return replace(self, is_arrival=True) if has_arrived else self

    def marked(self, marks: Mark) -> "Return":
        """Return the same with more marks."""
        return replace(self, marks=self.marks | marks) if marks else self

    @property
    def version(self) -> int:
        """The version that returns."""
        return self.visits[-1].version

    @property
    def steps(self) -> tuple[int, ...]:
        """The versions whose edits make up this turn, from the one that left the state."""
        return tuple(visit.version for visit in self.visits[self.since + 1 :])

    @property
    def left(self) -> int:
        """The version that left the state."""
        return self.visits[self.since + 1].version

    @property
    def period(self) -> int:
        """Number of distinct states of the cycle."""
        return len({visit.state for visit in self.visits})

    @property
    def rounds(self) -> int:
        """States visited by period: X Y X is 1, X Y X Y is 2."""
        return len(self.visits) // self.period


def distinct(visits: Iterable[Visit]) -> list[Visit]:
    """Return the visits without those that change nothing."""
    kept: list[Visit] = []
    for visit in visits:
        if not kept or kept[-1].state != visit.state:
            kept.append(visit)
    return kept


def walk_back(states: Sequence[object]) -> tuple[int, int] | None:
    """Return where the latest cycle that the last state closes begins.

    Args:
        states: of one unit, oldest first, no two neighbours equal.

    Returns:
        Index where the run through the cycle's states starts, and index of the
        latest state equal to the last one; None if the last state is new.
    """
    last = len(states) - 1
    since = next((i for i in range(last - 1, -1, -1) if states[i] == states[last]), None)
    if since is None:
        return None
    cycle = set(states[since:last])
    start = since
    while start > 0 and states[start - 1] in cycle:
        start -= 1
    return start, since
