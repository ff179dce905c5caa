"""The commits that an Aider chat names, where its repository is at hand: exact contents."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from loopwatch.errors import GitMissingError
from loopwatch.model.history import Change
from loopwatch.sources.git_blobs import Blobs
from loopwatch.sources.git_log import SHOWN, parse_log
from loopwatch.sources.git_process import Git
from loopwatch.sources.session_log.api import FileChange
from loopwatch.sources.session_log.contents import LONGEST_KNOWN

MOST = 10_000  # commits of one chat
LOG = ("log", "--no-walk=unsorted", "--stdin", "--ignore-missing", "--date=raw")
FORMAT = "--format=%x02%H%n%ad%x03"
DATE = re.compile(rb"(\d{1,12}) ([+-])(\d\d)(\d\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One commit."""

    id: str  # in full, as in every report of the repository
    time: float  # seconds since 1970
    zone: int  # seconds that its author's clock was ahead of UTC
    changes: tuple[Change, ...]


@dataclass(slots=True)
class Commits:
    """The commits of a chat that its repository has, by the short ids that the chat has."""

    blobs: Blobs | None = None
    _found: dict[str, Commit] = field(default_factory=dict)

    @property
    def zone(self) -> int:
        """Return how many seconds the clock of the chat was ahead of UTC, 0 if nobody knows."""
        return next((commit.zone for commit in self._found.values()), 0)

    def get(self, name: str) -> Commit | None:
        """Return a commit by its short id."""
        return self._found.get(name)

    def files(self, commit: Commit, paths: Container[str]) -> tuple[FileChange, ...]:
        """Return what a commit did to some of its files, with their contents."""
        return tuple(self._file(*one) for one in commit.changes if _name(one[0]) in paths)

    def _file(self, path: bytes, old: bytes | None, new: bytes | None) -> FileChange:
        name = _name(path)
        before = self._content(old) if old is not None else None
        if new is None:
            return FileChange(path=name, before=before, is_gone=True)
        after = self._content(new)
        if after is None:  # too large, or no text
            return FileChange(path=name)
        return FileChange(path=name, before=before, after=after, is_new=old is None)

    def _content(self, blob: bytes) -> str | None:
        content = self.blobs.read(blob.hex()) if self.blobs else ""
        try:
            return content.decode() if isinstance(content, bytes) else None
        except UnicodeDecodeError:
            return None


def _name(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")


@contextmanager
def commits_beside(log: Path, names: Iterable[str]) -> Iterator[Commits]:
    """Look up commits in the repository that a chat lies in the root of; none if there is none.

    Args:
        log: the chat.
        names: short ids, hexadecimal.
    """
    wanted = list(dict.fromkeys(names))[:MOST]
    if not wanted or not (log.parent / ".git").exists():
        yield Commits()
        return
    git = Git(log.parent)
    try:
        asked = "".join(f"{name}\n" for name in wanted).encode()
        _, output, _ = git.ask(*LOG, *SHOWN, FORMAT, given=asked)
    except GitMissingError:
        yield Commits()
        return
    with Blobs(git, LONGEST_KNOWN) as blobs:
        yield Commits(blobs, _by_name(output, wanted))


def _by_name(output: bytes, wanted: Iterable[str]) -> dict[str, Commit]:
    """Return the commits that git tells of, by the beginnings of their ids."""
    widths: dict[int, dict[str, Commit]] = {len(name): {} for name in wanted}
    fields = output.removesuffix(b"\0").split(b"\0")
    for header, changes in parse_log([fields], {}) if output else ():
        id_, _, date = header.partition(b"\n")
        told = DATE.match(date)
        if told is None:
            continue
        ahead = int(told[3]) * 3600 + int(told[4]) * 60
        zone = -ahead if told[2] == b"-" else ahead
        name = id_.decode()
        commit = Commit(id=name, time=float(told[1]), zone=zone, changes=tuple(changes))
        for width, found in widths.items():
            found[name[:width]] = commit
    return {name: one for name in wanted if (one := widths[len(name)].get(name)) is not None}
