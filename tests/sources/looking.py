"""What tests of sources share: small loops in real repositories, and how to scan them."""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from loopwatch import app
from loopwatch.entrypoints.main import main
from loopwatch.model.finding import Finding, Level
from loopwatch.model.options import Options
from loopwatch.model.report import Report
from loopwatch.sources.scan_range import ScanRange
from tests.builders import Repo

X, Y = "sum(items)", "sum(items) - discount(items)"

# Returns exit status, standard output and standard error of `loopwatch scan` in a folder.
Scan = Callable[..., "Said"]


@dataclass(frozen=True, slots=True)
class Said:
    """What one run of the command line said."""

    status: int
    out: bytes
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """The report in JSON."""
        told: dict[str, Any] = json.loads(self.out)
        return told


def body(value: str) -> str:
    """Return a small file with one function that returns ``value``."""
    return f"def total(items):\n    check(items)\n    return {value}\n"


def war(repo: Repo, path: str = "a.py", states: Sequence[str] = (X, Y, X, Y)) -> None:
    """Let fixes take a function through some states: two rounds if nothing else is said."""
    for number, state in enumerate(states):
        repo.change(path, body(state), f"fix: total, take {number}")


def scan(
    folder: Path, revision: str | None = None, *paths: str, max_count: int = 1000,
    since: str | None = None,
) -> Report:  # fmt: skip
    """Return the report on a repository, without the command line around it."""
    wanted = ScanRange(revision=revision, paths=paths, max_count=max_count, since=since)
    return app.scan(app.ScanRequest(folder=folder, range=wanted, options=Options()))


def loud(report: Report) -> list[Finding]:
    """Return the findings that are more than notes."""
    return [finding for finding in report.findings if finding.level is not Level.NOTE]


def paths_at(report: Report, level: Level) -> list[str | None]:
    """Return the paths of the findings at a level, sorted."""
    return sorted((f.path for f in report.findings if f.level is level), key=str)


def runner(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Scan:
    """Return a function that runs `loopwatch scan` in a folder."""

    def run(folder: str | os.PathLike[str], *arguments: str, format_: str = "json") -> Said:
        monkeypatch.chdir(folder)
        capfdbinary.readouterr()
        status = main(["scan", "--format", format_, *arguments])
        out, err = capfdbinary.readouterr()
        return Said(int(status), out, err.decode(errors="replace"))

    return run
