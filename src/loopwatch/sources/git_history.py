"""Reads a range of a repository's history by streaming git itself."""

from __future__ import annotations

import os
import subprocess
from binascii import unhexlify
from collections import deque
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from loopwatch.errors import RangeError, SourceError
from loopwatch.graph.file_watch import Comings, has_arrivals
from loopwatch.graph.topology import NONE, Topology, topology
from loopwatch.model.history import Change, Rename
from loopwatch.model.object_ids import ObjectIds
from loopwatch.model.report import Skipped
from loopwatch.model.version import Version
from loopwatch.sources.git_blobs import Blobs
from loopwatch.sources.git_headers import Headers
from loopwatch.sources.git_index import Index
from loopwatch.sources.git_log import parse_log
from loopwatch.sources.git_process import Git, fields, finish, last_line
from loopwatch.sources.git_renames import Renames
from loopwatch.sources.git_selection import ask, questions
from loopwatch.sources.repository import INDEX
from loopwatch.verdicts.agents import AGENTS, Agent

MOST_AHEAD = 5_000  # changes that are kept of commits that are read before their turn


def read_topology(
    process: subprocess.Popen[bytes], log: subprocess.Popen[bytes] | None = None
) -> tuple[Topology, ObjectIds]:
    """Return the shape of a history, and its commit ids, oldest first.

    Args:
        process: what ``start_topology`` returned.
        log: what ``start_log`` returned; it is asked for these commits.

    Raises:
        RangeError: the revisions name nothing.
    """
    assert process.stdout is not None
    runs = list(fields(process.stdout, b"\n"))
    complaint = process.stderr.read() if process.stderr else b""
    if process.wait() != 0:
        raise RangeError(
            f"cannot read the history: {last_line(complaint)}",
            hint="give a commit, a branch, or a range such as origin/main..HEAD",
        )
    if log is not None:  # it begins while the shape is worked out
        ask(log, [questions(run) for run in runs])
    return topology((line.split() for run in runs for line in run), unhexlify)


@dataclass(slots=True)
class GitHistory:
    """One range of one repository; a ``History``. It can be read once, unless it is kept."""

    git: Git
    log: subprocess.Popen[bytes] | None  # what ``start_log`` returned; None: nothing is committed
    topology: Topology
    ids: ObjectIds
    blobs: Blobs
    renamed: Renames
    ahead: int = 0  # commits that are read before their turn, so that git finds renames meanwhile
    uncommitted: list[tuple[Version, Sequence[Change]]] = field(default_factory=list)
    index: Index | None = None  # one of these versions, unless nothing is staged
    only: Container[int] | None = None  # versions that are told of a history that is kept
    _kept: Sequence[Sequence[Change]] | None = None
    known_agents: Sequence[Agent] = AGENTS
    _headers: Headers = field(init=False)
    _submodules: dict[bytes, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._headers = Headers(self.known_agents)

    def changes(self) -> Iterator[Sequence[Change]]:
        """Yield what each version changed against its first parent, oldest first."""
        if self._kept is None:
            yield from self._read()
            return
        for number, changes in enumerate(self._kept):
            yield changes if self.only is None or number in self.only else ()

    def keep(self) -> Sequence[Sequence[Change]]:
        """Read what each version changed; from now on it can be read again, whole or in part."""
        if self._kept is None:
            self._kept = list(self._read())
        return self._kept

    def _read(self) -> Iterator[Sequence[Change]]:
        if self.log is not None:
            yield from self._committed(self.log)
        for _, changes in self.uncommitted:
            yield changes

    def _committed(self, log: subprocess.Popen[bytes]) -> Iterator[Sequence[Change]]:
        assert log.stdout is not None
        ahead: deque[Sequence[Change]] = deque()
        waiting = 0  # changes of these
        for number, (header, changes) in enumerate(parse_log(fields(log.stdout), self._submodules)):
            self._headers.add(header)
            if self.ahead and has_arrivals(changes):
                self._expect_renames(number, changes)
            ahead.append(changes)
            waiting += len(changes)
            while len(ahead) > self.ahead or waiting > MOST_AHEAD:
                first = ahead.popleft()
                waiting -= len(first)
                yield first
        yield from ahead
        finish(log, "the history")
        if len(self._headers) != len(self.ids):
            raise SourceError("the history changed while it was read", hint="run loopwatch again")

    def _expect_renames(self, number: int, changes: Sequence[Change]) -> None:
        """Let git look for the renames of a commit that are going to be asked for."""
        parent = self.parent(number) if number not in self.topology.other_parents else None
        comings = Comings.of(changes)
        if parent is not None and comings.has_more(comings.renames()):
            self.renamed.expect(self.id(number), parent)

    def renames(self, version: int, changes: Sequence[Change]) -> Sequence[Rename]:
        """Return renames of a commit, as git finds them among its changes."""
        del changes  # git knows them
        if version >= len(self.ids):
            return self.index.renames() if self._is_index(version) and self.index else ()
        parent = self.parent(version)
        return self.renamed.of(self.id(version), parent) if parent else ()

    def is_elsewhere(self, path: bytes) -> bool:
        """Tell whether a path is a submodule, so that there is no content to read."""
        return path in self._submodules

    def is_gap(self, number: int) -> bool:  # noqa: ARG002
        """Tell that every change is known as it was made."""
        return False

    def before(self, number: int, path: bytes) -> bytes | None:  # noqa: ARG002
        """Return None: what a version changes is what the one before left."""
        return None

    def is_part(self, blob_id: bytes) -> bool:  # noqa: ARG002
        """Tell that every content is whole."""
        return False

    def expect(self, blob_ids: Iterable[bytes]) -> None:
        """Have contents read that are going to be asked for."""
        self.blobs.expect([blob_id.hex() for blob_id in blob_ids])

    def content(self, blob_id: bytes) -> bytes | str:
        """Return the content of a blob, or the reason why there is none."""
        return self.blobs.read(blob_id.hex())

    def files_at_start(self) -> Mapping[bytes, bytes]:
        """Return the blob ids of all files of the first version, by path."""
        if not self.ids:
            return {}
        status, output, _ = self.git.ask("ls-tree", "-r", "-z", self.id(0))
        entries = (entry.partition(b"\t") for entry in output.split(b"\0") if status == 0)
        told = ((head.split(b" "), path) for head, _, path in entries if path)
        return {path: bytes.fromhex(head[2].decode()) for head, path in told if head[1] == b"blob"}

    def version(self, number: int) -> Version:
        """Return the version of that number."""
        if number >= len(self.ids):
            return self.uncommitted[number - len(self.ids)][0]
        return self._headers.version(number, self.id(number))

    def agents(self) -> Mapping[int, str]:
        """Return the coding agents that made versions, by number, where a trailer tells."""
        return {**self._headers.agents(), **self._not_committed_agents()}

    def ignoring(self) -> Mapping[int, str]:
        """Return the messages, by number, that may say that a finding is to be ignored."""
        return self._headers.ignoring()

    def newest_commit(self) -> Version | None:
        """Return the last version that is committed."""
        return self.version(len(self.ids) - 1) if self.ids else None

    def tree(self, number: int) -> bytes | None:
        """Return the id of a commit's tree, or that of the index; None for the working tree."""
        if self._is_index(number) and self.index:
            return self.index.tree()
        return self._headers.tree(number) or None

    def _is_index(self, number: int) -> bool:
        return number >= len(self.ids) and self.id(number) == INDEX

    def _not_committed_agents(self) -> dict[int, str]:
        told = enumerate(self.uncommitted, start=len(self.ids))
        return {number: version.agent for number, (version, _) in told if version.agent}

    def id(self, number: int) -> str:
        """Return the id of a version."""
        if number >= len(self.ids):
            return self.uncommitted[number - len(self.ids)][0].id
        return self.ids[number].hex()

    def parent(self, number: int) -> str | None:
        """Return the id of a version's first parent; None for a root."""
        parent = self.topology.first_parent[number]
        return self.id(parent) if parent != NONE else self.topology.outside.get(number)

    def skipped(self) -> Sequence[Skipped]:
        """Return the submodules that changed."""
        return tuple(
            Skipped(path=os.fsdecode(path), reason="submodule", count=count)
            for path, count in sorted(self._submodules.items())
        )
