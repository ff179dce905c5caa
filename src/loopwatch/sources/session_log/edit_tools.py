"""The tools by which agents edit files and run commands, by their names and arguments.

The same few tools are found in most agents, and in formats that hold the logs of any
agent. What is read here is what was asked; that it succeeded, the result has to say.
"""

from collections.abc import Callable, Mapping

from loopwatch.sources.session_log.api import FileChange, Replacement
from loopwatch.sources.session_log.patches import enveloped, search_replace
from loopwatch.sources.session_log.values import Object, rows, table, text, whole_or_none

Changes = tuple[FileChange, ...]
PATHS = (
    "file_path",
    "filePath",
    "path",
    "absolutePath",
    "notebook_path",
    "target_file",
    "filename",
)
SHELL_NAMES = frozenset({"bash", "sh", "zsh"})
LINES = ("command", "cmd", "CommandLine")


def path_of(said: Object) -> str:
    """Return the path that a tool was given, under whatever name."""
    return next((text(said.get(name)) for name in PATHS if text(said.get(name))), "")


def changes_of(tool: str, said: Object) -> Changes | None:
    """Return what a call of an edit tool would change; None if the tool edits nothing.

    Args:
        tool: its name, in any case.
        said: its arguments.
    """
    read = _EDITS.get(tool.lower())
    return read(said) if read is not None else None


def command_line(tool: str, said: Object) -> str | None:
    """Return the command line of a call that runs one; None if the tool runs none."""
    if tool.lower() not in SHELLS:
        return None
    for name in LINES:
        value = said.get(name)
        if isinstance(value, str):
            return value
        if isinstance(value, list) and value:
            return line_of([text(word) for word in value])
    return "\n".join(text(line) for line in rows(said.get("commands")))


def line_of(words: list[str]) -> str:
    """Return a list of words as a line; ``bash -lc LINE`` is that line."""
    from shlex import join

    if len(words) == 3 and words[0].rpartition("/")[2] in SHELL_NAMES and words[1][-1:] == "c":
        return words[2]
    if len(words) >= 3 and words[0].lower().endswith(("powershell.exe", "pwsh", "powershell")):
        return words[-1]
    return join(words)


def _first(said: Object, *names: str) -> str:
    return next((text(said.get(name)) for name in names if isinstance(said.get(name), str)), "")


def _replace(said: Object) -> Changes:
    old = _first(said, "old_string", "oldString", "old_str", "old_text", "search")
    new = _first(said, "new_string", "newString", "new_str", "new_text", "replace")
    path, line = path_of(said), whole_or_none(said.get("insert_line"))
    if line is not None and not old:
        return (FileChange(path=path, parts=(Replacement(old="", new=new, line=line),)),)
    if not old:  # nothing is replaced: this is how it makes a file
        return (FileChange(path=path, after=new, is_new=True),)
    is_all = any(said.get(name) is True for name in ("replace_all", "replaceAll", "allow_multiple"))
    return (FileChange(path=path, parts=(Replacement(old=old, new=new, is_all=is_all),)),)


def _write(said: Object) -> Changes:
    content = _first(said, "content", "file_text", "contents", "CodeContent")
    return (FileChange(path=path_of(said), after=content),)


def _several(said: Object) -> Changes:
    parts: list[Replacement] = []
    for edit in map(table, rows(said.get("edits"))):
        for change in _replace({"path": path_of(said), **edit}):
            parts += change.parts
    return (FileChange(path=path_of(said), parts=tuple(parts)),)


def _view_and_edit(said: Object) -> Changes:
    """Read the editor that is given a ``command``: view, create, str_replace, insert."""
    path = path_of(said)
    match text(said.get("command")):
        case "create" | "write":
            return (FileChange(path=path, after=_first(said, "file_text", "content")),)
        case "str_replace" | "edit":
            return _replace(said)
        case "insert":
            line, new = (
                whole_or_none(said.get("insert_line")),
                _first(said, "new_str", "insert_text"),
            )
            # Whatever its end, the editor puts in the lines that it has when split, each ended.
            part = Replacement(old="", new=f"{new}\n", line=line)
            return (FileChange(path=path, parts=(part,)),)
        case "undo_edit":
            return (FileChange(path=path),)
        case _:
            return ()


def _patch(said: Object) -> Changes:
    return enveloped(_first(said, "input", "patch", "patchText", "patch_text", "diff"))


def _blocks(said: Object) -> Changes:
    return (FileChange(path=path_of(said), parts=search_replace(_first(said, "diff", "content"))),)


def _notebook(said: Object) -> Changes:
    return (FileChange(path=path_of(said)),)


_EDITS: Mapping[str, Callable[[Object], Changes]] = {
    "edit": _replace,
    "edit_file": _replace,
    "editor": _replace,
    "replace": _replace,
    "search_replace": _replace,
    "str_replace": _replace,
    "write": _write,
    "write_file": _write,
    "write_to_file": _write,
    "create_file": _write,
    "multiedit": _several,
    "multi_edit": _several,
    "notebookedit": _notebook,
    "str_replace_editor": _view_and_edit,
    "str_replace_based_edit_tool": _view_and_edit,
    "file_editor": _view_and_edit,
    "planning_file_editor": _view_and_edit,
    "apply_patch": _patch,
    "applypatch": _patch,
    "patch": _patch,
    "apply_diff": _blocks,
    "replace_in_file": _blocks,
}
SHELLS = frozenset(
    "bash shell shell_command exec_command execute_command run_shell_command run_command"
    " run_commands terminal execute_bash local_shell_call container.exec run".split()
)
