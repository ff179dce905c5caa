"""The walk of a finding, version by version, as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from loopwatch.model.finding import Finding
from loopwatch.model.report import Report
from loopwatch.model.version import Version
from loopwatch.reports.escape import clipped, plain
from loopwatch.reports.going_on import to_see_more
from loopwatch.reports.ink import Line, Span, Tone, line, wrapped
from loopwatch.reports.names import NO_DATE, dates, shape, short, short_unit_name
from loopwatch.reports.observed import TONES, columns
from loopwatch.reports.style import Style
from loopwatch.reports.timeline import Visit, visits

FIRST_STEPS, LAST_STEPS = 5, 10  # steps of a long walk that are shown without -v
LONGEST_SUBJECT = 300  # characters of a commit's subject
GAP = 2  # columns between two columns

T = TypeVar("T")
Cells = list[Span]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One version of a walk; all text is plain."""

    visit: Visit
    label: str  # of its state; "" where defects have columns of their own
    version: str
    date: str  # "" if no version of the walk has one
    words: tuple[str, ...]  # what is known of each defect that has a column
    role: str  # what its edit meant to do; "" where the walk starts
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The walk of a finding, oldest version first."""

    names: tuple[str, ...]  # of the defects that have a column
    more: int  # defects that have none
    rows: tuple[Row, ...]


def table(finding: Finding, report: Report) -> Table:
    """Return the versions of the cycle: id, date, what the edit meant, subject.

    Before these stands the state that code was in; where defects were observed, what is
    known of each of them comes before what the edit meant.
    """
    steps = visits(finding)
    wanted = {step.version for step in steps}
    known = {version.id: version for version in report.versions if version.id in wanted}
    when = dates(known.values())
    defects = columns(finding, report)
    rows = tuple(
        Row(
            visit=step,
            label="" if defects else plain(step.label or "-"),
            version=short(step.version),
            date=when.get(step.version, NO_DATE) if when else "",
            words=tuple(column.word(step.version, step.edit) for column in defects),
            role=step.edit.role.value if step.edit else "",
            subject=_subject(step, known),
        )
        for step in steps
    )
    more = len(finding.defects) - len(defects) if defects else 0
    return Table(names=tuple(column.name for column in defects), more=more, rows=rows)


def ends(of: Sequence[T], first: int, last: int) -> tuple[Sequence[T], int, Sequence[T]]:
    """Return the first and the last few, and between them how many are left out: never one."""
    left_out = len(of) - first - last
    return (of, 0, ()) if left_out < 2 else (of[:first], left_out, of[-last:])


def walk(finding: Finding, report: Report, style: Style) -> list[Line]:
    """Return the table of the walk, laid out; of a long one the middle only if asked."""
    told = table(finding, report)
    first, *heads = _aligned([_names(told), *map(_cells, told.rows)])
    rows = [
        wrapped(head, row.subject, style.width) for head, row in zip(heads, told.rows, strict=True)
    ]
    name = short_unit_name(finding)
    title = wrapped(line("  "), f"{name} {shape(finding)} (times are UTC):", style.width)
    above = [_headed(first, told.more)] if told.names else []
    return [*title, *above, *_middle_left_out(rows, to_see_more(finding, report), style)]


def _names(told: Table) -> Cells:
    """Return the cells above the walk: the names of defects above what is known of them."""
    names = [Span(name, Tone.TITLE) for name in told.names]
    return [Span(""), Span(""), Span(""), *names, Span("")]


def _headed(names: Line, more: int) -> Line:
    """Return the row of names without what trails, and with how many have no column."""
    while not names[-1].text.strip():
        names = names[:-1]
    return (*names, Span(f"  and {more:,} more", Tone.FAINT)) if more else names


def _cells(row: Row) -> Cells:
    """Return what stands before the subject."""
    return [
        Span(row.label, Tone.TITLE),
        Span(row.version, Tone.ID),
        Span(row.date, Tone.FAINT),
        *(Span(told, TONES.get(told, Tone.FAINT)) for told in row.words),
        Span(row.role),
    ]


def _aligned(rows: Sequence[Cells]) -> list[Line]:
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


def _middle_left_out(rows: Sequence[list[Line]], to_see: str, style: Style) -> list[Line]:
    """Return all rows, or of a long walk its two ends and how many lie between."""
    first, left_out, last = (rows, 0, ()) if style.verbose else ends(rows, FIRST_STEPS, LAST_STEPS)
    more = f"    ... {left_out:,} more{to_see}"
    middle = [[line(more, Tone.FAINT)]] if left_out else []
    return [each for row in (*first, *middle, *last) for each in row]
