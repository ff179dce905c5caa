"""Versions and the lines of work that they lie on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One state of the code base: a commit, the index, or the working tree."""

    id: str  # full commit id, "index" or "worktree"
    parents: tuple[str, ...] = ()
    authored: int = 0  # seconds since 1970, UTC
    committed: int = 0  # seconds since 1970, UTC
    subject: str | None = ""  # first line of the message; None: there is no message yet
    title: str = ""  # of a merge: the title of its pull request, where the body gives one
    names: tuple[str, ...] = ()  # commits that the body says it reverts, as written there
    reapplies: tuple[str, ...] = ()  # commits that the body says it reapplies or picks
    agent: str | None = None  # the coding agent that made it, where a trailer tells
    is_admitted: bool = False  # git itself has a revert under way


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectory:
    """One line of work: versions in order, each the first parent of the next."""

    id: str  # branch name, "HEAD", or "side of <merge>"
    versions: int
    start: str | None  # the version it starts from; None for a root
    end: str
    agent: str | None = None
