"""What ``doctor`` looks at: whether loopwatch can work here, and what to do where it cannot."""

import importlib.util
import os
import platform
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from loopwatch import __version__
from loopwatch.errors import GitMissingError, LoopwatchError
from loopwatch.sources.config_file import Settings
from loopwatch.sources.git_process import Git
from loopwatch.sources.repository import Repository, find_repository

OLDEST_GIT = (2, 31)
NUMBERS = re.compile(r"(\d+)\.(\d+)")
MANY = 6  # names that are listed one by one


class State(StrEnum):
    """How one thing is."""

    OK = "ok"
    OFF = "off"  # not in use, and nothing is wrong with that
    WARNING = "warning"  # loopwatch works, with less than it could
    ERROR = "error"  # it cannot work here


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What was found about one thing."""

    name: str
    state: State
    told: str
    to_do: str = ""


def checkup(folder: Path, read: Callable[[], Settings]) -> Iterator[Check]:
    """Yield what is found in a folder; nothing is changed, and nothing is asked of a network.

    Args:
        folder: in a repository, or not.
        read: returns the settings, or raises a ``LoopwatchError`` that says what is wrong.
    """
    from loopwatch.installing import checkup_hooks, checkup_tools

    yield Check(name="loopwatch", state=State.OK, told=f"{__version__}, Python {_python()}")
    try:
        yield _git(folder)
        repository = find_repository(folder)
    except LoopwatchError as error:
        name = "git" if isinstance(error, GitMissingError) else "repository"
        yield Check(name=name, state=State.ERROR, told=str(error), to_do=error.hint)
        yield checkup_tools.languages()
        yield checkup_tools.agents()
        return
    yield _repository(repository)
    settings, check = _settings(read)
    yield check
    yield _ignored(repository)
    if not repository.is_bare:
        hooks = checkup_hooks.git_hooks(repository)
        yield hooks
        yield checkup_hooks.framework(repository, hooks.state)
        yield checkup_hooks.ci(repository)
    yield checkup_tools.ledger(repository)
    yield checkup_tools.languages()
    yield checkup_tools.detectors(repository, settings)
    yield checkup_tools.agents()


def _python() -> str:
    return f"{platform.python_version()} ({sys.executable or 'of unknown place'})"


def _git(folder: Path) -> Check:
    told = (Git(folder if folder.is_dir() else Path()).text("--version") or "").removeprefix(
        "git version "
    )
    found = NUMBERS.search(told)
    if found and (int(found[1]), int(found[2])) >= OLDEST_GIT:
        return Check(name="git", state=State.OK, told=told)
    oldest = ".".join(map(str, OLDEST_GIT))
    return Check(
        name="git",
        state=State.ERROR,
        told=f"{told or 'unknown version'}, which is too old",
        to_do=f"install git {oldest} or newer",
    )


def _repository(repository: Repository) -> Check:
    told = repository.name + (", bare" if repository.is_bare else "")
    if repository.is_shallow:
        return Check(
            name="repository",
            state=State.WARNING,
            told=f"{told}, a shallow clone: loops with an older beginning are not seen",
            to_do="git fetch --unshallow",
        )
    return Check(name="repository", state=State.OK, told=told)


def _settings(read: Callable[[], Settings]) -> tuple[Settings, Check]:
    try:
        settings = read()
    except LoopwatchError as error:
        check = Check(name="settings", state=State.ERROR, told=str(error), to_do=error.hint)
        return Settings(), check
    if not settings.values:
        return settings, Check(name="settings", state=State.OK, told="none, so all is as it comes")
    places = {origin.rpartition(":")[0] or origin for origin in settings.origins.values()}
    told = f"{len(settings.values)} from {', '.join(sorted(places))}"
    return settings, Check(name="settings", state=State.OK, told=told)


def _ignored(repository: Repository) -> Check:
    from loopwatch.keeping.accepting import listed_in

    try:
        count = len(listed_in(repository))
    except LoopwatchError as error:
        return Check(name="ignored", state=State.ERROR, told=str(error), to_do=error.hint)
    return Check(
        name="ignored",
        state=State.OK if count else State.OFF,
        told=f"{count} in the list of what is accepted" if count else "no finding is accepted",
    )


def is_installed(module: str) -> bool:
    """Tell whether a module can be imported, without doing so."""
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def some(names: list[str]) -> str:
    """Return names, not all of them if they are many."""
    more = f" and {len(names) - MANY} more" if len(names) > MANY else ""
    return ", ".join(names[:MANY]) + more


def text_of(path: Path, most: int) -> str:
    """Return the beginning of a file; nothing if it cannot be read."""
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            return os.fsdecode(file.read(most))
    except OSError:
        return ""
