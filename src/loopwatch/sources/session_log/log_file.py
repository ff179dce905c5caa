"""A log as a file: its beginning, its lines one by one, or the document that it is."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import IO, overload

from loopwatch.errors import SourceError

HEAD = 65_536  # bytes that tell a format
TAIL = 4_096  # bytes at the end, for a format that names itself there
LONGEST_LINE = 64_000_000  # bytes; a longer line is passed over
LARGEST_DOCUMENT = 256_000_000  # bytes of a log that is one JSON document, read at once
CHUNK = 1 << 20
BUFFER = 1 << 18  # bytes read at once where all lines are wanted: a third of the time of the usual
BOM = b"\xef\xbb\xbf"
WHITE = " \t\n\r"  # what may stand around a JSON value
_DECODER = json.JSONDecoder()


class UnreadableLogError(SourceError):
    """A log cannot be read; says why in a few words, for the list of what was skipped."""


@dataclass
class LogFile:
    """One file; nothing of it is read before it is asked for."""

    path: Path
    name: str  # as reports show it: what the user gave, with forward slashes
    line: tuple[int, int] | None = None  # offset and length in bytes, of a log that is one line
    overlong: int = field(default=0, init=False)  # lines that were too long
    part: str = ""  # of a log that is one of many in a database: its name there
    stamp: tuple[int, int] = field(default=(0, 0), init=False)  # of the document, when it was read

    @cached_property
    def head(self) -> bytes:
        """The first bytes.

        Raises:
            UnreadableLogError: it cannot be opened.
        """
        with self._open() as file:
            return file.read(HEAD if self.line is None else min(HEAD, self.line[1]))

    @cached_property
    def tail(self) -> bytes:
        """The last bytes, where they are no part of the head.

        Raises:
            UnreadableLogError: it cannot be opened.
        """
        with self._open() as file:
            start = file.tell()
            size = file.seek(0, 2) - start if self.line is None else self.line[1]
            file.seek(start + max(size - TAIL, min(size, HEAD)))
            return file.read(min(TAIL, max(size - HEAD, 0)))

    @cached_property
    def first_lines(self) -> Sequence[object]:
        """The JSON values of the first lines that are whole; empty if it has no such lines."""
        return FirstLines(self._head_values())

    @cached_property
    def document(self) -> object:
        """The one JSON value that the file is; None if it is something else.

        Raises:
            UnreadableLogError: it is too large to be read at once.
        """
        if not self.is_json or self._is_lines():
            return None
        try:
            size = self.size
            if size > LARGEST_DOCUMENT:
                raise UnreadableLogError(f"larger than {LARGEST_DOCUMENT // 1_000_000} MB")
            with self._open() as file:
                self.stamp = _stamp(os.fstat(file.fileno()))
                return parsed(file.read(size))
        except OSError as error:
            raise UnreadableLogError(error.strerror or "cannot be read") from error

    @property
    def size(self) -> int:
        """Bytes of the log.

        Raises:
            OSError: nobody can tell.
        """
        return self.path.stat().st_size if self.line is None else self.line[1]

    @property
    def is_json(self) -> bool:
        """Tell whether it begins as JSON does."""
        return self.head.removeprefix(BOM).lstrip()[:1] in {b"{", b"["}

    @property
    def text(self) -> str:
        """The beginning as text, for formats that are read by people."""
        return self.head.removeprefix(BOM).decode("utf-8", "replace")

    def lines(self) -> Iterator[bytes]:
        """Yield the lines, without their ends; those that are too long are counted instead.

        Raises:
            UnreadableLogError: it cannot be read to its end.
        """
        try:
            with self._open(BUFFER) as file:
                yield from self._lines(file)
        except OSError as error:
            raise UnreadableLogError(error.strerror or "cannot be read") from error

    def beside(self, *names: str) -> LogFile:
        """Return another file, named from the folder of this one."""
        path = self.path.parent.joinpath(*names)
        folder = self.name.rpartition("/")[0]
        return LogFile(path, "/".join((folder, *names)) if folder else "/".join(names))

    def each_line(self) -> Iterator[LogFile]:
        """Yield the lines as logs of their own; empty ones and those too long are left out.

        Raises:
            UnreadableLogError: it cannot be read to its end.
        """
        try:
            with self._open() as file:
                start, number = 0, 0
                while line := file.readline(CHUNK):
                    size, number = len(line), number + 1
                    has_text = bool(line.strip())
                    while not line.endswith(b"\n") and (line := file.readline(CHUNK)):
                        size += len(line)
                    if has_text and size <= LONGEST_LINE:
                        yield LogFile(self.path, f"{self.name}:{number}", (start, size))
                    start += size
        except OSError as error:
            raise UnreadableLogError(error.strerror or "cannot be read") from error

    def forget(self, *, but_document: bool = False) -> None:
        """Let go of what was read of it; all, or all but the document for who reads it next."""
        for kept in ("head", "tail", "first_lines", *(() if but_document else ("document",))):
            self.__dict__.pop(kept, None)

    def at(self, path: Path) -> LogFile:
        """Return the same log by another path to it."""
        found = replace(self, path=path)
        found.stamp = self.stamp
        found.__dict__.update(self._document)
        return found

    def refresh(self) -> None:
        """Let go of a document that has changed since it was read."""
        try:
            is_same = self.has_document() and _stamp(self.path.stat()) == self.stamp
        except OSError:
            is_same = False
        if not is_same:
            self.forget()

    def has_document(self) -> bool:
        """Tell whether the document has been read, and is there."""
        return bool(self._document)

    def __getstate__(self) -> dict[str, object]:
        """Return what is sent to another process: nothing that was read."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    @property
    def _document(self) -> dict[str, object]:
        kept = self.__dict__.get("document")
        return {} if kept is None else {"document": kept}

    def _is_lines(self) -> bool:
        """Tell whether its first line is a value by itself, and others follow."""
        first, _, rest = self.head.partition(b"\n")
        return bool(rest.strip()) and parsed(first) is not None

    def _lines(self, file: IO[bytes]) -> Iterator[bytes]:
        if self.line is not None:
            yield file.read(self.line[1]).rstrip(b"\r\n")
            return
        while line := file.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
                self.overlong += 1
                while (rest := file.readline(CHUNK)) and not rest.endswith(b"\n"):
                    pass
                continue
            yield line.rstrip(b"\r\n")

    def _head_values(self) -> Iterator[object]:
        """Yield the JSON values of the first lines, each parsed when it is asked for."""
        lines = self.head.split(b"\n")
        is_cut = len(self.head) == HEAD
        if lines[0].removeprefix(BOM).strip() in {b"{", b"["}:
            return  # one document over many lines
        if is_cut and len(lines) > 1:
            lines.pop()  # it may go on
        is_empty = True
        for line in lines:
            if (value := parsed(line)) is not None:
                is_empty = False
                yield value
        if is_empty and is_cut:  # a first line that is longer than the head
            first = next(self.lines(), b"")
            if (value := parsed(first)) is not None:
                yield value

    def _open(self, buffer: int = -1) -> IO[bytes]:
        try:
            file = self.path.open("rb", buffer)
            if self.line is not None:
                file.seek(self.line[0])
        except OSError as error:
            raise UnreadableLogError(error.strerror or "cannot be opened") from error
        return file


def _stamp(told: os.stat_result) -> tuple[int, int]:
    return told.st_size, told.st_mtime_ns


class FirstLines(Sequence[object]):
    """Values that are made one by one, as far as somebody looks."""

    def __init__(self, values: Iterator[object]) -> None:
        """Take in values to come."""
        self._values = values
        self._known: list[object] = []

    @overload
    def __getitem__(self, place: int) -> object: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[object]: ...
    def __getitem__(self, place: int | slice) -> object:
        """Return a value by its place, and make none after it."""
        needed = place if isinstance(place, int) and place >= 0 else None
        while needed is None or needed >= len(self._known):
            try:
                self._known.append(next(self._values))
            except StopIteration:
                break
        return self._known[place]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self[:])


def parsed(text: bytes | str) -> object:
    """Return the JSON value of a text; None if it is none."""
    try:
        # As json.loads does, which would first look for the encoding; "surrogatepass" does as it.
        said = text.decode("utf-8", "surrogatepass") if isinstance(text, bytes) else text
        said = said.removeprefix("\ufeff").strip(WHITE)
        value, end = _DECODER.raw_decode(said)
    except (ValueError, RecursionError):
        return None
    return value if end == len(said) else None
