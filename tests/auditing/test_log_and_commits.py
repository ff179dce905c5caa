"""The same work, told by a log and by commits, leads to the same findings."""

from pathlib import Path

import pytest

from loopwatch import app
from loopwatch.auditing.audit import AuditRequest, audit
from loopwatch.keeping.record import RecordRequest, ResultFile, record_files
from loopwatch.model.finding import Finding, Level
from loopwatch.model.report import Report
from tests.builders import Repo
from tests.sources.session_log.stories import (
    BY_NAME,
    NONE,
    A,
    Ask,
    B,
    C,
    Replace,
    Run,
    Story,
    Write,
)
from tests.sources.session_log.writers import aider, claude_code

TOLD = [*A, *B, *C, *NONE]  # tests


def commit_each(story: Story, repo: Repo) -> None:
    """Commit each edit of a story under the words of its prompt."""
    files = dict(story.files)
    for path, text in files.items():
        repo.write(path, text)
    repo.commit("Add parse_duration")
    prompt = ""
    for step in story.steps:
        if isinstance(step, Ask):
            prompt = step.text
        elif isinstance(step, Write):
            files[step.path] = step.content
            repo.change(step.path, step.content, prompt)
        elif isinstance(step, Replace) and not step.is_refused:
            files[step.path] = files[step.path].replace(step.old, step.new)
            repo.change(step.path, files[step.path], prompt)


def told(report: Report) -> list[tuple[object, ...]]:
    return [
        (f.id, f.kind, f.level, f.path, f.symbol, f.period, f.rounds, len(f.edits))
        for f in report.findings
        if f.level is not Level.NOTE
    ]


@pytest.mark.parametrize("name", ["untested", "one-round", "admitted-later", "refused"])
def test_same_findings(name: str, repo: Repo, tmp_path: Path) -> None:
    story = BY_NAME[name]
    commit_each(story, repo)
    log = tmp_path / "log.jsonl"
    log.write_text(claude_code.log(story))
    of_commits = app.scan(app.ScanRequest(folder=repo.path))
    assert told(audit(AuditRequest(paths=(log,)))) == told(of_commits)
    assert bool(told(of_commits)) is bool(story.told)


@pytest.mark.parametrize("name", ["untested", "one-round", "refused"])
def test_a_chat_in_its_repository_has_the_same_versions(name: str, repo: Repo) -> None:
    """Aider names its commits, so both tell of the same ones, by the same ids."""
    story = BY_NAME[name]
    for path, text in story.files.items():
        repo.write(path, text)
    repo.commit("Add parse_duration")

    def commit(path: str, content: str) -> str:
        return repo.change(path, content, f"fix: change {path}")[:7]

    log = repo.path / ".aider.chat.history.md"
    log.write_text(aider.log(story, commit=commit))
    of_log = audit(AuditRequest(paths=(log,)))
    of_commits = app.scan(app.ScanRequest(folder=repo.path))
    assert told(of_log) == told(of_commits)
    assert bool(told(of_log)) is bool(story.told)
    assert [walk(one) for one in of_log.findings] == [walk(one) for one in of_commits.findings]


@pytest.mark.parametrize("name", ["identical", "reworded", "period-3", "steady-progress"])
def test_same_findings_of_tests(name: str, repo: Repo, tmp_path: Path) -> None:
    """What the log tells of its tests is recorded for each commit, as CI would do it."""
    story = BY_NAME[name]
    commit_each(story, repo)
    record_each(story, repo, tmp_path / "junit.xml")
    log = tmp_path / "log.jsonl"
    log.write_text(claude_code.log(story))
    of_commits = app.scan(app.ScanRequest(folder=repo.path))
    assert told(audit(AuditRequest(paths=(log,)))) == told(of_commits)
    assert bool(told(of_commits)) is bool(story.told)


def record_each(story: Story, repo: Repo, results: Path) -> None:
    """Record, for the commit of each edit of a story, what the tests said after it."""
    commits = iter(repo.git("rev-list", "--reverse", "HEAD").split())
    commit = next(commits)
    for step in story.steps:
        if isinstance(step, Write | Replace):
            commit = next(commits)
        elif isinstance(step, Run):
            results.write_text(junit([test for test in TOLD if test in step.output]))
            files = (ResultFile(path=results, format="junit"),)
            record_files(RecordRequest(folder=repo.path, files=files, version=commit), pytest.fail)


def junit(failed: list[str]) -> str:
    cases = "".join(
        f'<testcase classname="tests.test_dur" name="{test}">'
        + ('<failure message="x"/>' if test in failed else "")
        + "</testcase>"
        for test in TOLD
    )
    counts = f'tests="{len(TOLD)}" failures="{len(failed)}" errors="0"'
    return f'<testsuites><testsuite name="pytest" {counts}>{cases}</testsuite></testsuites>'


def walk(finding: Finding) -> list[object]:
    return [finding.closed_at, finding.last_at, *(edit.version for edit in finding.edits)]
