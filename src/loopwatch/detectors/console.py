"""What a tool printed, as text: decoded, without colours, in lines of bearable length."""

import re
from functools import lru_cache

from loopwatch.detectors.api import Run

LONGEST_LINE = 10_000  # characters; nothing that a tool says about a defect is longer
LONGEST_SAYING = 2_000  # characters of a message that are kept

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # colours, cursor
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # titles, links
    r"|\x1b[@-_]?"
)
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def decode(content: bytes) -> str:
    """Return the text of an output; what cannot be decoded becomes a question mark.

    UTF-16 is what some shells write into files. Lines end in a plain newline.
    """
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        text = content.decode("utf-16", "replace")
    else:
        text = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    return text.replace("\r\n", "\n") if "\r" in text else text


@lru_cache(maxsize=4)
def text_of(run: Run) -> str:
    """Return all that a run printed, as a person would see it."""
    text = _whole_lines(decode(run.stdout), run)
    if run.stderr:
        text = f"{text}\n{_whole_lines(decode(run.stderr), run)}"
    return plain(text)


def _whole_lines(text: str, run: Run) -> str:
    """Return a text without a last line that breaks off: half a name is another name."""
    return text[: text.rfind("\n") + 1] if run.is_cut else text


@lru_cache(maxsize=4)
def lines_of(run: Run) -> tuple[str, ...]:
    """Return the lines of :func:`text_of`, cut where they are longer than anything said."""
    return tuple(map(_line, text_of(run).split("\n")))


def plain(text: str) -> str:
    """Return a text without colours and other commands to a terminal."""
    return _ESCAPES.sub("", text) if "\x1b" in text else text


def said(text: str) -> str:
    """Return a message fit to be kept: no control characters, no endless length."""
    return _UNSEEN.sub("�", plain(text[: 4 * LONGEST_SAYING])).strip()[:LONGEST_SAYING]


def first_line(text: str) -> str:
    """Return the first line that says something."""
    return next((line.strip() for line in text.split("\n") if line.strip()), "")


def _line(line: str) -> str:
    """Return what is left of a line after progress was drawn over it."""
    return (
        line[-LONGEST_LINE:].rpartition("\r")[2][:LONGEST_LINE]
        if "\r" in line
        else (line[:LONGEST_LINE])
    )
