"""Where loopwatch is called from: git's hooks, the pre-commit framework, CI."""

import os
import re
import shutil
from pathlib import Path

from loopwatch.errors import LoopwatchError
from loopwatch.installing import managers
from loopwatch.installing.checkup import Check, State, some, text_of
from loopwatch.installing.framework_config import FILE, MENTIONED
from loopwatch.installing.git_hooks import LEGACY
from loopwatch.installing.hook_folder import HookFolder, hook_folder
from loopwatch.installing.hook_script import KEPT, NAMES, is_edited, is_ours, python_of
from loopwatch.sources.repository import Repository

CALLED = re.compile(r"^[^#\n]*\bloopwatch\b", re.MULTILINE)
LEFTHOOK_FILES = tuple(
    f"{dot}lefthook{ending}" for dot in ("", ".") for ending in (".yml", ".yaml", ".toml", ".json")
)
LARGEST = 1_000_000  # bytes of a file that is looked at
MOST = 200  # workflows


def git_hooks(repository: Repository) -> Check:
    """Tell which hooks call loopwatch."""
    try:
        folder = hook_folder(repository)
    except LoopwatchError as error:
        return _check(State.WARNING, str(error), error.hint)
    if folder.is_own:
        return _own(folder) or _lefthook(repository) or _none()
    return _foreign(folder) or _none()


def _check(state: State, told: str, to_do: str = "") -> Check:
    return Check(name="git hooks", state=state, told=told, to_do=to_do)


def _none() -> Check:
    return _check(State.OFF, "none calls loopwatch", "loopwatch install git")


def _own(folder: HookFolder) -> Check | None:
    """Tell of our hooks; None if there is none."""
    found: dict[str, Path] = {}
    for name in NAMES:
        place = folder.path / name
        if managers.FRAMEWORK in os.fsencode(text_of(place, managers.LARGEST)):
            place = folder.path / f"{name}.{LEGACY}"
        if is_ours(_bytes(place)):
            found[name] = place
    if not found:
        return None
    again = "loopwatch install git"
    missing = [name for name in NAMES if name not in found]
    if missing:
        return _check(State.WARNING, f"loopwatch is not called at {some(missing)}", again)
    if not all(os.access(place, os.X_OK) for place in found.values()):
        return _check(State.WARNING, "git does not run them: they are no programs", again)
    pythons = {python_of(_bytes(place)) or "" for place in found.values()}
    lost = sorted(python for python in pythons if not os.access(python, os.X_OK))
    if lost and shutil.which("loopwatch") is None:
        told = f"their Python is gone ({lost[0]}), and loopwatch is not on PATH"
        return _check(State.WARNING, told, again)
    if edited := [name for name, place in found.items() if is_edited(_bytes(place))]:
        return _check(State.OK, f"{', '.join(found)}; edited: {', '.join(edited)}")
    chained = [name for name in NAMES if os.path.lexists(folder.path / f"{name}.{KEPT}")]
    after = f", after what was there before ({', '.join(chained)})" if chained else ""
    return _check(State.OK, f"{', '.join(found)}{after}")


def _lefthook(repository: Repository) -> Check | None:
    root = repository.git.folder
    texts = [text for name in LEFTHOOK_FILES if (text := text_of(root / name, LARGEST))]
    if not texts:
        return None
    if any(CALLED.search(text) for text in texts):
        return _check(State.OK, "lefthook calls loopwatch")
    return _check(State.OFF, "lefthook sees to them", "add loopwatch to lefthook.yml")


def _foreign(folder: HookFolder) -> Check | None:
    """Tell of hooks in a folder that we do not write to; None if none calls us."""
    path = folder.path
    if managers.HUSKY.search(path.as_posix()) and path.name == "_":
        path = path.parent
    found = [name for name in NAMES if CALLED.search(text_of(path / name, LARGEST))]
    return _check(State.OK, f"{', '.join(found)} in {path.name}") if found else None


def framework(repository: Repository, hooks_state: State) -> Check:
    """Tell whether the pre-commit framework calls loopwatch, and no hook of git's does, too."""
    text = text_of(repository.git.folder / FILE, LARGEST)
    if not text:
        return Check(name="pre-commit", state=State.OFF, told=f"there is no {FILE}")
    if not MENTIONED.search(text):
        return Check(
            name="pre-commit",
            state=State.OFF,
            told=f"{FILE} does not name loopwatch",
            to_do="loopwatch install pre-commit, unless git hooks do it",
        )
    folder = repository.git.text("rev-parse", "--path-format=absolute", "--git-common-dir")
    hooks = Path(folder or "") / "hooks"
    missing = [
        name
        for name in NAMES
        if managers.FRAMEWORK not in os.fsencode(text_of(hooks / name, managers.LARGEST))
    ]
    if missing:
        types = " ".join(f"-t {name}" for name in missing)
        return Check(
            name="pre-commit",
            state=State.WARNING,
            told=f"{FILE} names loopwatch, but is not heeded at {some(missing)}",
            to_do=f"pre-commit install {types}",
        )
    if hooks_state is State.OK:
        return Check(
            name="pre-commit",
            state=State.WARNING,
            told=f"{FILE} names loopwatch, and git's hooks call it: all is checked twice",
            to_do="loopwatch uninstall git",
        )
    return Check(name="pre-commit", state=State.OK, told=f"{FILE} names loopwatch")


def ci(repository: Repository) -> Check:
    """Tell whether a job of GitHub's or GitLab's calls loopwatch."""
    root = repository.git.folder
    workflows = root / ".github" / "workflows"
    files = sorted([*workflows.glob("*.yml"), *workflows.glob("*.yaml")])[:MOST]
    files += [root / ".gitlab-ci.yml", *sorted((root / ".gitlab").glob("*.yml"))[:MOST]]
    found = [
        file.relative_to(root).as_posix() for file in files if CALLED.search(text_of(file, LARGEST))
    ]
    if found:
        return Check(name="CI", state=State.OK, told=some(found))
    return Check(
        name="CI",
        state=State.OFF,
        told="no job calls loopwatch",
        to_do="loopwatch install github, or gitlab",
    )


def _bytes(path: Path) -> bytes:
    return os.fsencode(text_of(path, managers.LARGEST))
