"""Versions and the lines of work that they lie on."""

from dataclasses import dataclass

from loopwatch.model.progress import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One state of the code base: a commit, the index, the working tree, a step of a session."""

    id: str  # full commit id, "index" or "worktree"; in a session, the id of a step
    parents: tuple[str, ...] = ()
    authored: int = 0  # seconds since 1970, UTC
    committed: int = 0  # seconds since 1970, UTC
    subject: str | None = ""  # first line of the message; None: there is no message yet
    title: str = ""  # of a merge: the title of its pull request, where the body gives one
    names: tuple[str, ...] = ()  # commits that the body says it reverts, as written there
    reapplies: tuple[str, ...] = ()  # commits that the body says it reapplies or picks
    agent: str | None = None  # the coding agent that made it, where a trailer tells
    is_admitted: bool = False  # git itself has a revert under way; or it was said so, in a session
    is_fix: bool | None = None  # in a session: what the prompt asks for; None: the subject tells
    turn: int | None = None  # in a session: how often the user had said something by then


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectory:
    """One line of work: versions in order, each the first parent of the next."""

    id: str  # branch name, "HEAD", or "side of <merge>"; of a session, its id
    versions: int
    start: str | None  # the version it starts from; None for a root
    end: str
    agent: str | None = None
    path: str | None = None  # of a session: its log
    progress: Progress | None = None  # of a session
