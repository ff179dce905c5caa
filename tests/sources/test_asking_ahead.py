"""What git is asked before the answer is wanted: answers are the same, in whatever order."""

import zlib
from collections.abc import Iterator
from contextlib import closing
from random import Random

import pytest

from loopwatch import app
from loopwatch.model.options import Options
from loopwatch.model.unit import Granularity
from loopwatch.sources import git_blobs, git_renames
from loopwatch.sources.git_blobs import DAMAGED, MISSING, Blobs
from loopwatch.sources.git_headers import Headers
from loopwatch.sources.git_process import Git
from loopwatch.sources.git_renames import Renames
from loopwatch.sources.repository import find_repository
from loopwatch.sources.scan_range import AHEAD, ScanRange, open_range
from tests.builders import Repo
from tests.sources.looking import body

NOTHING = "0" * 40
FILES = Options(units=frozenset({Granularity.FILE}))


@pytest.fixture(name="ids")
def _ids(repo: Repo) -> list[str]:
    """Return the ids of ten blobs that hold their own numbers."""
    for number in range(10):
        repo.write(f"{number}.txt", f"{number}\n")
    repo.commit("feat: ten")
    return [repo.git("rev-parse", f"HEAD:{number}.txt").strip() for number in range(10)]


@pytest.fixture(name="blobs")
def _blobs(repo: Repo) -> Iterator[Blobs]:
    with Blobs(Git(repo.path), 1000) as blobs:
        yield blobs


@pytest.mark.parametrize("most", [2, 100])
@pytest.mark.parametrize("together", [1, 3, 100])
def test_contents_are_the_same_whatever_was_expected(
    ids: list[str], blobs: Blobs, most: int, together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_blobs, "MOST_ASKED", most)
    monkeypatch.setattr(git_blobs, "TOGETHER", together)
    for start in range(0, 10, 2):
        blobs.expect([*ids[start : start + 2], NOTHING, ids[start]])
    told = [blobs.read(id_) for id_ in (ids[7], *ids, NOTHING)]
    assert told == [b"7\n", *(f"{number}\n".encode() for number in range(10)), MISSING]


@pytest.mark.parametrize("together", [1, 3, 100])
def test_a_damaged_blob_takes_no_other_answer_with_it(
    repo: Repo, ids: list[str], blobs: Blobs, together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_blobs, "TOGETHER", together)
    damaged = repo.path / ".git" / "objects" / ids[1][:2] / ids[1][2:]
    damaged.chmod(0o644)
    whole = zlib.compress(b"blob 900\0" + Random(1).randbytes(900))  # noqa: S311  no secret
    damaged.write_bytes(whole[:300])
    blobs.expect(ids[:4])
    told = [blobs.read(id_) for id_ in ids[:4]]
    assert told == [b"0\n", DAMAGED, b"2\n", b"3\n"]


@pytest.fixture(name="moves")
def _moves(repo: Repo) -> list[str]:
    """Return commits of which each renames the file a little changed, after their parent."""
    commits = []
    for number in range(6):
        if number:
            repo.remove(f"{number - 1}.py")
        repo.write(f"{number}.py", "".join(body(str(n)) for n in range(9)) + f"x = {number}\n")
        commits.append(repo.commit(f"refactor: {number}"))
    return commits


@pytest.mark.parametrize("most", [0, 2, 100])
def test_renames_are_the_same_whatever_was_expected(
    repo: Repo, moves: list[str], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_renames, "MOST_ASKED", most)
    questions = [(moves[n + 1], moves[n]) for n in range(5)]
    expected = [((f"{n}.py".encode(), f"{n + 1}.py".encode()),) for n in range(5)]
    with closing(Renames(Git(repo.path))) as renames:
        for question in questions:
            renames.expect(*question)
        assert [renames.of(*question) for question in questions[::-1]] == expected[::-1]


def test_a_missing_commit_takes_no_other_answer_with_it(repo: Repo, moves: list[str]) -> None:
    questions = [(moves[1], moves[0]), (moves[1], NOTHING), (moves[2], moves[1])]
    with closing(Renames(Git(repo.path))) as renames:
        for question in questions:
            renames.expect(*question)
        told = [renames.of(*question) for question in questions]
    assert told == [((b"0.py", b"1.py"),), (), ((b"1.py", b"2.py"),)]


@pytest.mark.parametrize(("ahead", "most"), [(0, 99), (1, 99), (AHEAD, 99), (AHEAD, 1)])
def test_a_history_that_is_read_ahead_is_the_same(
    repo: Repo, moves: list[str], ahead: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loopwatch.sources.scan_range.AHEAD", ahead)
    monkeypatch.setattr("loopwatch.sources.git_history.MOST_AHEAD", most)
    with open_range(find_repository(repo.path), ScanRange(revision="HEAD"), FILES) as opened:
        history, _, _ = opened.read()
        renames = [len(history.renames(n, c)) for n, c in enumerate(history.changes())]
    assert renames == [0, 1, 1, 1, 1, 1]
    assert len(moves) == len(renames)


def test_little_is_read_ahead_where_much_is_changed(
    repo: Repo, moves: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[bytes] = []
    monkeypatch.setattr(Headers, "add", lambda _, header: read.append(header))
    monkeypatch.setattr("loopwatch.sources.git_history.MOST_AHEAD", 3)
    with open_range(find_repository(repo.path), ScanRange(revision="HEAD"), FILES) as opened:
        history, _, _ = opened.read()
        next(history.changes())
    assert len(read) == 3 < len(moves)  # one change, then two, which is as many as may wait; two


def test_only_what_is_judged_is_looked_into(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):  # each file comes and goes, which is no return
        repo.change(f"{number}.py", body(str(number)), "feat: come")
        repo.remove(f"{number}.py")
        repo.commit("feat: go")
    asked: list[str] = []
    monkeypatch.setattr(Blobs, "expect", lambda _, ids: asked.extend(ids))
    request = app.ScanRequest(folder=repo.path, options=FILES)
    assert (app.scan(request).findings, asked) == ((), [])
    for text in "xyx":
        repo.change("war.py", body(text), "feat: war")
    app.scan(request)
    assert asked == [repo.git("rev-parse", f"HEAD{at}:war.py").strip() for at in ("~1", "")]
