"""Reads a range of a repository's history by streaming git itself."""

from __future__ import annotations

import os
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from loopwatch.errors import RangeError, SourceError
from loopwatch.graph.topology import NONE, Topology, topology
from loopwatch.model.history import Change, Rename
from loopwatch.model.report import Skipped
from loopwatch.model.version import Version
from loopwatch.sources.git_blobs import Blobs
from loopwatch.sources.git_log import HEADER_FORMAT, parse_log
from loopwatch.sources.git_process import Git, fields, finish, last_line, paths_after_dashes, stop
from loopwatch.sources.git_renames import Renames
from loopwatch.verdicts.agents import agent_in
from loopwatch.verdicts.intent import parse_message

LOG = (
    "log", "--reverse", "--date-order", "--raw", "-z", "--no-abbrev", "--no-renames",
    "--diff-merges=first-parent", "--root", "--no-ext-diff", "--no-textconv", "--no-color",
    "--no-decorate", "--no-notes", "--encoding=UTF-8", f"--format={HEADER_FORMAT}",
)  # fmt: skip
# The only lines of a body that say what an edit means to do; agents write whole essays around them.
TOLD = re.compile(rb"(?im)^.*\b(?:reverts? |reverting |reappl|reland|cherry.pick).*$")
LONGEST_DATE = 13  # digits, of seconds; enough for 30,000 years
KEPT_LINES, KEPT_BYTES = 3, 400  # of each message; a merge names its pull request on line 3


@dataclass(frozen=True, slots=True)
class Selection:
    """Which commits to read: revisions, and what limits them."""

    revisions: tuple[str, ...]  # ("HEAD",) or ("A..B",)
    max_count: int = 0  # newest commits; 0: all
    since: str | None = None
    paths: tuple[str, ...] = ()

    def arguments(self) -> list[str]:
        """Return the selection as arguments of ``git log`` and ``git rev-list``."""
        limits = [f"--max-count={self.max_count}"] if self.max_count else []
        limits += [f"--since={self.since}"] if self.since else []
        return [*limits, "--end-of-options", *self.revisions]


def read_topology(git: Git, selection: Selection) -> tuple[Topology, list[bytes]]:
    """Return the shape of the selected history, and its commit ids (hex) oldest first.

    Raises:
        RangeError: the revisions name nothing.
    """
    process = git.open("rev-list", "--date-order", "--parents", *selection.arguments(), "--")
    assert process.stdout is not None
    try:
        rows = (line.split() for run in fields(process.stdout, b"\n") for line in run if line)
        shape, ids = topology(rows)
        complaint = process.stderr.read() if process.stderr else b""
        if process.wait() != 0:
            raise RangeError(
                f"cannot read {' '.join(selection.revisions)}: {last_line(complaint)}",
                hint="give a commit, a branch, or a range such as origin/main..HEAD",
            )
    finally:
        stop(process)
    return shape, ids


@dataclass(slots=True)
class GitHistory:
    """One range of one repository; a ``History``.

    Messages are kept short and decoded when asked for: a hundred thousand of
    them have to fit in memory.
    """

    git: Git
    selection: Selection
    topology: Topology
    ids: list[bytes]
    blobs: Blobs
    renamed: Renames
    uncommitted: list[tuple[Version, Sequence[Change]]] = field(default_factory=list)
    _headers: list[bytes] = field(default_factory=list)
    _trees: bytearray = field(default_factory=bytearray)  # ids, end to end
    _times: array[int] = field(default_factory=lambda: array("q"))
    _submodules: dict[bytes, int] = field(default_factory=dict)
    _skipped: dict[tuple[bytes, str], int] = field(default_factory=dict)

    def changes(self) -> Iterator[Sequence[Change]]:
        """Yield what each version changed against its first parent, oldest first."""
        if self.ids:
            yield from self._committed()
        for _, changes in self.uncommitted:
            yield changes

    def _committed(self) -> Iterator[Sequence[Change]]:
        whole = ["--full-history", "--sparse"] if self.selection.paths else []
        process = self.git.open(
            *LOG, *whole, *self.selection.arguments(), *paths_after_dashes(self.selection.paths)
        )
        assert process.stdout is not None
        try:
            for header, changes in parse_log(fields(process.stdout), self._submodules):
                self._keep(header)
                yield changes
            finish(process, "the history")
        finally:
            stop(process)
            self.renamed.close()
        if len(self._headers) != len(self.ids):
            raise SourceError("the history changed while it was read", hint="run loopwatch again")

    def _keep(self, header: bytes) -> None:
        tree, authored, committed, name, email, message = header.split(b"\n", 5)
        self._trees += bytes.fromhex(tree.decode())
        self._times.append(_seconds(authored))
        self._times.append(_seconds(committed))
        lines = message.split(b"\n", KEPT_LINES)
        short = b"\n".join(lines[:KEPT_LINES])[:KEPT_BYTES]
        if len(lines) > KEPT_LINES:
            short = b"\n".join([short, *TOLD.findall(lines[KEPT_LINES])])
        agent = agent_in(b"\n".join((name, email, message))) or ""
        self._headers.append(agent.encode() + b"\0" + short)

    def renames(self, version: int, changes: Sequence[Change]) -> Sequence[Rename]:
        """Return renames of a commit, as git finds them among its changes."""
        del changes  # git knows them
        if version >= len(self.ids):
            return ()  # git status is not asked for what is not committed
        parent = self.parent(version)
        return self.renamed.of(self.ids[version].decode(), parent) if parent else ()

    def is_elsewhere(self, path: bytes) -> bool:
        """Tell whether a path is a submodule, so that there is no content to read."""
        return path in self._submodules

    def content(self, blob_id: bytes) -> bytes | str:
        """Return the content of a blob, or the reason why there is none."""
        return self.blobs.read(blob_id.hex())

    def version(self, number: int) -> Version:
        """Return the version of that number."""
        if number >= len(self.ids):
            return self.uncommitted[number - len(self.ids)][0]
        agent, _, message = self._headers[number].partition(b"\0")
        told = parse_message(message.decode("utf-8", "replace"))
        authored, committed = self._times[2 * number], self._times[2 * number + 1]
        return Version(
            id=self.ids[number].decode(),
            authored=authored,
            committed=committed,
            subject=told.subject,
            title=told.title,
            names=told.names,
            reapplies=told.reapplies,
            agent=agent.decode() or None,
        )

    def agent(self, number: int) -> str | None:
        """Return the coding agent that made a version, where a trailer tells."""
        if number >= len(self.ids):
            return None
        return self._headers[number].partition(b"\0")[0].decode() or None

    def tree(self, number: int) -> bytes | None:
        """Return the id of a commit's tree; None for what is not committed."""
        width = len(self._trees) // max(len(self._headers), 1)
        return bytes(self._trees[number * width : (number + 1) * width]) or None

    def id(self, number: int) -> str:
        """Return the id of a version."""
        if number >= len(self.ids):
            return self.uncommitted[number - len(self.ids)][0].id
        return self.ids[number].decode()

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


def _seconds(date: bytes) -> int:
    """Return a date as git prints it; one that nobody can have meant is 1970."""
    digits = date.strip()
    return int(digits) if digits.isdigit() and len(digits) < LONGEST_DATE else 0
