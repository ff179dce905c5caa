"""Several sessions in one report."""

import json
from pathlib import Path

import pytest

from loopwatch.entrypoints.main import main
from tests.sources.session_log.stories import BY_NAME
from tests.sources.session_log.writers import claude_code, openhands


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give two sessions of two agents that met the same defects."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.jsonl").write_text(claude_code.log(BY_NAME["reworded"]))
    (tmp_path / "b.json").write_text(openhands.log(BY_NAME["reworded"]))


def audited(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["audit", *arguments]) == 1
    return capsys.readouterr().out


@pytest.mark.usefixtures("two")
def test_a_finding_names_versions_of_its_own_session(capsys: pytest.CaptureFixture[str]) -> None:
    alone = [audited(capsys, name).split("SESSIONS")[0] for name in ("a.jsonl", "b.json")]
    both = audited(capsys, ".").split("SESSIONS")[0]
    for told in alone:
        assert "last without A" in told
        assert told.split("\n", 1)[1].strip() in both


@pytest.mark.usefixtures("two")
def test_a_timeline_says_which_session_a_version_is_of(capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(audited(capsys, ".", "--format", "json"))
    sessions = {one["id"] for one in told["trajectories"]}
    assert len(sessions) == 2
    for defect in told["defects"].values():
        assert {seen["trajectory"] for seen in defect["timeline"]} == sessions
