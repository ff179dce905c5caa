"""Many `loopwatch record` at once, some killed at random: what was acknowledged must be there."""

import os
import random
import signal
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

    runs: int  # more than were asked for, where there was nobody left to kill
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
        runs: how many there are at first.
        kills: how many are killed before they end; others are started if these run out.
        seed: of the dice.
    """
    dice = random.Random(seed)  # noqa: S311  nothing secret
    pause = _alone(repository) * runs / (os.cpu_count() or 1) / max(kills, 1) / 3
    crowd = _Crowd(repository)
    waiting, gate = os.pipe()  # all commands wait until it is closed
    for _ in range(runs):
        crowd.start(waiting)
    os.close(waiting)
    started = time.monotonic()
    os.close(gate)
    killed: set[int] = set()
    while len(killed) < kills:
        living = crowd.living() or [crowd.start(subprocess.DEVNULL)]
        killed.update(crowd.kill(dice.choice(living)))
        time.sleep(dice.expovariate(1 / pause))
    told = crowd.told()
    seconds = time.monotonic() - started
    acknowledged = {number for number, said in told.items() if ACKNOWLEDGED in said}
    failed = told.keys() - killed - acknowledged
    lost = acknowledged - _kept(repository)
    return Outcome(
        runs=len(told),
        killed=len(killed),
        acknowledged=len(acknowledged),
        lost=len(lost),
        failed=len(failed),
        is_sound=_is_sound(repository),
        seconds=seconds,
        complaints=tuple(told[number].decode(errors="replace") for number in sorted(failed)),
    )


class _Crowd:
    """Recordings under way, by number, with what each of them says."""

    def __init__(self, repository: Path) -> None:
        self._repository = repository
        self._processes: list[subprocess.Popen[bytes]] = []
        self._readers: list[threading.Thread] = []
        self._told: dict[int, bytes] = {}

    def start(self, stdin: int) -> int:
        """Start another one; return its number."""
        number = len(self._processes)
        process = _start(self._repository, number, stdin)
        self._processes.append(process)
        reader = threading.Thread(target=_listen, args=(number, process, self._told))
        self._readers.append(reader)
        reader.start()
        return number

    def living(self) -> list[int]:
        """Return those that have not ended yet."""
        return [n for n, process in enumerate(self._processes) if process.poll() is None]

    def kill(self, number: int) -> set[int]:
        """Kill one; return it, unless it has ended by itself at that moment."""
        process = self._processes[number]
        process.kill()
        return {number} if process.wait() == -signal.SIGKILL else set()

    def told(self) -> dict[int, bytes]:
        """Wait for all of them; return what they said."""
        for reader in self._readers:
            reader.join()
        return self._told


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
