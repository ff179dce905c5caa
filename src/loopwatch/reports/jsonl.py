"""The JSON report in lines: a head, each finding, a tail; to be read as a stream.

Put together (``head``, ``findings``, ``tail``) they are the document of ``json_doc``.
"""

import json
from collections.abc import Iterator

from loopwatch.model.report import Report
from loopwatch.reports.json_doc import Object, finding_object, head, printed, tail, trajectories
from loopwatch.reports.style import PLAIN, Style


def render(report: Report, style: Style = PLAIN) -> str:
    """Return one JSON object a line, UTF-8, keys in the order of the contract."""
    del style  # for readers who are no people
    return "".join(f"{_line(one)}\n" for one in _objects(report))


def _objects(report: Report) -> Iterator[Object]:
    yield head(report)
    yield from map(finding_object, report.findings)
    yield {"trajectories": trajectories(report), **tail(report)}


def _line(one: Object) -> str:
    return printed(json.dumps(one, ensure_ascii=False, allow_nan=False, separators=(",", ":")))
