"""Whether the hunks of a site changed one place, or equal lines at two places of a file."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from loopwatch.diffing.bare_lines import TRIVIAL, squeezed
from loopwatch.graph.rereading import Rereading

MOST_LINES = 2  # of a half; more of them seldom stand twice in a file

Landmarks = tuple[bytes | None, bytes | None]  # the next lines above and below that stand alone


def is_same_place(hunks: Sequence[int], rereading: Rereading) -> bool:
    """Tell whether what one hunk brought in is, each time, what the next one took out.

    Short lines may stand in many places of a file (``"enabled": true,``). Then the nearest
    lines above or below that stand in the file only once have to be the same, too.
    """
    return all(_is_met(one, other, rereading) for one, other in pairwise(hunks))


def _is_met(one: int, other: int, rereading: Rereading) -> bool:
    """Tell whether any of the like hunks of one edit changed the place of the other."""
    halves = rereading.halves(one)
    if halves is None or not 0 < len(halves[1]) <= MOST_LINES:
        return True
    return any(_is_same(like, other, rereading) for like in rereading.sites.like(one))


def _is_same(one: int, other: int, rereading: Rereading) -> bool:
    then, now = rereading.around(one, is_after=True), rereading.around(other, is_after=False)
    if then is None or now is None:
        return True
    (lines, start, end), (later, from_, to) = then, now
    bare = [squeezed(line) for line in lines]
    if _count(bare, bare[start:end]) == 1:
        return True
    above, below = _landmarks(bare, start, end)
    later_above, later_below = _landmarks([squeezed(line) for line in later], from_, to)
    return above == later_above or below == later_below


def _count(lines: Sequence[bytes], part: Sequence[bytes]) -> int:
    starts = range(len(lines) - len(part) + 1)
    return sum(lines[start : start + len(part)] == part for start in starts)


def _landmarks(lines: Sequence[bytes], start: int, end: int) -> Landmarks:
    counts = Counter(lines)
    alone = {line for line in counts if counts[line] == 1 and not TRIVIAL.fullmatch(line)}
    above = next((line for line in reversed(lines[:start]) if line in alone), None)
    below = next((line for line in lines[end:] if line in alone), None)
    return above, below
