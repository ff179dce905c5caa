"""Lays out a version, or some of its files, in a private folder; the repository is only read."""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from loopwatch.diffing.languages import is_code
from loopwatch.errors import SourceError
from loopwatch.sources.content_tree import without_filters
from loopwatch.sources.git_process import Git

# As committed, whatever this machine prefers; links become files that hold their target.
PLAIN = (
    "core.autocrlf=false",
    "core.protectHFS=true",
    "core.protectNTFS=true",
    "core.sparseCheckout=false",
    "core.splitIndex=false",
    "core.symlinks=false",
    "core.untrackedCache=false",
    "index.sparse=false",
)


@dataclass(slots=True)
class VersionFolder:
    """A working tree of our own that becomes one version after another."""

    repository: Git
    folder: Path  # private; the files lie in ``files`` below it
    _git: Git | None = field(default=None)

    @property
    def files(self) -> Path:
        """Return the folder that holds the files."""
        return self.folder / "files"

    def become(self, tree: str) -> Path:
        """Make the files those of a tree, writing only what differs; return their folder.

        Raises:
            SourceError: the tree is not whole, or has paths that no folder may hold.
        """
        if self._git is None or self._read(tree):
            self._begin()
            if complaint := self._read(tree):
                raise SourceError(f"cannot lay out tree {tree[:12]}: {complaint}")
        self._tidy()
        return self.files

    def _begin(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.files.mkdir(parents=True)
        private = {
            "GIT_DIR": self.repository.text("rev-parse", "--absolute-git-dir") or "",
            "GIT_INDEX_FILE": str(self.folder / "index"),
            "GIT_WORK_TREE": str(self.files),
        }
        settings = (*PLAIN, *without_filters(self.repository))
        self._git = Git(self.files, settings, tuple(private.items()))

    def _read(self, tree: str) -> str:
        """Go to a tree; return what is in the way."""
        assert self._git is not None
        status, _, complaint = self._git.ask("read-tree", "--reset", "-u", tree)
        return (complaint or "git failed") if status else ""

    def _tidy(self) -> None:
        """Take away code that a tool left behind; caches of tools may stay."""
        assert self._git is not None
        _, output, _ = self._git.ask("ls-files", "-z", "--others")
        for path in output.split(b"\0"):
            if path and is_code(os.fsdecode(path)):
                (self.files / os.fsdecode(path)).unlink(missing_ok=True)


def lay_out(folder: Path, files: Iterable[tuple[bytes, bytes]]) -> set[bytes]:
    """Write files, given by path and content, into an empty folder; return the paths written."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    written = set()
    for path, content in files:
        if is_harmless(path) and _is_written(folder / os.fsdecode(path), content):
            written.add(path)
    return written


def _is_written(target: Path, content: bytes) -> bool:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    except OSError:  # a name too long, or that this system does not know
        return False
    return True


def is_harmless(path: bytes) -> bool:
    """Tell whether a path stays inside its folder and names nothing of git."""
    parts = path.split(b"/")
    odd = b"\\:" if os.name == "nt" else b"\0"
    return not any(
        part in {b"", b".", b".."} or part.lower().rstrip(b". ") == b".git" or set(part) & set(odd)
        for part in parts
    )
