"""The index and the working tree, as two more versions after the newest commit."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from loopwatch.model.history import Change
from loopwatch.model.version import Version
from loopwatch.sources.git_blobs import Blobs
from loopwatch.sources.git_process import Git
from loopwatch.sources.repository import INDEX, WORKTREE

RAW = ("--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--ignore-submodules=all")
UNDER_WAY = ("REVERT_HEAD",)  # files in the git folder that say that git reverts a commit


@dataclass(frozen=True, slots=True)
class WorkingTree:
    """What is not committed yet. Untracked files are no part of it."""

    git: Git
    blobs: Blobs
    paths: tuple[str, ...] = ()  # pathspecs

    def versions(self) -> Iterator[tuple[Version, Sequence[Change]]]:
        """Yield the index and the working tree where they differ from what is before them."""
        is_admitted = self._is_reverting()
        newest = int(self.git.text("log", "-1", "--format=%ct", "HEAD", "--") or 0)
        index = self.git.text("rev-parse", "--git-path", "index")
        staged = tuple(self._staged())
        if staged:
            newest = max(newest, _modified(self.git.folder / (index or "index")))
            yield _version(INDEX, newest, is_admitted), staged
        changed = tuple(self._changed())
        if changed:
            files = [self.git.folder / os.fsdecode(path) for path, _, _ in changed]
            newest = max(newest, *map(_modified, files))
            yield _version(WORKTREE, newest, is_admitted), changed

    def _is_reverting(self) -> bool:
        folder = self.git.text("rev-parse", "--absolute-git-dir")
        return folder is not None and any((Path(folder) / name).exists() for name in UNDER_WAY)

    def _staged(self) -> Iterator[Change]:
        status, output, _ = self.git.ask("diff-index", "--cached", *RAW, "HEAD", "--", *self.paths)
        yield from _entries(output if status == 0 else b"")

    def _changed(self) -> Iterator[Change]:
        git = Git(self.git.folder, self._without_filters())
        status, output, _ = git.ask("diff-files", *RAW, "--", *self.paths)
        for path, old, _ in _entries(output if status == 0 else b""):
            file = self.git.folder / os.fsdecode(path)
            if _size(file) > self.blobs.largest:
                continue
            new = self._read(file, path, len(old or b""))
            if new != old:
                yield path, old, new

    def _without_filters(self) -> tuple[str, ...]:
        """Return settings that keep git from running the filters that the repository names."""
        names = self.git.text("config", "--name-only", "--get-regexp", r"^filter\..*") or ""
        filters = {name.rpartition(".")[0] for name in names.splitlines()}
        ends = ("clean=", "process=", "smudge=", "required=false")
        return tuple(f"{name}.{end}" for name in sorted(filters) for end in ends)

    def _read(self, file: Path, path: bytes, width: int) -> bytes | None:
        """Return the blob id of a file as it lies in the folder, and lend its content."""
        try:
            if file.is_symlink():
                content = os.fsencode(os.readlink(file))  # noqa: PTH115  a Path would be tidied
            elif file.is_file():
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


def _version(name: str, when: int, is_admitted: bool) -> Version:
    """Return a version that is not committed, as old as its files: no clock is asked."""
    return Version(id=name, authored=when, committed=when, subject=None, is_admitted=is_admitted)


def _size(file: Path) -> int:
    try:
        return file.lstat().st_size
    except OSError:
        return 0


def _modified(file: Path) -> int:
    try:
        return int(file.lstat().st_mtime)
    except OSError:
        return 0


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
