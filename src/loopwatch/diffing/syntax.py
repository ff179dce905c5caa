"""Symbols and their states: what a version of a file defines, up to what does not matter.

The idea of hashing a syntax tree from its leaves upwards is Merkle's. The
successive versions of a file share nearly all of it, so that tree-sitter's
incremental parse and a memo of what was walked before do most of the work.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from loopwatch.diffing.memo import Memo
from loopwatch.diffing.node_traits import (
    BLOCK_CLOSES,
    BLOCK_OPENS,
    STATEMENT_ENDS,
    NodeKinds,
    node_kinds,
)
from loopwatch.diffing.outline import Outline, outline
from loopwatch.diffing.parts import COMMENTS, IMPORTS, Key, Part, digest, key_of
from loopwatch.diffing.tree_reuse import Trees, is_handwritten, parse_afresh
from loopwatch.diffing.tree_walk import ForgottenError, Walk, free_place

if TYPE_CHECKING:
    from tree_sitter import Parser, Tree

MEMO_ENTRIES = 40_000  # parts, of all languages; about 0.7 KB each
TREES = 32  # versions before, of all languages
TREE_BYTES = 400_000  # of the files of these versions; a tree takes up to 40 times its file
MOST_ERRORS = 1000  # places; more would say nothing more

_WORD = re.compile(rb"\w+|[^\w\s]")


class Symbol(NamedTuple):
    """One definition in one version of a file."""

    name: str  # qualified, "Class.method"; the second of that name is "Class.method#2"
    start_line: int  # 1-based; decorators are included
    end_line: int  # 1-based, inclusive
    token_state: bytes  # 16 bytes, equal where only layout or comments differ
    shape_state: bytes  # 16 bytes, equal where only these or the names of locals differ


@dataclass(frozen=True, slots=True)
class FileSyntax:
    """What one version of a file defines."""

    symbols: tuple[Symbol, ...]  # in order of start, the outer before the inner
    token_state: bytes
    shape_state: bytes
    import_lines: frozenset[int]  # 1-based, of lines that hold nothing but imports
    comment_lines: frozenset[int]  # 1-based, of lines that hold nothing but comments
    has_errors: bool
    errors: tuple[tuple[int, int], ...] = ()  # first and last line of each syntax error


class SyntaxReader:
    """Reads versions of files. What it returns does not depend on what it read before."""

    def __init__(self, memo_entries: int = MEMO_ENTRIES, trees: int = TREES) -> None:
        """Make a reader.

        Args:
            memo_entries: how many parts of files are remembered.
            trees: for how many files the tree of the last version is kept.
        """
        self._memo: Memo[Key, Part] = Memo(max(1, memo_entries // 2))
        self._trees = Trees(trees, TREE_BYTES)
        self._languages: dict[str, _LanguageReader | None] = {}

    def read(self, key: str, language: str, content: bytes) -> FileSyntax | None:
        """Return what a version of a file defines.

        Args:
            key: names the lineage whose version before may help: usually the path.
            language: as ``languages.language_of`` says it.
            content: the file, in any encoding that agrees with ASCII.

        Returns:
            None if the language has no grammar here, or the file is too large or
            too broken to be parsed.
        """
        if language not in self._languages:
            kinds = node_kinds(language)
            reader = _LanguageReader(kinds, self._memo, self._trees) if kinds else None
            self._languages[language] = reader
        known = self._languages[language]
        return known.read(key, content) if known else None


class _LanguageReader:
    """Reads versions of files in one language."""

    def __init__(self, kinds: NodeKinds, memo: Memo[Key, Part], trees: Trees) -> None:
        self._kinds = kinds
        self._memo = memo
        self._trees = trees
        self._parser = _parser(kinds)

    def read(self, key: str, content: bytes) -> FileSyntax | None:
        content = _plain(content)
        lineage = self._kinds.base, key
        # Where there was an error there most often still is, and then no outline counts.
        root = None if self._trees.is_broken(lineage) else self._outlined(content)
        if root is not None:
            return _file(root, ())
        tree = self._trees.parse(self._parser, lineage, content)
        if tree is None:
            return None
        root = self._walk(Outline(content, content), tree)
        return _file(root, tuple(_errors(tree)) if tree.root_node.has_error else ())

    def _outlined(self, content: bytes) -> Part | None:
        """Read a file without the functions that are known; None if that cannot be told."""
        those = self._kinds.grammar.outlined
        if those is None or not is_handwritten(content):
            return None
        kind = self._kinds.language.id_for_node_kind(those.kind, True) or 0
        place = self._kinds.base + free_place(kind)
        made = outline(content, those, lambda text: self._memo.get(key_of(place, text)) is not None)
        if made is None:
            return None
        tree = self._parser.parse(made.text)
        try:
            return self._walk(made, tree) if made.fits(tree, kind) else None
        except ForgottenError:
            return None

    def _walk(self, text: Outline, tree: "Tree") -> Part:
        return Walk(self._kinds, text, tree, self._memo).file()


def _file(root: Part, errors: tuple[tuple[int, int], ...]) -> FileSyntax:
    symbols, imports, comments = _flatten(root)
    return FileSyntax(
        tuple(symbols), root.token, root.shape, imports, comments, bool(errors), errors
    )


def _plain(content: bytes) -> bytes:
    """Drop the byte order mark and carriage returns, which keeps every line's number."""
    content = content.removeprefix(b"\xef\xbb\xbf")
    return content.replace(b"\r\n", b"\n") if b"\r" in content else content


def _flatten(root: Part) -> tuple[list[Symbol], frozenset[int], frozenset[int]]:
    """Return the symbols of a file, its import lines and its comment lines."""
    symbols: list[Symbol] = []
    seen: dict[str, int] = {}
    lines: tuple[list[int], list[int]] = [], []
    waiting = [(0, root, b"", 0, "")]
    while waiting:
        row, part, prefix, above, scope = waiting.pop()
        if part.name is not None:
            name = scope + part.name.own
            count = seen[name] = seen.get(name, 0) + 1
            if count > 1:
                name = f"{name}#{count}"
            states = (part.token, part.shape)
            if prefix:
                states = digest((prefix, part.token)), digest((prefix, part.shape))
            symbols.append(Symbol(name, row + 1 - above, row + 1 + part.rows, *states))
            scope = (scope + part.name.scope if part.name.scope else name) + "."
        for sort, first, last in part.lines:
            lines[sort].extend(range(row + first + 1, row + last + 2))
        for line, inner, decorators in reversed(part.items):
            above, prefix = decorators or (0, b"")
            waiting.append((row + line, inner, prefix, above, scope))
    return symbols, frozenset(lines[IMPORTS]), frozenset(lines[COMMENTS])


def _errors(tree: "Tree") -> Iterator[tuple[int, int]]:
    """Yield the lines of each outermost error, the first ``MOST_ERRORS``."""
    cursor = tree.walk()
    found = 0
    while found < MOST_ERRORS:
        node = cursor.node
        if node is not None and (node.is_error or node.is_missing):
            yield node.start_point.row + 1, node.end_point.row + 1
            found += 1
        elif node is not None and node.has_error and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


def enclosing(symbols: Sequence[Symbol], line: int) -> Symbol | None:
    """Return the innermost symbol that covers a line; ``symbols`` are in order of start."""
    after = bisect_right(symbols, line, key=attrgetter("start_line"))
    before = (symbols[index] for index in range(after - 1, -1, -1))
    return next((symbol for symbol in before if line <= symbol.end_line), None)


def tokens_of(language: str, text: bytes) -> list[bytes]:
    """Return the tokens of a fragment without layout and comments.

    The fragment may be cut out of its place, and be no whole code. Where the
    language has no grammar here, words and signs are the tokens.
    """
    kinds = node_kinds(language)
    text = _plain(text)
    tree = parse_afresh(_parser(kinds), text) if kinds is not None else None
    if kinds is None or tree is None:
        return _WORD.findall(text)
    walk = Walk(kinds, Outline(text, text), tree, Memo(1), deepest=0)
    walk.file()
    marks = {BLOCK_OPENS, BLOCK_CLOSES}
    if kinds.grammar.is_semicolon_dropped:
        marks.add(STATEMENT_ENDS)
    return [token for token in walk.frames[0].tokens if token not in marks]


def _parser(kinds: NodeKinds) -> "Parser":
    from tree_sitter import Parser

    return Parser(kinds.language)
