"""What the hunks of a return changed, read again for the few that would be raised."""

from collections.abc import Callable, Iterable, Sequence

from loopwatch.diffing.bare_lines import squeezed, words
from loopwatch.graph.returns import Return

Halves = tuple[Sequence[bytes], Sequence[bytes]]  # lines before and after
ReadHalves = Callable[[int], Halves | None]  # by the number of a hunk


def leaving_hunk(found: Return) -> int | None:
    """Return the number of the hunk by which a site left the state that it is back in."""
    if not found.hunks:
        return None
    if found.is_dropped:
        return found.hunks[0]
    return found.hunks[len(found.hunks) - len(found.visits) + found.since + 1]


def different(hunks: Iterable[int], halves: ReadHalves) -> int:
    """Return how many different things some hunks do: one name for another counts once."""
    return len({_replaced(halves(hunk)) for hunk in hunks})


def _replaced(halves: Halves | None) -> object:
    """Return which names went and came; where they were no names, the lines themselves."""
    if halves is None:
        return None
    before, after = map(words, halves)
    went, came = before - after, after - before
    if (went or came) and not any(word.isdigit() for word in went | came):
        return frozenset(went), frozenset(came)
    return tuple(map(squeezed, halves[0])), tuple(map(squeezed, halves[1]))
