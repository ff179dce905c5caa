"""Leaves out of sessions what a repository accepts."""

from collections.abc import Sequence
from dataclasses import replace

from loopwatch.model.report import Report
from loopwatch.model.suppression import Suppression
from loopwatch.model.version import Trajectory
from loopwatch.verdicts.suppression import Accepted, day_of


def without_accepted(
    reports: Sequence[Report], listed: tuple[Suppression, ...]
) -> Sequence[Report]:
    """Return the reports of sessions without what is accepted, which is only counted.

    Args:
        reports: of one session each.
        listed: entries; one that is for a time has passed if a session went on after that day.
    """
    if not listed:
        return reports
    newest = max((_ended(one) for report in reports for one in report.trajectories), default=0)
    accepted = Accepted(listed=listed, said=(), mistakes=(), today=day_of(newest) if newest else "")
    return [_counted(accepted.settle(report)) for report in reports]


def _ended(session: Trajectory) -> int:
    how = session.progress
    return how.began + how.seconds if how is not None and how.began is not None else 0


def _counted(report: Report) -> Report:
    """Return a report whose session has the numbers of findings that are left."""
    told = report.summary
    return replace(
        report,
        trajectories=tuple(
            replace(
                one,
                progress=replace(
                    one.progress, errors=told.errors, warnings=told.warnings, notes=told.notes
                ),
            )
            if one.progress is not None
            else one
            for one in report.trajectories
        ),
    )
