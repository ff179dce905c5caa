"""Which commits to read, and the two git processes that read them."""

import subprocess
from dataclasses import dataclass

from loopwatch.sources.git_log import HEADER_FORMAT, LOG
from loopwatch.sources.git_process import Git, paths_after_dashes, widen


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


def start_topology(git: Git, selection: Selection) -> subprocess.Popen[bytes]:
    """Start to list the selected commits with their parents, newest first."""
    return git.open("rev-list", "--date-order", "--parents", *selection.arguments(), "--")


def start_log(git: Git, selection: Selection) -> subprocess.Popen[bytes]:
    """Start to tell the selected commits with what they change, oldest first."""
    whole = ["--full-history", "--sparse"] if selection.paths else []
    told = (*LOG, f"--format={HEADER_FORMAT}", *whole, *selection.arguments())
    log = git.open(*told, *paths_after_dashes(selection.paths))
    widen(log.stdout)
    return log
