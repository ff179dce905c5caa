"""Tells, without a parser, whether an edit may bring a symbol back to an earlier state.

For a symbol to return, the words that the edit brings in must have gone from the
file before, and those that it takes out must have come. Layout, line breaks and
the rest of the file do not matter. On real histories some 15 to 35 of 100 edits
pass, so that most versions of a file need not be parsed.
"""

from array import array
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from loopwatch.graph.edits import FileEdit
from loopwatch.graph.undoing import MOST_EDITS

MOST_VERSIONS = 4  # that may have left the state, latest first
MOST_WORDS = 200_000  # of the files that are kept ready; about 0.15 KB each

Versions = dict[int, int]  # by the hash of a word
Packed = tuple["array[int]", "array[int]"]  # words and versions: 12 bytes for each


@dataclass(slots=True)
class FileWords:
    """When each word last came into, and last went from, one file."""

    come: Versions = field(default_factory=dict)
    gone: Versions = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.come) + len(self.gone)

    def left(self, come: Sequence[int], gone: Sequence[int]) -> set[int]:
        """Return when the words that come had gone, and those that go had come, if all did."""
        if not all(key in self.gone for key in come) or not all(key in self.come for key in gone):
            return set()
        left = {self.gone[key] for key in come} | {self.come[key] for key in gone}
        return left if len(left) <= MOST_EDITS else set()


@dataclass(slots=True)
class WordGate:
    """The words of all files; those of files that have not changed for long are packed."""

    most_words: int = MOST_WORDS
    _ready: OrderedDict[int, FileWords] = field(default_factory=OrderedDict)
    _packed: dict[int, tuple[Packed, Packed]] = field(default_factory=dict)
    _size: int = 0  # words of the files that are ready

    def leaving(self, version: int, family: int, edit: FileEdit) -> list[int]:
        """Take in an edit; return versions that may have left a state that it brings back."""
        known = self._of(family)
        found: set[int] = set()
        all_come: list[int] = []
        all_gone: list[int] = []
        for come, gone in edit.words:
            found.update(known.left(come, gone))
            all_come += come
            all_gone += gone
        self._size -= len(known)
        known.come.update(dict.fromkeys(all_come, version))
        known.gone.update(dict.fromkeys(all_gone, version))
        self._size += len(known)
        self._pack()
        return sorted(found, reverse=True)[:MOST_VERSIONS]

    def take(self, version: int, family: int, edit: FileEdit) -> None:
        """Take in an edit that is told later than newer ones of the file on other lines."""
        known = self._of(family)
        self._size -= len(known)
        for come, gone in edit.words:
            for versions, keys in ((known.come, come), (known.gone, gone)):
                versions.update({key: max(version, versions.get(key, version)) for key in keys})
        self._size += len(known)
        self._pack()

    def _of(self, family: int) -> FileWords:
        if family in self._ready:
            self._ready.move_to_end(family)
            return self._ready[family]
        come, gone = self._packed.pop(family, ((), ()))
        known = self._ready[family] = FileWords(_unpacked(*come), _unpacked(*gone))
        self._size += len(known)
        return known

    def _pack(self) -> None:
        while self._size > self.most_words and len(self._ready) > 1:
            family, known = self._ready.popitem(last=False)
            self._size -= len(known)
            self._packed[family] = _packed(known.come), _packed(known.gone)


def _packed(versions: Versions) -> Packed:
    return array("q", versions), array("i", versions.values())


def _unpacked(keys: Sequence[int] = (), versions: Sequence[int] = ()) -> Versions:
    return dict(zip(keys, versions, strict=True))
