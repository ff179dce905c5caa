"""Many `loopwatch record` at once, some killed at random: what was acknowledged must be there."""

import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from loopwatch.keeping.place import ledger_path
from loopwatch.sources.repository import find_repository
from loopwatch.store.ledger import Ledger

ACKNOWLEDGED = b"loopwatch: recorded what "
SAY = 'print(\'<testsuite><testcase name="t{}" classname="a"><failure/></testcase></testsuite>\')'


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of all runs."""

    runs: int
    killed: int  # before they ended
    acknowledged: int
    lost: int  # acknowledged, and not there afterwards
    failed: int  # not killed, and not acknowledged
    is_sound: bool  # SQLite finds nothing wrong with the file
    seconds: float
    complaints: tuple[str, ...]  # of those that failed


def torture(repository: Path, runs: int, kills: int, seed: int = 0) -> Outcome:
    """Start many recordings at the same time, and kill some of them at random moments.

    Args:
        repository: a repository with at least one file.
        runs: how many there are.
        kills: how many of them are killed.
        seed: of the dice.
    """
    dice = random.Random(seed)  # noqa: S311  nothing secret
    pause = _alone(repository) * runs / (os.cpu_count() or 1) / max(kills, 1) / 3
    told: dict[int, bytes] = {}
    waiting, gate = os.pipe()  # all commands wait until it is closed
    processes = [_start(repository, number, waiting) for number in range(runs)]
    os.close(waiting)
    readers = [
        threading.Thread(target=_listen, args=(number, process, told))
        for number, process in enumerate(processes)
    ]
    for reader in readers:
        reader.start()
    started = time.monotonic()
    os.close(gate)
    struck: list[subprocess.Popen[bytes]] = []
    for _ in range(kills):
        living = [one for one in processes if one not in struck and one.poll() is None]
        if living:
            struck.append(dice.choice(living))
            struck[-1].kill()
        time.sleep(dice.expovariate(1 / pause))
    for reader in readers:
        reader.join()
    seconds = time.monotonic() - started
    acknowledged = {number for number, said in told.items() if ACKNOWLEDGED in said}
    killed = {number for number in range(runs) if processes[number].returncode == -9}
    failed = set(range(runs)) - killed - acknowledged
    lost = acknowledged - _kept(repository)
    return Outcome(
        runs=runs,
        killed=len(killed),
        acknowledged=len(acknowledged),
        lost=len(lost),
        failed=len(failed),
        is_sound=_is_sound(repository),
        seconds=seconds,
        complaints=tuple(told[number].decode(errors="replace") for number in sorted(failed)),
    )


def _alone(repository: Path) -> float:
    """Return how many seconds one recording takes."""
    started = time.monotonic()
    _start(repository, 1_000_000, subprocess.DEVNULL).communicate()
    return time.monotonic() - started


def _start(repository: Path, number: int, stdin: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "loopwatch", "record", "-v", "--format", "junit", "--"]
    return subprocess.Popen(
        [*command, sys.executable, "-S", "-c", f"open(0).read(); {SAY.format(number)}"],
        cwd=repository,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdin=stdin,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def _listen(number: int, process: subprocess.Popen[bytes], told: dict[int, bytes]) -> None:
    assert process.stderr is not None
    told[number] = process.stderr.read()
    process.stderr.close()
    process.wait()


def _kept(repository: Path) -> set[int]:
    with Ledger.reading(ledger_path(find_repository(repository))) as ledger:
        return {
            int(defect.subject.rpartition("t")[2])
            for entry in ledger.entries()
            for defect in entry.evidence.defects
        }


def _is_sound(repository: Path) -> bool:
    with closing(sqlite3.connect(ledger_path(find_repository(repository)))) as database:
        return database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
