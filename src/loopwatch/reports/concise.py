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
from loopwatch.reports.passages import TONES
from loopwatch.reports.style import PLAIN, Style


def render(report: Report, style: Style = PLAIN) -> str:
    """Return a line for each finding, notes only if asked, and the closing lines."""
    listed = [found for found in report.findings if style.verbose or is_listed(found)]
    lines = [*map(_finding, listed), *closing_lines(report, style)]
    return written(lines, colour=style.colour)


def _finding(finding: Finding) -> Line:
    """Return ``path:line: kind level: what happens, closed by whom  id``."""
    parts = [f"{short_unit_name(finding)} {shape(finding)}"]
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
