"""One session: from its logs to a report, with what its loops cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from loopwatch.auditing.progress import progress_of
from loopwatch.detectors.api import Reader
from loopwatch.graph.topology import Topology
from loopwatch.model.finding import Cost, Finding
from loopwatch.model.history import Frame
from loopwatch.model.options import Options
from loopwatch.model.report import Report, Skipped, Source
from loopwatch.model.version import Trajectory
from loopwatch.pipeline import analyse
from loopwatch.sources.session_log.at_hand import at_hand
from loopwatch.sources.session_log.evidence import Console
from loopwatch.sources.session_log.file_moves import NEVER_SHOWN
from loopwatch.sources.session_log.history import SessionHistory
from loopwatch.sources.session_log.prices import Prices
from loopwatch.sources.session_log.spending import Spending
from loopwatch.sources.session_log.stream import stream
from loopwatch.sources.session_log.survey import Session

ANY_DISTANCE = 10**9  # edits, and hours: in a session it does not matter how far a return is
DAMAGE = ("missing", "a line")  # how reasons begin of which something of the log is lost


@dataclass(frozen=True, slots=True)
class Since(Collection[int]):
    """All versions from one on, also those that are yet to be read."""

    first: int
    topology: Topology

    def __contains__(self, version: object) -> bool:
        return isinstance(version, int) and version >= self.first

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.first, len(self.topology)))

    def __len__(self) -> int:
        return max(len(self.topology) - self.first, 0)


def audit_session(session: Session, options: Options, others: tuple[Reader, ...] = ()) -> Report:
    """Return what there is to say of one session.

    Args:
        session: its logs; where they tell what it began at, the repository is read, too.
        options: choices of this run; how far a return may be does not matter in a session.
        others: readers of plug-ins, that know the output of more tools.
    """
    with at_hand(session.beginning, options) as repository:
        history = SessionHistory(
            events=stream(session.logs),
            name=session.id,
            console=Console(others),
            spending=Spending(price=Prices.of(options.prices)),
            at_hand=repository,
        )
        frame = Frame(
            source=Source(kind="sessions", name=session.id, range=session.path),
            line_name=session.id,
            attributes=repository.attributes,
        )
        chosen = replace(
            options, window_hours=ANY_DISTANCE, window_edits=ANY_DISTANCE, keeps_notes=True
        )
        asked = Since(history.first, history.topology) if history.first else None
        with closing(history.contents):
            report = analyse(
                history, history.topology, frame, chosen, told=history.told, asked=asked
            )
        return _told(report, history, session)


def _told(report: Report, history: SessionHistory, session: Session) -> Report:
    skipped = _skipped(report.skipped, session.path)
    how = progress_of(history, report)
    return replace(
        report,
        trajectories=tuple(
            replace(one, path=session.path, progress=how)
            for one in report.trajectories or (_without_edits(history),)
        ),
        findings=tuple(_costed(finding, history) for finding in report.findings),
        skipped=skipped,
        is_complete=report.is_complete and not any(s.reason.startswith(DAMAGE) for s in skipped),
    )


def _without_edits(history: SessionHistory) -> Trajectory:
    """Return a session that goes on from commits, and adds no version to them."""
    start = history.at_hand.start
    agent = history.replay.agent or None
    return Trajectory(id=history.name, versions=0, start=start, end=start, agent=agent)


def _skipped(told: Sequence[Skipped], path: str) -> tuple[Skipped, ...]:
    """Return what was skipped by reason, for the log as a whole."""
    counts: Counter[str] = Counter()
    for one in told:
        counts[one.reason] += one.count
    counts.pop(NEVER_SHOWN, None)
    return tuple(Skipped(path=path, reason=r, count=n) for r, n in sorted(counts.items()))


def _costed(finding: Finding, history: SessionHistory) -> Finding:
    """Return a finding with what was spent from the first edit of its cycle to the last."""
    numbers = [n for edit in finding.edits if (n := history.number(edit.version)) is not None]
    last = history.number(finding.last_at)
    if not numbers or last is None:
        return finding
    first = max(min(numbers), history.first)  # what went before, the session did not spend
    tokens, usd = history.spending.between(first, last)
    turns = (history.version(last).turn or 0) - (history.version(first).turn or 0) + 1
    cost = Cost(
        edits=finding.cost.edits,
        turns=turns if history.replay.words.turn else None,
        seconds=finding.cost.seconds,
        tokens=tokens,
        usd=usd,
    )
    return replace(finding, cost=cost)
