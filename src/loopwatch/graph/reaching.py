"""Which code a test may hang on: what its file names, what that names, and so on.

A test that turns at an edit of code that it never names has not turned because of it. Names are
words of the text, so that an import, a path in quotes and a patched attribute are all seen; a file
that is named by chance is one too many, which only means that less is called flaky.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from loopwatch.diffing.languages import language_of
from loopwatch.graph.contents import name
from loopwatch.graph.texts import Texts

# Languages in which a file has to name another one to use it.
NAMING = frozenset({"python", "javascript", "typescript", "tsx"})
MOST_FILES = 300  # that a test hangs on; of one that hangs on more, nothing is said
MOST_KEPT = 400  # files whose words are kept
WORD = re.compile(rb"\w+")
# Files that go by the name of their folder.
FOLDER_NAMES = frozenset(b"__init__ __main__ main index".split())
SHARED = b"conftest"  # its folder's tests use it without naming it
TEST_MARK = re.compile(rb"^(?:test|spec)_|_(?:test|spec)s?$")


@dataclass(slots=True)
class Reaching:
    """Tells whether an edit may have turned a test."""

    texts: Texts
    _words: dict[bytes, frozenset[bytes]] = field(default_factory=dict)  # by blob id
    _told: dict[tuple[bytes, frozenset[bytes], int], bool] = field(default_factory=dict)
    _files: dict[bytes, list[bytes]] = field(default_factory=dict)  # by the words they go by
    _known: int = 0  # paths when ``_files`` was made

    def may_turn(self, test: bytes, changed: Iterable[bytes], versions: tuple[int, ...]) -> bool:
        """Tell whether a test may hang on one of some files.

        Args:
            test: the path of its file.
            changed: paths.
            versions: the test may hang on them in any of these.
        """
        paths = [path for path in changed if path != test]
        if len(paths) < len(tuple(changed)):
            return True
        if not all(_language(path) in NAMING for path in (test, *paths)):
            return True  # data, settings, or a language whose files see each other
        if any(_stem(path) == SHARED for path in paths):
            return True
        wanted = frozenset(word for path in paths for word in _names(path))
        return any(self._names_one_of(test, wanted, version) for version in versions)

    def _names_one_of(self, test: bytes, wanted: frozenset[bytes], version: int) -> bool:
        """Tell whether a test, or a file that it hangs on, names one of some files."""
        key = test, wanted, version
        if key not in self._told:
            self._told[key] = self._finds(test, wanted, version)
        return self._told[key]

    def _finds(self, test: bytes, wanted: frozenset[bytes], version: int) -> bool:
        """Follow names from a test; what cannot be read may name anything."""
        if self.texts.blob(test, version) is None:
            return True
        files = self._by_name()
        seen = {test, *(path for path in files.get(SHARED, ()) if _is_above(path, test))}
        todo, fresh = list(seen), {TEST_MARK.sub(b"", _stem(test))}  # what it is named after
        met: set[bytes] = set()
        while todo:
            found = self._words_of(todo.pop(), version)
            if found is None or len(seen) > MOST_FILES:
                return True
            fresh |= files.keys() & found
            fresh -= met
            if not fresh.isdisjoint(wanted):
                return True
            met |= fresh
            more = {path for word in fresh for path in files.get(word, ())} - seen
            seen |= more
            todo += more
            fresh = set()
        return False

    def _by_name(self) -> dict[bytes, list[bytes]]:
        """Return the files that others name, by the words they go by."""
        paths = self.texts.paths()
        if len(paths) != self._known:
            self._known = len(paths)
            self._files = {}
            for path in sorted(paths):
                if _language(path) in NAMING:
                    for word in _names(path):
                        self._files.setdefault(word, []).append(path)
        return self._files

    def _words_of(self, path: bytes, version: int) -> frozenset[bytes] | None:
        """Return the words of a file, if it is there; None where it cannot be read."""
        blob = self.texts.blob(path, version)
        if blob is None:
            return frozenset()
        if blob not in self._words:
            if len(self._words) > MOST_KEPT:
                self._words.clear()
            content = self.texts.at(path, version)
            if content is None:
                return None
            self._words[blob] = frozenset(
                word for line in content.lines for word in WORD.findall(line)
            )
        return self._words[blob]


def _names(path: bytes) -> tuple[bytes, ...]:
    """Return the words by which other files name a file."""
    stem = _stem(path)
    folder = path.rpartition(b"/")[0].rpartition(b"/")[2]
    return (stem, folder) if stem in FOLDER_NAMES else (stem,)


def _stem(path: bytes) -> bytes:
    return path.rpartition(b"/")[2].partition(b".")[0]


def _language(path: bytes) -> str | None:
    return language_of(name(path))


def _is_above(path: bytes, other: bytes) -> bool:
    """Tell whether a file lies in the folder of another one, or in one around it."""
    folder = path.rpartition(b"/")[0]
    return not folder or other.startswith(folder + b"/")
