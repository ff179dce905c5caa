"""The index and the working tree, as two more versions after the newest commit."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from loopwatch.model.history import Change
from loopwatch.model.version import Version
from loopwatch.sources.git_blobs import Blobs
from loopwatch.sources.git_index import Index, modified
from loopwatch.sources.git_process import Git
from loopwatch.sources.raw_changes import RAW, entries
from loopwatch.sources.repository import INDEX, WORKTREE

if TYPE_CHECKING:
    from loopwatch.sources.commit_under_way import CommitUnderWay
    from loopwatch.verdicts.agents import Agent
    from loopwatch.verdicts.intent import ParsedMessage

UNDER_WAY = ("REVERT_HEAD",)  # files in the git folder that say that git reverts a commit

NotCommitted = tuple[Version, Sequence[Change]]


@dataclass(frozen=True, slots=True)
class WorkingTree:
    """What is not committed yet. Untracked files are no part of it."""

    git: Git
    blobs: Blobs
    index: Index
    message: "ParsedMessage | None" = None  # that a commit of it is going to have, if it is known

    def versions(self) -> Iterator[NotCommitted]:
        """Yield the index and the working tree where they differ from what is before them."""
        newest, is_admitted = self._newest(), self._is_reverting()
        if staged := self.index.changes():
            newest = max(newest, self.index.modified())
            yield self._version(INDEX, newest, is_admitted), staged
        changed = tuple(self._changed())
        if changed:
            files = [self.git.folder / os.fsdecode(path) for path, _, _ in changed]
            newest = max(newest, *map(modified, files))
            yield self._version(WORKTREE, newest, is_admitted), changed

    def about_to_be(
        self, commit: "CommitUnderWay", agents: "Sequence[Agent]"
    ) -> Iterator[NotCommitted]:
        """Yield the index as the version that a commit under way makes of it.

        Args:
            commit: what is known of it.
            agents: that may have made it.
        """
        if staged := self.index.changes():
            now = max(self._newest(), self.index.modified())
            version = self._version(INDEX, now, self._is_reverting())
            yield commit.named(version, agents), staged

    def _newest(self) -> int:
        """Return the time of the commit that comes before: what follows is no older."""
        return int(self.git.text("log", "-1", "--format=%ct", self.index.base, "--") or 0)

    def _version(self, name: str, when: int, is_admitted: bool) -> Version:
        """Return a version that is not committed, as old as its files: no clock is asked."""
        told = self.message  # where there is one, it says whether it takes something back
        return Version(
            id=name,
            authored=when,
            committed=when,
            subject=told.subject if told else None,
            title=told.title if told else "",
            names=told.names if told else (),
            reapplies=told.reapplies if told else (),
            is_admitted=is_admitted and told is None,
        )

    def _is_reverting(self) -> bool:
        folder = self.git.text("rev-parse", "--absolute-git-dir")
        return folder is not None and any((Path(folder) / name).exists() for name in UNDER_WAY)

    def _changed(self) -> Iterator[Change]:
        git = Git(self.git.folder, self._without_filters())
        # From inside the git folder there is none; what else may be wrong the index has told.
        status, output, _ = git.ask("diff-files", *RAW, "--no-renames", "--", *self.index.paths)
        for path, old, _ in entries(output if status == 0 else b""):
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


def _size(file: Path) -> int:
    try:
        return file.lstat().st_size
    except OSError:
        return 0


def _blob_id(content: bytes, width: int) -> bytes:
    import hashlib  # loads OpenSSL, which takes room that most runs have no need of

    header = b"blob %d\0" % len(content)
    algorithm = hashlib.sha256 if width == 32 else hashlib.sha1
    return algorithm(header + content, usedforsecurity=False).digest()
