"""Looks into what one version does to its files."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from loopwatch.diffing.bare_lines import is_name, words
from loopwatch.diffing.fragments import Fragment, Mark, fragments
from loopwatch.diffing.lines import Block
from loopwatch.diffing.syntax import FileSyntax, enclosing
from loopwatch.graph.contents import EMPTY, FileContent
from loopwatch.graph.moves import Moves
from loopwatch.graph.syntax_gate import may_break_in
from loopwatch.graph.undoing import word_change

PYTHON = (b".py", b".pyi")  # where indentation is syntax, …
CONTINUED = (b"(", b"[", b"{", b",", b"\\")  # … unless the line before ends so
KEPT = 0.25  # of the words that go, for what they do to stand elsewhere instead
TELLING = 3  # letters of a word that is more than a sign

Words = tuple["array[int]", "array[int]"]  # hashes of those that come, and of those that go


class Step(NamedTuple):
    """One file from one version to the next, by blob ids; None where it is not there."""

    path: bytes
    old_path: bytes  # another one where the file was renamed
    old: bytes | None
    new: bytes | None


@dataclass(slots=True, eq=False)
class FileEdit:
    """What one version does to one file."""

    path: bytes
    old_path: bytes
    old: FileContent
    new: FileContent
    hunks: tuple[Fragment, ...]
    is_arrival: bool = False  # a merge: its other side has made every change of the file
    _is_understood: bool = False
    _words: tuple[Words, ...] | None = None
    _may_break: bool | None = None
    _new_words: set[bytes] | None = None
    _by_symbol: dict[str, list[Fragment]] | None = None  # and by those around it
    _places: dict[tuple[int, int], int] | None = None  # of the hunks, by where they start

    def glance(self) -> None:
        """Work out what is asked of every edit; to tell it later takes no lines any more."""
        if self.has_parser and not self.is_whole:
            _ = self.words
        _ = self.may_break

    @property
    def words(self) -> tuple[Words, ...]:
        """The words that its hunks change; too large a hunk has none."""
        if self._words is None:
            changes = (word_change(*self.halves(hunk)) for hunk in self.hunks)
            self._words = tuple(_hashed(*change) for change in changes if change is not None)
        return self._words

    @property
    def may_break(self) -> bool:
        """Tell whether the syntax of the file may be another one after the edit than before."""
        if self._may_break is None:
            old, new = self.old.lines, self.new.lines
            self._may_break = may_break_in(self.path, old, new, self.blocks())
        return self._may_break

    def understood(self) -> "FileEdit":
        """Return the edit with all that can be told of its hunks."""
        self.understand()
        return self

    def understand(self) -> None:
        """Tell each hunk its symbol and what makes it mean less, which takes a parser."""
        if self._is_understood:
            return
        self._is_understood = True
        old, new = self.old, self.new
        is_layout = _has_equal_tokens(old.syntax, new.syntax)
        is_python = self.path.endswith(PYTHON)
        before: Fragment | None = None
        for hunk in self.hunks:
            hunk.symbol = _symbol(new.syntax, hunk.new_start) or _symbol(old.syntax, hunk.old_start)
            if is_layout or _is_in_equal_symbols(old, new, hunk):
                hunk.marks |= Mark.LAYOUT
            elif is_python and hunk.is_indentation and not self._is_continued(hunk, before):
                hunk.marks &= ~Mark.LAYOUT
            hunk.marks |= _marks(old, new, hunk)
            before = hunk

    def _is_continued(self, hunk: Fragment, before: Fragment | None) -> bool:
        """Tell whether the indentation of a hunk follows from the line that stands before it.

        That line has an open bracket, or the hunk ``before`` moves it the same way: what is put
        around a block moves all of it, also what stands beyond an empty line.
        """
        lines, place = self.new.lines, hunk.new_start - 2
        while place >= 0 and not lines[place].strip():
            place -= 1
        if before is not None and place < before.new_start + before.new_count - 1:
            return _shift(*self.halves(before)) in (None, _shift(*self.halves(hunk)))
        return place >= 0 and lines[place].rstrip().endswith(CONTINUED)

    def inside(self, symbol: str) -> Sequence[Fragment]:
        """Return the hunks of a symbol and of those inside it."""
        self.understand()
        if self._by_symbol is None:  # an edit of very many symbols is asked for each of them
            self._by_symbol = {}
            for hunk in self.hunks:
                parts = hunk.symbol.split(".") if hunk.symbol else []
                for count in range(1, len(parts) + 1):
                    self._by_symbol.setdefault(".".join(parts[:count]), []).append(hunk)
        return self._by_symbol.get(symbol, ())

    def place(self, old_start: int, new_start: int) -> int | None:
        """Return the place of the hunk that starts at these lines; None if there is none."""
        if self._places is None:  # an edit of very many hunks is asked for each of them
            starts = ((hunk.old_start, hunk.new_start) for hunk in self.hunks)
            self._places = {start: place for place, start in enumerate(starts)}
        return self._places.get((old_start, new_start))

    def keeps(self, hunk: Fragment) -> bool:
        """Tell whether what a hunk takes out comes in elsewhere in the file, in whatever words.

        Whoever puts a guard further down, or a better one in its place, undoes nothing.
        """
        old, new = map(words, self.halves(hunk))
        gone = {word for word in old - new if len(word) >= TELLING and is_name(word)}
        return bool(gone) and len(gone & self._come()) >= KEPT * len(gone)

    def _come(self) -> set[bytes]:
        """Return the words that come in with some hunk; one that keeps a word does not bring it."""
        if self._new_words is None:
            self._new_words = set()
            for hunk in self.hunks:
                old, new = map(words, self.halves(hunk))
                self._new_words |= new - old
        return self._new_words

    @property
    def has_parser(self) -> bool:
        """Tell whether the file is in a language whose symbols are looked at."""
        return self.old.has_parser or self.new.has_parser

    @property
    def is_whole(self) -> bool:
        """Tell whether the file comes or goes as a whole."""
        return self.old is EMPTY or self.new is EMPTY

    def blocks(self) -> list[Block]:
        """Return the lines that differ, as ``diffing.lines.changed_blocks`` does."""
        return [
            (
                hunk.old_start - 1,
                hunk.old_start - 1 + hunk.old_count,
                hunk.new_start - 1,
                hunk.new_start - 1 + hunk.new_count,
            )
            for hunk in self.hunks
        ]

    def halves(self, hunk: Fragment) -> tuple[Sequence[bytes], Sequence[bytes]]:
        """Return the lines of a hunk, before and after."""
        old, new = hunk.old_start - 1, hunk.new_start - 1
        return (
            self.old.lines[old : old + hunk.old_count],
            self.new.lines[new : new + hunk.new_count],
        )


def file_edit(
    path: bytes, old: FileContent, new: FileContent, old_path: bytes | None = None
) -> FileEdit:
    """Return an edit with its hunks."""
    hunks = tuple(fragments(old.lines, new.lines))
    return FileEdit(path=path, old_path=old_path or path, old=old, new=new, hunks=hunks)


def _hashed(come: Iterable[bytes], gone: Iterable[bytes]) -> Words:
    return array("q", map(hash, come)), array("q", map(hash, gone))


def _has_equal_tokens(old: FileSyntax | None, new: FileSyntax | None) -> bool:
    return old is not None and new is not None and old.token_state == new.token_state


def _shift(before: Sequence[bytes], after: Sequence[bytes]) -> int | None:
    """Return whether the last line goes to the right, 1, to the left, -1, or stays, 0.

    It is None where the head of a block comes or goes, and nothing else: what follows may go
    either way.
    """
    old, new = ([line for line in half if line.strip()][-1:] for half in (before, after))
    if old and new:
        was, now = (len(line) - len(line.lstrip()) for [line] in (old, new))
        return (now > was) - (now < was)
    return None if any(line.rstrip().endswith(b":") for line in old + new) else 0


def _is_in_equal_symbols(old: FileContent, new: FileContent, hunk: Fragment) -> bool:
    """Tell whether a hunk is within a symbol that has the same tokens before and after it."""
    if hunk.symbol is None:
        return False
    was, now = old.symbols.get(hunk.symbol), new.symbols.get(hunk.symbol)
    if was is None or now is None or was.token_state != now.token_state:
        return False
    return (
        was.start_line <= hunk.old_start
        and hunk.old_start + hunk.old_count - 1 <= was.end_line
        and now.start_line <= hunk.new_start
        and hunk.new_start + hunk.new_count - 1 <= now.end_line
    )


def _symbol(syntax: FileSyntax | None, line: int) -> str | None:
    found = enclosing(syntax.symbols, line) if syntax else None
    return found.name if found else None


def _marks(old: FileContent, new: FileContent, hunk: Fragment) -> Mark:
    if old.syntax is None and new.syntax is None:
        return Mark.NOTHING
    marks = Mark.NOTHING
    lines_old = range(hunk.old_start, hunk.old_start + hunk.old_count)
    lines_new = range(hunk.new_start, hunk.new_start + hunk.new_count)
    for mark, told in ((Mark.IMPORTS, "import_lines"), (Mark.COMMENTS, "comment_lines")):
        if _all_in(old, lines_old, told) and _all_in(new, lines_new, told):
            marks |= mark
    return marks


def _all_in(content: FileContent, lines: range, told: str) -> bool:
    """Tell whether all lines that are not blank are of one sort."""
    if not lines:
        return True
    if content.syntax is None:
        return False
    sort: frozenset[int] = getattr(content.syntax, told)
    return all(n in sort or not content.lines[n - 1].strip() for n in lines)


def mark_moves(edits: Iterable[FileEdit]) -> set[tuple[bytes, bytes]]:
    """Mark the halves of hunks whose lines only went to, or came from, elsewhere in the edit.

    Returns:
        Pairs of paths: code moved from the first to the second.
    """
    paths: list[bytes] = []
    hunks: list[Fragment] = []
    for edit in edits:
        hunks += edit.hunks
        paths += [edit.path] * len(edit.hunks)
    moves = Moves([(hunk.before, hunk.after) for hunk in hunks])
    for hunk, (is_out, is_in) in zip(hunks, moves.of_hunks(), strict=True):
        hunk.marks |= (Mark.MOVED_OUT if is_out else 0) | (Mark.MOVED_IN if is_in else 0)
    return moves.between(paths)
