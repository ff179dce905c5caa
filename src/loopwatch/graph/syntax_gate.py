"""Tells cheaply whether an edit may have broken, or mended, the syntax of a file.

To parse each version of each file would cost more than all else together. What breaks
a file nearly always leaves something open: a bracket, a quote, a block without a body, a
conflict that was never resolved. Only where what an edit takes and gives does not balance
is the file parsed, and again at each of its edits until it is mended.
"""

from collections.abc import Iterator, Sequence

from loopwatch.graph.edits import FileEdit

PAIRS = (b"()", b"[]", b"{}")
QUOTES = (b'"', b"`")  # a lone ' is found in every other comment
MARKERS = (b"<<<<<<< ", b">>>>>>> ", b"=======")
BLOCK_OPENS = b":"
PYTHON = (b".py", b".pyi")


def may_break(edit: FileEdit) -> bool:
    """Tell whether the syntax of the file may be another one after the edit than before."""
    before: list[bytes] = []
    after: list[bytes] = []
    for hunk in edit.hunks:
        old, new = edit.halves(hunk)
        before += old
        after += new
    if any(line.startswith(MARKERS) for line in (*before, *after)):
        return True
    if _balance(before) != _balance(after):
        return True
    return edit.path.endswith(PYTHON) and any(_breaks_block(edit))


def _balance(lines: Sequence[bytes]) -> tuple[int, ...]:
    """Return what the lines leave open: brackets by count, quotes by parity."""
    text = b"\n".join(lines)
    brackets = (text.count(pair[:1]) - text.count(pair[1:]) for pair in PAIRS)
    return *brackets, *(text.count(quote) % 2 for quote in QUOTES)


def _breaks_block(edit: FileEdit) -> Iterator[bool]:
    """Tell of each line that an edit may have left alone whether its block has lost its body."""
    lines = edit.new.lines
    for hunk in edit.hunks:
        first, last = hunk.new_start - 1, hunk.new_start - 1 + hunk.new_count
        for place in range(max(first - 1, 0), min(last, len(lines))):
            if lines[place].rstrip().endswith(BLOCK_OPENS):
                yield not _has_body(lines, place)


def _has_body(lines: Sequence[bytes], place: int) -> bool:
    """Tell whether the next line with something on it is indented deeper."""
    indent = _indent(lines[place])
    following = (line for line in lines[place + 1 : place + 20] if line.strip())
    return any(_indent(line) > indent or line.lstrip()[:1] in b")]}" for line in [*following][:1])


def _indent(line: bytes) -> int:
    return len(line) - len(line.lstrip())
