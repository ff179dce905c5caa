"""The same tasks on a dask.distributed cluster: for more logs than one machine can read."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from loopwatch.auditing.task import Task, answer, packed
from loopwatch.errors import SourceError

if TYPE_CHECKING:
    from distributed import Client, Future

ANSWERS_IN = 30  # seconds that a scheduler may take to answer
LOOK = 5.0  # seconds between two looks at whether there are workers
NOBODY = 300.0  # seconds without any worker after which no more is waited for
EXTRA = 'pip install "loopwatch[fleet]"'
NO_WORKERS = "the cluster has no workers any more"
DIED = "the worker that read it died each time"
LOST = "the cluster could not read it: {}"
_alone = threading.Lock()
Work = Callable[[Task], bytes]


def one_at_a_time(task: Task) -> bytes:
    """Return the packed result of a task; a worker with many threads reads one log at a time."""
    with _alone:
        return answer(task)


def on_cluster(
    tasks: Sequence[Task], address: str, work: Work = one_at_a_time, patience: float = NOBODY
) -> Iterator[tuple[int, bytes]]:
    """Yield the number of each task and its packed result, in the order in which they end.

    The cluster gives what a dead worker had to another. It also blames all that was waiting
    there, and results may die with the worker that has them: what it gives up for that is tried
    once more, by itself.

    Args:
        tasks: their logs are at the same paths on every worker.
        address: of the scheduler.
        work: what is done with each, importable by name.
        patience: seconds without any worker.

    Raises:
        SourceError: dask is not installed, or no scheduler answers there.
    """
    client = _client(address)
    try:
        from distributed.scheduler import KilledWorker

        again: list[int] = []
        for number, future in _ended(client, tasks, range(len(tasks)), work, patience):
            error = _error(future) if future is not None else None
            data = _gathered(future) if future is not None and error is None else None
            if data is not None:
                yield number, data
            elif future is not None and (error is None or isinstance(error, KilledWorker)):
                again.append(number)
            else:
                yield number, _result(future)
        for number in again:
            for _, future in _ended(client, tasks, [number], work, patience):
                is_dead = future is not None and isinstance(_error(future), KilledWorker)
                yield number, packed(DIED) if is_dead else _result(future)
    finally:
        client.close(timeout=ANSWERS_IN)


def _client(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError as error:
        raise SourceError("a cluster needs dask, which is not installed", hint=EXTRA) from error
    try:
        return Client(address, timeout=ANSWERS_IN, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:  # a name that is none, nobody there
        raise SourceError(
            f"no dask scheduler answers at {address}: {error}"[:300],
            hint="give its address as `dask scheduler` prints it: tcp://HOST:8786",
        ) from error


def _ended(
    client: Client, tasks: Sequence[Task], numbers: Sequence[int], work: Work, patience: float
) -> Iterator[tuple[int, Future | None]]:
    """Yield the tasks as they end; with no future those that nobody is left to read."""
    from distributed import wait

    waiting = {client.submit(work, tasks[number], pure=False): number for number in numbers}
    seen = time.monotonic()  # when there was a worker
    while waiting:
        try:
            with client.as_current():  # it waits with the client of this thread
                done = wait(list(waiting), timeout=LOOK, return_when="FIRST_COMPLETED").done
        except TimeoutError:
            done = set()
        for future in sorted(done, key=lambda one: waiting[one]):
            yield waiting.pop(future), future
        if done or client.scheduler_info()["workers"]:
            seen = time.monotonic()
        elif time.monotonic() - seen > patience:
            client.cancel(list(waiting))
            yield from ((number, None) for number in waiting.values())
            return


def _error(future: Future) -> BaseException | None:
    """Return what went wrong with a task; None if nothing did."""
    if future.status == "finished":
        return None
    try:
        error: BaseException | None = future.exception(timeout=ANSWERS_IN)
    except Exception as lost:  # noqa: BLE001  the scheduler has gone, and takes along why
        return lost
    return error


def _gathered(future: Future) -> bytes | None:
    """Return the result of a task that has ended; None if it has gone since."""
    try:
        data: bytes = future.result(timeout=ANSWERS_IN)
    except Exception:  # noqa: BLE001  it is asked for again
        return None
    return data


def _result(future: Future | None) -> bytes:
    if future is None:
        return packed(NO_WORKERS)
    try:
        data: bytes = future.result(timeout=ANSWERS_IN)
    except Exception as error:  # noqa: BLE001  whatever it was, it costs this log only
        return packed(LOST.format(f"{type(error).__name__}: {error}"[:200]))
    return data
