"""Cuts out of a parsed file what a report is about: a statement, its surroundings, its scope."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from loopwatch.fingerprints.code_view import OWN_NAME, TEXT_MARK, CodeView, code_view
from loopwatch.fingerprints.descriptor import NO_ANCHOR, Part, ScopeForm
from loopwatch.fingerprints.packing import NOTHING, digest, pack, pairs, raw, sketch
from loopwatch.fingerprints.source_tree import SourceTree
from loopwatch.fingerprints.statement import LOCAL, Statement, in_view
from loopwatch.fingerprints.statement_kinds import BODY, STATEMENT, statement_kinds

if TYPE_CHECKING:
    from tree_sitter import Node

REACH = 64  # tokens before and after the one reported that count; a longer statement is data
NEIGHBOUR_REACH = 24  # tokens of the statements before and after
LONGEST_BODY = 200_000  # bytes of a class or a file that are looked at as a whole

_WORD = re.compile(rb"\w+")


class Code(NamedTuple):
    """What a report is about."""

    scope: ScopeForm
    statement: Statement
    anchor: int = NO_ANCHOR
    own: bytes = b""  # the last part of the name of the scope
    part: Part = Part.NONE
    last_row: int = 0  # 1-based, of the statement


class CheckedBody(NamedTuple):
    """The code of one test."""

    statements: tuple[tuple[bytes, ...], ...]
    span: tuple[int, int]  # bytes
    heads: tuple[int, ...]  # bytes where it, and what is around it, begins


@dataclass(slots=True)
class _Found:
    """A statement in the view of the code around it."""

    view: CodeView
    index: int
    node: "Node"
    path: "list[Node]"
    place: int  # of the statement in the path


class CodeReader:
    """Reads one version of a file; views and scopes are made once."""

    def __init__(self, tree: SourceTree, path: str, language: str) -> None:
        self.tree, self.path = tree, path
        self.sorts = statement_kinds(language)
        self._views: dict[tuple[int, int, int], CodeView] = {}
        self._scopes: dict[int, ScopeForm] = {}
        self._indexes: dict[str, int] | None = None
        self._statements: dict[tuple[int, int, int], Statement] = {}

    def statement(self, offset: int, has_column: bool) -> Code | None:
        """Return what stands at an offset; None if that is no code."""
        found = self._find(offset)
        if found is None:
            return None
        view = found.view
        indexes: Sequence[int] = view.items[found.index]
        if not indexes:
            return None
        anchor, first = view.position(indexes, offset), 0
        if len(indexes) > 2 * REACH:
            first = max(0, anchor - REACH)
            indexes = indexes[first : anchor + REACH]
        scope = self._scope_index(found.path, offset)
        statement = self._statement(found, indexes, first)
        return Code(
            scope=self.scope(scope),
            statement=statement,
            anchor=anchor - first if has_column else NO_ANCHOR,
            own=self._own(scope),
            part=self._part(found.node, statement, scope),
            last_row=found.node.end_point.row + 1,
        )

    def _part(self, node: "Node", statement: Statement, scope: int) -> Part:
        """Return what of its scope a statement is, if there is but one of it."""
        if scope >= 0:
            definition = self.tree.definitions[scope]
            if node.start_byte <= definition.start and definition.end <= node.end_byte:
                return Part.HEADER
        is_text = all(word.startswith(TEXT_MARK) for word in statement.words)
        return Part.DOCUMENT if is_text else Part.NONE

    def _statement(self, found: _Found, indexes: Sequence[int], first: int) -> Statement:
        """Return a statement with what is around it; it is made once."""
        key = id(found.view), found.index, first
        known = self._statements.get(key)
        if known is None:
            known = self._statements[key] = in_view(found.view, indexes)
            known.before, known.after = self._neighbours(found)
            known.ancestors = self._ancestors(found)
        return known

    def scope_at(self, offset: int) -> ScopeForm:
        """Return the innermost definition around an offset, or the file."""
        return self.scope(self.tree.definition_at(offset))

    def test(self, names: Sequence[str]) -> Code | None:
        """Return the body of a test; None if it is not found in this file."""
        index = self._test_definition(names)
        node = self._node_of(index) if index is not None else self._test_call(names[-1])
        if node is None:
            return None
        view = self._view(node, is_whole=True)
        scope = self.scope(index) if index is not None else self._call_scope(names, node)
        return Code(scope, in_view(view, range(len(view.texts))))

    def test_body(self, names: Sequence[str]) -> CheckedBody | None:
        """Return what a test holds; None if it is not found in this file."""
        index = self._test_definition(names)
        node = self._node_of(index) if index is not None else self._test_call(names[-1])
        if node is None:
            return None
        outer = self.tree.path_to(node.start_byte)
        heads = [one.start_byte for one in outer if one.end_byte >= node.end_byte]
        return CheckedBody(
            self._statements_in(node), (node.start_byte, node.end_byte), tuple(heads)
        )

    def has_body(self, statements: Sequence[tuple[bytes, ...]]) -> bool:
        """Tell whether a definition holds just these statements, under any name."""
        nodes = (self._node_of(index) for index in range(len(self.tree.definitions)))
        bodies = (self._statements_in(node) for node in nodes if node is not None)
        return any(body[1:] == tuple(statements[1:]) for body in bodies if len(body) > 1)

    def _statements_in(self, node: "Node") -> tuple[tuple[bytes, ...], ...]:
        view = self._view(node, is_whole=True)
        return tuple(tuple(view.words(items)) for items in view.items)

    # Statements.

    def _find(self, offset: int) -> _Found | None:
        path = self.tree.path_to(offset)
        place = self._innermost(path)
        if place is None:
            return None
        traits = self.tree.kinds.traits
        node = path[place]
        scopes = (inner for inner in path[: place + 1] if traits[inner.kind_id].is_scope)
        view = self._view(next(scopes, node))
        index = view.places.get((node.start_byte, node.end_byte))
        return None if index is None else _Found(view, index, node, path, place)

    def _innermost(self, path: "Sequence[Node]") -> int | None:
        """Return the place in a path of the innermost statement."""
        found, is_body = None, True  # what stands directly in a file is one
        for place, node in enumerate(path):
            sort = self.sorts.get(node.kind_id, 0)
            is_code = node.is_named and not node.is_extra
            if is_code and sort != BODY and (sort == STATEMENT or is_body):
                found = place
            is_body = sort == BODY
        return found

    def _view(self, root: "Node", *, is_whole: bool = False) -> CodeView:
        key = root.start_byte, root.end_byte, root.kind_id + (is_whole << 16)
        view = self._views.get(key)
        if view is None:
            view = code_view(self.tree.kinds, self.sorts, self.tree.content, root, is_whole)
            self._views[key] = view
        return view

    def _neighbours(self, found: _Found) -> tuple[bytes, bytes]:
        view, index = found.view, found.index
        outer = view.outer[index]
        if outer < 0:
            node = found.node
            return self._sibling(node, is_next=False), self._sibling(node, is_next=True)
        before = next((i for i in range(index - 1, outer, -1) if view.outer[i] == outer), outer)
        after = index + 1
        while after < len(view.outer) and view.outer[after] > outer:  # inside of this one
            after += 1
        has_after = after < len(view.outer) and view.outer[after] == outer
        return self._side(view, before), self._side(view, after) if has_after else NOTHING

    @staticmethod
    def _side(view: CodeView, index: int) -> bytes:
        return pack(view.alphas(view.items[index][:NEIGHBOUR_REACH]))

    def _sibling(self, node: "Node", *, is_next: bool) -> bytes:
        other = node.next_named_sibling if is_next else node.prev_named_sibling
        while other is not None and other.is_extra:
            other = other.next_named_sibling if is_next else other.prev_named_sibling
        if other is None:
            return NOTHING
        head = self.tree.content[other.start_byte : other.end_byte].split(b"\n", 1)[0]
        return pack(_WORD.findall(head)[:NEIGHBOUR_REACH])

    def _ancestors(self, found: _Found) -> bytes:
        """Return the kinds of statements around a statement, inside its function."""
        traits = self.tree.kinds.traits
        kinds: list[bytes] = []
        for outer in reversed(found.path[: found.place]):
            if traits[outer.kind_id].is_scope:
                break
            if self.sorts.get(outer.kind_id) == STATEMENT:
                kinds.append(outer.type.encode())
        return pack([found.node.type.encode(), *kinds])

    # Scopes.

    def _scope_index(self, path: "Sequence[Node]", offset: int) -> int:
        """Return the definition that an offset belongs to; a decorator is its definition's."""
        traits = self.tree.kinds.traits
        for outer, node in pairwise(path):
            if traits[node.kind_id].is_prefix:
                index = self.tree.definition_after(node.end_byte)
                if index >= 0 and self.tree.definitions[index].end <= outer.end_byte:
                    return index
        return self.tree.definition_at(offset)

    def _own(self, index: int) -> bytes:
        return self.tree.definitions[index].own.encode() if index >= 0 else b""

    def index_of(self, name: str) -> int | None:
        """Return the index of the definition of a qualified name; that of the file is -1."""
        if self._indexes is None:
            self._indexes = {one.name: at for at, one in enumerate(self.tree.definitions)}
            self._indexes[""] = -1
        return self._indexes.get(name)

    def names(self) -> list[str]:
        """Return the qualified names of all definitions, in their order."""
        return [definition.name for definition in self.tree.definitions]

    def scope(self, index: int) -> ScopeForm:
        """Return a definition of the tree by its index; -1 is the file."""
        scope = self._scopes.get(index)
        if scope is None:
            scope = self._scopes[index] = self._new_scope(index)
        return scope

    def _new_scope(self, index: int) -> ScopeForm:
        content = self.tree.content
        if index < 0:
            return ScopeForm(
                path=self.path, name="", state=digest([content]), body=_body_of_text(content)
            )
        definition = self.tree.definitions[index]
        text = content[definition.start : definition.end]
        node = self._node_of(index)
        function = self._function_in(node) if node is not None else None
        body, words = _body_of_text(text), NOTHING
        if function is not None:
            body, words = self._body(function)
        return ScopeForm(
            path=self.path, name=definition.name, state=digest([text]), body=body, words=words
        )

    def _body(self, node: "Node") -> tuple[bytes, bytes]:
        """Return a function's neighbours, whatever the locals are called, and its names."""
        view = self._view(node)
        bound, words = view.bound, list(view.texts)
        for index in view.local:
            if index < len(words) and bound.get(words[index]):
                words[index] = LOCAL
        for index in view.own:
            if index < len(words):
                words[index] = OWN_NAME
        names = dict.fromkeys(view.texts[index] for index in view.local)
        return sketch(pairs(words)), pack(names)

    def _function_in(self, node: "Node") -> "Node | None":
        """Return the function that a definition is, or holds: ``const f = () => ...``."""
        traits = self.tree.kinds.traits
        inner = node.named_children if traits[node.kind_id].namer is not None else []
        return next((one for one in (node, *inner) if traits[one.kind_id].is_scope), None)

    def _node_of(self, index: int) -> "Node | None":
        """Return the node of a definition."""
        definition = self.tree.definitions[index]
        return self.tree.root.descendant_for_byte_range(definition.start, definition.end)

    # Tests.

    def _test_definition(self, names: Sequence[str]) -> int | None:
        wanted = ".".join(names)
        found: int | None = None
        for index, definition in enumerate(self.tree.definitions):
            if definition.name == wanted:
                return index
            if definition.own == names[-1]:
                found = index
        return found

    def _test_call(self, name: str) -> "Node | None":
        """Return the call that names a test by a text: ``it("adds", () => ...)``."""
        for quote in (b'"', b"'", b"`"):
            offset = self.tree.content.find(quote + raw(name) + quote)
            if offset >= 0:
                path = self.tree.path_to(offset)
                return next((node for node in reversed(path) if "call" in node.type), None)
        return None

    def _call_scope(self, names: Sequence[str], node: "Node") -> ScopeForm:
        text = self.tree.content[node.start_byte : node.end_byte]
        name = " ".join(names)
        return ScopeForm(path=self.path, name=name, state=digest([text]), body=_body_of_text(text))


def _body_of_text(text: bytes) -> bytes:
    """Return the bag of a class or a file: its words, wherever they stand."""
    return sketch(_WORD.findall(text[:LONGEST_BODY]))
