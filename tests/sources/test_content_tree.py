"""The id of the working tree's content: that of the commit it would be, and nothing is touched."""

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loopwatch.errors import RecordError
from loopwatch.sources.content_tree import content_trees
from loopwatch.sources.repository import find_repository
from tests.builders import Repo

posix = pytest.mark.skipif(os.name != "posix", reason="modes and links of another kind")


def content(folder: Path) -> str:
    with content_trees(find_repository(folder)) as trees:
        return trees.id()


def tree_of(repo: Repo) -> str:
    return repo.git("rev-parse", "HEAD^{tree}")


@pytest.fixture
def filled(repo: Repo) -> Repo:
    repo.write("a.py", "a = 1\n")
    repo.write("b/c.py", "c = 1\n")
    repo.write("notes.txt", "n\n")
    repo.commit("feat: all")
    return repo


def test_what_is_as_committed_has_the_commits_tree(filled: Repo) -> None:
    assert content(filled.path) == content(filled.path / "b") == tree_of(filled)


def test_an_edit_as_long_as_before_in_the_same_second(filled: Repo) -> None:
    """Git tells by time and size; what may have changed since it looked is read again."""
    for number in range(20):
        filled.write("a.py", f"a = {number % 10}\n")
        filled.git("add", "a.py")
        filled.write("a.py", f"b = {number % 10}\n")
        before = content(filled.path)
        filled.git("add", "--all")
        assert before == filled.git("write-tree")


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["a.py", "b/c.py", "b", "new.py", "b/new/d.js", "notes.txt", "a.py/x.py"]),
        st.sampled_from(["write", "remove", "add", "chmod", "link"]),
        st.integers(0, 3),
    ),
    max_size=5,
)


@posix
@settings(max_examples=20)
@given(STEPS)
def test_any_state_has_the_id_of_the_commit_that_follows(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, int]]
) -> None:
    repo = Repo(tmp_path_factory.mktemp("any") / "repo")
    repo.write("a.py", "a\n")
    repo.write("b/c.py", "c\n")
    repo.write("notes.txt", "n\n")
    repo.commit("feat: all")
    for path, what, number in steps:
        _do(repo, repo.path / path, what, number)
    index = (repo.path / ".git" / "index").read_bytes()
    told = content(repo.path)
    assert (repo.path / ".git" / "index").read_bytes() == index
    repo.commit("fix: all")
    assert told == tree_of(repo)


def _do(repo: Repo, path: Path, what: str, number: int) -> None:
    """Do one thing to the working tree, if it can be done."""
    try:
        if what == "write":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("x" * number)
        elif what == "remove":
            subprocess.run(["rm", "-rf", path], check=True)
        elif what == "add":
            repo.git("add", "--all")
        elif what == "chmod" and path.is_file():
            path.chmod(0o755 if number % 2 else 0o644)
        elif what == "link" and not os.path.lexists(path) and path.name != "b":
            path.symlink_to(f"target-{number}")
    except OSError:
        return


def test_new_files_count_if_they_are_code(filled: Repo) -> None:
    before = content(filled.path)
    filled.write("run.log", "x")
    filled.write("data.json", "{}")
    assert content(filled.path) == before
    filled.write("late.py", "x")
    assert content(filled.path) != before


def test_new_files_that_were_added_count_whatever_they_are(filled: Repo) -> None:
    before = content(filled.path)
    filled.write("data.json", "{}")
    filled.git("add", "--intent-to-add", "data.json")
    assert content(filled.path) != before


def test_a_conflict_is_the_content_that_lies_there(filled: Repo) -> None:
    filled.branch("side")
    filled.change("a.py", "a = 2\n", "fix: a")
    filled.checkout("main")
    filled.change("a.py", "a = 3\n", "fix: a otherwise")
    with pytest.raises(AssertionError):
        filled.git("merge", "side")
    filled.write("a.py", "a = 4\n")
    told = content(filled.path)
    filled.commit("fix: both")
    assert told == tree_of(filled)


def test_line_ends_are_those_that_git_would_commit(filled: Repo) -> None:
    filled.write(".gitattributes", "*.py text eol=crlf\n")
    filled.commit("chore: line ends")
    filled.write("a.py", "a = 1\r\nb = 1\r\n")
    told = content(filled.path)
    filled.commit("fix: a")
    assert told == tree_of(filled)


def test_what_is_left_out_of_a_sparse_checkout_is_as_committed(filled: Repo) -> None:
    filled.git("sparse-checkout", "set", "--no-cone", "/a.py")
    assert not (filled.path / "b").exists()
    assert content(filled.path) == tree_of(filled)


def test_a_split_index(filled: Repo) -> None:
    filled.git("update-index", "--split-index")
    filled.write("a.py", "a = 2\n")
    folder = filled.path / ".git"
    before = {path.name: path.read_bytes() for path in folder.glob("*index*")}
    told = content(filled.path)
    assert {path.name: path.read_bytes() for path in folder.glob("*index*")} == before
    filled.commit("fix: a")
    assert told == tree_of(filled)


@posix
def test_nothing_that_the_repository_names_is_run(filled: Repo, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path / 'sprung'}\ncat\n")
    trap.chmod(0o755)
    filled.write(".gitattributes", "*.py filter=evil diff=evil\n")
    for key in ("filter.evil.clean", "filter.evil.process", "core.fsmonitor", "diff.evil.textconv"):
        filled.git("config", key, str(trap))
    filled.git("config", "filter.evil.required", "true")
    hook = filled.path / ".git" / "hooks" / "post-index-change"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(trap.read_text())
    hook.chmod(0o755)
    filled.write("a.py", "a = 2\n")
    filled.write("new.py", "a = 2\n")
    content(filled.path)
    assert not (tmp_path / "sprung").exists()


@pytest.fixture
def inner(filled: Repo) -> Repo:
    """Give a repository that lies in another one as a submodule."""
    inner = Repo(filled.path / "lib")
    inner.change("d.py", "d = 1\n", "feat: d")
    filled.git("add", "lib")
    filled.git("commit", "--quiet", "--message", "feat: lib")
    return inner


def test_a_submodule_counts_by_its_commit(filled: Repo, inner: Repo) -> None:
    before = content(filled.path)
    assert before == tree_of(filled)
    inner.change("d.py", "d = 2\n", "fix: d")
    told = content(filled.path)
    assert told != before
    filled.commit("fix: lib")
    assert told == tree_of(filled)


def test_a_submodule_with_changes_has_no_id(filled: Repo, inner: Repo) -> None:
    inner.write("run.log", "x")
    assert content(filled.path) == tree_of(filled)
    inner.write("d.py", "d = 2\n")
    with pytest.raises(RecordError, match="the submodule lib has changes"):
        content(filled.path)


def test_another_repository_inside_is_no_part_of_it(filled: Repo) -> None:
    Repo(filled.path / "other").change("e.py", "e\n", "feat: e")
    assert content(filled.path) == tree_of(filled)


def test_a_damaged_index_is_told(filled: Repo) -> None:
    (filled.path / ".git" / "index").write_bytes(b"DIRC" + b"\xff" * 100)
    with pytest.raises(RecordError, match="cannot tell what content this is"):
        content(filled.path)


@posix
def test_odd_names(filled: Repo) -> None:
    for name in ('new "line"\n.py', " blank .py", "-dash.py", "ü.py"):
        filled.write(name, "x")
    (filled.path / os.fsdecode(b"\xff.py")).write_text("x")
    told = content(filled.path)
    filled.commit("feat: odd")
    assert told == tree_of(filled)
