"""What it takes for lines, and for words, to undo what an earlier edit did.

The laws that sites and symbols go by, and that the memory of the hook has to be true to:
they stand here once, and load next to nothing.
"""

from collections.abc import Collection, Sequence

from loopwatch.diffing.bare_lines import words

MATCHED_LINES = 3  # that a part of a larger hunk needs, to be taken for a return
REPLACED = 3  # lines taken out for one put in their place: fewer are a rewrite
SHARE = 0.5  # of the lines of a half that have to match
LARGE_SHARE = 0.75  # ... where there is no other half
NEW_SHARE = 0.2  # lines that come in anew for each that goes, where a fix is taken back
MOST_LINES = 400  # of a hunk whose words count; a larger one is a rewrite
MOST_EDITS = 2  # that have left the state together; words of more are words of everything


def least_matched(gone: int, come: int) -> float:
    """Return how many lines of a hunk have to be those of another, to take it back."""
    return min(MATCHED_LINES, SHARE * (gone + come))


def covers(lines: Collection[int], others: Collection[int], share: float) -> bool:
    """Tell whether so large a share of some lines is among others."""
    return sum(line in others for line in lines) >= share * len(lines)


def is_undone(
    before: Collection[int], after: Collection[int], gone: Collection[int], come: Collection[int]
) -> bool:
    """Tell whether lines that went and came take back a hunk, given by its halves."""
    if not before and REPLACED * len(come) > len(gone):
        return False  # what was put in is taken out, and something takes its place
    if not after and REPLACED * len(gone) > len(come):
        return False
    return is_covered(before, after, gone, come)


def is_covered(
    before: Collection[int], after: Collection[int], gone: Collection[int], come: Collection[int]
) -> bool:
    """Tell whether most lines of a hunk are among those that went and came, the other way round."""
    if not before:
        return covers(after, gone, LARGE_SHARE)
    if not after:
        return covers(before, come, LARGE_SHARE)
    return covers(after, gone, SHARE) and covers(before, come, SHARE)


def word_change(
    before: Sequence[bytes], after: Sequence[bytes]
) -> tuple[set[bytes], set[bytes]] | None:
    """Return the words that a hunk brings in and takes out; None if it is too large to say."""
    if len(before) > MOST_LINES or len(after) > MOST_LINES:
        return None
    old, new = words(before), words(after)
    return new - old, old - new
