"""The repository that a session worked in, where it is at hand.

Its commits and the versions of the log share one state space: what a file was when the
session began is read from the commit that it began at, the commits shortly before are
versions too, and so is what a commit of the session holds that the log does not show.
Nothing is guessed: the log has to tell the folder, and the branch or the commit.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from loopwatch.errors import LoopwatchError
from loopwatch.model.history import Change
from loopwatch.model.options import Options
from loopwatch.model.version import Version
from loopwatch.sources.git_blobs import Blobs
from loopwatch.sources.git_process import Git
from loopwatch.sources.repository import Repository, find_repository
from loopwatch.sources.session_log.api import Beginning, Command, Committed, Event
from loopwatch.sources.session_log.commits import Commit, logged, named
from loopwatch.sources.session_log.contents import LONGEST_KNOWN
from loopwatch.sources.session_log.places import HIGHEST

HOUR = 3600  # seconds
LATEST = 10**11  # seconds since 1970 that a clock may show
LATE = 60  # seconds by which the clocks of a log and of git may differ
SHA1 = 20  # bytes of an id: contents of a log are known by such ids
COMMIT_ID = re.compile(r"[0-9a-f]{7,40}")
BRANCH = re.compile(r"[^\0-\x20\x7f~^:?*\[\\]{1,250}")
ATTRIBUTES = ".gitattributes"
MADE = re.compile(r"^\[[^\]\n]{1,300} ([0-9a-f]{7,40})\] ", re.MULTILINE)  # as git tells it
BY_GIT = re.compile(r"\bgit\b[^\n;|&]*\s(?:revert|cherry-pick|am)\b")  # these write the files


@dataclass(slots=True)
class AtHand:
    """What there is to ask of the repository; without one, nothing is known."""

    git: Git | None = None
    blobs: Blobs | None = None
    prefix: str = ""  # from the root of the repository to the session's folder
    start: str = ""  # the commit that the session began at
    before: tuple[Commit, ...] = ()  # the last ones up to that, oldest first
    began: float = 0.0  # seconds since 1970
    _base: str = ""  # the commit that files are as in, unless the log changes them; "": unknown
    _files: dict[bytes, bytes] | None = None  # of that commit, by their paths in the repository

    def __post_init__(self) -> None:
        self._base = self.start

    @property
    def attributes(self) -> str:
        """The text of the file ``.gitattributes`` at the root."""
        if self.git is None or self.prefix:
            return ""
        return self.git.text("cat-file", "blob", f"{self.start}:{ATTRIBUTES}") or ""

    def lose(self) -> None:
        """Take in that any file may be another one now."""
        self._base, self._files = "", None

    def blob(self, path: bytes) -> bytes | None:
        """Return the id of what a file is, as far as only commits have changed it."""
        inside = posixpath.normpath(posixpath.join(os.fsencode(self.prefix), path))
        return self._listed().get(inside) if self._base else None

    def content(self, path: str) -> bytes | None:
        """Return the same as a content."""
        blob = self.blob(path.encode("utf-8", "surrogateescape")) if self._base else None
        content = self.read(blob) if blob is not None else None
        return content if isinstance(content, bytes) else None

    def read(self, blob: bytes) -> bytes | str:
        """Return a content, or why there is none."""
        return self.blobs.read(blob.hex()) if self.blobs is not None else "missing"

    def earlier(self) -> Iterator[Committed]:
        """Yield the commits before the session, oldest first."""
        return (Committed(version=one.version, changes=self._inside(one)) for one in self.before)

    def joined(self, events: Iterable[Event]) -> Iterator[Event]:
        """Yield the events of a log, and after a command the commits that it says it made."""
        for event in events:
            base = self._base
            yield event
            if self.git is not None and isinstance(event, Command) and "git" in event.line:
                yield from self._made(self.git, event, base)

    def _made(self, git: Git, command: Command, base: str) -> Iterator[Committed]:
        """Yield what a command committed, from the commit that was there before it."""
        names = MADE.findall(command.output)
        found = named(git, names) if names and not command.is_remote else {}
        for commit in found.values():
            version = commit.version
            if not self._is_now(version, command):
                continue
            is_next, base = commit.parent == base, commit.id
            self._go_on_to(commit)
            yield Committed(
                version=version,
                changes=self._inside(commit),
                is_written=BY_GIT.search(command.line) is not None,
                is_next=is_next,
            )

    def _is_now(self, version: Version, command: Command) -> bool:
        """Tell whether a commit was made in this session, by this command."""
        end = command.time if command.time is not None else float(LATEST)
        return self.began - LATE <= version.committed <= end + LATE

    def _go_on_to(self, commit: Commit) -> None:
        """Take in that the files are now as in a commit."""
        if self._files is not None and commit.parent == self._base:
            for path, _, new in commit.changes:
                if new is None:
                    self._files.pop(path, None)
                else:
                    self._files[path] = new
        else:
            self._files = None
        self._base = commit.id

    def _listed(self) -> dict[bytes, bytes]:
        if self._files is None and self.git is not None:
            status, output, _ = self.git.ask("ls-tree", "-r", "-z", "--full-tree", self._base)
            entries = (entry.partition(b"\t") for entry in output.split(b"\0") if status == 0)
            told = ((head.split(b" "), path) for head, _, path in entries if path)
            self._files = {
                path: bytes.fromhex(head[2].decode())
                for head, path in told
                if head[0].startswith(b"100")  # no links, no submodules
            }
        return self._files or {}

    def _inside(self, commit: Commit) -> tuple[Change, ...]:
        """Return what a commit changed, by paths from the session's folder."""
        if not self.prefix:
            return commit.changes
        folder = os.fsencode(self.prefix)
        moved = ((posixpath.relpath(path, folder), old, new) for path, old, new in commit.changes)
        return tuple(one for one in moved if not one[0].startswith(b"../" * (HIGHEST + 1)))


@contextmanager
def at_hand(beginning: Beginning | None, options: Options) -> Iterator[AtHand]:
    """Look for the repository of a session on this machine; only reads.

    Args:
        beginning: what the log tells of it; None if it does not.
        options: how far back a state may lie that counts.
    """
    try:
        found = _found(beginning, options) if beginning is not None else None
    except (LoopwatchError, OSError, ValueError):  # refused, or what the log tells is no path
        found = None
    if found is None or found.git is None:
        yield AtHand()
        return
    with Blobs(found.git, LONGEST_KNOWN) as blobs:
        found.blobs = blobs
        yield found


def repository_of(beginning: Beginning) -> Repository | None:
    """Return the repository that the folder of a session is in, if that is on this machine.

    Raises:
        LoopwatchError: git refuses it.
        OSError, ValueError: what the log tells is no path.
    """
    folder = Path(beginning.folder)
    is_local = folder.is_absolute() and not beginning.folder.startswith(("//", "\\\\"))
    if not is_local or not folder.is_dir():
        return None
    found = find_repository(folder)
    return None if found.is_bare or found.id_width != SHA1 else found


def state_of(beginning: Beginning) -> bytes:
    """Return what the repository of a session is like now: where its branches and tags are.

    Empty if it is not on this machine.
    """
    try:
        repository = repository_of(beginning)
    except (LoopwatchError, OSError, ValueError):
        return b""
    if repository is None:
        return b""
    _, output, _ = repository.git.ask("for-each-ref", "--format=%(objectname) %(refname)")
    return b"\n".join((os.fsencode(repository.prefix), output))


def _found(beginning: Beginning, options: Options) -> AtHand | None:
    repository = repository_of(beginning)
    if repository is None:
        return None
    git, when = repository.git, beginning.time or 0.0
    is_timed = 0 < when < LATEST
    start = _start(git, beginning, int(when) if is_timed else None)
    if not start:
        return None
    since = int(when) - options.window_hours * HOUR
    recent = logged(
        git, "--first-parent", f"--max-count={options.window_edits}", start, "--"
    ) if is_timed else []  # fmt: skip
    return AtHand(
        git=git,
        prefix="" if repository.prefix == "." else repository.prefix,
        start=start,
        before=tuple(takewhile(lambda one: _is_since(one.version, since), recent))[::-1],
        began=when,
    )


def _start(git: Git, beginning: Beginning, when: int | None) -> str:
    """Return the id of the commit that a session began at; "" if nobody knows."""
    if beginning.commit:
        if not COMMIT_ID.fullmatch(beginning.commit):
            return ""
        return git.text("rev-parse", "--verify", "--quiet", f"{beginning.commit}^{{commit}}") or ""
    if when is None or not BRANCH.fullmatch(beginning.branch):
        return ""
    tip = git.text("show-ref", "--verify", "--hash", f"refs/heads/{beginning.branch}")
    if not tip:
        return ""
    return git.text("rev-list", "-1", "--first-parent", f"--until=@{when}", tip, "--") or ""


def _is_since(version: Version, when: int) -> bool:
    return min(version.authored, version.committed) >= when
