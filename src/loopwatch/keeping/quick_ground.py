"""On what ground a quick look stands: the place, its settings, the evidence that lies there."""

import os
import sys

TYPE_CHECKING = False  # as that of ``typing``, which the hook does not load
if TYPE_CHECKING:
    from loopwatch.keeping.quick_change import AskedChange
    from loopwatch.keeping.remembering import History
    from loopwatch.store.memory import Memory

LEDGER, MEMORY = "loopwatch/ledger.sqlite3", "loopwatch/memory.sqlite3"
# Files and folders of the git folder that say that git is in the middle of something.
UNDER_WAY = ("MERGE_HEAD", "REVERT_HEAD", "CHERRY_PICK_HEAD", "rebase-merge", "rebase-apply")
CONFIGURATION = ("loopwatch.toml", ".loopwatch.toml", "pyproject.toml")


class Perhaps(Exception):  # noqa: N818  no error: an answer
    """Something may be raised, or it cannot be told quickly."""


def lines_told(told: bytes, count: int) -> list[str]:
    """Return the lines that git said.

    Raises:
        Perhaps: they are more, or fewer, than were asked for.
    """
    lines = os.fsdecode(told).removesuffix("\n").split("\n")
    if len(lines) != count:
        raise Perhaps("a folder with a line end in its name")
    return lines


def index_variable() -> "dict[str, str]":
    """Return the variable that names the index of the commit under way, where there is one."""
    named = os.environ.get("GIT_INDEX_FILE")
    return {"GIT_INDEX_FILE": os.path.abspath(named)} if named else {}  # noqa: PTH100


def see_to_place(git_folder: str, top: str, index: "dict[str, str]") -> None:
    """See to it that this is the top of a working tree in which git is doing nothing else.

    Raises:
        Perhaps: it is not.
    """
    exists = os.path.lexists
    if top != os.getcwd() or any(exists(f"{git_folder}/{name}") for name in UNDER_WAY):  # noqa: PTH109
        raise Perhaps("a folder inside, or an operation under way")
    for file in index.values():
        folder = os.path.dirname(file)  # noqa: PTH120
        if not exists(file) or (folder != git_folder and exists(f"{folder}/HEAD")):
            raise Perhaps("an index from elsewhere")


def earliest(change: "AskedChange", history: "History") -> int:
    """Return the earliest time that a commit of what is staged may have, in seconds since 1970.

    Raises:
        Perhaps: it takes the place of the newest commit.
    """
    authored, committed = _seconds("GIT_AUTHOR_DATE"), _seconds("GIT_COMMITTER_DATE")
    if authored == history.authored != committed and _may_amend(change, history.authored):
        raise Perhaps("an amend")
    return history.committed if committed is None else min(committed, history.committed)


def _may_amend(change: "AskedChange", authored: int) -> bool:
    """Tell, as the pipeline does, whether a commit with the newest one's date takes its place."""
    index = change.index.get("GIT_INDEX_FILE") or f"{change.git_folder}/index"
    return not change.changes or int(os.lstat(index).st_mtime) > authored


def _seconds(variable: str) -> int | None:
    """Return a date as git hands it on; None if there is none.

    Raises:
        Perhaps: it is written otherwise.
    """
    date = os.environ.get(variable, "")
    if not date:
        return None
    seconds = date.removeprefix("@").partition(" ")[0]
    if not (seconds.isascii() and seconds.isdigit()):
        raise Perhaps("a date of another form")
    return int(seconds)


def settings_here(memory: "Memory", top: str) -> tuple[int, int, int, int]:
    """Return the windows in edits and hours (short and long), and how many commits count.

    Raises:
        Perhaps: something is set that the quick look does not know of.
    """
    texts = [f"{name}\n".encode() + text for name in CONFIGURATION if (text := _text(top, name))]
    digest = _digest(b"\0".join(texts), _plugins())
    told = memory.said("settings").partition(" ")
    if told[0] != digest:
        from loopwatch.keeping.quick_settings import quick_settings

        said = quick_settings(top)
        memory.say("settings", f"{digest} {said}")
        told = (digest, " ", said)
    if not told[2]:
        raise Perhaps("settings, or plug-ins")
    edits, hours, long_hours, count = map(int, told[2].split())
    return edits, hours, long_hours, count


def _text(top: str, name: str) -> bytes:
    """Return what a file of settings says; nothing where it is not about loopwatch."""
    try:
        with open(f"{top}/{name}", "rb") as file:  # noqa: PTH123
            text = file.read()
    except FileNotFoundError:
        return b""
    return text if b"loopwatch" in text or name != CONFIGURATION[-1] else b""


def _plugins() -> bytes:
    """Return what changes whenever a package is installed or taken out, this one too."""
    here = os.getcwd()  # noqa: PTH109  paths take long to load
    told = []
    for folder in (*sys.path, os.path.dirname(__file__)):  # noqa: PTH120
        try:
            if folder in {"", here}:  # where work is done, only packages tell anything
                told += sorted(name for name in os.listdir(here) if name.endswith("-info"))  # noqa: PTH208
            else:
                told.append(f"{folder} {os.stat(folder).st_mtime_ns}")  # noqa: PTH116
        except OSError:
            told.append(folder)
    return "\n".join(told).encode("utf-8", "surrogateescape")


def _digest(*parts: bytes) -> str:
    from zlib import adler32, crc32

    whole = b"\0\0".join(parts)
    return f"{len(whole)}-{crc32(whole):x}-{adler32(whole):x}"


def see_to_evidence(change: "AskedChange") -> None:
    """See to it that the ledger has nothing to say of a change.

    Raises:
        Perhaps: it has, or may have.
    """
    file = f"{change.common}/{LEDGER}"
    if not os.path.lexists(file):
        return
    from loopwatch.keeping.quick_evidence import says_anything

    if says_anything(file, change.changes, change.tree):
        raise Perhaps("evidence")
