"""The default format: a few findings in full, history and notes in short, then what was seen."""

from collections import Counter
from collections.abc import Mapping, Sequence

from loopwatch.model.finding import Finding, Kind
from loopwatch.model.report import Report
from loopwatch.reports.closing import closing_lines
from loopwatch.reports.fleet import fleet_lines
from loopwatch.reports.going_on import hints
from loopwatch.reports.hunks import flips
from loopwatch.reports.ink import BLANK, Line, Span, Tone, length, line, wrapped, written
from loopwatch.reports.names import (
    NOUNS,
    counted,
    dates,
    finding_id,
    is_listed,
    shape,
    short,
    unit_name,
)
from loopwatch.reports.observed import limits, on_one_line
from loopwatch.reports.passages import (
    TONES,
    defects,
    headline,
    on_trajectory,
    others,
    paragraphs,
    since,
)
from loopwatch.reports.sessions import session_lines
from loopwatch.reports.style import PLAIN, Style
from loopwatch.reports.walk import walk
from loopwatch.reports.way_on import way_on

MOST_IN_FULL = 10  # live findings; more are told on one line each, unless -v
SUGGESTED = frozenset({"why"})  # what is said of each finding; its page names the other ways
MOST_SETTLED = 20  # settled findings that are listed without -v


def render(report: Report, style: Style = PLAIN) -> str:
    """Return the report as text for people, complete without colour."""
    listed = [found for found in report.findings if is_listed(found)]
    live = [found for found in listed if not found.is_settled]
    settled = [found for found in listed if found.is_settled]
    notes = [found for found in report.findings if not is_listed(found)]
    lines = [
        *_live(live, report, style),
        *_settled(settled, report, style),
        *_notes(notes, report, style),
        *session_lines(report, style),
        *fleet_lines(report, style),
        *closing_lines(report, style),
    ]
    return written(lines, colour=style.colour)


def _live(findings: Sequence[Finding], report: Report, style: Style) -> list[Line]:
    """Return what is going on now: the first ones in full."""
    most = len(findings) if style.verbose else MOST_IN_FULL
    numbers: Counter[Kind] = Counter()
    lines: list[Line] = []
    for finding in findings[:most]:
        numbers[finding.kind] += 1
        name = f"{NOUNS[finding.kind][0].upper()} {numbers[finding.kind]}"
        lines += [*in_full(finding, name, report, style), BLANK]
    title = "MORE  {} in short (-v shows all in full)"
    return [*lines, *_section(title, findings[most:], report, style)]


def in_full(finding: Finding, name: str, report: Report, style: Style) -> list[Line]:
    """Return a finding under its headline, as it is told where there are few."""
    return [
        *headline(finding, name, style),
        *on_trajectory(finding, report),
        *paragraphs(
            defects(finding, report, style),
            [
                *walk(finding, report, style),
                *limits(finding, report, style),
                *since(finding, style),
            ],
            flips(finding, report, style),
            others(finding, style),
            way_on(finding, report.checked, style) if report.checked else _hints(finding, report),
        ),
    ]


def _hints(finding: Finding, report: Report) -> list[Line]:
    """Return which commands go on from here."""
    told = {key: command for key, command in hints(finding, report).items() if key in SUGGESTED}
    width = max(map(len, told), default=0) + 3
    return [(Span(f"  {f'{key}:':<{width}}"), Span(command)) for key, command in told.items()]


def _settled(findings: Sequence[Finding], report: Report, style: Style) -> list[Line]:
    """Return the history: loops whose last turn is long past."""
    title = "HISTORY  {} (long past: only with --all in the exit status)"
    most = len(findings) if style.verbose else MOST_SETTLED
    return _section(title, findings, report, style, most=most, one="settled finding")


def _notes(findings: Sequence[Finding], report: Report, style: Style) -> list[Line]:
    """Return the notes one by one if asked, otherwise how many there are."""
    if style.verbose:
        title = "NOTES  {}, which may well be healthy work"
        return _section(title, findings, report, style, one="note")
    told = f"{counted(len(findings), 'note')} (-v shows {'it' if len(findings) == 1 else 'them'})"
    return [line(told, Tone.FAINT)] if findings else []


def _section(
    title: str,
    findings: Sequence[Finding],
    report: Report,
    style: Style,
    *,
    most: int | None = None,
    one: str = "finding",
) -> list[Line]:
    """Return a heading, the first ``most`` findings in short, and how many more there are."""
    if not findings:
        return []
    shown = findings if most is None else findings[:most]
    lines = wrapped((), title.format(counted(len(findings), one)), style.width, Tone.TITLE)
    when = dates(report.versions)
    for finding in shown:
        lines += _in_short(finding, on_one_line(finding, report), when, style)
    more = len(findings) - len(shown)
    if more:
        lines.append(line(f"  ... {more:,} more (-v shows them)", Tone.FAINT))
    return [*lines, BLANK]


def _in_short(finding: Finding, defects: str, when: Mapping[str, str], style: Style) -> list[Line]:
    """Return a finding on two lines: where it is, and what happens there."""
    head = (
        Span("  "),
        Span(finding_id(finding), Tone.ID),
        Span("  "),
        Span(finding.level.value, TONES[finding.level]),
        Span("  "),
    )
    last = f"{short(finding.last_at)} {when.get(finding.last_at, '')}".strip()
    names = f" ({defects})" if defects else ""
    what = f"{NOUNS[finding.kind][0]}: {shape(finding)}{names}, last at {last}"
    indent = line(" " * length(head))
    return [(*head, Span(unit_name(finding))), *wrapped(indent, what, style.width)]
