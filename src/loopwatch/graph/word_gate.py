"""Tells, without a parser, whether an edit may bring a symbol back to an earlier state.

For a symbol to return, the words that the edit brings in must have gone from the
file before, and those that it takes out must have come. Layout, line breaks and
the rest of the file do not matter. On real histories some 15 to 35 of 100 edits
pass, so that most versions of a file need not be parsed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from loopwatch.graph.edits import FileEdit

WORD = re.compile(rb"\w+|[^\w\s]")
MOST_LINES = 400  # of a hunk; a larger one is a rewrite
MOST_EDITS = 2  # that have left the state together; words of more are words of everything
MOST_VERSIONS = 4  # that may have left the state, latest first


def words(lines: Sequence[bytes]) -> set[bytes]:
    """Return the words and signs of some lines."""
    return set(WORD.findall(b"\n".join(lines)))


@dataclass(slots=True)
class WordGate:
    """When each word last came into, and last went from, each file."""

    _come: dict[int, int] = field(default_factory=dict)
    _gone: dict[int, int] = field(default_factory=dict)

    def leaving(self, version: int, family: int, edit: FileEdit) -> list[int]:
        """Take in an edit; return versions that may have left a state that it brings back."""
        found: set[int] = set()
        news: list[tuple[dict[int, int], int]] = []
        for hunk in edit.hunks:
            if hunk.old_count > MOST_LINES or hunk.new_count > MOST_LINES:
                continue
            before, after = map(words, edit.halves(hunk))
            come = [hash((family, word)) for word in after - before]
            gone = [hash((family, word)) for word in before - after]
            found.update(self._left(come, gone))
            news += [(self._come, key) for key in come]
            news += [(self._gone, key) for key in gone]
        for column, key in news:
            column[key] = version
        return sorted(found, reverse=True)[:MOST_VERSIONS]

    def _left(self, come: Sequence[int], gone: Sequence[int]) -> set[int]:
        """Return when the words that come had gone, and those that go had come, if all did."""
        if not all(key in self._gone for key in come) or not all(key in self._come for key in gone):
            return set()
        left = {self._gone[key] for key in come} | {self._come[key] for key in gone}
        return left if len(left) <= MOST_EDITS else set()
