"""``loopwatch install`` and ``loopwatch uninstall``."""

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loopwatch.entrypoints.output import print_result, say

if TYPE_CHECKING:
    from loopwatch.installing.changes import Plan
    from loopwatch.installing.targets import Target

HELP = {"help_option_names": ["-h", "--help"]}
NAME = "TARGET"
WITH_MEMORY = "git"  # the target whose hooks look into a memory of their own
PATIENCE = 1.0  # seconds until people wonder what takes so long
WAITING = "reading the newest commits, so that the first commit need not wait for it\n"

dry_run_option = click.option(
    "--dry-run", "is_trial", is_flag=True, help="Only show what would change."
)


@click.command(context_settings=HELP)
@click.argument("name", metavar=NAME)
@dry_run_option
def install(*, name: str, is_trial: bool) -> None:
    """Put loopwatch into TARGET: git, pre-commit, github or gitlab.

    A hook that is there already is kept, and runs first.
    """
    from loopwatch.installing.targets import repository_here

    target, repository = _target(name), repository_here(Path())
    _do(target.install(repository), repository.git.folder, is_trial=is_trial)
    if name == WITH_MEMORY and not is_trial:
        _prime(repository.git.folder)


@click.command(context_settings=HELP)
@click.argument("name", metavar=NAME)
@dry_run_option
def uninstall(*, name: str, is_trial: bool) -> None:
    """Take loopwatch out of TARGET again, and put back what was there."""
    from loopwatch.installing.targets import repository_here

    target, repository = _target(name), repository_here(Path())
    _do(target.uninstall(repository), repository.git.folder, is_trial=is_trial)


def _target(name: str) -> "Target":
    from difflib import get_close_matches

    from loopwatch.installing.targets import AGENTS, TARGETS

    if name in TARGETS:
        return TARGETS[name]
    known = ", ".join(TARGETS)
    if name in AGENTS:
        raise click.UsageError(f"{name} is no target yet; there are {known}")
    near = get_close_matches(name.lower(), TARGETS, n=1)
    guess = f" (did you mean {near[0]}?)" if near else f"; there are {known}"
    raise click.UsageError(f"there is no target {name!r}{guess}")


def _do(plan: "Plan", root: Path, *, is_trial: bool) -> None:
    """Make the changes of a plan, or show them, and say what is left to do.

    Raises:
        InstallError: it cannot be done, or only by hand.
    """
    from loopwatch.installing.changes import foretold, make, told

    text = foretold(plan.changes, root) if is_trial else told(plan.changes, root)
    if not is_trial:
        make(plan.changes)
    remarks = "".join(f"{line}\n" for line in plan.remarks)
    by_hand = f"to add by hand:\n\n{plan.by_hand}" if plan.by_hand else ""
    print_result("\n".join(part for part in (text + remarks, by_hand) if part))
    if plan.failure is not None:
        raise plan.failure


def _prime(folder: Path) -> None:
    """Fill the memory of the hooks; whatever comes of it, they are installed, and can do that."""
    from threading import Timer

    from loopwatch.keeping.priming import prime

    timer = Timer(PATIENCE, say, (sys.stderr, WAITING))
    if sys.stderr is not None and sys.stderr.isatty():
        timer.start()
    try:
        with suppress(Exception):
            prime(str(folder))
    finally:
        timer.cancel()
