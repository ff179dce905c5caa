"""Numbers for paths, and the families that renames make of them."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Paths:
    """Each path gets a number; paths that a rename joins share a family."""

    names: list[bytes] = field(default_factory=list)
    _numbers: dict[bytes, int] = field(default_factory=dict)
    _families: dict[int, int] = field(default_factory=dict)
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
        while (elder := self._families.get(number, number)) != number:
            number = elder
        return number

    def share(self, old: bytes, new: bytes) -> None:
        """Note that code moved from ``old`` to ``new``."""
        self._sources.setdefault(self.family(new), set()).add(self.family(old))

    def sources(self, family: int) -> tuple[int, ...]:
        """Return a family and those that code moved from into it."""
        return (family, *sorted(self._sources.get(family, ())))

    def join(self, old: bytes, new: bytes) -> None:
        """Note that ``new`` is another name of ``old``."""
        elder, younger = self.family(old), self.family(new)
        if elder != younger:
            self._families[younger] = elder
