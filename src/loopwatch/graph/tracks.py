"""The states of a unit, version by version, small enough to keep for every unit of a repository."""

from __future__ import annotations

from array import array

NONE = -1  # no version, no entry
ABSENT = b""  # the state of a unit that is not there


class Track:
    """The versions at which one unit entered a state, in the order in which they were read.

    States are byte strings of one width; they lie end to end in one buffer, so
    that a version costs a few bytes more than its state, and looking for a state
    is a search in that buffer.
    """

    __slots__ = ("_width", "states", "versions")

    def __init__(self, width: int) -> None:
        self._width = width
        self.versions = array("i")
        self.states = bytearray()

    def __len__(self) -> int:
        return len(self.versions)

    def append(self, version: int, state: bytes) -> None:
        """Note that the unit is in ``state`` from ``version`` on."""
        self.versions.append(version)
        self.states += state or bytes(self._width)

    def is_at(self, state: bytes) -> bool:
        """Tell whether the newest entry is of that state."""
        return self.states.endswith(state or bytes(self._width))

    def state(self, index: int) -> bytes:
        """Return the state of an entry; ``ABSENT`` where the unit was not there."""
        state = bytes(self.states[index * self._width : (index + 1) * self._width])
        return state if any(state) else ABSENT

    def version(self, index: int) -> int:
        """Return the version of an entry."""
        return self.versions[index]

    def place(self, state: bytes, before: int | None = None) -> int:
        """Return the latest entry with that state, before another entry if one is given.

        ``NONE`` where there is no such entry.
        """
        width = self._width
        wanted = state or bytes(width)
        end = len(self.states) if before is None else before * width
        while (at := self.states.rfind(wanted, 0, end)) >= 0:
            if at % width == 0:
                return at // width
            end = at + width - 1
        return NONE
