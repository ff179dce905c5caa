"""Whether an edit takes out what another brought into a file, or writes it anew."""

from dataclasses import dataclass, field

from loopwatch.diffing.bare_lines import squeezed
from loopwatch.diffing.memo import Memo
from loopwatch.graph.rereading import Rereading
from loopwatch.graph.undoing import NEW_SHARE

LEAST_LINES = 3  # that go, and that come in their place: fewer may go with anything
KEPT = 1000  # answers: all places of an edit ask the same

Asked = tuple[bytes, int, int]  # path, the earlier version, the later one


@dataclass(slots=True)
class WrittenAnew:
    """Compares what two versions did to one file; the answers are kept for a while."""

    rereading: Rereading
    _known: Memo[Asked, bool] = field(default_factory=lambda: Memo(KEPT))

    def __call__(self, path: bytes, earlier: int, later: int) -> bool:
        """Tell whether most lines that a version takes out of an earlier one's are written anew.

        Something stands in their place then that the file had never held.

        Args:
            path: of the file.
            earlier: the version that brought the lines in.
            later: the version that takes them out.
        """
        asked = path, earlier, later
        known = self._known.get(asked)
        if known is None:
            known = self._is_anew(*asked)
            self._known.put(asked, known)
        return known

    def _is_anew(self, path: bytes, earlier: int, later: int) -> bool:
        first, last = self.rereading.edit(path, earlier), self.rereading.edit(path, later)
        if first is None or last is None:
            return False
        # What differs by indentation alone is told apart by it, and has no part in this.
        hunks = [[one for one in edit.hunks if not one.is_indentation] for edit in (first, last)]
        brought = {line for hunk in hunks[0] for line in hunk.after}
        had = brought.union(hash(squeezed(line)) for line in first.old.lines)
        anew = taken = come = 0  # lines that go, with and without new ones; those new ones
        for hunk in hunks[1]:
            if gone := len(brought.intersection(hunk.before)):
                new = len(set(hunk.after) - had)
                come += new
                anew, taken = (anew + gone, taken) if new else (anew, taken + gone)
        return anew >= taken and min(anew, come) >= LEAST_LINES and come > NEW_SHARE * anew
