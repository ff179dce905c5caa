"""Lines of text with tones, written plainly or in colour."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from textwrap import TextWrapper

LEAST_ROOM = 20  # columns; in less than this, wrapping harms more than it helps


class Tone(StrEnum):
    """What a piece of text is; its value is how rich paints it."""

    PLAIN = ""
    TITLE = "bold"
    ERROR = "bold red"
    WARNING = "bold yellow"
    FAINT = "dim"
    ID = "cyan"
    OLD = "red"
    NEW = "green"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of one line; its text has been through ``plain``."""

    text: str
    tone: Tone = Tone.PLAIN


Line = tuple[Span, ...]
BLANK: Line = ()


def line(text: str, tone: Tone = Tone.PLAIN) -> Line:
    """Return a line of one tone."""
    return (Span(text, tone),)


def length(of: Line) -> int:
    """Return the number of characters of a line."""
    return sum(len(span.text) for span in of)


def unwrapped(lines: Iterable[Line]) -> str:
    """Return the text of lines as one, without what lays them out."""
    return " ".join("".join(span.text for span in spans).strip() for spans in lines)


def wrapped(head: Line, text: str, width: int, tone: Tone = Tone.PLAIN) -> list[Line]:
    """Return ``text`` behind ``head``, its further lines indented to where it began.

    Words are never broken, so a long name stays whole and may stick out.
    """
    indent = length(head)
    room = width - indent
    if len(text) <= room or room < LEAST_ROOM:
        return [(*head, Span(text, tone))]
    wrapper = TextWrapper(width=room, break_long_words=False, break_on_hyphens=False)
    first, *rest = wrapper.wrap(text) or [""]
    return [(*head, Span(first, tone)), *((Span(" " * indent + more, tone),) for more in rest)]


def written(lines: Sequence[Line], *, colour: bool) -> str:
    """Return ``lines`` as text that ends in a newline, in colour only if asked."""
    return _painted(lines) if colour else _bare(lines)


def _bare(lines: Iterable[Line]) -> str:
    return "".join(f"{''.join(span.text for span in spans)}\n" for spans in lines)


def _painted(lines: Iterable[Line]) -> str:
    """Return the same text with escape sequences, whatever the environment says."""
    from rich.console import Console
    from rich.text import Text

    console = Console(
        file=io.StringIO(),
        force_terminal=True,
        color_system="standard",
        legacy_windows=False,
        no_color=False,
        _environ={},
    )
    with console.capture() as capture:
        for spans in lines:
            text = Text.assemble(*((span.text, span.tone.value) for span in spans))
            console.print(text, soft_wrap=True, highlight=False, markup=False, emoji=False)
    return capture.get()
