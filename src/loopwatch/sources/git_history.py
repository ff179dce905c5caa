"""Reads a range of a repository's history by streaming git itself."""

from __future__ import annotations

import os
import subprocess
from binascii import unhexlify
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from loopwatch.errors import RangeError, SourceError
from loopwatch.graph.file_watch import Comings, has_arrivals
from loopwatch.graph.topology import NONE, Topology, topology
from loopwatch.model.history import Change, Rename
from loopwatch.model.report import Skipped
from loopwatch.model.version import Version
from loopwatch.sources.git_blobs import Blobs
from loopwatch.sources.git_headers import Headers, ObjectIds
from loopwatch.sources.git_log import parse_log
from loopwatch.sources.git_process import Git, fields, finish, last_line
from loopwatch.sources.git_renames import Renames


def read_topology(process: subprocess.Popen[bytes]) -> tuple[Topology, list[bytes]]:
    """Return the shape of a history, and its commit ids (binary) oldest first.

    Args:
        process: what ``start_topology`` returned.

    Raises:
        RangeError: the revisions name nothing.
    """
    assert process.stdout is not None
    lines = (line for run in fields(process.stdout, b"\n") for line in run if line)
    rows = ([unhexlify(id_) for id_ in line.split()] for line in lines)
    shape, ids = topology(rows)
    complaint = process.stderr.read() if process.stderr else b""
    if process.wait() != 0:
        raise RangeError(
            f"cannot read the history: {last_line(complaint)}",
            hint="give a commit, a branch, or a range such as origin/main..HEAD",
        )
    return shape, ids


@dataclass(slots=True)
class GitHistory:
    """One range of one repository; a ``History``. It can be read once."""

    git: Git
    log: subprocess.Popen[bytes] | None  # what ``start_log`` returned; None: nothing is committed
    topology: Topology
    ids: ObjectIds
    blobs: Blobs
    renamed: Renames
    ahead: int = 0  # commits that are read before their turn, so that git finds renames meanwhile
    uncommitted: list[tuple[Version, Sequence[Change]]] = field(default_factory=list)
    _headers: Headers = field(default_factory=Headers)
    _submodules: dict[bytes, int] = field(default_factory=dict)

    def changes(self) -> Iterator[Sequence[Change]]:
        """Yield what each version changed against its first parent, oldest first."""
        if self.log is not None:
            yield from self._committed(self.log)
        for _, changes in self.uncommitted:
            yield changes

    def _committed(self, log: subprocess.Popen[bytes]) -> Iterator[Sequence[Change]]:
        assert log.stdout is not None
        ahead: deque[Sequence[Change]] = deque()
        for number, (header, changes) in enumerate(parse_log(fields(log.stdout), self._submodules)):
            self._headers.add(header)
            if self.ahead and has_arrivals(changes):
                self._expect_renames(number, changes)
            ahead.append(changes)
            if len(ahead) > self.ahead:
                yield ahead.popleft()
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
            return ()  # git status is not asked for what is not committed
        parent = self.parent(version)
        return self.renamed.of(self.id(version), parent) if parent else ()

    def is_elsewhere(self, path: bytes) -> bool:
        """Tell whether a path is a submodule, so that there is no content to read."""
        return path in self._submodules

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
        return self._headers.agents()

    def tree(self, number: int) -> bytes | None:
        """Return the id of a commit's tree; None for what is not committed."""
        return self._headers.tree(number) or None

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
