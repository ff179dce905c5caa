"""The tools that develop loopwatch itself, run for real on a small project."""

import subprocess
import sys
from pathlib import Path

import pytest

from loopwatch.detectors import registry
from loopwatch.detectors.api import Run
from loopwatch.model.evidence import DefectKind, Evidence

SOURCE = """\
import os


def parse(text: str) -> int:
    if text.endswith("h"):
        return int(text[:-1]) * 60
    return text
"""
TESTS = """\
import pytest

from dur import parse


@pytest.mark.parametrize("text", ["1h", "a - b"])
def test_units(text):
    assert parse(text) == 60


class TestParse:
    def test_kind(self):
        assert isinstance(parse("2h"), int)

    @pytest.mark.skip(reason="not today")
    def test_later(self):
        raise NotImplementedError
"""

UNITTEST = """\
import unittest


class T(unittest.TestCase):
    def test_a(self):
        self.fail()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "dur.py").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "clean.py").write_text("ANSWER = 42\n", encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = .\n", encoding="utf-8")
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "test_dur.py").write_text(TESTS, encoding="utf-8")
    return tmp_path


def read(project: Path, *words: str) -> Evidence:
    """Run a tool of this Python, and return what is read out of its output."""
    command = (sys.executable, "-m", *words)
    done = subprocess.run(command, cwd=project, capture_output=True, check=False)
    run = Run(
        stdout=done.stdout,
        stderr=done.stderr,
        command=command,
        exit_status=done.returncode,
        root=str(project),
    )
    found = registry.read(run)
    assert len(found) == 1, done.stdout + done.stderr
    return found[0]


RUFF = ("ruff", "check", "--isolated", "--no-cache")


@pytest.mark.parametrize("form", ["concise", "full", "grouped", "json", "json-lines", "sarif"])
def test_ruff(project: Path, form: str) -> None:
    found = read(project, *RUFF, "--select", "F", "--output-format", form, ".")
    assert [(one.rule, one.path) for one in found.defects] == [("F401", "dur.py")]
    assert found.detector == "ruff"
    assert found.scope.roots[0] == ""
    assert found.scope.covers_rule("F821")
    assert not found.scope.covers_rule("E501")


def test_ruff_finds_nothing(project: Path) -> None:
    found = read(project, *RUFF, "clean.py")
    assert (found.defects, found.scope.roots) == ((), ("clean.py",))


@pytest.mark.parametrize("form", ["concise", "full", "json"])
def test_ruff_and_what_does_not_parse(project: Path, form: str) -> None:
    (project / "broken.py").write_text("def f(:\n", encoding="utf-8")
    found = read(project, *RUFF, "--output-format", form, "broken.py", "clean.py")
    assert {one.kind for one in found.defects} == {DefectKind.SYNTAX}
    assert found.scope.covers("clean.py")
    assert not found.scope.covers("broken.py")


MYPY = ("mypy", "--cache-dir", "/dev/null", "--config-file", "")


@pytest.mark.parametrize("options", [(), ("--output", "json"), ("--pretty",)])
def test_mypy(project: Path, options: tuple[str, ...]) -> None:
    found = read(project, *MYPY, *options, "dur.py", "clean.py")
    assert [(one.rule, one.path) for one in found.defects] == [("return-value", "dur.py")]
    assert found.defects[0].span is not None
    assert found.defects[0].span.start_line == 7
    assert found.scope.roots == ("dur.py", "clean.py")


def test_mypy_stops_at_what_does_not_parse(project: Path) -> None:
    (project / "broken.py").write_text("def f(:\n", encoding="utf-8")
    found = read(project, *MYPY, "dur.py", "broken.py")
    assert found.scope.roots == ()
    assert {one.path for one in found.defects} == {"broken.py"}


PYTEST = ("pytest", "-p", "no:cacheprovider")
BAD = ["tests/test_dur.py::test_units[a - b]"]


@pytest.mark.parametrize(
    ("options", "has_names"),
    [((), False), (("-q",), False), (("-v",), True), (("-rA", "--tb=short"), True)],
)
def test_pytest(project: Path, options: tuple[str, ...], has_names: bool) -> None:
    found = read(project, *PYTEST, *options, "tests")
    assert [one.subject for one in found.defects] == BAD
    assert found.defects[0].reason == "AssertionError"
    assert found.defects[0].frames == ("tests/test_dur.py:test_units",)
    passed = ("tests/test_dur.py::TestParse::test_kind", "tests/test_dur.py::test_units[1h]")
    assert found.scope.passed == (passed if has_names else ())
    assert found.scope.covers_test("tests/test_other.py::test_old", "tests/test_other.py") is (
        "-q" not in options
    )
    assert not found.scope.covers_test(
        "tests/test_dur.py::TestParse::test_later", "tests/test_dur.py"
    )


def test_pytest_and_its_junit_report(project: Path) -> None:
    read(project, *PYTEST, "--junitxml", "report.xml", "tests")
    content = (project / "report.xml").read_bytes()
    (found,) = registry.read(Run(stdout=content, root=str(project)))
    assert found.detector == "junit"
    assert [one.subject for one in found.defects] == BAD
    assert found.scope.switched_off == ("tests/test_dur.py::TestParse::test_later",)
    assert found.scope.roots == ()


def test_pytest_cannot_collect(project: Path) -> None:
    (project / "tests" / "test_gone.py").write_text("import nothere\n", encoding="utf-8")
    found = read(project, *PYTEST, "-q", "tests")
    assert [(one.kind, one.rule, one.path) for one in found.defects] == [
        (DefectKind.CRASH, "ModuleNotFoundError", "tests/test_gone.py")
    ]
    assert found.scope.roots == ()


def test_pytest_passes(project: Path) -> None:
    (project / "tests" / "test_dur.py").write_text("def test_a():\n    pass\n", encoding="utf-8")
    found = read(project, *PYTEST, "-q")
    assert (found.defects, found.scope.roots) == ((), ("",))


def test_unittest(project: Path) -> None:
    (project / "test_more.py").write_text(UNITTEST, encoding="utf-8")
    found = read(project, "unittest")
    assert [one.subject for one in found.defects] == ["test_more.py::T::test_a"]
    assert found.scope.roots == ("",)
