"""The commits that a log names or begins at, as the repository that is at hand has them."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass, field

from loopwatch.model.history import Change
from loopwatch.model.version import Version
from loopwatch.sources.git_blobs import Blobs
from loopwatch.sources.git_headers import Headers
from loopwatch.sources.git_log import HEADER_FORMAT, SHOWN, parse_log
from loopwatch.sources.git_process import Git
from loopwatch.sources.session_log.api import FileChange

MOST = 10_000  # commits of one log
NAMED = ("--no-walk=unsorted", "--stdin", "--ignore-missing")
FORMAT = "--format=%x02%H %P%n%ad%n" + HEADER_FORMAT.removeprefix("%x02")
DATE = re.compile(rb"(\d{1,12}) ([+-])(\d\d)(\d\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One commit."""

    id: str  # in full, as in every report of the repository
    parent: str  # the first one's id; "" for a root
    time: float  # of its author: seconds since 1970
    zone: int  # seconds that its author's clock was ahead of UTC
    changes: tuple[Change, ...]  # against its first parent
    header: bytes  # as ``HEADER_FORMAT`` has it

    @property
    def version(self) -> Version:
        """The version that it is in every history."""
        headers = Headers()
        headers.add(self.header)
        return headers.version(0, self.id)


@dataclass(slots=True)
class Commits:
    """Commits by the short ids that a log has, and the contents of their files."""

    blobs: Blobs | None = None
    _found: dict[str, Commit] = field(default_factory=dict)

    @property
    def zone(self) -> int:
        """Return how many seconds the clock of the log was ahead of UTC, 0 if nobody knows."""
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


def logged(git: Git, *arguments: str, given: bytes | None = None) -> list[Commit]:
    """Return the commits that ``git log`` tells of, in its order; none if it fails.

    Raises:
        GitMissingError: there is no git.
    """
    _, output, _ = git.ask("log", *SHOWN, "--date=raw", FORMAT, *arguments, given=given)
    parts = output.removesuffix(b"\0").split(b"\0")
    told = parse_log([parts], {}) if output else ()
    return [commit for header, changes in told if (commit := _commit(header, changes)) is not None]


def named(git: Git, names: Iterable[str]) -> dict[str, Commit]:
    """Return the commits that a repository has, by the beginnings of their ids.

    Args:
        git: in the repository.
        names: short ids, hexadecimal.

    Raises:
        GitMissingError: there is no git.
    """
    wanted = list(dict.fromkeys(names))[:MOST]
    asked = "".join(f"{name}\n" for name in wanted).encode()
    widths: dict[int, dict[str, Commit]] = {len(name): {} for name in wanted}
    for commit in logged(git, *NAMED, given=asked) if wanted else ():
        for width, found in widths.items():
            found[commit.id[:width]] = commit
    return {name: one for name in wanted if (one := widths[len(name)].get(name)) is not None}


def _commit(header: bytes, changes: Iterable[Change]) -> Commit | None:
    ids, date, rest = header.split(b"\n", 2)
    told = DATE.match(date)
    if told is None:
        return None
    ahead = int(told[3]) * 3600 + int(told[4]) * 60
    id_, _, parents = ids.decode().partition(" ")
    return Commit(
        id=id_,
        parent=parents.partition(" ")[0],
        time=float(told[1]),
        zone=-ahead if told[2] == b"-" else ahead,
        changes=tuple(changes),
        header=rest,
    )
