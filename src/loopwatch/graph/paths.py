"""Numbers for paths, and the families that renames make of them."""

from dataclasses import dataclass, field


class Numbers(dict[bytes, int]):
    """The number of each path; a new path gets the next one."""

    def __init__(self, names: list[bytes]) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, path: bytes) -> int:
        """Return the number of a path that was never asked for."""
        number = self[path] = len(self._names)
        self._names.append(path)
        return number


@dataclass(slots=True)
class Paths:
    """Each path gets a number; paths that a rename joins share a family."""

    names: list[bytes] = field(default_factory=list)
    numbers: Numbers = field(init=False)
    _families: dict[int, int] = field(default_factory=dict)
    _strangers: int = 0
    _sources: dict[int, set[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.numbers = Numbers(self.names)

    def number(self, path: bytes) -> int:
        """Return the number of a path."""
        return self.numbers[path]

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

    def origins(self, path: bytes) -> set[bytes]:
        """Return the names of a file, and of those that code moved from into it."""
        families = set(self.sources(self.family(path)))
        named = enumerate(list(self.names))
        return {name for n, name in named if n in families or self.family(name) in families}

    def join(self, old: bytes, new: bytes) -> None:
        """Note that ``new`` is another name of ``old``."""
        self._families[self.number(new)] = self.family(old)
