"""What turns one version of a text into the next, as tree-sitter wants it told."""

from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import accumulate

from loopwatch.diffing.lines import rough_blocks

STEP = 2048  # bytes compared at once
LEAST_PARTED = 500  # bytes between the first difference and the last; fewer are one edit

Point = tuple[int, int]  # row, and column in bytes
TextEdit = tuple[int, int, int, Point, Point, Point]  # start, old end, new end: offsets, points


def text_edits(old: bytes, new: bytes) -> list[TextEdit]:
    """Return the edits that turn one text into another, the last one first.

    Made in that order, each finds what is before it as it was. They may hold lines that are
    equal, and are as short as they can be found fast.
    """
    head, tail = common_ends(old, new)
    old_end, new_end = len(old) - tail, len(new) - tail
    if min(old_end, new_end) - head < LEAST_PARTED:
        row, column = old.count(b"\n", 0, head), head - old.rfind(b"\n", 0, head) - 1
        return [_edit(head, (row, column), old[head:old_end], new[head:new_end])]
    start = old.rfind(b"\n", 0, head) + 1
    return [*_parted(start, old[:old_end], new[:new_end])][::-1]


def _parted(start: int, old: bytes, new: bytes) -> Iterator[TextEdit]:
    """Yield the edits after an offset at which a line begins, and before which all is equal."""
    row = old.count(b"\n", 0, start)
    before, after = (BytesIO(text[start:]).readlines() for text in (old, new))
    old_at, new_at = (list(accumulate(map(len, lines), initial=start)) for lines in (before, after))
    for i, old_end, j, new_end in rough_blocks(before, after):
        changed = old[old_at[i] : old_at[old_end]], new[new_at[j] : new_at[new_end]]
        yield _edit(old_at[i], (row + i, 0), *changed)


def _edit(start: int, point: Point, old: bytes, new: bytes) -> TextEdit:
    ends = start + len(old), start + len(new)
    return start, *ends, point, _after(point, old), _after(point, new)


def _after(point: Point, text: bytes) -> Point:
    """Return where a text ends that begins at a point."""
    rows = text.count(b"\n")
    column = len(text) if rows == 0 else len(text) - text.rfind(b"\n") - 1
    return point[0] + rows, column + (point[1] if rows == 0 else 0)


def common_ends(old: bytes, new: bytes) -> tuple[int, int]:
    """Return how many bytes are equal at the beginning and, of the rest, at the end."""
    room = min(len(old), len(new))
    head = _longest(room, lambda low, high: old[low:high] == new[low:high])
    old_end, new_end = len(old), len(new)

    def is_equal(low: int, high: int) -> bool:
        return old[old_end - high : old_end - low] == new[new_end - high : new_end - low]

    return head, _longest(room - head, is_equal)


def _longest(room: int, is_equal: Callable[[int, int], bool]) -> int:
    """Return the largest length up to ``room`` for which all before it is equal."""
    low = 0
    while low + STEP <= room and is_equal(low, low + STEP):
        low += STEP
    high = min(low + STEP, room)
    while low < high:
        middle = (low + high + 1) // 2
        if is_equal(low, middle):
            low = middle
        else:
            high = middle - 1
    return low
