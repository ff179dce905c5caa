"""One line for each finding, as compilers write them, then what was looked at."""

from loopwatch.model.finding import Finding, Kind
from loopwatch.model.report import Report
from loopwatch.reports.closing import closing_lines
from loopwatch.reports.ink import Line, Span, Tone, written
from loopwatch.reports.names import (
    counted,
    finding_id,
    is_listed,
    place,
    shape,
    short,
    short_unit_name,
)
from loopwatch.reports.observed import on_one_line
from loopwatch.reports.passages import TONES
from loopwatch.reports.style import PLAIN, Style


def render(report: Report, style: Style = PLAIN) -> str:
    """Return a line for each finding, notes only if asked, and the closing lines."""
    listed = [found for found in report.findings if style.verbose or is_listed(found)]
    rows = (_finding(found, on_one_line(found, report)) for found in listed)
    lines = [*rows, *closing_lines(report, style)]
    return written(lines, colour=style.colour)


def _finding(finding: Finding, defects: str) -> Line:
    """Return ``path:line: kind level: what happens, closed by whom  id``."""
    names = f" ({defects})" if defects else ""
    parts = [f"{short_unit_name(finding)} {shape(finding)}{names}"]
    if finding.kind is Kind.OSCILLATION:
        parts.append(counted(finding.rounds, "round"))
    parts.append(f"closed by {short(finding.closed_at)}")
    if finding.is_settled:
        parts.append("settled")
    return (
        Span(place(finding), Tone.TITLE),
        Span(f": {finding.kind.value} "),
        Span(finding.level.value, TONES[finding.level]),
        Span(f": {', '.join(parts)}  "),
        Span(finding_id(finding), Tone.ID),
    )
