"""The index: what is staged, as one more version after a commit."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from loopwatch.errors import LoopwatchError
from loopwatch.model.history import Change, Rename
from loopwatch.sources.git_process import Git
from loopwatch.sources.raw_changes import RENAMED, STAGED, entries, renames
from loopwatch.sources.repository import Repository


@dataclass(slots=True)
class Index:
    """What is staged, against one commit. It is read and never written."""

    repository: Repository
    paths: tuple[str, ...] = ()  # pathspecs
    base: str = "HEAD"
    file: Path | None = None  # the index of a commit under way; None: the usual one
    _tree: list[bytes | None] = field(default_factory=list)  # asked for once

    def changes(self) -> tuple[Change, ...]:
        """Return what is staged.

        Raises:
            SourceError: git cannot tell.
        """
        asked = *STAGED, "--no-renames", self.base, "--", *self.paths
        return tuple(entries(self._git().read("what is staged", *asked)))

    def renames(self) -> Sequence[Rename]:
        """Return old and new path of each file that is renamed, as git finds them."""
        return renames(self._git().read("what is staged", *STAGED, *RENAMED, self.base, "--"))

    def tree(self) -> bytes | None:
        """Return the id of the tree that a commit of it would have; None if git cannot tell."""
        if not self._tree:
            from loopwatch.sources.content_tree import staged_tree

            try:
                self._tree.append(bytes.fromhex(staged_tree(self.repository, self.file)))
            except LoopwatchError:
                self._tree.append(None)
        return self._tree[0]

    def modified(self) -> int:
        """Return when it was last written, in seconds since 1970; 0 if it never was."""
        git = self.repository.git
        named = self.file or git.folder / (git.text("rev-parse", "--git-path", "index") or "index")
        return modified(named)

    def _git(self) -> Git:
        git = self.repository.git
        if self.file is None:
            return git
        return Git(git.folder, git.settings, (("GIT_INDEX_FILE", os.fspath(self.file)),))


def modified(file: Path) -> int:
    """Return when a file was last written, in seconds since 1970; 0 if it is not there."""
    try:
        return int(file.lstat().st_mtime)
    except OSError:
        return 0
