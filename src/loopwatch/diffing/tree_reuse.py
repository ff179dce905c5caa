"""Parses successive versions of a file, each with the help of the one before."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import TYPE_CHECKING

from loopwatch.diffing.memo import Memo
from loopwatch.diffing.parts import digest
from loopwatch.diffing.text_edits import text_edits

if TYPE_CHECKING:
    from tree_sitter import Parser, Tree

LARGEST_FILE = 4_000_000  # bytes; what is larger was not written by hand
LONGEST_LINE = 10_000  # bytes; nor was a file with such a line
PROBE = 2000  # bytes at the beginning, whose errors are counted before the rest is parsed
MOST_PROBE_ERRORS = 100  # what has more of them is not in this language
BROKEN = 1000  # lineages with errors that are remembered, at least


def parse_afresh(parser: "Parser", content: bytes) -> "Tree | None":
    """Parse a file; None if it is too large, or so broken that it would not pay.

    The time and memory that a parser takes can grow with the square of the
    length of a statement that is an error from end to end: gigabytes for some
    10 KB. Such text, noise or another language, is found out at its beginning.
    """
    if not is_handwritten(content) or not _begins_well(parser, content):
        return None
    return parser.parse(content)


def _beginning(content: bytes) -> bytes:
    return digest((content[:PROBE],))


def _begins_well(parser: "Parser", content: bytes) -> bool:
    if len(content) <= PROBE:
        return True
    probe = parser.parse(content[:PROBE])
    return not probe.root_node.has_error or not _has_many_errors(probe)


def is_handwritten(content: bytes) -> bool:
    """Tell whether a file and its lines are no longer than what people write."""
    return len(content) <= LARGEST_FILE and not _has_long_line(content)


def _has_long_line(content: bytes) -> bool:
    start = 0
    while start + LONGEST_LINE < len(content):
        start = content.rfind(b"\n", start, start + LONGEST_LINE) + 1
        if start == 0:
            return True
    return False


def _has_many_errors(tree: "Tree") -> bool:
    cursor, count = tree.walk(), 0
    while count <= MOST_PROBE_ERRORS:
        node = cursor.node
        assert node is not None
        count += node.is_error or node.is_missing
        if node.has_error and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return False
    return True


class Trees:
    """The trees of the versions read last, for a bounded number of lineages.

    The tree for a version never depends on the versions before: where errors
    could make it differ, the file is parsed afresh.
    """

    def __init__(self, keys: int, total_bytes: int) -> None:
        self._keys = keys
        self._total_bytes = total_bytes
        self._held_bytes = 0
        self._last: OrderedDict[Hashable, tuple[bytes, Tree]] = OrderedDict()
        self._broken: Memo[Hashable, bytes] = Memo(BROKEN)

    def parse(self, parser: "Parser", key: Hashable, content: bytes) -> "Tree | None":
        """Return the tree of ``content``, the next version of the lineage ``key``.

        A lineage has one language, that of ``parser``. None where ``parse_afresh`` gives none.
        """
        before = self._last.pop(key, None)
        if before is not None:
            self._held_bytes -= len(before[0])
        tree = _reuse(parser, *before, content) if before is not None else None
        if tree is None:
            tree = self._afresh(parser, key, content)
        if tree is not None and not tree.root_node.has_error:
            self._keep(key, content, tree)
        return tree

    def is_broken(self, key: Hashable) -> bool:
        """Tell whether the last version of a lineage had an error, as far as is remembered."""
        return bool(self._broken.get(key))

    def _afresh(self, parser: "Parser", key: Hashable, content: bytes) -> "Tree | None":
        """Do as ``parse_afresh``, without looking again at a beginning that is as it was."""
        if not is_handwritten(content):
            return None
        known = self._broken.get(key)
        is_known = bool(known) and known == _beginning(content)
        if not is_known and not _begins_well(parser, content):
            return None
        tree = parser.parse(content)
        if tree.root_node.has_error:
            self._broken.put(key, _beginning(content))
        elif known:
            self._broken.put(key, b"")
        return tree

    def _keep(self, key: Hashable, content: bytes, tree: "Tree") -> None:
        self._last[key] = content, tree
        self._held_bytes += len(content)
        while len(self._last) > self._keys or self._held_bytes > self._total_bytes:
            _, (gone, _) = self._last.popitem(last=False)
            self._held_bytes -= len(gone)


def _reuse(parser: "Parser", old: bytes, tree: "Tree", new: bytes) -> "Tree | None":
    if old == new:
        return tree
    if tree.root_node.has_error or not is_handwritten(new):
        return None
    for edit in text_edits(old, new):
        tree.edit(*edit)
    reused = parser.parse(new, tree)
    return None if reused.root_node.has_error else reused
