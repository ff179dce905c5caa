"""The door of the hook: what it answers by itself, what it leaves to the command, what it loads."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from loopwatch.entrypoints import fast_check
from loopwatch.entrypoints.main import main
from tests.builders import Repo
from tests.keeping.loudness import inside

# The goal of the performance notes, and what would spoil it: none of these may be loaded.
HEAVY = (
    "asyncio", "click", "concurrent", "dataclasses", "difflib", "git", "importlib.metadata",
    "inspect", "jinja2", "json", "logging", "networkx", "pathlib", "rich", "subprocess",
    "tree_sitter", "typing", "unidiff", "loopwatch.app", "loopwatch.entrypoints.cli",
    "loopwatch.graph.observer", "loopwatch.model.options", "loopwatch.pipeline",
)  # fmt: skip
LOADED = """
import json, sys
before = set(sys.modules)
from loopwatch.entrypoints.main import main
status = main(["check", "--staged", "--hook"])
print(json.dumps([status, sorted(set(sys.modules) - before)]))
"""


@pytest.fixture
def work(repo: Repo) -> Repo:
    """Give a repository with a history of its own, and something new staged."""
    for number in range(4):
        repo.write("work.py", "".join(f"value_{n} = compute_{n}()\n" for n in range(number + 1)))
        repo.commit(f"feat: {number}")
    repo.write("work.py", "".join(f"value_{n} = compute_{n}()\n" for n in range(9)))
    repo.git("add", "--all")
    return repo


def loopwatch(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "loopwatch", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_hook_is_silent_and_loads_next_to_nothing(work: Repo) -> None:
    assert main_in(work, "--staged", "--hook") == 0  # the memory is made, and settings are read
    ask = [sys.executable, "-c", LOADED]
    subprocess.run(ask, cwd=work.path, check=True)  # settings are read once for each way to call
    done = subprocess.run(ask, cwd=work.path, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    status, modules = json.loads(done.stdout)
    assert status == 0
    assert "loopwatch.store.memory" in modules  # it was the quick look that answered
    assert heavy(modules) == []


def heavy(modules: list[str]) -> list[str]:
    return [m for m in modules if any(m == name or m.startswith(f"{name}.") for name in HEAVY)]


def main_in(repo: Repo, *arguments: str) -> int | None:
    with inside(repo.path):
        return fast_check.answer(arguments)


def test_people_are_told_what_was_looked_at(work: Repo) -> None:
    done = loopwatch(work.path, "check", "--staged")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "1 staged file against the newest 1,000 commits: no loop, no lost fix.\n"


def test_the_command_answers_as_the_hook_does(work: Repo) -> None:
    """Without the fast door, the command says the same in more words."""
    assert loopwatch(work.path, "check", "--staged", "--hook").returncode == 0
    assert loopwatch(work.path, "check", "--staged", "--hook", "--units", "file").returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("HEAD",),
        ("main~1..main",),
        ("--format", "json"),
        ("--fail-on", "note"),
        ("-v",),
        ("--units", "file"),
        ("--message",),
        ("--message", "there-is-no-such-file"),
    ],
)
def test_what_it_does_not_know_is_left_to_the_command(work: Repo, arguments: tuple[str]) -> None:
    assert main_in(work, "--staged", *arguments) is None


@pytest.mark.parametrize(
    "arguments",
    [
        ("HEAD",),
        ("HEAD", "HEAD", "--hook"),
        ("HEAD~1", "--hook"),
        ("main", "--hook"),
        ("HEAD", "--hook", "--staged"),
        ("HEAD", "--hook", "-v"),
        ("HEAD", "--hook", "--message", "there-is-no-such-file"),
    ],
)
def test_of_commits_it_knows_the_newest_in_a_hook(work: Repo, arguments: tuple[str]) -> None:
    work.commit("feat: more")
    assert main_in(work, *arguments) is None
    assert main_in(work, "HEAD", "--hook") == 0
    assert main_in(work, "--hook", "HEAD") == 0


def test_after_the_commit_it_is_silent_and_loads_next_to_nothing(work: Repo) -> None:
    work.commit("feat: more")
    script = LOADED.replace('"--staged"', '"HEAD"')
    ask = [sys.executable, "-c", script]
    subprocess.run(ask, cwd=work.path, check=True)  # settings are read once for each way to call
    done = subprocess.run(ask, cwd=work.path, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    status, modules = json.loads(done.stdout)
    assert status == 0
    assert "loopwatch.store.memory" in modules
    assert heavy(modules) == []


def test_a_commit_that_is_a_loop_is_told_by_the_command(work: Repo) -> None:
    texts = "total = sum(items)\nsend(total)\n", "total = sum(items) - off(items)\nsend(total)\n"
    for number in range(3):
        work.write("loop.py", texts[number % 2])
        work.commit(f"fix: total, {number}")
    assert main_in(work, "HEAD", "--hook") is None
    done = loopwatch(work.path, "check", "HEAD", "--hook")
    assert (done.returncode, "LOOP 1" in done.stdout) == (1, True)


def test_a_setting_in_the_environment_is_left_to_the_command(work: Repo) -> None:
    assert main_in(work, "--staged", "--hook") == 0
    with inside(work.path, LOOPWATCH_FAIL_ON="note"):
        assert fast_check.answer(("--staged", "--hook")) is None
    with inside(work.path, LOOPWATCH_SKIP="0"):
        assert fast_check.answer(("--staged", "--hook")) == 0


def test_what_may_be_a_loop_is_left_to_the_command(work: Repo) -> None:
    work.write("work.py", "value_0 = compute_0()\n")
    work.git("add", "--all")
    assert main_in(work, "--staged", "--hook") is None


def test_a_message_makes_it_look_further(work: Repo, tmp_path: Path) -> None:
    work.write("loop.py", "total = sum(items)\nsend(total)\n")
    work.commit("feat: total")
    work.write("loop.py", "total = sum(items) - discount(items)\nsend(total)\n")
    work.commit("fix: discount")
    work.write("loop.py", "total = sum(items)\nsend(total)\nlog(total)\n")
    work.git("add", "--all")
    (tmp_path / "message").write_text("fix: total\n")
    assert main_in(work, "--staged", "--hook") == 0
    assert main_in(work, "--staged", "--hook", f"--message={tmp_path / 'message'}") is None
    assert main_in(work, "--hook", "--message", str(tmp_path / "message")) is None


def test_no_repository_and_no_commit_are_left_to_the_command(tmp_path: Path) -> None:
    with inside(tmp_path):
        assert fast_check.answer(("--staged", "--hook")) is None
    unborn = Repo(tmp_path / "unborn")
    unborn.write("a.py", "a = 1\n")
    unborn.git("add", "--all")
    assert main_in(unborn, "--staged", "--hook") is None


def test_where_git_is_missing_the_command_says_so(
    work: Repo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main_in(work, "--staged", "--hook") is None


def test_a_system_that_cannot_spawn_goes_the_slow_way(
    work: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fast_check, "CAN_SPAWN", False)
    assert main_in(work, "--staged", "--hook") is None


def test_what_goes_wrong_inside_is_left_to_the_command(
    work: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("loopwatch.keeping.remembering.catch_up", fail)
    assert main_in(work, "--staged", "--hook") is None


def test_a_folder_that_cannot_be_written_is_left_to_the_command(
    work: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr("os.makedirs", refuse)
    assert main_in(work, "--staged", "--hook") is None


def test_a_reader_that_went_away_is_no_error(work: Repo) -> None:
    main_in(work, "--staged")
    with subprocess.Popen(
        [sys.executable, "-m", "loopwatch", "check", "--staged"],
        cwd=work.path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


def test_main_returns_to_those_who_call_it(work: Repo) -> None:
    with inside(work.path):
        assert main(["check", "--staged", "--hook"]) == 0


def test_objects_that_only_a_linked_working_tree_has_are_found(work: Repo, tmp_path: Path) -> None:
    work.git("stash", "--quiet")
    work.git("worktree", "add", "--quiet", "-b", "side", str(tmp_path / "linked"))
    linked = tmp_path / "linked"
    (linked / "other.py").write_text("quite = another(thing)\n")
    subprocess.run(["git", "add", "--all"], cwd=linked, check=True)
    assert (work.path / ".git" / "loopwatch").exists() is False
    with inside(linked):
        assert fast_check.answer(("--staged", "--hook")) == 0
    assert (work.path / ".git" / "loopwatch" / "memory.sqlite3").is_file()  # shared by all


def test_sha256_repositories_are_looked_at(tmp_path: Path) -> None:
    folder = tmp_path / "wide"
    subprocess.run(["git", "init", "--quiet", "--object-format=sha256", str(folder)], check=True)
    repo = Repo(folder)
    for number in range(3):
        repo.write("a.py", f"value = {number}\nother = compute_{number}()\n")
        repo.commit(f"feat: {number}")
    repo.write("a.py", "quite = another(thing)\n")
    repo.git("add", "--all")
    assert main_in(repo, "--staged", "--hook") == 0
    repo.write("a.py", "value = 1\nother = compute_1()\n")
    repo.git("add", "--all")
    assert main_in(repo, "--staged", "--hook") is None
