"""The JSON report in lines: a head, each session, each finding, a tail; to be read as a stream.

Put together (``head``, ``findings``, ``tail``) they are the document of ``json_doc``. The sessions
of an audit stand in the tail too, as trajectories; in their lines they are flat, for databases and
data frames, and leave no field out, so that each has the columns of the first one.
"""

import json
from collections.abc import Iterator

from loopwatch.model.progress import Progress
from loopwatch.model.report import Report
from loopwatch.model.version import Trajectory
from loopwatch.reports.json_doc import (
    Object,
    finding_object,
    head,
    printed,
    progress_object,
    tail,
    trajectories,
)
from loopwatch.reports.moments import week
from loopwatch.reports.style import PLAIN, Style


def render(report: Report, style: Style = PLAIN) -> str:
    """Return one JSON object a line, UTF-8, keys in the order of the contract."""
    return "".join(pieces(report, style))


def pieces(report: Report, style: Style = PLAIN) -> Iterator[str]:
    """Yield the lines one by one."""
    del style  # for readers who are no people
    yield from (f"{_line(one)}\n" for one in _objects(report))


def _objects(report: Report) -> Iterator[Object]:
    yield head(report)
    for one in report.trajectories:
        if one.progress is not None:
            yield _session(one, one.progress)
    yield from map(finding_object, report.findings)
    yield {"trajectories": trajectories(report), **tail(report)}


def _session(one: Trajectory, how: Progress) -> Object:
    told = {
        "id": one.id,
        "path": one.path,
        "agent": one.agent,
        "model": next(iter(how.models), None),
        "week": week(how.began),
        **progress_object(how),
    }
    return {"session": told}  # by itself, as a finding has other fields of the same names


def _line(one: Object) -> str:
    return printed(json.dumps(one, ensure_ascii=False, allow_nan=False, separators=(",", ":")))
