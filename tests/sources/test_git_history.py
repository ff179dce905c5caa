"""Which versions are read, in which order, and what changed in each."""

import pytest

from loopwatch.errors import RangeError
from loopwatch.model.finding import Level
from loopwatch.sources.git_log import parse_log
from tests.builders import PACE, START, Repo
from tests.sources.looking import Scan, X, Y, body, loud, paths_at, runner, scan, war

ERROR, WARNING = Level.ERROR, Level.WARNING
ZERO, ONE, TWO = b"0" * 40, b"1" * 40, b"2" * 40


@pytest.fixture(name="run")
def _run(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Scan:
    return runner(monkeypatch, capfdbinary)


# what git prints


def raw(status: bytes, old: bytes, new: bytes, modes: bytes = b"100644 100644") -> bytes:
    return b":%s %s %s %s" % (modes, old, new, status)


def test_a_log_is_commits_with_changes() -> None:
    told = [
        b"\x02one\x03", raw(b"A", ZERO, ONE, b"000000 100644"), b"a.py",
        raw(b"M", ONE, TWO), b"\x02\x03.py",
        b"\x02two\x03",
        b"\x02\x03", raw(b"D", TWO, ZERO, b"100644 000000"), b"a.py",
    ]  # fmt: skip
    one, two = bytes.fromhex(ONE.decode()), bytes.fromhex(TWO.decode())
    expected = [
        (b"one", [(b"a.py", None, one), (b"\x02\x03.py", one, two)]),
        (b"two", []),
        (b"", [(b"a.py", two, None)]),
    ]
    for size in (1, 2, len(told)):  # however the output is cut
        runs = [told[at : at + size] for at in range(0, len(told), size)]
        assert list(parse_log(runs, {})) == expected


def test_modes_are_no_changes_and_submodules_are_counted() -> None:
    submodules: dict[bytes, int] = {}
    told = [
        b"\x02one\x03", raw(b"M", ONE, ONE, b"100644 100755"), b"a",
        raw(b"M", ONE, TWO, b"160000 160000"), b"lib",
        raw(b"T", ONE, TWO, b"100644 160000"), b"lib",
    ]  # fmt: skip
    pointed = (b"lib", bytes.fromhex(ONE.decode()), bytes.fromhex(TWO.decode()))
    assert list(parse_log([told], submodules)) == [(b"one", [pointed, pointed])]
    assert submodules == {b"lib": 2}


def test_no_log_is_no_commits() -> None:
    assert list(parse_log([], {})) == []


# what a range is


def test_a_revision_and_a_count(repo: Repo) -> None:
    war(repo, states=[X, Y, X, Y, X, Y])
    assert scan(repo.path, "HEAD").findings[0].rounds == 3
    assert scan(repo.path, "HEAD~2").findings[0].rounds == 2
    counted = scan(repo.path, "main", max_count=3)
    assert (counted.findings[0].rounds, counted.summary.edits) == (2, 3)
    assert scan(repo.path, "main", max_count=0).summary.edits == 6
    assert scan(repo.path, "main", max_count=1).findings == ()


def test_a_range_begins_with_its_first_version(repo: Repo) -> None:
    war(repo, states=[X, Y, X, Y, X, Y])
    report = scan(repo.path, "HEAD~3..HEAD~1")
    assert (report.summary.versions, report.summary.edits) == (3, 2)
    assert [f.states[0].versions[0] for f in report.findings] == [repo.head("HEAD~3")]
    assert report.trajectories[0].start == repo.head("HEAD~3")
    assert report.trajectories[0].end == repo.head("HEAD~1")
    assert scan(repo.path, "HEAD..HEAD").summary.edits == 0
    assert scan(repo.path, "HEAD~3..").summary.edits == 3


def test_a_range_of_a_side_branch(repo: Repo) -> None:
    war(repo, states=[X])
    repo.branch("side")
    war(repo, states=[Y, X, Y])
    repo.checkout("main")
    repo.change("b.py", body("1"), "feat: b")
    report = scan(repo.path, "main..side")
    assert (report.summary.edits, paths_at(report, ERROR)) == (3, ["a.py"])
    repo.merge("side")
    merged = scan(repo.path)
    assert [(f.id, f.closed_at) for f in merged.findings] == [
        (f.id, f.closed_at) for f in report.findings
    ]
    assert merged.findings[0].trajectory.startswith("side of ")


def test_since(repo: Repo) -> None:
    war(repo, states=[X, Y, X, Y])
    report = scan(repo.path, since=f"@{START + 2 * PACE - 1} +0000")
    assert report.summary.edits == 2
    [finding] = loud(report)  # Y X Y, of which the first is before
    assert (finding.level, finding.rounds) == (WARNING, 1)
    later = scan(repo.path, since="2033-01-01")
    assert (later.findings, later.summary.edits) == ((), 0)


@pytest.mark.parametrize(
    "revision", ["nothing", "HEAD~99", "nothing..HEAD", "HEAD..nothing", "--all"]
)
def test_a_revision_that_is_none(repo: Repo, revision: str) -> None:
    war(repo, states=[X])
    with pytest.raises(RangeError):
        scan(repo.path, revision)


@pytest.mark.parametrize("name", ["-x", "a.py", "\N{GRINNING FACE}"])
def test_odd_branch_names(repo: Repo, name: str) -> None:
    war(repo)
    repo.git("update-ref", f"refs/heads/{name}", "HEAD")
    assert paths_at(scan(repo.path, f"refs/heads/{name}"), ERROR) == ["a.py"]


# where one stands, and which files


def test_a_subfolder_is_a_place_to_stand(repo: Repo) -> None:
    war(repo, "src/a.py")
    assert scan(repo.path / "src").findings == scan(repo.path).findings
    assert paths_at(scan(repo.path / "src"), ERROR) == ["src/a.py"]


def test_paths_are_those_of_the_folder_one_stands_in(repo: Repo, run: Scan) -> None:
    war(repo, "src/a.py")
    for place, path in (("src", "a.py"), ("src", "."), (".", "src"), (".", "src/a.py")):
        said = run(repo.path / place, "--", path)
        assert [f["path"] for f in said.report["findings"]] == ["src/a.py"], (place, path)


def test_paths_limit_what_is_read(repo: Repo) -> None:
    war(repo)
    war(repo, "b.py", ["first(items)", "last(items)"] * 2)
    repo.branch("side", "HEAD~3")
    war(repo, "c.py", ["one(items)", "two(items)"] * 2)
    repo.checkout("main")
    repo.merge("side")
    for path, edits in (("a.py", 4), ("b.py", 4), ("c.py", 5)):  # the merge brings c.py in
        report = scan(repo.path, None, path)
        assert paths_at(report, ERROR) == [path]
        assert report.summary.edits == edits
    assert paths_at(scan(repo.path, None, "a.py", "c.py"), ERROR) == ["a.py", "c.py"]
    assert paths_at(scan(repo.path, "HEAD", ":(exclude)a.py"), ERROR) == ["b.py", "c.py"]
    assert scan(repo.path, None, "nothing.py").findings == ()


def test_paths_limit_what_is_not_committed_too(repo: Repo) -> None:
    war(repo, states=[X, Y, X])
    repo.write("a.py", body(Y))
    assert [f.last_at for f in loud(scan(repo.path, None, "a.py"))] == ["worktree"]


# the index and the working tree


def test_what_is_staged_and_what_is_not_are_versions(repo: Repo) -> None:
    war(repo, states=[X, Y, X])
    repo.write("a.py", body(Y))
    [changed] = loud(scan(repo.path))
    assert (changed.rounds, changed.last_at) == (2, "worktree")
    repo.git("add", "--all")
    [staged] = loud(scan(repo.path))
    assert (staged.rounds, staged.last_at) == (2, "index")
    repo.write("a.py", body(X))
    [both] = loud(scan(repo.path))
    assert (both.rounds, both.last_at) == (2, "worktree")
    assert [visits.versions for visits in both.states] == [
        (repo.head("HEAD~2"), repo.head(), "worktree"), (repo.head("HEAD~1"), "index"),
    ]  # fmt: skip
    assert {changed.id, staged.id, both.id} == {f.id for f in scan(repo.path, "HEAD").findings}


@pytest.mark.parametrize("revision", ["HEAD", "HEAD~3..HEAD"])
def test_with_a_range_what_is_not_committed_is_left_out(repo: Repo, revision: str) -> None:
    war(repo, states=[X, X + " ", Y, X])
    repo.write("a.py", body(Y))
    assert {f.last_at for f in scan(repo.path, revision).findings} == {repo.head()}


def test_nothing_new_in_index_and_working_tree_is_no_version(repo: Repo) -> None:
    war(repo)
    (repo.path / "a.py").touch()
    repo.write("untracked.py", body("0"))
    assert scan(repo.path).summary.edits == 4
    assert scan(repo.path).trajectories[0].end == repo.head()


def test_a_path_that_looks_like_a_pattern_is_itself_too(repo: Repo) -> None:
    war(repo, "a[1].py")
    assert paths_at(scan(repo.path, None, "a[1].py"), ERROR) == ["a[1].py"]


def test_a_file_that_is_deleted_but_not_staged(repo: Repo) -> None:
    war(repo)
    repo.remove("a.py")
    [finding] = loud(scan(repo.path))
    assert finding.last_at == repo.head()
    assert not finding.is_open


def test_a_conflict_is_no_deletion(repo: Repo) -> None:
    repo.change("a.py", body("0"), "feat: a")
    repo.branch("side")
    repo.change("a.py", body(X), "feat: one way")
    repo.checkout("main")
    repo.change("a.py", body(Y), "feat: another way")
    with pytest.raises(AssertionError, match="CONFLICT"):
        repo.git("merge", "--quiet", "side")
    assert scan(repo.path).findings == ()


def test_a_revert_under_way_is_admitted(repo: Repo) -> None:
    war(repo, states=["0", X, Y])
    repo.git("revert", "--no-commit", "HEAD")
    report = scan(repo.path)
    assert loud(report) == []
    assert [f.last_at for f in report.findings] == ["index"]
    assert [e.role for e in report.findings[0].edits][-1] == "revert"


def test_line_ends_of_the_working_tree_are_those_of_the_commit(repo: Repo) -> None:
    war(repo)
    repo.write("a.py", body(Y).replace("\n", "\r\n"))
    assert scan(repo.path).summary.edits == 4


def test_what_only_a_message_can_convict_is_silent_until_there_is_one(repo: Repo) -> None:
    repo.change("a.py", "def total(items):\n    return len(items)\n", "feat: total")
    repo.change("a.py", "def total(items):\n    return sum(items)\n", "fix: total")
    repo.write("a.py", "def total(items):\n    return len(items)\n")
    repo.git("add", "a.py")
    assert [found.level for found in scan(repo.path).findings] == [Level.NOTE]
    repo.commit("tidy up")
    assert [found.level for found in scan(repo.path).findings] == [Level.WARNING]
