"""The message for an agent about observed defects: what fails where, what has to hold at once."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from loopwatch.model.defect import Presence, TrackedDefect
from loopwatch.model.finding import CycleEdit, Finding, Kind
from loopwatch.verdicts.advice_words import (
    DATA,
    LONGEST_ADVICE,
    QUOTE_LIMITS,
    edit_name,
    git_show,
    joined,
    name,
    unit_name,
    version_name,
)
from loopwatch.verdicts.quoting import quoted
from loopwatch.verdicts.sightings import is_test, last_without

LETTERS = "ABCDEF"
FEW = 3  # defects that are named where there is no room for more
LEAST_NAME = 60  # characters of the name of a test; where messages are shorter, edits have none
MOST_VERSIONS = 3  # versions of one defect that are told, the newest
PYTEST = frozenset({"pytest", "junit"})  # detectors that may name a test as pytest does
# What pytest takes as the name of a test, and a shell, between double quotes, as nothing else.
PYTEST_ID = re.compile(
    r"(?![-/])(?!.*\.\.)[\w./-]+\.py(?:::\w+)+(?:\[[\w .,:=+@/-]{1,80}\])?", re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Message:
    """One way to tell it, more or less at length."""

    finding: Finding
    defects: tuple[TrackedDefect, ...]  # those that take turns first; at least one
    how: str  # a check was switched off
    limit: int  # characters of one quotation
    most: int = len(LETTERS)  # defects that are named
    has_commands: bool = True
    has_details: bool = True

    @property
    def sides(self) -> tuple[TrackedDefect, ...]:
        """The defects that have to be gone at once."""
        is_traded = self.finding.kind in {Kind.OSCILLATION, Kind.TRADE}
        return self.defects[: self.finding.period] if is_traded else self.defects

    @property
    def walk(self) -> frozenset[str]:
        """The versions that are told."""
        entered = (version for state in self.finding.states for version in state.versions)
        return frozenset((*entered, *(edit.version for edit in self.finding.edits)))

    @property
    def named(self) -> list[tuple[str, TrackedDefect]]:
        """The defects that are told one by one."""
        return list(zip(LETTERS[: self.most], self.sides, strict=False))

    @property
    def last(self) -> CycleEdit | None:
        """The edit that brought about what is told."""
        return self.finding.edits[-1] if self.finding.edits else None

    def edit(self, edit: CycleEdit | None) -> str:
        """Return the name of an edit; what its message says matters least, and goes first."""
        return edit_name(edit, self.limit // 2, has_summary=self.limit > LEAST_NAME)

    def letters(self, keys: Iterable[str]) -> str:
        """Return "A and B": those of some defects that are named."""
        wanted = set(keys)
        return joined([letter for letter, one in self.named if one.key in wanted], "and")


def defect_advice(finding: Finding, defects: Sequence[TrackedDefect], how: str = "") -> str:
    """Return what to tell an agent, in under 900 characters: as much as fits.

    Args:
        finding: all of it but the advice.
        defects: of the finding, at least one; those that take turns first.
        how: how a check was switched off, if one was.
    """
    fullest = _Message(finding=finding, defects=tuple(defects), how=how, limit=max(QUOTE_LIMITS))
    message = ""
    for way in _ways(fullest):
        message = "\n".join(line for line in _lines(way) if line)
        if len(message) < LONGEST_ADVICE:
            break
    return message[: LONGEST_ADVICE - 1]


def _ways(fullest: _Message) -> Iterator[_Message]:
    """Yield the ways to tell it, the fullest first."""
    few = replace(fullest, most=FEW)
    for way in (fullest, few, replace(few, has_commands=False)):
        yield from (replace(way, limit=limit) for limit in QUOTE_LIMITS)
    yield replace(few, limit=min(QUOTE_LIMITS), has_commands=False, has_details=False)


def _lines(say: _Message) -> tuple[str, ...]:
    """Return the lines of the message for one kind of finding."""
    kind = say.finding.kind
    match kind:
        case Kind.OSCILLATION:
            return _oscillation(say)
        case Kind.RELAPSE:
            return _relapse(say)
        case Kind.MASKED:
            return _masked(say)
        case Kind.TRADE:
            return _trade(say)
        case Kind.BACKTRACK:
            return (*_head(say), "If that is meant, there is nothing to do.", DATA)
        case _:
            assert_never(kind)


def _oscillation(say: _Message) -> tuple[str, ...]:
    show = git_show(say.finding.edits[-2:])
    return (
        *_head(say),
        _so_far(say),
        _goal(say),
        *_run(say),
        f"then {f'read {show}, and ' if show else ''}change the code so that {_both(say)}. "
        "Do not restore an earlier version.",
        f"If {_them(say)} contradict each other, stop and tell the user which and why.",
        DATA,
    )


def _relapse(say: _Message) -> tuple[str, ...]:
    last = edit_name(say.last, say.limit, has_summary=False)
    show = git_show((_remover(say), say.last))
    gone = say.letters(one.key for _, one in say.named)
    return (
        *_head(say),
        f"A fix is done only when {_wanted(say)} and what {last} was for still holds.",
        *_run(say),
        f"then {f'read {show}, and ' if show else ''}mend {gone} in the code as it is now. "
        "Do not restore an earlier version.",
        "If it is meant to be back, say so in the commit message and tell the user why.",
        DATA,
    )


def _masked(say: _Message) -> tuple[str, ...]:
    names = say.letters(one.key for _, one in say.named)
    how = f" How: {quoted(say.how, say.limit)}." if say.how else ""
    checks = "check back and run it" if len(say.sides) == 1 else "checks back and run them"
    return (
        f"loopwatch: in {_unit(say)}, {say.edit(say.last)} switches off the check of {names} "
        f"instead of satisfying it.{how}",
        *_defects(say),
        f"Do next: put the {checks}{':' if say.has_commands else ','}",
        *(_commands(say) if say.has_commands else ()),
        "then mend what is reported. If the check itself is wrong, stop and tell the user why.",
        DATA,
    )


def _trade(say: _Message) -> tuple[str, ...]:
    return (
        *_head(say),
        _goal(say),
        *_run(say),
        "then mend B and keep A mended. Do not take this edit back.",
        DATA,
    )


# --- the parts ---


def _head(say: _Message) -> tuple[str, ...]:
    """Return what the last edit did, and the defects one by one."""
    return f"loopwatch: in {_unit(say)}, {say.edit(say.last)} {_deed(say)}.", *_defects(say)


def _unit(say: _Message) -> str:
    finding = say.finding
    others = len({path for path in finding.paths if path != finding.path})
    return unit_name(finding.path, finding.symbol, say.limit, others)


def _deed(say: _Message) -> str:
    """Return "removes A and brings back B, which … had removed"."""
    removed = say.letters(say.last.removed if say.last else ())
    came = say.letters(say.last.introduced if say.last else ())
    remover = _remover(say)
    brings = "brings back" if remover or say.finding.kind is not Kind.TRADE else "introduces"
    parts = [f"removes {removed}" if removed else "", f"{brings} {came}" if came else ""]
    deed = joined([part for part in parts if part], "and")
    if not deed:
        return f"goes on with {joined([letter for letter, _ in say.named], 'and')}"
    return f"{deed}, which {say.edit(remover)} had removed" if came and remover else deed


def _remover(say: _Message) -> CycleEdit | None:
    """Return the newest edit that had removed what the last one brings back."""
    came = set(say.last.introduced) if say.last else set()
    earlier = reversed(say.finding.edits[:-1])
    return next((edit for edit in earlier if came.intersection(edit.removed)), None)


def _defects(say: _Message) -> Iterator[str]:
    """Yield a line for each defect: what it is, where it is there, what it says."""
    for letter, defect in say.named:
        yield f"{letter}: {_told(say, defect)}"
    more, rest = len(say.sides) - len(say.named), len(say.defects) - len(say.sides)
    if more:
        yield f"and {more} more like these."
    if rest:
        yield f"and {rest} more that {'comes and goes' if rest == 1 else 'come and go'} with them."


def _told(say: _Message, defect: TrackedDefect) -> str:
    if not say.has_details:
        return quoted(defect.subject, say.limit)
    failing = _failing(say, defect)
    if is_test(defect):
        reason = f": {quoted(defect.message, say.limit)}" if defect.message else ""
        return f"{quoted(defect.subject, max(2 * say.limit, LEAST_NAME))} fails{failing}{reason}"
    what = quoted(defect.message or defect.subject, say.limit)
    return f"{_check(say, defect)}: {what}, there{failing}"


def _check(say: _Message, defect: TrackedDefect) -> str:
    """Return the name of what reports a defect that is no test."""
    where = f" in {name(defect.path, say.limit)}" if defect.path else ""
    return f"{name(defect.detector, say.limit)} {name(defect.rule, say.limit)}{where}"


def _failing(say: _Message, defect: TrackedDefect) -> str:
    """Return the versions of the walk in which a defect is known to be there."""
    walk = say.walk
    present = [
        version_name(seen.version, say.limit)
        for seen in defect.timeline
        if seen.state is Presence.PRESENT and seen.version in walk
    ]
    if not present:
        return ""
    more = f"{len(present)} versions, last " if len(present) > MOST_VERSIONS else ""
    return f" in {more}{', '.join(present[-MOST_VERSIONS:])}"


def _so_far(say: _Message) -> str:
    """Return how often it went round, and whether any version satisfies all."""
    finding, both = say.finding, _all_of(len(say.sides))
    rounds = "1 round" if finding.rounds == 1 else f"{finding.rounds} rounds"
    good = last_without(say.sides)
    if good is not None:
        return f"{rounds} so far; {version_name(good, say.limit)} satisfies {both}."
    start = next((version for state in finding.states for version in state.versions), None)
    since = f" since {version_name(start, say.limit)}" if start else ""
    return f"{rounds} so far; no version{since} is known to satisfy {both}."


def _goal(say: _Message) -> str:
    if len(say.sides) == 1:
        return f"A fix is done only when {_wanted(say)}."
    both = _all_of(len(say.sides)).upper()
    return f"A fix is done only when {both} hold in the same version: {_wanted(say)}."


def _wanted(say: _Message) -> str:
    """Return "A passes, B is gone"."""
    goals = [f"{x} {'passes' if is_test(one) else 'is gone'}" for x, one in say.named]
    more = len(say.sides) - len(goals)
    return ", ".join([*goals, *([f"{more} more"] if more else [])])


def _both(say: _Message) -> str:
    number = len(say.sides)
    return "it holds" if number == 1 else f"{_all_of(number)} hold at once"


def _them(say: _Message) -> str:
    return "the two" if len(say.sides) <= 2 else "they"


def _all_of(number: int) -> str:
    return {1: "it", 2: "both"}.get(number, f"all {number}")


def _run(say: _Message) -> Iterator[str]:
    """Yield what to run before the next edit."""
    number = len(say.sides)
    what = "it" if number == 1 else f"{_all_of(number)} together"
    yield f"Do next: run {what} before editing again{':' if say.has_commands else ','}"
    if say.has_commands:
        yield from _commands(say)


def _commands(say: _Message) -> Iterator[str]:
    """Yield the command that runs tests by their names, and the names of other checks."""
    ids = [one.subject for _, one in say.named if is_pytest_id(one)]
    if ids:
        arguments = (f'"{each}"' for each in ids)
        yield f"  pytest {' '.join(arguments)}"
    others = [name(one.detector, say.limit) for _, one in say.named if not is_pytest_id(one)]
    if others:
        yield f"  {'and ' if ids else ''}{joined(list(dict.fromkeys(others)), 'and')}"


def is_pytest_id(defect: TrackedDefect) -> bool:
    """Tell whether pytest can be given the name of a test as it is."""
    is_told = is_test(defect) and defect.detector in PYTEST
    return is_told and PYTEST_ID.fullmatch(defect.subject) is not None
