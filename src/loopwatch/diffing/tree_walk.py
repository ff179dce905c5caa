"""One walk over a syntax tree, which finds its parts and their states.

The walk is cut short at every definition, function and top-level statement
whose bytes it has met before: the memo holds what came of them. It never
recurses, however deep the code nests.
"""

from typing import TYPE_CHECKING, Any

from loopwatch.diffing.line_sorts import last_row, note_lines, statement_sort
from loopwatch.diffing.memo import Memo
from loopwatch.diffing.node_traits import (
    BIND,
    CLOSER,
    COMMENT,
    DROPPED,
    INNER,
    KEEP,
    NAME,
    PASS,
    PLAIN,
    PROSE,
    QUOTE,
    STATEMENT_ENDS,
    TERMINATOR,
    UNBIND,
    USE,
    WORD,
    NodeKinds,
    Traits,
)
from loopwatch.diffing.outline import Outline
from loopwatch.diffing.parts import COMMENTS, Frame, Key, Part, Prefix, digest, key_of

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

DEEPEST = 24  # definitions inside one another; deeper ones are walked as plain code
SHORTEST = 48  # bytes; what is shorter is cheaper to walk than to look up
LAYOUT = b" \t\r\n\f\v\\"  # a backslash continues a line
UNFINISHED = 1 << 62  # where a decorator ends that the walk is still in
MAX_PREFIX_GAP = 2  # tokens between a decorator and its definition: ``export default``


def free_place(kind: int) -> int:
    """Return the place of a node of a kind that is in no function and has its own name.

    The place of any node has ``NodeKinds.base`` added to it, so that all languages can share
    a memo.
    """
    return kind << 3 | 1


class ForgottenError(Exception):
    """What a stub stands for is not in the memo, or does not count at its place."""


class Walk:
    """One walk over one tree."""

    def __init__(
        self,
        kinds: NodeKinds,
        outline: Outline,
        tree: "Tree",
        memo: Memo[Key, Part],
        deepest: int = DEEPEST,
    ) -> None:
        self.kinds = kinds
        self.outline = outline
        self.content = outline.text
        self.memo = memo
        self.deepest = deepest
        self.cursor = tree.walk()
        self.has_error = tree.root_node.has_error
        self.is_careful = self.has_error or not kinds.grammar.is_gapless
        self.frames = [Frame(0)]  # the parts around the cursor; the first is the file
        is_rough = self.has_error and not kinds.grammar.is_gapless
        self.frames[0].is_broken = is_rough or tree.root_node.is_error
        self.path: list[Traits] = []  # from the top-level node to the parent of the cursor's
        self.roles: dict[int, int] = {}  # of the patterns on the path, by depth
        self.holders: dict[int, Node] = {}  # of tuples on the path, by depth
        self.values: list[int] = []  # functions that have their name from what holds them
        self.at = 0  # the bytes before are done

    def file(self) -> Part:
        """Return what came of the whole file.

        Raises:
            ForgottenError: a stub cannot be told; the whole text has to be walked.
        """
        root = self.frames[0]
        has_more = self.cursor.goto_first_child()
        while has_more:
            self._statement()
            has_more = self.cursor.goto_next_sibling()
        if self.is_careful:
            self._catch_up(len(self.content), root.tokens)
        return Part(root, 0)

    def _statement(self) -> None:
        """Walk a top-level node: as a part of its own, unless it is a token or a definition."""
        node = self.cursor.node
        assert node is not None
        if node.start_byte == node.end_byte:  # what ends the last line, where nothing else does
            return
        trait = self.kinds.traits[node.kind_id]
        if trait.sort != INNER:
            self._leaf(node, trait)
            return
        if trait.may_open or trait.is_prefix or not self.deepest:
            self._inside()
            return
        root = self.frames[0]
        if self.is_careful:
            self._catch_up(node.start_byte, root.tokens)
        key, row = self._key(node, trait.number << 3, 0), node.start_point.row
        part = self.memo.get(key) if key else None
        if part is not None and part.height < self.deepest:
            root.add(part, row, None)
            self.at = node.end_byte
        else:
            self.frames.append(Frame(row, key))
            self.frames[-1].is_broken = self.has_error and node.has_error
            self._inside()
            part = self._close()
        if part.sort is not None:
            note_lines(root, part.sort, node, self.content)

    # The hot loop: under a microsecond for each node, which one more call would double.
    def _inside(self) -> None:  # noqa: C901, PLR0912
        """Walk the node under the cursor and all that is in it, and come back to it."""
        cursor, content, path = self.cursor, self.content, self.path
        down, right, up = cursor.goto_first_child, cursor.goto_next_sibling, cursor.goto_parent
        trait_of, dropped, is_careful = self.kinds.traits, self.kinds.dropped, self.is_careful
        frame = self.frames[-1]
        tokens, collects = frame.tokens, frame.collects
        while True:
            node: Any = cursor.node  # never None: the cursor stands on one
            trait = trait_of[node.kind_id]
            sort = trait.sort
            if sort == INNER:
                is_met = False
                if trait.is_special:
                    is_met = self._enter(node, trait)
                    frame = self.frames[-1]
                    tokens, collects = frame.tokens, frame.collects
                if not is_met:
                    if down():
                        path.append(trait)
                        continue
                    if is_careful or trait.ends:
                        self._leaf(node, trait)
                        frame = self.frames[-1]
                        tokens, collects = frame.tokens, frame.collects
                    else:
                        tokens.append(content[node.start_byte : node.end_byte])
            elif is_careful:
                self._leaf(node, trait)
            elif sort == WORD:
                tokens.append(trait.token)
            elif sort == NAME and not collects:
                tokens.append(content[node.start_byte : node.end_byte])
            elif sort == CLOSER and tokens and tokens[-1] not in dropped:
                tokens.append(trait.token)
            else:
                self._token(node, trait, frame)
            while path:
                if right():
                    break
                up()
                trait = path.pop()
                if trait.ends:
                    self._leave(trait)
                    frame = self.frames[-1]
                    tokens, collects = frame.tokens, frame.collects
            else:
                return

    # What is done before a special node is entered, and after it is left.

    def _enter(self, node: "Node", trait: Traits) -> bool:
        """Prepare for what is inside; return True if it was met before and is told already."""
        depth, frame = len(self.path), self.frames[-1]
        if trait.passes:
            self.roles[depth] = self._role() if frame.collects else USE
        if trait.keeps_comma:
            self.holders[depth] = node
        if trait.may_open:
            if self.is_careful:
                self._catch_up(node.start_byte, frame.tokens)
            if self._open(node, trait):
                self.at = node.end_byte
                return True
            frame = self.frames[-1]
        if trait.is_prefix:
            self._begin_prefix(frame, node, depth)
        if trait.before:
            frame.tokens.append(trait.before)
        if trait.is_import or trait.is_require or trait.docstring:
            self._sort(node, trait, frame)
        return False

    def _leave(self, trait: Traits) -> None:
        """Do what is to be done after a node, whose place the cursor is back at."""
        frame = self.frames[-1]
        if trait.after:
            frame.tokens.append(trait.after)
        if frame.depth == len(self.path) and trait.may_open:
            self._close()
        elif trait.is_prefix and frame.prefix is not None:
            depth, line, begin, _ = frame.prefix
            if depth == len(self.path):
                frame.prefix = depth, line, begin, len(frame.tokens)

    def _open(self, node: "Node", trait: Traits) -> bool:
        """Begin a part, if the node is one; return True if it was met before."""
        outer = self.frames[-1]
        if len(self.frames) > self.deepest:
            self._need_no_stub(node)
            outer.height = self.deepest  # so that it is not taken for the whole elsewhere
            return False
        is_value = bool(self.values) and self.values[-1] == node.id
        place = free_place(trait.number) | outer.collects << 2 | is_value << 1
        key = self._key(node, place, SHORTEST)
        row = node.start_point.row
        part = self.memo.get(key) if key else None
        if part is not None and part.height + len(self.frames) <= self.deepest:
            outer.add(part, row, self._prefix(outer, row) if part.name else None)
            return True
        self._need_no_stub(node)
        name = trait.namer(node) if trait.namer and not is_value else None
        if name is None and not trait.is_scope and not trait.is_compound:
            return False
        frame = Frame(row, key, name, len(self.path))
        frame.is_scope = trait.is_scope or (name is not None and name.is_function)
        frame.collects = frame.is_scope or outer.collects
        frame.is_broken = outer.is_broken or (self.has_error and node.has_error)
        frame.is_open = name is None and not trait.is_scope
        frame.outer_prefix = self._prefix(outer, row) if name else None
        self.frames.append(frame)
        self.values.append(name.value_id if name else 0)
        return False

    def _need_no_stub(self, node: "Node") -> None:
        if self.outline.is_stub(node.start_byte):
            raise ForgottenError

    def _close(self) -> Part:
        """End the part that the cursor is at."""
        node, frame = self.cursor.node, self.frames.pop()
        assert node is not None
        if frame.depth >= 0:
            self.values.pop()
        part = Part(frame, last_row(node) - frame.row)
        if frame.key is not None:
            self.memo.put(frame.key, part)
        self.frames[-1].add(part, frame.row, frame.outer_prefix)
        return part

    def _key(self, node: "Node", place: int, shortest: int) -> Key | None:
        """Return what tells equal parts; None for one that is short or cannot be trusted.

        How code is understood in and beside an error depends on what stands around it.
        """
        if self.frames[-1].is_broken or (self.has_error and node.has_error):
            return None
        text = self.outline.original(node.start_byte, node.end_byte)
        return key_of(self.kinds.base + place, text) if len(text) >= shortest else None

    # Tokens.

    def _catch_up(self, offset: int, tokens: list[bytes]) -> None:
        """Take in the text before ``offset`` that no node of the tree shows."""
        if gap := self.content[self.at : offset].strip(LAYOUT):
            tokens.append(gap)
        self.at = offset

    def _leaf(self, node: "Node", trait: Traits) -> None:
        """Take in a node without children, looking for what is before it and whether it is."""
        frame = self.frames[-1]
        if self.is_careful:
            self._catch_up(node.start_byte, frame.tokens)
            self.at = node.end_byte
        if trait.sort != INNER:
            if not node.is_missing:  # else the parser made it up
                self._token(node, trait, frame)
            return
        if node.start_byte != node.end_byte:
            frame.tokens.append(self.content[node.start_byte : node.end_byte])
        if trait.ends:
            self._leave(trait)

    def _token(self, node: "Node", trait: Traits, frame: Frame) -> None:
        """Take in a token of any sort, or a comment."""
        tokens, sort = frame.tokens, trait.sort
        text = self.content[node.start_byte : node.end_byte]
        if sort == NAME:
            if frame.collects:
                self._name(text, trait, frame)
            tokens.append(text)
        elif sort == CLOSER:
            if tokens and tokens[-1] in self.kinds.dropped:
                self._drop_separator(tokens)
            tokens.append(trait.token)
        elif sort == COMMENT:
            note_lines(frame, COMMENTS, node, self.content)
        elif sort == TERMINATOR:
            if self.path and tokens[-1:] != [STATEMENT_ENDS]:
                tokens.append(STATEMENT_ENDS)
        elif sort == QUOTE:
            tokens.append(text.replace(b"'", b'"'))
        elif sort == PROSE:
            tokens.extend(text.split())
        elif sort != DROPPED:
            tokens.append(trait.token or text)

    def _drop_separator(self, tokens: list[bytes]) -> None:
        """Drop a comma before a closing bracket, unless it means something."""
        if tokens[-2:-1] in ([b","], [b"["], [b"("]):  # a hole in a list
            return
        if self.path and self.path[-1].keeps_comma and tokens[-1] == b",":
            holder = self.holders[len(self.path) - 1]
            if sum(child.type == "," for child in holder.children) == 1:
                return
        tokens.pop()

    def _name(self, name: bytes, trait: Traits, frame: Frame) -> None:
        """Say what an identifier inside a function is."""
        role = self._role()
        if role == USE and trait.always_local:
            role = BIND
        if role == BIND and name not in self.kinds.never_local:
            frame.bind(name, True)
        elif role == UNBIND:
            frame.bind(name, False)
        if role != KEEP and not trait.is_shorthand:
            frame.marks.append((len(frame.tokens), name))

    def _role(self) -> int:
        """Return what an identifier is at the cursor's place; a pattern passes on its own."""
        parent = self.path[-1] if self.path else PLAIN
        if parent.roles is None:
            return USE
        role = parent.roles.get(self.cursor.field_id, parent.else_role)
        return self.roles.get(len(self.path) - 1, USE) if role == PASS else role

    # Decorators, and lines of comments and imports.

    def _begin_prefix(self, frame: Frame, node: "Node", depth: int) -> None:
        before = frame.prefix
        if before is None or before[0] != depth or before[3] != len(frame.tokens):
            frame.prefix = depth, node.start_point.row, len(frame.tokens), UNFINISHED

    def _prefix(self, outer: Frame, row: int) -> Prefix | None:
        """Return the decorators right before the definition that begins at ``row``."""
        if outer.prefix is None:
            return None
        depth, line, begin, end = outer.prefix
        gap = len(outer.tokens) - end
        if end == UNFINISHED or depth != len(self.path) or gap > MAX_PREFIX_GAP:
            return None
        return row - line, digest(outer.tokens[begin:end])

    def _sort(self, node: "Node", trait: Traits, frame: Frame) -> None:
        """Note a statement that is an import, or a string that counts as a comment."""
        sort = statement_sort(node, trait, self.kinds.grammar.require_text)
        if sort is not None and not self.path and len(self.frames) == 2:
            frame.sort = sort  # noted at each place where the whole part stands
        elif sort is not None:
            note_lines(frame, sort, node, self.content)
