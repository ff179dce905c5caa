"""Markdown for a pull request's comment or a job's summary: under one screen, details folded.

All that comes from the repository stands in code, so that it cannot be a link, a mention, a
reference, a picture or markup.
"""

from collections.abc import Sequence

from loopwatch.model.finding import Finding, Kind
from loopwatch.model.report import Report
from loopwatch.reports.closing import closing_line
from loopwatch.reports.escape import clipped
from loopwatch.reports.fleet import fleet_rows
from loopwatch.reports.going_on import hints
from loopwatch.reports.hunks import flips
from loopwatch.reports.ink import unwrapped
from loopwatch.reports.kinds import ABOUT
from loopwatch.reports.markdown_text import cell, code, fenced
from loopwatch.reports.names import (
    NOUNS,
    counted,
    finding_id,
    is_raised,
    place,
    shape,
    standing,
)
from loopwatch.reports.observed import is_observed, limits, on_one_line
from loopwatch.reports.passages import (
    ToldDefect,
    ending,
    heading_of_defects,
    log_of,
    since,
    told_defects,
)
from loopwatch.reports.sessions import session_rows
from loopwatch.reports.style import PLAIN, UNWRAPPED, Style
from loopwatch.reports.walk import Row, Table, ends, table

MARKER = "<!-- loopwatch:report -->"  # by which a comment is found again
MOST_BYTES = 65_000  # of a comment, which GitHub limits to 65,536 characters
FOOT_BYTES = 1_000  # of these for what stands at the end
MOST_OPEN = 1  # findings that are not folded
MOST_IN_FULL = 10
MOST_IN_SHORT = 20  # more findings, on one line each
MOST_DEFECTS = 6
MOST_DIFF = 40  # lines
FIRST_STEPS, LAST_STEPS = 2, 6  # of a long walk
LONGEST_NAME = 160  # characters
LONGEST_SUBJECT = 120
LONGEST_LINE = 200


def render(report: Report, style: Style = PLAIN) -> str:
    """Return the report, of which the first line is a marker; one more line if all is well."""
    raised = [found for found in report.findings if is_raised(found, style)]
    foot = f"{closing_line(report)}{_incomplete(report)}"
    tables = [*session_rows(report), *fleet_rows(report)]
    if not raised:
        rows = [MARKER, f"loopwatch: nothing to report. {foot}", *(["", *tables] if tables else [])]
        return "".join(f"{row}\n" for row in rows)
    heads = [MARKER, f"### loopwatch: {_title(raised)}", ""]
    rows, left_out = _that_fit(raised, report, MOST_BYTES - FOOT_BYTES - _size(tables))
    more = [f"- {counted(left_out, 'more finding')}", ""] if left_out else []
    return "".join(f"{row}\n" for row in (*heads, *rows, *more, *tables, f"<sub>{foot}</sub>"))


def _that_fit(findings: Sequence[Finding], report: Report, room: int) -> tuple[list[str], int]:
    """Return what fits into ``room`` bytes, the first findings in full, and how many do not."""
    rows: list[str] = []
    for number, finding in enumerate(findings):
        forms = [_in_short(finding, report)]
        if number < MOST_IN_FULL:
            forms.insert(0, _in_full(finding, report, is_open=number < MOST_OPEN))
        form = next((form for form in forms if _size(form) <= room), None)
        if form is None or number >= MOST_IN_FULL + MOST_IN_SHORT:
            return rows, len(findings) - number
        room -= _size(form)
        rows += form
    return rows, 0


def _size(rows: Sequence[str]) -> int:
    return sum(len(row.encode("utf-8")) + 1 for row in rows)


def _title(findings: Sequence[Finding]) -> str:
    """Return "2 loops, 1 lost fix"."""
    numbers = [(kind, sum(found.kind is kind for found in findings)) for kind in Kind]
    return ", ".join(counted(number, *NOUNS[kind]) for kind, number in numbers if number)


def _incomplete(report: Report) -> str:
    return "" if report.is_complete else " Not complete: some of the history could not be read."


def _ways(finding: Finding, report: Report) -> list[str]:
    """Return the commands that go on from here, on one line."""
    ways = [f"{key}: {code(command)}" for key, command in hints(finding, report).items()]
    return [" · ".join(ways), ""] if ways else []


def _in_full(finding: Finding, report: Report, *, is_open: bool) -> list[str]:
    """Return a headline and all that belongs to it, folded away if there are others before."""
    end = ending(finding)
    rows = [
        *_walk(table(finding, report)),
        *_to_satisfy(finding, report),
        *([f"{end[0].upper()}{end[1:]}.", ""] if end else []),
        *_folded("What was changed", _diff(finding, report)),
        *_folded(f"Evidence, confidence {finding.confidence:.2f}", _evidence(finding)),
        *_ways(finding, report),
    ]
    return [
        _headline(finding, report),
        "",
        *(rows if is_open else _folded("The walk and the lines", rows)),
    ]


def _in_short(finding: Finding, report: Report) -> list[str]:
    """Return a finding as one line."""
    defects = on_one_line(finding, report)
    what = f" {code(clipped(defects, LONGEST_NAME))}" if defects else ""
    return [f"{_headline(finding, report)}{what} {code(finding_id(finding))}", ""]


def _headline(finding: Finding, report: Report) -> str:
    where = code(clipped(place(finding), LONGEST_NAME))
    if finding.symbol:
        where = f"{code(clipped(finding.symbol, LONGEST_NAME))} ({where})"
    title = ABOUT[finding.kind].title
    log = log_of(finding, report)
    session = f" In {code(clipped(log, LONGEST_NAME))}." if log else ""
    return f"**{title}** in {where}: {shape(finding)}. {standing(finding).capitalize()}.{session}"


def _walk(told: Table) -> list[str]:
    """Return the versions of the cycle as a table."""
    has_dates = any(row.date.strip() for row in told.rows)
    first = list(told.names) or ["state"]
    heads = ["version", *(["when (UTC)"] if has_dates else []), *first, "edit", "subject"]
    rows, left_out, last = ends(told.rows, FIRST_STEPS, LAST_STEPS)
    middle = [_cells([f"… {left_out:,} more", *[""] * (len(heads) - 1)])] if left_out else []
    more = [f"{counted(told.more, 'more defect')} come and go with these.", ""] if told.more else []
    return [
        _cells(heads),
        _cells(["---"] * len(heads)),
        *(_row(row, has_dates=has_dates) for row in rows),
        *middle,
        *(_row(row, has_dates=has_dates) for row in last),
        "",
        *more,
    ]


def _row(row: Row, *, has_dates: bool) -> str:
    words = [_word(word) for word in row.words] or [cell(clipped(row.label, LONGEST_NAME))]
    return _cells(
        [
            cell(clipped(row.version, LONGEST_NAME)),
            *([row.date.strip()] if has_dates else []),
            *words,
            row.role,
            cell(clipped(row.subject, LONGEST_SUBJECT)),
        ]
    )


def _word(word: str) -> str:
    """Return what is known of a defect; what is wrong stands out."""
    return f"**{word}**" if word in {"FAIL", "there", "off"} else word


def _cells(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _to_satisfy(finding: Finding, report: Report) -> list[str]:
    """Return the defects, all of which a fix has to mind, and whether any version did."""
    named = told_defects(finding, report)
    if not named:
        return []
    heading = f"{heading_of_defects(finding, len(named))}:"
    if is_observed(finding) and finding.kind is Kind.OSCILLATION and len(named) > 1:
        heading = "A fix has to satisfy **all of these at once**:"
    more = len(named) - MOST_DEFECTS
    told = unwrapped(limits(finding, report, UNWRAPPED))
    return [
        heading[0].upper() + heading[1:],
        "",
        *(_defect(one) for one in named[:MOST_DEFECTS]),
        *([f"- {counted(more, 'more defect')}"] if more > 0 else []),
        "",
        *([code(clipped(told, LONGEST_LINE)), ""] if told else []),
    ]


def _defect(one: ToldDefect) -> str:
    message = f": {code(clipped(one.message, LONGEST_LINE))}" if one.message else ""
    return f"- {one.name}{one.mark}: {code(clipped(one.title, LONGEST_LINE))}{message}"


def _diff(finding: Finding, report: Report) -> list[str]:
    lines = flips(finding, report, UNWRAPPED, MOST_DIFF)
    rows = ("".join(span.text for span in spans) for spans in lines)
    shown = [clipped(row.removeprefix("  ").removeprefix("  "), LONGEST_LINE) for row in rows]
    return fenced(shown, "diff") if shown else []


def _evidence(finding: Finding) -> list[str]:
    reasons = [f"- {code(clipped(reason, LONGEST_LINE))}" for reason in finding.why]
    reached = code(clipped(unwrapped(since(finding, UNWRAPPED)), LONGEST_LINE))
    return [*reasons, f"- {reached}"]


def _folded(title: str, rows: Sequence[str]) -> list[str]:
    """Return rows that are shown on demand; ``title`` is ours."""
    if not rows:
        return []
    return [f"<details><summary>{title}</summary>", "", *rows, "", "</details>", ""]
