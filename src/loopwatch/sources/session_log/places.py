"""Where a session's files are: their paths from the folder that it works in."""

import posixpath
import re
from dataclasses import dataclass, field
from functools import lru_cache

from loopwatch.diffing.languages import is_code

DRIVE = re.compile(r"^/?([A-Za-z]):[\\/]")
SCRATCH = re.compile(  # what is written there is no part of the work
    r"^(?:/private)?/(?:tmp|var/folders|dev)/|/\.claude/|/\.codex/|/\.gemini/"
    r"|^[a-z]:/(?:.*/)?(?:temp|tmp)/",
    re.IGNORECASE,
)
NOT_WORK = re.compile(
    r"^/dev/|/\.(?:claude|codex|gemini)/"
)  # notes that agents keep for themselves
HIGHEST = 2  # folders above the root that a path may lead through
KEPT = 1_000  # paths that are asked for again and again
LONGEST = 1_000  # characters; what is longer is no path
NO_PATH = re.compile("[\0\n\r]")


@dataclass(slots=True)
class Places:
    """Makes paths relative to the root; without a root, absolute ones lose their beginning.

    What the session writes elsewhere, such as a file in ``/tmp`` to try something, keeps its
    absolute path.
    """

    root: str = ""  # absolute
    _elsewhere: set[str] = field(default_factory=set)  # files that are followed there

    @property
    def is_windows(self) -> bool:
        """Tell whether the root is on a drive."""
        return DRIVE.match(f"{self.root}/") is not None

    def follow(self, path: str, folder: str = "") -> None:
        """Take in that the session wrote a file, wherever that lies; see ``relative``."""
        if len(path) <= LONGEST and not NO_PATH.search(path) and not self.relative(path, folder):
            whole = absolute(path, folder or self.root)
            if whole.startswith("/") and is_code(whole) and not NOT_WORK.search(whole):
                self._elsewhere.add(whole)

    def relative(self, path: str, folder: str = "") -> str | None:
        """Return a path as reports have it; None if it is none, or not of the session's work.

        Args:
            path: as the log has it.
            folder: absolute, that a relative path starts from; "" is the root.
        """
        if not path or len(path) > LONGEST or NO_PATH.search(path):
            return None
        whole = absolute(path, folder or self.root)
        return whole if whole in self._elsewhere else self._inside(whole)

    def _inside(self, whole: str) -> str | None:
        if not whole.startswith("/"):
            return None if whole.startswith("../") or whole in {".", ".."} else whole
        root = absolute(self.root)
        if not root.startswith("/"):
            return None if SCRATCH.search(whole) else _without_drive(whole)
        found = _from(root, whole)
        if found == ".":
            return None
        above = re.match(r"(?:\.\./)*", found)
        steps = len(above[0]) // 3 if above else 0
        if steps and (steps > HIGHEST or SCRATCH.search(whole)):
            return None
        return found

    def folder(self, path: str) -> str | None:
        """Return a folder relative to the root, "" for the root; None if it lies elsewhere."""
        whole, root = absolute(path or self.root, self.root), absolute(self.root)
        if whole == root:
            return ""
        found = _from(root, whole) if root.startswith("/") else whole
        return None if found.startswith("..") else ("" if found == "." else found)


@lru_cache(maxsize=KEPT)
def absolute(path: str, folder: str = "") -> str:
    """Return a path with forward slashes and no dots; on a drive, ``/C:/a``."""
    path, folder = _slashes(path), _slashes(folder)
    if DRIVE.match(path) and not path.startswith("/"):
        path = f"/{path}"
    elif not path.startswith("/") and folder:
        path = posixpath.join(absolute(folder), path)
    path = posixpath.normpath(path)
    return path[1:] if path.startswith("//") else path


def _from(root: str, path: str) -> str:
    """Return an absolute path from a folder, as ``posixpath.relpath`` does, which is slow."""
    path, root = _alike(path, root)
    is_inside = path.startswith(f"{root}/")
    return path[len(root) + 1 :] if is_inside else posixpath.relpath(path, root)


def _slashes(path: str) -> str:
    """Return a path with forward slashes, if its backslashes are separators."""
    if "\\" in path and ("/" not in path or DRIVE.match(path)):
        return path.replace("\\", "/")
    return path


def _alike(path: str, root: str) -> tuple[str, str]:
    """Return both with the root written as in the path: drives have no case."""
    if DRIVE.match(f"{root}/") and path[: len(root)].lower() == root.lower():
        root = path[: len(root)]
    return path, root


def _without_drive(path: str) -> str:
    return DRIVE.sub("", path).lstrip("/")
