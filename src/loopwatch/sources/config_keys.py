"""The keys of the configuration and what each may say; ``docs/configuration.md`` lists them."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from loopwatch.model.finding import Level
from loopwatch.model.options import ALL_UNITS
from loopwatch.model.price import parse_price
from loopwatch.model.unit import Granularity

Check = Callable[[object], object]
FORMAT = "format"  # its choices are those of ``reports``, which sources do not know
UNITS = tuple(unit.value for unit in Granularity if unit in ALL_UNITS)
WORDS = {"true": True, "yes": True, "on": True, "1": True} | {
    "false": False, "no": False, "off": False, "0": False
}  # fmt: skip
LONGEST_NUMBER = 19  # digits
NUMBERED = re.compile(r"\\[1-9]|\(\?(?:P<|P=|\()")  # groups that would count those of others


class WrongValueError(ValueError):
    """A value is not what its key wants; says what that is."""


class UnknownNameError(ValueError):
    """A table has a key that there is not."""

    def __init__(self, key: str, known: tuple[str, ...]) -> None:
        super().__init__(key)
        self.key, self.known = key, known


def one_of(*choices: str) -> Check:
    """Return a check for one of some words."""

    def check(value: object) -> str:
        if not isinstance(value, str) or value not in choices:
            raise WrongValueError(f"one of {', '.join(choices)}")
        return value

    return check


def _number(least: int) -> Check:
    def check(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise WrongValueError(f"a whole number of at least {least}")
        return value

    return check


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise WrongValueError("true or false")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise WrongValueError('a list of texts, such as ["a", "b"]')
    return tuple(value)


def from_text(key: str, text: str) -> object:
    """Return what a text means as the value of a key, as far as it can mean that: no check yet.

    Lists have one item a line; the other values are written as on the command line.
    """
    check = KEYS[key]
    if check in {_texts, _patterns, _prices}:
        return [line.strip() for line in text.split("\n") if line.strip()]
    if check is _flag:
        return WORDS.get(text.lower(), text)
    return int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST_NUMBER else text


def _patterns(value: object) -> tuple[str, ...]:
    patterns = _texts(value)
    for pattern in patterns:
        try:
            re.compile(f"(?:{pattern})")
        except (re.error, OverflowError, RecursionError) as error:
            raise WrongValueError(f"regular expressions ({error})") from error
        if NUMBERED.search(pattern):
            raise WrongValueError("regular expressions without references to groups")
    return patterns


def _prices(value: object) -> tuple[str, ...]:
    lines = _texts(value)
    try:
        for line in lines:
            parse_price(line)
    except ValueError as error:
        raise WrongValueError('a list of prices, such as ["model 3 15 0.3"]') from error
    return lines


def units(value: object) -> frozenset[Granularity]:
    """Return the units that a list, or a text with commas, names."""
    named = [part.strip() for part in value.split(",")] if isinstance(value, str) else value
    if not isinstance(named, list) or not named or not all(one in UNITS for one in named):
        raise WrongValueError(f"some of {','.join(UNITS)}")
    return frozenset(Granularity(one) for one in named)


KEYS: Mapping[str, Check] = MappingProxyType(
    {
        "agents-only": _flag,
        "all": _flag,
        "color": one_of("auto", "always", "never"),
        "exit-zero": _flag,
        "fail-on": one_of("never", *(level.value for level in Level)),
        "fix-patterns": _patterns,
        FORMAT: one_of(),
        "largest-file": _number(1),
        "max-count": _number(0),
        "prices": _prices,
        "quiet": _texts,
        "revert-patterns": _patterns,
        "rollback-hunks": _number(1),
        "units": units,
        "verbose": _flag,
        "window-edits": _number(0),
        "window-hours": _number(0),
    }
)
"""What checks the value of each key, and returns it as it is used."""

OPTION_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "agents-only": "is_agents_only",
        "fix-patterns": "fix_patterns",
        "largest-file": "largest_file",
        "prices": "prices",
        "quiet": "quiet",
        "revert-patterns": "revert_patterns",
        "rollback-hunks": "rollback_hunks",
        "units": "units",
        "window-edits": "window_edits",
        "window-hours": "window_hours",
    }
)
"""Field of ``Options`` that each key sets; the others are about output."""
