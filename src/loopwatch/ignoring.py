"""What a repository is to accept from now on: one finding, or all that there are today."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from loopwatch.keeping import accepting
from loopwatch.looking_up import by_anybody, in_checks, is_undecided
from loopwatch.model.finding import Finding, Level
from loopwatch.scanning import Scanned, ScanRequest, scanned
from loopwatch.sources.repository import find_repository

if TYPE_CHECKING:
    from loopwatch.model.report import Report
    from loopwatch.model.suppression import Suppression


def write_baseline(request: ScanRequest) -> tuple[Report, int]:
    """Accept all that a scan raises; return what is left to say, and how many findings that was.

    Raises:
        LoopwatchError: the history cannot be read, or the file not be written.
    """
    accepting.see_to_working_tree(find_repository(request.folder))
    found = scanned(request)
    left = found.accepted.settle(found.report)
    loud = [one for one in left.findings if one.level is not Level.NOTE]
    if not loud or found.newest is None:
        return left, 0
    entries = accepting.accept(found.repository, loud, f"baseline at {found.newest.id[:12]}")
    return replace(found.accepted, listed=entries).settle(left), len(loud)


def ignore(
    request: ScanRequest, wanted: str, reason: str, until: str = ""
) -> tuple[Finding, Suppression]:
    """Accept one finding; return it with the entry that says so.

    Args:
        request: where to look for it; who took part in its cycle does not matter here.
        wanted: the beginning of its id.
        reason: why it is accepted.
        until: the last day on which it is, "2026-12-31"; "": for good.

    Raises:
        UnknownFindingError: there is no such finding, or there are several.
        LoopwatchError: the history cannot be read, or the file not be written.
    """
    accepting.see_to_working_tree(find_repository(request.folder))
    accepting.clean_reason(reason)  # better said before a long scan
    found = _scanned_with(wanted, by_anybody(request))
    if until:
        accepting.check_day(until, found.accepted.today)
    known = {one.id: one for one in found.report.findings}
    finding = known[accepting.the_one(wanted, known, f"no finding goes by {wanted}")]
    (entry,) = accepting.accept(found.repository, [finding], reason, until)
    return finding, entry


def stop_ignoring(folder: Path, wanted: str) -> Suppression:
    """Take an entry out of the file; return it.

    Raises:
        UnknownFindingError: there is no such entry, or there are several.
        LoopwatchError: the file cannot be read or written.
    """
    repository = find_repository(folder)
    accepting.see_to_working_tree(repository)
    return accepting.forget(repository, wanted)


def _scanned_with(wanted: str, request: ScanRequest) -> Scanned:
    """Return the first scan that has the finding, of those that may; else the plain one."""
    plain = scanned(request)
    rest = map(scanned, in_checks(request, wanted))
    undecided: Scanned | None = None
    for one in itertools.chain((plain,), rest):
        found = [told for told in one.report.findings if told.id.startswith(wanted.lower())]
        if any(not is_undecided(told) for told in found):
            return one
        undecided = undecided or (one if found else None)
    return undecided or plain
