"""From an event to the range of commits that a request brings, in the clone that there is."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace

from loopwatch.errors import RangeError, SourceError
from loopwatch.hosting.event import Event
from loopwatch.sources.config_file import HIDDEN, OWN, SHARED
from loopwatch.sources.git_process import Git
from loopwatch.sources.ignore_file import NAME as IGNORE_FILE
from loopwatch.sources.notes import ALLOWED, KEPT, is_id
from loopwatch.sources.remotes import remote_named
from loopwatch.sources.repository import Repository, resolve

FETCH = (
    "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-gc",
    "--no-recurse-submodules", "--no-filter",
)  # fmt: skip
WHOLE = "actions/checkout with `fetch-depth: 0` fetches all history; or set `deepen: true` here"
ANYWHERE = tuple(f":(glob)**/{name}" for name in (OWN, HIDDEN))


@dataclass(frozen=True, slots=True, kw_only=True)
class Commits:
    """The commits that a request brings."""

    base: str | None  # the last commit that is not one of them; None: there is one only
    head: str

    @property
    def revision(self) -> str:
        """The same as a range for ``check``."""
        return f"{self.base}..{self.head}" if self.base else self.head


def asked(event: Event, base: str, head: str, checked_out: str) -> Event:
    """Return the event with what the user asked for in place of what it says.

    Args:
        event: what happened.
        base: a revision, or "".
        head: a revision, or "".
        checked_out: the commit that the workflow runs for, or "".
    """
    if base or head:
        event = replace(event, is_push=False)
    return replace(event, base=base or event.base, head=head or event.head or checked_out or "HEAD")


def deepened(repository: Repository, event: Event) -> None:
    """Fetch the history that a shallow clone lacks.

    Raises:
        SourceError: the remote cannot be reached, or does not give it.
    """
    remote = remote_named(repository.git, None)
    kept = tuple((name, os.environ[name]) for name in KEPT if name in os.environ)
    git = Git(repository.git.folder, ALLOWED, kept)
    # By id: the head of a fork is on no branch of this remote.
    wanted = [one for one in (event.head, event.base) if is_id(one)]
    depth = ("--unshallow",) if repository.is_shallow else ()
    status, _, complaint = git.ask(*FETCH, *depth, "--", remote, *wanted)
    if status != 0:
        raise SourceError(
            f"git cannot fetch the rest of the history: {complaint}",
            hint="let actions/checkout fetch it: `fetch-depth: 0`",
        )


def commits(repository: Repository, event: Event, say: Callable[[str], None]) -> Commits:
    """Return the commits of a request: from where its line left the base's to its head.

    Args:
        repository: the clone.
        event: what happened, with what the user asked for.
        say: is given a line for what could not be done.

    Raises:
        RangeError: the clone does not have them, or there is nothing to compare with.
    """
    git = repository.git
    head = _found(repository, event.head, "the newest commit of the request")
    if event.is_push and (not event.base or git.ask("cat-file", "-e", event.base)[0] != 0):
        say("what the branch was before this push is not known here: only its newest commit is")
        return Commits(base=None, head=head)
    if not event.base:
        raise RangeError(
            "nothing to compare with: this event is no pull request and no push",
            hint="set `base`: a commit, a branch, a tag",
        )
    base = _found(repository, event.base, "the commit that the request is to be merged into")
    fork = git.text("merge-base", base, head)
    if fork is None and repository.is_shallow:
        raise RangeError(
            "the clone is shallow, and does not reach back to where this line of work began",
            hint=WHOLE,
        )
    return Commits(base=fork or base, head=head)


def _found(repository: Repository, revision: str, what: str) -> str:
    try:
        return resolve(repository.git, revision)
    except RangeError as error:
        why = ", which is shallow" if repository.is_shallow else ""
        raise RangeError(f"{what} ({revision}) is not in this clone{why}", hint=WHOLE) from error


def is_checked_out(git: Git, head: str) -> bool:
    """Tell whether what lies in the folder was made from what the head holds."""
    trees = [
        git.text("rev-parse", "--verify", "--quiet", f"{one}^{{tree}}") for one in ("HEAD", head)
    ]
    return trees[0] is not None and trees[0] == trees[1]


def changed_settings(git: Git, found: Commits) -> tuple[str, ...]:
    """Return the files of a request that change what loopwatch itself says or leaves out."""
    if found.base is None:
        return ()
    names = _changed(git, found, IGNORE_FILE, *ANYWHERE)
    marked = _changed(git, found, ".gitattributes", lines="linguist-")
    shared = {SHARED} if _shared(git, found.base) != _shared(git, found.head) else set()
    return tuple(sorted({*names, *marked, *shared}))


def _changed(git: Git, found: Commits, *paths: str, lines: str = "") -> list[str]:
    only = (f"-G{lines}",) if lines else ()
    options = ("--no-ext-diff", "--no-textconv", "--no-renames", "--name-only", "-z", *only)
    told = git.text("diff", *options, str(found.base), found.head, "--", *paths)
    return [name for name in (told or "").split("\0") if name]


def _shared(git: Git, commit: str) -> object:
    """Return the table of ours in the ``pyproject.toml`` of a commit."""
    import tomllib

    text = git.text("show", f"{commit}:{SHARED}") or ""
    try:
        tool = tomllib.loads(text).get("tool", {}) if "loopwatch" in text else {}
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    return tool.get("loopwatch") if isinstance(tool, dict) else None
