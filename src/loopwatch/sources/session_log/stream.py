"""One stream of all that the logs of a session tell, in the order in which it happened."""

from collections.abc import Iterator, Sequence
from heapq import merge

from loopwatch.sources.session_log.api import (
    Begin,
    Command,
    Edit,
    Event,
    Passed,
    Prompt,
    Seen,
)
from loopwatch.sources.session_log.log_file import UnreadableLogError
from loopwatch.sources.session_log.survey import Log

TIMED = (Prompt, Edit, Command)
OVERLONG = "a line that is too long"
# Seconds since 1970, number of the log, place in it, and what happened up to then.
Placed = tuple[float, int, int, list[Event]]


def stream(logs: Sequence[Log]) -> Iterator[Event]:
    """Yield the events of all logs by their times; in each log its own order holds."""
    if len(logs) == 1:
        yield from _events(logs[0])
        return
    # Where the first log works is the root, whichever log begins first.
    main = (event for event in _events(logs[0]) if isinstance(event, Begin) and event.folder)
    if (begin := next(main, None)) is not None:
        yield begin
    told: set[str] = set()
    for _, _, _, events in merge(*(_placed(log, n) for n, log in enumerate(logs)), key=_order):
        last = events[-1]
        is_copy = isinstance(last, TIMED) and last.step in told
        # What a copy shows of a file before an edit is older than what the edit has left.
        yield from (one for one in events if not (is_copy and isinstance(one, Seen)))
        told.update([last.step] if isinstance(last, TIMED) and last.step else [])


def _order(placed: Placed) -> tuple[float, int, int]:
    return placed[:3]


def _placed(log: Log, number: int) -> Iterator[Placed]:
    """Yield events with a time; what has none of its own waits for what comes next."""
    waiting: list[Event] = []
    now, place = 0.0, 0
    for event in _events(log):
        waiting.append(event)
        if isinstance(event, TIMED):
            now = max(now, event.time or 0.0)
            yield now, number, place, waiting
            waiting, place = [], place + 1
    if waiting:
        yield now, number, place, waiting


def _events(log: Log) -> Iterator[Event]:
    log.file.refresh()
    try:
        yield from log.reader.events(log.file)
    except UnreadableLogError as error:
        yield Passed(reason=f"missing: the log breaks off ({error})")
    for _ in range(log.file.overlong):
        yield Passed(reason=OVERLONG)
    log.file.forget()
