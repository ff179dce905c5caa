"""Lines and words without their layout, and which of them can prove something.

Loads next to nothing: the hook needs no more than this to compare two contents.
"""

import re
from collections.abc import Iterable, Sequence

MOST_LINES = 40  # of each half that are remembered; more prove nothing more

# Lines that stand in every second function: they prove nothing on their own.
TRIVIAL = re.compile(
    rb"""[\W_]*|(?:<{7}|>{7}|\|{7})[ ].*|[\W_]*(?:
        else | try | finally | do | begin | end | fi | done | esac | then | pass | break | continue
      | return(?:[ ](?:None|null|nil|true|false|True|False|self|this|err|0|1|nil,[ ]err))? | default
      | if[ ]err[ ]!=[ ]nil | endif | static | public | private | protected | async | except
      | end[ ]if | Ok\(\(\)\) | None | null | nil | true | false | raise | throw | "use[ ]strict"
      | super
    )[\W_]*""",
    re.VERBOSE,
)
BINARY_HEAD = 8_000  # bytes; git looks as far for a NUL
WORD = re.compile(rb"\w+|[^\w\s]")


class BareHunk:
    """One hunk without layout: each line of its halves, and those that mean something.

    Where nothing but the layout of lines differs, most often their indentation, they are told
    apart by it: in Python it is a change, and each such hunk would else take back itself.
    """

    __slots__ = ("after", "all_after", "all_before", "before", "is_indentation")

    def __init__(self, before: Sequence[bytes], after: Sequence[bytes]) -> None:
        """Take the lines of both halves, as they stand in the file."""
        bare_before, bare_after = list(map(squeezed, before)), list(map(squeezed, after))
        self.is_indentation = bare_before == bare_after
        if self.is_indentation:
            bare_before, bare_after = list(before), list(after)
        kept = frozenset(bare_before).intersection(bare_after)
        self.all_before, self.all_after = bare_before, bare_after
        self.before = meaningful(line for line in bare_before if line not in kept)
        self.after = meaningful(line for line in bare_after if line not in kept)


def split_lines(content: bytes) -> list[bytes]:
    """Return the lines of a content as git counts them, without their ends."""
    lines = content.split(b"\n")
    if not lines[-1]:
        lines.pop()
    return [line.removesuffix(b"\r") for line in lines] if b"\r" in content else lines


def is_binary(content: bytes) -> bool:
    """Tell whether a content is no text."""
    return b"\0" in content[:BINARY_HEAD]


def squeezed(line: bytes) -> bytes:
    """Return a line without its layout, and without the comma that what follows it needs."""
    return b" ".join(line.split()).rstrip(b", ")


def meaningful(bare: Iterable[bytes]) -> list[bytes]:
    """Return the lines that can prove something, each once, at most ``MOST_LINES``."""
    kept = dict.fromkeys(line for line in bare if not TRIVIAL.fullmatch(line))
    return list(kept)[:MOST_LINES]


def words(lines: Sequence[bytes]) -> set[bytes]:
    """Return the words and signs of some lines."""
    return set(WORD.findall(b"\n".join(lines)))


def is_name(word: bytes) -> bool:
    """Tell whether a word is more than a number or a sign, which say nothing by themselves."""
    return word[:1].isalpha() or word[:1] == b"_"
