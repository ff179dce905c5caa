"""What earlier audits found, kept in the user's folder for caches; nothing that cannot be redone.

An entry is one file, named by what it was made of. It is written beside and moved into its
place, so that two audits at once do not meet, and it begins with a checksum of the rest: one
that is damaged is as good as none.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

NAME = "loopwatch"
FOLDER = "audit"
LARGEST = 512_000_000  # bytes of all entries; beyond, those that were not used for longest go
SUM = 16  # bytes


def cache_folder(platform: str, environment: Mapping[str, str], home: Path) -> Path:
    """Return where this user's programs keep what can be made again.

    Args:
        platform: as ``sys.platform`` has it.
        environment: ``XDG_CACHE_HOME`` wins on every platform, if it is absolute.
        home: the user's folder.

    Source:
        XDG Base Directory Specification 0.8; Apple's File System Programming Guide; Windows'
        FOLDERID_LocalAppData.
    """
    named = environment.get("XDG_CACHE_HOME", "")
    if Path(named).is_absolute():
        return Path(named) / NAME
    if platform == "win32":
        local = environment.get("LOCALAPPDATA", "")
        return (Path(local) if local else home / "AppData" / "Local") / NAME / "Cache"
    if platform == "darwin":
        return home / "Library" / "Caches" / NAME
    return home / ".cache" / NAME


def usual_cache() -> AuditCache | None:
    """Return the cache of this user; None where nobody is at home."""
    try:
        return AuditCache(cache_folder(sys.platform, os.environ, Path.home()) / FOLDER)
    except RuntimeError:
        return None


@dataclass(frozen=True, slots=True)
class AuditCache:
    """Finds bytes by a key of hex digits. What cannot be kept is not kept, and nothing fails."""

    folder: Path

    def get(self, key: str) -> bytes | None:
        """Return what was kept; None if there is nothing, or it is damaged."""
        path = self._path(key)
        try:
            kept = path.read_bytes()
            data = zlib.decompress(kept[SUM:])
        except (OSError, zlib.error):
            return None
        if _sum(data) != kept[:SUM]:
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # it was of use
        return data

    def put(self, key: str, data: bytes) -> None:
        """Keep what was found; only this user may read it."""
        path = self._path(key)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            number, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        except OSError:
            return
        try:
            with os.fdopen(number, "wb") as file:
                file.write(_sum(data) + zlib.compress(data, 1))
            Path(name).replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                Path(name).unlink()

    def shrink(self, largest: int = LARGEST) -> None:
        """Take away what was not used for longest, so that the rest has no more bytes than that."""
        found: list[tuple[int, str, int]] = []
        with contextlib.suppress(OSError), os.scandir(self.folder) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    told = entry.stat(follow_symlinks=False)
                    found.append((told.st_mtime_ns, entry.name, told.st_size))
        size = sum(one[2] for one in found)
        for _, name, bytes_ in sorted(found):
            if size <= largest:
                break
            with contextlib.suppress(OSError):
                (self.folder / name).unlink()
            size -= bytes_

    def _path(self, key: str) -> Path:
        return self.folder / key


def _sum(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=SUM).digest()
