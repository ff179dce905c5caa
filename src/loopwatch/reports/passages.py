"""Passages about one finding, which the formats for people put together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from loopwatch.model.defect import TrackedDefect
from loopwatch.model.finding import Cost, CycleEdit, Finding, Kind, Level
from loopwatch.model.report import Report
from loopwatch.reports.escape import clipped, plain
from loopwatch.reports.going_on import to_see_more
from loopwatch.reports.ink import BLANK, Line, Span, Tone, length, line, wrapped
from loopwatch.reports.names import (
    counted,
    duration,
    finding_id,
    letter,
    shape,
    short,
    short_unit_name,
    standing,
    trajectory_name,
    unit_name,
)
from loopwatch.reports.observed import defects_of, in_turn, is_observed, on_one_line, title_of
from loopwatch.reports.style import Style
from loopwatch.reports.way_on import to_end_it
from loopwatch.verdicts.sightings import is_test

LONGEST_SUBJECT = 300  # characters of a commit's subject
MOST_DEFECTS = 6  # defects that are named without -v, beside those that take turns
MOST_OTHERS = 6  # other paths that are named without -v
TONES: Mapping[Level, Tone] = {
    Level.ERROR: Tone.ERROR,
    Level.WARNING: Tone.WARNING,
    Level.NOTE: Tone.FAINT,
}


def headline(finding: Finding, name: str, style: Style) -> list[Line]:
    """Return what it is, where, how bad and its id: on one line if that fits."""
    left = (Span(name, TONES[finding.level]), Span(f"  {unit_name(finding)}", Tone.TITLE))
    right = (Span(standing(finding)), Span("   "), Span(finding_id(finding), Tone.ID))
    if length(left) + 4 + length(right) <= style.width:
        return [(*left, Span("    "), *right)]
    return [left, (Span(" " * (len(name) + 2)), *right)]


def sentence(finding: Finding, report: Report) -> str:
    """Return what happens, on one line: "f flips between 2 states, 2 rounds, closed by …"."""
    defects = on_one_line(finding, report)
    names = f" ({defects})" if defects else ""
    parts = [f"{short_unit_name(finding)} {shape(finding)}{names}"]
    if finding.kind is Kind.OSCILLATION:
        parts.append(counted(finding.rounds, "round"))
    parts.append(f"closed by {short(finding.closed_at)}")
    if finding.is_settled:
        parts.append("settled")
    return ", ".join(parts)


def ending(finding: Finding) -> str:
    """Return what would end it, "" where it has ended; the names in it are ours."""
    goes_on = finding.is_open and not finding.is_settled and finding.states
    return f"to end it: {to_end_it(finding)}" if goes_on else ""


def since(finding: Finding, style: Style) -> list[Line]:
    """Return when each level was reached and what the cycle cost."""
    reached = [f"{level.value} since {short(version)}" for level, version in finding.level_at]
    told = "; ".join(filter(None, (", ".join(reached), f"cost: {cost(finding.cost)}")))
    return wrapped(line("  "), told, style.width)


def cost(of: Cost) -> str:
    """Return "5 edits, 21 min" and whatever else is known."""
    parts = [counted(of.edits, "edit")]
    parts += [counted(of.turns, "turn")] if of.turns is not None else []
    parts += [duration(of.seconds)] if of.seconds is not None else []
    parts += [counted(of.tokens, "token")] if of.tokens is not None else []
    parts += [f"${of.usd:,.2f}"] if of.usd is not None else []
    return ", ".join(parts)


def defects(finding: Finding, report: Report, style: Style) -> list[Line]:
    """Return what is wrong in turn: the name of each defect, and its message."""
    named = told_defects(finding, report)
    if not named:
        return []
    shown = named if style.verbose else named[: max(MOST_DEFECTS, in_turn(finding))]
    lines = wrapped(line("  "), f"{heading_of_defects(finding, len(named))}:", style.width)
    for one in shown:
        head = (Span(f"    {one.name}", Tone.TITLE), Span("  "))
        lines += wrapped(head, f"{one.title}{one.mark}", style.width)
        if one.message:
            lines += wrapped(line(" " * length(head)), one.message, style.width)
    more = len(named) - len(shown)
    if more:
        told = f"    ... {counted(more, 'more defect')}{to_see_more(finding, report)}"
        lines.append(line(told, Tone.FAINT))
    return lines


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldDefect:
    """What is said of one defect of a finding; all text is plain."""

    name: str  # A, B …
    title: str
    mark: str  # " (implied: …)", or ""
    message: str  # "" where the title says it all


def told_defects(finding: Finding, report: Report) -> list[ToldDefect]:
    """Return what is said of each defect of a finding."""
    return [_told(name, defect) for name, defect in defects_of(finding, report)]


def _told(name: str, defect: TrackedDefect) -> ToldDefect:
    is_said = not (defect.is_implied or is_test(defect))  # in its title
    has_message = bool(defect.message) and not is_said and defect.message != defect.subject
    return ToldDefect(
        name=name,
        title=title_of(defect),
        mark=" (implied: what a fix removed)" if defect.is_implied else "",
        message=clipped(defect.message, LONGEST_SUBJECT) if has_message else "",
    )


def heading_of_defects(finding: Finding, number: int) -> str:
    """Return what the list of defects is of."""
    if not is_observed(finding):
        return "what was wrong" if number == 1 else "what was wrong in turn"
    match finding.kind:
        case Kind.OSCILLATION:
            return _turns_of(in_turn(finding), number)
        case Kind.TRADE:
            more = number - in_turn(finding)
            return f"A went and B came{f', and {more:,} more with them' if more > 0 else ''}"
        case Kind.MASKED:
            return "what was switched off"
        case Kind.RELAPSE:
            return "what is back"
        case Kind.BACKTRACK:
            return "what came and went"
        case _:
            assert_never(finding.kind)


def _turns_of(sides: int, number: int) -> str:
    """Return how many defects take turns, and how many come and go with these."""
    if sides < 2 or number <= sides:
        return f"{counted(number, 'defect')} take turns"
    names = "A and B" if sides == 2 else f"A to {letter(sides - 1)}"
    rest = number - sides
    go = "comes and goes" if rest == 1 else "come and go"
    return f"{names} take turns, and {rest:,} more {go} with them"


def others(finding: Finding, style: Style) -> list[Line]:
    """Return the other paths of the group, with the edits that touched each."""
    paths = sorted(path for path in set(finding.paths) if path != finding.path)
    if not paths:
        return []
    shown = paths if style.verbose else paths[:MOST_OTHERS]
    lines = [line("  what else went with it:" if finding.path else "  files:")]
    for path in shown:
        lines += wrapped(line(f"    {plain(path)}"), _touched_by(path, finding.edits), style.width)
    more = len(paths) - len(shown)
    if more:
        lines.append(line(f"    ... {counted(more, 'more path')}: -v shows them", Tone.FAINT))
    return lines


def _touched_by(path: str, edits: Sequence[CycleEdit]) -> str:
    ids = [short(edit.version) for edit in edits if any(h.path == path for h in edit.hunks)]
    return f"  {', '.join(ids)}" if ids else ""


def log_of(finding: Finding, report: Report) -> str | None:
    """Return the log of the session that a finding is of; None where none was read."""
    logs = (one.path for one in report.trajectories if one.id == finding.trajectory)
    return next(logs, None)


def on_trajectory(finding: Finding, report: Report) -> list[Line]:
    """Return the log of a session; the line of work, unless it is the first of the report."""
    if (log := log_of(finding, report)) is not None:
        return [line(f"  in {plain(log)}")]
    if finding.trajectory in {one.id for one in report.trajectories[:1]}:
        return []
    return [line(f"  on {trajectory_name(finding)}")]


def paragraphs(*parts: Sequence[Line]) -> list[Line]:
    """Return the parts that are not empty, a blank line before each."""
    return [each for part in parts if part for each in (BLANK, *part)]
