"""Lines for people, from where nobody knows who reads them."""

from collections.abc import Callable

Say = Callable[[str], None]  # is given one line


def unheard(line: str) -> None:
    """Drop a line that nobody asked for, or that was said already."""
