"""Reads what ``go test`` prints: JSON events and text."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from loopwatch.detectors import go_options
from loopwatch.detectors.api import Run
from loopwatch.detectors.asked import is_from
from loopwatch.detectors.console import lines_of, text_of
from loopwatch.detectors.json_values import Value, at, objects, text_at
from loopwatch.detectors.outcomes import Outcomes
from loopwatch.detectors.tools import GO
from loopwatch.model.evidence import Evidence

_RESULT = re.compile(r"^\s*--- (?P<outcome>FAIL|PASS|SKIP): (?P<test>\S+) \([\d.]+s\)$")
_RUNNING = re.compile(r"^=== (?:RUN|CONT|NAME)\s+(?P<test>\S+)$")
_PACKAGE = re.compile(r"^(?P<outcome>ok  |FAIL)\t(?P<package>\S+)(?:[\t ]+(?P<rest>.*))?$")
_SAID = re.compile(r"^\s+[\w.-]+\.go:\d+: (?P<said>.*)$")
_PANIC = re.compile(r"^\s*(?:panic: |fatal error: )(?P<said>.*?)(?: \[recovered\].*)?$")
_DONE = re.compile(r"^(?:\(cached\)|[\d.]+s)")
_OUTPUT = re.compile(
    r"^(?:ok  |FAIL|\?   )\t\S+\t|^ *--- (?:FAIL|PASS|SKIP): \S+ \([\d.]+s\)$"
    r'|^\{"Time":"[^"\n]*","Action":"\w+","Package":"',
    re.MULTILINE,
)
_SIGNS = ("\t", "--- ", '"Action":"')


@dataclass(slots=True)
class _Package:
    """What is said of the tests of one package."""

    outcomes: dict[str, str] = field(default_factory=dict)  # of each test: FAIL, PASS or SKIP
    said: dict[str, str] = field(default_factory=dict)
    is_done: bool = False  # it ran to its end
    is_panicked: bool = False
    current: str = ""  # the test that prints

    def hear(self, test: str, line: str) -> None:
        """Take in a line that a test prints."""
        if found := _PANIC.match(line):
            self.is_panicked = True
            self.said.setdefault(test, f"panic: {found['said']}")
        elif found := _SAID.match(line):
            self.said.setdefault(test, found["said"])


@dataclass(frozen=True, slots=True)
class GoTest:
    """Reads the tests of go. A package that ran whole says so of all its tests."""

    name: str = "go-test"

    def recognises(self, run: Run) -> bool:
        verb, call = go_options.go_call(run)
        return is_from(run, GO, _OUTPUT, _SIGNS) and (not call.program or verb == "test")

    def read(self, run: Run) -> Evidence | None:
        _, call = go_options.go_call(run)
        packages = _of_events(text_of(run)) or _of_text(lines_of(run))
        is_all = bool(call.program) and call.is_whole and call.has_ended(0, 1, 2)
        outcomes, suites = Outcomes(), []
        for name, package in packages.items():
            _take(name, package, outcomes)
            if package.is_done and not package.is_panicked and is_all:
                suites.append(f"{name}.")
        return outcomes.evidence(
            self.name,
            suites=() if go_options.is_selection(call) else suites,
            configuration=go_options.test_configuration(call),
        )


def _take(name: str, package: _Package, outcomes: Outcomes) -> None:
    """Take in the tests of a package; one that fails by a part of it is told as that part."""
    failed = [test for test, outcome in package.outcomes.items() if outcome == "FAIL"]
    for test in failed:
        if not any(other.startswith(f"{test}/") for other in failed):
            said = package.said.get(test, "")
            reason = "panic" if said.startswith("panic: ") else ""
            outcomes.fail(f"{name}.{test}", said, reason=reason)
    if package.is_done:
        for test, outcome in package.outcomes.items():
            if outcome != "FAIL":
                outcomes.note(f"{name}.{test}", is_off=outcome == "SKIP")


def _of_events(text: str) -> dict[str, _Package]:
    packages: dict[str, _Package] = {}
    for event in objects(text):
        name = text_at(event, "Package")
        if name and "Action" in event:
            _hear(packages.setdefault(name, _Package()), event)
    return packages


def _hear(package: _Package, event: Value) -> None:
    action, test = text_at(event, "Action"), text_at(event, "Test")
    if action == "output":
        package.hear(test, text_at(event, "Output").rstrip("\n"))
    elif action in {"pass", "fail", "skip"} and test:
        package.outcomes[test] = action.upper()
    elif action in {"pass", "fail"} and not at(event, "FailedBuild"):
        package.is_done = True


def _of_text(lines: Iterable[str]) -> dict[str, _Package]:
    """Return the packages; the line that names one comes after its tests."""
    packages: dict[str, _Package] = {}
    package = _Package()
    for line in lines:
        if found := _PACKAGE.match(line):
            package.is_done = bool(_DONE.match(found["rest"] or ""))
            packages[found["package"]] = package
            package = _Package()
        elif found := _RESULT.match(line):
            package.current = found["test"]
            package.outcomes[package.current] = found["outcome"]
        elif found := _RUNNING.match(line):
            package.current = found["test"]
        else:
            package.hear(package.current, line)
    return packages
