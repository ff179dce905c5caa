"""The parts of a file and their states, composed from the parts inside.

A part is a definition, a function or a top-level statement. What is kept of
it is relative, in lines and in names, so that it is true wherever the same
bytes stand.

Shape, the state up to the names of locals, is composed the same way. A
function's *template* holds numbers in place of names, for its locals and for
the names that come from outside, which are listed beside it: whoever holds the
function replaces those that are locals of its own.
"""

from typing import TYPE_CHECKING, TypeAlias

from loopwatch.diffing.digests import blake2b

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loopwatch.diffing.naming import Name

IMPORTS, COMMENTS = range(2)  # what lines may be

Run: TypeAlias = tuple[int, int, int]  # what lines are; first and last, from that of the part
Prefix: TypeAlias = tuple[int, bytes]  # lines above the first of a part, and state, of decorators
Item: TypeAlias = "tuple[int, Part, Prefix | None]"  # the first line of a part, counted so
Key: TypeAlias = tuple[int, bytes]  # kind and place of a node, digest of its bytes

NOTHING_HASHED = blake2b(digest_size=16)  # a copy takes less time than to make another
LOCAL, FREE, HELD = b"\1%d", b"\4%d", b"\5"


def digest(tokens: "Sequence[bytes]") -> bytes:
    """Return 16 bytes that stand for a sequence of tokens."""
    return _hashed(b"\0".join(tokens))


def key_of(place: int, text: bytes) -> Key:
    """Return what tells equal parts: ``place`` is the kind of a node and how it is looked at."""
    return place, _hashed(text)


def _hashed(text: bytes) -> bytes:
    hasher = NOTHING_HASHED.copy()
    hasher.update(text)
    return hasher.digest()


class Frame:
    """A part while it is walked."""

    __slots__ = (
        "bound",
        "collects",
        "depth",
        "height",
        "is_broken",
        "is_open",
        "is_scope",
        "items",
        "key",
        "lines",
        "marks",
        "name",
        "outer_prefix",
        "prefix",
        "row",
        "sort",
        "tokens",
    )

    def __init__(
        self, row: int, key: Key | None = None, name: "Name | None" = None, depth: int = -1
    ) -> None:
        self.row = row
        self.depth = depth  # of its node below the top-level one; -1: it is that, or the file
        self.height = 0  # of the parts inside one another
        self.key = key  # in the memo; None: it is not to be kept
        self.name = name  # None: it is no definition
        self.is_scope = False  # binds the names in ``bound``
        self.is_open = False  # binds them for the function around it
        self.is_broken = False  # it is, or is inside, what holds a syntax error
        self.collects = False  # inside a function: names are looked at
        self.tokens: list[bytes] = []
        self.marks: list[tuple[int, bytes | Part]] = []  # tokens that are names, or parts
        self.bound: dict[bytes, bool] = {}  # names bound here; False: said to be from outside
        self.items: list[Item] = []
        self.lines: list[Run] = []
        self.sort: int | None = None  # what the whole part is
        self.prefix: tuple[int, int, int, int] | None = None  # depth, line, tokens from and to
        self.outer_prefix: Prefix | None = None  # the decorators of this part itself

    def add(self, part: "Part", row: int, prefix: Prefix | None) -> None:
        """Take in a part that ends here and began at line ``row`` of the file."""
        if part.shape != part.token or part.free:
            self.marks.append((len(self.tokens), part))
        self.tokens.append(part.token)
        self.height = max(self.height, part.height + 1)
        for name, is_bound in part.bound:
            self.bind(name, is_bound)
        if not part.is_silent:
            self.items.append((row - self.row, part, prefix))
        if self.prefix and self.prefix[3] <= len(self.tokens):
            self.prefix = None

    def note(self, sort: int, first: int, last: int) -> None:
        """Note what lines are, in order; those that follow one another are one run."""
        if self.lines and (before := self.lines[-1])[0] == sort and before[2] + 1 == first:
            first = self.lines.pop()[1]
        self.lines.append((sort, first, last))

    def bind(self, name: bytes, is_bound: bool) -> None:
        """Note that a name is local here, or that it is said not to be, which weighs more."""
        if not is_bound or name not in self.bound:
            self.bound[name] = is_bound


class Part:
    """What came of one definition, function or top-level statement."""

    __slots__ = (
        "bound",
        "free",
        "height",
        "is_silent",
        "items",
        "lines",
        "name",
        "rows",
        "shape",
        "sort",
        "template",
        "token",
    )

    def __init__(self, frame: Frame, rows: int) -> None:
        self.name = frame.name
        self.rows = rows  # lines after the first
        self.height = frame.height
        self.bound = tuple(frame.bound.items()) if frame.is_open else ()
        self.items = tuple(frame.items)
        self.lines = tuple(frame.lines)
        self.sort = frame.sort
        self.is_silent = not (self.name or self.items or self.lines)
        self.token = digest(frame.tokens)
        self.template, self.free = _template(frame, self.token)
        self.shape = digest((self.template, *self.free)) if self.free else self.template


def _template(frame: Frame, token: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    """Return the state with names replaced by numbers, and the names from outside in order."""
    if not frame.marks:
        return token, ()
    tokens = frame.tokens.copy()
    local: dict[bytes, bytes] = {}
    free: dict[bytes, bytes] = {}
    bound = frame.bound if frame.is_scope else {}

    def number(name: bytes) -> bytes:
        known, form = (local, LOCAL) if bound.get(name) else (free, FREE)
        return known.get(name) or known.setdefault(name, form % len(known))

    for index, mark in frame.marks:
        if isinstance(mark, bytes):
            tokens[index] = number(mark)
        elif frame.collects and mark.free:
            tokens[index] = HELD.join((mark.template, *map(number, mark.free)))
        else:
            tokens[index] = mark.shape
    return digest(tokens), tuple(free)
