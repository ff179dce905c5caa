"""Which commits to read, and the two git processes that read them.

One walks the history, as nothing can be said of the first commit before it is known what came of
it; the other is asked what each commit changed. Both in one, git would have to walk twice.
"""

import os
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Thread

from loopwatch.sources.git_log import ASKED
from loopwatch.sources.git_process import Git, paths_after_dashes, widen

ALL_AT_ONCE = (("GIT_FLUSH", "0"),)  # git writes full buffers, not one commit at a time


@dataclass(frozen=True, slots=True)
class Selection:
    """Which commits to read: revisions, and what limits them."""

    revisions: tuple[str, ...]  # ("HEAD",) or ("A..B",)
    max_count: int = 0  # newest commits; 0: all
    since: str | None = None
    paths: tuple[str, ...] = ()

    def arguments(self) -> list[str]:
        """Return the selection as arguments of ``git rev-list``."""
        limits = [f"--max-count={self.max_count}"] if self.max_count else []
        limits += [f"--since={self.since}"] if self.since else []
        return [*limits, "--end-of-options", *self.revisions]


def start_topology(git: Git, selection: Selection) -> subprocess.Popen[bytes]:
    """Start to list the selected commits with their parents, newest first."""
    return git.open("rev-list", "--date-order", "--parents", *selection.arguments(), "--")


def start_log(git: Git, selection: Selection) -> subprocess.Popen[bytes]:
    """Start what tells commits with what they change, as soon as it is asked for them."""
    paths = paths_after_dashes(selection.paths)
    git = replace(git, environment=(*git.environment, *ALL_AT_ONCE))
    log = git.open(*ASKED, *paths, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    widen(log.stdout)
    return log


def questions(lines: Sequence[bytes]) -> bytes:
    """Return what to ask for: commits with their first parents, oldest first.

    Args:
        lines: of what ``start_topology`` returned, newest first.
    """
    width = len(lines[0].partition(b" ")[0])  # of all ids
    return b"".join([line[: 2 * width + 1] + b"\n" for line in reversed(lines)])


def ask(log: subprocess.Popen[bytes], runs: list[bytes]) -> None:
    """Ask for commits, and go on meanwhile: git answers long before it has read all questions.

    Args:
        log: what ``start_log`` returned.
        runs: of questions; the last one is asked first. They are taken out.
    """
    assert log.stdin is not None
    pipe = os.dup(log.stdin.fileno())  # that of a thread, whoever closes the other
    log.stdin.close()
    Thread(target=_write, args=(pipe, runs), daemon=True).start()


def _write(pipe: int, runs: list[bytes]) -> None:
    """Write runs to a pipe, the last one first; where git is gone, its answer tells."""
    with suppress(BrokenPipeError), open(pipe, "wb") as stream:
        while runs:
            stream.write(runs.pop())
