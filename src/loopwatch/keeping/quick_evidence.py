"""Whether the ledger has anything to say of a change, asked without loading the ledger."""

import os
import sqlite3
from collections.abc import Callable, Iterable
from shutil import rmtree

from loopwatch.sources.git_child import GitChild

TYPE_CHECKING = False  # as that of ``typing``, which the hook does not load
if TYPE_CHECKING:
    from loopwatch.model.history import Change

ANY = "SELECT 1 FROM about LIMIT 1"
ABOUT = "SELECT 1 FROM about WHERE content = ? LIMIT 1"


def says_anything(file: str, changes: "Iterable[Change]", tree: "Callable[[], bytes]") -> bool:
    """Tell whether there may be evidence about files of a change, or about all as one tree.

    Evidence about what goes with them counts as well: a defect may be gone with its file.

    Args:
        file: of the ledger.
        changes: what is looked at.
        tree: returns the id of the tree that it leads to.

    Raises:
        GitFailedError: git cannot tell the tree.
        OSError: there is no room to ask it.
    """
    try:
        database = sqlite3.connect(f"file:{_quoted(file)}?mode=ro", uri=True, timeout=1.0)
    except sqlite3.Error:
        return True  # the slow way says what is wrong with it
    try:
        if database.execute(ANY).fetchone() is None:
            return False
        if any(new is None for _, _, new in changes):
            return True
        contents = [new for _, _, new in changes if new is not None]
        contents.append(tree())
        return any(database.execute(ABOUT, (one,)).fetchone() for one in contents)
    except sqlite3.Error:
        return True
    finally:
        database.close()


def _quoted(path: str) -> str:
    for sign, code in (("%", "%25"), ("?", "%3f"), ("#", "%23")):
        path = path.replace(sign, code)
    return path


def staged_tree(common: str, index: dict[str, str]) -> bytes:
    """Return the id of the tree that a commit of the index would have; nothing of it is kept.

    Args:
        common: the git folder.
        index: the variable that names the index, where another one than the usual is meant.

    Raises:
        GitFailedError: git cannot tell.
        OSError: there is no room to ask it.
    """
    private = f"{common}/loopwatch/staged-{os.getpid()}"
    named = index.get("GIT_INDEX_FILE") or os.fsdecode(
        GitChild(("rev-parse", "--path-format=absolute", "--git-path", "index")).answer()
    ).removesuffix("\n")
    os.makedirs(f"{private}/objects")  # noqa: PTH103  paths take long to load
    try:
        with open(named, "rb") as source, open(f"{private}/index", "wb") as target:  # noqa: PTH123
            told = os.fstat(source.fileno())
            target.write(source.read())
        os.utime(f"{private}/index", ns=(told.st_atime_ns, told.st_mtime_ns))
        environment = {
            "GIT_INDEX_FILE": f"{private}/index",
            "GIT_OBJECT_DIRECTORY": f"{private}/objects",
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": f'"{common}/objects"'.replace("\\", "\\\\"),
        }
        asked = ("write-tree", "--missing-ok")
        settings = ("core.splitIndex=false", "core.untrackedCache=false")
        return bytes.fromhex(
            GitChild(asked, settings=settings, environment=environment).answer().decode().strip()
        )
    finally:
        rmtree(private, ignore_errors=True)
