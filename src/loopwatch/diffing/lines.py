"""Which lines an edit replaces by which: hunks without context."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence

Block = tuple[int, int, int, int]  # old start, old end, new start, new end; 0-based, half open

RUN = 64  # lines compared at once
SMALL_GAP = 40_000  # product of lines; up to here difflib is exact and fast


def changed_blocks(old: Sequence[bytes], new: Sequence[bytes]) -> list[Block]:
    """Return the blocks of lines that differ, in order.

    Equal ends are cut off, lines that occur once on each side anchor the rest
    (patience diff), and difflib settles the gaps between anchors.

    Source:
        Bram Cohen, patience diff, 2008; difflib alone is quadratic on rewrites.
    """
    head, old_end, new_end = trim(old, new, 0, len(old), 0, len(new))
    blocks: list[Block] = []
    for gap in _gaps(old, new, head, old_end, head, new_end, small=SMALL_GAP):
        blocks.extend(_settle(old, new, gap))
    return _joined(blocks)


def rough_blocks(old: Sequence[bytes], new: Sequence[bytes]) -> Iterator[Block]:
    """Yield blocks of lines that hold all that differs, in order; some of the lines may be equal.

    Only lines that occur once on each side part them, which is found out fast.
    """
    head, old_end, new_end = trim(old, new, 0, len(old), 0, len(new))
    for i, before, j, after in _gaps(old, new, head, old_end, head, new_end, small=0):
        start, old_end, new_end = trim(old, new, i, before, j, after)
        if start < old_end or j + start - i < new_end:
            yield start, old_end, j + start - i, new_end


def trim(
    old: Sequence[bytes], new: Sequence[bytes], i: int, old_end: int, j: int, new_end: int
) -> tuple[int, int, int]:
    """Return where the difference starts (relative to ``i``, added to it) and ends."""
    start, shorter = i, min(old_end - i, new_end - j)
    while i + RUN <= start + shorter and old[i : i + RUN] == new[j : j + RUN]:
        i, j = i + RUN, j + RUN
    while i < start + shorter and old[i] == new[j]:
        i, j = i + 1, j + 1
    room = min(old_end - i, new_end - j)
    while room >= RUN and old[old_end - RUN : old_end] == new[new_end - RUN : new_end]:
        old_end, new_end, room = old_end - RUN, new_end - RUN, room - RUN
    while room and old[old_end - 1] == new[new_end - 1]:
        old_end, new_end, room = old_end - 1, new_end - 1, room - 1
    return i, old_end, new_end


def _gaps(
    old: Sequence[bytes],
    new: Sequence[bytes],
    i: int,
    old_end: int,
    j: int,
    new_end: int,
    *,
    small: int,
) -> Iterator[Block]:
    """Yield the stretches between anchors that still have to be compared."""
    if (old_end - i) * (new_end - j) <= small:
        yield i, old_end, j, new_end
        return
    anchors = _anchors(old, new, i, old_end, j, new_end)
    for a, b in anchors:
        while i < a and j < b and old[i] == new[j]:  # repeated lines that match
            i, j = i + 1, j + 1
        if a > i or b > j:
            yield i, a, j, b
        i, j = a + 1, b + 1
    if i < old_end or j < new_end:
        yield i, old_end, j, new_end


def _anchors(
    old: Sequence[bytes], new: Sequence[bytes], i: int, old_end: int, j: int, new_end: int
) -> list[tuple[int, int]]:
    """Return the longest rising run of lines that are unique on both sides."""
    places_old, places_new = _unique(old, i, old_end), _unique(new, j, new_end)
    pairs = [(a, places_new[line]) for line, a in places_old.items() if line in places_new]
    rising = [b for _, b in pairs]
    if rising == sorted(rising):  # nothing has moved, as mostly
        return pairs
    tails: list[int] = []  # smallest last new line of a run, by length
    last: list[int] = []  # the pair that ends that run
    before: list[int] = [-1] * len(pairs)
    for index, (_, b) in enumerate(pairs):
        at = bisect_left(tails, b)
        before[index] = last[at - 1] if at else -1
        tails[at : at + 1] = [b]
        last[at : at + 1] = [index]
    run: list[tuple[int, int]] = []
    index = last[-1] if last else -1
    while index >= 0:
        run.append(pairs[index])
        index = before[index]
    return run[::-1]


def _unique(lines: Sequence[bytes], start: int, end: int) -> dict[bytes, int]:
    """Return where each line stands that occurs once, in their order."""
    some = lines[start:end]
    counts = Counter(some)
    return {line: place for place, line in enumerate(some, start) if counts[line] == 1}


def _settle(old: Sequence[bytes], new: Sequence[bytes], gap: Block) -> Iterator[Block]:
    i, old_end, j, new_end = gap
    i2, old_end, new_end = trim(old, new, i, old_end, j, new_end)
    i, j = i2, j + i2 - i
    if i == old_end or j == new_end or (old_end - i) * (new_end - j) > SMALL_GAP:
        if i < old_end or j < new_end:
            yield i, old_end, j, new_end
        return
    before, after = old[i:old_end], new[j:new_end]
    if set(before).isdisjoint(after):  # so it is mostly, and difflib would find out slowly
        yield i, old_end, j, new_end
        return
    from difflib import SequenceMatcher  # few edits get here, and the hook has no time

    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            yield i + a, i + b, j + c, j + d


def _joined(blocks: list[Block]) -> list[Block]:
    """Join blocks that touch on both sides."""
    joined: list[Block] = []
    for block in blocks:
        if joined and joined[-1][1] == block[0] and joined[-1][3] == block[2]:
            joined[-1] = (joined[-1][0], block[1], joined[-1][2], block[3])
        else:
            joined.append(block)
    return joined
