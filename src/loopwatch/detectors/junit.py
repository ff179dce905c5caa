"""Reads JUnit XML, whoever wrote it."""

import re
from dataclasses import dataclass

from loopwatch.detectors.api import Run
from loopwatch.detectors.console import first_line, plain
from loopwatch.detectors.failures import Cause, exception, python_cause
from loopwatch.detectors.node_ids import MODULE, file_of, from_dotted
from loopwatch.detectors.outcomes import Outcomes
from loopwatch.detectors.paths import under
from loopwatch.detectors.xml_tree import Element, parse
from loopwatch.model.evidence import Evidence

_HEAD = re.compile(rb"<testsuites?[\s>/]")
_PHASE = re.compile(r'^failed on (?:setup|teardown) with "(.*)"$', re.DOTALL)
_COLLECTION = "collection failure"
_GO_TEST = re.compile(r"^(?:Test|Example|Fuzz|Benchmark)(?![a-z])")
LOOKED_AT = 4_000  # bytes in which a document has to begin


@dataclass(frozen=True, slots=True)
class _Case:
    """One test of a report."""

    element: Element
    suite: Element


@dataclass(frozen=True, slots=True)
class Junit:
    """Reads test reports. They say nothing about tests that they do not list."""

    name: str = "junit"

    def recognises(self, run: Run) -> bool:
        head = run.stdout[:LOOKED_AT].replace(b"\0", b"")
        return _HEAD.search(head) is not None and b'package="org.ruff"' not in head

    def read(self, run: Run) -> Evidence | None:
        document = parse(run.stdout)
        if document is None or document.root.tag not in {"testsuites", "testsuite"}:
            return None
        outcomes = Outcomes()
        for case in _cases(document.root):
            _take(case, outcomes, run)
        has_passed = document.is_whole and not run.is_cut
        return outcomes.evidence(self.name, has_passed=has_passed)


def _cases(root: Element) -> list[_Case]:
    suites = [element for element in root.walk() if element.tag == "testsuite"]
    return [
        _Case(element, suite)
        for suite in suites
        for element in suite.inside
        if element.tag == "testcase"
    ]


def _take(case: _Case, outcomes: Outcomes, run: Run) -> None:
    name, path = _name(case, run)
    inside = {element.tag: element for element in reversed(case.element.inside)}
    bad = inside.get("error") or inside.get("failure")
    if not name or not case.element.get("name"):
        return
    if bad is None:
        outcomes.note(name, is_off="skipped" in inside or case.element.get("status") == "disabled")
        return
    cause = _cause(bad, run)
    if bad.get("message") == _COLLECTION or name == path:
        outcomes.break_off(path or name, cause.message.removeprefix("Error: "), cause.reason)
    else:
        outcomes.fail(name, cause.message, path=path, reason=cause.reason, frames=cause.frames)


def _cause(bad: Element, run: Run) -> Cause:
    """Return why a test failed: the message if there is one, else the text says it."""
    said = _PHASE.sub(r"\1", plain(bad.get("message")))
    traced = python_cause(plain(bad.text).split("\n"), lambda path: under(path, run, run.folder))
    if not said or said == _COLLECTION:
        return traced if traced.message else Cause(first_line(plain(bad.text)))
    reason, message = exception(said)
    kind = bad.get("type").rpartition(".")[2]
    kind = kind if kind not in {"failure", "error", ""} else ""
    told = message if reason or not kind else f"{kind}: {message}"
    return Cause(told, traced.reason or kind or reason, traced.frames)


def _name(case: _Case, run: Run) -> tuple[str, str | None]:
    """Return the name of a test and its file, as the tool itself would name them."""
    classname, name = case.element.get("classname"), case.element.get("name")
    file = case.element.get("file") or case.suite.get("file")
    if _is_python(case, file):
        node = from_dotted(classname, name, file) if classname else _module_file(name)
        path = under(file_of(node), run, run.folder)
        return (node.replace(file_of(node), path, 1), path) if path else ("", None)
    if "/" in classname and "." in classname.rpartition("/")[2] and not _GO_TEST.match(name):
        path = under(classname, run, run.folder)  # vitest
        return (path if name == classname else f"{path} > {name}", path) if path else ("", None)
    return _foreign(case, classname, name, under(file, run, run.folder) if file else None)


def _foreign(case: _Case, classname: str, name: str, path: str | None) -> tuple[str, str | None]:
    """Return the name of a test of another language."""
    if _GO_TEST.match(name):
        suite = case.suite.get("name")
        package = suite if suite.endswith(classname) else classname
        return f"{package}.{name}", path
    if "::" in name or "::" in classname:
        return f"{classname} > {name}", path  # Rust
    if path:
        return f"{path} > {name}", path
    return (f"{classname}.{name}" if classname and not name.startswith(classname) else name), None


def _is_python(case: _Case, file: str) -> bool:
    if file:
        return file.endswith(".py")
    if case.suite.get("name") == "pytest":
        return True
    dotted = case.element.get("classname").split(".")
    return any(map(MODULE.match, dotted)) and case.element.get("name").startswith("test")


def _module_file(name: str) -> str:
    """Return the file of a module that could not be collected: ``more.test_a``."""
    return name if name.endswith(".py") else name.replace(".", "/") + ".py"
