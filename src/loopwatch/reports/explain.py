"""One finding in full: every edit with its lines, how we know, and the message for an agent."""

from loopwatch.model.defect import TrackedDefect
from loopwatch.model.finding import CycleEdit, Finding
from loopwatch.model.report import Report
from loopwatch.reports.escape import clipped, plain
from loopwatch.reports.hunks import in_full
from loopwatch.reports.ink import BLANK, Line, Span, Tone, line, wrapped, written
from loopwatch.reports.names import NOUNS, dates, short, trajectory_name
from loopwatch.reports.passages import (
    cost,
    defects,
    defects_of,
    headline,
    others,
    paragraphs,
    walk,
)
from loopwatch.reports.style import PLAIN, Style
from loopwatch.reports.timeline import Visit, visits

LONGEST_WORD = 2_000  # characters of a message or a reason


def render(report: Report, finding: Finding, style: Style = PLAIN) -> str:
    """Return all that is known of ``finding``, which is one of ``report``."""
    all_of_it = Style(verbose=True, colour=style.colour, width=style.width)
    lines = [
        *headline(finding, NOUNS[finding.kind][0].upper(), style),
        line(f"  on {trajectory_name(finding)}, seen at the level of: {finding.granularity}"),
        *paragraphs(
            defects(finding, report, all_of_it),
            walk(finding, report, all_of_it),
            _levels(finding, report),
            _confidence(finding, style),
            others(finding, all_of_it),
            _edits(finding, report, style),
            _sightings(finding, report),
            _advice(finding),
        ),
    ]
    return written(lines, colour=style.colour)


def _levels(finding: Finding, report: Report) -> list[Line]:
    """Return when it became what it is, and what it cost."""
    when = dates(report.versions)
    facts = [
        *((level.value, version) for level, version in finding.level_at),
        ("closed", finding.closed_at),
        ("last turn", finding.last_at),
    ]
    told = [
        line(f"  {f'{name}:':<12}{short(version)}  {when.get(version, '')}".rstrip())
        for name, version in facts
    ]
    return [*told, line(f"  {'cost:':<12}{cost(finding.cost)}")]


def _confidence(finding: Finding, style: Style) -> list[Line]:
    lines = [line(f"  confidence {finding.confidence:.2f}")]
    for reason in finding.why:
        lines += wrapped(line("    - "), clipped(reason, LONGEST_WORD), style.width)
    return lines


def _edits(finding: Finding, report: Report, style: Style) -> list[Line]:
    """Return each edit of the cycle with the lines that it rewrote."""
    names = {defect.key: name for name, defect in defects_of(finding, report)}
    lines: list[Line] = []
    for step in visits(finding):
        if step.edit is not None:
            lines += [*([BLANK] if lines else []), *_edit(step, step.edit, names, style)]
    return lines


def _edit(step: Visit, edit: CycleEdit, names: dict[str, str], style: Style) -> list[Line]:
    way = f"{plain(step.came_from or '-')} to {plain(step.label or '-')}"
    base = f", from {short(edit.from_version)}" if edit.from_version else ""
    head = (Span("  "), Span(short(edit.version), Tone.ID), Span(f"  {edit.role.value}  "))
    return [
        *wrapped(head, clipped(edit.summary, LONGEST_WORD) or "(no message)", style.width),
        line(f"    {way}{base}"),
        *_trade("removed", edit.removed, names, style),
        *_trade("introduced", edit.introduced, names, style),
        *(row for hunk in edit.hunks for row in in_full(hunk, style, "    ")),
    ]


def _trade(verb: str, keys: tuple[str, ...], names: dict[str, str], style: Style) -> list[Line]:
    if not keys:
        return []
    told = ", ".join(names.get(key, plain(key)) for key in keys)
    return wrapped(line(f"    {verb}: "), told, style.width)


def _sightings(finding: Finding, report: Report) -> list[Line]:
    """Return where each defect is known to be present or absent."""
    named = defects_of(finding, report)
    lines = [row for name, defect in named for row in _sighting(name, defect)]
    return [line("  where each defect was seen:"), *lines] if lines else []


def _sighting(name: str, defect: TrackedDefect) -> list[Line]:
    seen_by = "implied" if defect.is_implied else clipped(defect.detector, LONGEST_WORD)
    where = "::".join(plain(part) for part in (defect.path, defect.symbol) if part)
    head = f"    {name}  {seen_by}, rule {clipped(defect.rule, LONGEST_WORD)}"
    return [
        line(f"{head}, {where}" if where else head),
        *(line(f"       {short(s.version)}  {s.state.value}") for s in defect.timeline),
    ]


def _advice(finding: Finding) -> list[Line]:
    """Return the message, as it would be handed to a coding agent."""
    if not finding.advice:
        return []
    rows = [line(f"    | {plain(row)}".rstrip()) for row in finding.advice.splitlines()]
    return [line("  message for an agent:"), *rows]
