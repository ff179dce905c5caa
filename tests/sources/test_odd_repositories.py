"""Repositories as they are found: odd, old, cut off, damaged, or set up against us."""

import os
import shutil
import stat
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from loopwatch.model.finding import Kind, Level
from tests.builders import PACE, Repo
from tests.sources.looking import Scan, X, Y, body, loud, paths_at, runner, scan, war

ERROR = Level.ERROR


@pytest.fixture(name="run")
def _run(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Scan:
    return runner(monkeypatch, capfdbinary)


def loose_object(repo: Repo, name: str) -> Path:
    """Return the file of a loose object, made writable."""
    found = repo.git("rev-parse", "--verify", name)
    path = repo.path / ".git" / "objects" / found[:2] / found[2:]
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    return path


def raw_commit(repo: Repo, text: bytes, tree: str) -> str:
    """Commit a tree on main with everything after it exactly as given."""
    start = f"tree {repo.git('rev-parse', tree)}\nparent {repo.head()}\n".encode()
    command = ["git", "hash-object", "-t", "commit", "-w", "--literally", "--stdin"]
    made = subprocess.run(
        command, cwd=repo.path, input=start + text, capture_output=True, check=True
    )
    repo.git("update-ref", "refs/heads/main", made.stdout.decode().strip())
    repo.git("reset", "--quiet", "--hard")
    return repo.head()


def signed(clock: int) -> bytes:
    """Return author and committer of a commit at a time."""
    return b"".join(
        b"%s A <a@example.com> %d +0000\n" % (w, clock) for w in (b"author", b"committer")
    )


# what git itself offers


def test_bare(repo: Repo, tmp_path: Path) -> None:
    war(repo)
    repo.git("clone", "--quiet", "--bare", ".", str(tmp_path / "shop.git"))
    report = scan(tmp_path / "shop.git")
    assert paths_at(report, ERROR) == ["a.py"]
    assert report.source.name == "shop"


def test_inside_the_git_folder(repo: Repo) -> None:
    war(repo)
    assert paths_at(scan(repo.path / ".git"), ERROR) == ["a.py"]


def test_shallow(repo: Repo, tmp_path: Path, run: Scan) -> None:
    war(repo, states=[X, Y] * 4)
    clone = tmp_path / "clone"
    repo.git("clone", "--quiet", "--depth=5", repo.path.as_uri(), str(clone))
    said = run(clone)
    assert "shallow" in said.err
    assert "--unshallow" in said.err
    assert said.report["complete"] is False
    assert said.report["summary"]["errors"] == 1


def test_a_linked_worktree_has_its_own_changes(repo: Repo, tmp_path: Path) -> None:
    war(repo, states=[X, Y, X])
    repo.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    (tmp_path / "linked" / "a.py").write_text(body(Y))
    assert scan(tmp_path / "linked").findings[0].last_at == "worktree"
    assert scan(repo.path).findings[0].last_at == repo.head()


def test_detached(repo: Repo) -> None:
    war(repo)
    repo.git("checkout", "--quiet", "--detach")
    report = scan(repo.path)
    assert paths_at(report, ERROR) == ["a.py"]
    assert [line.id for line in report.trajectories] == ["HEAD"]


@pytest.mark.parametrize("format_", ["json", "text"])
def test_nothing_is_committed_yet(repo: Repo, run: Scan, format_: str) -> None:
    repo.write("a.py", body(X))
    repo.git("add", "--all")
    said = run(repo.path, format_=format_)
    assert said.status == 0
    assert b"no commits" in said.out + said.err.encode() or b"0 commits" in said.out


def test_sha256(repo: Repo) -> None:
    shutil.rmtree(repo.path / ".git")
    repo.git("init", "--quiet", "--object-format=sha256")
    war(repo, states=[X, Y, X])
    repo.write("a.py", body(Y))
    report = scan(repo.path)
    assert [f.last_at for f in loud(report)] == ["worktree"]
    assert len(report.findings[0].closed_at) == 64


def test_two_roots(repo: Repo) -> None:
    war(repo)
    repo.git("checkout", "--quiet", "--orphan", "other")
    repo.git("rm", "-rq", "--force", ".")
    war(repo, "b.py", [body(X), "first(items)", body(X), "first(items)"])
    repo.checkout("main")
    repo.git("merge", "--quiet", "--no-edit", "--allow-unrelated-histories", "other")
    report = scan(repo.path)
    assert paths_at(report, ERROR) == ["a.py", "b.py"]
    assert report.summary.versions == report.summary.edits + 2  # a start for each root
    lines = [(line.versions, line.start) for line in report.trajectories]
    assert lines == [(5, None), (4, None)]


def test_an_octopus(repo: Repo) -> None:
    repo.change("z.py", body("0"), "feat: z")
    for number, name in enumerate("abc"):
        repo.branch(name, "main")
        war(repo, f"{name}.py", [f"x{number}(items)", f"y{number}(items)"] * 2)
    repo.checkout("main")
    repo.change("z.py", body("1"), "feat: z one")
    repo.git("merge", "--quiet", "-m", "all three", "a", "b", "c")
    report = scan(repo.path)
    assert paths_at(report, ERROR) == ["a.py", "b.py", "c.py"]
    assert [line.versions for line in report.trajectories] == [3, 4, 4, 4]
    assert all(finding.trajectory.startswith("side of ") for finding in report.findings)


def test_submodules_are_followed_by_what_they_point_at(repo: Repo) -> None:
    war(repo)
    for number, commit in enumerate([repo.head(), repo.head("HEAD~1"), repo.head()]):
        repo.git("update-index", "--add", "--cacheinfo", f"160000,{commit},lib")
        repo.git("commit", "--quiet", "-m", f"fix: lib {number}")
    report = scan(repo.path, "HEAD")
    assert [(s.path, s.reason, s.count) for s in report.skipped] == [("lib", "submodule", 3)]
    assert report.is_complete
    assert report.summary.edits == 7
    (found,) = [found for found in report.findings if found.path == "lib"]
    assert (found.kind, found.level, found.rounds) == (Kind.OSCILLATION, Level.WARNING, 1)


def test_a_submodule_that_settings_hide_is_counted_too(repo: Repo) -> None:
    war(repo)
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{repo.head()},lib")
    repo.git("commit", "--quiet", "-m", "lib")
    repo.git("config", "diff.ignoreSubmodules", "all")
    assert [s.path for s in scan(repo.path, "HEAD").skipped] == ["lib"]


def test_links_modes_and_empty_commits(repo: Repo) -> None:
    war(repo)
    (repo.path / "link").symlink_to("a.py")
    repo.commit("feat: a link")
    (repo.path / "link").unlink()
    (repo.path / "link").symlink_to("nowhere")
    repo.commit("feat: another link")
    before = scan(repo.path)
    repo.git("update-index", "--chmod=+x", "a.py")
    repo.git("commit", "--quiet", "-m", "fix: a.py is a program")
    repo.git("commit", "--quiet", "-m", "fix: nothing", "--allow-empty")
    repo.git("commit", "--quiet", "-m", "fix: nothing", "--allow-empty")
    after = scan(repo.path, "HEAD")
    assert paths_at(after, ERROR) == ["a.py"]
    assert [f.id for f in after.findings] == [f.id for f in before.findings]
    assert after.summary == before.summary  # neither a mode nor an empty commit is an edit
    assert after.skipped == ()


def test_binary_and_large_files_are_skipped_with_a_reason(repo: Repo) -> None:
    for number in range(2):
        repo.write("a.bin", b"\0" * (number + 1))
        repo.write("b.py", b'x = "' + b"%d" % number * 1_100_000 + b'"\n')
        repo.commit(f"fix: data {number}")
    reasons = {s.path: s.reason for s in scan(repo.path).skipped}
    assert reasons == {"a.bin": "binary", "b.py": "larger than the limit"}


@pytest.mark.timeout(30)
def test_a_line_of_ten_million_characters(repo: Repo) -> None:
    for number, letter in enumerate("xyxy"):
        repo.change("a.py", letter * 10_000_000, f"fix: {number}")
    report = scan(repo.path)
    assert paths_at(report, ERROR) == ["a.py"]  # the file is known by its id
    assert "larger than the limit" in {s.reason for s in report.skipped}


def test_a_large_file_of_the_working_tree_is_not_gone(repo: Repo) -> None:
    repo.change("a.txt", "small\n", "feat: text")
    repo.write("a.txt", b"y" * 1_100_000)
    report = scan(repo.path)
    assert report.findings == ()
    repo.write("a.txt", "small\n")
    for number in range(2):
        repo.change("a.txt", b"%d" % number * 1_100_000, f"feat: large {number}")
    repo.write("a.txt", b"z" * 1_100_000)
    assert scan(repo.path).findings == ()


ODD_NAMES = [
    b"new\nline.py", b"tab\t.py", b"q\"uo'te.py", b"\xe9\xff.py", b"-dash.py", b"--output=x.py",
    "\N{GRINNING FACE}.py".encode(), b":(top)x.py", b" sp ace.py", b"\x02\x1f\x03.py", b"*.py",
    b"a\\b.py", b"\x1b[31mred.py", b"HEAD.py",
]  # fmt: skip


def test_odd_file_names(repo: Repo, run: Scan, tmp_path: Path) -> None:
    for number, state in enumerate([X, Y, X, Y]):
        for place, name in enumerate(ODD_NAMES):
            # Each file has a state of its own, or all would be one finding.
            path = os.fsencode(repo.path) + b"/" + name
            Path(os.fsdecode(path)).write_text(body(f"{state} + {place}"))
        repo.commit(f"fix: take {number}")
    [finding] = scan(repo.path).findings
    assert finding.level is ERROR
    assert sorted(map(os.fsencode, finding.paths)) == sorted(ODD_NAMES)
    for format_ in ("json", "text"):
        said = run(repo.path, "-v", "--output", f"{format_}={tmp_path / 'report'}", format_=format_)
        assert (said.status, said.err) == (1, "")
        assert b"\x1b" not in said.out
        assert (tmp_path / "report").read_bytes() == said.out


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_file_names_that_are_not_committed(repo: Repo, name: bytes) -> None:
    path = Path(os.fsdecode(os.fsencode(repo.path) + b"/" + name))
    for number, state in enumerate([X, Y, X]):
        path.write_text(body(state))
        repo.commit(f"fix: take {number}")
    path.write_bytes(body(Y).replace("\n", "\r\n").encode())  # as an editor may leave it
    assert [f.last_at for f in loud(scan(repo.path))] == ["worktree"]


@pytest.mark.parametrize(
    "name", ["a b ", "a$HOME", "~", "-C", "caf\N{LATIN SMALL LETTER E WITH ACUTE}.git"]
)
def test_odd_folder_names(tmp_path: Path, name: str) -> None:
    repo = Repo(tmp_path / name)
    war(repo)
    assert paths_at(scan(repo.path), ERROR) == ["a.py"]


# messages, authors and times

MESSAGES = [
    b"", b"\n\n", b"x" * 1_000_000, b"fix\n\n" + b"nothing to revert here\n" * 50_000,
    b"\xff\xfe caf\xe9", b"a\x01b\x02c\x1fd\x03e\x1e", b"\x02\x03\x1f", b"\x03", b"fix: \r\n\rq",
    b"\x1b[31mfix", b"tree x\nparent y\n\nfix", "fix: \u202e\u2028 x".encode(),
]  # fmt: skip


@pytest.mark.timeout(60)
def test_odd_messages(repo: Repo, run: Scan) -> None:
    war(repo)
    expected = []
    for number, message in enumerate(MESSAGES):
        when = repo.clock + PACE * (number + 1)
        raw_commit(repo, signed(when) + b"\n" + message, "HEAD~1^{tree}")
        expected.append(message.split(b"\n")[0].decode("utf-8", "replace").strip()[:20])
    said = run(repo.path)
    [finding] = said.report["findings"]
    assert finding["rounds"] == (4 + len(MESSAGES)) // 2
    summaries = [edit["summary"] for edit in finding["edits"]][-len(MESSAGES) :]
    for summary, start in zip(summaries, expected, strict=True):
        assert summary.strip("\x1e").startswith(start.strip("\x1f\x1e")), (summary, start)
    text = run(repo.path, format_="text")
    assert (text.status, text.err) == (1, "")
    assert not {0x1B, 0x01, 0x03} & set(text.out)


@pytest.mark.parametrize(
    "people",
    [
        b"author A <a@example.com>\ncommitter A <a@example.com>\n",  # no time at all
        b"author A <a@example.com> -5 +0000\ncommitter A <a@example.com> 6 +0000\n",
        b"author A <a@example.com> 99999999999999999999 +0000\n"
        b"committer A <a@example.com> 18446744073709551615 +0000\n",
        b"author <> 5 +0000\ncommitter <> 7 +9999\n",
        b"author A\x1fB <a\x1f@example.com> 1700009000 +0000\n"
        b"committer \x02 <c> 1700009000 +0000\n",
    ],
    ids=["none", "negative", "huge", "nobody", "separators"],
)
def test_odd_people_and_times(repo: Repo, run: Scan, people: bytes) -> None:
    war(repo)
    raw_commit(repo, people + b"\nfix: once more\n", "HEAD~1^{tree}")
    said = run(repo.path)
    assert said.status == 1
    [finding] = said.report["findings"]
    assert finding["edits"][-1]["summary"] == "fix: once more"


# damage


def test_a_missing_blob_is_told(repo: Repo, run: Scan) -> None:
    war(repo)
    war(repo, "b.py", [body(X), "first(items)"] * 2)
    loose_object(repo, "HEAD~5:a.py").unlink()
    said = run(repo.path)
    assert said.status == 1
    assert said.report["complete"] is False
    assert {(s["path"], s["reason"]) for s in said.report["skipped"]} == {
        ("a.py", "missing object")
    }
    assert {f["path"] for f in said.report["findings"]} >= {"b.py"}


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10])


def fill(path: Path) -> None:
    path.write_bytes(b"garbage")


def shrink(path: Path) -> None:
    path.write_bytes(zlib.compress(b"blob 2000000\0" + b"x" * 2_000_000)[:200])


@pytest.mark.timeout(10)
@pytest.mark.parametrize("damage", [cut, fill, shrink])
def test_a_damaged_blob_is_told(repo: Repo, run: Scan, damage: Callable[[Path], None]) -> None:
    war(repo)
    war(repo, "b.py", [body(X), "first(items)"] * 2)
    damage(loose_object(repo, "HEAD~5:a.py"))
    said = run(repo.path)
    if said.status == 2:  # to refuse is as good as to go on, if it says so
        assert said.err.startswith("error: ")
        return
    assert said.status == 1
    assert said.report["complete"] is False
    assert {s["path"] for s in said.report["skipped"]} == {"a.py"}


@pytest.mark.parametrize("name", ["HEAD~1^{tree}", "HEAD~1", "HEAD"])
def test_a_missing_tree_or_commit_is_one_error(repo: Repo, run: Scan, name: str) -> None:
    war(repo)
    loose_object(repo, name).unlink()
    said = run(repo.path)
    assert (said.status, said.out) == (2, b"")
    assert said.err.startswith("error: ")
    assert 1 <= len(said.err.splitlines()) <= 2


@pytest.mark.parametrize("content", [b"", b"garbage\n", b"1" * 40 + b"\n"])
def test_a_damaged_branch_is_an_error_and_not_an_empty_history(
    repo: Repo, run: Scan, content: bytes
) -> None:
    war(repo)
    (repo.path / ".git" / "refs" / "heads" / "main").write_bytes(content)
    said = run(repo.path)
    assert (said.status, said.out) == (2, b"")
    assert said.err.startswith("error: ")


def test_not_a_repository(tmp_path: Path, run: Scan) -> None:
    (tmp_path / "empty").mkdir()
    said = run(tmp_path / "empty")
    assert (said.status, said.out) == (2, b"")
    assert "not inside a git repository" in said.err


# history as it was written


def test_replacements_and_grafts_change_nothing(repo: Repo) -> None:
    war(repo)
    expected = scan(repo.path)
    repo.git("replace", repo.head("HEAD~1"), repo.head("HEAD~3"))
    repo.git("replace", repo.git("rev-parse", "HEAD:a.py"), repo.git("rev-parse", "HEAD~1:a.py"))
    assert scan(repo.path, "HEAD").findings == expected.findings
    (repo.path / ".git" / "info").mkdir(exist_ok=True)
    (repo.path / ".git" / "info" / "grafts").write_text(f"{repo.head('HEAD~1')}\n")
    assert scan(repo.path, "HEAD").findings == expected.findings


def test_carriage_returns(repo: Repo) -> None:
    for number, state in enumerate([X, Y, X, Y]):
        repo.change("a.py", body(state).replace("\n", "\r\n"), f"fix: total, take {number}")
    [finding] = scan(repo.path).findings
    assert (finding.level, finding.symbol) == (ERROR, "total")
    assert finding.edits[-1].hunks[0].after == (f"    return {Y}",)


def test_a_carriage_return_in_a_line_does_not_shift_the_rest(repo: Repo) -> None:
    """git and the parsers count line feeds only."""
    start = "# one\rtwo\rthree\rfour\r\n" + body("0").replace("total", "other")
    for number, state in enumerate([X, Y, X, Y]):
        repo.change("a.py", start + body(state), f"fix: total, take {number}")
    [finding] = scan(repo.path).findings
    assert finding.symbol == "total"
    assert finding.edits[-1].hunks[0].start_line == 7


# settings and environment

SETTINGS = {
    "color.ui": "always", "core.abbrev": "4", "core.attributesFile": "attributes",
    "core.quotePath": "true", "diff.algorithm": "patience", "diff.external": "canary",
    "diff.ignoreSubmodules": "all", "diff.noprefix": "true", "diff.orderFile": "nowhere",
    "diff.relative": "true", "diff.renames": "copies", "diff.submodule": "log",
    "format.pretty": "oneline", "i18n.logOutputEncoding": "UTF-16", "log.abbrevCommit": "true",
    "log.date": "relative", "log.decorate": "full", "log.diffMerges": "combined",
    "log.follow": "true", "log.mailmap": "true", "log.showRoot": "false",
    "log.showSignature": "true", "notes.displayRef": "refs/notes/*",
}  # fmt: skip


@pytest.mark.parametrize("key", sorted(SETTINGS))
def test_settings_of_git_change_nothing(repo: Repo, key: str) -> None:
    repo.change("b.py", body("0"), "feat: b")
    war(repo)
    expected, limited = scan(repo.path), scan(repo.path, None, "a.py")
    repo.git("config", key, SETTINGS[key])
    assert scan(repo.path) == expected
    assert scan(repo.path, None, "a.py") == limited


def test_nothing_of_the_repository_is_run(repo: Repo, tmp_path: Path) -> None:
    war(repo)
    repo.write(".gitattributes", "*.py diff=evil filter=evil merge=evil\n")
    repo.commit("chore: attributes")
    trace = tmp_path / "was-run"
    canary = tmp_path / "canary"
    canary.write_text(f"#!/bin/sh\ntouch '{trace}'\nexec cat\n")
    canary.chmod(0o755)
    for key in (
        "core.alternateRefsCommand", "core.askPass", "core.editor", "core.fsmonitor", "core.pager",
        "core.sshCommand", "credential.helper", "diff.evil.command", "diff.evil.textconv",
        "diff.external", "filter.evil.smudge", "gpg.program", "pager.log", "pager.diff-files",
        "sequence.editor",
    ):  # fmt: skip
        repo.git("config", key, str(canary))
    repo.git("config", "log.showSignature", "true")
    hooks = repo.path / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("post-index-change", "fsmonitor-watchman", "reference-transaction"):
        shutil.copy(canary, hooks / hook)
    repo.git("config", "core.hooksPath", str(hooks))
    trace.unlink(missing_ok=True)
    os.utime(repo.path / "a.py")  # git's index no longer knows whether it changed
    assert paths_at(scan(repo.path), ERROR) == ["a.py"]
    assert not trace.exists()


def test_no_filter_is_run_on_a_file_that_may_have_changed(repo: Repo, tmp_path: Path) -> None:
    """git compares contents, through the filter, where a file is no older than the index."""
    war(repo, states=[X, Y, X])
    repo.write(".gitattributes", "*.py filter=evil\n")
    repo.commit("chore: attributes")
    trace = tmp_path / "was-run"
    repo.git("config", "filter.evil.clean", f"touch '{trace}'; cat")
    os.utime(repo.path / ".git" / "index", (1, 1))
    scan(repo.path)
    assert not trace.exists()


def test_a_missing_blob_is_not_fetched(repo: Repo, tmp_path: Path) -> None:
    war(repo)
    trace = tmp_path / "was-run"
    for key, value in {
        "core.repositoryFormatVersion": "1", "extensions.partialClone": "origin",
        "remote.origin.promisor": "true", "protocol.ext.allow": "always",
        "remote.origin.url": f"ext::touch {trace}",
    }.items():  # fmt: skip
        repo.git("config", key, value)
    loose_object(repo, "HEAD~1:a.py").unlink()
    report = scan(repo.path, "HEAD")
    assert not report.is_complete
    assert {skip.reason for skip in report.skipped} == {
        "missing object: never fetched, as this is a partial clone"
    }
    assert not trace.exists()


@pytest.mark.parametrize(
    "names",
    [
        ("GIT_DIR",), ("GIT_WORK_TREE",), ("GIT_DIR", "GIT_WORK_TREE"), ("GIT_COMMON_DIR",),
        ("GIT_INDEX_FILE",), ("GIT_OBJECT_DIRECTORY",), ("GIT_NAMESPACE",),
        ("GIT_CEILING_DIRECTORIES",),
        ("GIT_EXTERNAL_DIFF", "GIT_PAGER", "GIT_TRACE"),
    ],
)  # fmt: skip
def test_the_environment_does_not_lead_astray(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]
) -> None:
    war(repo)
    repo.write("a.py", body("0"))
    expected = [(f.id, f.last_at) for f in scan(repo.path).findings]
    other = Repo(tmp_path / "other")
    other.change("b.py", body("1"), "feat: something else")
    values = {"GIT_DIR": ".git", "GIT_COMMON_DIR": ".git", "GIT_INDEX_FILE": ".git/index"}
    for name in names:
        monkeypatch.setenv(name, str(other.path / values.get(name, "")))
    assert [(f.id, f.last_at) for f in scan(repo.path).findings] == expected
