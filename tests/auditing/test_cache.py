"""A second audit reads only what is new, and says the same."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import dev
from loopwatch.auditing import digest
from loopwatch.auditing.session import audit_session
from loopwatch.entrypoints.main import main
from loopwatch.model.options import Options
from loopwatch.model.report import Report
from loopwatch.sources.session_log.survey import Session
from tests.sources.session_log.formats import FORMATS, Format
from tests.sources.session_log.stories import BY_NAME
from tests.sources.session_log.writers import claude_code

# Prints every file that is opened while a log is read, but for those of Python itself.
WATCH = """
import sys
opened = []
watching = False
def watch(event, arguments):
    if watching and event == "open" and str(arguments[0]).startswith(sys.argv[2]):
        opened.append(str(arguments[0]))
    if watching and event in {"os.listdir", "os.scandir", "subprocess.Popen"}:
        opened.append(event + " " + str(arguments[0]))
sys.addaudithook(watch)
from pathlib import Path
from loopwatch.auditing.task import result, task_of
from loopwatch.model.options import Options
from loopwatch.sources.session_log.registry import readers
from loopwatch.sources.session_log.survey import survey
known = readers(print)
(session,) = survey([Path(sys.argv[1])], known).sessions
task = task_of(session, known, Options(), is_redacting=True)
result(task, known)  # all that is imported late is there now
watching = True
found = result(task, known)
watching = False
assert not isinstance(found, str), found
print(task.logs[0].reader, sorted(set(opened)))
"""


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the paths of the sessions that were read, and not taken from the cache."""
    paths: list[str] = []

    def told(session: Session, options: Options) -> Report:
        paths.append(session.path)
        return audit_session(session, options)

    monkeypatch.setattr("loopwatch.auditing.task.audit_session", told)
    return paths


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("reworded", "steady-progress"):
        (tmp_path / f"{name}.jsonl").write_text(claude_code.log(BY_NAME[name]))
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    main(["audit", *(arguments or (".",)), "--format", "json"])
    return capsys.readouterr().out


def entries() -> list[Path]:
    return sorted((Path.home() / ".cache" / "loopwatch" / "audit").glob("*"))


def test_a_second_audit_reads_nothing(
    logs: Path, read: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    first = told(capsys)
    assert read == ["reworded.jsonl", "steady-progress.jsonl"]
    assert told(capsys) == first
    assert len(read) == 2
    assert told(capsys, ".", "--no-cache") == first
    assert len(read) == 4


def test_it_reads_what_is_new(
    logs: Path, read: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    told(capsys)
    new = replace(BY_NAME["untested"], name="another")
    (logs / "new.jsonl").write_text(claude_code.log(new))
    with (logs / "reworded.jsonl").open("a") as file:
        file.write("\n")
    told(capsys)
    assert read[2:] == ["new.jsonl", "reworded.jsonl"]


def test_a_log_is_known_by_its_content(
    logs: Path, read: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    first = told(capsys, "reworded.jsonl")
    (logs / "reworded.jsonl").rename(logs / "moved.jsonl")
    again = told(capsys, "moved.jsonl")
    assert read == ["reworded.jsonl"]
    assert again == first.replace("reworded.jsonl", "moved.jsonl")


def test_other_options_are_another_question(
    logs: Path, read: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    told(capsys, "reworded.jsonl")
    told(capsys, "reworded.jsonl", "--units", "file")
    subprocess.run(["git", "init", "-q"], check=True)  # configuration is that of a repository
    (logs / "loopwatch.toml").write_text('prices = ["claude-sonnet-4-5 9 9 9 9"]\n')
    told(capsys, "reworded.jsonl")
    assert len(read) == 3


def test_other_code_gives_other_answers(
    logs: Path,
    read: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told(capsys, "reworded.jsonl")
    monkeypatch.setattr(digest, "code_stamp", lambda: "another")
    told(capsys, "reworded.jsonl")
    assert len(read) == 2


@pytest.mark.parametrize("damage", [b"", b"{}", b"x" * 500])
def test_a_damaged_entry_is_made_again(
    logs: Path, read: list[str], capsys: pytest.CaptureFixture[str], damage: bytes
) -> None:
    first = told(capsys, "reworded.jsonl")
    (entry,) = entries()
    entry.write_bytes(damage)
    assert told(capsys, "reworded.jsonl") == first
    assert len(read) == 2
    assert told(capsys, "reworded.jsonl") == first
    assert len(read) == 2  # it is whole again


def test_secrets_are_not_kept(logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, ".", "--no-redact")
    assert not entries()


def test_a_failure_is_not_kept(
    logs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(session: Session, options: Options) -> Report:
        raise MemoryError

    monkeypatch.setattr("loopwatch.auditing.task.audit_session", failing)
    assert main(["audit", "."]) == 2
    assert "there was not enough memory to read it" in capsys.readouterr().err
    assert not entries()


def test_a_log_that_grows_meanwhile_is_not_kept(
    logs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def growing(session: Session, options: Options) -> Report:
        report = audit_session(session, options)
        with session.logs[0].file.path.open("a") as file:
            file.write("\n")
        return report

    monkeypatch.setattr("loopwatch.auditing.task.audit_session", growing)
    told(capsys)
    assert not entries()


@pytest.mark.parametrize("format_", FORMATS, ids=lambda one: one.name)
def test_what_is_kept_depends_on_the_log_alone(format_: Format, tmp_path: Path) -> None:
    log = tmp_path / f"log{format_.ending}"
    log.write_text(format_.write(BY_NAME["untested"]))
    arguments = (str(log), str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", WATCH, *arguments],
        env={**os.environ, "PYTHONPATH": str(dev.ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    reader, _, opened = done.stdout.strip().partition(" ")
    if reader in digest.SELF_CONTAINED:
        assert opened == f"['{log}']"
