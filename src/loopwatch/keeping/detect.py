"""Runs the configured detectors over a history, and keeps what they say; nothing twice."""

import os
from collections.abc import Callable, Generator, Sequence

from loopwatch.keeping.comparing import LARGEST_SETTINGS, Comparing
from loopwatch.keeping.detect_plan import Plan, stops_of
from loopwatch.keeping.place import ledger_path
from loopwatch.keeping.tools_here import detector_here, tool_environment
from loopwatch.model.entry import Entry
from loopwatch.model.saying import Say
from loopwatch.sources.detector_config import DetectorConfig
from loopwatch.sources.detector_runs import DetectorRuns
from loopwatch.sources.git_blobs import Blobs
from loopwatch.sources.repository import Repository
from loopwatch.sources.scan_range import ScanRange
from loopwatch.store.ledger import Ledger

AT_ONCE = 50  # jobs between two visits to the disk

Progress = Callable[[int, int], None]


def detect(
    repository: Repository,
    wanted: ScanRange,
    configs: Sequence[DetectorConfig],
    say: Say,
    tell: Progress | None = None,
) -> int:
    """Run detectors on the files that the edits of a range change, before and after each.

    What is in the ledger already is not run again, so a run that was stopped goes on where it
    stopped. Nothing of the user's is touched but the ledger.

    Args:
        repository: where.
        wanted: the range.
        configs: the detectors.
        say: is told in a line what could not be done.
        tell: is told how many runs are done, and of how many.

    Returns:
        how many runs there were.

    Raises:
        LoopwatchError: the history or the ledger cannot be used.
    """
    environment = tool_environment(repository)
    found = [one for config in configs if (one := detector_here(config, environment, say))]
    with Ledger.open(ledger_path(repository), warn=say) as ledger:
        stops, lent = stops_of(repository, wanted)
        with Blobs(repository.git, LARGEST_SETTINGS) as blobs:
            jobs = list(Plan(found, Comparing(blobs)).jobs(stops, ledger))
        runs = DetectorRuns(repository.git, environment, say)
        results = runs.results(jobs, os.cpu_count() or 1, lent)
        return _keep(ledger, results, len(jobs), tell)


def _keep(
    ledger: Ledger, results: Generator[list[Entry], None, None], total: int, tell: Progress | None
) -> int:
    """Keep results a batch at a time; what is there when we are stopped is kept too."""
    waiting: list[Entry] = []
    done = 0
    try:
        for entries in results:
            waiting += entries
            done += 1
            if done % AT_ONCE == 0:
                ledger.keep(waiting)
                waiting = []
            if tell is not None:
                tell(done, total)
    finally:
        ledger.keep(waiting)
        results.close()
    return done
