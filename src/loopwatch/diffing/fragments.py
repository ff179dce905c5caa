"""Hunks as fragments: the lines that went and the lines that came, up to layout."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, IntFlag

from loopwatch.diffing.bare_lines import BareHunk, squeezed
from loopwatch.diffing.digests import blake2b
from loopwatch.diffing.lines import changed_blocks


class Mark(IntFlag):
    """What makes a hunk mean less."""

    NOTHING = 0
    IMPORTS = 1  # only import statements
    COMMENTS = 2  # only comments and blank lines
    LAYOUT = 4  # the same tokens in another layout
    MOVED_IN = 8  # what came in went elsewhere in the same edit
    MOVED_OUT = 16  # what went came in elsewhere in the same edit
    NUMBERS = 32  # a version number or a counter


class Trace(IntEnum):
    """How far lines only tell somebody what goes on."""

    NOTHING = 0  # they do more than that
    REWRITTEN = 1  # they print or log, before and after
    PASSING = 2  # they come or go, and nothing else does, as when somebody debugs


MECHANICAL = Mark.IMPORTS | Mark.COMMENTS | Mark.LAYOUT | Mark.NUMBERS
MOVES = Mark.MOVED_IN | Mark.MOVED_OUT

# Lines that only tell somebody what goes on: debugging leaves and takes them.
TRACE = re.compile(
    rb"""(?:(?:self|this)\.)?(?:_?log(?:ger|ging)?|console|slog|tracing)\.\w+\(.*
      | (?:pp?rint|println|debug)\b.* | (?:e?print(?:ln)?|dbg|debug|trace|info)!\(.*
      | fmt\.Print\w*\(.* | System\.(?:out|err)\..* | log\.Print\w*\(.* | (?:.*[;)\s])?debugger;?
      | if[ ]?\(?(?:\w+\.)*_?(?:debug|verbose)\)?[ ]?[{:]?
      | breakpoint\(\) | import[ ]pdb.* | pdb\.set_trace\(\)
      | var_dump\(.* | echo[ ].* | puts[ ].*
    """,
    re.VERBOSE,
)

FORMATTED = b" \t\n\r\x0b\x0c'\"\\;,()"  # the characters that ``_tokens`` may leave out or change
BARE_ARROW = re.compile(rb"\((\w+)\)=>")  # of one name, which needs no brackets


@dataclass(slots=True)
class Fragment:
    """One hunk, reduced to what is compared; a line is the hash of its text without layout."""

    old_start: int  # 1-based
    new_start: int  # 1-based
    old_count: int  # lines
    new_count: int  # lines
    before_key: int  # 64 bits, of all lines of a half, in order
    after_key: int
    before: tuple[int, ...]  # distinct lines that mean something, at most MOST_LINES
    after: tuple[int, ...]
    weight: int  # characters of those lines
    is_indentation: bool = False  # nothing else differs: in Python that is a change
    is_trace: bool = False  # lines that only print or log come in or go
    marks: Mark = Mark.NOTHING
    symbol: str | None = None

    @property
    def trace(self) -> Trace:
        """How far its lines only tell somebody what goes on."""
        if not self.is_trace:
            return Trace.NOTHING
        return Trace.REWRITTEN if self.before and self.after else Trace.PASSING


def fragments(old: Sequence[bytes], new: Sequence[bytes]) -> list[Fragment]:
    """Return the hunks between two contents, given as lines."""
    return [
        _fragment(i, j, old[i:old_end], new[j:new_end])
        for i, old_end, j, new_end in changed_blocks(old, new)
    ]


def _fragment(i: int, j: int, before: Sequence[bytes], after: Sequence[bytes]) -> Fragment:
    bare = BareHunk(before, after)
    is_layout = before and after and (bare.is_indentation or _is_layout(before, after))
    lines = [*bare.before, *bare.after]
    if bare.is_indentation:
        lines = list(map(squeezed, lines))
    return Fragment(
        old_start=i + 1,
        new_start=j + 1,
        old_count=len(before),
        new_count=len(after),
        before_key=_key(bare.all_before),
        after_key=_key(bare.all_after),
        before=tuple(map(hash, bare.before)),
        after=tuple(map(hash, bare.after)),
        weight=sum(map(len, lines)),
        is_indentation=bare.is_indentation,
        is_trace=bool(lines) and all(TRACE.fullmatch(line) for line in lines),
        marks=Mark.LAYOUT if is_layout else Mark.NOTHING,
    )


def _key(lines: Sequence[bytes]) -> int:
    """Return one number for some lines, the same on every machine."""
    return int.from_bytes(blake2b(b"\n".join(lines), digest_size=8).digest())


def _is_layout(before: Sequence[bytes], after: Sequence[bytes]) -> bool:
    """Tell whether formatters change no more; mostly the other characters tell that it is more."""
    kept, now = (b"".join(half).translate(None, FORMATTED) for half in (before, after))
    return kept == now and _tokens(before) == _tokens(after)


def _tokens(lines: Sequence[bytes]) -> bytes:
    """Return the text of lines without what formatters change."""
    text = b"".join(b"\n".join(lines).split()).replace(b"'", b'"').replace(b";", b"")
    text = text.replace(b'\\"', b'"')
    for closer in (b")", b"]", b"}"):
        text = text.replace(b"," + closer, closer)
    return BARE_ARROW.sub(rb"\1=>", text) if b")=>" in text else text
