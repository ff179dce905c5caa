"""Columns as tools count them, turned into characters counted from 1."""


def from_utf16(line: str, column: int) -> int:
    """Return the column in characters of one that counts UTF-16 units from 1.

    Characters outside the basic plane, such as most emoji, take two units.
    """
    before = line.encode("utf-16-le", "surrogatepass")[: 2 * (column - 1)]
    return _length(before, "utf-16-le", 2, column)


def from_bytes(line: str, column: int) -> int:
    """Return the column in characters of one that counts UTF-8 bytes from 1."""
    before = line.encode("utf-8", "surrogatepass")[: column - 1]
    return _length(before, "utf-8", 1, column)


def _length(before: bytes, encoding: str, unit: int, column: int) -> int:
    """Return the column after some text; beyond the end of the line it goes on by units."""
    beyond = column - 1 - len(before) // unit
    return len(before.decode(encoding, "ignore")) + 1 + beyond
