"""What git tells its hooks of the commit that it is about to make."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from loopwatch.errors import SourceError
from loopwatch.model.version import Version
from loopwatch.sources.commit_message import Message, read_message_file
from loopwatch.sources.git_index import Index
from loopwatch.sources.git_process import Git
from loopwatch.sources.repository import Repository
from loopwatch.verdicts.agents import AGENTS, Agent, agent_in

# Files and folders of the git folder that say what git is in the middle of.
REPLAYS: Mapping[str, str] = {
    "MERGE_HEAD": "a merge",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase or git am",
    "CHERRY_PICK_HEAD": "a cherry-pick",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitUnderWay:
    """A commit that is about to be made of the index, as far as git and its message tell."""

    base: str | None = None  # id of the commit that comes before it; None: it is the first one
    is_amend: bool = False  # it takes the place of the newest commit
    index: Path | None = None  # None: the usual one
    message: Message | None = None  # None: it is not known yet
    author: tuple[str, str] = ("", "")  # name and address
    authored: int | None = None  # seconds since 1970, UTC
    committed: int | None = None  # the same, where the user has set it
    replay: str = ""  # why nothing can be said of it, if nothing can

    def named(self, version: Version, agents: Sequence[Agent] = AGENTS) -> Version:
        """Return the version that its index is, with what is known of the commit.

        Args:
            version: what its index and its message tell.
            agents: that there are.
        """
        signed = "\0".join((*self.author, self.message.text if self.message else ""))
        return replace(
            version,
            authored=version.authored if self.authored is None else self.authored,
            committed=version.committed if self.committed is None else self.committed,
            agent=agent_in(signed.encode(errors="replace"), agents),
        )


def commit_under_way(
    repository: Repository, message: Path | None, environment: Mapping[str, str] | None = None
) -> CommitUnderWay:
    """Return the commit that git is about to make, or would make now.

    Args:
        repository: where it is made.
        message: the file that commit-msg is given, if there is one.
        environment: what git has set for its hooks; by default, that of this process.

    Raises:
        SourceError: there is no index, or the message cannot be read.
    """
    given = os.environ if environment is None else environment
    if repository.is_bare:
        raise SourceError("a bare repository has no index", hint="name a range: main~3..main")
    git = repository.git
    index = _index(git, given)
    told = CommitUnderWay(
        index=index,
        message=read_message_file(git, message, given) if message is not None else None,
        author=(given.get("GIT_AUTHOR_NAME", ""), given.get("GIT_AUTHOR_EMAIL", "")),
        authored=_seconds(given.get("GIT_AUTHOR_DATE", "")),
        committed=_seconds(given.get("GIT_COMMITTER_DATE", "")),
        replay=_replay(git),
    )
    head = git.text("log", "-1", "--format=%H %at %P", "HEAD", "--")
    if not head:
        return told
    newest, authored, *parents = head.split()
    if told.authored is None or str(told.authored) != authored:
        return replace(told, base=newest)
    if told.committed == told.authored:  # dates are made up: any two commits may share one
        return replace(told, base=newest)
    if not _is_amend(Index(repository, file=index), told.authored):
        return replace(told, base=newest)
    if len(parents) > 1:
        return replace(told, base=newest, replay=told.replay or "an amended merge")
    return replace(told, base=parents[0] if parents else None, is_amend=True)


def _is_amend(index: Index, authored: int) -> bool:
    """Tell whether a commit with the author date of the newest one takes its place.

    ``--amend`` keeps that date. Of two commits of one second the later has it too, but then
    what it takes in was not staged after that second.
    """
    return index.modified() > authored or not index.changes()


def _index(git: Git, environment: Mapping[str, str]) -> Path | None:
    """Return the index that git names to its hooks, unless it is that of another repository.

    Raises:
        SourceError: there is no such file.
    """
    named = environment.get("GIT_INDEX_FILE")
    if not named:
        return None
    file = Path(named).absolute()
    if not file.is_file():
        raise SourceError(f"the index that GIT_INDEX_FILE names is not there: {named}")
    own = git.text("rev-parse", "--absolute-git-dir") or ""
    is_foreign = (file.parent / "HEAD").exists() and not file.parent.samefile(own)
    return None if is_foreign else file


def _replay(git: Git) -> str:
    """Return what git is in the middle of, empty if nothing."""
    folder = Path(git.text("rev-parse", "--absolute-git-dir") or "")
    return next((what for name, what in REPLAYS.items() if (folder / name).exists()), "")


def _seconds(date: str) -> int | None:
    """Return a date as git hands it on; None if there is none, or it is written otherwise."""
    seconds = date.removeprefix("@").partition(" ")[0]
    return int(seconds) if seconds.isascii() and seconds.isdigit() else None
