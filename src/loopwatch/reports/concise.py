"""One line for each finding, as compilers write them, then what was looked at."""

from loopwatch.model.finding import Finding
from loopwatch.model.report import Report
from loopwatch.reports.closing import closing_lines
from loopwatch.reports.ink import Line, Span, Tone, written
from loopwatch.reports.names import finding_id, is_listed, place
from loopwatch.reports.passages import TONES, sentence
from loopwatch.reports.style import PLAIN, Style


def render(report: Report, style: Style = PLAIN) -> str:
    """Return a line for each finding, notes only if asked, and the closing lines."""
    listed = [found for found in report.findings if style.verbose or is_listed(found)]
    rows = (_finding(found, report) for found in listed)
    lines = [*rows, *closing_lines(report, style)]
    return written(lines, colour=style.colour)


def _finding(finding: Finding, report: Report) -> Line:
    """Return ``path:line: kind level: what happens, closed by whom  id``."""
    return (
        Span(place(finding), Tone.TITLE),
        Span(f": {finding.kind.value} "),
        Span(finding.level.value, TONES[finding.level]),
        Span(f": {sentence(finding, report)}  "),
        Span(finding_id(finding), Tone.ID),
    )
