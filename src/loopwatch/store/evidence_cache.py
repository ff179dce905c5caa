"""What was worked out of evidence before, beside the ledger: nothing that cannot be redone.

Rows are named by all that they were made of, the code among it, so that none is ever wrong,
only of no more use. What is damaged, or cannot be written now, is as good as nothing.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from loopwatch.diffing.digests import blake2b
from loopwatch.store.code_stamp import code_stamp
from loopwatch.store.failures import DAMAGED
from loopwatch.store.opening import BUSY

APPLICATION = 0x6C776531  # "lwe1": what the file says it belongs to
RECIPE = 1  # goes up when the table is another one
TABLE = """CREATE TABLE kept (
    key INTEGER PRIMARY KEY, -- the first 8 bytes of the name
    used INTEGER NOT NULL, -- for the last time; days since 1970
    body BLOB NOT NULL -- the whole name, a checksum of it and the rest, and the rest
)"""
OLDER_HALF = """DELETE FROM kept WHERE key IN (
    SELECT key FROM kept ORDER BY used, key LIMIT (SELECT count(*) / 2 FROM kept)
)"""
NAME_BYTES = 16
SUM_BYTES = 8
LARGEST = 256_000_000  # bytes of the file; beyond, what was not used for longest goes
ROOM = 8_000_000  # bytes that wait to be written
DAY = 86_400  # seconds
REST = 7  # days that a use is not noted again
PATIENCE = 2.0  # seconds to wait for others who write


class EvidenceCache:
    """One open cache. Nothing it is asked ever fails; what cannot be kept is not kept."""

    def __init__(
        self, database: sqlite3.Connection | None, path: Path, is_read_only: bool = False
    ) -> None:
        """Use an open database; None: there is none."""
        self._database = database
        self._path = path
        self._is_read_only = is_read_only
        self._salt = bytes.fromhex(code_stamp()) if database is not None else b""
        self._new: dict[bytes, bytes] = {}
        self._used: set[int] = set()  # keys of which nobody has noted for days that they are
        self._room = ROOM
        self._today = today()

    @classmethod
    def open(cls, path: Path, *, is_read_only: bool = False) -> EvidenceCache:
        """Open the file, or make it; a cache that cannot be opened is empty and stays so.

        Args:
            path: its file.
            is_read_only: nothing is written, and nobody has to wait.
        """
        if not is_read_only:
            with contextlib.suppress(_UnusableError):
                return cls(_opened(path), path)
        with contextlib.suppress(_UnusableError):
            return cls(_connected(f"{path.absolute().as_uri()}?mode=ro", 0.0), path, True)
        return cls(None, path, True)

    def __enter__(self) -> EvidenceCache:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write what is new, and let go of the file."""
        self._write()
        if self._database is not None:
            self._database.close()
            self._database = None

    def get(self, key: bytes) -> bytes | None:
        """Return what was kept under a key; None: nothing, or it is damaged."""
        if self._database is None:
            return None
        name = self._name(key)
        waiting = self._new.get(name)
        if waiting is not None:
            return waiting
        number = _number(name)
        ask = "SELECT body, used FROM kept WHERE key = ?"
        try:
            row = self._database.execute(ask, (number,)).fetchone()
        except sqlite3.Error as error:
            self._see_to(error)
            return None
        if row is None or not isinstance(row[0], bytes):
            return None
        body = row[0][NAME_BYTES + SUM_BYTES :]
        if row[0][: NAME_BYTES + SUM_BYTES] != name + _sum(name, body):
            return None
        if not isinstance(row[1], int) or row[1] + REST < self._today:
            self._used.add(number)
        return body

    def put(self, key: bytes, body: bytes) -> None:
        """Keep something; it is written with others, at last when the cache is closed."""
        if self._database is None or self._is_read_only:
            return
        self._new[self._name(key)] = body
        self._room -= len(body)
        if self._room < 0:
            self._write()

    def drop_unused(self, days: int) -> None:
        """Forget what was not used for so many days."""
        if self._database is not None and not self._is_read_only:
            with contextlib.suppress(sqlite3.Error):
                oldest = self._today - days
                self._database.execute("DELETE FROM kept WHERE used <= ?", (oldest,))
                self._database.execute("PRAGMA incremental_vacuum").fetchall()

    def _write(self) -> None:
        """Write what waits, all or nothing; what others have kept meanwhile is as good."""
        if self._database is not None and (self._new or self._used) and not self._is_read_only:
            try:
                self._database.execute("BEGIN IMMEDIATE")
                self._database.executemany(
                    "INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", self._rows()
                )
                again = ((self._today, key) for key in self._used)
                self._database.executemany("UPDATE kept SET used = ? WHERE key = ?", again)
                self._shrink(self._database)
                self._database.execute("COMMIT")
            except sqlite3.Error as error:
                with contextlib.suppress(sqlite3.Error):
                    self._database.execute("ROLLBACK")
                self._see_to(error)
        self._new.clear()
        self._used.clear()
        self._room = ROOM

    def _rows(self) -> Iterator[tuple[int, int, bytes]]:
        for name, body in self._new.items():
            yield _number(name), self._today, name + _sum(name, body) + body

    @staticmethod
    def _shrink(database: sqlite3.Connection) -> None:
        """Take away half of the rows, those not used for longest, if there are too many bytes."""
        if _size(database) > LARGEST:
            database.execute(OLDER_HALF)

    def _name(self, key: bytes) -> bytes:
        return blake2b(key, key=self._salt, digest_size=NAME_BYTES).digest()

    def _see_to(self, error: sqlite3.Error) -> None:
        """Use a file no longer that is damaged, and make way for a new one."""
        if _kind(error) in BUSY:
            return
        if self._database is not None:
            self._database.close()
            self._database = None
        if not self._is_read_only and _kind(error) in DAMAGED:
            _make_way(self._path)


class _UnusableError(Exception):
    """There is no cache here that can be used."""


def _opened(path: Path) -> sqlite3.Connection:
    """Open a file to write it; a new one, where what lies there is no cache or damaged."""
    address = path.absolute().as_uri()
    try:
        return _connected(address, PATIENCE)
    except _UnusableError as error:
        if not error.args:
            raise
    _make_way(path)
    return _connected(address, PATIENCE)


def _connected(address: str, patience: float) -> sqlite3.Connection:
    """Open a file.

    Raises:
        _UnusableError: it cannot be used; with an argument where a new one may take its place.
    """
    database = None
    try:
        database = sqlite3.connect(address, uri=True, timeout=patience, isolation_level=None)
        if _prepare(database):
            return database
    except sqlite3.Error as error:
        if database is not None:
            database.close()
        raise _UnusableError(*([error] if _kind(error) in DAMAGED else ())) from error
    database.close()
    raise _UnusableError("it is something else")


def _prepare(database: sqlite3.Connection) -> bool:
    """Make the table in a new file; return False if it is somebody else's, or of another recipe."""
    database.execute("PRAGMA synchronous = NORMAL")  # it can all be worked out again
    if _is_ours(database):
        return True
    database.execute("PRAGMA auto_vacuum = INCREMENTAL")
    # What is read without the lock may be of two moments, as others can be making the file.
    database.execute("BEGIN IMMEDIATE")
    is_new = not database.execute("SELECT 1 FROM sqlite_master").fetchone()
    if is_new and _told(database) == (0, 0):
        database.execute(TABLE)
        database.execute(f"PRAGMA application_id = {APPLICATION}")
        database.execute(f"PRAGMA user_version = {RECIPE}")
    is_ours = _is_ours(database)
    database.execute("COMMIT")
    return is_ours


def _is_ours(database: sqlite3.Connection) -> bool:
    return _told(database) == (APPLICATION, RECIPE)


def _told(database: sqlite3.Connection) -> tuple[int, int]:
    """Return what the file says it is: whose, and of which recipe."""
    return _number_of(database, "application_id"), _number_of(database, "user_version")


def _number_of(database: sqlite3.Connection, pragma: str) -> int:
    return int(database.execute(f"PRAGMA {pragma}").fetchone()[0])


def _kind(error: sqlite3.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _make_way(path: Path) -> None:
    """Give a file another name, where a later one takes the place of an earlier one."""
    with contextlib.suppress(OSError):
        for end in ("-journal", ""):
            if os.path.lexists(f"{path}{end}"):
                os.replace(f"{path}{end}", f"{path}.old{end}")  # noqa: PTH105  str has no rename


def today() -> int:
    """Return the day; since 1970."""
    return int(time.time()) // DAY


def _number(name: bytes) -> int:
    return int.from_bytes(name[:8], signed=True)


def _sum(name: bytes, body: bytes) -> bytes:
    return blake2b(body, key=name, digest_size=SUM_BYTES).digest()


def _size(database: sqlite3.Connection) -> int:
    """Return the bytes of the file that are in use."""
    pages = _number_of(database, "page_count") - _number_of(database, "freelist_count")
    return pages * _number_of(database, "page_size")
