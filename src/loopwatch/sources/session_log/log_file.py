"""A log as a file: its beginning, its lines one by one, or the document that it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO

from loopwatch.errors import SourceError

HEAD = 65_536  # bytes that tell a format
TAIL = 4_096  # bytes at the end, for a format that names itself there
LONGEST_LINE = 64_000_000  # bytes; a longer line is passed over
LARGEST_DOCUMENT = 256_000_000  # bytes of a log that is one JSON document, read at once
CHUNK = 1 << 20
BOM = b"\xef\xbb\xbf"


class UnreadableLogError(SourceError):
    """A log cannot be read; says why in a few words, for the list of what was skipped."""


@dataclass
class LogFile:
    """One file; nothing of it is read before it is asked for."""

    path: Path
    name: str  # as reports show it: what the user gave, with forward slashes
    line: tuple[int, int] | None = None  # offset and length in bytes, of a log that is one line
    overlong: int = field(default=0, init=False)  # lines that were too long

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
    def first_lines(self) -> tuple[object, ...]:
        """The JSON values of the first lines that are whole; empty if it has no such lines."""
        lines = self.head.split(b"\n")
        if len(self.head) == HEAD and len(lines) > 1:
            lines.pop()  # it may go on
        found = [value for line in lines if (value := parsed(line)) is not None]
        if not found and len(self.head) == HEAD:  # a first line that is longer than the head
            found = [value for line in self._first() if (value := parsed(line)) is not None]
        return tuple(found)

    @cached_property
    def document(self) -> object:
        """The one JSON value that the file is; None if it is something else.

        Raises:
            UnreadableLogError: it is too large to be read at once.
        """
        if not self.is_json:
            return None
        try:
            size = self.path.stat().st_size if self.line is None else self.line[1]
            if size > LARGEST_DOCUMENT:
                raise UnreadableLogError(f"larger than {LARGEST_DOCUMENT // 1_000_000} MB")
            with self._open() as file:
                return parsed(file.read(size if self.line else LARGEST_DOCUMENT + 1))
        except OSError as error:
            raise UnreadableLogError(error.strerror or "cannot be read") from error

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
            with self._open() as file:
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

    def forget(self) -> None:
        """Let go of what was read of it."""
        for kept in ("head", "tail", "first_lines", "document"):
            self.__dict__.pop(kept, None)

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

    def _first(self) -> Iterator[bytes]:
        for line in self.lines():
            yield line
            return

    def _open(self) -> IO[bytes]:
        try:
            file = self.path.open("rb")
            if self.line is not None:
                file.seek(self.line[0])
        except OSError as error:
            raise UnreadableLogError(error.strerror or "cannot be opened") from error
        return file


def parsed(text: bytes) -> object:
    """Return the JSON value of a text; None if it is none."""
    try:
        # Decoded here, as json would first look for the encoding; "surrogatepass" does as it does.
        value: object = json.loads(text.removeprefix(BOM).decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        return None
    return value
