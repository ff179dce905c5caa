"""Outlines: files in which stubs stand for the functions that were read before.

Successive versions of a file share nearly all of their functions. Where layout
shows what may be a function, one that is known byte by byte needs no parser: a
stub that takes as many lines keeps its place. An outline counts only if the
parser finds each stub to be a function from its first byte to its last, and no
error anywhere; then the whole file reads the same. (To parse with the help of an
older tree pays less: after a change in an indented block, tree-sitter reads most
of what follows it again.)
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Tree

LEAST_SAVED = 0.3  # of a file; where it is less, an older tree helps more


@dataclass(frozen=True, slots=True)
class Outlined:
    """Functions of one language that layout alone shows."""

    kind: str  # of their nodes
    layout: re.Pattern[bytes]  # of what may be one; what is before it on its line is the margin
    stub: tuple[bytes, bytes]  # its first line; its last, which the margin goes before


# In Python: the line of a ``def`` and all lines after it that are indented more, or close a
# bracket. Blank lines and comments are passed over, as they do not end a block. What is
# indented more after a stub would be part of it, so that it would not fit.
PYTHON_FUNCTIONS = Outlined(
    kind="function_definition",
    layout=re.compile(
        rb"^(?P<margin> *)"
        rb"(?P<function>(?:async +)?def .*"
        rb"(?:\n(?P=margin)[ )].*|(?:\n *(?:#.*)?)+\n(?P=margin)[ )].*)++)",
        re.MULTILINE,
    ),
    stub=(b"def _():", b" pass"),
)


@dataclass(slots=True)
class Outline:
    """A file, and the text to parse in its place."""

    whole: bytes
    text: bytes
    starts: list[int] = field(default_factory=list)  # of the stubs in the text
    ends: list[int] = field(default_factory=list)
    lacks: list[int] = field(default_factory=lambda: [0])  # bytes, before and after each stub

    def original(self, start: int, end: int) -> bytes:
        """Return what stands in the file for a run of bytes of the text."""
        if self.ends:
            start += self.lacks[bisect_right(self.ends, start)]
            end += self.lacks[bisect_right(self.ends, end)]
        return self.whole[start:end]

    def is_stub(self, start: int) -> bool:
        """Tell whether the node that begins at an offset of the text is a stub."""
        at = bisect_right(self.ends, start)
        return at < len(self.starts) and self.starts[at] == start

    def fits(self, tree: "Tree", kind: int) -> bool:
        """Tell whether each stub is a node of that kind in the tree of the text."""
        root = tree.root_node
        if root.has_error:
            return False
        for span in zip(self.starts, self.ends, strict=True):
            node = root.descendant_for_byte_range(*span)
            if node is None or node.kind_id != kind or (node.start_byte, node.end_byte) != span:
                return False
        return True


def outline(whole: bytes, those: Outlined, is_known: Callable[[bytes], bool]) -> Outline | None:
    """Return a file with stubs for the functions that are known; None if that saves too little."""
    known = list(_known(whole, those, is_known))
    if sum(end - start for start, end, _ in known) < LEAST_SAVED * len(whole):
        return None
    pieces: list[bytes] = []
    made = Outline(whole, b"")
    done = length = 0  # bytes of the file, and of the text
    for start, end, margin in known:
        stub = (b"\n" * whole.count(b"\n", start, end) + margin).join(those.stub)
        pieces += whole[done:start], stub
        made.starts.append(length + start - done)
        length, done = made.starts[-1] + len(stub), end
        made.ends.append(length)
        made.lacks.append(done - length)
    made.text = b"".join((*pieces, whole[done:]))
    return made


def _known(
    whole: bytes, those: Outlined, is_known: Callable[[bytes], bool]
) -> Iterator[tuple[int, int, bytes]]:
    """Yield start, end and margin of the functions that are known."""
    for found in those.layout.finditer(whole):
        start, end = found.span("function")
        if is_known(whole[start:end]):
            yield start, end, found["margin"]
