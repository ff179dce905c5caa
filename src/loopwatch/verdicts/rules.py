"""The rules: which returns count, and how loud they are.

The contract is design §3; the numbers behind windows and thresholds are in
``docs/how-it-decides.md``.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

from loopwatch.diffing.fragments import MECHANICAL, MOVES, Mark, Trace
from loopwatch.graph.returns import Return
from loopwatch.model.finding import Kind, Level
from loopwatch.model.unit import Granularity
from loopwatch.verdicts.case import Case, Shares, is_uncreated
from loopwatch.verdicts.context import Context
from loopwatch.verdicts.defect_rules import judge_defects
from loopwatch.verdicts.quiet_names import DOCUMENTATION
from loopwatch.verdicts.verdict import SURE_ROUNDS, UNSAID, Verdict, evident

LONG_WINDOW = 14 * 24  # hours; where two fixes contradict each other word for word
WHOLE_FIX_WINDOW = 30 * 24  # hours; where a fix is undone in several places at once
LOST_LINES = 3  # meaningful lines of code that went without a word and came back

MARKS = {
    Mark.LAYOUT: "layout only",
    Mark.COMMENTS: "comments only",
    Mark.IMPORTS: "imports only",
    Mark.NUMBERS: "a version number or a counter",
    MOVES: "moved, not changed",
}


Rule = Callable[[Case], Verdict | None]


def judge(returns: Sequence[Return], context: Context) -> list[Verdict]:
    """Return a verdict for each unit that returns at one version, in the given order.

    What a merge only brings in was told on the side branch. A unit that was
    created and is gone again counts only if the edit says so, or undoes more.
    """
    shares = Shares.of(returns, context)
    return [_verdict(Case(found, shares, context)) for found in counting(returns, context)]


def counting(returns: Sequence[Return], context: Context) -> Iterator[Return]:
    """Yield those of the returns of one version that a verdict is given for."""
    undone = frozenset(found.left for found in returns if not is_uncreated(found))
    for found in returns:
        if not found.is_arrival and (
            found.turn is not None
            or not is_uncreated(found)
            or found.left in undone
            or context.intent(found.version).is_admitted
        ):
            yield found


def _verdict(case: Case) -> Verdict:
    """Return what the first rule that fits makes of a return, if it is one."""
    if case.found.turn is not None:
        return judge_defects(case)
    verdict = _judged(case)
    if verdict.is_loud and not case.is_same_place:
        return _note(case, "equal lines, at another place of the file")
    if verdict.is_loud and case.is_replay:
        return _note(case, "the same change, arriving again by a rebase", is_mechanical=True)
    if verdict.is_loud and (marks := case.late_marks):
        return _mechanical(case, marks)
    return verdict


def _judged(case: Case) -> Verdict:
    quiet = case.context.quiet_reason(case.found.path)
    if quiet is not None:
        return _note(case, f"quiet: {quiet}", is_mechanical=quiet != DOCUMENTATION)
    if case.is_release:
        return _note(
            case, "mechanical: what a release changes and changes back", is_mechanical=True
        )
    if (verdict := _war(case)) is not None:
        return verdict
    if marks := case.found.marks & (MECHANICAL | MOVES):
        return _mechanical(case, marks)
    if case.found.is_absence:
        return _note(case, "it was absent in between")
    rules = () if case.is_unsaid or case.is_one_turn else RULES
    verdicts = (rule(case) for rule in rules)
    return next((v for v in verdicts if v is not None), None) or _note(case, _missing(case))


def _note(case: Case, why: str, *, is_mechanical: bool = False) -> Verdict:
    """Return a backtrack; a stated revert is listed whatever it touches."""
    is_stated = case.context.intent(case.found.version).is_admitted
    why = "it says that it takes something back" if is_stated else why
    is_mechanical = is_mechanical and not is_stated
    return Verdict(case.found, Kind.BACKTRACK, Level.NOTE, why, 0.5, is_mechanical=is_mechanical)


def _mechanical(case: Case, marks: Mark) -> Verdict:
    """Return a note that says which of the marks it is about."""
    reason = next(name for mark, name in MARKS.items() if marks & mark)
    return _note(case, f"mechanical: {reason}", is_mechanical=True)


def _missing(case: Case) -> str:
    """Return what keeps a return from being raised."""
    is_fix = any(step.is_fix for step in case.steps)
    reasons = (
        (case.is_one_turn, "one return under one prompt: the agent tries things out"),
        (case.is_unsaid, UNSAID),
        (case.is_admitted, "an edit in between says that it takes something back"),
        (case.found.trace, "only lines that print or log"),
        (not is_fix, "one round, and none of its edits means to fix something"),
        (not case.is_soon, f"one round, and {case.span} passed before the return"),
        (case.found.is_kept, "what it takes out, it puts in elsewhere in the file"),
        (case.found.is_swept, "what it takes out goes with all that stood around it"),
        (case.is_all_fixes and case.is_added_test, "only a test that was put in and taken out"),
        (
            case.is_all_fixes and case.found.is_insertion and not case.is_code,
            "a file that is no code: settings change",
        ),
        (
            case.is_all_fixes and (not case.found.is_exact or case.is_written_anew),
            "a fix of the fix, in other words",
        ),
        (case.found.is_insertion, "it was put in and taken out again, and not by two fixes"),
    )
    rest = "one round, and not every edit means to fix something"
    return next((reason for holds, reason in reasons if holds), rest)


def _warning(case: Case, kind: Kind, why: str, confidence: float) -> Verdict:
    return Verdict(case.found, kind, Level.WARNING, why, confidence)


# --- The rules, in order ---


def _war(case: Case) -> Verdict | None:
    """Two rounds or more, close together, whatever the messages say."""
    found = case.found
    run = _recent(case)
    rounds = len(run) // found.period
    if rounds < 2 or found.marks & (MOVES | Mark.NUMBERS) or found.trace is Trace.PASSING:
        return None
    returning = run[found.period :]
    is_needed = not case.is_session and found.is_exact and _mends(returning, case, all)
    if found.marks & Mark.IMPORTS and not is_needed:
        return None  # they come and go with the code that needs them
    if not found.is_exact and case.hours > LONG_WINDOW:
        return None
    if not (found.is_exact or _mends(run[1:], case, any)):
        return None  # in other words, it takes a fix or a revert to be the same thing again
    told = evident(returning, case.context) - _tried_out(run, case)
    is_sure = len(returning) >= SURE_ROUNDS and found.is_exact  # other words may be another thing
    if not is_sure and (found.is_absence or told < 2):
        return None
    level = Level.ERROR if case.is_code else Level.WARNING
    confidence = 0.95 if found.is_exact else 0.8
    why = f"the same states in turn, {rounds} rounds"
    is_excusable = case.is_unsaid and len(returning) < SURE_ROUNDS
    return Verdict(found, Kind.OSCILLATION, level, why, confidence, is_excusable=is_excusable)


def _mends(run: Sequence[int], case: Case, some: Callable[[Iterable[bool]], bool]) -> bool:
    """Tell whether some, or all, of the edits mean to fix something or take something back."""
    intents = (case.context.intent(version) for version in run if version >= 0)
    return some(intent.is_fix or intent.is_admitted for intent in intents)


def _tried_out(run: Sequence[int], case: Case) -> int:
    """Return 1 if a single one of the returns was left and made under one prompt of a session.

    That is how things are tried out, or work is parted into commits; more of them are a loop.
    """
    # What left a state, and what is back in it.
    pairs = zip(run[1:], run[case.found.period :], strict=False)
    at = case.context.at
    turns = [(at(left).turn, at(back).turn) for left, back in pairs if left >= 0]
    same = sum(left is not None and left == back for left, back in turns)
    return int(same == 1)


def _recent(case: Case) -> list[int]:
    """Return the versions of the run's last part, in which one turn soon follows the other."""
    context, window = case.context, case.context.options.window_edits
    run = [visit.version for visit in case.found.visits]
    for index, (before, after) in reversed(list(enumerate(pairwise(run)))):
        if before >= 0 and context.edits(before, after) > window:
            return run[index + 1 :]
    return run


def _dropped_fix(case: Case) -> Verdict | None:
    """A merge leaves out a fix that its other side brings."""
    if not case.found.is_dropped or not case.is_code or case.found.trace:
        return None
    if not case.is_soon or case.is_admitted:
        return None
    why = f"a fix of {case.span} before is on the side that is merged, but not in the merge"
    return _warning(case, Kind.RELAPSE, why, 0.6)


def _contradiction(case: Case) -> Verdict | None:
    """Every edit of the cycle means to fix something: X Y X by fixes."""
    found = case.found
    if not case.is_all_fixes or found.trace or found.is_kept or found.is_swept:
        return None
    if found.is_insertion and not case.is_code:
        return None  # what a fix puts into settings is taken out as things go on
    if case.is_added_test or not (found.is_exact or case.is_next_to_nothing_new):
        return None  # a fix of the fix, in other words, is no return
    if not case.is_soon and not (case.is_plain_swap and case.hours <= LONG_WINDOW):
        return None
    if case.is_written_anew:
        return None
    why = f"each of its {len(case.steps)} edits means to fix something, within {case.span}"
    return _warning(case, Kind.OSCILLATION, why, 0.75 if case.is_soon else 0.6)


def _lost_fix(case: Case) -> Verdict | None:
    """What a fix changed is changed back by an edit that does not say so."""
    found = case.found
    if not case.steps[0].is_fix or case.is_admitted or found.is_insertion or not found.is_exact:
        return None
    if found.is_deletion and not case.is_code:
        return None  # what a fix takes out of settings is put back as things go on
    if len(case.steps) > 2 or not case.is_most_of_it:
        return None  # the fix goes on: only a part of it was written anew
    is_whole = case.is_whole_fix
    if not case.is_soon and not (is_whole and case.hours <= WHOLE_FIX_WINDOW):
        return None
    if case.is_said or case.is_added_test or case.is_run_again or case.is_added_trace:
        return None
    why = f"a fix of {case.span} before is taken back, and the edit does not say so"
    return _warning(case, Kind.RELAPSE, why, 0.7 if is_whole else 0.6)


def _rollback(case: Case) -> Verdict | None:
    """Much of one earlier edit returns at once, in silence."""
    found = case.found
    places = case.places()
    if found.granularity is not Granularity.SITE or found.is_insertion:
        return None
    least = case.context.options.rollback_hunks
    if places < least or not case.is_soon or case.is_said:
        return None
    if not case.is_merge and 2 * case.different_places() < least:
        return None  # one name for another, and back: that is one change in many places
    why = f"{places} places of one edit of {case.span} before return together, in silence"
    return _warning(case, Kind.RELAPSE, why, 0.65)


def _lost_work(case: Case) -> Verdict | None:
    """Code went without a word and had to be put back."""
    found = case.found
    if not found.is_deletion or case.shares.lost_lines[found.left] < LOST_LINES:
        return None
    if not (found.is_exact or case.is_put_back):
        return None  # something like it came in
    if not case.is_soon or not case.is_code or case.is_admitted:
        return None
    return _warning(case, Kind.RELAPSE, f"code that was lost {case.span} before is put back", 0.6)


RULES: tuple[Rule, ...] = (_dropped_fix, _contradiction, _lost_fix, _rollback, _lost_work)
