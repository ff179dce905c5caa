"""The hooks themselves, run by git: what they ask loopwatch, and when they let a commit pass."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loopwatch.installing.hook_script import (
    KEPT,
    MARK,
    NAMES,
    is_edited,
    is_ours,
    python_of,
    script,
)
from tests.installing.hooked import SECONDS, HookedRepo, StandIn, tools

STAGED, MESSAGE, AFTER = "--staged--hook", "--staged--message", "HEAD--hook"
MISSING = "loopwatch: not found, so nothing was checked"
HOSTILE = "a 'b' \"c\" $(touch x) `y` \n é;&"
SHELLS = [shell for shell in ("dash", "bash", "busybox") if shutil.which(shell)]


@pytest.fixture
def repo(tmp_path: Path) -> HookedRepo:
    made = HookedRepo(tmp_path / "repo")
    made.write("a.py", "a = 1\n")
    made.git("add", "a.py")
    return made


@pytest.fixture
def stand_in(repo: HookedRepo, tmp_path: Path) -> StandIn:
    made = StandIn(tmp_path / "python")
    made.put_into(repo)
    return made


def test_what_is_asked_at_a_commit(repo: HookedRepo, stand_in: StandIn) -> None:
    assert repo.run("commit", "-m", "one").returncode == 0
    assert stand_in.calls() == [
        "check --staged --hook",
        "check --staged --message .git/COMMIT_EDITMSG --hook",
    ]


def test_a_commit_that_skips_the_check_is_looked_at_afterwards(
    repo: HookedRepo, stand_in: StandIn
) -> None:
    stand_in.ends(AFTER, 1)
    done = repo.run("commit", "--no-verify", "-m", "one")
    assert done.returncode == 0
    assert stand_in.calls() == ["check HEAD --hook"]
    assert "this commit was made without the check, and stays" in done.stderr


def test_what_git_replays_is_not_looked_at_commit_by_commit(
    repo: HookedRepo, stand_in: StandIn
) -> None:
    repo.git("commit", "-q", "-m", "one")
    repo.branch("side")
    for number in range(3):
        repo.change("b.py", f"b = {number}\n", f"fix {number}")
    repo.checkout("main")
    repo.change("c.py", "c = 1\n", "two")
    stand_in.calls()
    repo.git("rebase", "-q", "main", "side")
    repo.git("checkout", "-q", "main")
    repo.git("cherry-pick", "side~2", "side~1", "side")
    assert "check HEAD --hook" not in stand_in.calls()
    repo.git("revert", "--no-edit", "HEAD")
    assert len(repo.git("rev-list", "HEAD").split()) == 6


def test_an_aborted_commit_leaves_no_mark_that_hides_the_next(
    repo: HookedRepo, stand_in: StandIn
) -> None:
    repo.hook("prepare-commit-msg", '#!/bin/sh\n: >"$1"\n')
    assert repo.run("commit", "-m", "one").returncode == 1  # an empty message
    (repo.hooks() / "prepare-commit-msg").unlink()
    stand_in.calls()
    assert repo.run("commit", "--no-verify", "-m", "one").returncode == 0
    assert stand_in.calls() == ["check HEAD --hook"]


def test_the_mark_does_not_stay(repo: HookedRepo, stand_in: StandIn) -> None:
    repo.run("commit", "-m", "one")
    assert not (repo.path / ".git" / MARK).exists()


@pytest.mark.parametrize(("call", "name"), [(STAGED, "pre-commit"), (MESSAGE, "commit-msg")])
def test_only_1_refuses(repo: HookedRepo, stand_in: StandIn, call: str, name: str) -> None:
    stand_in.ends(call, 1)
    done = repo.run("commit", "-m", "one")
    assert done.returncode == 1
    assert repo.run("rev-parse", "--verify", "HEAD").returncode != 0
    assert repo.git("diff", "--cached", "--name-only") == "a.py"
    for status in (2, 42, 126, 127, 139):
        stand_in.ends(call, status)
        assert repo.run("commit", "--allow-empty", "-m", "one").returncode == 0, (name, status)


@pytest.mark.parametrize(("option", "call"), [("--verify", MESSAGE), ("--no-verify", AFTER)])
def test_a_check_that_was_killed_is_said_in_one_line(
    repo: HookedRepo, stand_in: StandIn, option: str, call: str
) -> None:
    stand_in.ends(call, 137)
    stand_in.ends(STAGED, 137)
    done = repo.run("commit", "-q", option, "-m", "one")
    said = [line for line in done.stderr.splitlines() if line.startswith("loopwatch: ")]
    assert done.returncode == 0
    assert said == ["loopwatch: ended with status 137, so nothing was checked"]


def test_post_commit_refuses_nothing(repo: HookedRepo, stand_in: StandIn) -> None:
    for status in (0, 1, 2, 3, 139):
        stand_in.ends(AFTER, status)
        done = repo.run("commit", "--no-verify", "--allow-empty", "-m", "one")
        assert done.returncode == 0


@pytest.mark.parametrize("setting", [{"LOOPWATCH_SKIP": "1"}, {"SKIP": "ruff,loopwatch"}])
@pytest.mark.parametrize("option", ["--verify", "--no-verify"])
def test_skipping(
    repo: HookedRepo, stand_in: StandIn, setting: dict[str, str], option: str
) -> None:
    done = repo.run("commit", option, "-m", "one", env=setting)
    assert (done.returncode, done.stderr) == (0, "")
    assert stand_in.calls() == []


@pytest.mark.parametrize("setting", [{"LOOPWATCH_SKIP": "0"}, {"SKIP": "loopwatching"}])
def test_not_skipping(repo: HookedRepo, stand_in: StandIn, setting: dict[str, str]) -> None:
    repo.run("commit", "-m", "one", env=setting)
    assert len(stand_in.calls()) == 2


@pytest.mark.parametrize("option", ["--verify", "--no-verify"])
def test_without_loopwatch_a_commit_passes_and_one_line_says_so(
    repo: HookedRepo, stand_in: StandIn, tmp_path: Path, option: str
) -> None:
    stand_in.path.unlink()
    path = tools(tmp_path / "bin", "git", "sh", "cat", "rm")
    done = repo.run("commit", "-q", option, "-m", "one", env={"PATH": path})
    assert done.returncode == 0
    assert done.stderr.startswith(MISSING)
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


def test_a_python_that_has_lost_loopwatch_lets_a_commit_pass(
    repo: HookedRepo, tmp_path: Path
) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "bare"], check=True)
    for name in NAMES:
        repo.hook(name, os.fsdecode(script(name, str(tmp_path / "bare" / "bin" / "python"))))
    path = tools(tmp_path / "bin", "git", "sh", "cat", "rm")
    committed = repo.run("commit", "-q", "-m", "one", env={"PATH": path})
    assert committed.returncode == 0
    assert committed.stderr.startswith(MISSING)
    assert len(committed.stderr.splitlines()) == 1


@pytest.mark.parametrize(("status", "expected"), [(0, 0), (1, 1), (2, 0)])
def test_loopwatch_on_path_is_taken_where_the_python_is_gone(
    repo: HookedRepo, stand_in: StandIn, tmp_path: Path, status: int, expected: int
) -> None:
    stand_in.path.unlink()
    path = tools(tmp_path / "bin", "git", "sh", "cat", "rm")
    fake = tmp_path / "bin" / "loopwatch"
    fake.write_text(f'#!/bin/sh\n[ "$1" = --version ] || exit {status}\n', encoding="utf-8")
    fake.chmod(0o755)
    done = repo.run("commit", "-q", "-m", "one", env={"PATH": path})
    assert (done.returncode, done.stderr) == (expected, "")


def test_a_broken_loopwatch_on_path_refuses_nothing(
    repo: HookedRepo, stand_in: StandIn, tmp_path: Path
) -> None:
    stand_in.path.unlink()
    path = tools(tmp_path / "bin", "git", "sh", "cat", "rm")
    broken = tmp_path / "bin" / "loopwatch"
    broken.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    broken.chmod(0o755)
    done = repo.run("commit", "-q", "-m", "one", env={"PATH": path})
    assert done.returncode == 0
    assert MISSING in done.stderr


def test_modules_of_the_repository_are_not_imported(repo: HookedRepo) -> None:
    repo.install()
    for module in ("loopwatch", "click", "json", "sqlite3", "dataclasses"):
        repo.write(f"{module}.py", "open('imported', 'w').close()\n")
    repo.write("sitecustomize.py", "open('imported', 'w').close()\n")
    done = repo.run(
        "commit", "-m", "one", env={"PYTHONPATH": str(repo.path), "PYTHONHOME": "/nowhere"}
    )
    assert done.returncode == 0
    assert not (repo.path / "imported").exists()
    assert MISSING not in done.stderr


def test_a_poor_environment_will_do(repo: HookedRepo) -> None:
    repo.install()
    kept = {name: value for name, value in repo.environment().items() if name.startswith("GIT_")}
    done = subprocess.run(
        ["git", "commit", "-q", "-m", "one"],
        cwd=repo.path,
        env=kept | {"PATH": os.defpath},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_hostile_names(tmp_path: Path) -> None:
    repo = HookedRepo(tmp_path / HOSTILE)
    stand_in = StandIn(tmp_path / f"{HOSTILE} python")
    stand_in.put_into(repo)
    repo.hook(f"pre-commit.{KEPT}", "#!/bin/sh\n: >earlier\n")
    repo.change("a.py", "a = 1\n", "one")
    assert len(stand_in.calls()) == 2
    assert (repo.path / "earlier").exists()
    assert not (repo.path / "x").exists()


@pytest.mark.parametrize("name", NAMES)
def test_the_hook_before_runs_first_with_all_it_had(
    repo: HookedRepo, stand_in: StandIn, name: str
) -> None:
    place = repo.hooks() / name
    text = f'#!/bin/sh\necho "{name} $# $1"\ncat\nexit "$ends"\n'
    repo.hook(f"{name}.{KEPT}", text)
    for status in (0, 1, 7, 130):
        done = subprocess.run(
            [place, "first argument", "second"],
            cwd=repo.path,
            input="what git says",
            env=repo.environment() | {"ends": str(status)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status
        assert done.stdout == f"{name} 2 first argument\nwhat git says"
        assert bool(stand_in.calls()) == (status == 0)


def test_the_hook_before_is_found_from_its_own_folder(repo: HookedRepo, stand_in: StandIn) -> None:
    repo.hook(f"pre-commit.{KEPT}", "#!/bin/sh\nexit 7\n")
    done = subprocess.run(["sh", "pre-commit"], cwd=repo.hooks(), check=False)
    assert done.returncode == 7


def test_a_hook_before_that_git_did_not_run_is_not_run_now(
    repo: HookedRepo, stand_in: StandIn
) -> None:
    repo.hook(f"pre-commit.{KEPT}", "#!/bin/sh\nexit 1\n", mode=0o644)
    assert repo.run("commit", "-m", "one").returncode == 0


def test_a_hook_before_that_a_signal_ends_refuses(repo: HookedRepo, stand_in: StandIn) -> None:
    repo.hook(f"pre-commit.{KEPT}", "#!/bin/sh\nkill -9 $$\n")
    assert repo.run("commit", "-m", "one").returncode == 1
    assert stand_in.calls() == []


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("name", NAMES)
def test_any_shell_runs_it(repo: HookedRepo, stand_in: StandIn, shell: str, name: str) -> None:
    words = [shell, "sh"] if shell == "busybox" else [shell]
    for status in (0, 1, 2):
        for call in (STAGED, MESSAGE, AFTER):
            stand_in.ends(call, status)
        done = subprocess.run(
            [*words, "-u", repo.hooks() / name, "message"],
            cwd=repo.path,
            env=repo.environment(),
            input="what git says",
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == (status if name != "post-commit" and status == 1 else 0)
        assert done.stdout == ""
        assert "what git says" not in done.stderr


@pytest.mark.parametrize("shell", SHELLS)
def test_control_c_stops_the_commit(repo: HookedRepo, tmp_path: Path, shell: str) -> None:
    """Python answers it by an ordinary end, which no shell may take for "go on"."""
    stand_in = StandIn(tmp_path / "python")
    text = stand_in.path.read_text(encoding="utf-8")
    stand_in.path.write_text(text.replace("shift 4", "trap 'exit 0' INT\nshift 4", 1))
    stand_in.put_into(repo)
    hook = repo.hooks() / "pre-commit"
    words = [shell, "sh"] if shell == "busybox" else [shell]
    asleep = stand_in.sleeps()
    process = subprocess.Popen([*words, hook], cwd=repo.path, start_new_session=True)
    _wait_for(asleep)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=SECONDS) in {130, -signal.SIGINT}


def test_git_stopped_in_the_middle_of_a_hook_leaves_all_as_it_was(
    repo: HookedRepo, stand_in: StandIn
) -> None:
    asleep = stand_in.sleeps()
    process = subprocess.Popen(
        ["git", "commit", "-q", "-a", "-m", "one"],
        cwd=repo.path,
        env=repo.environment(),
        start_new_session=True,
    )
    _wait_for(asleep)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=SECONDS) != 0
    (stand_in.folder / "sleeps").unlink()
    assert repo.run("rev-parse", "--verify", "HEAD").returncode != 0
    assert repo.git("status", "--porcelain") == "A  a.py"
    assert repo.run("commit", "-m", "one").returncode == 0  # no lock was left


def _wait_for(path: Path) -> None:
    until = time.monotonic() + SECONDS
    while not path.exists():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("python", ["", "/usr/bin/python3", f"/{HOSTILE}/python", "/\udcff/py"])
def test_ours_is_known_again(name: str, python: str) -> None:
    text = script(name, python)
    assert is_ours(text) and not is_edited(text)
    assert python_of(text) == python
    assert is_edited(text + b"\n# mine\n")
    assert is_edited(text.replace(b"exit 0", b"exit 1", 1))
    assert script(name, python) == text


@pytest.mark.parametrize("text", [b"", b"#!/bin/sh\nexit 0\n", b"#!/bin/sh\n# loopwatch-hook\n"])
def test_others_are_not_ours(text: bytes) -> None:
    assert not is_ours(text) and not is_edited(text)
