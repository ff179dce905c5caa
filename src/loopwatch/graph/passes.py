"""In which versions each test of a suite passed, when nearly all of them always do."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Passes:
    """Keeps a bit for each test and each list of them that was ever told.

    Most versions tell a list that an earlier one told, as one and the same value.
    """

    _numbers: dict[str, int] = field(default_factory=dict)  # of tests
    # By identity of the list, which is kept so that no other one can have it.
    _groups: dict[int, tuple[Sequence[str], bytes, list[int]]] = field(default_factory=dict)

    def add(self, version: int, passed: Sequence[str]) -> None:
        """Note which tests passed at a version."""
        group = self._groups.get(id(passed))
        if group is None:
            group = self._groups[id(passed)] = passed, self._bits(passed), []
        group[2].append(version)

    def of(self, test: str) -> set[int]:
        """Return the versions in which a test passed."""
        number = self._numbers.get(test)
        if number is None:
            return set()
        place, bit = divmod(number, 8)
        return {
            version
            for _, bits, versions in self._groups.values()
            if place < len(bits) and bits[place] >> bit & 1
            for version in versions
        }

    def _bits(self, passed: Sequence[str]) -> bytes:
        known = self._numbers
        numbers = [known.setdefault(test, len(known)) for test in passed]
        bits = bytearray(max(numbers, default=-1) // 8 + 1)
        for number in numbers:
            bits[number >> 3] |= 1 << (number & 7)
        return bytes(bits)
