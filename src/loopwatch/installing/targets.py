"""What loopwatch can be installed into."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from loopwatch.errors import InstallError
from loopwatch.installing import ci_files, framework_config, git_hooks
from loopwatch.installing.changes import Plan
from loopwatch.sources.repository import Repository, find_repository


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to install loopwatch into, and to take it out of; neither changes anything yet."""

    install: Callable[[Repository], Plan]
    uninstall: Callable[[Repository], Plan]


TARGETS: Mapping[str, Target] = MappingProxyType(
    {
        "git": Target(git_hooks.install, git_hooks.uninstall),
        "pre-commit": Target(framework_config.install, framework_config.uninstall),
        "github": Target(ci_files.install_github, ci_files.uninstall_github),
        "gitlab": Target(ci_files.install_gitlab, ci_files.uninstall_gitlab),
    }
)
AGENTS = frozenset("claude codex gemini cursor copilot cline opencode windsurf kiro aider".split())
"""Names that are kept for the hooks of coding agents."""


def repository_here(folder: Path) -> Repository:
    """Return the repository to install into.

    Raises:
        InstallError: it is a bare one.
        NotARepositoryError: there is none.
    """
    repository = find_repository(folder)
    if repository.is_bare:
        raise InstallError(
            "a bare repository has no files, and nobody commits in it",
            hint="run it in a clone, or in a working tree of this repository",
        )
    return repository
