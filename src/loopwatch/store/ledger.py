"""The ledger: what detectors said about which content, in one file that processes share."""

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from loopwatch.errors import LedgerError
from loopwatch.model.entry import Content, Entry
from loopwatch.model.evidence import Evidence
from loopwatch.store import rows
from loopwatch.store.failures import DamagedError, in_our_words
from loopwatch.store.ledger_file import LedgerFile, Warn

OFTEN = 50  # questions; who has asked so many asks for all versions of a history

T = TypeVar("T")
File = tuple[bytes, bytes]  # path, blob id


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How much of what was offered is new."""

    new: int = 0
    again: int = 0  # was known already, and counted once more


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How much the ledger has from one detector."""

    detector: str
    trees: int
    files: int
    results: int  # of all contents
    differing: int  # contents with several results of one version and configuration
    runs: int  # how often any of it was said


class Ledger:
    """What detectors said about which content.

    A file that is damaged or no ledger at all is set aside with a warning, never deleted, and
    a new one begun with what could be read of it. What ``keep`` has returned from survives
    the death of the process.
    """

    def __init__(self, file: LedgerFile) -> None:
        self._file = file
        self._known: dict[int, Evidence] = {}
        self._index: rows.Index | None = None  # of all there is, once that is worth its while
        self._asked = 0  # times

    @classmethod
    def open(cls, path: Path, *, warn: Warn | None = None) -> "Ledger":
        """Open a ledger to write and read it; it is made if it is not there.

        Args:
            path: its file.
            warn: is told in one line what people should know.

        Raises:
            LedgerError: it cannot be opened.
            NewerLedgerError: a newer loopwatch wrote it; it is left alone.
        """
        return cls(LedgerFile.open(path, warn))

    @classmethod
    def reading(cls, path: Path, *, warn: Warn | None = None) -> "Ledger":
        """Open a ledger to read it only; one that is not there is empty.

        Raises:
            LedgerError: it cannot be opened.
            NewerLedgerError: a newer loopwatch wrote it.
        """
        return cls(LedgerFile.open(path, warn, is_read_only=True))

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def keep(self, entries: Iterable[Entry], *, when: int | None = None) -> Kept:
        """Keep what was said; when this returns, it is on the disk.

        Args:
            entries: any number; each batch of 1,000 is kept whole or not at all.
            when: seconds since 1970; now, if not given.

        Raises:
            LedgerError: it cannot be written. Batches before that are kept.
        """
        seen = int(time.time()) if when is None else when
        new = total = 0
        for batch in rows.batches(entries):
            new += self._write(partial(rows.insert, batch=batch, seen=seen))
            total += len(batch)
        return Kept(new=new, again=total - new)

    def drop(self, contents: Iterable[Content]) -> None:
        """Forget what was said about some contents.

        Raises:
            LedgerError: it cannot be written.
        """
        keys = [(content.id, content.path) for content in contents]
        if keys:
            self._write(lambda database: rows.delete(database, keys))

    def of_trees(self, ids: Iterable[bytes]) -> dict[bytes, tuple[Evidence, ...]]:
        """Return what was said about whole trees, for those of which something was."""
        found = self._ask(sorted(set(ids)))
        return {tree: said for (path, tree), said in found.items() if not path}

    def of_files(self, files: Iterable[File]) -> dict[File, tuple[Evidence, ...]]:
        """Return what was said about single files, for those of which something was.

        Args:
            files: path and blob id of each.
        """
        wanted = {file for file in files if file[0]}
        found = self._ask(sorted({blob for _, blob in wanted}))
        return {file: said for file, said in found.items() if file in wanted}

    def of_version(self, tree: bytes | None, files: Sequence[File]) -> list[Evidence]:
        """Return what was said about files, in their order, and then about the whole tree."""
        wanted = [*files, *([(b"", tree)] if tree is not None else ())]
        found = self._ask(sorted({id_ for _, id_ in wanted}))
        return [evidence for content in wanted for evidence in found.get(content, ())]

    def _ask(self, ids: list[bytes]) -> dict[File, tuple[Evidence, ...]]:
        known = self._known
        self._asked += 1
        if self._asked == OFTEN:
            self._index = self._read(rows.index)
        index = self._index
        ask = partial(rows.found, ids=ids, known=known, index=index)
        about = self._read(ask) if ids else None
        found: dict[File, list[Evidence]] = {}
        for content, path, said in about or ():
            found.setdefault((path, content), []).append(known[said])
        return {file: tuple(said) for file, said in found.items()}

    def entries(self) -> Iterator[Entry]:
        """Yield all there is, in an order that depends on nothing else."""
        last: rows.Key | None = None
        while page := self._read(partial(rows.page, after=last)):
            for (content, path, _), body in page:
                evidence = rows.evidence_of(body)
                if evidence is not None:
                    yield Entry(content=Content(id=content, path=path), evidence=evidence)
            last = page[-1][0]

    def contents(self) -> dict[Content, int]:
        """Return all contents, and when something new was last said of each (since 1970)."""
        return self._read(rows.contents) or {}

    def counts(self) -> tuple[Count, ...]:
        """Return how much there is from each detector, by name."""
        found = self._read(lambda database: database.execute(rows.COUNTS).fetchall()) or ()
        names = ("detector", "trees", "files", "results", "differing", "runs")
        return tuple(Count(**dict(zip(names, row, strict=True))) for row in found)

    def _read(self, ask: Callable[[sqlite3.Connection], T]) -> T | None:
        """Ask the database; a ledger that is not there has nothing to say."""
        for _ in range(2):
            if self._file.database is None:
                break
            try:
                with in_our_words(self._file.path):
                    return ask(self._file.database)
            except DamagedError as error:
                self._renew(error)
        return None

    def _write(self, change: Callable[[sqlite3.Connection], T]) -> T:
        for _ in range(2):
            if self._file.database is None:
                break
            try:
                with in_our_words(self._file.path):
                    return change(self._file.database)
            except DamagedError as error:
                self._renew(error)
        raise LedgerError(f"the ledger cannot be written ({self._file.path.name})")

    def _renew(self, reason: DamagedError) -> None:
        self._known.clear()  # the numbers mean nothing in a new file
        self._index = None
        self._file.replace(reason)
