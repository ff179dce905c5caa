"""Our own processes: each reads one session at a time, and takes nothing along when it dies.

A pool of the standard library is lost as a whole when one of its processes is killed, so the
processes are watched here: each has a pipe of its own, which closes when it dies.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnContext, SpawnProcess

from loopwatch.auditing.task import Task, answer, packed
from loopwatch.errors import SourceError

MOST = 8  # processes unless more are asked for: each takes memory of its own
SOON = 5.0  # seconds that a process may take to leave
TOO_LONG = "it took longer than {} s"
KILLED = "the process that read it was killed (signal {})"
DIED = "the process that read it ended (status {})"
FEWER = "--jobs 1 needs one only"
NEVER = float("inf")
SWEPT = 4_000_000  # bytes of logs after which the memory of a process is swept
BEGUN = b""  # what a process says when it has loaded all it needs
LATE = 120.0  # seconds that this may take on a machine that is busy
Work = Callable[[Task], bytes]


def usual_jobs() -> int:
    """Return how many processes are used unless somebody says so: the cores of this one."""
    has_affinity = sys.platform == "linux"
    cores = len(os.sched_getaffinity(0)) if has_affinity else os.cpu_count() or 1
    return min(cores, MOST)


def worked(
    tasks: Sequence[Task], jobs: int, time_limit: int, work: Work = answer
) -> Iterator[tuple[int, bytes]]:
    """Yield the number of each task and its packed result, in the order in which they end.

    Args:
        tasks: the large ones are begun first, so that none is left over at the end.
        jobs: processes at a time.
        time_limit: seconds for one task; 0 for none.
        work: what is done with each, importable by name.
    """
    order = sorted(range(len(tasks)), key=lambda number: (-tasks[number].size, number))
    crew = _Crew(tasks, deque(order), time_limit, work)
    try:
        yield from crew.results(jobs)
    finally:
        crew.leave()


@dataclass(slots=True)
class _Worker:
    process: SpawnProcess
    pipe: Connection
    task: int = -1
    until: float = NEVER  # of the clock that never goes back


@dataclass(slots=True)
class _Crew:
    tasks: Sequence[Task]
    waiting: deque[int]
    time_limit: int  # seconds
    work: Work
    workers: list[_Worker] = field(default_factory=list)  # each has a task
    context: SpawnContext = field(default_factory=lambda: multiprocessing.get_context("spawn"))

    def results(self, jobs: int) -> Iterator[tuple[int, bytes]]:
        """Yield each task and its packed result."""
        while self.waiting or self.workers:
            while self.waiting and len(self.workers) < jobs:
                self._give(self._hired())
            yield from self._ended()

    def leave(self) -> None:
        """End all processes at once."""
        for worker in list(self.workers):
            self._dismiss(worker, patience=0.0)

    def _ended(self) -> Iterator[tuple[int, bytes]]:
        """Wait for a process; yield the tasks that have ended."""
        soonest = min(worker.until for worker in self.workers)
        left = None if soonest == NEVER else max(soonest - time.monotonic(), 0.0)
        ready = wait([worker.pipe for worker in self.workers], left)
        for worker in list(self.workers):
            task = worker.task
            if worker.pipe in ready:
                found = self._received(worker)
                if found == BEGUN:
                    worker.until = self._limit()
                elif found is None:
                    yield task, packed(self._buried(worker))
                else:
                    self._give(worker)
                    yield task, found
            elif time.monotonic() >= worker.until:
                self._dismiss(worker, patience=0.0)
                yield task, packed(TOO_LONG.format(self.time_limit))

    def _hired(self) -> _Worker:
        """Return a new process.

        Raises:
            SourceError: this machine starts no more.
        """
        ours, theirs = self.context.Pipe()
        process = self.context.Process(
            target=_serve, args=(theirs, self.work, gc.get_threshold()), daemon=True
        )
        try:
            with _interrupts_held():
                process.start()
        except OSError as error:
            ours.close()
            why = error.strerror or "no reason is given"
            raise SourceError(f"cannot start a process: {why}", hint=FEWER) from error
        finally:
            theirs.close()  # so that ours ends when the process does
        worker = _Worker(process, ours)
        self.workers.append(worker)
        return worker

    def _give(self, worker: _Worker) -> None:
        """Give a process the next task; where there is none, it leaves."""
        if not self.waiting:
            self._dismiss(worker, patience=SOON)
            return
        worker.task = self.waiting.popleft()
        worker.until = self._limit(LATE)
        with contextlib.suppress(OSError):  # it has died, which its pipe will tell
            worker.pipe.send(self.tasks[worker.task])

    def _limit(self, more: float = 0.0) -> float:
        """Return when a task that begins now has taken too long."""
        return time.monotonic() + self.time_limit + more if self.time_limit else NEVER

    @staticmethod
    def _received(worker: _Worker) -> bytes | None:
        """Return what a process answers; None if it has died."""
        try:
            return worker.pipe.recv_bytes()
        except (EOFError, OSError):
            return None

    def _buried(self, worker: _Worker) -> str:
        """Return how a process has died."""
        worker.process.join(SOON)
        status = worker.process.exitcode
        self._dismiss(worker, patience=0.0)
        if status is not None and status < 0:
            return KILLED.format(-status)
        return DIED.format("unknown" if status is None else status)

    def _dismiss(self, worker: _Worker, patience: float) -> None:
        """End a process, which may take ``patience`` seconds to do so itself."""
        self.workers.remove(worker)
        worker.pipe.close()
        if patience:
            worker.process.join(patience)
        worker.process.kill()
        worker.process.join()
        worker.process.close()


def _serve(pipe: Connection, work: Work, threshold: tuple[int, int, int]) -> None:
    """Do one task after the other until nobody asks any more; runs in a process of its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this one ends it
    gc.set_threshold(*threshold)
    unswept = 0
    try:
        while True:
            task = pipe.recv()
            pipe.send_bytes(BEGUN)
            pipe.send_bytes(work(task))
            unswept += task.size
            if unswept > SWEPT:  # else what refers to itself adds up from log to log
                gc.collect()
                unswept = 0
    except (EOFError, OSError):
        return


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Let a process begin deaf to Ctrl-C, which is for the one that started it."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
