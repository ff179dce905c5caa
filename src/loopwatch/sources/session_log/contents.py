"""The contents that a session's files have had, by the id that git would give them.

A long session rewrites large files many times: what is more than a little is packed, and lies
in a temporary file, not in memory.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha1
from tempfile import SpooledTemporaryFile

IN_MEMORY = 8_000_000  # bytes that are kept before they go to disk
AS_THEY_ARE = 2_000_000  # bytes that are kept as they are, for most sessions have no more
LONGEST_KNOWN = 4_000_000  # bytes; of a larger file only its id is known


@dataclass(slots=True)
class Contents:
    """Keeps contents; ids of what is not known, or known in part, are never equal to others."""

    _places: dict[bytes, tuple[int, int]] = field(default_factory=dict)  # offset, length
    _reasons: dict[bytes, str] = field(default_factory=dict)
    _parts: set[bytes] = field(default_factory=set)
    lender: Callable[[bytes], bytes | str] | None = None  # reads what a repository holds
    _lent: set[bytes] = field(default_factory=set)  # what it holds
    _end: int = 0
    _packed_from: int = AS_THEY_ARE  # the place from which on contents are packed
    _file: SpooledTemporaryFile[bytes] = field(
        default_factory=lambda: SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  see close
    )

    def add(self, content: bytes) -> bytes:
        """Keep a whole content, and return its id."""
        blob = sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).digest()
        if len(content) > LONGEST_KNOWN:
            self._reasons[blob] = f"larger than {LONGEST_KNOWN:,} bytes"
        else:
            self._keep(blob, content)
        return blob

    def add_part(self, content: bytes, *place: str) -> bytes:
        """Keep a part of a content that is not known whole; no other one has its id.

        Args:
            content: the part.
            place: tells it from all others, such as the step, the path and which side it is.
        """
        blob = _named("part", *place)
        self._keep(blob, content)
        self._parts.add(blob)
        return blob

    def add_unknown(self, reason: str, *place: str) -> bytes:
        """Return the id of a content that nobody knows."""
        blob = _named("unknown", *place)
        self._reasons[blob] = reason
        return blob

    def lend(self, blob: bytes) -> None:
        """Take in that the repository at hand holds a content, which is not kept here."""
        self._lent.add(blob)

    def is_lent(self, blob: bytes) -> bool:
        """Tell whether a content was taken from the repository at hand."""
        return blob in self._lent

    def is_part(self, blob: bytes) -> bool:
        """Tell whether a content is only a part of a file."""
        return blob in self._parts

    def is_whole(self, blob: bytes) -> bool:
        """Tell whether a content is known, and is all of a file."""
        return blob in self._lent or (blob in self._places and blob not in self._parts)

    def read(self, blob: bytes) -> bytes | str:
        """Return a content, or why there is none."""
        if blob not in self._places:
            if self.lender is not None and blob in self._lent:
                return self.lender(blob)
            return self._reasons.get(blob, "missing in the log")
        offset, length = self._places[blob]
        self._file.seek(offset)
        kept = self._file.read(length)
        return zlib.decompress(kept) if offset >= self._packed_from else kept

    def close(self) -> None:
        """Let go of all of it."""
        self._file.close()

    def _keep(self, blob: bytes, content: bytes) -> None:
        if blob in self._places:
            return
        if self._end + len(content) < self._packed_from:
            kept = content
        else:  # from here on all is packed
            self._packed_from = min(self._packed_from, self._end)
            kept = zlib.compress(content, 1)
        self._file.seek(self._end)
        self._file.write(kept)
        self._places[blob] = (self._end, len(kept))
        self._end += len(kept)


def _named(*words: str) -> bytes:
    said = "\0".join(words).encode("utf-8", "surrogatepass")
    return sha1(said, usedforsecurity=False).digest()
