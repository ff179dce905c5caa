"""Every readable history, version by version: a check says what a scan says, when it happens."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from loopwatch import app
from loopwatch.checking import CheckRequest
from loopwatch.model.explanation import Explanation
from loopwatch.model.finding import Level
from loopwatch.model.options import Options
from loopwatch.model.report import Report
from loopwatch.sources import fixture
from loopwatch.sources.git_process import Git
from loopwatch.sources.scan_range import ScanRange

FIXTURES = Path(__file__).parents[2] / "fixtures"
NAMES = sorted(path.parent.name for path in FIXTURES.glob("*/history.txt"))
BRIEF = Options(tells_notes=False)  # as the hook asks

Loud = Mapping[str, Level]  # by finding


def loud(report: Report) -> Loud:
    return {one.id: one.level for one in report.findings if one.level is not Level.NOTE}


def turns(folder: Path, commit: str) -> Loud:
    """Return the findings that have a loud turn at a commit, as ``explain`` tells them."""
    request = app.ScanRequest(folder=folder, range=ScanRange(revision=commit))
    told = app.explain(request, commit).told
    assert isinstance(told, Explanation)
    found: dict[str, Level] = {}
    for one in told.returns:
        if one.level is not Level.NOTE and one.finding is not None:
            before = found.get(one.finding, Level.NOTE)
            found[one.finding] = max(one.level, before, key=lambda level: level.rank)
    return found


def stage(folder: Path, commit: str, patch: pytest.MonkeyPatch) -> Path:
    """Make a commit the staged change after its parent; return the file with its message."""
    git = Git(folder)
    for command in (("update-ref", "--no-deref", "HEAD", f"{commit}^"), ("read-tree", commit)):
        status, _, complaint = git.ask(*command)
        assert status == 0, complaint
    authored, committed = (git.text("log", "-1", "--format=%at %ct", commit) or "").split()
    patch.setenv("GIT_AUTHOR_DATE", f"@{authored} +0000")
    patch.setenv("GIT_COMMITTER_DATE", f"@{committed} +0000")
    patch.setenv("GIT_EDITOR", ":")
    message = folder / "message.txt"
    message.write_bytes(os.fsencode(git.text("log", "-1", "--format=%B", commit) or ""))
    return message


@pytest.mark.parametrize("name", NAMES)
def test_a_check_says_what_a_scan_says(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = fixture.parse((FIXTURES / name / "history.txt").read_text(encoding="utf-8"))
    folder = tmp_path / name
    commits = fixture.build(told, folder)
    in_all = loud(app.scan(app.ScanRequest(folder=folder)))
    seen: set[str] = set()
    for version in told.versions:
        commit = commits[version.label]
        wanted = turns(folder, commit)
        checked = app.check(CheckRequest(folder=folder, revision=commit, options=BRIEF))
        assert loud(checked) == wanted, version.label
        seen |= wanted.keys()
        if len(version.parents) == 1:
            with monkeypatch.context() as patch:
                file = stage(folder, commit, patch)
                staged = app.check(CheckRequest(folder=folder, message=file, options=BRIEF))
            assert loud(staged) == wanted, f"{version.label}, staged"
    assert seen == in_all.keys()


def test_some_of_them_are_loud() -> None:
    assert len(NAMES) > 50
