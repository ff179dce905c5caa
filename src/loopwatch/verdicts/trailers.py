"""Trailers of a commit message: ``Key: value`` lines in its last paragraph."""

import re
from collections.abc import Iterator, Sequence

TRAILER = re.compile(r"(?P<key>[A-Za-z0-9-]+)[ \t]*:(?P<value>.*)", re.DOTALL)
GIT_WROTE = ("Signed-off-by: ", "(cherry picked from commit ")
COMMENT = "#"
BLANKS = " \t\r"  # what git takes for space, line ends aside
OTHERS = 3  # other lines for each trailer that a paragraph may have if git wrote one in it


def trailers(message: str) -> Iterator[tuple[str, str]]:
    """Yield key and value of each trailer, in their order; lines that go on are joined.

    Source:
        ``trailer.c`` of git: the last paragraph, unless it is the first one too, if it
        holds nothing else, or a line that git itself wrote and not too much else.
    """
    key = value = ""
    for line in _last_paragraph(message.split("\n")):
        if line[0] in BLANKS:
            value = f"{value} {line.strip()}"
            continue
        if key:
            yield key, value.strip()
        found = TRAILER.fullmatch(line)
        key, value = (found["key"], found["value"]) if found else ("", "")
    if key:
        yield key, value.strip()


def _last_paragraph(lines: Sequence[str]) -> list[str]:
    """Return the lines of the paragraph that holds the trailers, without comments."""
    told = [line for line in lines if not line.startswith(COMMENT)]
    while told and _is_blank(told[-1]):
        told.pop()
    start = next((at for at in reversed(range(len(told))) if _is_blank(told[at])), None)
    title = next((at for at, line in enumerate(told) if _is_blank(line)), None)
    if start is None or title is None:
        return []
    paragraph = told[start + 1 :]
    return paragraph if _is_of_trailers(paragraph) else []


def _is_of_trailers(paragraph: Sequence[str]) -> bool:
    mine = others = waiting = 0  # lines of each sort; those that go on belong to the line above
    is_git = False
    for line in reversed(paragraph):
        is_gits = line.startswith(GIT_WROTE)
        if is_gits or TRAILER.fullmatch(line):
            is_git |= is_gits
            mine, waiting = mine + 1, 0
        elif line[0] in BLANKS:
            waiting += 1
        else:
            others, waiting = others + 1 + waiting, 0
    others += waiting
    return (is_git and mine * OTHERS >= others) or (mine > 0 and not others)


def _is_blank(line: str) -> bool:
    return not line.strip(BLANKS)
