"""``install git`` and ``uninstall git``: what has to change in the folder of hooks."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from loopwatch.errors import InstallError
from loopwatch.installing import managers
from loopwatch.installing.changes import Change, Move, Plan, Remove, Write, removal
from loopwatch.installing.hook_folder import HookFolder, hook_folder
from loopwatch.installing.hook_script import KEPT, MARK, NAMES, is_edited, is_ours, script
from loopwatch.keeping.quick_ground import MEMORY
from loopwatch.keeping.saying_once import SAID
from loopwatch.sources.repository import Repository

# What pre-commit and lefthook call a hook that they found where they put their own; only
# pre-commit still runs it.
LEGACY, OLD = "legacy", "old"
OFF = frozenset({"", os.devnull})  # values of core.hooksPath that stand for no hooks at all


def install(repository: Repository) -> Plan:
    """Return what puts loopwatch into the hooks of a repository.

    Raises:
        InstallError: git does not tell where hooks are.
    """
    folder = hook_folder(repository)
    if not folder.is_own:
        return _elsewhere(repository, folder)
    changes: list[Change] = []
    remarks: list[str] = []
    for name in NAMES:
        found = _hook(folder.path, name, remarks)
        if isinstance(found, Plan):
            return found
        changes.extend(found)
    if not changes:
        remarks.insert(0, f"{', '.join(NAMES)}: installed already")
    return Plan(changes=tuple(changes), remarks=tuple(remarks))


def _elsewhere(repository: Repository, folder: HookFolder) -> Plan:
    """Say what to add where hooks are kept together with other files, or for other repositories."""
    if folder.setting is not None and folder.setting in OFF:
        return Plan(
            failure=InstallError(
                f"core.hooksPath ({folder.scope}) switches all hooks off",
                hint="git config --unset core.hooksPath, or set it to a folder",
            )
        )
    path, root = folder.path.resolve(), repository.git.folder.resolve()
    name = (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()
    if managers.HUSKY.search(name):  # husky writes what is in _ anew, and calls what is beside it
        name = name.removesuffix("/_")
    is_shared = folder.scope in {"system", "global"}
    why = "is not this repository's alone" if is_shared else "is not among git's own files"
    return Plan(
        by_hand=managers.lines(name),
        failure=InstallError(
            f"the folder of hooks, {name}, {why}, so nothing is written there",
            hint="add the lines above to the hooks in it",
        ),
    )


def _hook(folder: Path, name: str, remarks: list[str]) -> list[Change] | Plan:
    """Return the changes for one hook, or a plan of none that says why there can be none."""
    place, kept = folder / name, folder / f"{name}.{KEPT}"
    if managers.FRAMEWORK in _content(place):
        place = folder / f"{name}.{LEGACY}"
        remarks.append(f"{name}: pre-commit runs it, as {place.name}, before its own hooks")
    content = _content(place)
    text = script(name, sys.executable or "")
    write = Write(path=place, content=text, is_program=True)
    if is_ours(content):
        if is_edited(content):
            return Plan(failure=_edited(place))
        is_whole = content == text and os.access(place, os.X_OK)
        return [] if is_whole else [write]
    if not os.path.lexists(place):
        if os.path.lexists(kept):
            remarks.append(f"{name}: runs {kept.name} first, which was here before")
        return [write]
    return _refusal(place, kept, content) or [
        Move(path=place, target=kept),
        write,
    ]


def _refusal(place: Path, kept: Path, content: bytes) -> Plan | None:
    """Say why a hook of somebody else's cannot be run from ours."""
    name = kept.name.removesuffix(f".{KEPT}")
    if managers.LEFTHOOK in content:
        return Plan(
            by_hand=managers.LEFTHOOK_TEXT,
            failure=InstallError(
                f"lefthook sees to {name}, and would take away what is put there",
                hint="add the lines above to its configuration",
            ),
        )
    if managers.ASKS_ITS_NAME.search(content):
        return Plan(
            by_hand=f"# in {place.name}\n{managers.line(name)}\n",
            failure=InstallError(
                f"the hook {place.name} asks for its own name, so it cannot run under another",
                hint="add the line above to it, or to what it calls",
            ),
        )
    if os.path.lexists(kept):
        return Plan(
            failure=InstallError(
                f"there are both {place.name} and {kept.name}, and neither is loopwatch's",
                hint=f"look at both, and take one of them away: {place.parent}",
            )
        )
    if place.is_dir():
        return Plan(failure=InstallError(f"{place} is a folder", hint="take it away"))
    return None


def _edited(place: Path) -> InstallError:
    return InstallError(
        f"somebody has edited loopwatch's hook {place.name}, so it is left alone",
        hint=f"save what you need of it, and remove it: {place}",
    )


def uninstall(repository: Repository) -> Plan:
    """Return what takes loopwatch out of the hooks of a repository, and puts back what was there.

    Raises:
        InstallError: git does not tell where hooks are.
    """
    folder = hook_folder(repository)
    changes: list[Change] = []
    remarks: list[str] = []
    if folder.is_own:
        for name in NAMES:
            places = [folder.path / name, *_renamed(folder.path, name)]
            ours = [place for place in places if is_ours(_content(place))]
            edited = next((place for place in ours if is_edited(_content(place))), None)
            if edited is not None:
                return Plan(failure=_edited(edited))
            changes.extend(Remove(path=place) for place in ours)
            kept = folder.path / f"{name}.{KEPT}"
            if os.path.lexists(kept):
                home = ours[0] if ours else places[0]
                if ours or not os.path.lexists(home):
                    changes.append(Move(path=kept, target=home))
                else:
                    remarks.append(
                        f"{kept.name}: left there, for {name} is not loopwatch's any more"
                    )
    if not changes:
        remarks.insert(0, "no hook of loopwatch's is installed")
    for mark in _marks(folder.git_folder):
        changes.extend(removal(mark, folder.git_folder))
    return Plan(changes=tuple(changes), remarks=tuple(remarks))


def _renamed(folder: Path, name: str) -> Iterator[Path]:
    """Yield where other programs would have put a hook of ours."""
    yield folder / f"{name}.{LEGACY}"
    yield folder / f"{name}.{OLD}"


def _marks(git_folder: Path) -> list[Path]:
    """Return what our hooks have left in git's folder."""
    places = [git_folder, *sorted((git_folder / "worktrees").glob("*"))]
    marks = (*(place / mark for place in places for mark in (MARK, SAID)), git_folder / MEMORY)
    return [mark for mark in marks if mark.is_file()]


def _content(path: Path) -> bytes:
    """Return the beginning of a hook; nothing if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(managers.LARGEST)
    except OSError:
        return b""
