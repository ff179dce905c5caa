"""Reads what jest prints: ``--json`` and its console."""

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
    name_of,
    report,
)
from loopwatch.detectors.outcomes import Outcomes
from loopwatch.detectors.tools import JEST
from loopwatch.model.evidence import Evidence

_FILE = re.compile(r"^(?:PASS|FAIL) (?:.* )?(?P<path>\S+)(?: \([\d.]+ m?s\))?$")
_FAILED = re.compile(r"^ {2}● (?P<name>\S.*)$")
_MARK = re.compile(
    r"^(?P<indent> +)(?P<mark>[✓√✕×○✎]) (?:skipped |todo )?(?P<title>.*?)(?: \([\d.]+ m?s\))?$"
)
_DESCRIBE = re.compile(r"^(?P<indent> +)(?P<title>\S.*)$")
_TOTAL = re.compile(r"^Tests: +(?P<counts>.*), \d+ total$")
_COUNT = re.compile(r"(\d{1,9}) (failed|skipped|todo|passed|pending)")
_DESCRIBED = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "
_SUITE = "Test suite failed to run"
_OUTPUT = re.compile(
    r'^Tests: +[^\n]*, \d+ total$|^\{"numFailedTestSuites":\d+,[^\n]*"numRuntimeErrorTestSuites"',
    re.MULTILINE,
)
_SIGNS = ("Tests: ", "numRuntimeErrorTestSuites")


@dataclass(slots=True)
class _Told:
    """What the lines of a console say."""

    outcomes: Outcomes = field(default_factory=Outcomes)
    totals: list[dict[str, int]] = field(default_factory=list)
    files: dict[str, None] = field(default_factory=dict)
    path: str = ""
    describes: list[tuple[int, str]] = field(default_factory=list)  # indent and title
    name: str = ""  # of the failure whose text comes
    is_tree: bool = False  # the lines that name each test


@dataclass(frozen=True, slots=True)
class Jest:
    """Reads jest."""

    name: str = "jest"

    def recognises(self, run: Run) -> bool:
        return is_from(run, JEST, _OUTPUT, _SIGNS)

    def read(self, run: Run) -> Evidence | None:
        call = asked(run, OPTIONS, *JEST)
        outcomes = Outcomes()
        suites = report(call, outcomes)
        if suites is None:
            said = _told(lines_of(run), call)
            outcomes, suites = said.outcomes, _suites(said)
        return evidence_of(self.name, call, outcomes, suites)


def _suites(told: _Told) -> Suites:
    if len(told.totals) != 1:
        return Suites()
    (total,) = told.totals
    off = total.get("skipped", 0) + total.get("todo", 0) + total.get("pending", 0)
    is_named = len(told.outcomes.switched_off) >= off
    is_listed = len(told.outcomes.failed) == total.get("failed", 0)
    return Suites(
        whole=tuple(told.files),
        unknown=() if is_named else tuple(told.files),
        is_listed=is_listed,
    )


def _told(lines: Iterable[str], call: Asked) -> _Told:
    told = _Told()
    for line in lines:
        if (found := _FILE.match(line)) and is_file(found["path"]):
            told.path = call.path(found["path"]) or ""
            told.describes, told.name, told.is_tree = [], "", True
            if told.path:
                told.files[told.path] = None
        elif found := _TOTAL.match(line):
            told.totals.append({word: int(n) for n, word in _COUNT.findall(found["counts"])})
            told.path = ""
        elif told.path:
            _take(line, told)
    return told


def _take(line: str, told: _Told) -> None:
    """Take in a line below the name of a file."""
    if found := _FAILED.match(line):
        told.is_tree, told.name = False, found["name"]
        if told.name != _SUITE:
            name = name_of(told.path, told.name.split(_DESCRIBED))
            told.outcomes.fail(name, path=told.path)
    elif told.is_tree:
        _tree(line, told)
    elif told.name == _SUITE:
        if line.strip():
            break_off(told.path, line, told.outcomes)
    elif told.name and line.strip():
        fail(name_of(told.path, told.name.split(_DESCRIBED)), told.path, line, told.outcomes)
        told.name = ""


def _tree(line: str, told: _Told) -> None:
    """Take in a line of the list of tests, in which what is set in belongs to what is above."""
    found = _MARK.match(line) or _DESCRIBE.match(line)
    if found is None:
        return
    indent = len(found["indent"])
    told.describes = [one for one in told.describes if one[0] < indent]
    if found.re is _DESCRIBE:
        told.describes.append((indent, found["title"]))
        return
    name = name_of(told.path, [*(title for _, title in told.describes), found["title"]])
    if found["mark"] in "✕×":
        told.outcomes.fail(name, path=told.path)
    else:
        told.outcomes.note(name, is_off=found["mark"] in "○✎")
