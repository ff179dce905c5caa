"""The rules for observed defects: what it means that they take turns, come back, or are masked."""

from typing import assert_never

from loopwatch.graph.returns import Turn, TurnKind
from loopwatch.model.finding import Kind, Level
from loopwatch.verdicts.case import Case
from loopwatch.verdicts.verdict import SURE_ROUNDS, Verdict, evident

UNSURE = "it may be another defect of the same kind"
UNSAID = "it has no message yet, which may say that it takes something back"
LATE = "a report of a linter or compiler is back"
ADMITTED = "it says that it takes something back"


def judge_defects(case: Case) -> Verdict:
    """Return what a turn of observed defects means."""
    turn = case.found.turn
    assert turn is not None
    match turn.kind:
        case TurnKind.CLOSED:
            return _closed(case, turn)
        case TurnKind.BACK:
            return _back(case, turn)
        case TurnKind.TRADED:
            return _note(case, Kind.TRADE, "it removes one defect and introduces another")
        case TurnKind.MASKED:
            return _masked(case, turn)
        case _:
            assert_never(turn.kind)


def _closed(case: Case, turn: Turn) -> Verdict:
    """Defects traded in a closed cycle; only who says so at once closes no first round."""
    run = [visit.version for visit in case.found.visits]
    returning = run[case.found.period :]
    if not turn.is_certain:
        return _note(case, Kind.BACKTRACK, UNSURE)
    if not (turn.has_test or _is_close(case)):
        return _note(case, Kind.BACKTRACK, f"{LATE} after {case.span}")
    if len(returning) < SURE_ROUNDS:
        if case.is_unsaid and evident(returning[:-1], case.context) == 0:
            return _note(case, Kind.BACKTRACK, UNSAID)
        if evident(returning, case.context) == 0:
            return _note(case, Kind.BACKTRACK, ADMITTED)
    names = "two" if case.found.period == 2 else f"{case.found.period}"
    if turn.is_by_message:
        why = f"{names} errors take turns, known by their messages in a file that is written anew"
        return Verdict(case.found, Kind.OSCILLATION, Level.WARNING, why, 0.6)
    why = f"{names} observed defects take turns: removing one brings another back"
    return Verdict(case.found, Kind.OSCILLATION, Level.ERROR, why, _confidence(case))


def _back(case: Case, turn: Turn) -> Verdict:
    """One observed defect is back, and nothing was traded for it."""
    if not turn.is_certain:
        return _note(case, Kind.BACKTRACK, UNSURE)
    if case.is_unsaid:
        return _note(case, Kind.BACKTRACK, UNSAID)
    if case.is_admitted:
        return _note(case, Kind.BACKTRACK, ADMITTED)
    is_alone = case.is_session and not turn.is_swapped
    if not turn.has_test and (is_alone or not case.is_soon):
        return _note(case, Kind.BACKTRACK, f"{LATE} after {case.span}")
    why = f"an observed defect that was removed {case.span} before is back"
    confidence = min(_confidence(case), 0.6 if turn.is_by_message else 0.9)
    return Verdict(case.found, Kind.RELAPSE, Level.WARNING, why, confidence)


def _masked(case: Case, turn: Turn) -> Verdict:
    """The check was switched off of something that goes round, or that was being fixed."""
    why = f"its check was switched off: {turn.why}" if turn.why else "its check was switched off"
    is_fix = case.context.intent(case.found.version).is_fix
    if not (turn.is_being_fixed or is_fix):
        return _note(case, Kind.MASKED, why)
    return Verdict(case.found, Kind.MASKED, Level.WARNING, why, 0.8)


def _is_close(case: Case) -> bool:
    """Tell whether the turn comes soon, by the clock or by edits."""
    found, options = case.found, case.context.options
    return case.is_soon or case.context.edits(found.left, found.version) <= options.window_edits


def _note(case: Case, kind: Kind, why: str) -> Verdict:
    return Verdict(case.found, kind, Level.NOTE, why, 0.5)


def _confidence(case: Case) -> float:
    """Return how sure the finding is: less where something speaks against one defect."""
    return 0.97 if case.found.is_exact else 0.85
