"""Reads blobs through one ``git cat-file --batch``."""

import subprocess
from collections import OrderedDict
from types import TracebackType
from typing import IO

from loopwatch.sources.git_process import Git, stop

CACHE_BYTES = 4_000_000  # what is looked into is kept elsewhere, with its lines
MISSING = "missing object"
DAMAGED = "missing object: damaged"
TOO_LARGE = "larger than the limit"


class Blobs:
    """The contents of a repository, by blob id.

    What is larger than the limit is passed over and not kept. A recent content is
    kept, as the next edit of its file starts from it.
    """

    def __init__(self, git: Git, largest: int, cache_bytes: int = CACHE_BYTES) -> None:
        self._git = git
        self.largest = largest
        self._room = cache_bytes
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._reader: subprocess.Popen[bytes] | None = None
        self._extra: dict[str, bytes] = {}

    def __enter__(self) -> "Blobs":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._reader:
            stop(self._reader)
            self._reader = None

    def add(self, blob_id: str, content: bytes) -> None:
        """Lend a content that git does not hold: a file of the working tree."""
        self._extra[blob_id] = content

    def read(self, blob_id: str) -> bytes | str:
        """Return the content of a blob, or the reason why there is none."""
        if blob_id in self._extra:
            return self._extra[blob_id]
        if blob_id in self._kept:
            self._kept.move_to_end(blob_id)
            return self._kept[blob_id]
        content = self._ask(blob_id)
        if isinstance(content, bytes):
            self._keep(blob_id, content)
        return content

    def _keep(self, blob_id: str, content: bytes) -> None:
        self._kept[blob_id] = content
        self._room -= len(content)
        while self._room < 0 and self._kept:
            self._room += len(self._kept.popitem(last=False)[1])

    def _ask(self, blob_id: str) -> bytes | str:
        """Ask git; where git dies of a damaged object, the next question starts it again."""
        if self._reader is None:
            self._reader = self._git.open("cat-file", "--batch", stdin=subprocess.PIPE)
        stdin, stdout = self._reader.stdin, self._reader.stdout
        assert stdin is not None and stdout is not None
        try:
            stdin.write(blob_id.encode() + b"\n")
            stdin.flush()
            return self._answer(stdout)
        except (_DamagedError, BrokenPipeError):
            stop(self._reader)
            self._reader = None
            return DAMAGED

    def _answer(self, stdout: IO[bytes]) -> bytes | str:
        header = stdout.readline().split()
        if not header:
            raise _DamagedError
        if len(header) != 3:
            return MISSING
        size = int(header[2])
        if size > self.largest:
            _drain(stdout, size + 1)
            return TOO_LARGE
        content = stdout.read(size)
        if len(content) < size or stdout.read(1) != b"\n":
            raise _DamagedError
        return content if header[1] == b"blob" else MISSING


class _DamagedError(Exception):
    """Git stopped in the middle of an object."""


def _drain(stdout: IO[bytes], size: int) -> None:
    while size > 0:
        passed = len(stdout.read(min(size, 1 << 20)))
        if not passed:
            raise _DamagedError
        size -= passed
