"""The command: many logs, some broken, one report."""

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from loopwatch.auditing.session import audit_session
from loopwatch.entrypoints.main import main
from loopwatch.model.options import Options
from loopwatch.model.report import Report
from loopwatch.reports.json_doc import schema
from loopwatch.sources.session_log.survey import Session
from tests.builders import Repo
from tests.sources.session_log.formats import FORMATS, Format
from tests.sources.session_log.stories import BY_NAME
from tests.sources.session_log.writers import claude_code


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with a loop, a healthy session and what is no log."""
    monkeypatch.chdir(tmp_path)
    for name in ("reworded", "steady-progress"):
        (tmp_path / f"{name}.jsonl").write_text(claude_code.log(BY_NAME[name]))
    (tmp_path / "cut.jsonl").write_text(claude_code.log(BY_NAME["untested"])[:-300])
    (tmp_path / "other.json").write_text('{"name": "x"}')
    (tmp_path / "empty.jsonl").write_text("")
    return tmp_path


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    status = main(["audit", *arguments, "--format", "json"])
    return status, json.loads(capsys.readouterr().out)


def test_all_in_one_report(logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, told = document(capsys, ".")
    assert status == 1
    jsonschema.validate(told, schema())
    assert told["source"]["kind"] == "sessions"
    assert [one["path"] for one in told["trajectories"]] == [
        "cut.jsonl",
        "reworded.jsonl",
        "steady-progress.jsonl",
    ]
    skipped = {skip["path"]: skip["reason"] for skip in told["skipped"]}
    assert skipped["empty.jsonl"] == "empty"
    assert skipped["other.json"] == "no session log of a known format"
    assert not told["complete"]


def test_a_finding_says_what_it_cost(logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, told = document(capsys, "reworded.jsonl")
    (finding,) = told["findings"]
    cost = finding["cost"]
    assert (cost["edits"], cost["turns"]) == (3, 3)
    assert cost["seconds"] == 210
    assert cost["tokens"] == 8_640
    assert cost["usd"] > 0
    (session,) = told["trajectories"]
    assert session["progress"]["turned_at"] == finding["closed_at"]


def test_the_healthy_session_is_silent(logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "steady-progress.jsonl"]) == 0
    assert "1 session" in capsys.readouterr().out


def test_nothing_to_read(logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "empty.jsonl"]) == 2
    assert capsys.readouterr().err.splitlines()[0] == "error: empty.jsonl cannot be read: empty"
    assert main(["audit"]) == 2
    assert main(["audit", "nowhere"]) == 2


def test_secrets_are_taken_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    secret = "ghp_" + "a1B2" * 9
    text = claude_code.log(BY_NAME["reworded"]).replace("please fix it", f"fix it with {secret}")
    Path("log.jsonl").write_text(text)
    main(["audit", "log.jsonl", "--format", "json", "--output", "text=report.txt"])
    assert secret not in capsys.readouterr().out + Path("report.txt").read_text()
    main(["audit", "log.jsonl", "--no-redact", "--format", "json"])
    assert secret in capsys.readouterr().out


def test_a_reader_that_fails_costs_its_log_only(
    logs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(session: Session, options: Options) -> Report:
        if session.path == "reworded.jsonl":
            raise KeyError("x")
        return audit_session(session, options)

    monkeypatch.setattr("loopwatch.auditing.task.audit_session", failing)
    _, told = document(capsys, ".")
    reasons = {skip["path"]: skip["reason"] for skip in told["skipped"]}
    assert reasons["reworded.jsonl"].startswith("a fault of loopwatch")
    assert len(told["trajectories"]) == 2


@pytest.mark.parametrize("format_", FORMATS, ids=lambda one: one.name)
def test_the_same_log_gives_the_same_report(
    format_: Format,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    name = f"log{format_.ending}"
    Path(name).write_text(format_.write(BY_NAME["untested"]))
    assert document(capsys, name) == document(capsys, name)


# --- what a repository accepts ---


def test_what_is_accepted_is_only_counted(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.write("reworded.jsonl", claude_code.log(BY_NAME["reworded"]))
    monkeypatch.chdir(repo.path)
    status, told = document(capsys, ".")
    (finding,) = told["findings"]
    assert status == 1
    for entry, is_heeded in (
        ("", True),
        (" until 2999-01-01", True),
        (" until 2001-01-01", False),  # the session was later
    ):
        repo.write(".loopwatch-ignore", f"{finding['id']}{entry}: it is known\n")
        status, told = document(capsys, ".")
        assert status == (not is_heeded)
        assert bool(told["findings"]) is not is_heeded
        assert told["summary"]["suppressed"] == is_heeded
        (agent,) = told["fleet"]["agents"]
        assert (agent["errors"], told["trajectories"][0]["progress"]["errors"]) == (
            told["summary"]["errors"],
        ) * 2


def test_a_file_of_accepted_findings_that_cannot_be_read(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.write("reworded.jsonl", claude_code.log(BY_NAME["reworded"]))
    repo.write(".loopwatch-ignore", "<<<<<<< ours\n")
    monkeypatch.chdir(repo.path)
    assert main(["audit", "."]) == 2
    assert ".loopwatch-ignore" in capsys.readouterr().err
