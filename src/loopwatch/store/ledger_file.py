"""The file of the ledger as processes share it: opened together, replaced alone."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from loopwatch.errors import LedgerError
from loopwatch.store import rows
from loopwatch.store.failures import DamagedError
from loopwatch.store.file_lock import FileLock
from loopwatch.store.opening import open_for_reading, open_for_writing, set_aside
from loopwatch.store.schema import State, state

PATIENCE = 60.0  # seconds to wait for others who use or replace the file

Warn = Callable[[str], None]


class LedgerFile:
    """One open file, with a hold on the lock beside it.

    Everyone who has the file open shares the lock, so that nobody writes into a file that
    is being set aside, and no acknowledged result goes with it.
    """

    def __init__(self, path: Path, warn: Warn | None, *, is_read_only: bool) -> None:
        self.path = path
        self.database: sqlite3.Connection | None = None  # None: there is nothing to read
        self._warn = warn
        self._is_read_only = is_read_only
        self._lock = FileLock(path.with_name(f"{path.name}.lock"))
        self._identity: tuple[int, int] | None = None  # of the file that was opened last

    @classmethod
    def open(cls, path: Path, warn: Warn | None, *, is_read_only: bool = False) -> "LedgerFile":
        """Open the file, or a new one where it is damaged or something else.

        Raises:
            LedgerError: it cannot be opened.
        """
        file = cls(path, warn, is_read_only=is_read_only)
        try:
            file._connect()
        except DamagedError as error:
            file.replace(error)
        except BaseException:
            file.close()
            raise
        return file

    def close(self) -> None:
        """Let go of the file."""
        if self.database is not None:
            self.database.close()
            self.database = None
        self._lock.release()

    def replace(self, reason: DamagedError) -> None:
        """Set the file aside, unless another process has done so, and open what is there then.

        Raises:
            LedgerError: it is in use, or cannot be renamed.
        """
        if self.database is not None:
            self.database.close()
            self.database = None
        try:
            if not self._lock.take(PATIENCE):
                raise LedgerError(
                    "the ledger is damaged, and in use by others", hint="try again when they end"
                )
            if _identity(self.path) == self._identity:
                self._begin_anew(reason)
            self._connect()
        except DamagedError as error:
            self.close()
            raise LedgerError(f"the ledger cannot be used: {error}") from error
        except BaseException:
            self.close()
            raise

    def _connect(self) -> None:
        if not self._is_read_only:
            self._make_folder()
        if self.path.parent.is_dir():
            self._lock.share(PATIENCE)
        self._identity = _identity(self.path)
        opener = open_for_reading if self._is_read_only else open_for_writing
        self.database = opener(self.path)
        self._identity = _identity(self.path)

    def _make_folder(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LedgerError(
                f"the ledger cannot be made: {error.strerror or error} ({self.path.name})",
                hint="see to the permissions of the git folder",
            ) from error

    def _begin_anew(self, reason: DamagedError) -> None:
        aside = set_aside(self.path)
        with closing(open_for_writing(self.path)) as fresh:
            saved = _salvage(aside, fresh)
        if self._warn is not None:
            kept = f", with {saved} results saved from it" if saved else ""
            self._warn(
                f"the ledger cannot be read ({reason}): it now lies in {aside.name}, and a new"
                f" one is begun{kept}"
            )


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        told = path.stat()
    except OSError:
        return None
    return told.st_dev, told.st_ino


def _salvage(damaged: Path, fresh: sqlite3.Connection) -> int:
    """Copy what can be read of a damaged ledger into a new one; return how many entries."""
    if not damaged.is_file():
        return 0
    try:
        with closing(sqlite3.connect(f"{damaged.absolute().as_uri()}?mode=ro", uri=True)) as old:
            if state(old) is not State.CURRENT:
                return 0
            return sum(rows.insert(fresh, batch, 0) for batch in rows.batches(rows.salvaged(old)))
    except sqlite3.Error:
        return 0
