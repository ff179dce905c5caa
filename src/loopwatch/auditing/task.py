"""One session as a task: it can be sent to another process, and its result can be sent back."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from loopwatch import __version__
from loopwatch.auditing.redact import redacted
from loopwatch.auditing.session import audit_session
from loopwatch.model.options import Options
from loopwatch.model.report import Report
from loopwatch.model.saying import unheard
from loopwatch.sources.session_log.api import Beginning, SessionReader
from loopwatch.sources.session_log.log_file import LogFile
from loopwatch.sources.session_log.registry import readers
from loopwatch.sources.session_log.survey import Log, Session
from loopwatch.store import report_json

BROKEN = "a fault of loopwatch, please report it: {}"
NO_MEMORY = "there was not enough memory to read it"
OTHER_VERSION = "the cluster runs loopwatch {}, and not {} as this machine does"
NO_LOG = "it is not there where it was to be read"
NO_READER = "there is no reader {} where it was to be read"
DONE, FAILED = b"+", b"-"  # how answers begin
Result = Report | str  # what was found, or the reason why nothing could be


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLog:
    """A log of a task; its reader is named, as a reader may not be sent."""

    file: LogFile
    reader: str
    place: int  # of the reader, in the list of all
    is_part: bool
    beginning: Beginning | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is needed to read one session, wherever that is."""

    session: str
    logs: tuple[TaskLog, ...]
    options: Options
    is_redacting: bool
    reads_commits: bool = True
    version: str = __version__

    @property
    def path(self) -> str:
        """The log, as reports show it."""
        return self.logs[0].file.name

    @property
    def size(self) -> int:
        """Bytes of all logs, as far as they can be told."""
        return sum(map(_size, (log.file for log in self.logs)))


def task_of(
    session: Session,
    known: Sequence[SessionReader],
    options: Options,
    *,
    is_redacting: bool,
    reads_commits: bool = True,
) -> Task:
    """Return the task of a session.

    Args:
        session: its logs.
        known: all readers.
        options: choices of this run.
        is_redacting: whether secrets are taken out.
        reads_commits: whether those of the repository that it worked in are taken in.
    """
    places = {id(reader): number for number, reader in enumerate(known)}
    logs = tuple(
        TaskLog(
            file=log.file.at(Path(os.path.abspath(log.file.path))),  # noqa: PTH100  links stay
            reader=log.reader.name,
            place=places[id(log.reader)],
            is_part=log.is_part,
            beginning=log.beginning,
        )
        for log in session.logs
    )
    return Task(
        session=session.id,
        logs=logs,
        options=options,
        is_redacting=is_redacting,
        reads_commits=reads_commits,
    )


def result(task: Task, known: Sequence[SessionReader]) -> Result:
    """Return what there is to say of a session, or why there is nothing; never raises."""
    if task.version != __version__:
        return OTHER_VERSION.format(__version__, task.version)
    for log in task.logs:
        if log.place >= len(known) or known[log.place].name != log.reader:
            return NO_READER.format(log.reader)
        if not log.file.path.exists():
            return NO_LOG
    logs = tuple(
        Log(
            log.file,
            known[log.place],
            log.is_part,
            log.beginning if task.reads_commits else None,
        )
        for log in task.logs
    )
    try:
        report = audit_session(Session(task.session, logs), task.options)
        return redacted(report) if task.is_redacting else report
    except MemoryError:
        return NO_MEMORY
    except Exception as error:  # noqa: BLE001  a hostile log may find any fault; others go on
        return BROKEN.format(f"{type(error).__name__}: {error}"[:200])


def answer(task: Task) -> bytes:
    """Return the result as bytes, with the readers that there are in this process."""
    return packed(result(task, _readers()))


def packed(found: Result) -> bytes:
    """Return a result as bytes."""
    if isinstance(found, str):
        return FAILED + found.encode("utf-8", "backslashreplace")
    return DONE + report_json.dumps(found)


def unpacked(data: bytes) -> Result:
    """Return the result that bytes hold."""
    if data.startswith(DONE):
        return report_json.loads(data[1:])
    return data[1:].decode("utf-8")


@cache
def _readers() -> tuple[SessionReader, ...]:
    return readers(unheard)  # what cannot be used was said before


def _size(file: LogFile) -> int:
    if file.line is not None:
        return file.line[1]
    try:
        if not file.path.is_dir():
            return file.path.stat().st_size
        inside = (Path(place, name) for place, _, names in os.walk(file.path) for name in names)
        return sum(path.stat().st_size for path in inside)
    except OSError:
        return 0
