"""Reads what vitest prints: the JSON reporter and its console."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from loopwatch.detectors.api import Run
from loopwatch.detectors.asked import Asked, asked, is_from
from loopwatch.detectors.console import lines_of
from loopwatch.detectors.js_tests import (
    OPTIONS,
    Suites,
    break_off,
    evidence_of,
    fail,
    is_file,
    report,
)
from loopwatch.detectors.outcomes import Outcomes
from loopwatch.detectors.tools import VITEST
from loopwatch.model.evidence import Evidence

_VERSION = re.compile(r"^ *(?:RUN|DEV) +v(?P<version>[\w.-]+) ")
_FILE = re.compile(r"^ [✓\u276f↓×] (?:\|[^|]*\| )?(?P<path>\S+) \((?P<counts>\d+ tests?.*?)\)")
_TEST = re.compile(r"^ (?P<mark>[✓×↓]) (?P<path>\S+) > (?P<titles>.*?)(?: \d+ms)?$")
_FAILED = re.compile(r"^ *FAIL +(?:\|[^|]*\| )?(?P<path>\S+) > (?P<titles>.+)$")
_BROKEN = re.compile(r"^ *FAIL +(?:\|[^|]*\| )?(?P<path>\S+) \[ .+ \]$")
_TOTAL = re.compile(r"^ +Tests +(?P<counts>\d.*) \(\d+\)$")
_COUNT = re.compile(r"(\d{1,9}) (failed|passed|skipped|todo)")
_UNHANDLED = re.compile(r"Unhandled Errors? |^Vitest caught \d+ ")
_OUTPUT = re.compile(
    r"^ +Test Files +\d|^ *RUN +v[\d.]+ /|^\{\"numTotalTestSuites\":\d+,", re.MULTILINE
)
_SIGNS = ("Test Files ", "RUN ", "numTotalTestSuites")


@dataclass(slots=True)
class _Told:
    """What the lines of a console say."""

    outcomes: Outcomes = field(default_factory=Outcomes)
    totals: list[dict[str, int]] = field(default_factory=list)
    files: dict[str, bool] = field(default_factory=dict)  # with tests that were switched off
    failed: tuple[str, str] = ("", "")  # file and name of the failure whose text comes
    version: str = ""
    is_broken: bool = False


@dataclass(frozen=True, slots=True)
class Vitest:
    """Reads vitest."""

    name: str = "vitest"

    def recognises(self, run: Run) -> bool:
        return is_from(run, VITEST, _OUTPUT, _SIGNS)

    def read(self, run: Run) -> Evidence | None:
        call = asked(run, OPTIONS, *VITEST)
        outcomes = Outcomes()
        suites, version = report(call, outcomes, not_run=("pending",)), ""
        if suites is None:
            said = _told(lines_of(run), call)
            outcomes, suites, version = said.outcomes, _suites(said), said.version
        return evidence_of(self.name, call, outcomes, suites, version)


def _suites(told: _Told) -> Suites:
    """Return the files; in those where tests are skipped, which ones is often not told."""
    if len(told.totals) != 1 or told.is_broken:
        return Suites()
    (total,) = told.totals
    off = total.get("skipped", 0) + total.get("todo", 0)
    is_named = len(told.outcomes.switched_off) >= off
    unknown = () if is_named else tuple(path for path, has_off in told.files.items() if has_off)
    return Suites(
        whole=tuple(told.files) if is_named or unknown else (),
        unknown=unknown or (() if is_named else tuple(told.files)),
        is_listed=len(told.outcomes.failed) == total.get("failed", 0),
    )


def _told(lines: Iterable[str], call: Asked) -> _Told:
    told = _Told()
    for line in lines:
        if found := _TOTAL.match(line):
            told.totals.append({word: int(n) for n, word in _COUNT.findall(found["counts"])})
        elif found := _VERSION.match(line):
            told.version = found["version"]
        elif _UNHANDLED.search(line):
            told.is_broken = True
        else:
            _take(line, told, call)
    return told


def _take(line: str, told: _Told, call: Asked) -> None:
    found = _FAILED.match(line) or _BROKEN.match(line) or _TEST.match(line) or _FILE.match(line)
    if found is None or not is_file(found["path"]):
        _message(line, told)
        return
    path = call.path(found["path"])
    if path is None:
        return
    if found.re is _FILE:
        told.files[path] = "skipped" in found["counts"] or "todo" in found["counts"]
    elif found.re is _BROKEN:
        told.failed = (path, path)
    else:
        _test(found, path, told)


def _test(found: re.Match[str], path: str, told: _Told) -> None:
    name = f"{path} > {found['titles']}"
    mark = "×" if found.re is _FAILED else found["mark"]
    if mark == "×":
        told.outcomes.fail(name, path=path)
    else:
        told.outcomes.note(name, is_off=mark == "↓")
    if found.re is _FAILED:
        told.failed = (path, name)
    else:
        told.files.setdefault(path, False)


def _message(line: str, told: _Told) -> None:
    """Take in the first line below the name of what failed."""
    path, name = told.failed
    if not path or not line.strip():
        return
    if path == name:
        break_off(path, line, told.outcomes)
    else:
        fail(name, path, line, told.outcomes)
    told.failed = ("", "")
