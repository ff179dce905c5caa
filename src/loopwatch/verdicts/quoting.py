"""Text of the repository inside our own: what must not reach a terminal or an agent as it is."""

import re

HIDDEN = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # controls: escape sequences begin with one of these
    "\u00ad\u061c\u180e\u200b\u200e\u200f"  # soft hyphen, marks of direction, no width
    "\u2028-\u202e\u2060-\u206f"  # line ends, overrides and isolates of direction
    "\ufeff\ufff9-\ufffb"  # byte order mark, interlinear notes
    "\ud800-\udfff"  # bytes that are no UTF-8, and halves of pairs
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"  # musical controls, tags: text nobody sees
    "]"
)
"""One character that a reader cannot see, or that changes how what follows is shown.

Joiners (U+200C, U+200D) and variation selectors of the first plane are not among them: scripts
and emoji need them. The list is spelled out because Python's own tables differ by release.
"""


def quoted(text: str, limit: int) -> str:
    """Return ``text`` as one short quotation, in double quotes.

    White space becomes single spaces, hidden characters go, inner double
    quotes become single ones, and what is longer than ``limit`` characters
    ends in "...".
    """
    seen = printable(text).replace('"', "'")
    return f'"{seen}"' if len(seen) <= limit else f'"{seen[:limit].rstrip()}..."'


def printable(text: str) -> str:
    """Return ``text`` on one line, without hidden characters."""
    return " ".join(HIDDEN.sub("", " ".join(text.split())).split())
