"""What was worked out of some content before, so that it need not be worked out again.

What is kept is the value of a pure function, by all that it depends on. The cache itself
adds which code worked it out (``store.evidence_cache``).
"""

from typing import Protocol

from loopwatch.diffing.digests import blake2b
from loopwatch.model.evidence import Defect

KEY_BYTES = 16


class Cache(Protocol):
    """Keeps bytes by a key. It may forget anything at any time, and mistakes nothing."""

    def get(self, key: bytes) -> bytes | None:
        """Return what was kept; None: nothing, or nothing that can be trusted."""

    def put(self, key: bytes, body: bytes) -> None:
        """Keep what was worked out."""


class NoCache:
    """A cache that forgets at once."""

    def get(self, key: bytes) -> None:
        """Return nothing."""

    def put(self, key: bytes, body: bytes) -> None:
        """Keep nothing."""


NO_CACHE = NoCache()


def key_of(*parts: object) -> bytes:
    """Return 16 bytes for some texts, numbers and tuples of these; what differs, differs."""
    return blake2b(repr(parts).encode(), digest_size=KEY_BYTES).digest()


def parts_of(defect: Defect) -> tuple[object, ...]:
    """Return all that a report says, as ``key_of`` takes it."""
    span = defect.span
    lines = span and (span.start_line, span.end_line, span.start_column, span.end_column)
    told = defect.message, defect.path, defect.subject, defect.reason, defect.frames, defect.marks
    return defect.kind.value, defect.rule, lines, *told
