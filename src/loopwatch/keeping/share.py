"""Hands evidence from clone to clone, by files and by git notes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from loopwatch.errors import LedgerError, SourceError
from loopwatch.keeping.place import ledger_path
from loopwatch.model.entry import Entry
from loopwatch.sources.notes import ATTEMPTS, Lines, Notes
from loopwatch.sources.remotes import remote_named
from loopwatch.sources.repository import find_repository
from loopwatch.store.entry_lines import EntryReader, line_of, lines_of
from loopwatch.store.ledger import Ledger
from loopwatch.store.ledger_file import Warn


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What came of sharing."""

    remote: str = ""
    new: int = 0  # entries that were not known here; on a push: notes that were not known there
    again: int = 0
    skipped: int = 0  # lines and notes that say nothing we can read
    reason: str = ""  # why the first of them was skipped


def export_lines(folder: Path, warn: Warn) -> Iterator[str]:
    """Yield the whole ledger as lines of JSON, in an order that depends on nothing else."""
    with Ledger.reading(ledger_path(find_repository(folder)), warn=warn) as ledger:
        yield from lines_of(ledger.entries())


def import_lines(folder: Path, file: IO[bytes], warn: Warn) -> Shared:
    """Keep what lines of JSON say.

    Raises:
        LedgerError: none of them says anything.
    """
    reader = EntryReader()
    with Ledger.open(ledger_path(find_repository(folder)), warn=warn) as ledger:
        kept = ledger.keep(reader.read(file))
    if reader.skipped and not kept.new + kept.again:
        raise LedgerError(f"no evidence in this file: {reader.first}")
    return Shared(new=kept.new, again=kept.again, skipped=reader.skipped, reason=reader.first)


def push(folder: Path, remote: str | None, warn: Warn) -> Shared:
    """Give a remote what is known here; what it has already stays as it is.

    Raises:
        SourceError: the remote cannot be reached, or does not take it.
    """
    repository = find_repository(folder)
    notes = Notes(repository.git)
    name = remote_named(repository.git, remote)
    with Ledger.reading(ledger_path(repository), warn=warn) as ledger:
        lines = _by_object(ledger.entries())
    for _ in range(ATTEMPTS):
        theirs, ours = notes.fetch(name), notes.local()
        tips = [tip for tip in (theirs, ours) if tip]
        if not lines and not tips:
            return Shared(remote=name)
        tip = notes.union(tips, lines)
        if tip == theirs or notes.send(name, tip):
            notes.keep(tip, ours)
            return Shared(remote=name, new=notes.added, skipped=notes.left_alone)
    raise SourceError(f"others keep pushing their evidence to {name}", hint="try again")


def pull(folder: Path, remote: str | None, warn: Warn) -> Shared:
    """Keep what a remote knows.

    Raises:
        SourceError: the remote cannot be reached.
    """
    repository = find_repository(folder)
    notes = Notes(repository.git)
    name = remote_named(repository.git, remote)
    theirs, ours = notes.fetch(name), notes.local()
    if theirs is None:
        return Shared(remote=name)
    reader = EntryReader()
    with Ledger.open(ledger_path(repository), warn=warn) as ledger:
        kept = ledger.keep(_told(notes, theirs, reader))
    skipped = notes.left_alone + reader.skipped
    notes.keep(notes.union([theirs, *([ours] if ours else [])], {}), ours)
    return Shared(remote=name, new=kept.new, again=kept.again, skipped=skipped, reason=reader.first)


def _by_object(entries: Iterable[Entry]) -> Lines:
    found: dict[str, set[bytes]] = {}
    for entry in entries:
        found.setdefault(entry.content.id.hex(), set()).add(line_of(entry).encode())
    return {about: frozenset(lines) for about, lines in found.items()}


def _told(notes: Notes, tip: str, reader: EntryReader) -> Iterator[Entry]:
    """Yield the entries in notes; a note may speak of its own object only."""
    for about, text in notes.read(tip):
        for line in text.split(b"\n"):
            for entry in reader.entry(line):
                if entry.content.id.hex() == about:
                    yield entry
                else:
                    reader.skip("a note speaks of another object")
