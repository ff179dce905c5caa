"""Changes to files that are made all together, or not at all."""

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from loopwatch.errors import InstallError
from loopwatch.reports.escape import clipped, plain

LONGEST = 1_000  # characters of a path or line that is shown
PERMISSIONS = 0o7777
Undo = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A file gets this content; its permissions stay, if it is there."""

    path: Path
    content: bytes
    is_program: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A file, or link, gets another name that is free; nothing else about it changes."""

    path: Path
    target: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    """A file goes."""

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveFolder:
    """A folder in which nothing is left goes."""

    path: Path


Change = Write | Move | Remove | RemoveFolder


def removal(path: Path, root: Path) -> tuple[Remove | RemoveFolder, ...]:
    """Return what removes a file, and the folders below ``root`` that hold nothing else."""
    changes: list[Remove | RemoveFolder] = [Remove(path=path)]
    while (folder := path.parent) != root:
        if folder.is_symlink() or list(folder.iterdir()) != [path]:
            break
        changes.append(RemoveFolder(path=folder))
        path = folder
    return tuple(changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done, and what is said of it."""

    changes: tuple[Change, ...] = ()
    remarks: tuple[str, ...] = ()  # lines
    by_hand: str = ""  # what users have to do themselves, as text to copy
    failure: InstallError | None = None  # why it cannot be done, or not whole


def make(changes: Sequence[Change]) -> None:
    """Make all changes; if one fails, take back those before it.

    Raises:
        InstallError: one cannot be made; everything is as it was.
    """
    undone: list[Undo] = []
    try:
        for change in changes:
            _make(change, undone)
    except BaseException as error:
        for undo in reversed(undone):
            with suppress(OSError):  # nothing better can be done, and the rest still can
                undo()
        if not isinstance(error, OSError):
            raise
        path = error.filename2 or error.filename or "a file"
        raise InstallError(
            f"cannot change {path}: {error.strerror or error}",
            hint="everything is as it was; see to what is there, and to its permissions",
        ) from error


def _make(change: Change, undone: list[Undo]) -> None:
    match change:
        case Move(path=path, target=target):
            if os.path.lexists(target):
                raise FileExistsError(0, "there is something already", str(target))
            path.rename(target)
            undone.append(lambda: target.rename(path))
        case Remove(path=path):
            undone.append(_putting_back(path))
            path.unlink()
        case RemoveFolder(path=path):
            mode = path.stat().st_mode & PERMISSIONS
            path.rmdir()
            undone.append(lambda: (path.mkdir(), path.chmod(mode)))
        case Write(path=path):
            _make_folder(path.parent, undone)
            undo = _putting_back(path)
            _write(change)
            undone.append(undo)


def _make_folder(folder: Path, undone: list[Undo]) -> None:
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for one in reversed(missing):
        one.mkdir()
        undone.append(one.rmdir)


def _putting_back(path: Path) -> Undo:
    """Return what makes a file as it is now."""
    if not path.exists():
        return lambda: path.unlink(missing_ok=True)
    before, mode = path.read_bytes(), path.stat().st_mode & PERMISSIONS
    return lambda: _replace(path, before, mode)


def _write(change: Write) -> None:
    before = change.path.stat().st_mode & PERMISSIONS if change.path.exists() else 0o666 & ~_mask()
    more = 0o111 & ~_mask() if change.is_program else 0
    _replace(change.path, change.content, before | more)


def _replace(path: Path, content: bytes, mode: int) -> None:
    """Write a file so that others see the old one or the new one, whole."""
    fresh: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=".loopwatch-", dir=path.parent)
        fresh = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        fresh.chmod(mode)
        fresh.replace(path)
    except BaseException as error:
        if fresh is not None:
            fresh.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename, error.filename2 = str(path), None  # not the name of a moment
        raise


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def told(changes: Sequence[Change], root: Path) -> str:
    """Return what was done, a line for each change."""
    return "".join(f"{_name(one.path, root)}: {_verb(one)}\n" for one in changes)


def foretold(changes: Sequence[Change], root: Path) -> str:
    """Return what would be done, with the texts that would be written."""
    gone: set[Path] = set()
    lines = []
    for one in changes:
        lines.append(f"{_name(one.path, root)}: would be {_verb(one)}\n")
        if isinstance(one, Write):
            lines.extend(_difference(one, is_new=one.path in gone or not one.path.is_file()))
        else:
            gone.add(one.path)
    return "".join(lines)


def _verb(change: Change) -> str:
    match change:
        case Write():
            return "written"
        case Move(target=target):
            return f"renamed to {clipped(target.name, LONGEST)}"
        case Remove() | RemoveFolder():
            return "removed"


def _difference(change: Write, *, is_new: bool) -> Iterator[str]:
    """Yield the lines that a file gets and loses."""
    after = os.fsdecode(change.content).splitlines()
    if is_new:
        found = [f"+{line}" for line in after]
    else:
        before = os.fsdecode(change.path.read_bytes()).splitlines()
        found = list(unified_diff(before, after, lineterm=""))[2:]
    yield from (f"    {plain(line)}".rstrip() + "\n" for line in found)


def _name(path: Path, root: Path) -> str:
    with suppress(ValueError):
        return clipped(path.relative_to(root).as_posix(), LONGEST)
    return clipped(str(path), LONGEST)
