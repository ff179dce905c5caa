"""One version of a file as a syntax tree: what stands at an offset, and in which definition."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from loopwatch.diffing.node_traits import NodeKinds, node_kinds
from loopwatch.diffing.tree_reuse import parse_afresh

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Query, Tree

DEEPEST_PATH = 400  # nodes from the root to a leaf; deeper is no code that people write
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(slots=True)
class Definition:
    """A function, method or class, as ``diffing.syntax`` names them."""

    name: str  # qualified
    start: int  # byte, decorators left out
    end: int  # byte, exclusive
    outer: int  # index of the definition around it; -1: none
    own: str  # the last part of the name


class SourceTree:
    """A file that could be parsed."""

    def __init__(self, kinds: NodeKinds, content: bytes, tree: "Tree") -> None:
        self.kinds = kinds
        self.content = content
        self.root = tree.root_node
        self.definitions = tuple(_definitions(kinds, tree))
        self._starts = [definition.start for definition in self.definitions]

    def path_to(self, offset: int) -> "list[Node]":
        """Return the nodes from the root's child to the leaf at an offset, or after it."""
        cursor = self.root.walk()
        path: list[Node] = []
        while len(path) < DEEPEST_PATH and cursor.goto_first_child_for_byte(offset) is not None:
            node = cursor.node
            assert node is not None
            path.append(node)
            offset = max(offset, node.start_byte)
        return path

    def definition_at(self, offset: int) -> int:
        """Return the index of the innermost definition around an offset; -1: none."""
        index = bisect_right(self._starts, offset) - 1
        while index >= 0 and self.definitions[index].end <= offset:
            index = self.definitions[index].outer
        return index

    def definition_after(self, offset: int) -> int:
        """Return the index of the first definition that begins at an offset or later; -1: none."""
        index = bisect_left(self._starts, offset)
        return index if index < len(self._starts) else -1


def plain(content: bytes) -> bytes:
    """Drop the byte order mark and carriage returns, as ``diffing.syntax`` does."""
    content = content.removeprefix(BYTE_ORDER_MARK)
    return content.replace(b"\r\n", b"\n") if b"\r" in content else content


def source_tree(language: str | None, content: bytes) -> SourceTree | None:
    """Parse a file, already ``plain``; None: no grammar, too large, or no such code."""
    kinds = node_kinds(language) if language else None
    if kinds is None or language is None or b"\0" in content:
        return None
    tree = parse_afresh(_parser(language), content)
    return SourceTree(kinds, content, tree) if tree is not None else None


@cache
def _parser(language: str) -> "Parser":
    from tree_sitter import Parser

    kinds = node_kinds(language)
    return Parser(kinds.language) if kinds else Parser()


@cache
def _query(language: "object", names: Sequence[str]) -> "Query":
    from tree_sitter import Query

    return Query(language, " ".join(f"({name}) @d" for name in names))  # type: ignore[arg-type]


def _definitions(kinds: NodeKinds, tree: "Tree") -> Iterator[Definition]:
    """Yield the definitions of a file in order of start, the outer before the inner.

    The rules of names are those of ``diffing.syntax``, which walks the whole file for
    them; a query finds the nodes alone in a tenth of the time.
    """
    seen: dict[str, int] = {}
    open_: list[tuple[int, int, str]] = []  # index, end, what members are qualified with
    values: set[int] = set()
    count = 0
    for node in _candidates(kinds, tree):
        namer = kinds.traits[node.kind_id].namer
        name = namer(node) if namer and node.id not in values else None
        if name is None:
            continue
        values.add(name.value_id)
        while open_ and open_[-1][1] <= node.start_byte:
            open_.pop()
        outer, _, scope = open_[-1] if open_ else (-1, 0, "")
        qualified = scope + name.own
        times = seen[qualified] = seen.get(qualified, 0) + 1
        if times > 1:
            qualified = f"{qualified}#{times}"
        yield Definition(qualified, node.start_byte, node.end_byte, outer, name.own)
        members = scope + name.scope if name.scope else qualified
        open_.append((count, node.end_byte, members + "."))
        count += 1


def _candidates(kinds: NodeKinds, tree: "Tree") -> "list[Node]":
    from tree_sitter import QueryCursor

    names = tuple(sorted(kinds.grammar.definitions))
    known = tuple(name for name in names if kinds.language.id_for_node_kind(name, True))
    if not known:
        return []
    found = QueryCursor(_query(kinds.language, known)).captures(tree.root_node)
    nodes = found.get("d", [])
    return sorted(nodes, key=lambda node: (node.start_byte, -node.end_byte))
