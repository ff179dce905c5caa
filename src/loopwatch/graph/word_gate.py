"""Tells, without a parser, whether an edit may bring a symbol back to an earlier state.

For a symbol to return, the words that the edit brings in must have gone from the
file before, and those that it takes out must have come. Layout, line breaks and
the rest of the file do not matter. On real histories some 15 to 35 of 100 edits
pass, so that most versions of a file need not be parsed.
"""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from loopwatch.graph.edits import FileEdit
from loopwatch.graph.topology import NONE
from loopwatch.graph.undoing import MOST_EDITS

MOST_VERSIONS = 4  # that may have left the state, latest first
# To put one word in moves half of those that are known; to sort all anew takes less time
MOST_PUT_IN = 2_000  # for more new words than this
FEW = 4  # or for fewer known words than this for each new one


class LastVersions:
    """The last version of each word, given by its hash: 12 bytes for each."""

    __slots__ = ("_keys", "_versions")

    def __init__(self) -> None:
        """Make an empty table."""
        self._keys = array("q")  # in order
        self._versions = array("i")

    def get(self, key: int) -> int:
        """Return the version of a word; ``NONE`` if it has none."""
        keys = self._keys
        place = bisect_left(keys, key)
        return self._versions[place] if place < len(keys) and keys[place] == key else NONE

    def note(self, words: Iterable[int], version: int) -> None:
        """Note a version of some words; the last one of each is kept, in whatever order."""
        keys, versions = self._keys, self._versions
        new: set[int] = set()
        for key in words:
            place = bisect_left(keys, key)
            if place == len(keys) or keys[place] != key:
                new.add(key)
            elif versions[place] < version:
                versions[place] = version
        if len(new) > min(MOST_PUT_IN, len(keys) // FEW):
            last = dict(zip(keys, versions, strict=True)) | dict.fromkeys(new, version)
            self._keys = array("q", sorted(last))
            self._versions = array("i", map(last.__getitem__, self._keys))
            return
        for key in new:
            place = bisect_left(keys, key)
            keys.insert(place, key)
            versions.insert(place, version)


@dataclass(slots=True)
class FileWords:
    """When each word last came into, and last went from, one file."""

    come: LastVersions = field(default_factory=LastVersions)
    gone: LastVersions = field(default_factory=LastVersions)

    def left(self, come: Sequence[int], gone: Sequence[int]) -> set[int]:
        """Return when the words that come had gone, and those that go had come, if all did."""
        left: set[int] = set()
        for known, words in ((self.gone, come), (self.come, gone)):
            for key in words:
                left.add(known.get(key))
                if NONE in left or len(left) > MOST_EDITS:
                    return set()
        return left


@dataclass(slots=True)
class WordGate:
    """The words of all files."""

    _files: defaultdict[int, FileWords] = field(default_factory=lambda: defaultdict(FileWords))

    def leaving(
        self, version: int, family: int, edit: FileEdit, sees: Callable[[int, int], bool]
    ) -> list[int]:
        """Take in an edit; return versions that may have left a state that it brings back.

        What took several edits to leave is not there after the first of them: of each hunk
        the oldest counts, if the version remembers all.

        Args:
            version: its number.
            family: the number that all names of the file share.
            edit: what the version does to the file.
            sees: tells whether a version remembers an earlier one.
        """
        known = self._files[family]
        found: set[int] = set()
        for come, gone in edit.words:
            left = known.left(come, gone)
            if left and all(one < version and sees(version, one) for one in left):
                found.add(min(left))
        self.take(version, family, edit)
        return sorted(found, reverse=True)[:MOST_VERSIONS]

    def take(self, version: int, family: int, edit: FileEdit) -> None:
        """Take in an edit, also one that is told later than newer ones of the file."""
        known = self._files[family]
        known.come.note((key for come, _ in edit.words for key in come), version)
        known.gone.note((key for _, gone in edit.words for key in gone), version)
