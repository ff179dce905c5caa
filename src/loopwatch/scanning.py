"""A range of history that is read to its end."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from loopwatch.model.options import ALL_UNITS, INSIDE, Options
from loopwatch.model.saying import Say, unheard
from loopwatch.sources.repository import Repository, find_repository
from loopwatch.sources.scan_range import ScanRange, open_range

if TYPE_CHECKING:
    from loopwatch.model.report import Report
    from loopwatch.model.version import Version
    from loopwatch.verdicts.suppression import Accepted

Progress = Callable[[int, int], None]

NOTHING_CHOSEN = "no commit here is of that time, or changes such a path"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRequest:
    """What to scan, and how."""

    folder: Path
    range: ScanRange = field(default_factory=ScanRange)
    options: Options = field(default_factory=Options)
    tell: Progress | None = None  # is called with how many versions are read, and of how many
    say: Say = unheard  # is given a line for what could not be done

    @property
    def is_plain(self) -> bool:
        """Tell whether nothing narrows what is looked at, but for the number of commits."""
        is_narrow = self.options.units != ALL_UNITS or self.options.is_agents_only
        return replace(self.range, max_count=0) == ScanRange(max_count=0) and not is_narrow


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """A range that is read to its end, before what people accept is left out."""

    repository: Repository
    report: Report
    accepted: Accepted
    newest: Version | None  # the last commit
    is_whole: bool  # from the first commit on


def scanned(request: ScanRequest) -> Scanned:
    """Read a range; what people accept is still in the report.

    Raises:
        LoopwatchError: it cannot be read.
    """
    repository = find_repository(request.folder)
    with ExitStack() as stack:
        opened = stack.enter_context(open_range(repository, request.range, request.options))
        from loopwatch.keeping.accepting import accepted, listed_in  # while git reads
        from loopwatch.keeping.recall import recalling
        from loopwatch.pipeline import analyse

        listed = listed_in(repository)
        history, topology, frame = opened.read()
        inside = bool(request.options.units & INSIDE)
        recall = recalling(repository, history, request.say, looks_inside=inside)
        told, cache = stack.enter_context(recall)
        report = analyse(history, topology, frame, request.options, request.tell, told, cache)
        if not report.summary.edits and (request.range.paths or request.range.since):
            report = replace(report, notices=(*report.notices, NOTHING_CHOSEN))
        return Scanned(
            repository=repository,
            report=report,
            accepted=accepted(listed, history),
            newest=history.newest_commit(),
            is_whole=not topology.outside,
        )
