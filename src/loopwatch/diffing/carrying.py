"""Where some lines of an earlier content stand in a later one."""

from collections.abc import Sequence

from loopwatch.diffing.lines import changed_blocks


def carried(old: Sequence[bytes], new: Sequence[bytes], start: int, end: int) -> int | None:
    """Return where the lines ``start`` to ``end`` of ``old`` begin in ``new``.

    Lines are counted from 0, ``end`` is the first that is not meant. None if any of them has
    changed, or another one has come between them.
    """
    shift = 0
    for old_start, old_end, _, new_end in changed_blocks(old, new):
        if old_start >= end:
            break
        if old_end > start:
            return None
        shift = new_end - old_end
    return start + shift
