"""The walk of a finding, version by version, as a table."""

from collections.abc import Mapping, Sequence

from loopwatch.model.finding import Finding
from loopwatch.model.report import Report
from loopwatch.model.version import Version
from loopwatch.reports.escape import clipped, plain
from loopwatch.reports.ink import Line, Span, Tone, line, wrapped
from loopwatch.reports.names import NO_DATE, dates, finding_id, shape, short, short_unit_name
from loopwatch.reports.observed import TONES, Column, columns
from loopwatch.reports.style import Style
from loopwatch.reports.timeline import Visit, visits

FIRST_STEPS, LAST_STEPS = 5, 10  # steps of a long walk that are shown without -v
LONGEST_SUBJECT = 300  # characters of a commit's subject
GAP = 2  # columns between two columns

Row = list[Span]  # one cell for each column


def walk(finding: Finding, report: Report, style: Style) -> list[Line]:
    """Return the versions of the cycle: id, date, what the edit meant, subject.

    Before these stands the state that code was in; where defects were observed, what is
    known of each of them comes before what the edit meant.
    """
    steps = visits(finding)
    wanted = {step.version for step in steps}
    known = {version.id: version for version in report.versions if version.id in wanted}
    defects = columns(finding, report)
    first, *heads = _aligned([_names(defects), *_cells(steps, dates(known.values()), defects)])
    rows = [
        wrapped(head, _subject(step, known), style.width)
        for head, step in zip(heads, steps, strict=True)
    ]
    name = short_unit_name(finding)
    title = wrapped(line("  "), f"{name} {shape(finding)} (times are UTC):", style.width)
    more = len(finding.defects) - len(defects)
    above = [_headed(first, more)] if defects else []
    return [*title, *above, *_middle_left_out(rows, finding, style)]


def _names(defects: Sequence[Column]) -> Row:
    """Return the cells above the walk: the names of defects above what is known of them."""
    names = [Span(column.name, Tone.TITLE) for column in defects]
    return [Span(""), Span(""), Span(""), *names, Span("")]


def _headed(names: Line, more: int) -> Line:
    """Return the row of names without what trails, and with how many have no column."""
    while not names[-1].text.strip():
        names = names[:-1]
    return (*names, Span(f"  and {more:,} more", Tone.FAINT)) if more else names


def _cells(steps: Sequence[Visit], when: Mapping[str, str], defects: Sequence[Column]) -> list[Row]:
    """Return what stands before the subject in each row."""
    has_dates = any(step.version in when for step in steps)
    rows: list[Row] = []
    for step in steps:
        words = [column.word(step.version, step.edit) for column in defects]
        rows.append(
            [
                Span("" if defects else plain(step.label or "-"), Tone.TITLE),
                Span(short(step.version), Tone.ID),
                Span(when.get(step.version, NO_DATE) if has_dates else "", Tone.FAINT),
                *(Span(told, TONES.get(told, Tone.FAINT)) for told in words),
                Span(step.edit.role.value if step.edit else ""),
            ]
        )
    return rows


def _aligned(rows: Sequence[Row]) -> list[Line]:
    """Return rows whose cells are equally wide in each column; empty columns take no room."""
    widths = [max(len(cell.text) for cell in column) for column in zip(*rows, strict=True)]
    lines: list[Line] = []
    for row in rows:
        head = [Span("    ")]
        for cell, width in zip(row, widths, strict=True):
            head += [cell, Span(" " * (width - len(cell.text) + GAP))] if width else []
        lines.append(tuple(head))
    return lines


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
