"""The numbers of one session, out of its report and of what was read on the way."""

from collections.abc import Iterable, Sequence

from loopwatch.model.finding import Finding, Level
from loopwatch.model.progress import Progress
from loopwatch.model.report import Report
from loopwatch.sources.session_log.api import Provenance
from loopwatch.sources.session_log.history import SessionHistory
from loopwatch.sources.session_log.places import absolute

WHOLE = (Provenance.EXACT, Provenance.REPLAYED)


def progress_of(history: SessionHistory, report: Report) -> Progress:
    """Return how a session went on.

    Args:
        history: read to its end.
        report: what was found in it.
    """
    replay, spending = history.replay, history.spending
    loud = [finding for finding in report.findings if finding.level is not Level.NOTE]
    closed = [n for finding in loud if (n := history.number(finding.closed_at)) is not None]
    newest = len(history.topology) - 1
    last, first = history.version(newest), _first_edit(history)
    begun = history.version(first).committed if newest >= first else 0
    return Progress(
        edits=report.summary.edits,
        exact=sum(replay.provenances[one] for one in WHOLE),
        taken_back=len(_taken_back(report.findings, history)),
        in_loops=round(_share(_spans(loud, history), history), 3),
        turned_at=history.id(min(closed)) if closed else None,
        defects=tuple(history.told_defects),
        commands=replay.commands,
        checks=replay.checks,
        turns=replay.words.turn,
        tokens=spending.tokens or None,
        usd=spending.usd,
        models=tuple(sorted(spending.models, key=lambda one: (-spending.models[one], one))),
        subagents=len(replay.subagents),
        seconds=max(last.committed - begun, 0) if begun else 0,
        began=begun or None,
        project=_project(replay.files.places.root),
        work=replay.words.most_asked(),
        errors=report.summary.errors,
        warnings=report.summary.warnings,
        notes=report.summary.notes,
    )


def _first_edit(history: SessionHistory) -> int:
    return max(history.first, 1)


def _project(root: str) -> str | None:
    return absolute(root).rpartition("/")[2] or None if root else None


def _taken_back(findings: Iterable[Finding], history: SessionHistory) -> set[str]:
    """Return the edits that entered a state which something had been in before."""
    return {
        version
        for finding in findings
        for state in finding.states
        for version in state.versions[1:]
        if (history.number(version) or 0) >= history.first
    }


def _spans(findings: Iterable[Finding], history: SessionHistory) -> list[tuple[int, int]]:
    """Return from which version to which each loop goes, without overlaps, oldest first.

    What of a loop lies before the session is none of its effort.
    """
    spans: list[tuple[int, int]] = []
    for finding in findings:
        told = (history.number(edit.version) for edit in finding.edits)
        numbers = [number for number in told if number is not None]
        last = history.number(finding.last_at)
        if numbers and last is not None:
            spans.append((max(min(numbers), history.first), last))
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _share(spans: Sequence[tuple[int, int]], history: SessionHistory) -> float:
    """Return the share of the tokens that went into loops; where none are told, of the edits."""
    total = history.spending.tokens
    if total:
        spent = (history.spending.between(start, end)[0] or 0 for start, end in spans)
        return min(sum(spent) / total, 1.0)
    edits = len(history.topology) - _first_edit(history)
    return sum(end - start + 1 for start, end in spans) / edits if edits else 0.0
