"""From lines and columns, as tools count them, to bytes."""

import re

from loopwatch.model.evidence import Span

_LINE_END = re.compile(rb"\n")


class Lines:
    """The lines of a file."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.starts = [0, *(found.end() for found in _LINE_END.finditer(content))]

    def text(self, line: int) -> bytes:
        """Return a line, counted from 1; lines that are not there are empty."""
        if not 1 <= line <= len(self.starts):
            return b""
        end = self.starts[line] if line < len(self.starts) else len(self.content)
        return self.content[self.starts[line - 1] : end].rstrip(b"\r\n")

    def offset(self, span: Span) -> int:
        """Return the byte where a report begins; without a column, where the line's code does."""
        text = self.text(span.start_line)
        begin = self.starts[min(span.start_line, len(self.starts)) - 1]
        if span.start_column is None:
            return begin + len(text) - len(text.lstrip())
        before = span.start_column - 1
        if text.isascii():
            return begin + min(before, len(text))
        return begin + len(text.decode("utf-8", "replace")[:before].encode())
