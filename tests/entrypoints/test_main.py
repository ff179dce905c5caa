"""The command as a process: what it loads before git works, and how it leaves."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import Repo
from tests.sources.looking import X, Y, war

# Nothing waits for these: they are loaded while git reads, or where they are needed.
LATER = (
    "loopwatch.checking", "loopwatch.pipeline", "loopwatch.verdicts.intent", "networkx", "shutil",
    "tree_sitter",
)  # fmt: skip
LOADED = "import json, sys, loopwatch.entrypoints.cli; print(json.dumps(list(sys.modules)))"


def loopwatch(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "loopwatch", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_git_starts_before_most_is_loaded() -> None:
    command = [sys.executable, "-c", LOADED]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert set(json.loads(done.stdout)).isdisjoint(LATER)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["scan"], 1),
        (["scan", "--exit-zero"], 0),
        (["scan", "nothing"], 2),
        (["check", "HEAD"], 1),
        (["explain", "HEAD"], 0),
        (["explain", "nothing"], 2),
    ],
)
def test_a_process_ends_with_its_status_and_all_that_it_said(
    repo: Repo, arguments: list[str], status: int
) -> None:
    war(repo, states=[X, Y, X, Y])
    done = loopwatch(repo.path, *arguments)
    assert done.returncode == status
    assert (done.stderr if status == 2 else done.stdout).endswith("\n")


def test_a_process_leaves_files_whole(repo: Repo) -> None:
    war(repo, states=[X, Y, X, Y])
    done = loopwatch(repo.path, "scan", "--format", "json", "--output", "json=report.json")
    assert done.returncode == 1
    assert json.loads((repo.path / "report.json").read_text("utf-8")) == json.loads(done.stdout)


def test_a_reader_that_goes_away_is_no_error(repo: Repo) -> None:
    war(repo, states=[X, Y, X, Y])
    command = [sys.executable, "-m", "loopwatch", "scan", "--format", "json"]
    with subprocess.Popen(
        command, cwd=repo.path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1
