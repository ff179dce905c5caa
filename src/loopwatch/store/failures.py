"""SQLite's failures in our words: what is wrong, and what to do."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loopwatch.errors import LedgerError

DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_SAID = {
    sqlite3.SQLITE_BUSY: ("is in use by others", "try again"),
    sqlite3.SQLITE_LOCKED: ("is in use by others", "try again"),
    sqlite3.SQLITE_FULL: ("has no room: the disk is full", "make room; nothing was lost"),
    sqlite3.SQLITE_READONLY: ("cannot be written", "see to the permissions of its folder"),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", "see to the permissions of its folder"),
    sqlite3.SQLITE_PERM: ("cannot be opened", "see to the permissions of its folder"),
    sqlite3.SQLITE_IOERR: ("cannot be read or written", "see to its disk; nothing was lost"),
}


class DamagedError(Exception):
    """The file is no ledger, or no longer one. Never leaves this package."""


@contextmanager
def in_our_words(path: Path) -> Iterator[None]:
    """Turn failures of SQLite into ours.

    Raises:
        DamagedError: the file has to be set aside.
        LedgerError: something else is in the way.
    """
    try:
        yield
    except sqlite3.Error as error:
        kind = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest says more than we need
        if kind in DAMAGED or is_misshapen(error):
            raise DamagedError(str(error)) from error
        said, hint = _SAID.get(kind, (f"cannot be used: {error}", ""))
        raise LedgerError(f"the ledger {said} ({path.name})", hint=hint) from error


def is_misshapen(error: sqlite3.Error) -> bool:
    """Tell whether the tables are not those that the file says it has."""
    return str(error).startswith(("no such table", "no such column", "malformed database schema"))
