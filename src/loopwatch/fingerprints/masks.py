"""Messages without what changes from run to run: numbers, addresses, times, and names in quotes."""

import re
from functools import lru_cache
from typing import NamedTuple

MOST_KEPT = 1024  # messages: tools say the same again and again
LONGEST_MESSAGE = 2000  # characters; the rest is a listing
QUOTED = re.compile(
    r"“([^”\n]{1,200})”|\u2018([^’\n]{1,200})’|`([^`\n]{1,200})`|\"([^\"\n]{1,200})\""
    r"|(?<![^\s(\[=,:])'([^'\n]{1,200})'"
)
# In this order, the longer before what they contain. Source: Sentry's grouping,
# ``parameterization.py``; addresses and paths are added, for tracebacks and compilers.
_MASKS = (
    ("email", r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"),
    ("url", r"\b(?:https?|ftp|wss?|file)://[^\s<>\"'`)]+"),
    ("ip", r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b"),
    ("uuid", r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"),
    ("sha1", r"\b[0-9a-fA-F]{40}\b"),
    ("md5", r"\b[0-9a-fA-F]{32}\b"),
    (
        "date",
        r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?\b"
        r"|\b\d\d:\d\d:\d\d(?:\.\d+)?\b",
    ),
    ("duration", r"\b\d+(?:\.\d+)?\s?(?:ns|us|µs|ms|s|sec|secs|seconds?|min|minutes?|hours?)\b"),
    ("hex", r"\b0[xX][0-9a-fA-F]+\b"),
    ("path", r"(?<![\w.])(?:[A-Za-z]:)?[/\\](?:[\w.@+-]+[/\\])+[\w.@+-]*"),
    ("sha", r"\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,64}\b"),
    ("float", r"(?<![\w.])[+-]?\d+\.\d+(?:[eE][+-]?\d+)?"),
    ("int", r"(?<![\w.])[+-]?\d+"),
)
MASK = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _MASKS))


class Masked(NamedTuple):
    """A message in two parts: what the tool always says, and what it says it of."""

    key: str
    names: tuple[str, ...]  # what stood in quotes, each once, in order


def mask(text: str) -> str:
    """Replace what changes from run to run by its sort: ``line 7`` becomes ``line <int>``."""
    return MASK.sub(lambda found: f"<{found.lastgroup}>", text)


@lru_cache(MOST_KEPT)
def masked(message: str) -> Masked:
    """Split a message into its key and the names that it quotes, by slots ``<1>``, ``<2>``."""
    slots: dict[str, int] = {}
    text = " ".join(message[:LONGEST_MESSAGE].split())

    def slot(found: re.Match[str]) -> str:
        name = next(part for part in found.groups() if part is not None)
        return f"\0{slots.setdefault(name, len(slots))}\0"

    pieces = QUOTED.sub(slot, text).split("\0")
    pieces[::2] = [mask(piece) for piece in pieces[::2]]
    pieces[1::2] = [f"<{int(piece) + 1}>" for piece in pieces[1::2]]
    return Masked("".join(pieces), tuple(slots))
