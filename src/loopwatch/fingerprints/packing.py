"""Bags of tokens, small enough to keep by the thousand.

A token is kept as its CRC-32: 4 bytes, quick to make, and the same in every process,
unlike ``hash``. Two tokens in a few thousand may share one; that moves a similarity a
little and never an identity, which rests on the longer digests.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from zlib import crc32

from loopwatch.diffing.digests import blake2b

WORD_BITS = 0xFFFFFFFF
AGAIN = 0x9E3779B9  # added for each repetition; the golden ratio of 32 bits, as in Knuth's hashing
DIGEST_BYTES = 8  # one wrong pair in four billion statements of one rule
NOTHING = b""

Bag = frozenset[int]


def digest(tokens: Iterable[bytes]) -> bytes:
    """Return 8 bytes that stand for a sequence of tokens, on every machine alike."""
    return blake2b(b"\0".join(tokens), digest_size=DIGEST_BYTES).digest()


def pack(items: Iterable[bytes]) -> bytes:
    """Return a multiset of tokens as bytes; ``bag`` opens it.

    The second occurrence of a token is another member than the first, so that the
    intersection of two sets is that of the multisets.
    """
    found = list(map(crc32, items))
    if len(set(found)) == len(found):
        return array("I", found).tobytes()
    seen: dict[int, int] = {}
    packed = array("I")
    for number in found:
        count = seen.get(number, 0)
        seen[number] = count + 1
        packed.append((number + count * AGAIN) & WORD_BITS if count else number)
    return packed.tobytes()


def raw(text: str) -> bytes:
    """Return what a tool reports as bytes; reports and paths may hold what is no text."""
    return text.encode("utf-8", "surrogatepass")


def token(text: str) -> int:
    """Return the member of a packed bag that a token is, at its first occurrence."""
    return crc32(raw(text))


def numbers(packed: bytes) -> Sequence[int]:
    """Return the members of what ``pack`` made, in order."""
    return memoryview(packed).cast("I")


def bag(packed: bytes) -> Bag:
    """Return the members of what ``pack`` made."""
    return frozenset(memoryview(packed).cast("I"))


def dice(one: Bag, other: Bag) -> float:
    """Return how alike two bags are, 0 to 1; two empty ones are equal.

    Source:
        Dice, "Measures of the amount of ecologic association between species", 1945.
    """
    total = len(one) + len(other)
    return 2 * len(one & other) / total if total else 1.0


def pairs(tokens: Sequence[bytes]) -> list[bytes]:
    """Return each two neighbours as one token."""
    return [b"%b\1%b" % pair for pair in pairwise(tokens)]


SKETCH = 256  # members; of larger bags the smallest are kept, which samples them fairly


def sketch(items: Iterable[bytes]) -> bytes:
    """Return a packed sample of a multiset of tokens, for ``resemblance``.

    Source:
        The bottom-k sketch of Cohen and Kaplan, PODC 2007.
    """
    found: set[int] = set()
    for item, count in Counter(items).items():
        number = crc32(item)
        found.add(number)
        for again in range(1, count):
            found.add((number + again * AGAIN) & WORD_BITS)
    mixed = sorted([number * AGAIN & WORD_BITS for number in found])
    return array("I", mixed[:SKETCH]).tobytes()


def resemblance(one: Bag, other: Bag) -> float:
    """Return what ``dice`` would say, about, of two bags that were sketched."""
    if len(one) < SKETCH and len(other) < SKETCH:
        return dice(one, other)
    both = one & other
    sample = sorted(one | other)[:SKETCH]
    shared = sum(number in both for number in sample)
    return 2 * shared / (len(sample) + shared)
