"""The database in which opencode keeps its sessions since early 2026.

It is opened to be read, and nothing is written: neither to it, nor beside it.

Source:
    opencode 1.2 to 1.19: SQLite, with the tables ``session``, ``message`` and ``part``. The ids
    are columns; the rest of a message, or of a part of one, is JSON in ``data``. Newer builds
    have ``session_message`` besides, whose rows have another form, and are counted only.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from loopwatch.sources.session_log.log_file import LogFile, UnreadableLogError, parsed
from loopwatch.sources.session_log.values import NOTHING, Object, table, text

MAGIC = b"SQLite format 3\0"
TABLES = frozenset({"session", "message", "part"})
SESSION_ID = re.compile(r"ses_\w{1,60}")
LONGEST = 64_000_000  # characters of one message, or part of one; longer ones are passed over
MOST_SESSIONS = 100_000
FIRST_PARTS = 50  # in which the first call is looked for
# ``type`` as well, so that no view and no virtual table is asked.
LISTED = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"
ALL = "SELECT id FROM session ORDER BY id LIMIT ?"
ONE = "SELECT parent_id, directory, revert FROM session WHERE id = ?"
MESSAGES = (
    "SELECT id, CASE WHEN length(data) <= ? THEN data END FROM message WHERE session_id = ?"
    " ORDER BY time_created, id"
)
PARTS = (
    "SELECT id, CASE WHEN length(data) <= ? THEN data END FROM part WHERE message_id = ?"
    " AND session_id = ? ORDER BY id"
)
FIRST = "SELECT substr(data, 1, 1000) FROM part WHERE session_id = ? ORDER BY id LIMIT ?"
NEWER = "SELECT count(*) FROM session_message WHERE session_id = ?"


def is_database(log: LogFile) -> bool:
    """Tell whether a file is such a database."""
    return log.head.startswith(MAGIC) and _tables(log).issuperset(TABLES)


def sessions(log: LogFile) -> Iterator[LogFile]:
    """Yield the sessions of a database, each as a log.

    Raises:
        UnreadableLogError: it cannot be read.
    """
    for row in _asked(log, ALL, MOST_SESSIONS):
        name = text(row[0])
        if SESSION_ID.fullmatch(name):
            yield LogFile(log.path, f"{log.name}:{name}", part=name)


def info(log: LogFile) -> Object:
    """Return what is told of a session as a whole.

    Raises:
        UnreadableLogError: it cannot be read.
    """
    for parent, folder, revert in _asked(log, ONE, log.part):
        undone = table(parsed(text(revert)))
        return {"id": log.part, "parentID": parent, "directory": folder, "revert": undone}
    return {"id": log.part}


def messages(log: LogFile) -> Iterator[tuple[Object, list[Object]]]:
    """Yield the messages of a session with their parts, in order.

    Raises:
        UnreadableLogError: it cannot be read.
    """
    for name, data in _asked(log, MESSAGES, LONGEST, log.part):
        parts = _asked(log, PARTS, LONGEST, name, log.part)
        yield _with_id(name, data), [_with_id(part, said) for part, said in parts]


def first_parts(log: LogFile) -> str:
    """Return the beginnings of the first parts of a session, as text."""
    return "\n".join(text(row[0]) for row in _asked(log, FIRST, log.part, FIRST_PARTS))


def newer(log: LogFile) -> int:
    """Return how many messages of a session have the newer form only."""
    if "session_message" not in _tables(log):
        return 0
    (count,) = next(_asked(log, NEWER, log.part), (0,))
    has_old = next(_asked(log, MESSAGES, LONGEST, log.part), None) is not None
    return 0 if has_old or not isinstance(count, int) else count


def _with_id(name: object, data: object) -> Object:
    said = table(parsed(text(data)))
    return {**said, "id": text(name)} if said else NOTHING


def _tables(log: LogFile) -> frozenset[str]:
    try:
        return frozenset(text(row[0]) for row in _asked(log, LISTED))
    except UnreadableLogError:
        return frozenset()


def _asked(log: LogFile, query: str, *values: object) -> Iterator[tuple[object, ...]]:
    try:
        with closing(_opened(log.path)) as database:
            yield from database.execute(query, values)
    except (sqlite3.Error, OSError, ValueError) as error:
        raise UnreadableLogError(f"the database cannot be read: {error}"[:200]) from error


def _opened(path: Path) -> sqlite3.Connection:
    """Open a database. Where nobody is writing it, no file is made beside it."""
    path = path.absolute()
    pending = path.with_name(f"{path.name}-wal")
    is_written = pending.is_file() and pending.stat().st_size > 0
    how = "mode=ro" if is_written else "mode=ro&immutable=1"
    database = sqlite3.connect(f"{path.as_uri()}?{how}", uri=True, timeout=5)
    database.execute("PRAGMA trusted_schema = OFF")
    database.text_factory = lambda said: said.decode("utf-8", "replace")
    return database
