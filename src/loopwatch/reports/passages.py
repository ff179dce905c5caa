"""Passages about one finding, which the formats for people put together."""

from collections.abc import Mapping, Sequence

from loopwatch.model.defect import TrackedDefect
from loopwatch.model.finding import Cost, CycleEdit, Finding, Kind, Level
from loopwatch.model.report import Report
from loopwatch.model.unit import Granularity
from loopwatch.model.version import Version
from loopwatch.reports.escape import clipped, plain
from loopwatch.reports.ink import BLANK, Line, Span, Tone, length, line, wrapped
from loopwatch.reports.names import (
    NO_DATE,
    counted,
    dates,
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
from loopwatch.reports.style import Style
from loopwatch.reports.timeline import Visit, visits

FIRST_STEPS, LAST_STEPS = 5, 10  # steps of a long walk that are shown without -v
LONGEST_SUBJECT = 300  # characters of a commit's subject
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


def walk(finding: Finding, report: Report, style: Style) -> list[Line]:
    """Return the versions of the cycle: state, id, date, what the edit meant, subject."""
    steps = visits(finding)
    wanted = {step.version for step in steps}
    known = {version.id: version for version in report.versions if version.id in wanted}
    heads = _columns(steps, dates(known.values()))
    rows = [
        wrapped(head, _subject(step, known), style.width)
        for head, step in zip(heads, steps, strict=True)
    ]
    name = short_unit_name(finding)
    title = wrapped(line("  "), f"{name} {shape(finding)} (times are UTC):", style.width)
    return [*title, *_middle_left_out(rows, finding, style)]


def _columns(steps: Sequence[Visit], when: Mapping[str, str]) -> list[Line]:
    """Return what stands before the subject in each row, equally wide."""
    has_dates = any(step.version in when for step in steps)
    rows = [
        (
            plain(step.label or "-"),
            short(step.version),
            when.get(step.version, NO_DATE) if has_dates else "",
            step.edit.role.value if step.edit else "",
        )
        for step in steps
    ]
    widths = [max(map(len, column), default=0) for column in zip(*rows, strict=True)]
    tones = (Tone.TITLE, Tone.ID, Tone.FAINT, Tone.PLAIN)
    heads: list[Line] = []
    for row in rows:
        head = [Span("    ")]
        for text, width, tone in zip(row, widths, tones, strict=True):
            head += [Span(text, tone), Span(" " * (width - len(text) + 2))] if width else []
        heads.append(tuple(head))
    return heads


def _subject(step: Visit, known: Mapping[str, Version]) -> str:
    """Return the first line of the message, cut only if it is endless."""
    version = known.get(step.version)
    subject = step.edit.summary if step.edit else (version.subject if version else "")
    return clipped(subject, LONGEST_SUBJECT) if subject else "(no message)"


def _middle_left_out(rows: Sequence[list[Line]], finding: Finding, style: Style) -> list[Line]:
    """Return all rows, or of a long walk its two ends and how many lie between."""
    left_out = len(rows) - FIRST_STEPS - LAST_STEPS
    if style.verbose or left_out < 2:
        return [each for row in rows for each in row]
    more = f"    ... {left_out:,} more: loopwatch explain {finding_id(finding)}"
    ends = [*rows[:FIRST_STEPS], [line(more, Tone.FAINT)], *rows[-LAST_STEPS:]]
    return [each for row in ends for each in row]


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


def defects_of(finding: Finding, report: Report) -> list[tuple[str, TrackedDefect]]:
    """Return the defects of a finding with their names, A first."""
    table = {defect.key: defect for defect in report.defects}
    named = ((letter(index), table.get(key)) for index, key in enumerate(finding.defects))
    return [(name, defect) for name, defect in named if defect is not None]


def defects(finding: Finding, report: Report, style: Style) -> list[Line]:
    """Return what is wrong in turn: the subject of each defect, and its message."""
    named = defects_of(finding, report)
    if not named:
        return []
    lines = line_of_defects(finding, len(named))
    for name, defect in named:
        mark = " (implied: what a fix removed)" if defect.is_implied else ""
        head = (Span(f"    {name}", Tone.TITLE), Span("  "))
        lines += wrapped(head, f"{clipped(defect.subject, LONGEST_SUBJECT)}{mark}", style.width)
        if defect.message and defect.message != defect.subject:
            indent = line(" " * length(head))
            lines += wrapped(indent, clipped(defect.message, LONGEST_SUBJECT), style.width)
    return lines


def line_of_defects(finding: Finding, number: int) -> list[Line]:
    """Return the heading of the list of defects."""
    is_traded = finding.granularity is Granularity.DEFECT and finding.kind is Kind.OSCILLATION
    if is_traded and number > 1:
        return [line(f"  {counted(number, 'defect')} take turns:")]
    return [line("  what was wrong:" if number == 1 else "  what was wrong in turn:")]


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


def on_trajectory(finding: Finding, report: Report) -> list[Line]:
    """Return the line of work, unless it is the first of the report."""
    if finding.trajectory in {one.id for one in report.trajectories[:1]}:
        return []
    return [line(f"  on {trajectory_name(finding)}")]


def paragraphs(*parts: Sequence[Line]) -> list[Line]:
    """Return the parts that are not empty, a blank line before each."""
    return [each for part in parts if part for each in (BLANK, *part)]
