"""Tells cheaply whether an edit may have broken, or mended, the syntax of a file.

To parse each version of each file would cost more than all else together. What breaks
a file nearly always leaves something open: a bracket, a quote, a block without a body, a
conflict that was never resolved. Only where what an edit takes and gives does not balance
is the file parsed, and again at each of its edits until it is mended.
"""

from collections.abc import Iterator, Sequence

Lines = Sequence[bytes]
Block = tuple[int, int, int, int]  # old start, old end, new start, new end; 0-based, half open

PAIRS = (b"()", b"[]", b"{}")
QUOTES = (b'"', b"`")  # a lone ' is found in every other comment
CONFLICT = b"<<<<<<< "
MARKERS = (CONFLICT, b">>>>>>> ", b"=======")
BLOCK_OPENS = b":"
PYTHON = (b".py", b".pyi")


def may_break_in(path: bytes, old: Lines, new: Lines, blocks: Sequence[Block]) -> bool:
    """Tell whether the syntax of a file may be another one after an edit than before.

    Args:
        path: of the file.
        old: its lines before.
        new: its lines after.
        blocks: in what they differ.
    """
    before = [line for start, end, _, _ in blocks for line in old[start:end]]
    after = [line for _, _, start, end in blocks for line in new[start:end]]
    if any(line.startswith(MARKERS) for line in (*before, *after)):
        return True
    if _balance(before) != _balance(after):
        return True
    return path.endswith(PYTHON) and any(_breaks_block(new, blocks))


def has_conflict(content: bytes) -> bool:
    """Tell whether a file holds a conflict of a merge that was never resolved."""
    return content.startswith(CONFLICT) or b"\n" + CONFLICT in content


def _balance(lines: Sequence[bytes]) -> tuple[int, ...]:
    """Return what the lines leave open: brackets by count, quotes by parity."""
    text = b"\n".join(lines)
    brackets = (text.count(pair[:1]) - text.count(pair[1:]) for pair in PAIRS)
    return *brackets, *(text.count(quote) % 2 for quote in QUOTES)


def _breaks_block(lines: Lines, blocks: Sequence[Block]) -> Iterator[bool]:
    """Tell of each line that an edit may have left alone whether its block has lost its body."""
    for _, _, first, last in blocks:
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
