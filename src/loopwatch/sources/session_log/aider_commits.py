"""The commits that an Aider chat names, where it lies in its repository: exact contents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from loopwatch.errors import GitMissingError
from loopwatch.sources.git_blobs import Blobs
from loopwatch.sources.git_process import Git
from loopwatch.sources.session_log.commits import Commits, named
from loopwatch.sources.session_log.contents import LONGEST_KNOWN


@contextmanager
def commits_beside(log: Path, names: Iterable[str]) -> Iterator[Commits]:
    """Look up commits in the repository that a chat lies in the root of; none if there is none.

    Args:
        log: the chat.
        names: short ids, hexadecimal.
    """
    git = Git(log.parent)
    try:
        found = named(git, names) if (log.parent / ".git").exists() else {}
    except GitMissingError:
        found = {}
    if not found:
        yield Commits()
        return
    with Blobs(git, LONGEST_KNOWN) as blobs:
        yield Commits(blobs, found)
