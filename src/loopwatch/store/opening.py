"""Opens the ledger's file, and sets aside what is no ledger."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TypeVar

from loopwatch.errors import LedgerError, NewerLedgerError
from loopwatch.store.failures import DamagedError, in_our_words
from loopwatch.store.schema import State, migrate, state

PATIENCE = 60.0  # seconds to wait for others who write
PAUSE = 0.05  # seconds between two attempts where SQLite does not wait by itself
BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
UNWRITABLE = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY})
COMPANIONS = ("-wal", "-shm", "-journal")  # what SQLite keeps beside the file

T = TypeVar("T")


def open_for_writing(path: Path) -> sqlite3.Connection:
    """Open the file, and make it if it is not there.

    Raises:
        DamagedError: what lies there is no ledger.
        LedgerError: it cannot be opened.
        NewerLedgerError: a newer loopwatch wrote it.
    """
    if path.is_dir():
        raise DamagedError("it is a folder")
    with in_our_words(path):
        database = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
        try:
            _prepare(database)
        except BaseException:
            database.close()
            raise
    return database


def _prepare(database: sqlite3.Connection) -> None:
    found = _patiently(lambda: state(database))
    _refuse(found)
    if found is State.NEW:
        database.execute("PRAGMA auto_vacuum = INCREMENTAL")
    # Readers go on while somebody writes. Where this cannot be (a network folder), SQLite says
    # "delete" and keeps to its journal, which is as safe and only slower.
    _patiently(lambda: database.execute("PRAGMA journal_mode = WAL").fetchone())
    database.execute("PRAGMA synchronous = FULL")  # what was kept survives the power, too
    if found is not State.CURRENT:
        migrate(database)


def open_for_reading(path: Path) -> sqlite3.Connection | None:
    """Open the file to read it; None if there is none, or nothing in it.

    Raises:
        DamagedError: what lies there is no ledger.
        LedgerError: it cannot be opened.
        NewerLedgerError: a newer loopwatch wrote it.
    """
    if path.is_dir():
        raise DamagedError("it is a folder")
    if not path.exists():
        return None
    with in_our_words(path):
        try:
            return _reading(path, "mode=ro")
        except sqlite3.OperationalError as error:
            # In a folder that cannot be written, SQLite cannot make what readers share with
            # writers; where no one can write, there is nobody to share it with.
            if _kind(error) not in UNWRITABLE or Path(f"{path}-wal").exists():
                raise
            return _reading(path, "mode=ro&immutable=1")


def _reading(path: Path, how: str) -> sqlite3.Connection | None:
    address = f"{path.absolute().as_uri()}?{how}"
    database = sqlite3.connect(address, uri=True, timeout=PATIENCE, isolation_level=None)
    try:
        found = _patiently(lambda: state(database))
        _refuse(found)
    except BaseException:
        database.close()
        raise
    if found is State.CURRENT:
        return database
    database.close()
    return None  # new: nothing in it; older: the next who writes brings it up to date


def _refuse(found: State) -> None:
    if found is State.FOREIGN:
        raise DamagedError("it is not a ledger of loopwatch")
    if found is State.NEWER:
        raise NewerLedgerError(
            "a newer loopwatch has written the ledger, so this one leaves it alone",
            hint="upgrade loopwatch",
        )


def _patiently(attempt: Callable[[], T]) -> T:
    """Try again while others are in the way: not everything in SQLite waits by itself."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return attempt()
        except sqlite3.OperationalError as error:
            if _kind(error) not in BUSY or time.monotonic() > until:
                raise
            time.sleep(PAUSE)


def _kind(error: sqlite3.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def set_aside(path: Path) -> Path:
    """Rename what lies there, and what SQLite keeps beside it, to a name that is free.

    The caller holds the lock of the file alone.

    Raises:
        LedgerError: it cannot be renamed.
    """
    target = next(one for one in _names(path) if not os.path.lexists(one))
    try:
        for end in (*COMPANIONS, ""):
            if os.path.lexists(f"{path}{end}"):
                os.rename(f"{path}{end}", f"{target}{end}")  # noqa: PTH104  str has no rename
    except OSError as error:
        raise LedgerError(
            f"the ledger is damaged and cannot be set aside: {error.strerror or error}",
            hint="see to the permissions of its folder",
        ) from error
    return target


def _names(path: Path) -> Iterator[Path]:
    return (path.with_name(f"{path.name}.damaged-{number}") for number in count(1))
