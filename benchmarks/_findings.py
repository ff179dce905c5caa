"""Real files, and what a real tool reports of each text."""

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import _peers as peers
import _perturbing as edits
from _perturbing import Source
from _tools import Toolbox

from loopwatch.model.evidence import Defect

SMALLEST, LARGEST = 120, 900  # lines of a file


def spread(sources: Sequence[Source], count: int, chance: random.Random) -> list[Source]:
    """Choose files, from all packages alike."""
    shelves: defaultdict[str, list[Source]] = defaultdict(list)
    for one in sources:
        shelves[one.path.partition("/")[0]].append(one)
    chosen: list[Source] = []
    for shelf in shelves.values():
        chance.shuffle(shelf)
    while len(chosen) < min(count, len(sources)):
        for shelf in shelves.values():
            if shelf and len(chosen) < count:
                chosen.append(shelf.pop())
    return chosen


def script_files(folders: Sequence[Path]) -> list[Path]:
    found = [path for folder in folders for path in sorted(folder.rglob("*.[tj]s"))]
    parts = {"dist", "build", "cjs", "esm", "umd", "types", "node_modules", "__tests__", "tests"}
    return [one for one in found if not one.name.endswith(".d.ts") and not parts & set(one.parts)]


def load(root: Path, paths: Sequence[Path], language: str) -> Iterator[Source]:
    for path in paths:
        text = path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
        if SMALLEST <= text.count("\n") <= LARGEST and text.isascii() and text.endswith("\n"):
            yield Source(path.relative_to(root).as_posix(), text, language)


class Findings:
    """What a tool reports of texts; each text is looked at once."""

    def __init__(self, toolbox: Toolbox) -> None:
        self.toolbox = toolbox
        self._known: dict[str, list[Defect]] = {}

    def fetch(self, texts: Sequence[str]) -> None:
        wanted = {text: text for text in dict.fromkeys(texts) if text not in self._known}
        found = self.toolbox.defects(wanted) if wanted else {}
        for text in wanted:
            self._known[text] = found.get(text, [])

    def is_known(self, text: str) -> bool:
        return text in self._known

    def in_text(self, text: str) -> list[Defect]:
        return self._known[text]

    def of(self, sources: Sequence[Source]) -> list[peers.Reported]:
        return [
            peers.Reported(one.path, defect, one.text)
            for one in sources
            for defect in self._known[one.text]
        ]


NUMBER = re.compile(r"[-+]?\.?\d")


def offset_of(one: peers.Reported) -> int:
    span = one.defect.span
    assert span is not None and span.start_column is not None
    return line_starts(one.text)[span.start_line - 1] + span.start_column - 1


@cache
def line_starts(text: str) -> list[int]:
    return [0, *(found.end() for found in re.finditer("\n", text))]


_words: dict[str, tuple[list[int], list[int]]] = {}


def word_at(one: peers.Reported) -> int | None:
    """Return where the word begins that a finding is about: there, or next on the line.

    Of a number there is none: a formatter may put another word next to it.
    """
    if one.text not in _words:
        found = list(edits.WORD.finditer(one.text))
        _words[one.text] = [word.start() for word in found], [word.end() for word in found]
    starts, ends = _words[one.text]
    at = offset_of(one)
    if NUMBER.match(one.text, at):
        return None
    place = edits.bisect_right(ends, at)
    if place == len(starts) or "\n" in one.text[at : starts[place]]:
        return None
    return starts[place]
