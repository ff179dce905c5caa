"""Which lines of a file hold nothing but comments, and which nothing but imports."""

import re
from typing import TYPE_CHECKING

from loopwatch.diffing.node_traits import Traits
from loopwatch.diffing.parts import COMMENTS, IMPORTS, Frame

if TYPE_CHECKING:
    from tree_sitter import Node

LONGEST_REQUIRE = 1000  # bytes of a ``require("...")``
COMMENT_MARKS = (b"#", b"//", b"/*", b"--", b"<!--")


def statement_sort(node: "Node", trait: Traits, require_text: re.Pattern[bytes]) -> int | None:
    """Tell whether a statement is an import, or a docstring, which counts as a comment."""
    if trait.docstring and _holds_string_only(node):
        return COMMENTS
    if trait.is_require:
        text = b"" if node.end_byte - node.start_byte > LONGEST_REQUIRE else node.text or b""
        return IMPORTS if require_text.fullmatch(text) else None
    if not trait.is_import or node.child_by_field_name("body") is not None:
        return None
    field = trait.import_field
    return IMPORTS if not field or node.child_by_field_name(field) is not None else None


def note_lines(frame: Frame, sort: int, node: "Node", content: bytes) -> None:
    """Note the lines that hold nothing but this node, or a comment after it."""
    start, end = node.start_byte, node.end_byte
    (first, column), (last, end_column) = node.start_point, node.end_point  # each is made anew
    last -= end_column == 0 and last > first
    if content[start - column : start].strip():
        first += 1
    line_end = content.find(b"\n", end - (end_column == 0))
    rest = content[end : line_end if line_end >= 0 else None].lstrip(b" \t\r\f;")
    if rest and not rest.startswith(COMMENT_MARKS):
        last -= 1
    if first <= last:
        frame.note(sort, first - frame.row, last - frame.row)


def last_row(node: "Node") -> int:
    """Return the last row with text of a node, which may end with a line's end."""
    (first, _), (last, column) = node.start_point, node.end_point
    return last - (column == 0 and last > first)


def _holds_string_only(node: "Node") -> bool:
    only = node.child(0) if node.child_count == 1 else None
    return only is not None and only.type == "string"
