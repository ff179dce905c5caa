"""Files as tools show them to a model: with a number before each line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

HEADING = re.compile(r"^\[File: (?P<path>.+?) \((?P<total>\d{1,9}) lines total\)\]\n", re.MULTILINE)
NUMBERED = re.compile(r"(\d{1,9}):(.*)")
MORE = re.compile(r"\(\d+ more lines above\)")
START_CURSOR, END_CURSOR = "<<<<< START CURSOR >>>>>", "<<<<< END CURSOR >>>>>"
CAT = re.compile(r"Here's the result of running `cat -n` on (?P<path>[^\n]+?):\n")


def numbered(said: str) -> str | None:
    """Return the content that ``cat -n`` shows from its first line on; None if a part is left out.

    That it was shown to its end, the call has to say.
    """
    found = CAT.search(said)
    if found is None:
        return None
    lines = said[found.end() :].rstrip("\n").split("\n")
    bare: list[str] = []
    for number, line in enumerate(lines, start=1):
        told, tab, rest = line.partition("\t")
        if not tab or told.strip() != str(number):
            return None
        bare.append(rest)
    return "\n".join(bare)


@dataclass(frozen=True, slots=True)
class Window:
    """The lines of a file that an editor shows at a time."""

    path: str
    total: int  # lines of the file
    lines: Mapping[int, str]  # by number, from 1
    cursors: tuple[int, int] | None = None  # first and last line that are chosen

    def text(self, first: int, last: int) -> str | None:
        """Return some lines, each with its end; None if one of them is not shown."""
        if not 1 <= first <= last or any(n not in self.lines for n in (first, last)):
            return None
        return "".join(f"{self.lines[n]}\n" for n in range(first, last + 1))


def window(said: str) -> Window | None:
    """Return the last window in a text; None if there is none."""
    headings = list(HEADING.finditer(said))
    if not headings:
        return None
    found = headings[-1]
    lines: dict[int, str] = {}
    start = end = following = 0
    for row in said[found.end() :].split("\n"):
        line = NUMBERED.fullmatch(row)
        if row == START_CURSOR:
            start = len(lines) + 1
        elif row == END_CURSOR:
            end = len(lines)
        elif line and (not lines or int(line[1]) == following):
            following = int(line[1]) + 1
            lines[int(line[1])] = line[2]
        elif lines or not MORE.fullmatch(row):
            break
    first = following - len(lines)
    cursors = (first + start - 1, first + end - 1) if 0 < start <= end else None
    return Window(found["path"], int(found["total"]), lines, cursors)
