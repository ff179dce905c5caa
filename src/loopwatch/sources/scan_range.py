"""From a range as the user writes it to versions that can be read."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from loopwatch.errors import RangeError
from loopwatch.graph.topology import Topology, topology
from loopwatch.model.options import INSIDE, Options
from loopwatch.sources.git_blobs import CACHE_BYTES, Blobs
from loopwatch.sources.git_process import Git, stop
from loopwatch.sources.git_renames import Renames
from loopwatch.sources.git_selection import Selection, start_log, start_topology
from loopwatch.sources.repository import Repository, is_unborn, line_name, resolve

if TYPE_CHECKING:
    from loopwatch.model.history import Frame
    from loopwatch.sources.commit_under_way import CommitUnderWay
    from loopwatch.sources.git_history import GitHistory
    from loopwatch.sources.working_tree import NotCommitted
    from loopwatch.verdicts.intent import ParsedMessage

NEWEST = 1000  # commits that are read unless more are asked for
AHEAD = 512  # commits; while these go by, git has found what one of them renames
FEW_BYTES = 1_000_000  # of contents that are kept where only files are followed


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRange:
    """What part of a history to read."""

    revision: str | None = None  # "A..B" or a revision; None: HEAD, the index, the working tree
    max_count: int = NEWEST  # newest commits, 0 for all; heeded unless a range is given
    since: str | None = None
    paths: tuple[str, ...] = ()
    message: "ParsedMessage | None" = None  # of what is not committed yet, if it is known
    under_way: "CommitUnderWay | None" = None  # read in place of the index and the working tree

    @property
    def is_range(self) -> bool:
        """Tell whether a first version is given."""
        return self.revision is not None and ".." in self.revision


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRange:
    """A range that git has begun to read."""

    repository: Repository
    wanted: ScanRange
    start: str | None  # the first and the last version, where there is one
    end: str | None
    blobs: Blobs
    renames: Renames
    ahead: int  # commits that are read before their turn
    shape: subprocess.Popen[bytes] | None  # None: nothing is committed yet
    log: subprocess.Popen[bytes] | None
    agents: tuple[tuple[str, str], ...] = ()  # beside the known ones

    def read(self) -> "tuple[GitHistory, Topology, Frame]":
        """Return the versions, ready to be read, and what frames them.

        Raises:
            RangeError: git cannot find them.
        """
        from loopwatch.sources.git_history import GitHistory, read_topology
        from loopwatch.verdicts.agents import more_agents

        frame = _frame(self.repository, self.wanted, self.start, self.end)  # while git walks
        shape, ids = read_topology(self.shape, self.log) if self.shape else topology(())
        history = GitHistory(
            git=self.repository.git,
            log=self.log,
            topology=shape,
            ids=ids,
            blobs=self.blobs,
            renamed=self.renames,
            ahead=self.ahead,
            known_agents=more_agents(self.agents),
        )
        if self.wanted.revision is None and not self.repository.is_bare and ids:
            for version in self._not_committed(history):
                shape.append()
                history.uncommitted.append(version)
        return history, shape, frame

    def _not_committed(self, history: "GitHistory") -> "Iterator[NotCommitted]":
        """Yield the versions that come after the commits, and tell the history of the index."""
        from loopwatch.sources.git_index import Index
        from loopwatch.sources.working_tree import WorkingTree

        wanted, commit = self.wanted, self.wanted.under_way
        file = commit.index if commit else None
        index = Index(self.repository, wanted.paths, self.end or "HEAD", file)
        history.index = index
        message = commit.message.told if commit and commit.message else wanted.message
        tree = WorkingTree(self.repository.git, self.blobs, index, message)
        if commit is None:
            yield from tree.versions()
        else:
            yield from tree.about_to_be(commit, history.known_agents)


@contextmanager
def open_range(repository: Repository, wanted: ScanRange, options: Options) -> Iterator[OpenRange]:
    """Let git read a range while Python still loads what the versions will go through.

    Args:
        repository: where it is.
        wanted: what to read.
        options: choices of this run.

    Raises:
        RangeError: the range names nothing.
        SourceError: git cannot read it.
    """
    git = repository.git
    wanted = replace(wanted, paths=tuple(_from_root(repository, path) for path in wanted.paths))
    selection, start, end = _selection(git, wanted)
    room = CACHE_BYTES if options.units & INSIDE else FEW_BYTES
    shape, log = None, None
    with ExitStack() as stack:
        if end is not None:
            shape, log = start_topology(git, selection), start_log(git, selection)
            stack.callback(stop, shape)
            stack.callback(stop, log)
        yield OpenRange(
            repository=repository,
            wanted=wanted,
            start=start,
            end=end,
            blobs=stack.enter_context(Blobs(git, options.largest_file, room)),
            renames=stack.enter_context(closing(Renames(git))),
            ahead=0 if options.units & INSIDE else AHEAD,
            shape=shape,
            log=log,
            agents=options.agents,
        )


def _from_root(repository: Repository, path: str) -> str:
    """Return a pathspec as git takes it at the root; those with magic are left alone."""
    if path.startswith(":") or repository.prefix in {"", "."}:
        return path
    return f"{repository.prefix}/{path}"


def _selection(git: Git, wanted: ScanRange) -> tuple[Selection, str | None, str | None]:
    """Return what to ask git for, and the ids of the first (if given) and the last version."""
    if wanted.is_range and wanted.revision:
        start, end = ends(git, wanted.revision)
        return Selection((f"{start}..{end}",), paths=wanted.paths), start, end
    newest = wanted.under_way.base if wanted.under_way else None
    try:
        end = newest or resolve(git, wanted.revision or "HEAD")
    except RangeError:
        if wanted.revision is None and is_unborn(git):
            return Selection(()), None, None  # nothing is committed yet
        raise
    count = 0 if wanted.since else wanted.max_count
    return Selection((end,), max_count=count, since=wanted.since, paths=wanted.paths), None, end


def ends(git: Git, revisions: str) -> tuple[str, str]:
    """Return the ids of the first and the last version of "A..B".

    Raises:
        RangeError: one of them names nothing, or there are three dots.
    """
    first, _, last = revisions.partition("..")
    if last.startswith("."):
        raise RangeError(f"{revisions} has three dots", hint=f"write {first}..{last.lstrip('.')}")
    return resolve(git, first or "HEAD"), resolve(git, last or "HEAD")


def _frame(
    repository: Repository, wanted: ScanRange, start: str | None, end: str | None
) -> "Frame":
    from loopwatch.model.history import Frame
    from loopwatch.model.report import Source

    git = repository.git
    asked = wanted.revision or "HEAD"
    last = asked.rpartition("..")[2] if wanted.is_range else asked
    notices = []
    if repository.is_shallow and not start:
        notices.append(
            "shallow clone: history before its oldest commits is not here, nor are loops in it; "
            "to see them: git fetch --unshallow"
        )
    return Frame(
        source=Source(kind="git", name=repository.name, range=_range_text(wanted, start, end)),
        line_name=line_name(git, last or "HEAD"),
        attributes=(git.text("show", f"{end}:.gitattributes") or "") if end else "",
        id_width=repository.id_width,
        is_complete=not repository.is_shallow,
        notices=tuple(notices),
    )


def _range_text(wanted: ScanRange, start: str | None, end: str | None) -> str:
    if end is None:
        return "(no commits)"
    if start is not None:
        return f"{start[:12]}..{end[:12]}"
    limit = f" since {wanted.since}" if wanted.since else ""
    limit = limit or (f" (newest {wanted.max_count})" if wanted.max_count else "")
    return f"{end[:12]}{limit}"
