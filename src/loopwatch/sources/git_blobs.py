"""Reads blobs through one ``git cat-file --batch``."""

import os
import subprocess
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import IO

from loopwatch.sources.git_process import Git, stop

CACHE_BYTES = 4_000_000  # what is looked into is kept elsewhere, with its lines
MOST_ASKED = 60  # questions ahead of their answers: they fit in a pipe whatever git does
MOST_EXPECTED = 1000  # questions that wait until there is room for them
TOGETHER = 12  # questions that are put at once: each time git wakes up, we wait for it a little
MISSING = "missing object"
DAMAGED = "missing object: damaged"
NOT_FETCHED = "missing object: never fetched, as this is a partial clone"
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
        self._asked: dict[str, None] = {}  # what git has yet to answer, in this order
        self._unsent: list[str] = []  # the last of these
        self._later: dict[str, None] = {}  # what git is going to be asked, in this order
        self._extra: dict[str, bytes] = {}
        self._partial: bool | None = None  # whether it is a partial clone; None: not asked yet

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
        self._later.pop(blob_id, None)
        if blob_id not in self._asked:
            self._ask(blob_id)
        if blob_id in self._unsent:
            self._send()
        content = self._answered(blob_id)
        self._ask_more()
        return content

    def expect(self, blob_ids: Sequence[str]) -> None:
        """Ask git for contents that are going to be read, so that it finds them meanwhile."""
        if len(self._later) < MOST_EXPECTED:
            self._later.update(dict.fromkeys(blob_ids))
        self._ask_more()

    def _ask_more(self) -> None:
        while self._later and len(self._asked) < MOST_ASKED:
            one = next(iter(self._later))
            del self._later[one]
            if one not in self._kept and one not in self._asked and one not in self._extra:
                self._ask(one)

    def _keep(self, blob_id: str, content: bytes) -> None:
        self._kept[blob_id] = content
        self._room -= len(content)
        while self._room < 0 and self._kept:
            self._room += len(self._kept.popitem(last=False)[1])

    def _ask(self, blob_id: str) -> None:
        """Ask git; where it is gone, the answer tells."""
        self._asked[blob_id] = None
        self._unsent.append(blob_id)
        if len(self._unsent) >= TOGETHER:
            self._send()

    def _send(self) -> None:
        if not self._unsent:
            return
        if self._reader is None:
            self._reader = self._git.open("cat-file", "--batch", stdin=subprocess.PIPE)
        assert self._reader.stdin is not None
        asked = "".join(f"{one}\n" for one in self._unsent).encode()
        self._unsent.clear()
        with suppress(BrokenPipeError):
            os.write(self._reader.stdin.fileno(), asked)

    def _answered(self, blob_id: str) -> bytes | str:
        """Return the answer to one question, and keep those that come before it."""
        while True:
            first = next(iter(self._asked))
            del self._asked[first]
            content = self._next()
            if isinstance(content, bytes):
                self._keep(first, content)
            if first == blob_id:
                return content

    def _next(self) -> bytes | str:
        """Return the next answer; where git dies of a damaged object, ask another for the rest."""
        assert self._reader is not None and self._reader.stdout is not None
        try:
            return self._answer(self._reader.stdout)
        except _DamagedError:
            stop(self._reader)
            self._reader = None
            self._unsent = list(self._asked)
            self._send()
            return NOT_FETCHED if self._is_partial() else DAMAGED

    def _is_partial(self) -> bool:
        """Tell whether objects are left out on purpose; git before 2.45 dies of one that is."""
        if self._partial is None:
            self._partial = bool(self._git.text("config", "--get", "extensions.partialClone"))
        return self._partial

    def _answer(self, stdout: IO[bytes]) -> bytes | str:
        header = stdout.readline().split()
        if not header:
            raise _DamagedError
        if len(header) != 3:
            return NOT_FETCHED if self._is_partial() else MISSING
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
