"""Every format tells every story, and loopwatch makes the same of it."""

from pathlib import Path

import pytest

from loopwatch.auditing.session import audit_session
from loopwatch.model.finding import Level
from loopwatch.model.options import Options
from loopwatch.model.report import Report
from loopwatch.model.unit import Granularity
from loopwatch.sources.session_log.registry import readers
from loopwatch.sources.session_log.survey import survey
from tests.sources.session_log.formats import FORMATS, Format
from tests.sources.session_log.stories import STORIES, Story, Told


def report_of(path: Path, text: str) -> Report:
    path.write_text(text, encoding="utf-8", newline="\n")
    found = survey([path], readers(pytest.fail))
    assert not found.skipped
    (session,) = found.sessions
    return audit_session(session, Options())


def loud(report: Report) -> list[Told]:
    return [
        Told(
            kind=finding.kind.value,
            level=finding.level.value,
            period=finding.period,
            rounds=finding.rounds,
            is_observed=finding.granularity is Granularity.DEFECT,
        )
        for finding in report.findings
        if finding.level is not Level.NOTE
    ]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
@pytest.mark.parametrize("format_", FORMATS, ids=lambda one: one.name)
def test_story(format_: Format, story: Story, tmp_path: Path) -> None:
    if story.needs_output and not format_.has_output:
        pytest.skip("the format keeps no output of commands")
    if story.needs_turns and not format_.has_turns:
        pytest.skip("the user is asked only once")
    report = report_of(tmp_path / f"session{format_.ending}", format_.write(story))
    assert loud(report) == list(story.told)
