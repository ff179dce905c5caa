"""Many processes: the same report whoever reads first, and what dies takes nothing along."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import dev
from loopwatch.auditing import workers
from loopwatch.auditing.audit import AuditRequest, audit
from loopwatch.auditing.task import task_of
from loopwatch.entrypoints.main import main
from loopwatch.model.options import Options
from loopwatch.model.report import Report
from loopwatch.sources.session_log.registry import readers
from loopwatch.sources.session_log.survey import survey
from tests.auditing import faults
from tests.sources.session_log.stories import BY_NAME
from tests.sources.session_log.writers import claude_code

posix = pytest.mark.skipif(os.name != "posix", reason="signals of another kind")
STORIES = ("reworded", "steady-progress", "untested")
STOPPED = """
import functools, sys
from loopwatch.auditing import audit, workers
from loopwatch.entrypoints.main import main
from tests.auditing import faults
audit.worked = functools.partial(workers.worked, work=faults.work)
if __name__ == "__main__":
    sys.exit(main(["audit", ".", "--jobs", "2", "--format", "json"]))
"""


def write(folder: Path, *names: str) -> None:
    for number, name in enumerate(names):
        story = BY_NAME[STORIES[number % len(STORIES)]]
        text = claude_code.log(replace(story, name=name))  # a session of its own
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "loopwatch.auditing.audit.worked", partial(workers.worked, work=faults.work)
    )


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    main(["audit", ".", "--format", "json", "--no-cache", *arguments])
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def read(jobs: int | None = None, time_limit: int | None = None) -> Report:
    paths = (Path(),)
    return audit(AuditRequest(paths=paths, jobs=jobs, time_limit=time_limit, is_caching=False))


def test_processes_say_what_one_says(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, *"abcdef")
    assert document(capsys, "--jobs", "2") == document(capsys)


@pytest.mark.usefixtures("faulty")
def test_who_is_done_first_does_not_matter(folder: Path) -> None:
    write(folder, "a-late", "b", "c")
    told = read(jobs=3)
    assert [one.path for one in told.trajectories] == ["a-late.jsonl", "b.jsonl", "c.jsonl"]
    assert told.is_complete


@posix
@pytest.mark.usefixtures("faulty")
def test_what_dies_takes_nothing_along(folder: Path) -> None:
    write(folder, "a", "b-killed", "c", "d-exits", "e", "f-killed", "g")
    told = read(jobs=2)
    assert [one.path for one in told.trajectories] == [f"{name}.jsonl" for name in "aceg"]
    assert {one.path: one.reason for one in told.skipped} == {
        "b-killed.jsonl": "the process that read it was killed (signal 9)",
        "d-exits.jsonl": "the process that read it ended (status 3)",
        "f-killed.jsonl": "the process that read it was killed (signal 9)",
    }
    assert not told.is_complete


@pytest.mark.usefixtures("faulty")
def test_what_takes_too_long_is_given_up(folder: Path) -> None:
    write(folder, "a-sleeps", "b", "c")
    told = read(jobs=1, time_limit=4)
    assert [one.path for one in told.trajectories] == ["b.jsonl", "c.jsonl"]
    assert [(one.path, one.reason) for one in told.skipped] == [
        ("a-sleeps.jsonl", "it took longer than 4 s")
    ]


@pytest.mark.usefixtures("faulty")
def test_small_inputs_stay_here(folder: Path) -> None:
    write(folder, "a-sleeps", "b")
    assert len(read().trajectories) == 2  # nothing slept: no other process was asked


@pytest.mark.usefixtures("faulty")
def test_large_inputs_do_not(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loopwatch.auditing.audit.SMALL", 100)
    write(folder, "a-exits", "b")
    assert [one.path for one in read().trajectories] == ["b.jsonl"]


def test_progress_is_told_as_it_comes(folder: Path) -> None:
    write(folder, "a", "b", "c")
    told: list[tuple[int, int]] = []
    request = AuditRequest(paths=(Path(),), jobs=2, tell=lambda *now: told.append(now))
    audit(request)
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]
    told.clear()
    audit(request)  # from the cache
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_no_process_is_left(folder: Path) -> None:
    write(folder, "a", "b", "c")
    read(jobs=2)
    assert multiprocessing.active_children() == []


@posix
def test_memory_does_not_add_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that reads many logs takes no more than one that reads a few."""
    write(folder, *(f"log-{number:02}" for number in range(30)))
    for log in folder.glob("*.jsonl"):
        with log.open("ab") as file:
            file.write(b'{"type": "other"}\n' * 10_000)
    known = readers(print)
    sessions = survey([folder], known).sessions
    tasks = [task_of(one, known, Options(), is_redacting=True) for one in sessions]
    left = [int(data) for _, data in workers.worked(tasks, 1, 0, work=faults.garbage)]
    assert max(left) < 27 * faults.LITTER  # of 30: it is swept on the way


@posix
def test_ctrl_c_ends_all_processes(folder: Path) -> None:
    write(folder, "a-sleeps", "b-sleeps", "c")
    (folder / "stopped.py").write_text(STOPPED)
    process = subprocess.Popen(
        [sys.executable, "stopped.py"],
        env={**os.environ, "PYTHONPATH": str(dev.ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    notes = [folder / f"{name}-sleeps.pid" for name in "ab"]
    until = time.monotonic() + 60
    while not all(note.exists() for note in notes) and time.monotonic() < until:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err.strip()) == (2, "", "error: stopped")
    for note in notes:
        with pytest.raises(ProcessLookupError):
            os.kill(int(note.read_text()), 0)
