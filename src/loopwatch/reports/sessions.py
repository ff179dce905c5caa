"""The sessions of an audit, for people: how each went on, those that went in circles first."""

from collections.abc import Sequence

from loopwatch.model.progress import Progress
from loopwatch.model.report import Report
from loopwatch.model.version import Trajectory
from loopwatch.reports.escape import clipped, plain
from loopwatch.reports.fleet import LONGEST_NAME, NOT_TOLD, UNKNOWN, scaled
from loopwatch.reports.ink import BLANK, Line, Tone, line, wrapped
from loopwatch.reports.markdown_text import cell
from loopwatch.reports.names import counted, duration, short
from loopwatch.reports.style import Style

MOST = 20  # sessions that are told without -v
MOST_COUNTS = 24  # counts of defects in a row; of more, the first and the last ones
MOST_IN_TABLE = 20  # sessions
HEADS = (
    *("session", "agent", "kind of work", "edits", "prompts", "tokens", "usd", "in loops"),
    *("from", "defects at each check"),
)
NAMES = frozenset({"session", "agent", "from"})  # in their columns stands what the log says
Told = tuple[Trajectory, Progress]


def session_lines(report: Report, style: Style) -> list[Line]:
    """Return what is to say of each session; of those without an edit only with -v."""
    told = _told(report, is_verbose=style.verbose)
    if not told:
        return []
    shown = told if style.verbose else told[:MOST]
    lines = wrapped((), f"SESSIONS  {counted(len(told), 'session')}", style.width, Tone.TITLE)
    for one, how in shown:
        lines += _session(one, how, style)
    more = len(told) - len(shown)
    lines += [line(f"  ... {more:,} more (-v shows them)", Tone.FAINT)] if more else []
    return [*lines, BLANK]


def session_rows(report: Report) -> list[str]:
    """Return a table in Markdown, folded; nothing if no session has an edit."""
    told = table(report)
    if not told:
        return []
    rows = ["<details><summary>How the sessions went on</summary>", ""]
    rows += [f"| {' | '.join(HEADS)} |", f"|{' --- |' * 3}{' ---: |' * 5} --- | --- |"]
    rows += [f"| {' | '.join(_coded(cells))} |" for cells in told]
    more = number(report) - len(told)
    return [*rows, "", *([f"… {more:,} more", ""] if more > 0 else []), "</details>", ""]


def _coded(cells: Sequence[str]) -> list[str]:
    """Return what the log says as code, and our own words and numbers as they are."""
    is_name = [head in NAMES and told != NOT_TOLD for head, told in zip(HEADS, cells, strict=True)]
    return [cell(told) if name else told for name, told in zip(is_name, cells, strict=True)]


def table(report: Report) -> list[Sequence[str]]:
    """Return the first rows, under ``HEADS``: of the sessions with an edit."""
    return [_cells(one, how) for one, how in _told(report, is_verbose=False)[:MOST_IN_TABLE]]


def number(report: Report) -> int:
    """Return how many sessions have an edit."""
    return len(_told(report, is_verbose=False))


def _told(report: Report, *, is_verbose: bool) -> list[Told]:
    """Return the sessions, those that went in circles first; without an edit only if asked."""
    told = [(one, one.progress) for one in report.trajectories if one.progress is not None]
    told = [(one, how) for one, how in told if how.edits or is_verbose]
    return sorted(told, key=lambda pair: -pair[1].in_loops)


def _cells(one: Trajectory, how: Progress) -> Sequence[str]:
    return (
        clipped(one.path or one.id, LONGEST_NAME),
        clipped(one.agent or NOT_TOLD, LONGEST_NAME),
        how.work or NOT_TOLD,
        f"{how.edits:,}",
        f"{how.turns:,}",
        UNKNOWN if how.tokens is None else scaled(how.tokens),
        UNKNOWN if how.usd is None else f"{how.usd:,.2f}",
        f"{how.in_loops:.0%}",
        clipped(short(how.turned_at or ""), LONGEST_NAME),
        _row(how.defects),
    )


def _session(one: Trajectory, how: Progress, style: Style) -> list[Line]:
    parts = [
        f"{one.agent or 'an agent'}: {counted(how.edits, 'edit')}",
        *([counted(how.turns, "prompt")] if how.turns else []),
        *([duration(how.seconds)] if how.seconds else []),
        *([counted(how.tokens, "token")] if how.tokens else []),
        *([f"${how.usd:,.2f}"] if how.usd is not None else []),
        *([f"from commit {short(one.start)} on"] if one.start else []),
    ]
    indent = line("    ")
    return [
        line(f"  {plain(one.path or one.id)}"),
        *wrapped(indent, ", ".join(parts), style.width),
        *[each for text in _circles(how) for each in wrapped(indent, text, style.width)],
    ]


def _circles(how: Progress) -> list[str]:
    """Return what went in circles, and how many defects there were in turn."""
    told = []
    if how.turned_at is not None:
        told.append(f"{how.in_loops:.0%} of it went into loops, from {short(how.turned_at)} on")
    if how.taken_back:
        told.append(f"{counted(how.taken_back, 'edit')} brought something back")
    if how.defects:
        told.append(f"defects at each check: {_row(how.defects)}")
    return told


def _row(counts: tuple[int, ...]) -> str:
    if len(counts) <= MOST_COUNTS:
        return " ".join(map(str, counts))
    half = MOST_COUNTS // 2
    return " ".join([*map(str, counts[:half]), "...", *map(str, counts[-half:])])
