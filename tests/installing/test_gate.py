"""The gate: the commit that closes a loop is refused and named, all others pass in silence."""

from pathlib import Path

import pytest

from tests.builders import PACE
from tests.installing.hooked import HookedRepo

MINUTES = "def parse(text):\n    return int(text) * 60\n"
UNITS = "def parse(text):\n    return int(text[:-1]) * UNIT[text[-1]]\n"


@pytest.fixture
def repo(tmp_path: Path) -> HookedRepo:
    made = HookedRepo(tmp_path / "repo")
    made.install()
    made.clock += PACE
    return made


def commit(repo: HookedRepo, text: str, subject: str, *options: str) -> tuple[int, str]:
    """Commit a file as people do; return git's status, and what is said."""
    repo.clock += PACE
    repo.write("dur.py", text)
    repo.git("add", "dur.py")
    done = repo.run("commit", "-q", *options, "-m", subject)
    assert done.stdout == ""
    return done.returncode, done.stderr


def test_the_commit_that_closes_a_loop(repo: HookedRepo) -> None:
    assert commit(repo, MINUTES, "feat: durations") == (0, "")
    assert commit(repo, UNITS, "fix: units are read") == (0, "")
    before = repo.head()
    status, said = commit(repo, MINUTES, "fix: plain numbers are read")
    assert status == 1
    assert "dur.py::parse" in said and "--no-verify" in said
    assert repo.head() == before
    assert repo.git("diff", "--cached", "--name-only") == "dur.py"

    status, said = commit(repo, MINUTES, "fix: plain numbers are read", "--no-verify")
    assert status == 0
    assert "dur.py::parse" in said
    assert "this commit was made without the check, and stays" in said

    # Now the loop is known, and its next round is refused before anybody writes a message.
    repo.clock += PACE
    repo.write("dur.py", UNITS)
    repo.git("add", "dur.py")
    done = repo.run("commit", env={"GIT_EDITOR": "touch edited; false"})
    assert done.returncode == 1
    assert "dur.py::parse" in done.stderr
    assert not (repo.path / "edited").exists()

    # The way out is not refused.
    repo.git("reset", "-q", "--hard")
    done = repo.run("revert", "--no-edit", "HEAD")
    assert (done.returncode, "loopwatch" in done.stderr) == (0, False)


@pytest.mark.parametrize("way", ["-a", "path", "below", "-C", "worktree"])
def test_every_way_to_commit_is_watched(repo: HookedRepo, way: str) -> None:
    repo.write("below/x.py", "x = 1\n")
    repo.change("dur.py", MINUTES, "feat: durations")
    repo.change("dur.py", UNITS, "fix: units are read")
    folder, words = repo.path, ["commit", "-q", "-a"]
    if way == "worktree":
        folder = repo.path.parent / "tree"
        repo.git("worktree", "add", "-q", "-b", "side", str(folder))
    (folder / "dur.py").write_text(MINUTES, encoding="utf-8")
    if way == "path":
        words[2:] = ["--", "dur.py"]
    elif way == "below":
        folder = repo.path / "below"
    elif way == "-C":
        folder, words = repo.path.parent, ["-C", str(repo.path), *words]
    at = words.index("-q")
    repo.clock += PACE
    words[at:at] = ["-m", "fix: plain numbers are read"]
    done = repo.run(*words, folder=folder)
    assert done.returncode == 1, done.stderr
    assert "dur.py::parse" in done.stderr


def test_healthy_work_is_not_disturbed(repo: HookedRepo) -> None:
    assert commit(repo, MINUTES, "feat: durations") == (0, "")
    assert commit(repo, UNITS, "fix: units are read") == (0, "")
    done = repo.run("revert", "--no-edit", "HEAD")
    assert (done.returncode, done.stderr) == (0, "")
    for number in range(3):
        text = UNITS + f"\n\nTRIES = {number}\n"
        assert commit(repo, text, f"fix: try {number} times") == (0, "")


def test_a_configuration_that_cannot_be_read_lets_a_commit_pass(repo: HookedRepo) -> None:
    repo.write("loopwatch.toml", "fail-on = 7\n")
    status, said = commit(repo, MINUTES, "feat: durations")
    assert status == 0
    assert "loopwatch.toml" in said
