"""Many sessions in tables, by agent, model, work, project and week: as text, and as Markdown."""

from collections.abc import Iterable, Iterator, Sequence

from loopwatch.model.fleet import FleetRow
from loopwatch.model.report import Report
from loopwatch.reports.escape import clipped
from loopwatch.reports.ink import BLANK, Line, Tone, line, wrapped
from loopwatch.reports.markdown_text import cell
from loopwatch.reports.names import counted
from loopwatch.reports.style import Style

TITLES = ("agent", "model", "kind of work", "project", "week")
HEADS = ("sessions", "edits", "errors", "warnings", "notes", "in loops", "tokens", "usd")
MOST = 20  # rows of a table without -v
MOST_IN_MARKDOWN = 10
LONGEST_NAME = 60  # characters
ROOM = 16  # columns of a name; a longer one stands on a line of its own
NOT_TOLD = "not told"
UNKNOWN = "-"
SCALES = ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k"))


def fleet_lines(report: Report, style: Style) -> list[Line]:
    """Return the tables that have more than one row; all of them with -v."""
    found = list(tables(report, is_verbose=style.verbose))
    if not found:
        return []
    lines = wrapped((), "FLEET  the same sessions, added up", style.width, Tone.TITLE)
    for title, rows in found:
        lines += _table(title, rows, style)
    return [*lines, *_plus(found, style), BLANK]


def fleet_rows(report: Report) -> list[str]:
    """Return the tables in Markdown, folded; nothing if none has more than one row."""
    found = list(tables(report, is_verbose=False))
    if not found:
        return []
    rows = ["<details><summary>The same sessions, added up</summary>", ""]
    for title, told in found:
        rows.append(f"| {title} | {' | '.join(HEADS)} |")
        rows.append(f"| --- {'| ---: ' * len(HEADS)}|")
        for row in told[:MOST_IN_MARKDOWN]:
            name = cell(clipped(row.name, LONGEST_NAME)) if row.name else NOT_TOLD
            rows.append(f"| {name} | {' | '.join(cells(row))} |")
        more = len(told) - MOST_IN_MARKDOWN
        rows += ["", f"… {more:,} more", ""] if more > 0 else [""]
    return [*rows, "</details>", ""]


def tables(report: Report, *, is_verbose: bool) -> Iterator[tuple[str, Sequence[FleetRow]]]:
    """Yield the tables with more than one row, and their titles; all that have one, if asked."""
    fleet = report.fleet
    if fleet is None:
        return
    all_rows = (fleet.agents, fleet.models, fleet.work, fleet.projects, fleet.weeks)
    for title, rows in zip(TITLES, all_rows, strict=True):
        if len(rows) > 1 or (rows and is_verbose):
            yield title, rows


def _table(title: str, rows: Sequence[FleetRow], style: Style) -> list[Line]:
    shown = rows if style.verbose else rows[:MOST]
    values = [cells(row) for row in shown]
    widths = [max(map(len, column)) for column in zip(HEADS, *values, strict=True)]
    lines = [line(f"  {_row(f'{title:<{ROOM}}', HEADS, widths)}", Tone.FAINT)]
    for row, told in zip(shown, values, strict=True):
        name = clipped(row.name, LONGEST_NAME) if row.name else NOT_TOLD
        if len(name) > ROOM:
            lines.append(line(f"  {name}"))
            name = ""
        lines.append(line(f"  {_row(f'{name:<{ROOM}}', told, widths)}"))
    more = len(rows) - len(shown)
    lines += [line(f"  ... {more:,} more (-v shows them)", Tone.FAINT)] if more else []
    return lines


def _row(name: str, cells: Sequence[str], widths: Sequence[int]) -> str:
    return " ".join((name, *(f"{one:>{n}}" for one, n in zip(cells, widths, strict=True))))


def cells(row: FleetRow) -> list[str]:
    """Return what stands in a row, under ``HEADS``."""
    usd = UNKNOWN if row.usd is None else f"{row.usd:,.2f}{'+' if row.unpriced else ''}"
    return [
        f"{row.sessions:,}",
        f"{row.edits:,}",
        f"{row.errors:,}",
        f"{row.warnings:,}",
        f"{row.notes:,}",
        f"{row.in_loops:.0%}",
        UNKNOWN if row.tokens is None else scaled(row.tokens),
        usd,
    ]


def _plus(found: Sequence[tuple[str, Sequence[FleetRow]]], style: Style) -> list[Line]:
    said = plus(rows for _, rows in found)
    return wrapped(line("  "), said, style.width, Tone.FAINT) if said else []


def plus(found: Iterable[Sequence[FleetRow]]) -> str:
    """Return what a plus in one of the tables says; nothing if there is none."""
    unpriced = 0
    has_plus = False
    for rows in found:
        unpriced = sum(row.unpriced for row in rows)  # the same in each
        has_plus = has_plus or any(row.unpriced and row.usd is not None for row in rows)
    cost = f"+: and what {counted(unpriced, 'session')} cost of which no price is known"
    return cost if has_plus else ""


def scaled(number: int) -> str:
    """Return "950", "12.3k", "4.0M"."""
    for size, sign in SCALES:
        if number >= size:
            return f"{number / size:,.1f}{sign}"
    return str(number)
