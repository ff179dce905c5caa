"""What a result depends on, as one key: the logs' bytes, loopwatch itself, options, commits."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field

from loopwatch.auditing.task import Task
from loopwatch.sources.session_log.at_hand import state_of
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
    repository: bytes = b""  # that the session worked in, as it was then


@dataclass(slots=True)
class Repositories:
    """Looks once at each repository that sessions worked in."""

    _states: dict[str, bytes] = field(default_factory=dict)  # by the folder of a session

    def state(self, task: Task) -> bytes:
        """Return what the repository of a session is like; empty without one."""
        beginning = task.logs[0].beginning if task.reads_commits else None
        if beginning is None:
            return b""
        if beginning.folder not in self._states:
            self._states[beginning.folder] = state_of(beginning)
        return self._states[beginning.folder]


def digest(task: Task, repositories: Repositories) -> Digest | None:
    """Return what the result of a task depends on; None if that is not known."""
    if not task.is_redacting or any(log.reader not in SELF_CONTAINED for log in task.logs):
        return None  # secrets are never kept
    hashed = hashlib.blake2b(digest_size=KEY_BYTES)
    settings = (task.session, task.version, code_stamp(), task.options, task.reads_commits)
    hashed.update(report_json.dumps(settings))
    repository = repositories.state(task)
    hashed.update(report_json.dumps(len(repository)))
    hashed.update(repository)
    try:
        stamps = tuple(stamp for log in task.logs for stamp in _stamps(log.file))
        for log in task.logs:
            about = (log.reader, log.is_part)
            hashed.update(report_json.dumps(about))
            for piece in _pieces(log.file):
                hashed.update(piece)
    except OSError:
        return None
    return Digest(hashed.hexdigest(), stamps, repository)


def is_unchanged(task: Task, before: Digest) -> bool:
    """Tell whether the logs and the repository are as they were when the digest was made."""
    try:
        now = tuple(stamp for log in task.logs for stamp in _stamps(log.file))
    except OSError:
        return False
    return now == before.stamps and Repositories().state(task) == before.repository


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
