"""What the user of Claude Code said, among what the program puts into the same text.

Whatever stands in a log is read in one run: an opened tag that is never closed costs nothing.
"""

import re
from bisect import bisect_left

INTERRUPTED = "[Request interrupted"
TAG = re.compile(r"<[a-z][\w-]*>")
OPENED = re.compile(r"<(system-reminder|ide_\w+)>")
CLOSED = re.compile(r"</(system-reminder|ide_\w+)>")
ARGUMENTS, OWN_COMMAND = "command-args", "bash-input"
OWN_OUTPUTS = ("bash-stdout", "bash-stderr")


def without_injected(said: str) -> str:
    """Return a text without what the program put in for the model."""
    closed: dict[str, list[int]] = {}
    for found in CLOSED.finditer(said):
        closed.setdefault(found[1], []).append(found.start())
    kept: list[str] = []
    place = 0
    while opened := OPENED.search(said, place) if closed else None:
        ends = closed.get(opened[1], [])
        number = bisect_left(ends, opened.end())
        if number == len(ends):
            kept.append(said[place : opened.end()])
            place = opened.end()
        else:
            kept.append(said[place : opened.start()])
            place = ends[number] + len(opened[1]) + len("</>")
    return "".join((*kept, said[place:])).strip()


def inside(said: str, tag: str) -> str | None:
    """Return what stands in the first tag of a name; None if there is none that is closed."""
    _, opened, rest = said.partition(f"<{tag}>")
    inner, closed, _ = rest.partition(f"</{tag}>")
    return inner if opened and closed else None
