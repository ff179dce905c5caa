"""The rules: which returns count, and how loud they are. Design §3 is the contract.

Numbers behind the windows and thresholds are in ``docs/how-it-decides.md``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from loopwatch.diffing.fragments import MECHANICAL, MOVES, Mark
from loopwatch.graph.returns import Return
from loopwatch.graph.topology import NONE
from loopwatch.graph.tracks import ABSENT
from loopwatch.model.finding import Kind, Level
from loopwatch.model.unit import Granularity
from loopwatch.verdicts.context import Context
from loopwatch.verdicts.quiet_names import DOCUMENTATION

LONG_WINDOW = 14 * 24  # hours; where two fixes contradict each other word for word
WHOLE_FIX_WINDOW = 30 * 24  # hours; where a fix is undone in several places at once
WHOLE_FIX_PLACES = 3
LOST_LINES = 3  # meaningful lines of code that went without a word and came back


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a return means."""

    found: Return
    kind: Kind
    level: Level
    why: str
    confidence: float
    is_mechanical: bool = False  # counted, not listed

    @property
    def is_loud(self) -> bool:
        """Tell whether it is a warning or an error."""
        return self.level is not Level.NOTE


def judge(returns: Sequence[Return], context: Context) -> list[Verdict]:
    """Return a verdict for each unit that returns at one version, in the given order."""
    shares = _Shares.of(returns, context)
    absent = _Undone.of(returns)
    return [
        _verdict(found, shares, context)
        for found in returns
        if not found.is_arrival
        and (absent.counts(found) or context.intent(found.version).is_admitted)
    ]


@dataclass(frozen=True, slots=True)
class _Undone:
    """Which earlier edits one version undoes in more than the files and symbols they created."""

    edits: frozenset[int]

    @classmethod
    def of(cls, returns: Iterable[Return]) -> "_Undone":
        return cls(frozenset(found.left for found in returns if not _is_uncreated(found)))

    def counts(self, found: Return) -> bool:
        """Tell whether a unit that was created and is gone again has returned to its absence."""
        return not _is_uncreated(found) or found.left in self.edits


def _is_uncreated(found: Return) -> bool:
    return found.visits[-1].state == ABSENT and found.visits[found.since].version == NONE


@dataclass(frozen=True, slots=True)
class _Shares:
    """How much of each earlier edit one version takes back: places and lines by that edit."""

    places: dict[int, int]
    fixed_places: dict[int, int]
    lost_lines: dict[int, int]

    @classmethod
    def of(cls, returns: Iterable[Return], context: Context) -> "_Shares":
        places: dict[int, int] = defaultdict(int)
        fixed_places: dict[int, int] = defaultdict(int)
        lost_lines: dict[int, int] = defaultdict(int)
        for found in returns:
            if found.granularity is not Granularity.SITE or not _counts(found, context):
                continue
            if not found.is_insertion and context.is_code(found.path):
                places[found.left] += 1
            if _is_swap(found) and found.is_exact and context.intent(found.left).is_fix:
                fixed_places[found.left] += 1
            if found.is_deletion and context.is_code(found.path):
                lost_lines[found.left] += found.lines
        return cls(places, fixed_places, lost_lines)


def _counts(found: Return, context: Context) -> bool:
    """Tell whether a return may be loud on its first round."""
    return not (
        found.is_arrival
        or found.marks & (MECHANICAL | MOVES)
        or context.quiet_reason(found.path)
        or context.intent(found.version).is_admitted
    )


def _verdict(found: Return, shares: _Shares, context: Context) -> Verdict:
    quiet = context.quiet_reason(found.path)
    if quiet is not None:
        is_mechanical = quiet != DOCUMENTATION
        return _note(found, f"quiet: {quiet}", is_mechanical=is_mechanical, context=context)
    if (war := _war(found, context)) is not None:
        return war
    if found.marks & (MECHANICAL | MOVES):
        reason = _mechanical_reason(found.marks)
        return _note(found, reason, is_mechanical=True, context=context)
    if found.is_absence:
        return _note(found, "it was absent in between", is_mechanical=False, context=context)
    for rule in (_dropped_fix, _contradiction, _lost_fix, _rollback, _lost_work):
        if (verdict := rule(found, shares, context)) is not None:
            return verdict
    return _note(found, "one return, and not two fixes", is_mechanical=False, context=context)


def _note(found: Return, why: str, *, is_mechanical: bool, context: Context) -> Verdict:
    is_stated = context.intent(found.version).is_admitted
    why = "it says that it takes something back" if is_stated else why
    return Verdict(
        found, Kind.BACKTRACK, Level.NOTE, why, 0.5, is_mechanical=is_mechanical and not is_stated
    )


def _war(found: Return, context: Context) -> Verdict | None:
    """Two rounds or more, close together, whatever the messages say."""
    if found.rounds < 2 or found.marks & (MOVES | Mark.NUMBERS) or not _is_close(found, context):
        return None
    returning = [visit.version for visit in found.visits[found.period :]]
    if found.is_absence and len(returning) < 3:
        return None
    if len(returning) < 3 and _evident(returning, context) < 2:
        return None
    level = Level.ERROR if context.is_code(found.path) else Level.WARNING
    confidence = 0.95 if found.is_exact else 0.8
    why = f"the same states in turn, {found.rounds} rounds"
    return Verdict(found, Kind.OSCILLATION, level, why, confidence)


def _is_close(found: Return, context: Context) -> bool:
    """Tell whether each state was left soon after it was entered, and the last one returned to."""
    at = [visit.version for visit in found.visits if visit.version >= 0]
    window = context.options.window_edits
    if any(context.edits(a, b) > window for a, b in zip(at, at[1:], strict=False)):
        return False
    return found.is_exact or context.hours(found.left, found.version) <= LONG_WINDOW


def _evident(returning: Sequence[int], context: Context) -> int:
    """Count the returns that neither admit a revert nor put back what was so reverted."""
    evident, is_excused = 0, False
    for version in returning:
        if is_excused or context.intent(version).is_admitted:
            is_excused = not is_excused
        else:
            evident += 1
    return evident


def _is_swap(found: Return) -> bool:
    """Tell whether both states have something to show: none is the lack of the other."""
    return not (found.is_insertion or found.is_deletion or found.is_absence)


def _contradiction(found: Return, shares: _Shares, context: Context) -> Verdict | None:
    """Every edit of the cycle means to fix something: X Y X by fixes."""
    steps = [context.intent(version) for version in found.steps]
    if not all(step.is_fix and not step.is_admitted for step in steps) or found.is_trace:
        return None
    hours = context.hours(found.left, found.version)
    is_long = _is_swap(found) and found.is_exact and len(steps) == 2 and hours <= LONG_WINDOW
    if hours > context.options.window_hours and not is_long:
        return None
    why = f"each of its {len(steps)} edits means to fix something, within {_span(hours)}"
    confidence = 0.75 if hours <= context.options.window_hours else 0.6
    return Verdict(found, Kind.OSCILLATION, Level.WARNING, why, confidence)


def _lost_fix(found: Return, shares: _Shares, context: Context) -> Verdict | None:
    """What a fix changed is changed back by an edit that does not say so."""
    if not context.intent(found.left).is_fix or not _is_silent(found, context):
        return None
    hours = context.hours(found.left, found.version)
    is_whole = shares.fixed_places[found.left] >= WHOLE_FIX_PLACES and hours <= WHOLE_FIX_WINDOW
    if found.is_insertion or found.is_absence or not found.is_exact:
        return None
    if hours > context.options.window_hours and not is_whole:
        return None
    why = f"a fix of {_span(hours)} before is taken back, and the edit does not say so"
    return Verdict(found, Kind.RELAPSE, Level.WARNING, why, 0.7 if is_whole else 0.6)


def _dropped_fix(found: Return, shares: _Shares, context: Context) -> Verdict | None:
    """A merge leaves out a fix that its other side brings."""
    hours = context.hours(found.left, found.version)
    if not found.is_dropped or found.is_trace or hours > WHOLE_FIX_WINDOW:
        return None
    why = f"a fix of {_span(hours)} before is on the side that is merged, but not in the merge"
    return Verdict(found, Kind.RELAPSE, Level.WARNING, why, 0.6)


def _rollback(found: Return, shares: _Shares, context: Context) -> Verdict | None:
    """Much of one earlier edit returns at once, in silence."""
    places = shares.places[found.left]
    if places < context.options.rollback_hunks or found.granularity is not Granularity.SITE:
        return None
    hours = context.hours(found.left, found.version)
    if found.is_insertion or hours > context.options.window_hours or not _is_silent(found, context):
        return None
    why = f"{places} places of one edit of {_span(hours)} before return together, in silence"
    return Verdict(found, Kind.RELAPSE, Level.WARNING, why, 0.65)


def _lost_work(found: Return, shares: _Shares, context: Context) -> Verdict | None:
    """Code went without a word and had to be put back."""
    if not found.is_deletion or shares.lost_lines[found.left] < LOST_LINES:
        return None
    hours = context.hours(found.left, found.version)
    if hours > context.options.window_hours or not context.is_code(found.path):
        return None
    if not _is_silent(found, context) or context.intent(found.left).is_admitted:
        return None
    why = f"code that was lost {_span(hours)} before is put back"
    return Verdict(found, Kind.RELAPSE, Level.WARNING, why, 0.6)


def _is_silent(found: Return, context: Context) -> bool:
    return not any(context.intent(version).is_admitted for version in found.steps)


def _mechanical_reason(marks: Mark) -> str:
    names = {
        Mark.LAYOUT: "layout only",
        Mark.COMMENTS: "comments only",
        Mark.IMPORTS: "imports only",
        Mark.NUMBERS: "a version number or a counter",
        MOVES: "moved, not changed",
    }
    return "mechanical: " + next(name for mark, name in names.items() if marks & mark)


def _span(hours: float) -> str:
    """Return a time in words that need no clock."""
    if hours < 1:
        return f"{round(hours * 60)} minutes"
    return f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.0f} days"


def loudest(verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    """Yield the verdicts of the highest level."""
    kept = list(verdicts)
    highest = max((verdict.level.rank for verdict in kept), default=0)
    return (verdict for verdict in kept if verdict.level.rank == highest)
