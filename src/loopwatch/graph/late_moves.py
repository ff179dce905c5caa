"""What only moved in a merge of which not every file was looked into.

Lines may have gone to a file that nobody read, or may have come from one. That takes reading
all of the merge, and is asked only where a return would be raised.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from loopwatch.diffing.bare_lines import squeezed
from loopwatch.diffing.memo import Memo
from loopwatch.graph.edits import FileEdit
from loopwatch.graph.moves import Moves
from loopwatch.graph.rereading import Rereading

MOST_KEYS = 3  # longest lines of a half: whatever holds it now has one of them
KEPT = 2  # merges whose lines are kept, at least: where one hunk is asked for, others are

Changed = tuple["array[int]", "array[int]"]  # hashes of the lines that go, and that come; sorted


@dataclass(slots=True)
class LateMoves:
    """Tells whether hunks of such a merge are a move."""

    rereading: Rereading
    changed: Mapping[int, Sequence[int]]  # numbers of the paths that such merges change
    _known: dict[int, bool] = field(default_factory=dict)  # by number of the hunk
    _lines: Memo[int, dict[bytes, Changed]] = field(default_factory=lambda: Memo(KEPT))

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
        edits = [edit, *self._partners(number, edit, place)]
        moves = Moves([(hunk.before, hunk.after) for one in edits for hunk in one.hunks])
        return any(moves.of_hunk(place))

    def _partners(self, number: int, edit: FileEdit, place: int) -> list[FileEdit]:
        """Return what the merge does to other files that take in or give a line of the hunk."""
        merge = self.rereading.sites.version[number]
        went, came = map(_keys, edit.halves(edit.hunks[place]))
        found = (
            self.rereading.edit(path, merge)
            for path, (gone, come) in self._lines_of(merge).items()
            if path != edit.path and (_is_any_in(went, come) or _is_any_in(came, gone))
        )
        return [other for other in found if other is not None]

    def _lines_of(self, merge: int) -> dict[bytes, Changed]:
        """Return the lines that each file of a merge has on one side only."""
        lines = self._lines.get(merge)
        if lines is None:
            names = (self.rereading.paths.names[path] for path in self.changed[merge])
            lines = {path: changed for path in names if (changed := self._changed(path, merge))}
            self._lines.put(merge, lines)
        return lines

    def _changed(self, path: bytes, merge: int) -> Changed | None:
        ids = self.rereading.ids(path, merge)
        if ids is None:
            return None
        contents = [self.rereading.contents.read(one) if one else b"" for one in ids]
        old, new = (set(one.split(b"\n")) if isinstance(one, bytes) else set() for one in contents)
        return _hashed(old - new), _hashed(new - old)


def _hashed(lines: Iterable[bytes]) -> "array[int]":
    return array("q", sorted({hash(squeezed(line)) for line in lines}))


def _keys(lines: Sequence[bytes]) -> list[int]:
    told = set(map(squeezed, lines)) - {b""}
    return list(map(hash, sorted(told, key=lambda line: (-len(line), line))[:MOST_KEYS]))


def _is_any_in(keys: Sequence[int], lines: Sequence[int]) -> bool:
    places = ((key, bisect_left(lines, key)) for key in keys)
    return any(place < len(lines) and lines[place] == key for key, place in places)
