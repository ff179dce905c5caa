"""A log and the repository that its session worked in share one state space."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from loopwatch import app
from loopwatch.auditing.audit import AuditRequest, audit
from loopwatch.auditing.session import audit_session
from loopwatch.entrypoints.main import main
from loopwatch.model.finding import Level
from loopwatch.model.options import Options
from loopwatch.model.report import Report
from loopwatch.reports.style import PLAIN
from loopwatch.reports.text import render
from loopwatch.sources.session_log.api import Beginning
from loopwatch.sources.session_log.at_hand import at_hand
from loopwatch.sources.session_log.history import SessionHistory
from loopwatch.sources.session_log.survey import Session
from tests.auditing.test_log_and_commits import record_each, told
from tests.builders import Repo
from tests.sources.session_log.stories import (
    BEFORE,
    BY_NAME,
    CODE,
    FIX_A,
    FIX_B,
    LAX,
    LAX_2,
    PACE,
    ROOT,
    START,
    STRICT,
    TESTS,
    TIGHT,
    Ask,
    Read,
    Replace,
    Run,
    Step,
    Story,
    Write,
    code,
    swap,
)
from tests.sources.session_log.writers import claude_code, codex

DAY = 86_400  # seconds
Writer = Callable[[Story, str], str]


def claude(story: Story, commit: str) -> str:
    return claude_code.log(story, version="2.1.121")


def codex_calls(story: Story, commit: str) -> str:
    return codex.log(story, codex.Age.CALLS, commit=commit)


def codex_events(story: Story, commit: str) -> str:
    return codex.log(story, codex.Age.EVENTS, commit=commit)


WRITERS = (claude, codex_calls, codex_events)


@pytest.fixture
def begun(repo: Repo) -> Repo:
    """Give a repository as it is when the stories begin."""
    for path, text in BEFORE.items():
        repo.write(path, text)
    repo.commit("Add parse_duration", when=START - 600)
    return repo


def unseen(name: str) -> Story:
    """Return a story in which nothing is shown of a file but what is replaced in it."""
    story = BY_NAME[name]
    return replace(story, steps=[step for step in story.steps if not isinstance(step, Read)])


def of(steps: Sequence[Step], files: dict[str, str] | None = None) -> Story:
    return Story(name="at hand", files=BEFORE if files is None else files, steps=steps)


def audited(
    story: Story, repo: Repo, log: Path, write: Writer = claude, *, with_commits: bool = True
) -> Report:
    text = write(story, repo.head("main")).replace(ROOT, str(repo.path))
    log.write_text(text)
    return audit(AuditRequest(paths=(log,), reads_commits=with_commits, is_caching=False))


def committed(story: Story, repo: Repo) -> None:
    """Commit each edit of a story when it is made, under the words of its prompt."""
    files, prompt = dict(story.files), ""
    for number, step in enumerate(story.steps):
        if isinstance(step, Ask):
            prompt = step.text
        elif isinstance(step, Replace | Write) and not getattr(step, "is_refused", False):
            new = (
                step.content
                if isinstance(step, Write)
                else files[step.path].replace(step.old, step.new)
            )
            files[step.path] = new
            repo.change(step.path, new, prompt, when=START + PACE * number)


def made(repo: Repo, subject: str, *, when: int, line: str = "git commit -qam x") -> Run:
    """Commit what is in the working tree, as a session's command would."""
    commit = repo.commit(subject, when=when)
    return Run(line=line, output=f"[main {commit[:7]}] {subject}\n 1 file changed\n", status=0)


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("name", ["untested", "one-round", "refused"])
def test_parts_are_whole_files_by_the_commit_that_it_began_at(
    name: str, write: Writer, begun: Repo, tmp_path: Path
) -> None:
    story = unseen(name)
    of_log = audited(story, begun, tmp_path / "log.jsonl", write)
    (how,) = [one.progress for one in of_log.trajectories]
    assert how is not None
    assert how.exact == how.edits > 0
    assert of_log.trajectories[0].start == begun.head()
    committed(story, begun)
    of_commits = app.scan(app.ScanRequest(folder=begun.path))
    assert told(of_log) == told(of_commits)
    assert bool(told(of_commits)) is bool(story.told)


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("name", ["identical", "reworded", "period-3", "steady-progress"])
def test_defects_are_known_by_whole_files_too(
    name: str, write: Writer, begun: Repo, tmp_path: Path
) -> None:
    story = unseen(name)
    of_log = audited(story, begun, tmp_path / "log.jsonl", write)
    committed(story, begun)
    record_each(story, begun, tmp_path / "junit.xml")
    of_commits = app.scan(app.ScanRequest(folder=begun.path))
    assert told(of_log) == told(of_commits)
    assert bool(told(of_commits)) is bool(story.told)


def test_without_the_repository_parts_stay_parts(begun: Repo, tmp_path: Path) -> None:
    story = unseen("untested")
    report = audited(story, begun, tmp_path / "log.jsonl", with_commits=False)
    (how,) = [one.progress for one in report.trajectories]
    assert how is not None
    assert (how.exact, how.edits) == (0, 4)
    assert report.trajectories[0].start is None


@pytest.mark.parametrize("write", WRITERS)
def test_a_loop_that_began_in_commits(write: Writer, begun: Repo, tmp_path: Path) -> None:
    first = begun.change(CODE, code(LAX), "fix: plain numbers", when=START - 400)
    second = begun.change(CODE, code(STRICT), "fix: unknown units", when=START - 200)
    story = of([FIX_A, swap(STRICT, LAX), FIX_B, swap(LAX, TIGHT)])
    report = audited(story, begun, tmp_path / "log.jsonl", write)
    (loop,) = [finding for finding in report.findings if finding.level is not Level.NOTE]
    assert (loop.kind, loop.level, loop.period, loop.rounds) == ("oscillation", "error", 2, 2)
    assert [edit.version for edit in loop.edits][:2] == [first, second]
    assert loop.last_at.startswith(("toolu", "call"))
    assert report.summary.edits == 2
    assert report.summary.versions == 3  # and what it began at
    assert report.trajectories[0].start == second
    assert loop.cost.turns == 1
    committed(story, begun)
    of_commits = app.scan(app.ScanRequest(folder=begun.path))
    assert told(report) == told(of_commits)


def test_what_came_before_is_no_part_of_its_effort(begun: Repo, tmp_path: Path) -> None:
    begun.change(CODE, code(LAX), "fix: plain numbers", when=START - 400)
    closing = begun.change(CODE, code(STRICT), "fix: unknown units", when=START - 200)
    story = of([FIX_A, swap(STRICT, LAX), FIX_B, swap(LAX, TIGHT)])
    report = audited(
        story, begun, tmp_path / "log.jsonl", lambda *of: claude(*of).replace("usage", "used")
    )
    (how,) = [one.progress for one in report.trajectories]
    assert how is not None
    assert (how.edits, how.in_loops, how.turned_at) == (2, 0.5, closing)
    assert how.taken_back == 1
    assert f"went into loops, from {closing[:7]} on" in render(report, PLAIN)
    assert how.began is not None
    assert how.began > START
    assert how.seconds == 2 * PACE


def test_a_session_without_an_edit(begun: Repo, tmp_path: Path) -> None:
    report = audited(of([FIX_A, Read(path=CODE)]), begun, tmp_path / "log.jsonl")
    (session,) = report.trajectories
    assert session.progress is not None
    assert (session.start, session.progress.edits, session.progress.turns) == (begun.head(), 0, 1)
    assert (session.agent, session.progress.began) == ("claude-code", None)


def test_what_commits_did_among_themselves_is_not_told(begun: Repo, tmp_path: Path) -> None:
    for number, body in enumerate((LAX, STRICT, LAX, STRICT)):
        begun.change(CODE, code(body), "fix: durations", when=START - 400 + number)
    story = of([FIX_A, Write(path="src/other.py", content="x = 1\n")])
    report = audited(story, begun, tmp_path / "log.jsonl")
    assert report.findings == ()
    assert told(app.scan(app.ScanRequest(folder=begun.path)))


@pytest.mark.parametrize("age", [4 * DAY, 2 * DAY])
def test_what_is_long_ago_is_no_memory(age: int, repo: Repo, tmp_path: Path) -> None:
    for path, text in BEFORE.items():
        repo.write(path, text)
    repo.commit("Add parse_duration", when=START - age - 600)
    repo.change(CODE, code(LAX), "fix: plain numbers", when=START - age)
    repo.change(CODE, code(STRICT), "fix: unknown units", when=START - age + 100)
    report = audited(of([FIX_A, swap(STRICT, LAX)]), repo, tmp_path / "log.jsonl")
    assert bool(told(report)) is (age < 3 * DAY)


def test_another_branch_is_no_memory(begun: Repo, tmp_path: Path) -> None:
    begun.branch("other")
    begun.change(CODE, code(LAX), "fix: plain numbers", when=START - 400)
    begun.change(CODE, code(STRICT), "fix: unknown units", when=START - 200)
    report = audited(of([FIX_A, swap(STRICT, LAX)]), begun, tmp_path / "log.jsonl")
    assert not told(report)
    assert report.trajectories[0].start == begun.head("main")


def test_what_came_after_the_beginning_is_no_ground(begun: Repo, tmp_path: Path) -> None:
    start = begun.head()
    begun.change(CODE, code(TIGHT), "Rewrite it", when=START + 3 * PACE)
    report = audited(unseen("one-round"), begun, tmp_path / "log.jsonl")
    assert report.trajectories[0].start == start
    assert len(told(report)) == 1


def test_an_edit_that_does_not_fit_stays_a_part(begun: Repo, tmp_path: Path) -> None:
    """What is not committed is in the way: then the commit says nothing of the file."""
    files = BEFORE | {CODE: code(TIGHT)}
    story = of([FIX_A, swap(TIGHT, LAX)], files)
    (how,) = [one.progress for one in audited(story, begun, tmp_path / "log.jsonl").trajectories]
    assert how is not None
    assert (how.exact, how.edits) == (0, 1)


def test_an_edit_that_fits_twice_stays_a_part(begun: Repo, tmp_path: Path) -> None:
    begun.change("src/two.py", "x = 1\ny = 2\nx = 1\n", "Add two", when=START - 300)
    edit = Replace(path="src/two.py", old="x = 1\n", new="x = 3\n")
    story = of([FIX_A, edit], {"src/two.py": "x = 1\n"})
    (how,) = [one.progress for one in audited(story, begun, tmp_path / "log.jsonl").trajectories]
    assert how is not None
    assert (how.exact, how.edits) == (0, 1)


def test_a_line_tells_which_of_two_places_is_meant(begun: Repo, tmp_path: Path) -> None:
    """A patch has the number of the line; a text that stands elsewhere too would not do."""
    rows = ["x = 1\n"] * 20
    begun.change("src/two.py", "".join(rows), "Add two", when=START - 300)
    rows[14] = "x = 2\n"
    edit = Write(path="src/two.py", content="".join(rows))
    story = of([FIX_A, edit], {"src/two.py": "x = 1\n" * 20})
    for write, exact in ((codex_events, 1), (codex_calls, 1)):
        report = audited(story, begun, tmp_path / "log.jsonl", write)
        (how,) = [one.progress for one in report.trajectories]
        assert how is not None
        assert how.exact == exact


def test_what_was_not_committed_is_no_return(begun: Repo, tmp_path: Path) -> None:
    """The session begins with files that are not as in the commit: one is as it was before."""
    begun.change(CODE, code(LAX), "fix: plain numbers", when=START - 300)
    for body in (STRICT, TIGHT):
        story = of([FIX_A, Read(path=CODE), swap(body, LAX_2)], {CODE: code(body)})
        report = audited(story, begun, tmp_path / "log.jsonl")
        assert report.summary.edits == 1
        assert report.findings == ()
        (how,) = [one.progress for one in report.trajectories]
        assert how is not None
        assert how.exact == 1


def test_what_a_commit_leaves_out_is_still_there(begun: Repo, tmp_path: Path) -> None:
    """``git rm --cached`` takes a file out of the repository, and leaves it alone."""
    begun.git("rm", "-q", "--cached", CODE)
    begun.write(".gitignore", f"{CODE}\n")
    commit = made(begun, "Leave it out", when=START + PACE * 3)
    line = Run(line=f"git rm --cached {CODE}", output="", status=0)
    story = of([FIX_A, swap(STRICT, LAX), line, commit, swap(LAX, TIGHT)])
    report = audited(story, begun, tmp_path / "log.jsonl")
    assert report.findings == ()
    (how,) = [one.progress for one in report.trajectories]
    assert how is not None
    assert (how.exact, how.edits) == (3, 3)  # the other one is .gitignore


def test_a_commit_shows_the_whole_of_a_part(begun: Repo, tmp_path: Path) -> None:
    files = {CODE: code(TIGHT)}
    begun.write(CODE, code(LAX))
    commit = made(begun, "fix: plain numbers", when=START + PACE * 2)
    story = of([FIX_A, swap(TIGHT, LAX), commit, swap(LAX, STRICT)], files)
    report = audited(story, begun, tmp_path / "log.jsonl")
    (how,) = [one.progress for one in report.trajectories]
    assert how is not None
    assert (how.exact, how.edits) == (1, 2)


def test_what_attributes_say_of_a_file(begun: Repo, tmp_path: Path) -> None:
    begun.change(".gitattributes", "src/*.py linguist-generated\n", "Mark", when=START - 300)
    assert not told(audited(unseen("untested"), begun, tmp_path / "log.jsonl"))


def test_files_that_nobody_changes_are_those_of_the_commit(begun: Repo) -> None:
    beginning = Beginning(folder=str(begun.path), time=START, branch="main")
    with at_hand(beginning, Options()) as repository:
        history = SessionHistory(events=(), at_hand=repository)
        blob = history.files_at_start().get(TESTS.encode())
        assert blob is not None
        assert blob.hex() == begun.git("rev-parse", f"HEAD:{TESTS}")
        assert history.content(blob) == BEFORE[TESTS].encode()
        assert isinstance(history.content(history.files_at_start().get(b"none.py") or b""), str)
        history.contents.close()


@pytest.mark.parametrize("write", WRITERS)
def test_commits_of_what_is_known_are_no_turns(write: Writer, begun: Repo, tmp_path: Path) -> None:
    """Each edit is committed by the session, and once a commit holds what was staged before."""
    begun.write(CODE, code(LAX))
    first = made(begun, "fix: plain numbers", when=START + PACE * 2)
    begun.write(CODE, code(TIGHT))
    second = made(begun, "fix: unknown units", when=START + PACE * 6)
    steps: list[Step] = [FIX_A, swap(STRICT, LAX), first]
    steps += [FIX_B, swap(LAX, TIGHT), swap(TIGHT, LAX), second]
    without = audited(of(steps), begun, tmp_path / "log.jsonl", write, with_commits=False)
    begun.git("branch", "-f", "keep")
    begun.git("reset", "-q", "--soft", "HEAD~2")
    report = audited(of(steps), begun, tmp_path / "log.jsonl", write)
    assert report.summary.edits == without.summary.edits == 3
    assert report.summary.versions == without.summary.versions
    assert not told(report)


def test_a_commit_shows_what_the_log_does_not(begun: Repo, tmp_path: Path) -> None:
    """A script changes the file back, and only the commit tells."""
    begun.write(CODE, code(LAX))
    first = made(begun, "fix: plain numbers", when=START + PACE * 2)
    begun.write(CODE, code(STRICT))
    second = made(begun, "fix: unknown units", when=START + PACE * 5)
    script = Run(line="sed -i s/a/b/ src/dur.py", output="", status=0)
    story = of([FIX_A, swap(STRICT, LAX), first, FIX_B, script, second])
    without = audited(story, begun, tmp_path / "log.jsonl", with_commits=False)
    assert not told(without)
    report = audited(story, begun, tmp_path / "log.jsonl")
    (loop,) = [finding for finding in report.findings if finding.level is not Level.NOTE]
    assert loop.closed_at == begun.head()
    (closing,) = [version for version in report.versions if version.id == loop.closed_at]
    assert (closing.subject, closing.turn) == ("fix: unknown units", 2)


def test_what_git_takes_back_in_a_session(begun: Repo, tmp_path: Path) -> None:
    start = begun.head()
    begun.write(CODE, code(LAX))
    first = made(begun, "fix: plain numbers", when=START + PACE * 2)
    begun.write(CODE, code(STRICT))
    line = "git revert --no-edit HEAD"
    second = made(begun, 'Revert "fix: plain numbers"', when=START + PACE * 3, line=line)
    story = of([FIX_A, swap(STRICT, LAX), first, second])
    begun.git("branch", "-f", "kept")
    report = audited(story, begun, tmp_path / "log.jsonl")
    assert report.summary.edits == 2
    assert not told(report)
    assert [finding.kind for finding in report.findings] == ["backtrack"]
    assert report.trajectories[0].start == start


def test_a_commit_is_what_the_session_goes_on_from(begun: Repo, tmp_path: Path) -> None:
    """What a script had made is known by the commit; so is what is edited after that."""
    files = {"src/made.py": "x = 1\ny = 2\n"}
    begun.write("src/made.py", files["src/made.py"])
    commit = made(begun, "Make it", when=START + PACE * 2)
    edit = Replace(path="src/made.py", old="y = 2\n", new="y = 3\n")
    story = of([FIX_A, Run(line="python make.py", output="", status=0), commit, edit], files)
    report = audited(story, begun, tmp_path / "log.jsonl")
    (how,) = [one.progress for one in report.trajectories]
    assert how is not None
    assert (how.exact, how.edits) == (2, 2)


def test_a_commit_on_another_branch_is_none_of_the_work(begun: Repo, tmp_path: Path) -> None:
    begun.branch("other")
    begun.write(CODE, code(LAX))
    other = Run(line="git checkout other", output="Switched\n", status=0)
    commit = made(begun, "fix: plain numbers", when=START + PACE * 3)
    story = of([FIX_A, Write(path="a.py", content="x = 1\n"), other, commit])
    assert audited(story, begun, tmp_path / "log.jsonl").summary.edits == 1


def test_a_commit_on_something_else_only_shows_its_files(begun: Repo, tmp_path: Path) -> None:
    """The branch that the log tells was moved meanwhile: what the commit undoes was never there."""
    begun.git("branch", "side")
    begun.change(CODE, code(LAX), "Let plain numbers pass", when=START - 300)
    begun.checkout("side")
    begun.write("src/other.py", "x = 1\n")
    begun.write(CODE, code(STRICT).replace("hours, rest", "hour, rest"))
    commit = made(begun, "Count hours", when=START + PACE * 2)
    edit = Replace(path=CODE, old="hour, rest", new="hours, rest")
    story = of([FIX_A, Write(path="src/other.py", content="x = 1\n"), commit, FIX_B, edit])
    report = audited(
        replace(story, files={CODE: code(STRICT).replace("hours, rest", "hour, rest")}),
        begun,
        tmp_path / "log.jsonl",
    )
    assert report.trajectories[0].start == begun.head("main")
    assert not told(report)
    (how,) = [one.progress for one in report.trajectories]
    assert how is not None
    assert (how.edits, how.exact) == (2, 2)


def test_a_commit_of_long_ago_was_not_made_here(begun: Repo, tmp_path: Path) -> None:
    begun.change(CODE, code(LAX), "fix: plain numbers", when=START - 10 * DAY)
    said = f"[main {begun.head()[:7]}] fix: plain numbers\n"
    begun.git("reset", "-q", "--hard", "HEAD~1")
    begun.git("branch", "old", "HEAD@{1}")
    printed = Run(line="git commit -qam x || cat notes", output=said, status=0)
    story = of([FIX_A, Write(path="a.py", content="x = 1\n"), printed])
    assert audited(story, begun, tmp_path / "log.jsonl").summary.edits == 1


def test_a_new_branch_leaves_all_as_it_is(begun: Repo, tmp_path: Path) -> None:
    branched = Run(line="git checkout -b fix/durations", output="Switched\n", status=0)
    other = Run(line="git checkout other", output="Switched\n", status=0)
    for command, exact in ((branched, 1), (other, 0)):
        story = of([FIX_A, command, swap(STRICT, LAX)])
        report = audited(story, begun, tmp_path / "log.jsonl")
        (how,) = [one.progress for one in report.trajectories]
        assert how is not None
        assert how.exact == exact


@pytest.mark.parametrize("folder", ["src", ".hidden/folder"])
def test_a_session_in_a_folder_of_the_repository(folder: str, begun: Repo, tmp_path: Path) -> None:
    """Paths are as in the log: from the folder that it works in."""
    path = f"{folder}/dur.py"
    begun.change(path, code(LAX), "fix: plain numbers", when=START - 400)
    begun.change(path, code(STRICT), "fix: unknown units", when=START - 300)
    begun.change(path, code(LAX), "fix: plain numbers", when=START - 200)
    edit = Replace(path="dur.py", old=LAX, new=STRICT)
    text = claude(of([FIX_A, edit], {"dur.py": code(LAX)}), "")
    (tmp_path / "log.jsonl").write_text(text.replace(ROOT, str(begun.path / folder)))
    report = audit(AuditRequest(paths=(tmp_path / "log.jsonl",), is_caching=False))
    (loop,) = [finding for finding in report.findings if finding.level is not Level.NOTE]
    assert (loop.path, loop.level, loop.rounds) == ("dur.py", "error", 2)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ('"gitBranch":"main"', '"gitBranch":"--upload-pack=x"'),
        ('"gitBranch":"main"', '"gitBranch":"main^{/fix}"'),
        ('"gitBranch":"main"', '"gitBranch":"main\\u0000x"'),
        ('"gitBranch":"main"', '"gitBranch":""'),
        ('"gitBranch":"main"', '"gitBranch":"gone"'),
        ('"cwd":"/', '"cwd":"'),
        ('"cwd":"/', '"cwd":"//'),
        ('"cwd":"/', '"cwd":"\\u0000/'),
        ('"cwd":"/', '"cwd":"/dev/null/'),
        ("2026-01-05T09", "9999-01-05T09"),
        ("2026-01-05T09", "0001-01-05T09"),
        ("2026-01-05T09", "no time"),
    ],
)
def test_a_log_that_names_no_place(was: str, now: str, begun: Repo, tmp_path: Path) -> None:
    log, story = tmp_path / "log.jsonl", unseen("untested")
    text = claude(story, "").replace(ROOT, str(begun.path))
    assert was in text
    log.write_text(text.replace(was, now))
    (tmp_path / begun.path.name).mkdir(exist_ok=True)
    report = audit(AuditRequest(paths=(log,), is_caching=False))
    assert report.trajectories[0].progress is not None
    assert report.trajectories[0].start is None


@pytest.mark.parametrize("commit", ["--help", "HEAD", "f" * 40, "0123456", "main"])
def test_a_log_that_names_no_commit(commit: str, begun: Repo, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text(codex_calls(unseen("untested"), commit).replace(ROOT, str(begun.path)))
    report = audit(AuditRequest(paths=(log,), is_caching=False))
    assert report.trajectories[0].start is None


def test_nothing_of_the_repository_is_run_or_written(begun: Repo, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    for setting in ("core.fsmonitor", "diff.external", "core.pager", "core.sshCommand"):
        begun.git("config", setting, f"touch {mark}")
    for hook in ("post-checkout", "reference-transaction", "fsmonitor-watchman"):
        file = begun.write(f".git/hooks/{hook}", f"#!/bin/sh\ntouch {mark}\n")
        file.chmod(0o755)
    before = {path: path.stat().st_mtime_ns for path in begun.path.rglob("*")}
    report = audited(unseen("untested"), begun, tmp_path / "log.jsonl")
    assert report.trajectories[0].start == begun.head("main")
    assert not mark.exists()
    assert {path: path.stat().st_mtime_ns for path in begun.path.rglob("*")} == before


def test_the_cache_knows_the_repository(
    begun: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def watched(session: Session, options: Options) -> Report:
        asked.append(session.id)
        return audit_session(session, options)

    monkeypatch.setattr("loopwatch.auditing.task.audit_session", watched)
    log = tmp_path / "log.jsonl"
    log.write_text(claude(unseen("untested"), "").replace(ROOT, str(begun.path)))

    def starts(*options: str) -> list[str | None]:
        assert main(["audit", str(log), "--format", "json", "--exit-zero", *options]) == 0
        return [one["from"] for one in json.loads(capsys.readouterr().out)["trajectories"]]

    start = begun.head()
    assert starts() == starts() == [start]
    assert len(asked) == 1
    assert starts("--no-commits") == [None]
    assert len(asked) == 2
    begun.change(CODE, code(TIGHT), "Rewrite it", when=START - 100)
    assert starts() == [begun.head()]
    assert len(asked) == 3
    begun.git("branch", "-m", "main", "trunk")
    assert starts() == [None]


def test_what_was_found_while_the_repository_moved_is_not_kept(
    begun: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log, asked = tmp_path / "log.jsonl", list[str]()
    log.write_text(claude(unseen("untested"), "").replace(ROOT, str(begun.path)))

    def moving(session: Session, options: Options) -> Report:
        report = audit_session(session, options)
        if not asked:
            begun.git("branch", "new")
        asked.append(session.id)
        return report

    monkeypatch.setattr("loopwatch.auditing.task.audit_session", moving)
    for number in (1, 2, 2):
        main(["audit", str(log), "--exit-zero"])
        assert len(asked) == number
