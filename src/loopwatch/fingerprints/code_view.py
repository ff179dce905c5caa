"""The tokens of one function or statement, each with its innermost statement and its role.

One walk over the nodes; what a report is about is then cut out of flat lists. Brackets,
commas, quotes and comments are left out, so that a formatter changes nothing.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from loopwatch.diffing.node_traits import (
    ATOM,
    BIND,
    CLOSER,
    COMMENT,
    INNER,
    KEEP,
    NAME,
    PASS,
    PROSE,
    UNBIND,
    USE,
    WORD,
    NodeKinds,
    Traits,
)
from loopwatch.fingerprints.statement_kinds import BODY, STATEMENT

if TYPE_CHECKING:
    from tree_sitter import Node

DROPPED = frozenset(b"( ) [ ] { } , ; ' \" ` \"\"\" '''".split()) | {b"", b"\n"}
TEXTS = ("string_content", "string_fragment", "template_string")  # kinds of text in quotes
TEXT_MARK = b"'"  # before a text, so that it is no name
OWN_NAME = b"$own"  # stands for the name of a definition in its own header
MOST_TOKENS = 60_000  # of one function; a longer one is data
QUOTE_TOKEN = b'"'  # stands for all quotes, some of which have a prefix
VARYING = b"\0"  # of a kind of token: there are several
LONGEST_QUOTE = 6  # bytes of what opens a text: a prefix and three quotes


class CodeView:
    """What one walk found: lists by token and by statement, in the order of the text."""

    __slots__ = ("bound", "items", "local", "outer", "own", "places", "starts", "texts")

    def __init__(self) -> None:
        self.texts: list[bytes] = []
        self.starts: list[int] = []  # byte of each token
        self.local: set[int] = set()  # tokens that are names, and may be bound here
        self.own: set[int] = set()  # tokens that name a definition, in its header
        self.bound: dict[bytes, bool] = {}
        self.places: dict[tuple[int, int], int] = {}  # bytes of a statement -> its index
        self.outer: list[int] = []  # the statement around each statement; -1: none
        self.items: list[list[int]] = []  # the tokens of each statement

    def words(self, indexes: Sequence[int]) -> list[bytes]:
        """Return tokens as they are written."""
        return [self.texts[index] for index in indexes]

    def alphas(self, indexes: Sequence[int]) -> list[bytes]:
        """Return tokens with local names replaced by numbers, in order of appearance."""
        numbers: dict[bytes, bytes] = {}
        out = self.words(indexes)
        for place, index in enumerate(indexes):
            text = out[place]
            if index in self.own:
                out[place] = OWN_NAME
            elif index in self.local and self.bound.get(text):
                out[place] = numbers.get(text) or numbers.setdefault(text, b"$%d" % len(numbers))
        return out

    def names(self, indexes: Sequence[int]) -> list[bytes]:
        """Return the local names that ``alphas`` replaces, in the order of their numbers."""
        texts, bound = self.texts, self.bound
        some = (texts[index] for index in indexes if index in self.local)
        return list(dict.fromkeys(name for name in some if bound.get(name)))

    def position(self, indexes: Sequence[int], offset: int) -> int:
        """Return which of a statement's tokens is around an offset, or first after it."""
        place = bisect_right(indexes, offset, key=self.starts.__getitem__) - 1
        if place < 0:
            return 0
        index = indexes[place]
        is_around = offset < self.starts[index] + max(1, len(self.texts[index]))
        return place if is_around else min(place + 1, len(indexes) - 1)


class _Level(NamedTuple):
    """A node around the cursor."""

    trait: Traits
    role: int  # of identifiers, where the node passes that of its own place on
    statement: int
    is_body: bool
    is_inside: bool  # of a function: names bind


def code_view(
    kinds: NodeKinds,
    sorts: dict[int, int],
    content: bytes,
    root: "Node",
    is_whole: bool = False,
) -> CodeView:
    """Walk a function; of anything else only what is not in its body, unless ``is_whole``."""
    walk = _Walk(kinds, sorts, content)
    walk.run(root, is_whole or kinds.traits[root.kind_id].is_scope)
    return walk.view


class _Walk:
    def __init__(self, kinds: NodeKinds, sorts: dict[int, int], content: bytes) -> None:
        self.kinds, self.sorts, self.content = kinds, sorts, content
        self.view = CodeView()
        self.own_names: set[int] = set()  # bytes where definitions are named
        self.fixed: dict[int, bytes] = {}  # how tokens read, by kind; VARYING: it varies

    # One loop, because it is hot and because code nests deeper than Python calls.
    def run(self, root: "Node", is_whole: bool) -> None:
        """Take in all that is in a node."""
        cursor, traits, view = root.walk(), self.kinds.traits, self.view
        texts, starts, items, fixed = view.texts, view.starts, view.items, self.fixed
        next_sibling, first_child = cursor.goto_next_sibling, cursor.goto_first_child
        around = _Level(traits[0], USE, self._begin(root, -1), False, False)
        outer: list[_Level] = []  # the levels around that one
        statement = around.statement
        while True:
            node: Any = cursor.node  # never None: the cursor stands on one
            kind = node.kind_id
            word = fixed.get(kind)
            if word is None:
                word = fixed[kind] = _fixed(traits[kind])
            if word is not VARYING:
                if word and (is_whole or statement <= 0):
                    items[statement].append(len(texts))
                    texts.append(word)
                    starts.append(node.start_byte)
            else:
                trait = traits[kind]
                inner = self._statement(node, around) if outer else 0
                if is_whole or inner <= 0:
                    role = _role(around, cursor.field_id)
                    if trait.sort == INNER and len(texts) < MOST_TOKENS:
                        if trait.namer is not None:
                            self._note_name(node)
                        if first_child():
                            is_body = self.sorts.get(kind) == BODY
                            is_inside = around.is_inside or trait.is_scope
                            passed = role if trait.passes else USE
                            outer.append(around)
                            around = _Level(trait, passed, inner, is_body, is_inside)
                            statement = inner
                            continue
                    self._leaf(node, trait, role, inner, around.is_inside)
            while outer and not next_sibling():
                cursor.goto_parent()
                around = outer.pop()
                statement = around.statement
            if not outer:
                return

    def _statement(self, node: "Node", around: _Level) -> int:
        """Return the innermost statement that a node belongs to, which may be itself."""
        sort = self.sorts.get(node.kind_id, 0)
        is_one = sort == STATEMENT or (around.is_body and sort != BODY and node.is_named)
        if is_one and self.kinds.traits[node.kind_id].sort != COMMENT:
            return self._begin(node, around.statement)
        return around.statement

    def _begin(self, node: "Node", outer: int) -> int:
        view, place = self.view, (node.start_byte, node.end_byte)
        known = view.places.get(place)
        if known is not None:  # it is all that the statement around it holds
            return known
        view.places[place] = len(view.items)
        view.outer.append(outer)
        view.items.append([])
        return len(view.items) - 1

    def _note_name(self, node: "Node") -> None:
        name = node.child_by_field_name("name")
        if name is not None:
            self.own_names.add(name.start_byte)

    def _leaf(
        self, node: "Node", trait: Traits, role: int, statement: int, is_inside: bool
    ) -> None:
        if trait.sort == COMMENT:
            return
        view, start = self.view, node.start_byte
        text = self.content[start : node.end_byte]
        if trait.sort in (ATOM, PROSE) or node.type in TEXTS:
            text = _plain_text(text)
        elif trait.sort == NAME:
            if is_inside and role != KEEP and not trait.is_shorthand:
                self._bind(text, trait, role)
                view.local.add(len(view.texts))
            elif start in self.own_names:
                view.own.add(len(view.texts))
        else:
            text = _plain_token(text)
        if text not in DROPPED:
            self._keep(text, start, statement)

    def _keep(self, text: bytes, start: int, statement: int) -> None:
        view = self.view
        view.items[statement].append(len(view.texts))
        view.texts.append(text)
        view.starts.append(start)

    def _bind(self, name: bytes, trait: Traits, role: int) -> None:
        bound = self.view.bound
        if role == BIND or (role == USE and trait.always_local):
            if name not in self.kinds.never_local:
                bound.setdefault(name, True)
        elif role == UNBIND:
            bound[name] = False


def _fixed(trait: Traits) -> bytes:
    """Return how a token reads that always reads the same; empty where it is left out."""
    if trait.sort not in (WORD, CLOSER) or trait.token == QUOTE_TOKEN:
        return VARYING
    text = _plain_token(trait.token)
    return b"" if text in DROPPED else text


def _role(around: _Level, field: int | None) -> int:
    """Return what an identifier is in a field of the node around it."""
    roles = around.trait.roles
    if roles is None:
        return USE
    role = roles.get(field, around.trait.else_role)
    return around.role if role == PASS else role


def _plain_text(text: bytes) -> bytes:
    """Return a text up to its layout and to which quotes are around it."""
    words = text.replace(b'\\"', b'"').replace(b"\\'", b"'").split()
    return TEXT_MARK + b" ".join(words) if words else b""


def _plain_token(text: bytes) -> bytes:
    """Return how a token reads whatever the formatter: ``0XFF`` as ``0xff``, ``F"`` as ``f``."""
    if text[:1].isdigit():
        return text.lower()
    if text[-1:] in (b"'", b'"') and len(text) <= LONGEST_QUOTE:
        return text.rstrip(b"'\"").lower().replace(b"u", b"")
    return text
