"""The index and the working tree, as two more versions after the newest commit."""

import hashlib
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from loopwatch.model.history import Change
from loopwatch.model.version import Version
from loopwatch.sources.git_blobs import Blobs
from loopwatch.sources.git_process import Git

INDEX, WORKTREE = "index", "worktree"
RAW = ("--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--ignore-submodules=all")
UNDER_WAY = ("REVERT_HEAD",)  # files in the git folder that say that git reverts a commit


@dataclass(frozen=True, slots=True)
class WorkingTree:
    """What is not committed yet. Untracked files are no part of it."""

    git: Git
    blobs: Blobs
    largest: int  # bytes

    def versions(self) -> Iterator[tuple[Version, Sequence[Change]]]:
        """Yield the index and the working tree where they differ from what is before them."""
        is_admitted = self._is_reverting()
        staged = tuple(self._staged())
        if staged:
            yield _version(INDEX, is_admitted), staged
        changed = tuple(self._changed())
        if changed:
            yield _version(WORKTREE, is_admitted), changed

    def _is_reverting(self) -> bool:
        folder = self.git.text("rev-parse", "--absolute-git-dir")
        return folder is not None and any((Path(folder) / name).exists() for name in UNDER_WAY)

    def _staged(self) -> Iterator[Change]:
        status, output, _ = self.git.ask("diff-index", "--cached", *RAW, "HEAD", "--")
        yield from _entries(output if status == 0 else b"")

    def _changed(self) -> Iterator[Change]:
        status, output, _ = self.git.ask("diff-files", *RAW)
        for path, old, _ in _entries(output if status == 0 else b""):
            new = self._read(path, len(old or b""))
            if new != old:
                yield path, old, new

    def _read(self, path: bytes, width: int) -> bytes | None:
        """Return the blob id of a file as it lies in the folder, and lend its content."""
        file = self.git.folder / os.fsdecode(path)
        try:
            if file.is_symlink():
                content = os.fsencode(os.readlink(file))  # noqa: PTH115  a Path would be tidied
            elif file.is_file() and file.stat().st_size <= self.largest:
                content = file.read_bytes()
            else:
                return None
        except OSError:
            return None
        blob_id = _blob_id(self._as_committed(path, content), width)
        self.blobs.add(blob_id.hex(), content)
        return blob_id

    def _as_committed(self, path: bytes, content: bytes) -> bytes:
        """Return the content with the line ends that git would commit, as far as it says so."""
        if b"\r\n" not in content:
            return content
        told = self.git.text("ls-files", "--eol", "--", os.fsdecode(path)) or ""
        is_committed_so = told.startswith(("i/crlf", "i/mixed"))
        return content if is_committed_so else content.replace(b"\r\n", b"\n")


def _version(name: str, is_admitted: bool) -> Version:
    now = int(time.time())
    return Version(id=name, authored=now, committed=now, subject=None, is_admitted=is_admitted)


def _blob_id(content: bytes, width: int) -> bytes:
    header = b"blob %d\0" % len(content)
    algorithm = hashlib.sha256 if width == 32 else hashlib.sha1
    return algorithm(header + content, usedforsecurity=False).digest()


def _entries(output: bytes) -> Iterator[tuple[bytes, bytes | None, bytes | None]]:
    parts = output.split(b"\0")
    for raw, path in zip(parts[::2], parts[1::2], strict=False):
        old_mode, new_mode, old, new, _ = raw.split()
        if b"160000" in (old_mode[-6:], new_mode):
            continue
        is_old, is_new = old_mode[-6:] != b"000000", new_mode != b"000000"
        yield (
            path,
            bytes.fromhex(old.decode()) if is_old else None,
            bytes.fromhex(new.decode()) if is_new else None,
        )
