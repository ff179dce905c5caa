"""``loopwatch ignore`` and what scan and explain make of it, driven by real commits."""

import json
from pathlib import Path
from typing import Any

import pytest

from loopwatch.sources.ignore_file import NAME
from tests.builders import PACE, START, Repo
from tests.conftest import Run

MINUTES = "def parse(text):\n    return int(text) * 60\n"
UNITS = "def parse(text):\n    return int(text[:-1]) * UNIT[text[-1]]\n"
OPEN = "def read(path):\n    with open(path) as file:\n        return file.read().strip()\n"
CLOSED = "def read(path):\n    return Path(path).read_text(encoding='utf-8').strip()\n"
AGENT = "\n\nCo-Authored-By: Claude <noreply@anthropic.com>"


def undo_each_other(repo: Repo, path: str, one: str, other: str, rounds: int = 2) -> None:
    repo.change(path, one, f"feat: {path}")
    for number in range(rounds):
        repo.change(path, other, f"fix: {path} is read, {number}")
        repo.change(path, one, f"fix: {path} is read again, {number}")


@pytest.fixture
def loops(repo: Repo) -> Repo:
    """Give a history with two loops."""
    undo_each_other(repo, "dur.py", MINUTES, UNITS)
    undo_each_other(repo, "read.py", OPEN, CLOSED)
    return repo


def scanned(run: Run, repo: Repo, *arguments: str) -> dict[str, Any]:
    _, out, _ = run(repo.path, "scan", "--format", "json", *arguments)
    document: dict[str, Any] = json.loads(out)
    return document


def ids(run: Run, repo: Repo, *arguments: str) -> dict[str, str]:
    """Return the ids of the findings that are reported, by path."""
    found = scanned(run, repo, *arguments)["findings"]
    return {one["path"]: one["id"] for one in found if one["level"] != "note"}


def test_an_ignored_finding_is_only_counted(run: Run, loops: Repo) -> None:
    before = scanned(run, loops)
    known = ids(run, loops)
    assert set(known) == {"dur.py", "read.py"}
    status, out, err = run(loops.path, "ignore", known["dur.py"], "--reason", "we know")
    assert (status, err) == (0, "")
    assert out == f"{known['dur.py']} (oscillation, parse) is ignored: {NAME}:5\n"
    after = scanned(run, loops)
    assert ids(run, loops) == {"read.py": known["read.py"]}
    assert after["summary"]["suppressed"] == 1
    assert after["summary"]["errors"] == before["summary"]["errors"] - 1
    assert after["schema"] == "loopwatch.report/1"
    assert known["dur.py"] not in json.dumps(after)
    status, out, _ = run(loops.path, "scan")
    assert status == 1
    assert "1 loop, " in out.splitlines()[-1]
    assert "1 ignored" in out.splitlines()[-1]


def test_all_ignored_is_nothing_found(run: Run, loops: Repo) -> None:
    for id_ in ids(run, loops).values():
        assert run(loops.path, "ignore", id_[:6], "--reason", "we know")[0] == 0
    status, out, err = run(loops.path, "scan", "--all", "--fail-on", "warning")
    assert (status, err) == (0, "")
    assert out == "10 commits, 0 loops, 0 lost fixes, 0 notes, 2 ignored.\n"


def test_explain_says_so_of_a_commit_too(run: Run, loops: Repo) -> None:
    id_ = ids(run, loops)["dur.py"]
    last = next(f["last_at"] for f in scanned(run, loops)["findings"] if f["id"] == id_)
    _, before, _ = run(loops.path, "explain", last)
    run(loops.path, "ignore", id_, "--reason", "we know")
    _, after, _ = run(loops.path, "explain", last)
    added = f"          ignored: we know ({NAME}:5)"
    assert [line for line in after.splitlines() if line != added] == before.splitlines()
    lines = after.splitlines()
    assert lines[lines.index(added) - 1] == f"          loopwatch explain {id_}"


def test_explain_still_finds_it_and_says_why(run: Run, loops: Repo) -> None:
    id_ = ids(run, loops)["dur.py"]
    _, before, _ = run(loops.path, "explain", id_)
    run(loops.path, "ignore", id_, "--reason", "we know", "--until", "2099-12-31")
    status, after, _ = run(loops.path, "explain", id_[:4])
    added = f"  ignored until 2099-12-31: we know ({NAME}:5)"
    assert status == 0
    assert [line for line in after.splitlines() if line != added] == before.splitlines()
    assert after.splitlines()[2] == added


def test_it_stays_ignored_when_it_goes_round_again(run: Run, loops: Repo) -> None:
    id_ = ids(run, loops)["dur.py"]
    run(loops.path, "ignore", id_, "--reason", "we know")
    loops.commit("chore: accept")
    loops.change("dur.py", UNITS, "fix: units, once more")
    loops.change("dur.py", MINUTES, "fix: minutes, once more")
    assert set(ids(run, loops)) == {"read.py"}


def test_it_is_said_again_and_taken_back(run: Run, loops: Repo) -> None:
    known = ids(run, loops)
    id_ = known["dur.py"]
    run(loops.path, "ignore", id_, "--reason", "we know", "--until", "2099-12-31")
    run(loops.path, "ignore", id_, "--reason", "we know better")
    lines = (loops.path / NAME).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith(id_)] == [
        f"{id_}: we know better  # oscillation in dur.py::parse"
    ]
    status, out, _ = run(loops.path, "ignore", id_[:5], "--remove")
    assert (status, out) == (0, f"{id_} is no longer ignored (we know better)\n")
    assert ids(run, loops) == known


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("zz", "--reason", "x"), "no finding goes by zz"),
        (("HEAD", "--reason", "x"), "no finding goes by HEAD"),
        (("", "--reason", "x"), " could be any of "),
        (("00000000", "--remove"), f"no entry of {NAME} goes by 00000000"),
    ],
)
def test_findings_that_there_are_not(
    run: Run, loops: Repo, arguments: tuple[str, ...], expected: str
) -> None:
    status, out, err = run(loops.path, "ignore", *arguments)
    assert (status, out) == (2, "")
    assert expected in err.splitlines()[0]
    assert not (loops.path / NAME).exists()


def test_the_nearest_finding_is_named(run: Run, loops: Repo) -> None:
    id_ = ids(run, loops)["dur.py"]
    wrong = id_[:-1] + ("0" if id_[-1] != "0" else "1")
    status, _, err = run(loops.path, "ignore", wrong, "--reason", "x")
    assert status == 2
    assert err.splitlines()[0] == f"error: no finding goes by {wrong} (did you mean {id_}?)"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "say why: --reason"),
        (("--reason", " "), "the reason is empty"),
        (("--reason", "x", "--until", "soon"), "soon is no day"),
        (("--reason", "x", "--until", "2020-01-01"), "2020-01-01 has passed: the newest commit is"),
        (("--remove", "--reason", "x"), "--remove takes neither"),
        (("--remove", "--until", "2099-01-01"), "--remove takes neither"),
    ],
)
def test_what_is_asked_for_wrongly(
    run: Run, loops: Repo, arguments: tuple[str, ...], expected: str
) -> None:
    id_ = ids(run, loops)["dur.py"]
    status, out, err = run(loops.path, "ignore", id_, *arguments)
    assert (status, out) == (2, "")
    assert expected in err.splitlines()[0]
    assert len(err.splitlines()) <= 2
    assert not (loops.path / NAME).exists()


def test_a_finding_of_a_range_that_a_plain_scan_does_not_read(run: Run, loops: Repo) -> None:
    loops.git("tag", "loops")
    loops.git("checkout", "--quiet", "--orphan", "fresh")
    loops.commit("feat: a new beginning")
    id_ = ids(run, loops, "loops")["dur.py"]
    assert run(loops.path, "ignore", id_, "--reason", "x")[0] == 2
    assert run(loops.path, "ignore", id_, "--reason", "x", "--range", "loops")[0] == 0


def test_a_date_counts_up_to_its_day_by_the_newest_commit(run: Run, loops: Repo) -> None:
    id_ = ids(run, loops)["dur.py"]
    run(loops.path, "ignore", id_, "--reason", "we know", "--until", "2023-11-20")
    loops.change("other.py", "x = 1\n", "chore: x", when=1_700_524_799)  # the 20th, 23:59:59
    assert set(ids(run, loops)) == {"read.py"}
    loops.change("other.py", "x = 2\n", "chore: x again", when=1_700_524_800)  # the 21st
    assert set(ids(run, loops)) == {"dur.py", "read.py"}
    _, _, err = run(loops.path, "scan")
    assert err == (
        f"warning: an entry of {NAME} has expired and counts no more: {id_}; "
        "loopwatch ignore ID --remove drops one\n"
    )


class TestTrailers:
    """A commit message says it too."""

    def test_a_later_message(self, run: Run, loops: Repo) -> None:
        id_ = ids(run, loops)["dur.py"]
        head = loops.commit("chore: go on", f"We know.\n\nLOOPWATCH-IGNORE: {id_[:8]} we know")
        assert set(ids(run, loops)) == {"read.py"}
        _, out, _ = run(loops.path, "explain", id_)
        assert f"  ignored: we know (commit {head[:12]})\n" in out

    def test_the_message_that_closes_it_beside_other_trailers(self, run: Run, repo: Repo) -> None:
        undo_each_other(repo, "dur.py", MINUTES, UNITS, rounds=1)
        id_ = ids(run, repo)["dur.py"]
        body = f"Loopwatch-Ignore: {id_} until 2099-01-01: two tools\n  disagree{AGENT[1:]}"
        repo.git("commit", "--amend", "--quiet", "--file=-", text=f"fix: dur\n\n{body}")
        assert ids(run, repo) == {}
        assert "ignored until 2099-01-01: two tools disagree" in run(repo.path, "explain", id_)[1]

    @pytest.mark.parametrize(
        "body",
        [
            "Loopwatch-Ignore: {id} we know\n\nNot the last paragraph.",
            "Words before it\nLoopwatch-Ignore: {id} we know",
            "Loopwatch-Ignore: {short} seven digits",
            "Loopwatch-Ignore: {id}",
            "Loopwatch-Ignore: {id} until 2023-01-01: has passed",
        ],
    )
    def test_what_does_not_count(self, run: Run, loops: Repo, body: str) -> None:
        id_ = ids(run, loops)["dur.py"]
        loops.commit("chore: go on", body.format(id=id_, short=id_[:7]))
        assert set(ids(run, loops)) == {"dur.py", "read.py"}

    def test_one_that_says_nothing_is_told_in_a_plain_scan(self, run: Run, loops: Repo) -> None:
        head = loops.commit("chore: go on", "Loopwatch-Ignore: all of them")
        _, _, err = run(loops.path, "scan")
        assert f"Loopwatch-Ignore of commit {head[:12]} is not heeded" in err
        assert run(loops.path, "scan", "HEAD~3..HEAD")[2] == ""

    def test_one_on_a_side_branch_counts_once_it_is_merged(self, run: Run, loops: Repo) -> None:
        id_ = ids(run, loops)["dur.py"]
        loops.branch("side")
        loops.commit("chore: accept", f"Loopwatch-Ignore: {id_} we know")
        loops.checkout("main")
        assert len(ids(run, loops)) == 2
        loops.change("other.py", "x = 1\n", "chore: x")
        loops.merge("side")
        assert set(ids(run, loops)) == {"read.py"}

    def test_a_bare_repository_has_only_these(self, run: Run, loops: Repo, tmp_path: Path) -> None:
        known = ids(run, loops)
        loops.commit("chore: go on", f"Loopwatch-Ignore: {known['dur.py']} we know")
        loops.git("clone", "--quiet", "--bare", str(loops.path), str(tmp_path / "bare"))
        _, out, _ = run(tmp_path / "bare", "scan", "--format", "json")
        assert [one["id"] for one in json.loads(out)["findings"]] == [known["read.py"]]
        for arguments in (
            ("ignore", known["read.py"], "--reason", "x"),
            ("ignore", known["read.py"], "--remove"),
            ("scan", "--write-baseline"),
        ):
            status, out, err = run(tmp_path / "bare", *arguments)
            assert (status, out) == (2, "")
            assert "a bare repository has no working tree" in err.splitlines()[0]


class TestStale:
    """Entries that match nothing are told, where that can be known."""

    STALE = "0123456789ab"

    @pytest.fixture
    def stale(self, loops: Repo) -> Repo:
        loops.change(NAME, f"{self.STALE}: gone\n", "chore: accept")
        return loops

    def test_in_a_plain_scan(self, run: Run, stale: Repo) -> None:
        status, _, err = run(stale.path, "scan")
        assert status == 1
        assert err == (
            f"warning: an entry of {NAME} matches no finding here: {self.STALE}; "
            "loopwatch ignore ID --remove drops one\n"
        )
        run(stale.path, "ignore", "0123", "--remove")
        assert run(stale.path, "scan")[2] == ""

    @pytest.mark.parametrize(
        "arguments",
        [
            ("HEAD",),
            ("HEAD~2..HEAD",),
            ("--max-count", "10"),
            ("--since", "2023-11-01"),
            ("--units", "file"),
            ("--agents-only",),
            ("--", "dur.py"),
            ("-q",),
        ],
    )
    def test_not_where_less_is_read(
        self, run: Run, stale: Repo, arguments: tuple[str, ...]
    ) -> None:
        assert run(stale.path, "scan", *arguments)[2] == ""

    @pytest.mark.parametrize("arguments", [("--max-count", "0"), ("--max-count", "11")])
    def test_wherever_the_whole_history_is_read(
        self, run: Run, stale: Repo, arguments: tuple[str, ...]
    ) -> None:
        assert self.STALE in run(stale.path, "scan", *arguments)[2]

    def test_one_beyond_what_is_read_is_not_stale(self, run: Run, loops: Repo) -> None:
        run(loops.path, "scan", "--write-baseline")
        loops.commit("chore: accept")
        assert run(loops.path, "scan", "--max-count", "2")[2] == ""

    def test_not_in_a_shallow_clone(self, run: Run, stale: Repo, tmp_path: Path) -> None:
        clone = tmp_path / "clone"
        stale.git("clone", "--quiet", "--depth=3", f"file://{stale.path}", str(clone))
        _, out, err = run(clone, "scan")
        assert self.STALE not in err + out


class TestBaseline:
    """What is there today is accepted, and nothing else."""

    def test_all_at_once(self, run: Run, loops: Repo) -> None:
        known = ids(run, loops)
        head = loops.head()
        status, out, err = run(loops.path, "scan", "--write-baseline")
        assert status == 0
        assert out == "10 commits, 0 loops, 0 lost fixes, 0 notes, 2 ignored.\n"
        assert err == f"2 findings are accepted from now on: see {NAME}, and commit it\n"
        lines = (loops.path / NAME).read_text(encoding="utf-8").splitlines()
        reason = f"baseline at {head[:12]}"
        assert lines[-2:] == sorted(
            [
                f"{known['dur.py']}: {reason}  # oscillation in dur.py::parse",
                f"{known['read.py']}: {reason}  # oscillation in read.py::read",
            ]
        )
        assert run(loops.path, "scan")[0] == 0

    def test_again_there_is_nothing_to_accept(self, run: Run, loops: Repo) -> None:
        run(loops.path, "scan", "--write-baseline")
        before = (loops.path / NAME).read_bytes()
        status, _, err = run(loops.path, "scan", "--write-baseline")
        assert (status, err) == (0, "nothing to accept: there is no warning or error\n")
        assert (loops.path / NAME).read_bytes() == before

    def test_what_comes_later_is_reported(self, run: Run, loops: Repo) -> None:
        run(loops.path, "scan", "--write-baseline")
        loops.commit("chore: accept")
        undo_each_other(
            loops, "new.py", OPEN.replace("read", "load"), CLOSED.replace("read", "load")
        )
        status, _, _ = run(loops.path, "scan")
        assert status == 1
        assert set(ids(run, loops)) == {"new.py"}

    def test_what_was_accepted_with_a_reason_keeps_it(self, run: Run, loops: Repo) -> None:
        id_ = ids(run, loops)["dur.py"]
        run(loops.path, "ignore", id_, "--reason", "two tools disagree")
        _, _, err = run(loops.path, "scan", "--write-baseline")
        assert err == f"1 finding is accepted from now on: see {NAME}, and commit it\n"
        assert f"{id_}: two tools disagree" in (loops.path / NAME).read_text(encoding="utf-8")

    def test_notes_are_not_accepted(self, run: Run, repo: Repo) -> None:
        repo.change("a.py", MINUTES, "feat: a")
        repo.change("a.py", UNITS, "feat: b")
        repo.change("a.py", MINUTES, "try another way")
        assert scanned(run, repo)["summary"]["notes"] == 1
        _, _, err = run(repo.path, "scan", "--write-baseline")
        assert err.startswith("nothing to accept")
        assert not (repo.path / NAME).exists()

    def test_only_what_the_scan_was_of(self, run: Run, loops: Repo) -> None:
        known = ids(run, loops)
        run(loops.path, "scan", "--write-baseline", "--format", "json", "--", "dur.py")
        assert ids(run, loops) == {"read.py": known["read.py"]}

    def test_quietly(self, run: Run, loops: Repo) -> None:
        assert run(loops.path, "scan", "--write-baseline", "-q") == (0, "", "")
        assert (loops.path / NAME).exists()

    def test_in_a_repository_without_commits(self, run: Run, repo: Repo) -> None:
        status, _, err = run(repo.path, "scan", "--write-baseline")
        assert (status, err) == (0, "nothing to accept: there is no warning or error\n")


def test_a_file_that_cannot_be_used_ends_a_scan_before_it_begins(
    run: Run, loops: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    loops.write(NAME, "<<<<<<< ours\n")
    monkeypatch.setattr("loopwatch.pipeline.analyse", lambda *_: pytest.fail("analysed"))
    status, out, err = run(loops.path, "scan")
    assert (status, out) == (2, "")
    assert err.splitlines() == [
        f"error: {NAME}:1 is the mark of a merge conflict",
        f"hint: keep the lines of both sides in {NAME}, and take the marks out",
    ]


def test_the_file_itself_is_never_a_loop(run: Run, repo: Repo) -> None:
    texts = ["", "0123456789ab: known\n"] * 3
    for number, text in enumerate(texts):
        repo.change(NAME, f"# ours\n{text}", f"fix: findings, {number}", when=START + number * PACE)
    assert ids(run, repo) == {}


def test_a_name_that_means_harm_stays_on_its_line(run: Run, repo: Repo) -> None:
    undo_each_other(repo, "a\n123456789abc: x\x1b[2J.py", MINUTES, UNITS)
    (id_,) = ids(run, repo).values()
    status, out, _ = run(repo.path, "ignore", id_, "--reason", "x")
    lines = (repo.path / NAME).read_text(encoding="utf-8").splitlines()
    assert status == 0
    assert "\x1b" not in out + "".join(lines)
    assert len([line for line in lines if line and not line.startswith("#")]) == 1
    assert ids(run, repo) == {}
