"""What one version does to its files, as sketches: who goes on as whom, and what only moved."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from loopwatch.diffing.bare_lines import is_binary, split_lines
from loopwatch.graph.moves import Moves
from loopwatch.graph.sketch import Sketch, sketch

TYPE_CHECKING = False  # as that of ``typing``, which the hook does not load
if TYPE_CHECKING:
    from typing import TypeAlias

    from loopwatch.model.history import Change, Rename

    Renaming: TypeAlias = Sequence[Rename]


class Step:
    """One file from one version to the next; empty blob ids where it is not there."""

    __slots__ = ("new", "old", "old_path", "path", "sketch")

    def __init__(self, path: bytes, old_path: bytes, old: bytes, new: bytes) -> None:
        self.path = path
        self.old_path = old_path  # another one where it may have been renamed
        self.old = old
        self.new = new
        self.sketch: Sketch | None = None  # what can be looked into

    @property
    def is_whole(self) -> bool:
        """Tell whether the file comes or goes as a whole."""
        return not (self.old and self.new)


def lines_of(content: bytes | None) -> list[bytes] | None:
    """Return the lines of a content; None where it is no text."""
    return None if content is None or is_binary(content) else split_lines(content)


def may_rename(changes: "Sequence[Change]") -> bool:
    """Tell whether any of the paths that appear may go on with the history of one that vanishes."""
    return any(old is None for _, old, _ in changes) and any(new is None for _, _, new in changes)


def steps_of(
    changes: "Sequence[Change]", renamed: "Renaming", *, is_merge: bool = False
) -> list[Step]:
    """Return the changes of a version as steps, renames as one step each.

    Of a merge it is not known which of the renames count: all do, beside the plain changes.
    """
    exact: list[tuple[bytes, bytes]] = []
    if may_rename(changes):
        gone = {old: path for path, old, new in changes if new is None and old}
        exact = [(gone[new], path) for path, old, new in changes if old is None and new in gone]
    pairs = list(dict.fromkeys([*renamed, *exact]))
    blobs = {path: (old or b"", new or b"") for path, old, new in changes}
    steps = [
        Step(new_path, old_path, blobs[old_path][0], blobs[new_path][1])
        for old_path, new_path in pairs
        if old_path in blobs and new_path in blobs
    ]
    told = set() if is_merge else {step.path for step in steps}
    steps += [Step(path, path, *blobs[path]) for path in blobs if path not in told]
    return steps


def look_into(
    steps: Sequence[Step], read: Callable[[Sequence[bytes]], list[list[bytes] | None]]
) -> None:
    """Give steps their sketches, where both contents are text."""
    steps = [step for step in steps if step.old != step.new]
    ids = [one for step in steps for one in (step.old, step.new) if one]
    told = iter(read(ids) if ids else ())
    for step in steps:
        sides = [next(told) if one else [] for one in (step.old, step.new)]
        if sides[0] is not None and sides[1] is not None:
            step.sketch = sketch(step.path, sides[0], sides[1])


def moved(steps: Iterable[Step]) -> Iterator[tuple[bytes, bytes]]:
    """Yield pairs of paths: lines went from the first to the second."""
    hunks = [(step.path, hunk) for step in steps if step.sketch for hunk in step.sketch.hunks]
    moves = Moves([(hunk.before, hunk.after) for _, hunk in hunks])
    yield from sorted(moves.between([path for path, _ in hunks]))


def copied(changes: "Sequence[Change]") -> Iterator[tuple[bytes, bytes]]:
    """Yield pairs of paths: the second begins as what the first was before the edit."""
    before = {old: path for path, old, _ in changes if old}
    for path, old, new in changes:
        if old is None and new in before:
            yield before[new], path
