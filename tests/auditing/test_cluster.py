"""A real cluster on this machine, whose workers are killed."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

import dev
from loopwatch.auditing import cluster
from loopwatch.auditing.audit import AuditRequest, audit
from loopwatch.entrypoints.main import main
from loopwatch.errors import SourceError
from loopwatch.model.report import Report
from tests.auditing import faults
from tests.auditing.test_workers import write

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="signals of another kind"),
    pytest.mark.filterwarnings("default"),  # dask's own
]
START = "import sys; from dask.__main__ import main; sys.argv[0] = 'dask'; main()"
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Give what starts a part of a cluster; all of it is ended."""
    started: list[subprocess.Popen[bytes]] = []

    def run(*arguments: str) -> subprocess.Popen[bytes]:
        with (tmp_path / f"cluster-{len(started)}.txt").open("wb") as said:
            one = subprocess.Popen(
                [sys.executable, "-c", START, *arguments],
                env={**os.environ, "PYTHONPATH": str(dev.ROOT)},
                cwd=tmp_path,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        started.append(one)
        return one

    yield run
    for one in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(one.pid, signal.SIGKILL)
        one.wait()


@pytest.fixture
def address(tmp_path: Path, start: Start) -> str:
    """Give the address of a scheduler that has no workers yet."""
    told = tmp_path / "scheduler.file"
    start(
        "scheduler",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--no-dashboard",
        "--scheduler-file",
        str(told),
    )
    until = time.monotonic() + 60
    while not told.exists() and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(0.2)  # it is written whole
    found: str = json.loads(told.read_text())["address"]
    return found


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def worker(start: Start, address: str, *arguments: str) -> subprocess.Popen[bytes]:
    return start("worker", address, "--no-dashboard", "--nthreads", "2", *arguments)


def read(scheduler: str | None) -> Report:
    return audit(AuditRequest(paths=(Path(),), scheduler=scheduler, is_caching=False))


def test_a_cluster_says_what_this_machine_says(
    logs: Path, address: str, start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    write(logs, *"abcd")
    worker(start, address, "--no-nanny")
    arguments = ["audit", ".", "--format", "json", "--no-cache"]
    main(arguments)
    here = capsys.readouterr().out
    main([*arguments, "--scheduler", address])
    told = capsys.readouterr()
    assert (told.out, told.err) == (here, "")


def test_a_worker_that_is_killed_loses_nothing(
    logs: Path, address: str, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(logs, "a", "b-sleeps", "c", "d")
    here = read(None)
    monkeypatch.setattr(
        "loopwatch.auditing.audit.on_cluster", partial(cluster.on_cluster, work=faults.once)
    )
    for _ in range(2):
        worker(start, address, "--no-nanny")
    killed: list[int] = []

    def kill() -> None:
        note = logs / "b-sleeps.pid"
        until = time.monotonic() + 60
        while not note.exists() and time.monotonic() < until:
            time.sleep(0.1)
        killed.append(int(note.read_text()))
        os.kill(killed[0], signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    told = read(address)
    thread.join()
    assert killed
    assert told == here


def test_what_kills_each_worker_takes_nothing_along(
    logs: Path, address: str, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(logs, "a", "b-killed", "c", "d", "e", "f")
    monkeypatch.setattr(
        "loopwatch.auditing.audit.on_cluster", partial(cluster.on_cluster, work=faults.work)
    )
    worker(start, address, "--nworkers", "2")  # with nannies, which start new ones
    told = read(address)
    assert [one.path for one in told.trajectories] == [f"{name}.jsonl" for name in "acdef"]
    assert [(one.path, one.reason) for one in told.skipped] == [("b-killed.jsonl", cluster.DIED)]


def test_nobody_is_left(logs: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write(logs, "a", "b")
    monkeypatch.setattr(
        "loopwatch.auditing.audit.on_cluster", partial(cluster.on_cluster, patience=1.0)
    )
    with pytest.raises(SourceError, match="no workers any more"):
        read(address)


def test_nobody_answers(logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(logs, "a")
    monkeypatch.setattr(cluster, "ANSWERS_IN", 1)
    for wrong in ("tcp://127.0.0.1:9", "nowhere://x", ""):
        with pytest.raises(SourceError, match="no dask scheduler answers"):
            read(wrong)


def test_dask_is_not_there(
    logs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(logs, "a")
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main(["audit", ".", "--scheduler", "tcp://127.0.0.1:9"]) == 2
    err = capsys.readouterr().err.splitlines()
    assert err == [
        "error: a cluster needs dask, which is not installed",
        'hint: pip install "loopwatch[fleet]"',
    ]


def test_dask_is_only_loaded_when_asked_for(logs: Path) -> None:
    write(logs, "a")
    code = "import sys; from loopwatch.entrypoints.main import main; main(['audit', '.', '-q'])"
    code += "; sys.exit(' '.join({'dask', 'distributed'} & set(sys.modules)) or 0)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_it_is_one_or_the_other(logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(logs, "a")
    assert main(["audit", ".", "--scheduler", "tcp://x", "--jobs", "2"]) == 2
    assert "--scheduler goes with neither" in capsys.readouterr().err


def test_a_result_that_dies_with_its_worker_is_asked_for_again(
    logs: Path, address: str, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    gathered, lost = cluster._gathered, ["one"]
    monkeypatch.setattr(
        cluster, "_gathered", lambda future: None if lost and lost.pop() else gathered(future)
    )
    write(logs, "a", "b")
    worker(start, address)
    assert [one.path for one in read(address).trajectories] == ["a.jsonl", "b.jsonl"]
    assert not lost
