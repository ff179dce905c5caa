"""The message for an agent: what came back, what both sides did, and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from loopwatch.model.defect import TrackedDefect
from loopwatch.model.edit import Hunk, Role
from loopwatch.model.finding import CycleEdit, Finding, Kind, StateVisit
from loopwatch.verdicts.advice_words import (
    DATA,
    LONGEST_ADVICE,
    QUOTE_LIMITS,
    edit_name,
    git_show,
    joined,
    unit_name,
    version_name,
)
from loopwatch.verdicts.defect_advice import defect_advice
from loopwatch.verdicts.quoting import printable, quoted

SIDES = 3  # edits that are told in full
WALK = 8  # states of the walk that are told


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What one message is made of."""

    path: str | None
    symbol: str | None
    others: int  # paths of the group beside ``path``
    period: int
    rounds: int
    edits: tuple[CycleEdit, ...]
    states: tuple[StateVisit, ...]
    limit: int  # characters of one quotation


def advice_of(finding: Finding, observed: Sequence[TrackedDefect] = (), how: str = "") -> str:
    """Return what to tell an agent about a finding, in under 900 characters.

    Args:
        finding: all of it but the advice.
        observed: its observed defects, those that take turns first; empty: only code returned.
        how: how a check was switched off, if one was.
    """
    if observed:
        return defect_advice(finding, observed, how)
    return advice_for(
        kind=finding.kind,
        path=finding.path,
        symbol=finding.symbol,
        paths=finding.paths,
        period=finding.period,
        rounds=finding.rounds,
        edits=finding.edits,
        states=finding.states,
    )


def advice_for(
    *,
    kind: Kind,
    path: str | None,
    symbol: str | None,
    paths: Sequence[str],
    period: int,
    rounds: int,
    edits: Sequence[CycleEdit],
    states: Sequence[StateVisit],
) -> str:
    """Return what to tell an agent about states that return, in under 900 characters.

    Args:
        kind: what was found; each kind has its own words.
        path: the file of the smallest unit, None for the whole tree.
        symbol: the function or class of that unit, None for a whole file.
        paths: all files of the group, ``path`` too.
        period: states (or defects) that take turns.
        rounds: passes through all of them.
        edits: those of the cycle, oldest first; the last one brought it back.
        states: as in the finding, in order of first visit.

    Returns:
        A few lines of plain text. Quotations are cut at 200 characters, or
        shorter until all fits, and hold no control characters.
    """
    others = len({name for name in paths if name != path})
    message = ""
    for limit in QUOTE_LIMITS:
        facts = _Facts(
            path=path,
            symbol=symbol,
            others=others,
            period=period,
            rounds=rounds,
            edits=tuple(edits),
            states=tuple(states),
            limit=limit,
        )
        message = "\n".join(line for line in _lines(kind, facts) if line)
        if len(message) < LONGEST_ADVICE:
            break
    return message[: LONGEST_ADVICE - 1]


def _lines(kind: Kind, facts: _Facts) -> tuple[str, ...]:
    """Return the lines of the message for one kind of finding."""
    match kind:
        case Kind.OSCILLATION:
            return _oscillation(facts)
        case Kind.RELAPSE:
            return _relapse(facts)
        case Kind.MASKED:
            return _masked(facts)
        case Kind.TRADE:
            return _trade(facts)
        case Kind.BACKTRACK:
            return _backtrack(facts)
        case _:
            assert_never(kind)


def _oscillation(facts: _Facts) -> tuple[str, ...]:
    names = [printable(state.label) for state in facts.states]
    both = "both sides" if facts.period <= 2 else f"all {facts.period} sides"
    two = "two" if facts.period <= 2 else "sides"
    never = (
        f"Do not restore {joined(names, 'or')}." if names else "Do not restore an earlier version."
    )
    return (
        f"loopwatch: {_last(facts)} puts {_unit(facts)} back into "
        f"{_state_name(facts)}{_taken_out(facts)}.",
        _walk(facts),
        *(_side(edit, facts) for edit in facts.edits[-min(facts.period, SIDES) :]),
        "Each side mends what another breaks. "
        f"A fix is done only when it satisfies {both} at once.",
        f"Do next: {_show(facts)}say what each of them needs, then change the code so that all "
        f"of it holds together. {never}",
        f"If the {two} contradict each other, stop and tell the user which and why.",
        DATA,
    )


def _relapse(facts: _Facts) -> tuple[str, ...]:
    lost = _taker(facts)
    if lost is None:
        return (
            f"loopwatch: {_last(facts)} brings back what was mended in {_unit(facts)}.",
            "Do next: mend it again and keep what that edit was for.",
        )
    what = "the fix" if lost.role is Role.FIX else "what was done by"
    return (
        f"loopwatch: {_last(facts)} takes {what} {edit_name(lost, facts.limit)} "
        f"out of {_unit(facts)} again, and does not say so.",
        _side(lost, facts),
        f"Do next: {_show(facts)}restore what {version_name(lost.version, facts.limit)} did there, "
        f"and keep what {_last(facts, has_summary=False)} was for: both must hold.",
        "If it was dropped on purpose, say so in the commit message and tell the user why.",
        DATA,
    )


def _masked(facts: _Facts) -> tuple[str, ...]:
    return (
        f"loopwatch: {_last(facts)} switches off a check of {_unit(facts)} "
        "instead of satisfying it.",
        *(_side(edit, facts) for edit in facts.edits[-1:]),
        "Do next: switch the check back on, then mend what it reports. If the check itself is "
        "wrong, stop and tell the user why.",
        DATA,
    )


def _trade(facts: _Facts) -> tuple[str, ...]:
    return (
        f"loopwatch: {_last(facts)} mends one thing in {_unit(facts)} and breaks another.",
        *(_side(edit, facts) for edit in facts.edits[-1:]),
        "Do next: mend what broke and keep what this edit mended: both must hold. "
        "Do not take this edit back.",
        DATA,
    )


def _backtrack(facts: _Facts) -> tuple[str, ...]:
    return (
        f"loopwatch: {_last(facts)} puts {_unit(facts)} back into "
        f"{_state_name(facts)}{_taken_out(facts)}.",
        "If that is meant, there is nothing to do.",
        DATA,
    )


def _state_name(facts: _Facts) -> str:
    state = _returned(facts)
    return f"state {printable(state.label)}" if state else "an earlier state"


def _taken_out(facts: _Facts) -> str:
    taker = _taker(facts)
    if taker is None:
        return ""
    return f", which {edit_name(taker, facts.limit)} took out"


def _walk(facts: _Facts) -> str:
    """Return the states in the order they were visited, the newest at the end."""
    label_of = {version: state.label for state in facts.states for version in state.versions}
    start = [state.label for state in facts.states[:1] if facts.edits]
    walk = [printable(label) for label in _known(start, facts.edits, label_of)]
    times = "1 round" if facts.rounds == 1 else f"{facts.rounds} rounds"
    shown = " -> ".join(("...", *walk[-WALK:]) if len(walk) > WALK else walk)
    return f"So far {times}: {shown}" if shown else f"So far {times}."


def _known(
    start: list[str], edits: Sequence[CycleEdit], label_of: dict[str, str]
) -> tuple[str, ...]:
    steps = [label_of[edit.version] for edit in edits if edit.version in label_of]
    is_started = bool(edits) and label_of.get(edits[0].version) in start
    return tuple(steps if is_started else [*start, *steps])


def _side(edit: CycleEdit, facts: _Facts) -> str:
    """Return one line on what an edit took out and put in, empty if nothing is known."""
    hunk = _telling(edit.hunks, facts.path)
    before = _first_line(hunk.before) if hunk else ""
    after = _first_line(hunk.after) if hunk else ""
    parts = [
        f"took out {quoted(before, facts.limit)}" if before else "",
        f"put in {quoted(after, facts.limit)}" if after else "",
    ]
    told = ", ".join(part for part in parts if part)
    return f"  {version_name(edit.version, facts.limit)} ({edit.role}) {told}" if told else ""


def _telling(hunks: Sequence[Hunk], path: str | None) -> Hunk | None:
    """Return the first hunk of ``path``, or else the first of all."""
    return next((hunk for hunk in hunks if hunk.path == path), next(iter(hunks), None))


def _first_line(lines: Sequence[str]) -> str:
    return next((line for line in lines if printable(line)), "")


def _returned(facts: _Facts) -> StateVisit | None:
    """Return the state that the last edit entered."""
    if not facts.edits:
        return None
    last = facts.edits[-1].version
    return next((state for state in facts.states if last in state.versions), None)


def _taker(facts: _Facts) -> CycleEdit | None:
    """Return the edit that left the state which the last edit is back in."""
    state = _returned(facts)
    if state is None:
        return None
    entered = set(state.versions)
    places = [index for index, edit in enumerate(facts.edits[:-1]) if edit.version in entered]
    after = places[-1] + 1 if places else 0
    return facts.edits[after] if after < len(facts.edits) - 1 else None


def _unit(facts: _Facts) -> str:
    return unit_name(facts.path, facts.symbol, facts.limit, facts.others)


def _last(facts: _Facts, *, has_summary: bool = True) -> str:
    """Return the name of the edit that brought it back."""
    last = facts.edits[-1] if facts.edits else None
    return edit_name(last, facts.limit, has_summary=has_summary)


def _show(facts: _Facts) -> str:
    """Return what to read: both sides, where both are commits."""
    show = git_show((_taker(facts), *facts.edits[-1:]))
    return f"read {show}, " if show else ""
