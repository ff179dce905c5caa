"""Where git looks for hooks, and whether that place is this repository's own."""

import os
from dataclasses import dataclass
from pathlib import Path

from loopwatch.errors import InstallError
from loopwatch.sources.repository import Repository

BY_US = b"command"  # git's name for settings of the command line, where our own are


@dataclass(frozen=True, slots=True, kw_only=True)
class HookFolder:
    """The folder that git runs hooks from."""

    path: Path
    git_folder: Path  # shared by all working trees
    setting: str | None = None  # what core.hooksPath says, if it is set
    scope: str = ""  # where it is set: system, global, local or worktree
    is_own: bool = True  # of this repository alone, and not among the files that git keeps


def hook_folder(repository: Repository) -> HookFolder:
    """Return where git looks for hooks in a repository.

    Raises:
        InstallError: git does not tell.
    """
    own = _git_folder(repository)
    scope, setting = _hooks_path(repository)
    if setting is None:
        path = own / "hooks"
        return HookFolder(path=path, git_folder=own, is_own=_is_inside(path, own))
    path = repository.git.folder / setting  # relative to where hooks run: the top of the tree
    return HookFolder(
        path=path,
        git_folder=own,
        setting=setting,
        scope=scope,
        is_own=_is_inside(path, own),
    )


def _git_folder(repository: Repository) -> Path:
    folder = repository.git.text("rev-parse", "--path-format=absolute", "--git-common-dir")
    if folder is None:
        raise InstallError("git does not tell where its folder is", hint="git 2.31 or newer does")
    return Path(folder)


def _hooks_path(repository: Repository) -> tuple[str, str | None]:
    """Return the scope and value of core.hooksPath that holds; that of our own calls is none."""
    asked = ("config", "--show-scope", "--null", "--type=path", "--get-all", "core.hooksPath")
    status, output, complaint = repository.git.ask(*asked)
    if status not in {0, 1}:
        raise InstallError(f"git cannot read core.hooksPath: {complaint}")
    words = output.split(b"\0")
    found = [(s, v) for s, v in zip(words[::2], words[1::2], strict=False) if s != BY_US]
    if not found:
        return "", None
    scope, value = found[-1]
    return scope.decode(), os.fsdecode(value)


def _is_inside(path: Path, folder: Path) -> bool:
    """Tell whether a folder, links followed, lies in git's own."""
    return path.resolve().is_relative_to(folder.resolve())
