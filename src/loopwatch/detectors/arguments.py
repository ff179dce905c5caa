"""The arguments of a tool, told apart into options and operands."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from loopwatch.detectors.shell import UNKNOWN
from loopwatch.diffing.digests import blake2b


@dataclass(frozen=True, slots=True)
class Syntax:
    """How a tool writes its options."""

    valued: frozenset[str] = frozenset()  # take a value, which may be the next word
    is_go: bool = False  # a single dash begins long names: -json, -run=X


@dataclass(frozen=True, slots=True)
class Arguments:
    """Options in order, each with its value if it has one, and what is no option."""

    options: tuple[tuple[str, str], ...] = ()
    operands: tuple[str, ...] = ()

    def has(self, *names: str) -> bool:
        """Tell whether one of some options is given."""
        return any(name in names for name, _ in self.options)

    def values(self, *names: str) -> tuple[str, ...]:
        """Return the values of some options, in order."""
        return tuple(value for name, value in self.options if name in names)

    def parts(self, *names: str) -> tuple[str, ...]:
        """Return the values of some options, where commas too set values apart."""
        values = ",".join(self.values(*names)).replace(" ", ",").split(",")
        return tuple(value for value in values if value)

    def written(self, names: Collection[str]) -> list[str]:
        """Return the given options of some names, as words."""
        return [f"{name}={value}" for name, value in self.options if name in names]


def options(text: str) -> frozenset[str]:
    """Return a set of options, written as words."""
    return frozenset(text.split())


def parse(words: Iterable[str], syntax: Syntax) -> Arguments:
    """Tell options from operands."""
    found: list[tuple[str, str]] = []
    operands: list[str] = []
    left = iter(words)
    for word in left:
        if word == "--":
            operands.extend(left)
        elif len(word) < 2 or not word.startswith("-"):
            operands.append(word)
        elif word.startswith("--") or syntax.is_go:
            found.append(_long(word, left, syntax))
        else:
            found.extend(_short(word, left, syntax))
    return Arguments(tuple(found), tuple(operands))


def digest(words: Iterable[str]) -> str:
    """Return 12 hex digits that stand for a set of settings."""
    joined = "\n".join(sorted(set(words)))
    return blake2b(joined.encode("utf-8", "replace"), digest_size=6).hexdigest()


def is_known(word: str) -> bool:
    """Tell whether a word of a shell line says what it means."""
    return not word.startswith(UNKNOWN)


def _long(word: str, left: Iterator[str], syntax: Syntax) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    if not equals and name in syntax.valued:
        value = next(left, "")
    return name, value


def _short(word: str, left: Iterator[str], syntax: Syntax) -> Iterator[tuple[str, str]]:
    """Yield the options of ``-qxk``, the last of which may be followed by its value."""
    for place, letter in enumerate(word[1:], start=2):
        name = f"-{letter}"
        if name in syntax.valued:
            yield name, word[place:].removeprefix("=") or next(left, "")
            return
        yield name, ""
