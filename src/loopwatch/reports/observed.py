"""What formats for people say of observed defects: their names, and what is known of them where."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from loopwatch.model.defect import Presence, TrackedDefect
from loopwatch.model.finding import CycleEdit, Finding, Kind
from loopwatch.model.report import Report
from loopwatch.model.unit import Granularity
from loopwatch.reports.escape import clipped
from loopwatch.reports.ink import Line, Tone, line, wrapped
from loopwatch.reports.names import letter, short
from loopwatch.reports.style import Style
from loopwatch.verdicts.sightings import is_test, last_without, state_at

MOST_COLUMNS = 3  # defects that have a column of their own in the walk
MOST_NAMES = 3  # defects that are named on one line
LONGEST_NAME = 100  # characters of one of these
LONGEST_TITLE = 300  # characters of the name of a defect that has lines of its own
UNKNOWN, OFF = "?", "off"
TONES = {"FAIL": Tone.OLD, "there": Tone.OLD, "pass": Tone.NEW, "gone": Tone.NEW}


@dataclass(frozen=True, slots=True)
class Column:
    """What is known of one defect along the walk."""

    name: str
    defect: TrackedDefect

    def word(self, version: str, edit: CycleEdit | None) -> str:
        """Return what is known of the defect at a version, which an edit led to."""
        seen = state_at(self.defect, version)
        if seen is not None:
            return word(self.defect, seen)
        is_gone = edit is not None and self.defect.key in edit.removed
        return OFF if is_gone else UNKNOWN


def defects_of(finding: Finding, report: Report) -> list[tuple[str, TrackedDefect]]:
    """Return the defects of a finding with their names, A first, as its session met them."""
    table = {defect.key: defect for defect in report.defects}
    named = ((letter(index), table.get(key)) for index, key in enumerate(finding.defects))
    own = {None, finding.trajectory}
    return [
        (name, replace(one, timeline=tuple(s for s in one.timeline if s.trajectory in own)))
        for name, one in named
        if one is not None
    ]


def is_observed(finding: Finding) -> bool:
    """Tell whether detectors saw what is told, so that the code may be worded anew each time."""
    return finding.granularity is Granularity.DEFECT


def columns(finding: Finding, report: Report) -> list[Column]:
    """Return a column for each observed defect that the walk has room for."""
    if not is_observed(finding):
        return []
    return [Column(name, one) for name, one in defects_of(finding, report)[:MOST_COLUMNS]]


def word(defect: TrackedDefect, state: Presence) -> str:
    """Return how a report calls a state of a defect: FAIL and pass of a test."""
    is_there = state is Presence.PRESENT
    if defect.is_implied:
        return state.value
    if is_test(defect):
        return "FAIL" if is_there else "pass"
    return "there" if is_there else "gone"


def title_of(defect: TrackedDefect, limit: int = LONGEST_TITLE) -> str:
    """Return the name of a test, or else who reports what."""
    if defect.is_implied or is_test(defect) or not defect.message:
        return clipped(defect.subject, limit)
    return clipped(f"{defect.detector} {defect.rule}: {defect.message}", limit)


def on_one_line(finding: Finding, report: Report) -> str:
    """Return the names of the observed defects of a finding, "" if it has none."""
    if not is_observed(finding):
        return ""
    named = defects_of(finding, report)
    told = [title_of(defect, LONGEST_NAME) for _, defect in named[:MOST_NAMES]]
    more = len(named) - len(told)
    return " / ".join([*told, *([f"{more} more"] if more else [])])


def seen_at(defects: Sequence[Column], version: str) -> list[str]:
    """Return which defects are there at a version, or else how those that are not are called."""
    known = [(one, seen) for one in defects if (seen := state_at(one.defect, version)) is not None]
    there = [one for one, seen in known if seen is Presence.PRESENT]
    if there:
        return [f"{one.name}: {title_of(one.defect)}" for one in there]
    return [f"{one.name}: {word(one.defect, seen)}" for one, seen in known]


def in_turn(finding: Finding) -> int:
    """Return how many of the defects of a finding take turns, or were traded: the first ones."""
    is_traded = is_observed(finding) and finding.kind in {Kind.OSCILLATION, Kind.TRADE}
    return min(finding.period, len(finding.defects)) if is_traded else 0


def limits(finding: Finding, report: Report, style: Style) -> list[Line]:
    """Return whether any version has none of the defects that take turns, or how one was masked."""
    if not is_observed(finding):
        return []
    if finding.kind is Kind.MASKED:
        return [
            row
            for why in finding.why[:1]
            for row in wrapped(line("  "), clipped(why, LONGEST_TITLE), style.width)
        ]
    sides = defects_of(finding, report)[: in_turn(finding)]
    if len(sides) < 2:
        return []
    told = f"{_satisfied(finding, [one for _, one in sides])}{_last_without(sides)}"
    return wrapped(line("  "), told, style.width)


def _satisfied(finding: Finding, defects: Sequence[TrackedDefect]) -> str:
    both = "both" if len(defects) == 2 else f"all {len(defects)}"
    good = last_without(defects)
    if good is not None:
        return f"{short(good)} satisfies {both}"
    start = next((short(version) for state in finding.states for version in state.versions), "")
    since = f" since {start}" if start else ""
    return f"no version{since} is known to satisfy {both}"


def _last_without(sides: Sequence[tuple[str, TrackedDefect]]) -> str:
    """Return "; last without A: …, without B: …"."""
    found = ((name, last_without([defect])) for name, defect in sides[:MOST_COLUMNS])
    told = [f"without {name}: {short(version)}" for name, version in found if version is not None]
    return f"; last {', '.join(told)}" if told else ""


def effect(finding: Finding, edit: CycleEdit) -> str:
    """Return ", removing A and introducing B": what an edit did to the defects of a finding."""
    removed, introduced = (_letters(finding, keys) for keys in (edit.removed, edit.introduced))
    verb = "switching off the check of" if finding.kind is Kind.MASKED else "removing"
    parts = [
        f"{verb} {removed}" if removed else "",
        f"introducing {introduced}" if introduced else "",
    ]
    told = " and ".join(part for part in parts if part)
    return f", {told}" if told else ""


def _letters(finding: Finding, keys: Sequence[str]) -> str:
    names = [letter(index) for index, key in enumerate(finding.defects) if key in keys]
    more = len(names) - MOST_NAMES
    shown = [*names[:MOST_NAMES], *([f"{more} more"] if more > 0 else [])]
    return " and ".join(part for part in (", ".join(shown[:-1]), *shown[-1:]) if part)
