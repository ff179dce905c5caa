"""Loops of Go tests weigh as much as those of others, though Go says less of what passes."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from loopwatch import app
from loopwatch.entrypoints import cli
from loopwatch.model.finding import Finding, Kind, Level
from tests.builders import Repo

TESTS = """\
package dur

import "testing"

func TestHours(t *testing.T) {
\tif Parse("1h") != 3600 {
\t\tt.Error("no hours")
\t}
}

func TestPlain(t *testing.T) {
\tif Parse("90") != 90 {
\t\tt.Error("not plain")
\t}
}
"""
REWRITTEN = TESTS.replace("3600", "60 * 60")
HOURS = TESTS[TESTS.index("func TestHours") : TESTS.index("func TestPlain")]
NO_HOURS = TESTS.replace(HOURS, "")
SKIPPED = TESTS.replace(HOURS, HOURS.replace("\tif", '\tt.Skip("later")\n\tif'))
CODE = "package dur\n\nfunc Parse(text string) int {{\n\treturn word{}(text)\n}}\n"
FAILED = """\
--- FAIL: {test} (0.00s)
    dur_test.go:7: no
FAIL
FAIL\texample.com/shop/dur\t0.002s
FAIL
"""
PASSED = "ok  \texample.com/shop/dur\t0.002s\n"
Tell = Callable[..., Finding]
Files = Mapping[str, str | None]  # texts by path; None: the file is deleted


def listed(repo: Repo) -> Sequence[str]:
    """Return the files of tests that there are."""
    return sorted(path.name for path in (repo.path / "dur").glob("*_test.go"))


def text_of(failing: str, _tests: str) -> str:
    """Return what go prints of a run in which one test fails, or none."""
    return FAILED.format(test=failing) if failing else PASSED


def json_of(failing: str, tests: str) -> str:
    """Return what go prints with ``-json``: each test by its name."""
    package = {"Time": "2026-11-20T10:00:00Z", "Package": "example.com/shop/dur"}
    events = []
    for test in ("TestHours", "TestPlain"):
        if f"func {test}(" in tests:
            is_off = "Skip" in tests.partition(f"func {test}(")[2].partition("\n}")[0]
            action = "fail" if test == failing else "skip" if is_off else "pass"
            events += [{"Action": "run", "Test": test}, {"Action": action, "Test": test}]
    events.append({"Action": "fail" if failing else "pass"})
    return "".join(f"{json.dumps(package | event)}\n" for event in events)


@pytest.fixture
def tell(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tell:
    """Make versions in which one test fails, or none, and return the finding that comes of it."""
    program = tmp_path / "bin" / "go"
    program.parent.mkdir()
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    monkeypatch.chdir(repo.path)

    def call(*failing: str, files: Mapping[int, Files] = {}, is_json: bool = False) -> Finding:
        told = json_of if is_json else text_of
        repo.write("dur/dur_test.go", TESTS)
        for number, test in enumerate(failing):
            for path, text in files.get(number, {}).items():
                if text is None:
                    repo.git("rm", "-q", path)
                else:
                    repo.write(path, text)
            tests = [(repo.path / "dur" / name).read_text() for name in listed(repo)]
            subject = f"fix: number {number}" if number else "feat: parse"
            repo.change("dur/dur.go", CODE.format(number), subject)
            (program.parent / "said").write_text(told(test, "".join(tests)))
            program.write_text(f'#!/bin/sh\ncat "${{0%/*}}/said"\nexit {int(bool(test))}\n')
            program.chmod(0o755)
            assert cli.run(["record", "-q", "--", "go", "test", "./..."]) == int(bool(test))
        [one] = app.scan(app.ScanRequest(folder=repo.path)).findings
        return one

    return call


def test_a_trade_is_closed_though_no_run_names_what_passes(tell: Tell) -> None:
    one = tell("TestHours", "TestPlain", "TestHours")
    assert (one.kind, one.level, one.confidence) == (Kind.OSCILLATION, Level.ERROR, 0.97)


def test_a_relapse_is_one(tell: Tell) -> None:
    one = tell("", "TestHours", "", "TestHours")
    assert (one.kind, one.level) == (Kind.RELAPSE, Level.WARNING)


def test_a_test_that_was_rewritten_asks_for_something_else(tell: Tell) -> None:
    files = {2: {"dur/dur_test.go": REWRITTEN}}
    one = tell("", "TestHours", "", "TestHours", files=files)
    assert one.level is Level.NOTE


@pytest.mark.parametrize("is_json", [False, True])
@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"dur/dur_test.go": SKIPPED}, "the test is skipped"),
        ({"dur/dur_test.go": NO_HOURS}, "the test was deleted"),
        ({"dur/dur_test.go": None, "dur/more_test.go": NO_HOURS}, "the test was deleted"),
        ({"dur/dur_test.go": TESTS.replace("!= 3600", "< 0")}, "was weakened"),
        ({"dur/dur_test.go": TESTS.replace('\t\tt.Error("no hours")\n', "")}, "checks less"),
    ],
)
def test_a_test_that_is_switched_off_was_not_mended(
    tell: Tell, files: Files, why: str, is_json: bool
) -> None:
    one = tell("", "TestHours", "TestHours", "", files={3: files}, is_json=is_json)
    assert (one.kind, one.level) == (Kind.MASKED, Level.WARNING)
    assert why in one.why[0]


@pytest.mark.parametrize(
    "files",
    [
        {"dur/dur_test.go": TESTS},
        {"dur/dur_test.go": NO_HOURS, "dur/hours_test.go": f"package dur\n\n{HOURS}"},
        {"dur/dur_test.go": None, "dur/all_test.go": TESTS},
    ],
)
def test_a_test_that_only_moved_was_mended(tell: Tell, files: Files) -> None:
    """Its name is what Go knows it by, wherever in its package it stands."""
    one = tell("", "TestHours", "", "TestHours", files={2: files})
    assert (one.kind, one.level) == (Kind.RELAPSE, Level.WARNING)
