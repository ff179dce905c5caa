"""What a result depends on, as one key: the bytes of the logs, loopwatch itself, the options."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass

from loopwatch.auditing.task import Task
from loopwatch.sources.session_log.log_file import LogFile
from loopwatch.store import report_json
from loopwatch.store.code_stamp import code_stamp, files_below

# Formats whose readers look at nothing but the log itself, as a test watches. Others, such as
# aider with its commits, and those of plug-ins, are read each time.
SELF_CONTAINED = frozenset(
    "atif claude-code codex gemini-cli mini-swe-agent openhands openhands-sdk swe-agent".split()
)
KEY_BYTES = 24
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Digest:
    """Of a task, and of its files as they were then."""

    key: str  # hex digits
    stamps: tuple[tuple[str, int, int], ...]  # path, bytes, nanoseconds of the last change


def digest(task: Task) -> Digest | None:
    """Return what the result of a task depends on; None if that is not known."""
    if not task.is_redacting or any(log.reader not in SELF_CONTAINED for log in task.logs):
        return None  # secrets are never kept
    hashed = hashlib.blake2b(digest_size=KEY_BYTES)
    settings = (task.session, task.version, code_stamp(), task.options)
    hashed.update(report_json.dumps(settings))
    try:
        stamps = tuple(stamp for log in task.logs for stamp in _stamps(log.file))
        for log in task.logs:
            about = (log.reader, log.is_part)
            hashed.update(report_json.dumps(about))
            for piece in _pieces(log.file):
                hashed.update(piece)
    except OSError:
        return None
    return Digest(hashed.hexdigest(), stamps)


def is_unchanged(task: Task, before: Digest) -> bool:
    """Tell whether the logs of a task are as they were when their digest was made."""
    try:
        now = tuple(stamp for log in task.logs for stamp in _stamps(log.file))
    except OSError:
        return False
    return now == before.stamps


def _pieces(file: LogFile) -> Iterator[bytes]:
    """Yield all bytes of a log, and before those of each file its name in the folder, if any."""
    if file.line is not None:
        with file.path.open("rb") as opened:
            opened.seek(file.line[0])
            yield report_json.dumps(("", file.line[1]))
            yield opened.read(file.line[1])
        return
    is_folder = file.path.is_dir()
    for path in files_below(file.path) if is_folder else (file.path,):
        name = path.relative_to(file.path).as_posix() if is_folder else ""
        with path.open("rb") as opened:
            yield report_json.dumps((name, os.fstat(opened.fileno()).st_size))
            while piece := opened.read(CHUNK):
                yield piece


def _stamps(file: LogFile) -> Iterator[tuple[str, int, int]]:
    for path in files_below(file.path) if file.path.is_dir() else (file.path,):
        told = path.stat()
        yield str(path), told.st_size, told.st_mtime_ns
