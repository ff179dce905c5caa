"""What only moved in a merge of which not every file was looked into.

Lines may have gone to a file that nobody read, or may have come from one. That takes reading
all of the merge, and is asked only where a return would be raised.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from loopwatch.diffing.fragments import MOVES
from loopwatch.graph.edits import FileEdit, mark_moves
from loopwatch.graph.rereading import Rereading

MOST_KEYS = 3  # longest lines of a half: whatever holds it now has one of them


@dataclass(slots=True)
class LateMoves:
    """Tells whether hunks of such a merge are a move."""

    rereading: Rereading
    changed: Mapping[int, Sequence[int]]  # numbers of the paths that such merges change
    _known: dict[int, bool] = field(default_factory=dict)  # by number of the hunk

    def is_move(self, number: int) -> bool:
        """Tell whether the lines of a hunk went elsewhere in its edit, or came from there."""
        if self.rereading.sites.version[number] not in self.changed:
            return False  # if it is one, it is marked
        if number not in self._known:
            self._known[number] = self._is_move(number)
        return self._known[number]

    def _is_move(self, number: int) -> bool:
        told = self.rereading.hunk(number)
        if told is None:
            return False
        edit, place = told
        mark_moves([edit, *self._partners(number, edit, place)])
        return bool(edit.hunks[place].marks & MOVES)

    def _partners(self, number: int, edit: FileEdit, place: int) -> list[FileEdit]:
        """Return what the merge does to other files that hold a line of the hunk."""
        merge, names = self.rereading.sites.version[number], self.rereading.paths.names
        went, came = map(_keys, edit.halves(edit.hunks[place]))
        paths = [names[path] for path in self.changed[merge] if names[path] != edit.path]
        kept = (path for path in paths if self._has(path, merge, went, came))
        return [other for path in kept if (other := self.rereading.edit(path, merge)) is not None]

    def _has(self, path: bytes, merge: int, went: Sequence[bytes], came: Sequence[bytes]) -> bool:
        ids = self.rereading.ids(path, merge)
        if ids is None:
            return False
        old, new = (self.rereading.contents.read(one) if one else b"" for one in ids)
        return _is_any_in(went, new) or _is_any_in(came, old)


def _keys(lines: Sequence[bytes]) -> list[bytes]:
    told = {line.strip() for line in lines} - {b""}
    return sorted(told, key=lambda line: (-len(line), line))[:MOST_KEYS]


def _is_any_in(lines: Sequence[bytes], content: bytes | str) -> bool:
    return isinstance(content, bytes) and any(line in content for line in lines)
