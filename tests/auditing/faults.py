"""What is done with a task in tests: most are read, those with a telling name go wrong."""

import gc
import os
import signal
import time
from pathlib import Path

from loopwatch.auditing.task import Task, answer

LITTER = 50  # things that one task leaves behind


def work(task: Task) -> bytes:
    """Read a log, or fail as its name says."""
    if "killed" in task.path:
        os.kill(os.getpid(), signal.SIGKILL)
    if "exits" in task.path:
        os._exit(3)
    if "sleeps" in task.path:
        note = task.logs[0].file.path.with_suffix(".pid")
        Path(f"{note}.new").write_text(f"{os.getpid()}")
        Path(f"{note}.new").replace(note)
        time.sleep(100)
    if "late" in task.path:
        time.sleep(1)
    return answer(task)


def once(task: Task) -> bytes:
    """Read a log, but the first time wait until somebody kills this process."""
    note = task.logs[0].file.path.with_suffix(".pid")
    if "sleeps" in task.path and not note.exists():
        return work(task)
    return answer(task)


class Litter:
    """What refers to itself, so that it goes only when memory is swept."""

    def __init__(self) -> None:
        self.itself = self


def garbage(task: Task) -> bytes:
    """Leave litter behind; tell how much of it there is by now."""
    gc.set_threshold(0)  # nothing is swept but on purpose
    for _ in range(LITTER):
        Litter()
    return str(sum(isinstance(one, Litter) for one in gc.get_objects())).encode()
