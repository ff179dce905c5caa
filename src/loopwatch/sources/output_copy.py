"""Copies what a command prints to where it belongs, byte for byte, and keeps a bounded part."""

import os
import select
import threading
from collections import deque

CHUNK = 1 << 16  # bytes
KEPT_HEAD = 16_000_000  # bytes of the beginning, and as many of the end
KEPT_TAIL = 16_000_000


class BoundedOutput:
    """The beginning and the end of an output of any length."""

    def __init__(self, head: int = KEPT_HEAD, tail: int = KEPT_TAIL) -> None:
        self._room, self._tail_room = head, tail
        self._head: list[bytes] = []
        self._tail: deque[bytes] = deque()
        self._tail_size = 0
        self.is_cut = False

    def add(self, chunk: bytes) -> None:
        """Take the next part."""
        if self._room:
            self._head.append(chunk[: self._room])
            chunk = chunk[self._room :]
            self._room -= len(self._head[-1])
        if chunk:
            self._tail.append(chunk)
            self._tail_size += len(chunk)
        while self._tail_size - len(self._tail[0] if self._tail else b"") > self._tail_room:
            self._tail_size -= len(self._tail.popleft())
            self.is_cut = True

    def content(self) -> bytes:
        """Return what is kept."""
        return b"".join((*self._head, *self._tail))


class OutputCopy:
    """One stream of a command on its way to one of ours."""

    def __init__(self, source: int, target: int) -> None:
        """Begin to copy.

        Args:
            source: file to read; it is closed at the end.
            target: file to write; it stays open.
        """
        self.kept = BoundedOutput()
        self._source, self._target = source, target
        self._is_waiting = False  # for more to read; all that was read is written
        self._thread = threading.Thread(target=self._copy, daemon=True)
        self._thread.start()

    def finish(self, patience: float) -> None:
        """Wait for the end of the stream, once the command has ended.

        What it left running in the background may hold the stream open: when there is
        nothing to read for so many seconds, that is not waited for.
        """
        while self._thread.is_alive():
            self._thread.join(patience)
            if self._is_waiting and not self._has_more():
                return

    def _has_more(self) -> bool:
        """Tell whether there is something to read, be it the end."""
        if os.name != "posix":
            return False  # cannot be told there
        try:
            return bool(select.select((self._source,), (), (), 0)[0])
        except (OSError, ValueError):
            return True  # closed just now: the end was read

    def _copy(self) -> None:
        try:
            while chunk := self._read():
                self.kept.add(chunk)
                self._write(chunk)
        except OSError:
            # Nobody reads us any longer, as after `head`: the command will notice as it would
            # without us, when it writes next, for we do not read it any longer.
            self.kept.is_cut = True
        finally:
            os.close(self._source)

    def _read(self) -> bytes:
        self._is_waiting = True
        if os.name == "posix":  # first wait, then read: so nothing is read while we seem to wait
            select.select((self._source,), (), ())
            self._is_waiting = False
        try:
            return os.read(self._source, CHUNK)
        except OSError:  # how a pseudo-terminal says on Linux that its last user has gone
            return b""
        finally:
            self._is_waiting = False

    def _write(self, chunk: bytes) -> None:
        rest = memoryview(chunk)
        while rest:
            try:
                rest = rest[os.write(self._target, rest) :]
            except BlockingIOError:  # somebody made it so, and we may not unmake it
                select.select((), (self._target,), ())
