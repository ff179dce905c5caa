"""The end of a report for people: what was looked at, what was found, what was left out."""

from collections import Counter
from collections.abc import Iterable

from loopwatch.model.finding import Finding, Kind
from loopwatch.model.report import Checked, Report, Skipped
from loopwatch.reports.escape import clipped, plain
from loopwatch.reports.ink import Line, Tone, line, wrapped
from loopwatch.reports.names import NOUNS, counted, is_listed
from loopwatch.reports.style import Style

NOT_COMMITTED = frozenset({"index", "worktree"})  # ids of versions
ALWAYS = (Kind.OSCILLATION, Kind.RELAPSE)  # counted even when there is none
LONGEST_REASON = 200  # characters
MOST_SKIPPED = 50  # paths that -v lists


def closing_lines(report: Report, style: Style) -> list[Line]:
    """Return the last lines of a report, which are there also when nothing was found."""
    return [
        *wrapped((), closing_line(report), style.width, Tone.TITLE),
        *_not_analysed(report.skipped, style),
        *_not_complete(report, style),
    ]


def closing_line(report: Report) -> str:
    """Return "412 commits, 1 loop, 2 lost fixes, 3 notes, 0 ignored; 4 mechanical …"."""
    summary = report.summary
    looked_at = counted(summary.edits, _one_edit(report))
    settled = [found for found in report.findings if is_listed(found) and found.is_settled]
    parts = [looked_at, *_kinds(report.findings)]
    if settled:
        parts.append(f"{len(settled):,} settled")
    parts += [counted(summary.notes, "note"), f"{summary.suppressed:,} ignored"]
    return f"{', '.join(parts)}{_left_out(report)}."


def _one_edit(report: Report) -> str:
    if report.checked in {Checked.STAGED, Checked.COMMITTING}:
        return "staged change"
    is_committed = all(line.end not in NOT_COMMITTED for line in report.trajectories)
    return "commit" if report.source.kind == "git" and is_committed else "edit"


def _kinds(findings: Iterable[Finding]) -> list[str]:
    """Return how many live findings of each kind there are."""
    live = Counter(found.kind for found in findings if is_listed(found) and not found.is_settled)
    return [counted(live[kind], *NOUNS[kind]) for kind in Kind if live[kind] or kind in ALWAYS]


def _left_out(report: Report) -> str:
    summary = report.summary
    parts = []
    if summary.mechanical:
        parts.append(f"{counted(summary.mechanical, 'mechanical return')} not listed")
    if summary.flaky:
        parts.append(f"{counted(summary.flaky, 'flaky check')} left out")
    return "; " + ", ".join(parts) if parts else ""


def _not_analysed(skipped: Iterable[Skipped], style: Style) -> list[Line]:
    """Return what was not looked at, by reason, the most frequent first."""
    all_skipped = sorted(skipped, key=lambda one: (one.path or "", one.reason))
    reasons: Counter[str] = Counter()
    for one in all_skipped:
        reasons[one.reason] += one.count
    if not reasons:
        return []
    by_count = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    told = ", ".join(f"{clipped(reason, LONGEST_REASON)} ({n:,})" for reason, n in by_count)
    lines = wrapped(line("not analysed: "), f"{told}.", style.width)
    return [*lines, *_skipped_paths(all_skipped)] if style.verbose else lines


def _skipped_paths(skipped: list[Skipped]) -> list[Line]:
    shown = [one for one in skipped if one.path is not None]
    lines = [
        line(f"  {plain(one.path or '')}: {clipped(one.reason, LONGEST_REASON)}")
        for one in shown[:MOST_SKIPPED]
    ]
    more = len(shown) - MOST_SKIPPED
    return [*lines, line(f"  ... {counted(more, 'more path')}")] if more > 0 else lines


def _not_complete(report: Report, style: Style) -> list[Line]:
    if report.is_complete:
        return []
    why = "; ".join(plain(notice) for notice in report.notices)
    why = why or "some versions could not be read whole"
    return wrapped(line("not complete: ", Tone.WARNING), f"{why}.", style.width)
