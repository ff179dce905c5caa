"""Reads the report of the plug-in pytest-json-report."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from loopwatch.detectors.api import Run
from loopwatch.detectors.console import decode
from loopwatch.detectors.failures import exception, python_cause
from loopwatch.detectors.json_values import Value, at, document, list_at, text_at
from loopwatch.detectors.node_ids import file_of
from loopwatch.detectors.outcomes import Outcomes
from loopwatch.detectors.paths import joined, under
from loopwatch.model.evidence import Evidence

_OUTPUT = re.compile(rb'"(?:created|duration|exitcode|root|tests|collectors)":')
_PHASES = ("setup", "call", "teardown")


@dataclass(frozen=True, slots=True)
class PytestJson:
    """Reads JSON reports of pytest. All tests that ran are named, so the rest is unknown."""

    name: str = "pytest-json"

    def recognises(self, run: Run) -> bool:
        head = run.stdout.lstrip()[:300]
        return head[:1] == b"{" and {b'"exitcode":', b'"root":'} <= set(_OUTPUT.findall(head))

    def read(self, run: Run) -> Evidence | None:
        report = document(decode(run.stdout), _is_report)
        if report is None or run.is_cut:
            return None
        outcomes = Outcomes()
        start = joined("", text_at(report, "root"), run.root)
        for test in list_at(report, "tests"):
            _take(test, outcomes, run, run.folder if start is None else start)
        for collector in list_at(report, "collectors"):
            _collected(collector, outcomes, run, run.folder if start is None else start)
        return outcomes.evidence("pytest")


def _is_report(value: Value) -> bool:
    return isinstance(value, dict) and "exitcode" in value and "root" in value


def _take(test: Value, outcomes: Outcomes, run: Run, start: str) -> None:
    node, outcome = text_at(test, "nodeid"), text_at(test, "outcome")
    path = under(file_of(node), run, start)
    if path is None or "::" not in node:
        return
    name = path + node[len(file_of(node)) :]
    if outcome in {"failed", "error"}:
        _fail(test, name, path, outcomes, lambda file: under(file, run, start))
    elif outcome in {"passed", "xpassed", "skipped", "xfailed"}:
        outcomes.note(name, is_off=outcome in {"skipped", "xfailed"})


def _fail(
    test: Value, name: str, path: str, outcomes: Outcomes, path_of: Callable[[str], str | None]
) -> None:
    bad = [at(test, phase) for phase in _PHASES if text_at(test, phase, "outcome") == "failed"]
    lines = text_at(bad[0], "longrepr").split("\n") if bad else []
    cause = python_cause(lines, path_of)
    reason, message = exception(text_at(bad[0], "crash", "message") if bad else "")
    outcomes.fail(
        name,
        message or cause.message,
        path=path,
        reason=reason or cause.reason,
        frames=cause.frames,
    )


def _collected(collector: Value, outcomes: Outcomes, run: Run, start: str) -> None:
    path = under(text_at(collector, "nodeid"), run, start)
    if path and text_at(collector, "outcome") == "failed":
        lines = text_at(collector, "longrepr").split("\n")
        cause = python_cause(lines, lambda file: under(file, run, start))
        outcomes.break_off(path, cause.message, cause.reason)
