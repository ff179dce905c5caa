"""Many sessions in tables, by agent, model, project and week: as text, and as Markdown."""

from collections.abc import Iterator, Sequence

from loopwatch.model.fleet import FleetRow
from loopwatch.model.report import Report
from loopwatch.reports.escape import clipped
from loopwatch.reports.ink import BLANK, Line, Tone, line, wrapped
from loopwatch.reports.markdown_text import cell
from loopwatch.reports.names import counted
from loopwatch.reports.style import Style

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
    tables = list(_tables(report, is_verbose=style.verbose))
    if not tables:
        return []
    lines = wrapped((), "FLEET  the same sessions, added up", style.width, Tone.TITLE)
    for title, rows in tables:
        lines += _table(title, rows, style)
    return [*lines, *_plus(tables, style), BLANK]


def fleet_rows(report: Report) -> list[str]:
    """Return the tables in Markdown, folded; nothing if none has more than one row."""
    tables = list(_tables(report, is_verbose=False))
    if not tables:
        return []
    rows = ["<details><summary>The same sessions, added up</summary>", ""]
    for title, found in tables:
        rows.append(f"| {title} | {' | '.join(HEADS)} |")
        rows.append(f"| --- {'| ---: ' * len(HEADS)}|")
        for row in found[:MOST_IN_MARKDOWN]:
            name = cell(clipped(row.name, LONGEST_NAME)) if row.name else NOT_TOLD
            rows.append(f"| {name} | {' | '.join(_cells(row))} |")
        more = len(found) - MOST_IN_MARKDOWN
        rows += ["", f"… {more:,} more", ""] if more > 0 else [""]
    return [*rows, "</details>", ""]


def _tables(report: Report, *, is_verbose: bool) -> Iterator[tuple[str, Sequence[FleetRow]]]:
    fleet = report.fleet
    if fleet is None:
        return
    tables = (fleet.agents, fleet.models, fleet.projects, fleet.weeks)
    for title, rows in zip(("agent", "model", "project", "week"), tables, strict=True):
        if len(rows) > 1 or (rows and is_verbose):
            yield title, rows


def _table(title: str, rows: Sequence[FleetRow], style: Style) -> list[Line]:
    shown = rows if style.verbose else rows[:MOST]
    cells = [_cells(row) for row in shown]
    widths = [max(map(len, column)) for column in zip(HEADS, *cells, strict=True)]
    lines = [line(f"  {_row(f'{title:<{ROOM}}', HEADS, widths)}", Tone.FAINT)]
    for row, values in zip(shown, cells, strict=True):
        name = clipped(row.name, LONGEST_NAME) if row.name else NOT_TOLD
        if len(name) > ROOM:
            lines.append(line(f"  {name}"))
            name = ""
        lines.append(line(f"  {_row(f'{name:<{ROOM}}', values, widths)}"))
    more = len(rows) - len(shown)
    lines += [line(f"  ... {more:,} more (-v shows them)", Tone.FAINT)] if more else []
    return lines


def _row(name: str, cells: Sequence[str], widths: Sequence[int]) -> str:
    return " ".join((name, *(f"{one:>{n}}" for one, n in zip(cells, widths, strict=True))))


def _cells(row: FleetRow) -> list[str]:
    usd = UNKNOWN if row.usd is None else f"{row.usd:,.2f}{'+' if row.unpriced else ''}"
    return [
        f"{row.sessions:,}",
        f"{row.edits:,}",
        f"{row.errors:,}",
        f"{row.warnings:,}",
        f"{row.notes:,}",
        f"{row.in_loops:.0%}",
        UNKNOWN if row.tokens is None else _scaled(row.tokens),
        usd,
    ]


def _plus(tables: Sequence[tuple[str, Sequence[FleetRow]]], style: Style) -> list[Line]:
    """Return what a plus says, if there is one."""
    _, rows = tables[0]
    unpriced = sum(row.unpriced for row in rows)
    if not any(row.unpriced and row.usd is not None for _, rows in tables for row in rows):
        return []
    told = f"+: and what {counted(unpriced, 'session')} cost of which no price is known"
    return wrapped(line("  "), told, style.width, Tone.FAINT)


def _scaled(number: int) -> str:
    """Return "950", "12.3k", "4.0M"."""
    for size, sign in SCALES:
        if number >= size:
            return f"{number / size:,.1f}{sign}"
    return str(number)
