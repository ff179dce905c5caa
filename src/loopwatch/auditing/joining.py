"""Joins the reports of sessions into one."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace

from loopwatch.auditing.fleet import fleet
from loopwatch.model.defect import TrackedDefect
from loopwatch.model.finding import Finding
from loopwatch.model.report import Report, Skipped, Source, Summary

NOTHING = Summary(
    versions=0, edits=0, errors=0, warnings=0, notes=0, mechanical=0, flaky=0, suppressed=0
)


def joined(name: str, reports: Sequence[Report], skipped: Sequence[Skipped]) -> Report:
    """Return one report of all sessions, the loudest findings first, then in their order.

    Args:
        name: of what was read.
        reports: of the sessions, in the order of their logs.
        skipped: logs that could not be read at all.
    """
    number = len(reports)
    return Report(
        source=Source(
            kind="sessions", name=name, range=f"{number:,} session{'' if number == 1 else 's'}"
        ),
        trajectories=tuple(one for report in reports for one in report.trajectories),
        findings=tuple(sorted(_findings(reports), key=_order)),
        defects=_defects(reports),
        summary=_sum(report.summary for report in reports),
        skipped=(*skipped, *(one for report in reports for one in report.skipped)),
        is_complete=not skipped and all(report.is_complete for report in reports),
        versions=tuple(version for report in reports for version in report.versions),
        fleet=fleet(reports),
    )


def _findings(reports: Iterable[Report]) -> Iterable[Finding]:
    return (finding for report in reports for finding in report.findings)


def _order(finding: Finding) -> tuple[bool, int]:
    return finding.is_settled, -finding.level.rank


def _defects(reports: Iterable[Report]) -> tuple[TrackedDefect, ...]:
    """Return the defects by key; one that several sessions met has a timeline of all of them."""
    found: dict[str, TrackedDefect] = {}
    for report in reports:
        session = report.trajectories[0].id if report.trajectories else None
        for defect in report.defects:
            own = tuple(replace(seen, trajectory=session) for seen in defect.timeline)
            known = found.get(defect.key)
            timeline = (*known.timeline, *own) if known else own
            found[defect.key] = replace(known or defect, timeline=timeline)
    return tuple(found[key] for key in sorted(found))


def _sum(summaries: Iterable[Summary]) -> Summary:
    total = NOTHING
    for one in summaries:
        added = {f.name: getattr(total, f.name) + getattr(one, f.name) for f in fields(Summary)}
        total = Summary(**added)
    return total
