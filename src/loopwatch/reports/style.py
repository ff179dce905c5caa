"""How a report is to look, and what every writer is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loopwatch.model.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """Choices of the reader; formats for machines heed none of them."""

    verbose: bool = False  # notes too, and nothing summed up
    has_settled: bool = False  # settled findings are as loud as live ones, with --all
    colour: bool = False  # colours are added to a text that is complete without
    width: int = 80  # columns to wrap at; names and lines of code may be longer


PLAIN = Style()
UNWRAPPED = Style(width=1_000_000)

Writer = Callable[["Report", Style], str]
PieceWriter = Callable[["Report", Style], Iterator[str]]
