"""The states of a unit, version by version, small enough to keep for every unit of a repository."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

ABSENT = b""  # the state of a unit that is not there


class Track:
    """The versions at which one unit entered a state, in the order in which they were read.

    States are byte strings of one width; they lie end to end in one buffer, so
    that a version costs a few bytes more than its state, and looking for a state
    is a search in that buffer.
    """

    __slots__ = ("_buffer", "_versions", "_width")

    def __init__(self, width: int) -> None:
        self._width = width
        self._versions = array("i")
        self._buffer = bytearray()

    def __len__(self) -> int:
        return len(self._versions)

    def append(self, version: int, state: bytes) -> None:
        """Note that the unit is in ``state`` from ``version`` on."""
        self._versions.append(version)
        self._buffer += state or bytes(self._width)

    def state(self, index: int) -> bytes:
        """Return the state of an entry; ``ABSENT`` where the unit was not there."""
        state = bytes(self._buffer[index * self._width : (index + 1) * self._width])
        return state if any(state) else ABSENT

    def version(self, index: int) -> int:
        """Return the version of an entry."""
        return self._versions[index]

    def places(self, state: bytes) -> Iterator[int]:
        """Yield the entries with that state, latest first."""
        wanted, end = state or bytes(self._width), len(self._buffer)
        while (at := self._buffer.rfind(wanted, 0, end)) >= 0:
            if at % self._width == 0:
                yield at // self._width
                end = at
            else:
                end = at + self._width - 1
