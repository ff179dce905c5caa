"""Ids of commits or trees, small: a hundred thousand of them have to fit in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


class ObjectIds:
    """Ids of one width, binary and end to end."""

    __slots__ = ("_buffer", "_is_turned", "_width")

    def __init__(self, ids: Sequence[bytes] = ()) -> None:
        self._width = len(ids[0]) if ids else 0
        self._buffer = bytearray().join(ids)
        self._is_turned = False  # from its last byte to its first

    def extend(self, ids: bytes, count: int) -> None:
        """Take in more ids, that many and end to end; not once they are reversed."""
        assert not self._is_turned
        self._width = len(ids) // count
        self._buffer += ids

    def __len__(self) -> int:
        return len(self._buffer) // self._width if self._width else 0

    def __getitem__(self, number: int) -> bytes:
        """Return an id; empty beyond the last one."""
        found = bytes(self._buffer[number * self._width : (number + 1) * self._width])
        return found[::-1] if self._is_turned else found

    def __iter__(self) -> Iterator[bytes]:
        return map(self.__getitem__, range(len(self)))

    def reverse(self) -> None:
        """Put the last one first, in place: a copy of this size would leave a hole behind."""
        self._buffer.reverse()
        self._is_turned = not self._is_turned
