"""Accepting findings in real repositories: merges, two at once, reasons that mean harm."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from loopwatch.errors import ConfigError, OutputError, SourceError, UnknownFindingError
from loopwatch.keeping import accepting
from loopwatch.keeping.accepting import (
    LONGEST,
    accept,
    check_day,
    clean_reason,
    forget,
    listed_in,
    the_one,
)
from loopwatch.model.finding import Finding
from loopwatch.sources.ignore_file import HEADER, NAME
from loopwatch.sources.repository import find_repository
from loopwatch.store.file_lock import FileLock
from tests.builders import Repo
from tests.reports.samples import LOOP

IDS = tuple(f"{digit}{'0' * 11}" for digit in "0123456789abcdef")
MERGE_UNION = f"{NAME} merge=union\n"


def finding(id_: str, path: str = "src/dur.py") -> Finding:
    return replace(LOOP, id=id_, path=path)


def add(repo: Repo, *ids: str, reason: str = "known") -> None:
    accept(find_repository(repo.path), map(finding, ids), reason)


def ids_in(repo: Repo) -> list[str]:
    return [one.id for one in listed_in(find_repository(repo.path))]


def text_of(repo: Repo) -> str:
    return (repo.path / NAME).read_bytes().decode("utf-8")


def two_branches(repo: Repo, ours: str, theirs: str) -> None:
    """Let two branches accept one finding each, and stand on the first of them."""
    repo.branch("theirs")
    add(repo, theirs)
    repo.commit("chore: accept theirs")
    repo.checkout("main")
    add(repo, ours)
    repo.commit("chore: accept ours")


@pytest.fixture
def started(repo: Repo) -> Repo:
    """Give a repository in which some findings are accepted."""
    add(repo, *IDS[::4])
    repo.commit("chore: accept some")
    return repo


def test_entries_say_what_they_are_about(repo: Repo) -> None:
    repository = find_repository(repo.path)
    entries = accept(repository, [finding(IDS[1])], "  we  know\n", until="2026-12-31")
    line = f"{IDS[1]} until 2026-12-31: we know  # oscillation in src/dur.py::parse_duration"
    assert text_of(repo).splitlines() == [*HEADER, "", line]
    assert [(one.id, one.reason, one.until, one.where) for one in entries] == [
        (IDS[1], "we know", "2026-12-31", f"{NAME}:5")
    ]


def test_the_same_finding_again_replaces_its_entry(repo: Repo) -> None:
    add(repo, IDS[1], IDS[2])
    add(repo, IDS[1], reason="known better")
    assert [one.reason for one in listed_in(find_repository(repo.path))] == [
        "known better",
        "known",
    ]


@pytest.mark.parametrize("ours", [IDS[1], IDS[5], IDS[13]])
def test_branches_that_add_in_different_places_merge(started: Repo, ours: str) -> None:
    two_branches(started, ours, IDS[9])
    started.merge("theirs")
    assert ids_in(started) == sorted([*IDS[::4], ours, IDS[9]])


def test_branches_that_add_in_the_same_place_conflict_in_a_way_that_is_told(
    started: Repo,
) -> None:
    two_branches(started, IDS[5], IDS[6])
    with pytest.raises(AssertionError, match="CONFLICT"):
        started.git("merge", "--quiet", "--no-edit", "theirs")
    with pytest.raises(ConfigError, match=rf"{NAME}:\d+ is the mark of a merge conflict") as caught:
        ids_in(started)
    assert "keep the lines of both sides" in caught.value.hint
    with pytest.raises(ConfigError):
        add(started, IDS[7])
    assert "<<<<<<<" in text_of(started)
    # What the hint says is all there is to do.
    lines = text_of(started).splitlines(keepends=True)
    kept = "".join(line for line in lines if line[:7] not in {"<<<<<<<", "=======", ">>>>>>>"})
    started.write(NAME, kept)
    assert ids_in(started) == sorted([*IDS[::4], IDS[5], IDS[6]])


def test_with_the_attribute_of_the_header_everything_merges(repo: Repo) -> None:
    """Both branches even begin the file."""
    repo.change(".gitattributes", MERGE_UNION, "chore: attributes")
    two_branches(repo, IDS[5], IDS[6])
    repo.merge("theirs")
    assert sorted(ids_in(repo)) == [IDS[5], IDS[6]]
    assert f"#   {MERGE_UNION}".strip() in HEADER


def test_both_branches_accept_the_same_finding(repo: Repo) -> None:
    repo.change(".gitattributes", MERGE_UNION, "chore: attributes")
    two_branches(repo, IDS[5], IDS[5])
    add(repo, IDS[5], reason="known to us")
    repo.commit("chore: say more")
    repo.merge("theirs")
    assert ids_in(repo) == [IDS[5], IDS[5]]
    add(repo, IDS[5], reason="known")
    assert ids_in(repo) == [IDS[5]]


WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from loopwatch.keeping.accepting import accept
from loopwatch.sources.repository import find_repository
from tests.reports.samples import LOOP

repository = find_repository(Path(sys.argv[1]))
for id_ in sys.argv[2:]:
    accept(repository, [replace(LOOP, id=id_)], "known")
"""


def test_writers_at_the_same_time_lose_nothing(repo: Repo) -> None:
    ids = [f"{number:012x}" for number in range(40)]
    root = Path(__file__).parents[2]
    running = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(repo.path), *ids[part::4]], cwd=root)
        for part in range(4)
    ]
    assert [process.wait() for process in running] == [0, 0, 0, 0]
    assert ids_in(repo) == ids
    assert repo.git("status", "--porcelain") == f"?? {NAME}"


def test_another_writer_that_does_not_end(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accepting, "PATIENCE", 0)
    add(repo, IDS[1])
    lock = FileLock(repo.path / ".git" / "loopwatch" / accepting.LOCK)
    assert lock.take(0)
    try:
        with pytest.raises(OutputError, match="another loopwatch is writing"):
            add(repo, IDS[2])
    finally:
        lock.release()
    add(repo, IDS[2])
    assert ids_in(repo) == [IDS[1], IDS[2]]


def test_a_linked_working_tree_has_its_own_file(repo: Repo, tmp_path: Path) -> None:
    repo.commit("chore: begin")
    repo.git("worktree", "add", "--quiet", str(tmp_path / "other"))
    accept(find_repository(tmp_path / "other"), [finding(IDS[3])], "known")
    assert not (repo.path / NAME).exists()
    assert (tmp_path / "other" / NAME).exists()


def test_the_file_lies_at_the_root(repo: Repo) -> None:
    repo.write("a/b/c.py", "")
    accept(find_repository(repo.path / "a" / "b"), [finding(IDS[3])], "known")
    assert ids_in(repo) == [IDS[3]]


def test_a_bare_repository_has_no_place_for_it(repo: Repo, tmp_path: Path) -> None:
    repo.commit("chore: begin")
    repo.git("clone", "--quiet", "--bare", str(repo.path), str(tmp_path / "bare"))
    bare = find_repository(tmp_path / "bare")
    assert listed_in(bare) == ()
    with pytest.raises(SourceError, match="no working tree") as caught:
        accepting.see_to_working_tree(bare)
    assert "Loopwatch-Ignore: ID reason" in caught.value.hint


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("a\nb\r\n\tc\x0bd\u2028e", "a b c d e"),
        (f"x\n{IDS[2]}: injected", f"x {IDS[2]}: injected"),
        ("\x1b[31mred\x07", r"\x1b[31mred\x07"),
        ("\u202eback", r"\u202eback"),
        ("a  # b", "a # b"),
        ("<<<<<<< HEAD", "<<<<<<< HEAD"),
        ("# not a comment", "# not a comment"),
        ("until 2020-01-01 it was", "until 2020-01-01 it was"),
        ("odd \udcff byte", r"odd \xff byte"),
        ("é 漢", "é 漢"),
    ],
)
def test_reasons_that_mean_harm(repo: Repo, reason: str, expected: str) -> None:
    repository = find_repository(repo.path)
    (entry,) = accept(repository, [finding(IDS[1], "a\nb  # c\x1b.py")], reason)
    assert (entry.reason, entry.until) == (expected, "")
    assert len(text_of(repo).splitlines()) == len(HEADER) + 2
    assert ids_in(repo) == [IDS[1]]


@pytest.mark.parametrize("reason", ["", " \n\t", "\u2028"])
def test_a_reason_is_needed(reason: str) -> None:
    with pytest.raises(OutputError, match="the reason is empty"):
        clean_reason(reason)


def test_a_reason_is_no_essay() -> None:
    assert clean_reason("x" * LONGEST) == "x" * LONGEST
    with pytest.raises(OutputError, match="longer than"):
        clean_reason("x" * (LONGEST + 1))


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("2026-05-31", "has passed: the newest commit is of 2026-06-01"),
        ("31.12.2026", "is no day"),
        ("2026-02-30", "is no day"),
        ("", "is no day"),
        ("2026-12-31\x1b", r"2026-12-31\\x1b is no day"),
    ],
)
def test_days_that_cannot_be(until: str, expected: str) -> None:
    with pytest.raises(OutputError, match=expected):
        check_day(until, "2026-06-01")
    check_day("2026-06-01", "2026-06-01")


def test_the_one_that_is_meant() -> None:
    ids = ["7c1e9a0b4d21", "7c1effffffff", "0123456789ab"]
    assert the_one("01", ids, "no") == "0123456789ab"
    assert the_one("7C1E9", ids, "no") == "7c1e9a0b4d21"
    with pytest.raises(UnknownFindingError, match="7c1e could be any of 7c1e9a0b4d21, 7c1effff"):
        the_one("7c1e", ids, "no")
    with pytest.raises(UnknownFindingError, match=r"^no \(did you mean 7c1e9a0b4d21\?\)$"):
        the_one("7c1e9a0b4d22", ids, "no")
    with pytest.raises(UnknownFindingError, match="^no$"):
        the_one("7c1e", [], "no")


def test_entries_are_forgotten_by_a_beginning(started: Repo) -> None:
    repository = find_repository(started.path)
    assert forget(repository, "4").id == IDS[4]
    assert ids_in(started) == [IDS[0], IDS[8], IDS[12]]
    with pytest.raises(UnknownFindingError, match=f"no entry of {NAME} goes by 4"):
        forget(repository, "4")


@pytest.fixture(autouse=True)
def _no_stray_files(repo: Repo) -> Iterator[None]:
    yield
    assert not list(repo.path.glob("*.tmp"))
