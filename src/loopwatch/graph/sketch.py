"""Sketches of edits: what is kept of one file edit, to tell later whether it is taken back.

Lines and words are numbers, the same on every machine. Two lines that share a number by
accident only make an edit look more like another one than it is. Of words it matters which
edit was the last to have one, so that their numbers are longer.
"""

from array import array
from collections.abc import Sequence
from zlib import adler32, crc32

from loopwatch.diffing.bare_lines import BareHunk
from loopwatch.diffing.lines import changed_blocks
from loopwatch.graph.syntax_gate import may_break_in
from loopwatch.graph.undoing import word_change

LINE, WORD = "I", "Q"  # numbers of 32 and 64 bits, as an array has them
Numbers = tuple[int, ...]
Halves = tuple[Sequence[bytes], Sequence[bytes]]


class SketchHunk:
    """One hunk: the lines of its halves that mean something, and a key of each half as a whole."""

    __slots__ = ("after", "after_key", "before", "before_key", "come", "gone", "halves")

    def __init__(
        self,
        before: Numbers,
        after: Numbers,
        before_key: int,
        after_key: int,
        halves: "Halves | None" = None,
    ) -> None:
        self.before = before
        self.after = after
        self.before_key = before_key
        self.after_key = after_key
        self.gone, self.come = frozenset(before), frozenset(after)
        self.halves = halves  # as they stand in the file; None: they are not remembered


class WordChange:
    """The words that a hunk, or a whole edit, brings in and takes out."""

    __slots__ = ("come", "gone")

    def __init__(self, come: frozenset[int], gone: frozenset[int]) -> None:
        self.come = come
        self.gone = gone


class Sketch:
    """One edit of one file."""

    __slots__ = ("hunks", "may_break", "words")

    def __init__(
        self, hunks: Sequence[SketchHunk], words: Sequence[WordChange], *, may_break: bool
    ) -> None:
        self.hunks = hunks  # those with a line that means something
        self.words = words  # of each hunk that is not too large
        self.may_break = may_break  # the syntax of the file may be another one than before

    def packed_lines(self) -> bytes:
        """Return the hunks as bytes."""
        packed = array(LINE)
        for hunk in self.hunks:
            counts = len(hunk.before), len(hunk.after)
            packed.extend((*counts, hunk.before_key, hunk.after_key, *hunk.before, *hunk.after))
        return packed.tobytes()

    def packed_words(self) -> bytes:
        """Return the words of all hunks together as bytes."""
        come = frozenset[int]().union(*(change.come for change in self.words))
        gone = frozenset[int]().union(*(change.gone for change in self.words))
        return array(WORD, (len(come), *sorted(come), *sorted(gone))).tobytes()


def sketch(path: bytes, old: Sequence[bytes], new: Sequence[bytes]) -> Sketch:
    """Return the sketch of an edit, given the lines of the file before and after."""
    blocks = changed_blocks(old, new)
    halves = [(old[i:old_end], new[j:new_end]) for i, old_end, j, new_end in blocks]
    hunks = (_hunk(BareHunk(*pair), pair) for pair in halves)
    changes = (word_change(*pair) for pair in halves)
    return Sketch(
        [hunk for hunk in hunks if hunk.before or hunk.after],
        [WordChange(*map(_numbered, change)) for change in changes if change is not None],
        may_break=may_break_in(path, old, new, blocks),
    )


def unpacked_lines(packed: "array[int]") -> list[SketchHunk]:
    """Return the hunks that ``packed_lines`` made bytes of."""
    numbers = packed.tolist()
    hunks: list[SketchHunk] = []
    at = 0
    while at < len(numbers):
        taken, brought, before_key, after_key = numbers[at : at + 4]
        middle, end = at + 4 + taken, at + 4 + taken + brought
        before, after = tuple(numbers[at + 4 : middle]), tuple(numbers[middle:end])
        hunks.append(SketchHunk(before, after, before_key, after_key))
        at = end
    return hunks


def unpacked_words(packed: "array[int]") -> WordChange:
    """Return the words that ``packed_words`` made bytes of."""
    brought = packed[0] if packed else 0
    return WordChange(frozenset(packed[1 : brought + 1]), frozenset(packed[brought + 1 :]))


def numbers_of(packed: bytes, kind: str) -> "array[int]":
    """Return bytes as numbers; what is cut off gives none."""
    numbers = array(kind)
    if len(packed) % numbers.itemsize == 0:
        numbers.frombytes(packed)
    return numbers


def _hunk(bare: BareHunk, halves: Halves) -> SketchHunk:
    return SketchHunk(
        tuple(map(crc32, bare.before)),
        tuple(map(crc32, bare.after)),
        crc32(b"\n".join(bare.all_before)),
        crc32(b"\n".join(bare.all_after)),
        halves,
    )


def _numbered(words: set[bytes]) -> frozenset[int]:
    return frozenset(crc32(word) << 32 | adler32(word) for word in words)
