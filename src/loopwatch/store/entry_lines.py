"""``loopwatch.ledger/1``: entries as lines of JSON, for files and for git notes.

A line says all there is to know about itself, and equal entries give equal lines, so
that the union of two ledgers is the union of their lines.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO

from loopwatch.model.entry import Content, Entry
from loopwatch.store.evidence_json import dumps, loads, of_document, to_document

SCHEMA = "loopwatch.ledger/1"
HEADER = dumps({"schema": SCHEMA}).encode()
LONGEST = 64_000_000  # bytes of a line; a test run of 100,000 names has about 10 MB


def line_of(entry: Entry) -> str:
    """Return an entry as one line, without its end."""
    content = entry.content
    key = "blob" if content.path else "tree"
    document: dict[str, object] = {key: content.id.hex()}
    if content.path:
        document["path"] = os.fsdecode(content.path)
    return dumps(document | {"evidence": to_document(entry.evidence)})


def entry_of(line: str | bytes) -> Entry:
    """Return the entry that a line holds.

    Raises:
        ValueError: it holds none.
    """
    document = loads(line)
    if not isinstance(document, dict):
        raise ValueError("a line holds an object")
    if "schema" in document:
        raise ValueError(f"the file is not {SCHEMA}")
    path = document.get("path", "")
    named = document.get("blob" if path else "tree")
    if not isinstance(named, str) or not isinstance(path, str):
        raise ValueError("a line names a tree, or a blob and its path")
    if not named.isascii() or named != named.lower():
        raise ValueError("an id is written in lowercase")
    content = Content(id=bytes.fromhex(named), path=os.fsencode(path))
    return Entry(content=content, evidence=of_document(document.get("evidence")))


def lines_of(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield a header and one line for each entry, each with its end."""
    yield HEADER.decode() + "\n"
    for entry in entries:
        yield line_of(entry) + "\n"


@dataclass(slots=True)
class EntryReader:
    """Reads entries from lines, and counts the lines that hold none."""

    skipped: int = 0
    first: str = field(default="")  # why the first of them was skipped

    def read(self, file: IO[bytes]) -> Iterator[Entry]:
        """Yield the entries of a file."""
        while line := file.readline(LONGEST):
            if not line.endswith(b"\n") and len(line) == LONGEST:
                self.skip("a line is too long")
                while line and not line.endswith(b"\n"):
                    line = file.readline(LONGEST)
                continue
            yield from self.entry(line)

    def entry(self, line: bytes) -> Iterator[Entry]:
        """Yield the entry of a line, if it holds one; blank lines and headers are no loss."""
        if not line.strip() or line.strip() == HEADER:
            return
        try:
            yield entry_of(line)
        except ValueError as error:
            self.skip(str(error))

    def skip(self, reason: str) -> None:
        """Count a line that says nothing we can keep."""
        self.skipped += 1
        self.first = self.first or reason
