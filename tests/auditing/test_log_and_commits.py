"""The same work, told by a log and by commits, leads to the same findings."""

from pathlib import Path

import pytest

from loopwatch import app
from loopwatch.auditing.audit import AuditRequest, audit
from loopwatch.model.finding import Level
from loopwatch.model.report import Report
from tests.builders import Repo
from tests.sources.session_log.stories import BY_NAME, Ask, Replace, Story, Write
from tests.sources.session_log.writers import claude_code


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
