"""From a range as the user writes it to versions that can be read."""

from dataclasses import dataclass, replace

from loopwatch.errors import RangeError
from loopwatch.graph.topology import Topology, topology
from loopwatch.model.history import Frame
from loopwatch.model.report import Source
from loopwatch.sources.git_blobs import Blobs
from loopwatch.sources.git_history import GitHistory, Selection, read_topology
from loopwatch.sources.git_process import Git
from loopwatch.sources.git_renames import Renames
from loopwatch.sources.repository import Repository, is_unborn, line_name, resolve
from loopwatch.sources.working_tree import WorkingTree


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRange:
    """What part of a history to read."""

    revision: str | None = None  # "A..B" or a revision; None: HEAD, the index, the working tree
    max_count: int = 1000  # newest commits, 0 for all; heeded unless a range is given
    since: str | None = None
    paths: tuple[str, ...] = ()

    @property
    def is_range(self) -> bool:
        """Tell whether a first version is given."""
        return self.revision is not None and ".." in self.revision


def read_range(
    repository: Repository, blobs: Blobs, wanted: ScanRange
) -> tuple[GitHistory, Topology, Frame]:
    """Return the versions of a range, ready to be read, and what frames them.

    Raises:
        RangeError: it names nothing.
        SourceError: git cannot read it.
    """
    git = repository.git
    wanted = replace(wanted, paths=tuple(_from_root(repository, path) for path in wanted.paths))
    selection, start, end = _selection(git, wanted)
    shape, ids = read_topology(git, selection) if end else (topology(()))
    history = GitHistory(
        git=git,
        selection=selection,
        topology=shape,
        ids=ids,
        blobs=blobs,
        renamed=Renames(git),
    )
    if wanted.revision is None and not repository.is_bare and ids:
        for version in WorkingTree(git, blobs, wanted.paths).versions():
            shape.append()
            history.uncommitted.append(version)
    return history, shape, _frame(repository, wanted, start, end)


def _from_root(repository: Repository, path: str) -> str:
    """Return a pathspec as git takes it at the root; those with magic are left alone."""
    if path.startswith(":") or repository.prefix in {"", "."}:
        return path
    return f"{repository.prefix}/{path}"


def _selection(git: Git, wanted: ScanRange) -> tuple[Selection, str | None, str | None]:
    """Return what to ask git for, and the ids of the first (if given) and the last version."""
    if wanted.is_range and wanted.revision:
        first, _, last = wanted.revision.partition("..")
        if last.startswith("."):
            raise RangeError(
                f"{wanted.revision} has three dots", hint=f"write {first}..{last.lstrip('.')}"
            )
        start, end = resolve(git, first or "HEAD"), resolve(git, last or "HEAD")
        return Selection((f"{start}..{end}",), paths=wanted.paths), start, end
    if wanted.revision is None and is_unborn(git):
        return Selection(()), None, None  # nothing is committed yet
    end = resolve(git, wanted.revision or "HEAD")
    count = 0 if wanted.since else wanted.max_count
    return Selection((end,), max_count=count, since=wanted.since, paths=wanted.paths), None, end


def _frame(repository: Repository, wanted: ScanRange, start: str | None, end: str | None) -> Frame:
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
