"""The sessions of an audit, for people: how each went on, those that went in circles first."""

from loopwatch.model.progress import Progress
from loopwatch.model.report import Report
from loopwatch.model.version import Trajectory
from loopwatch.reports.escape import plain
from loopwatch.reports.ink import BLANK, Line, Tone, line, wrapped
from loopwatch.reports.names import counted, duration
from loopwatch.reports.style import Style

MOST = 20  # sessions that are told without -v
MOST_COUNTS = 24  # counts of defects in a row; of more, the first and the last ones


def session_lines(report: Report, style: Style) -> list[Line]:
    """Return what is to say of each session; of those without an edit only with -v."""
    told = [(one, one.progress) for one in report.trajectories if one.progress is not None]
    told = [(one, how) for one, how in told if how.edits or style.verbose]
    if not told:
        return []
    told.sort(key=lambda pair: -pair[1].in_loops)
    shown = told if style.verbose else told[:MOST]
    lines = wrapped((), f"SESSIONS  {counted(len(told), 'session')}", style.width, Tone.TITLE)
    for one, how in shown:
        lines += _session(one, how, style)
    more = len(told) - len(shown)
    lines += [line(f"  ... {more:,} more (-v shows them)", Tone.FAINT)] if more else []
    return [*lines, BLANK]


def _session(one: Trajectory, how: Progress, style: Style) -> list[Line]:
    parts = [
        f"{one.agent or 'an agent'}: {counted(how.edits, 'edit')}",
        *([counted(how.turns, "prompt")] if how.turns else []),
        *([duration(how.seconds)] if how.seconds else []),
        *([counted(how.tokens, "token")] if how.tokens else []),
        *([f"${how.usd:,.2f}"] if how.usd is not None else []),
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
        told.append(f"{how.in_loops:.0%} of it went into loops, from {plain(how.turned_at)} on")
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
