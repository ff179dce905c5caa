"""Numbers that are small nearly always, in two bytes each."""

from array import array

LARGE = (1 << 16) - 1  # what does not fit in two bytes stands elsewhere


class SmallNumbers:
    """Numbers from 0 by place, two bytes for each of those that are small, as most are."""

    __slots__ = ("_large", "_small")

    def __init__(self) -> None:
        self._small = array("H")
        self._large: dict[int, int] = {}

    def append(self, number: int) -> None:
        """Add the next number."""
        if number >= LARGE:
            self._large[len(self._small)] = number
        self._small.append(min(number, LARGE))

    def __getitem__(self, place: int) -> int:
        """Return a number."""
        number = self._small[place]
        return number if number < LARGE else self._large[place]
