"""Edits that Python code makes by the skills of an agent, in a cell of a notebook.

Source:
    The skills of OpenHands in 2024 (``edit_file_by_replace`` and its like), and the calls of
    its editor as they were run until January 2025: ``print(file_editor(**{...}))``.
"""

import ast
from collections.abc import Iterator, Mapping
from typing import cast

from loopwatch.sources.session_log.api import FileChange, Replacement
from loopwatch.sources.session_log.edit_tools import changes_of
from loopwatch.sources.session_log.values import Object, text, whole_or_none

EDITOR = "file_editor"
LONGEST = 1_000_000  # characters of code
# Those that edit, with the names of what they are given, in order.
SKILLS: Mapping[str, tuple[str, ...]] = {
    "edit_file_by_replace": ("file_name", "to_replace", "new_content"),
    "insert_content_at_line": ("file_name", "line_number", "content"),
    "append_file": ("file_name", "content"),
    "edit_file": ("file_name",),
    "create_file": ("filename",),
}


def changes_in(code: str) -> tuple[FileChange, ...]:
    """Return the changes that the calls in some code ask for, in their order."""
    if len(code) > LONGEST or not any(name in code for name in (EDITOR, *SKILLS)):
        return ()
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    calls.sort(key=lambda call: (call.lineno, call.col_offset))
    return tuple(change for call in calls for change in _changes(call))


def _changes(call: ast.Call) -> tuple[FileChange, ...]:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if name == EDITOR:
        return changes_of(EDITOR, _named(call)) or ()
    if name not in SKILLS:
        return ()
    said = dict(zip(SKILLS[name], map(_value, call.args), strict=False)) | _named(call)
    path = text(said.get(SKILLS[name][0]))
    if not path:
        return ()
    if name == "create_file":  # it writes one line end, and fails if the file is there
        return (FileChange(path=path, after="\n", is_new=True),)
    return (FileChange(path=path, parts=tuple(_parts(name, said))),)


def _parts(name: str, said: Object) -> Iterator[Replacement]:
    """Yield what a skill replaces; nothing where it only says where."""
    line, old = whole_or_none(said.get("line_number")), text(said.get("to_replace"))
    if name == "edit_file_by_replace" and old:
        yield Replacement(old=old, new=text(said.get("new_content")))
    elif name == "insert_content_at_line" and line:
        yield Replacement(old="", new=f"{text(said.get('content'))}\n", line=line - 1)


def _named(call: ast.Call) -> dict[str, object]:
    """Return the named arguments, those of ``**{...}`` too."""
    said: dict[str, object] = {}
    for keyword in call.keywords:
        value = _value(keyword.value)
        if keyword.arg is not None:
            said[keyword.arg] = value
        elif isinstance(value, dict):
            said |= {text(key): one for key, one in cast("dict[object, object]", value).items()}
    return said


def _value(node: ast.expr) -> object:
    try:
        value: object = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None
    return value
