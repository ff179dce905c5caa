"""The quick look: its "no" is sure, it says so nearly always, and it never stands in the way."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loopwatch.keeping import place
from loopwatch.keeping.priming import prime
from loopwatch.keeping.quick_ground import LEDGER, MEMORY, UNDER_WAY
from loopwatch.keeping.quick_look import LARGEST
from loopwatch.model.options import Options
from loopwatch.sources import fixture
from loopwatch.sources.commit_under_way import REPLAYS
from loopwatch.sources.git_child import GitChild
from loopwatch.store.memory import Memory, MemoryUnusableError
from tests.builders import Repo
from tests.integration.test_properties import Told, built, planted
from tests.keeping.loudness import commits_quietly, inside, looks_quiet, loudness, stage

FIXTURES = Path(__file__).parents[2] / "fixtures"
NAMES = sorted(path.parent.name for path in FIXTURES.glob("*/history.txt"))
LOOP = ("return total(items)", "return total(items) - discount(items)")


def adopted(folder: Path) -> Repo:
    """Return a repository that is there already, to be filled further."""
    return Repo(folder)


# --- its "no" is sure ---


@pytest.mark.parametrize("name", NAMES)
def test_nothing_loud_is_missed_in_a_fixture(name: str, tmp_path: Path) -> None:
    history = fixture.parse((FIXTURES / name / "history.txt").read_text(encoding="utf-8"))
    fixture.build(history, tmp_path / "repo")
    repo = adopted(tmp_path / "repo")
    tip = repo.git("rev-parse", "HEAD")
    for told in list(loudness(repo.path, revision=tip)):
        stage(repo, told.version.id, told.parent)
        if told.is_said:
            assert not looks_quiet(repo.path, told.version, has_message=True)
            repo.git("update-ref", "--no-deref", "HEAD", told.version.id)
            assert not commits_quietly(repo.path)
        if told.is_unsaid:
            stage(repo, told.version.id, told.parent)
            assert not looks_quiet(repo.path, told.version, has_message=False)


def test_fixtures_are_loud_often_enough_to_prove_something(tmp_path: Path) -> None:
    said = unsaid = 0
    for name in ("vibe-coding", "config-war", "bug-line-back", "rollback", "fix-lost"):
        history = fixture.parse((FIXTURES / name / "history.txt").read_text(encoding="utf-8"))
        fixture.build(history, tmp_path / name)
        for told in loudness(tmp_path / name):
            said, unsaid = said + told.is_said, unsaid + told.is_unsaid
    assert said >= 5
    assert unsaid >= 2


PARTS = ["total = first(items)", "total = sum(items)", "total = 0", "log(items)", "check(total)"]


@st.composite
def tangled(draw: st.DrawFn) -> list[Told]:
    """Draw a history of few lines that come and go, so that much returns, in part and whole."""
    told = []
    files = {"a.py": [0], "b.py": [1]}
    for number in range(draw(st.integers(4, 9))):
        path = draw(st.sampled_from(sorted(files)))
        files[path] = draw(st.lists(st.integers(0, 4), max_size=5, unique=True))
        if draw(st.integers(0, 9)) == 0:
            files[draw(st.sampled_from(["c.py", "d.py"]))] = files.pop(path)
        kind = draw(st.sampled_from(["fix", "feat", "fix", "revert", "chore"]))
        texts = {
            path: "\n".join(["def run(items):", *(f"    {PARTS[n]}" for n in lines), ""])
            for path, lines in files.items()
        }
        told.append(Told(f"{kind}: step {number}", texts))
    return told


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(told=st.one_of(tangled(), planted("XYXY"), planted("XYX")))
def test_nothing_loud_is_missed_in_a_drawn_history(
    told: list[Told], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("drawn") / "repo"
    ids = built(told, folder)
    repo = adopted(folder)
    for found in list(loudness(folder, revision=ids[-1])):
        if found.is_said or found.is_unsaid:
            stage(repo, found.version.id, found.parent)
            assert not looks_quiet(folder, found.version, has_message=not found.is_unsaid)
        if found.is_said:
            repo.git("update-ref", "--no-deref", "HEAD", found.version.id)
            assert not commits_quietly(folder)


# --- it says so nearly always, and keeps up with the history ---


def busy(repo: Repo, count: int = 12) -> None:
    """Commit steady work on a file."""
    lines: list[str] = []
    for number in range(count):
        lines.append(f"value_{number} = compute_{number}(source)")
        repo.write("work.py", "\n".join([*lines, ""]))
        repo.commit(f"feat: step {number}")


def staged_step(repo: Repo, text: str, path: str = "work.py") -> None:
    repo.write(path, text)
    repo.git("add", "--all")


def test_steady_work_is_quiet(repo: Repo) -> None:
    busy(repo)
    staged_step(repo, (repo.path / "work.py").read_text() + "another = thing(of, its, own)\n")
    assert looks_quiet(repo.path, has_message=True)
    assert (repo.path / ".git" / MEMORY).is_file()


def swap(repo: Repo, number: int) -> None:
    repo.write("loop.py", f"def run(items):\n    {LOOP[number % 2]}\n")


def test_each_new_commit_is_remembered_until_the_war_is_seen(repo: Repo) -> None:
    busy(repo, 3)
    seen = []
    for number in range(4):
        swap(repo, number)
        repo.git("add", "--all")
        seen.append(looks_quiet(repo.path, has_message=False))
        repo.commit(f"fix: total, {number}")
    assert seen == [True, True, False, False]  # the third is a file as it was


def test_what_a_merge_brings_is_remembered(repo: Repo) -> None:
    swap(repo, 0)
    repo.write("other.py", "start = 1\n")
    repo.commit("feat: begin")
    looks_quiet(repo.path, has_message=True)
    repo.git("checkout", "--quiet", "-b", "side")
    repo.write("loop.py", f"def run(items):\n    {LOOP[1]}\n    send(items)\n")
    repo.commit("fix: discount")
    repo.git("checkout", "--quiet", "main")
    repo.write("other.py", "start = 2\n")
    repo.commit("feat: two")
    repo.git("merge", "--quiet", "--no-ff", "-m", "Merge side", "side")
    staged_step(repo, f"def run(items):\n    {LOOP[0]}\n    send(items)\n", "loop.py")
    assert not looks_quiet(repo.path, has_message=True)


def test_an_amended_commit_leaves_nothing_behind(repo: Repo) -> None:
    busy(repo, 3)
    swap(repo, 0)
    repo.commit("feat: total")
    swap(repo, 1)
    repo.git("add", "--all")
    assert looks_quiet(repo.path, has_message=False)
    repo.commit("fix: discount")
    looks_quiet(repo.path, has_message=False)
    repo.git("commit", "--quiet", "--amend", "-m", "fix: discount, better")
    staged_step(repo, "def run(items):\n    return nothing_like(it)\n", "loop.py")
    assert looks_quiet(repo.path, has_message=False)


def test_another_branch_is_read_as_far_as_it_must_be(repo: Repo) -> None:
    swap(repo, 0)
    repo.commit("feat: total")
    swap(repo, 1)
    repo.commit("fix: discount")
    repo.git("checkout", "--quiet", "-b", "side", "HEAD~1")
    staged_step(repo, "def run(items):\n    return other(items)\n", "loop.py")
    assert looks_quiet(repo.path, has_message=True)
    repo.commit("feat: another way")
    repo.git("checkout", "--quiet", "main")
    swap(repo, 0)
    repo.git("add", "--all")
    assert not looks_quiet(repo.path, has_message=True)


def test_a_renamed_file_keeps_its_memory(repo: Repo) -> None:
    body = "".join(f"value_{n} = {n}\n" for n in range(20))
    for number in (0, 1):
        repo.write("old.py", f"{body}def run(items):\n    {LOOP[number]}\n")
        repo.commit(f"fix: {number}")
    repo.git("mv", "old.py", "new.py")
    repo.commit("refactor: another name")
    staged_step(repo, f"{body}def run(items):\n    {LOOP[0]}\nmore = True\n", "new.py")
    assert not looks_quiet(repo.path, has_message=True)


def test_a_copy_of_a_renamed_file_has_its_memory(repo: Repo) -> None:
    for number in (0, 1):
        swap(repo, number)
        repo.commit(f"fix: {number}")
    repo.git("mv", "loop.py", "one.py")
    repo.write("two.py", (repo.path / "one.py").read_text())
    repo.commit("refactor: two of them")
    for name in ("one.py", "two.py"):
        staged_step(repo, f"def run(items):\n    {LOOP[0]}\n    more(items)\n", name)
        assert not looks_quiet(repo.path, has_message=True)
        repo.git("reset", "--quiet", "--hard")


def test_a_symbol_that_is_laid_out_otherwise_returns(repo: Repo) -> None:
    one = "def run(a, b):\n    x = first(a, b, 1, 2)\n    return x + a\n"
    two = "def run(a, b):\n    x = first(a, b)\n    return second(x)\n"
    again = (
        "def run(\n    a, b\n):\n    x = first(\n        a, b, 1,\n        2)\n    return (\n"
        "        x + a)\n"
    )
    for number, text in enumerate((one, two)):
        repo.write("s.py", text)
        repo.commit(f"fix: {number}")
    staged_step(repo, again.replace("(\n        x + a)", "x + a"), "s.py")
    assert not looks_quiet(repo.path, has_message=True)


def test_a_file_that_breaks_is_left_to_the_parser_of_the_pipeline(repo: Repo) -> None:
    busy(repo, 3)
    text = (repo.path / "work.py").read_text()
    staged_step(repo, f"{text}broken = call(\n")
    assert not looks_quiet(repo.path, has_message=False)
    staged_step(repo, f"{text}mended = call()\n# a lone ( is no harm\n")
    assert looks_quiet(repo.path, has_message=False)


def test_a_file_by_its_name_never_loud_is_passed_over(repo: Repo) -> None:
    for number in range(3):
        repo.write("CHANGELOG.md", f"one {number % 2}\n")
        repo.commit(f"docs: {number}")
    staged_step(repo, "one 1\n", "CHANGELOG.md")
    assert looks_quiet(repo.path, has_message=True)


# --- the newest commit ---


def test_steady_commits_are_quiet_and_remembered(repo: Repo) -> None:
    busy(repo, 4)
    assert commits_quietly(repo.path)
    assert remembered(repo) == 4
    repo.write("work.py", "another = thing(of, its, own)\n")
    repo.commit("feat: another")
    assert commits_quietly(repo.path)
    assert remembered(repo) == 5


def remembered(repo: Repo) -> int:
    with sqlite3.connect(repo.path / ".git" / MEMORY) as database:
        return int(database.execute("SELECT count(*) FROM versions").fetchone()[0])


def test_a_commit_is_no_memory_of_itself(repo: Repo) -> None:
    swap(repo, 0)
    repo.commit("feat: total")
    repo.write("loop.py", f"def run(items):\n    {LOOP[1]}\n\n\nmore = True\n")
    repo.commit("fix: discount")
    repo.clock += 40 * 24 * 3600
    repo.write("loop.py", f"def run(items):\n    {LOOP[0]}\n\n\nmore = True\n")
    repo.commit("fix: total")
    assert commits_quietly(repo.path)  # what it undoes is long ago, but it is not itself


def test_a_commit_that_closes_a_loop_is_for_the_pipeline(repo: Repo) -> None:
    seen = []
    for number in range(3):
        swap(repo, number)
        repo.commit(f"fix: total, {number}")
        if number:
            seen.append(commits_quietly(repo.path))
    assert seen == [True, False]
    assert remembered(repo) == 3  # the next look has nothing to catch up with
    repo.write("other.py", "quite = another(thing)\n")
    repo.commit("feat: another")
    assert commits_quietly(repo.path)


def test_a_commit_that_is_amended_is_compared_with_its_parent(repo: Repo) -> None:
    swap(repo, 0)
    repo.commit("feat: total")
    swap(repo, 1)
    repo.commit("fix: discount")
    assert commits_quietly(repo.path)
    swap(repo, 0)
    repo.write("other.py", "quite = another(thing)\n")
    repo.git("add", "--all")
    repo.git("commit", "--quiet", "--amend", "-m", "fix: total, better")
    assert commits_quietly(repo.path)  # the amended commit is none of its past


@pytest.mark.parametrize("is_merge", [True, False])
def test_merges_and_first_commits_are_for_the_pipeline_and_remembered(
    repo: Repo, is_merge: bool
) -> None:
    repo.write("a.py", "a = 1\n")
    repo.commit("feat: begin")
    if is_merge:
        repo.git("checkout", "--quiet", "-b", "side")
        repo.write("b.py", "b = 1\n")
        repo.commit("feat: b")
        repo.git("checkout", "--quiet", "main")
        repo.write("c.py", "c = 1\n")
        repo.commit("feat: c")
        repo.git("merge", "--quiet", "--no-ff", "-m", "Merge side", "side")
    assert not commits_quietly(repo.path)
    assert remembered(repo) == (4 if is_merge else 1)


def test_evidence_about_the_newest_commit_is_for_the_pipeline(repo: Repo) -> None:
    busy(repo, 3)
    assert commits_quietly(repo.path)
    report = '<testsuite><testcase classname="tests.test_a" name="test_a"/></testsuite>'
    (repo.path.parent / "junit.xml").write_text(report)
    asked = ("record", "--version", "HEAD~1", "--junit", str(repo.path.parent / "junit.xml"))
    subprocess.run([sys.executable, "-m", "loopwatch", *asked], cwd=repo.path, check=True)
    assert commits_quietly(repo.path)  # it is about another tree
    asked = ("record", "--version", "HEAD", *asked[3:])
    subprocess.run([sys.executable, "-m", "loopwatch", *asked], cwd=repo.path, check=True)
    assert not commits_quietly(repo.path)


def test_a_commit_that_renames_a_file_takes_its_memory_along(repo: Repo) -> None:
    body = "".join(f"value_{n} = {n}\n" for n in range(20))
    for number in (0, 1):
        repo.write("old.py", f"{body}def run(items):\n    {LOOP[number]}\n")
        repo.commit(f"fix: {number}")
    repo.git("mv", "old.py", "new.py")
    repo.write("new.py", f"{body}def run(items):\n    {LOOP[0]}\nmore = True\n")
    repo.commit("fix: 2")
    assert not commits_quietly(repo.path)


# --- git is asked early for a commit that is not remembered yet ---


def test_a_new_commit_is_asked_for_with_all_else(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy(repo, 3)
    staged_step(repo, "new = words(only)\n", "fresh.py")
    assert looks_quiet(repo.path, has_message=True)
    assert early(repo, monkeypatch) == ([], True)
    repo.commit("feat: fresh")
    staged_step(repo, "newer = words(only)\n", "fresher.py")
    assert early(repo, monkeypatch) == (["HEAD"], True)
    assert early(repo, monkeypatch) == ([], True)
    assert remembered(repo) == 4


def early(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], bool]:
    """Return which commits are asked for one by one, and whether a look is quiet."""
    asked: list[str] = []

    def note(id_: str) -> str:
        asked.append(id_)
        return id_

    with asking(monkeypatch, note):
        return asked, looks_quiet(repo.path, has_message=True)


@contextmanager
def asking(monkeypatch: pytest.MonkeyPatch, instead: Callable[[str], str]) -> Iterator[None]:
    """Have git asked for another commit wherever it is asked for a single one."""
    start = GitChild.__init__

    def begin(self: GitChild, arguments: Sequence[str], **rest: Any) -> None:
        if "--no-walk" in arguments:
            arguments = *arguments[:-2], instead(arguments[-2]), "--"
        start(self, arguments, **rest)

    with monkeypatch.context() as patch:
        patch.setattr(GitChild, "__init__", begin)
        yield


def test_a_head_that_moves_meanwhile_is_asked_for_again(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy(repo, 3)
    staged_step(repo, "new = words(only)\n", "fresh.py")
    assert looks_quiet(repo.path, has_message=True)
    repo.commit("feat: fresh")
    staged_step(repo, "newer = words(only)\n", "fresher.py")
    with asking(monkeypatch, lambda id_: "HEAD~1" if id_ == "HEAD" else id_):
        assert looks_quiet(repo.path, has_message=True)
        assert remembered(repo) == 4
        assert not commits_quietly(repo.path)


# --- what it leaves to the pipeline ---


@pytest.mark.parametrize("name", ["MERGE_HEAD", "REVERT_HEAD", "CHERRY_PICK_HEAD", "rebase-merge"])
def test_an_operation_under_way_is_not_its_business(repo: Repo, name: str) -> None:
    busy(repo, 2)
    staged_step(repo, "new = words(only)\n", "fresh.py")
    assert looks_quiet(repo.path, has_message=False)
    (repo.path / ".git" / name).write_text("")
    assert not looks_quiet(repo.path, has_message=False)


def test_an_amend_is_not_its_business(repo: Repo) -> None:
    busy(repo, 2)
    when = repo.git("log", "-1", "--format=%at")
    staged_step(repo, "new = words(only)\n", "fresh.py")
    with inside(repo.path, GIT_AUTHOR_DATE=f"@{when} +0000"):
        assert not looks_quiet(repo.path, has_message=False)
    with inside(repo.path, GIT_AUTHOR_DATE=f"@{int(when) + 1} +0000"):
        assert looks_quiet(repo.path, has_message=False)


def test_another_commit_of_the_same_second_is_no_amend(repo: Repo) -> None:
    busy(repo, 2)
    when = int(repo.git("log", "-1", "--format=%at"))
    staged_step(repo, "new = words(only)\n", "fresh.py")
    index = repo.path / ".git" / "index"
    for modified, is_quiet in ((when + 1, False), (when, True)):
        os.utime(index, (modified, modified))
        with inside(repo.path, GIT_AUTHOR_DATE=f"@{when} +0000"):
            assert looks_quiet(repo.path, has_message=False) is is_quiet
    os.utime(index, (when + 1, when + 1))
    dates = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), f"@{when} +0000")
    with inside(repo.path, **dates):  # both are made up
        assert looks_quiet(repo.path, has_message=False)
    repo.git("reset", "--quiet", "--hard")
    os.utime(index, (when, when))
    with inside(repo.path, GIT_AUTHOR_DATE=f"@{when} +0000"):  # there is nothing but its message
        assert not looks_quiet(repo.path, has_message=False)


def test_a_folder_inside_is_not_its_business(repo: Repo) -> None:
    busy(repo, 2)
    staged_step(repo, "new = words(only)\n", "inner/fresh.py")
    assert not looks_quiet(repo.path / "inner", has_message=False)


@pytest.mark.parametrize(
    "text", ['fail-on = "note"\n', 'format = "json"\n', "verbose = true\n", "max-count = 0\n"]
)
def test_settings_that_it_does_not_know_of(repo: Repo, text: str) -> None:
    busy(repo, 2)
    staged_step(repo, "new = words(only)\n", "fresh.py")
    repo.write("loopwatch.toml", "window-hours = 24\n")
    assert looks_quiet(repo.path, has_message=False)
    repo.write("loopwatch.toml", text)
    assert not looks_quiet(repo.path, has_message=False)


def test_a_wider_window_is_heeded(repo: Repo) -> None:
    swap(repo, 0)
    repo.commit("feat: total")
    repo.write("loop.py", f"def run(items):\n    {LOOP[1]}\n    send(items)\n")
    repo.commit("fix: discount")
    repo.clock += 40 * 24 * 3600
    repo.write("far.py", "far = away\n")
    repo.commit("feat: later")
    staged_step(repo, f"def run(items):\n    {LOOP[0]}\n    send(items)\n", "loop.py")
    assert looks_quiet(repo.path, has_message=True)
    repo.write("loopwatch.toml", "window-hours = 1200\n")
    assert not looks_quiet(repo.path, has_message=True)


def test_evidence_about_what_is_staged_is_for_the_pipeline(repo: Repo) -> None:
    busy(repo, 2)
    staged_step(repo, "new = words(only)\n", "fresh.py")
    assert looks_quiet(repo.path, has_message=False)
    report = '<testsuite><testcase classname="tests.test_a" name="test_a"/></testsuite>'
    (repo.path.parent / "junit.xml").write_text(report)
    subprocess.run(
        [
            sys.executable,
            "-m",
            "loopwatch",
            "record",
            "--junit",
            str(repo.path.parent / "junit.xml"),
        ],
        cwd=repo.path,
        check=True,
        capture_output=True,
    )
    assert not looks_quiet(repo.path, has_message=False)
    staged_step(repo, "other = words(than, those)\n", "fresh.py")
    assert looks_quiet(repo.path, has_message=False)
    assert not list((repo.path / ".git" / "loopwatch").glob("staged-*"))
    repo.git("rm", "--quiet", "--cached", "work.py")
    assert not looks_quiet(repo.path, has_message=False)


def test_the_index_of_the_commit_under_way_is_the_one_that_counts(repo: Repo) -> None:
    swap(repo, 0)
    repo.commit("feat: total")
    swap(repo, 1)
    repo.commit("fix: discount")
    staged_step(repo, "new = words(only)\n", "fresh.py")
    other = repo.path / ".git" / "next-index-1.lock"
    other.write_bytes((repo.path / ".git" / "index").read_bytes())
    with inside(repo.path, GIT_INDEX_FILE=".git/next-index-1.lock"):
        assert looks_quiet(repo.path, has_message=True)
        swap(repo, 0)
        subprocess.run(["git", "add", "loop.py"], cwd=repo.path, check=True)
        assert not looks_quiet(repo.path, has_message=True)
    assert looks_quiet(repo.path, has_message=True)


# --- a cache, and no more ---


@pytest.mark.parametrize(
    "content", [b"no database at all" * 100, b"", b"SQLite format 3\0" + b"x" * 4000]
)
def test_a_damaged_memory_is_begun_anew(repo: Repo, content: bytes) -> None:
    busy(repo, 3)
    file = repo.path / ".git" / MEMORY
    file.parent.mkdir()
    file.write_bytes(content)
    staged_step(repo, "new = words(only)\n", "fresh.py")
    assert looks_quiet(repo.path, has_message=True)
    with sqlite3.connect(file) as database:
        assert database.execute("SELECT count(*) FROM versions").fetchone() == (3,)


def test_a_memory_of_somebody_else_is_put_aside(repo: Repo) -> None:
    busy(repo, 3)
    file = repo.path / ".git" / MEMORY
    file.parent.mkdir()
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE precious (thing TEXT)")
    staged_step(repo, "new = words(only)\n", "fresh.py")
    assert looks_quiet(repo.path, has_message=True)
    with sqlite3.connect(f"{file}.old") as database:
        assert database.execute("SELECT count(*) FROM precious").fetchone() == (0,)


def test_a_memory_that_another_one_writes_is_left_alone(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy(repo, 3)
    staged_step(repo, "new = words(only)\n", "fresh.py")
    looks_quiet(repo.path, has_message=True)
    repo.commit("feat: fresh")
    staged_step(repo, "newer = words(only)\n", "fresher.py")
    monkeypatch.setattr("loopwatch.store.memory.PATIENCE", 0.1)
    with sqlite3.connect(repo.path / ".git" / MEMORY, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(MemoryUnusableError):
            looks_quiet(repo.path, has_message=True)
        other.execute("ROLLBACK")
    assert looks_quiet(repo.path, has_message=True)


def test_a_memory_that_cannot_be_made_is_no_memory(tmp_path: Path) -> None:
    (tmp_path / "memory").mkdir()
    with pytest.raises(MemoryUnusableError):
        Memory.open(str(tmp_path / "memory"))


def test_what_it_knows_of_its_surroundings_is_what_they_know() -> None:
    """Its own copies load fast; here they are held to what they are copies of."""
    assert Options().largest_file == LARGEST
    assert set(REPLAYS) < set(UNDER_WAY)
    assert place.LEDGER.as_posix() == LEDGER


def test_the_memory_can_be_filled_before_the_first_commit(repo: Repo) -> None:
    busy(repo, 3)
    repo.write("inner/a.py", "a = 1\n")
    assert prime(str(repo.path / "inner"))
    with sqlite3.connect(repo.path / ".git" / MEMORY) as database:
        assert database.execute("SELECT count(*) FROM versions").fetchone() == (3,)


def test_where_there_is_nothing_to_remember_it_says_so(tmp_path: Path) -> None:
    assert not prime(str(tmp_path))
    assert not prime(str(Repo(tmp_path / "unborn").path))
