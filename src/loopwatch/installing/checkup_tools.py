"""What loopwatch has to work with: the ledger, grammars, detectors, logs of agents."""

import os
import shutil
from pathlib import Path

from loopwatch.errors import LoopwatchError
from loopwatch.installing.checkup import Check, State, is_installed, some
from loopwatch.model.saying import unheard
from loopwatch.sources.config_file import Settings
from loopwatch.sources.repository import Repository


def ledger(repository: Repository) -> Check:
    """Tell what is kept of the repository, without making or mending anything."""
    from loopwatch.keeping.place import ledger_path
    from loopwatch.keeping.upkeep import stats
    from loopwatch.store.failures import DamagedError
    from loopwatch.store.opening import open_for_reading

    try:
        path = ledger_path(repository)
        database = open_for_reading(path)
        if database is None:
            return Check(
                name="ledger",
                state=State.OFF,
                told="empty: no test or linter was recorded",
                to_do="loopwatch record -- COMMAND",
            )
        database.close()
        found = stats(repository.git.folder, unheard)  # what there is to say is said here
    except DamagedError as error:
        told = f"damaged ({error}); the next who writes sets it aside and saves what can be read"
        return Check(name="ledger", state=State.WARNING, told=told)
    except LoopwatchError as error:
        return Check(name="ledger", state=State.WARNING, told=str(error), to_do=error.hint)
    names = [count.detector for count in found.counts]
    results = sum(count.results for count in found.counts)
    told = f"{results:,} results of {some(names)}, {found.size / 1_000_000:.1f} MB"
    return Check(name="ledger", state=State.OK, told=told if names else "empty")


def languages() -> Check:
    """Tell which grammars are installed."""
    from loopwatch.diffing.grammars import CORE
    from loopwatch.diffing.more_grammars import EXTRA

    grammars = {**CORE, **EXTRA}
    missing = [name for name, grammar in grammars.items() if not is_installed(grammar.module)]
    if not is_installed("tree_sitter"):
        missing = list(grammars)
    count = f"{len(grammars) - len(missing)} of {len(grammars)}"
    if not missing:
        return Check(name="languages", state=State.OK, told=count)
    is_core = any(name in CORE for name in missing)
    return Check(
        name="languages",
        state=State.WARNING if is_core else State.OFF,
        told=f"{count}; by lines only: {some(missing)}",
        to_do="install loopwatch again" if is_core else 'pip install "loopwatch[languages]"',
    )


def detectors(repository: Repository, settings: Settings) -> Check:
    """Tell whether the detectors that are configured can be run."""
    from loopwatch.keeping.tools_here import tool_environment

    if not settings.detectors:
        return Check(name="detectors", state=State.OFF, told="none is configured")
    path = tool_environment(repository).get("PATH")
    missing = [
        f"{one.name} ({one.command[0]})"
        for one in settings.detectors
        if shutil.which(one.command[0], path=path) is None
    ]
    if missing:
        return Check(
            name="detectors",
            state=State.WARNING,
            told=f"not found: {some(missing)}",
            to_do="install them, or put them on PATH",
        )
    names = [one.name for one in settings.detectors]
    return Check(name="detectors", state=State.OK, told=some(names))


def agents() -> Check:
    """Tell of which agents there are logs on this machine; none is opened."""
    from loopwatch.sources.session_log.discover import usual_places

    try:
        found = list(usual_places(Path.home(), os.environ))
    except RuntimeError:  # nobody is at home
        found = []
    if not found:
        return Check(name="agents", state=State.OFF, told="no logs of agents in the usual places")
    return Check(
        name="agents",
        state=State.OK,
        told=f"logs in {some([_short(path) for path in found])}",
        to_do="loopwatch audit --discover",
    )


def _short(path: Path) -> str:
    home = Path.home()
    return f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) else str(path)
