"""Text from outside inside Markdown: always code, in which nothing means anything.

Source:
    CommonMark 0.31 (code spans, fenced code blocks) and GitHub Flavored Markdown (tables).
    Hosts turn ``@name`` and ``#12`` into links everywhere but in code.
"""

import re
from collections.abc import Iterable

TICKS = re.compile("`+")
PIPE = re.compile(r"(\\?)\|")
PIPE_AS_NUMBER = "\\x7c"


def code(text: str) -> str:
    """Return plain text as a code span, "" if there is none."""
    if not text:
        return ""
    ticks = "`" * (_longest_run([text]) + 1)
    is_padded = text[0] in " `" or text[-1] in " `"  # else one space or tick too few is shown
    return f"{ticks} {text} {ticks}" if is_padded else f"{ticks}{text}{ticks}"


def cell(text: str) -> str:
    r"""Return plain text as code in a table, where a pipe would begin the next cell.

    ``\|`` is a pipe there. Parsers do not agree on what ``\\|`` is, so after a
    backslash a pipe is shown by its number.
    """
    return PIPE.sub(_pipe, code(text))


def fenced(lines: Iterable[str], language: str) -> list[str]:
    """Return a block of code that none of its lines, which are plain, can end."""
    rows = list(lines)
    ticks = "`" * max(3, _longest_run(rows) + 1)
    return [f"{ticks}{language}", *rows, ticks]


def _longest_run(lines: Iterable[str]) -> int:
    return max((len(run) for line in lines for run in TICKS.findall(line)), default=0)


def _pipe(found: re.Match[str]) -> str:
    backslash = found.group(1)
    return f"{backslash}{PIPE_AS_NUMBER}" if backslash else "\\|"
