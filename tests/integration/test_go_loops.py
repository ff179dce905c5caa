"""Loops of Go tests weigh as much as those of others, though Go says less of what passes."""

import os
from collections.abc import Callable
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


@pytest.fixture
def tell(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tell:
    """Make versions in which one test fails, or none, and return the finding that comes of it."""
    program = tmp_path / "bin" / "go"
    program.parent.mkdir()
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    monkeypatch.chdir(repo.path)

    def call(*failing: str, rewritten_at: int = -1) -> Finding:
        for number, test in enumerate(failing):
            asked = REWRITTEN if 0 <= rewritten_at <= number else TESTS
            repo.write("dur/dur_test.go", asked)
            subject = f"fix: number {number}" if number else "feat: parse"
            repo.change("dur/dur.go", CODE.format(number), subject)
            (program.parent / "said").write_text(FAILED.format(test=test) if test else PASSED)
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
    one = tell("", "TestHours", "", "TestHours", rewritten_at=2)
    assert one.level is Level.NOTE
