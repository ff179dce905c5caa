"""Numbers for paths, and the families that renames make of them."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Paths:
    """Each path gets a number; paths that a rename joins share a family."""

    names: list[bytes] = field(default_factory=list)
    _numbers: dict[bytes, int] = field(default_factory=dict)
    _families: dict[int, int] = field(default_factory=dict)
    _strangers: int = 0
    _sources: dict[int, set[int]] = field(default_factory=dict)

    def number(self, path: bytes) -> int:
        """Return the number of a path."""
        number = self._numbers.get(path)
        if number is None:
            number = self._numbers[path] = len(self.names)
            self.names.append(path)
        return number

    def family(self, path: bytes) -> int:
        """Return the number that all names of a file share."""
        number = self.number(path)
        return self._families.get(number, number)

    def part(self, path: bytes) -> None:
        """Note that a file begins under a name that another file had and left."""
        self._strangers += 1
        self._families[self.number(path)] = -self._strangers

    def share(self, old: bytes, new: bytes) -> None:
        """Note that code moved from ``old`` to ``new``."""
        self._sources.setdefault(self.family(new), set()).add(self.family(old))

    def sources(self, family: int) -> tuple[int, ...]:
        """Return a family and those that code moved from into it."""
        return (family, *sorted(self._sources.get(family, ())))

    def join(self, old: bytes, new: bytes) -> None:
        """Note that ``new`` is another name of ``old``."""
        self._families[self.number(new)] = self.family(old)
