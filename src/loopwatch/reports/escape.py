"""Text that comes from outside, made safe to show."""

import re

from loopwatch.verdicts.quoting import HIDDEN

TAB = 4  # columns; how far apart tabs stop when code is shown
BYTE_ESCAPES = range(0xDC80, 0xDD00)  # how Python's "surrogateescape" holds a byte


def plain(text: str) -> str:
    r"""Return ``text`` on one line, with nothing in it that a terminal obeys.

    Tabs become spaces. Control characters, the beginnings of escape
    sequences, line ends, changes of direction and text that cannot be seen
    are shown as ``\x1b``, ``\u202e`` or ``\U000e0041``; a byte that was no
    UTF-8 is shown as that byte, ``\xff``. This is for reading: it cannot be
    turned back.
    """
    return HIDDEN.sub(_shown, text.expandtabs(TAB))


def clipped(text: str, limit: int) -> str:
    """Return ``plain(text)``; of more than ``limit`` characters, say how many are left out."""
    if len(text) <= limit:
        return plain(text)
    return f"{plain(text[:limit])} [{len(text) - limit:,} more characters]"


def _shown(found: re.Match[str]) -> str:
    """Return one character as its number."""
    number = ord(found.group())
    if number in BYTE_ESCAPES:
        number -= 0xDC00
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
