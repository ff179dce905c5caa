"""The memory of the hook: what the newest commits did to each file, in a form that is fast to ask.

It lies beside the ledger and is a mere cache: what it holds can be read again from git, so a
file that is damaged, or somebody else's, is put aside, and one of another recipe begun anew.
"""

import os
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

APPLICATION = 0x6C776D31  # "lwm1": what the file says it belongs to
RECIPE = 2  # goes up whenever lines, words or conditions are made otherwise
HEADS = "heads"  # under this name: commits whose newest history is all remembered
PATIENCE = 2.0  # seconds to wait for others who write; after that, the slow way is as fast
TABLES = """
CREATE TABLE said (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE versions (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    parents BLOB NOT NULL, -- their ids, end to end, first parent first
    authored INTEGER NOT NULL, -- seconds since 1970
    committed INTEGER NOT NULL
);
CREATE TABLE files (
    number INTEGER PRIMARY KEY,
    path BLOB NOT NULL UNIQUE,
    family INTEGER NOT NULL -- number of the file that stands for all that may be one renamed
);
CREATE INDEX families ON files (family);
CREATE TABLE edits (
    version INTEGER NOT NULL,
    file INTEGER NOT NULL,
    old BLOB NOT NULL, -- blob id; empty: it was not there
    new BLOB NOT NULL,
    is_suspect INTEGER NOT NULL, -- its syntax may be broken from here on
    lines BLOB NOT NULL, -- as sketches pack them
    words BLOB NOT NULL
);
CREATE INDEX by_file ON edits (file);
CREATE TABLE moved (source INTEGER, target INTEGER, PRIMARY KEY (target, source)) WITHOUT ROWID;
CREATE TABLE renamed (old BLOB, new BLOB, PRIMARY KEY (old, new)) WITHOUT ROWID;
CREATE TABLE sound (blob BLOB PRIMARY KEY) WITHOUT ROWID; -- contents that were found to parse
"""

SOURCES = """
SELECT number FROM files WHERE family IN
    (SELECT family FROM moved JOIN files ON files.number = source WHERE target = ?)
"""

VersionRow = tuple[int, bytes, bytes, int, int]  # number, id, parents, authored, committed
EditRow = tuple[int, bytes, bytes, int, bytes, bytes]  # version, old, new, is_suspect, lines, words


class MemoryUnusableError(Exception):
    """The memory cannot be used now. Never leaves the fast path."""


class Memory:
    """One open memory; what is written between ``begin`` and ``commit`` is kept whole or not."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    @classmethod
    def open(cls, path: str) -> "Memory":
        """Open the file, or make it.

        Raises:
            MemoryUnusableError: it cannot be used, or not now.
        """
        try:
            return cls(_opened(path))
        except sqlite3.DatabaseError as error:
            if _kind(error) not in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
                raise MemoryUnusableError from error
        except _StaleError:
            pass
        _put_aside(path)
        try:
            return cls(_opened(path))
        except (sqlite3.Error, _StaleError) as error:
            raise MemoryUnusableError from error

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def begin(self) -> None:
        """Begin to write; others wait."""
        self._run("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Keep what was written."""
        self._run("COMMIT")

    def roll_back(self) -> None:
        """Forget what was written since ``begin``."""
        with suppress(sqlite3.Error):
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")

    def _run(self, statement: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        try:
            return self._database.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise MemoryUnusableError from error

    # --- what is said of all ---

    def said(self, name: str) -> str:
        """Return what was noted under a name; empty if nothing was."""
        rows = self._run("SELECT value FROM said WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else ""

    def say(self, name: str, value: str) -> None:
        """Note something under a name."""
        self._run("INSERT OR REPLACE INTO said VALUES (?, ?)", (name, value))

    # --- versions ---

    def versions(self) -> list[VersionRow]:
        """Return all versions, in the order in which they came."""
        return self._run("SELECT * FROM versions ORDER BY number")  # type: ignore[return-value]

    def add_version(self, id_: bytes, parents: bytes, authored: int, committed: int) -> int:
        """Add a version and return its number."""
        row = id_, parents, authored, committed
        self._run(
            "INSERT INTO versions (id, parents, authored, committed) VALUES (?, ?, ?, ?)", row
        )
        return self._database.execute("SELECT last_insert_rowid()").fetchone()[0]  # type: ignore[no-any-return]

    def forget(self) -> None:
        """Forget all versions, and what they did."""
        for table in ("edits", "versions", "files", "moved", "renamed", "sound"):
            self._run(f"DELETE FROM {table}")  # noqa: S608  names of our own
        self.say(HEADS, "")

    # --- files ---

    def file(self, path: bytes) -> int:
        """Return the number of a path; it is added if it is new."""
        number = self.file_known(path)
        if number is not None:
            return number
        rows = self._run(
            "INSERT INTO files (path, family)"
            " VALUES (?, (SELECT coalesce(max(number), 0) + 1 FROM files)) RETURNING number",
            (path,),
        )
        return int(str(rows[0][0]))

    def file_known(self, path: bytes) -> int | None:
        """Return the number of a path; None if it never changed."""
        rows = self._run("SELECT number FROM files WHERE path = ?", (path,))
        return int(str(rows[0][0])) if rows else None

    def family(self, number: int) -> tuple[int, ...]:
        """Return the numbers of all names that a file may have had."""
        rows = self._run(
            "SELECT number FROM files WHERE family = (SELECT family FROM files WHERE number = ?)",
            (number,),
        )
        return tuple(int(str(row[0])) for row in rows)

    def join(self, old: int, new: int) -> None:
        """Note that two files may be one, renamed."""
        self._run(
            "UPDATE files SET family = (SELECT family FROM files WHERE number = ?)"
            " WHERE family = (SELECT family FROM files WHERE number = ?)",
            (old, new),
        )

    def add_move(self, source: int, target: int) -> None:
        """Note that lines went from one file to another."""
        self._run("INSERT OR IGNORE INTO moved VALUES (?, ?)", (source, target))

    def sources(self, family: Sequence[int]) -> tuple[int, ...]:
        """Return the files that lines went from into one of some others, with their families."""
        found: dict[int, None] = {}
        for file in family:
            for (number,) in self._run(SOURCES, (file,)):
                found[int(str(number))] = None
        return tuple(found)

    def add_rename(self, old: bytes, new: bytes) -> None:
        """Note that a path was renamed."""
        self._run("INSERT OR IGNORE INTO renamed VALUES (?, ?)", (old, new))

    def renames_of(self, old: bytes) -> list[bytes]:
        """Return the paths that a path was ever renamed to."""
        return [row[0] for row in self._run("SELECT new FROM renamed WHERE old = ?", (old,))]  # type: ignore[misc]

    # --- edits ---

    def add_edit(self, file: int, row: EditRow) -> None:
        """Add what a version did to a file."""
        version, old, new, is_suspect, lines, words = row
        values = version, file, old, new, is_suspect, lines, words
        self._run("INSERT INTO edits VALUES (?, ?, ?, ?, ?, ?, ?)", values)

    def edits(self, files: Iterable[int]) -> Iterator[EditRow]:
        """Yield what was done to some files."""
        for file in files:
            yield from self._run(  # type: ignore[misc]
                "SELECT version, old, new, is_suspect, lines, words FROM edits WHERE file = ?",
                (file,),
            )

    def is_suspect(self, file: int, blob: bytes) -> bool:
        """Tell whether a content of a file may not parse: an edit that led to it looked so."""
        rows = self._run(
            "SELECT 1 FROM edits WHERE file = ? AND new = ? AND is_suspect"
            " AND NOT EXISTS (SELECT 1 FROM sound WHERE blob = new) LIMIT 1",
            (file, blob),
        )
        return bool(rows)

    def add_sound(self, blob: bytes) -> None:
        """Note that a content parses."""
        self._run("INSERT OR IGNORE INTO sound VALUES (?)", (blob,))

    def is_sound(self, blob: bytes) -> bool:
        """Tell whether a content is known to parse."""
        return bool(self._run("SELECT 1 FROM sound WHERE blob = ?", (blob,)))


class _StaleError(Exception):
    """The file is no memory, or one of another recipe."""


def _opened(path: str) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    try:
        _prepare(database)
    except BaseException:
        database.close()
        raise
    return database


def _prepare(database: sqlite3.Connection) -> None:
    told = tuple(
        database.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("application_id", "user_version")
    )
    wanted = APPLICATION, RECIPE if sys.byteorder == "little" else -RECIPE
    database.execute("PRAGMA synchronous = NORMAL")  # it can all be read again
    if told == wanted:
        return
    if told != (0, 0) or database.execute("SELECT 1 FROM sqlite_master").fetchone():
        raise _StaleError
    database.execute("BEGIN IMMEDIATE")
    if not database.execute("SELECT 1 FROM sqlite_master").fetchone():  # others may be first
        for statement in TABLES.split(";\n"):
            if statement.strip():
                database.execute(statement)
        database.execute(f"PRAGMA application_id = {wanted[0]}")
        database.execute(f"PRAGMA user_version = {wanted[1]}")
    database.execute("COMMIT")


def _kind(error: sqlite3.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _put_aside(path: str) -> None:
    """Give a file another name, where a later one takes the place of an earlier one.

    Raises:
        MemoryUnusableError: it cannot be renamed.
    """
    try:
        for end in ("-journal", ""):
            if os.path.lexists(f"{path}{end}"):
                os.replace(f"{path}{end}", f"{path}.old{end}")  # noqa: PTH105  paths take long to load
    except OSError as error:
        raise MemoryUnusableError from error
