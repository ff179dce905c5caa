"""Paths as tools write them, made relative to the repository."""

import posixpath
import re
from urllib.parse import unquote

from loopwatch.detectors.api import Run

_DRIVE = re.compile(r"^/?[A-Za-z]:[\\/]")
_SCHEME = re.compile(r"^[A-Za-z][\w+.-]+:")
_NO_PATH = re.compile("[\0\n\ud800-\udfff]")
LONGEST = 1_000  # characters; what is longer is no path


def located(path: str, run: Run, folder: str | None = None) -> str | None:
    """Return a path of a tool's output relative to the repository, with forward slashes.

    Args:
        path: absolute, relative to the folder, or a ``file:`` address.
        run: tells the root of the repository.
        folder: where the tool ran, if it is not ``run.folder``.

    Returns:
        None if it lies outside the repository, or its place cannot be known.
    """
    return joined(run.folder if folder is None else folder, path, run.root)


def joined(folder: str, path: str, root: str) -> str | None:
    """Return where a path leads from a folder that is relative to the root."""
    path = path.strip()
    if path[:7].lower() == "file://":
        path = _of_address(path)
    elif _SCHEME.match(path) and not _DRIVE.match(path):
        return None
    if not path or len(path) > LONGEST or _NO_PATH.search(path):
        return None
    path = _slashes(path)
    if path.startswith("/") or _DRIVE.match(path):
        return _inside(path, _slashes(root))
    whole = posixpath.normpath(posixpath.join(folder, path))
    if whole == ".." or whole.startswith("../"):
        return None
    return "" if whole == "." else whole


def under(path: str, run: Run, folder: str) -> str | None:
    """Return a path that is relative to a folder, or perhaps to the root already.

    Cargo and JUnit files name files from the top of their project, wherever it was called.
    """
    is_from_root = bool(folder) and _slashes(path).startswith(f"{folder}/")
    return joined("" if is_from_root else folder, path, run.root)


def _of_address(path: str) -> str:
    rest = unquote(path[7:])
    if rest[:1] != "/" and "/" in rest:  # a host: file://localhost/repo
        rest = rest[rest.index("/") :]
    return rest[1:] if _DRIVE.match(rest) and rest[0] == "/" else rest


def _slashes(path: str) -> str:
    """Return a path with forward slashes, if its backslashes are separators."""
    if "\\" in path and ("/" not in path or _DRIVE.match(path)):
        return path.replace("\\", "/")
    return path


def _inside(path: str, root: str) -> str | None:
    path, root = posixpath.normpath(path), posixpath.normpath(root) if root else ""
    if not root:
        return None
    if _DRIVE.match(path):
        is_same = path.lower() == root.lower()
        is_below = path.lower().startswith(f"{root.lower().rstrip('/')}/")
    else:
        is_same, is_below = path == root, path.startswith(f"{root.rstrip('/')}/")
    if is_same:
        return ""
    return path[len(root.rstrip("/")) + 1 :] if is_below else None
