"""One git walks a history, and another is asked for what each commit of it changed."""

import subprocess
import threading
from collections.abc import Iterator

import pytest

from loopwatch.errors import SourceError
from loopwatch.sources.git_history import read_topology
from loopwatch.sources.git_log import HEADER_FORMAT, LOG
from loopwatch.sources.git_process import Git, finish, stop
from loopwatch.sources.git_selection import Selection, ask, questions, start_log, start_topology
from tests.builders import Repo

A, B, C, D = (letter * 40 for letter in "abcd")


@pytest.mark.parametrize(
    ("lines", "asked"),
    [
        ([A], [A]),
        ([f"{C} {B} {A}", f"{B} {A}", A], [A, f"{B} {A}", f"{C} {B}"]),
        ([D, f"{C} {A} {B}", B, A], [A, B, f"{C} {A}", D]),  # the first line has no parent
    ],
)
def test_commits_are_asked_for_with_their_first_parents(lines: list[str], asked: list[str]) -> None:
    assert questions([line.encode() for line in lines]).decode().splitlines() == asked


@pytest.fixture
def log(repo: Repo) -> Iterator[subprocess.Popen[bytes]]:
    """Give a git that can be asked."""
    process = start_log(Git(repo.path), Selection(("main",)))
    yield process
    stop(process)


def test_the_answers_are_those_of_git_log(repo: Repo, log: subprocess.Popen[bytes]) -> None:
    repo.change("a.py", "1\n", "one")
    repo.branch("side")
    repo.change("a.py", "2\n", "two")
    repo.checkout("main")
    repo.commit("nothing")
    repo.change("b.py", "3\n", "three")
    repo.merge("side")
    with start_topology(Git(repo.path), Selection(("main",))) as walk:
        shape, _ = read_topology(walk, log)
    assert len(shape) == 5
    told = Git(repo.path).ask(*LOG, f"--format={HEADER_FORMAT}", "main")[1]
    assert told.count(b"\x02") == 5
    assert log.stdout is not None
    assert log.stdout.read() == told
    finish(log, "the history")


def test_what_is_not_read_to_its_end_can_be_stopped(
    repo: Repo, log: subprocess.Popen[bytes]
) -> None:
    tip = repo.change("a.py", "1\n", "one")
    before = set(threading.enumerate())
    ask(log, [f"{tip}\n".encode() * 100_000])  # far more than any pipe holds
    assert log.stdout is not None
    assert log.stdout.read(1)
    [asking] = set(threading.enumerate()) - before
    assert asking.is_alive()
    stop(log)
    asking.join(timeout=10)  # seconds
    assert not asking.is_alive()


def test_a_tree_that_is_gone_is_told(repo: Repo, log: subprocess.Popen[bytes]) -> None:
    tip = repo.change("a.py", "1\n", "one")
    tree = repo.git("rev-parse", f"{tip}^{{tree}}")
    (repo.path / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    ask(log, [f"{tip}\n".encode()])
    assert log.stdout is not None
    log.stdout.read()
    with pytest.raises(SourceError, match=f"could not read the history: .*{tree}"):
        finish(log, "the history")
