"""The edit tools of SWE-agent, as their calls stand in its actions.

Source:
    SWE-agent 0.5 to 1.1: lines by their numbers (``edit 3:5`` to ``end_of_edit``) or between
    cursors, a text searched for in the window, the whole window written anew, and Anthropic's
    editor, whose arguments are quoted as for a shell. Of the first and the third, what was
    replaced is only told by the window that was shown before.
"""

import re
import shlex
from collections.abc import Iterator

from loopwatch.sources.session_log.api import FileChange, Replacement
from loopwatch.sources.session_log.edit_tools import changes_of
from loopwatch.sources.session_log.values import Object, text, whole_or_none
from loopwatch.sources.session_log.views import Window, numbered, window

EDITOR = "str_replace_editor"
EDITS = frozenset({"edit", "insert", "create", EDITOR})
BY_LINES = re.compile(r"edit\s+(\d{1,9}):(\d{1,9})[ \t]*\n(.*?)\n?end_of_edit\s*\Z", re.DOTALL)
BY_CURSORS = re.compile(r"edit[ \t]*\n(.*?)\n?end_of_edit\s*\Z", re.DOTALL)
DONE = re.compile(
    r"File updated\.|Text replaced\.|Replaced \d+ occurrences\.|Edit successful\."
    r"|File created successfully at|has been edited\.|undone successfully"
)
REFUSED = "Your proposed edit has introduced new syntax error"
NUMBERS = ("insert_line", "view_range")


def words_of(action: str) -> list[str]:
    """Return the words of an action as a shell takes them; none if the quotes do not fit."""
    try:
        return shlex.split(action)
    except ValueError:
        return []


def editor_call(action: str) -> Object:
    """Return the arguments of Anthropic's editor, in an action that calls it."""
    words = words_of(action)
    said: dict[str, object] = dict(zip(("command", "path"), words[1:3], strict=False))
    for place, word in enumerate(words[3:], start=3):
        name = word.removeprefix("--")
        if name in NUMBERS and word != name and place + 1 < len(words):
            said[name] = int(words[place + 1]) if words[place + 1].isdigit() else words[place + 1]
        elif name in ("file_text", "old_str", "new_str") and word != name:
            said[name] = words[place + 1] if place + 1 < len(words) else ""
    return said


def is_done(action: str, answer: str) -> bool:
    """Tell whether an edit tool says that it has edited."""
    if REFUSED in answer:
        return False
    is_shown = action.startswith(("create", "insert")) and window(answer) is not None
    return is_shown or DONE.search(answer) is not None


def change_of(action: str, said: Object, answer: str, shown: Window | None) -> FileChange | None:
    """Return what an edit that succeeded has changed; None if it says no file.

    Args:
        action: as the agent wrote it.
        said: the arguments, of Anthropic's editor.
        answer: what the tool said.
        shown: the window that was shown before.
    """
    if action.startswith(EDITOR):
        return _edited(said, answer)
    after = window(answer)
    path = after.path if after else shown.path if shown else ""
    if not path:
        return None
    if action.startswith("create"):
        return FileChange(path=path, after="\n", is_new=True)
    if shown is not None and not _is_same(shown.path, path):
        shown = None
    if action.startswith("insert"):
        return FileChange(path=path, parts=tuple(_inserted(words_of(action), after)))
    return FileChange(path=path, parts=tuple(_replaced(action, shown)))


def _edited(said: Object, answer: str) -> FileChange | None:
    """Return what Anthropic's editor did: it turns tabs to spaces in the whole file."""
    if said.get("command") == "undo_edit":
        return FileChange(path=text(said.get("path")), after=numbered(answer))
    is_made = said.get("command") == "create"
    if not is_made:
        said = {
            name: one.expandtabs() if isinstance(one, str) and name.endswith("_str") else one
            for name, one in said.items()
        }
    found = changes_of(EDITOR, said) or ()
    for change in found:
        return FileChange(path=change.path, after=change.after, parts=change.parts, is_new=is_made)
    return None


def _is_same(path: str, other: str) -> bool:
    """Tell whether two names are of one file: one of them may be relative."""
    return path == other or path.endswith(f"/{other}") or other.endswith(f"/{path}")


def _inserted(words: list[str], after: Window | None) -> Iterator[Replacement]:
    new = words[1].removesuffix("\n") if len(words) > 1 else ""
    line = whole_or_none(int(words[2])) if len(words) > 2 and words[2].isdigit() else None
    if new and line is not None:
        yield Replacement(old="", new=f"{new}\n", line=line)
    elif new and after is not None:  # at the end, where it leaves no line end
        yield Replacement(old="", new=new, line=max(after.total - new.count("\n") - 1, 0))


def _replaced(action: str, shown: Window | None) -> Iterator[Replacement]:
    """Yield what was replaced; nothing if that is not known."""
    if found := BY_LINES.match(action):
        yield from _lines(shown, int(found[1]), int(found[2]), found[3])
    elif found := BY_CURSORS.match(action):
        if shown is not None and shown.cursors is not None:
            yield from _lines(shown, *shown.cursors, found[1])
    else:
        words = words_of(action)
        if len(words) == 2 and shown is not None and shown.lines:
            yield from _lines(shown, min(shown.lines), max(shown.lines), words[1])
        elif len(words) > 2 and ":" in words[1] and words[1].replace(":", "").isdigit():
            first, _, last = words[1].partition(":")
            yield from _lines(shown, int(first or 0), int(last or 0), words[2].removesuffix("\n"))
        elif len(words) > 2 and words[1]:
            line = _line_of(words[1], shown)
            yield Replacement(old=words[1], new=words[2], is_all=len(words) > 3, line=line)


def _lines(shown: Window | None, first: int, last: int, new: str) -> Iterator[Replacement]:
    put = f"{new}\n" if new else ""
    last = min(last, shown.total) if shown is not None and first <= shown.total else last
    old = shown.text(first, last) if shown else None
    if last == first - 1 and put:
        yield Replacement(old="", new=put, line=last)
    elif old is not None:
        yield Replacement(old=old, new=put, line=first)


def _line_of(old: str, shown: Window | None) -> int | None:
    """Return where a text begins that is searched for in the window."""
    if shown is None or not shown.lines:
        return None
    first = min(shown.lines)
    whole = "\n".join(shown.lines[number] for number in sorted(shown.lines))
    at = whole.find(old)
    return first + whole.count("\n", 0, at) if at >= 0 else None
