"""What the tools of Claude Code answer: commands, edits, files that were read."""

import re
from collections.abc import Iterator

from loopwatch.sources.session_log.api import Command, Edit, FileChange, Replacement, Seen
from loopwatch.sources.session_log.calls import Call
from loopwatch.sources.session_log.values import (
    Object,
    joined_text,
    rows,
    table,
    text,
    text_or_none,
    whole_or_none,
)

SHELL, READ = "Bash", "Read"
EDITS = frozenset({"Edit", "Write", "MultiEdit", "NotebookEdit"})
FAILED = re.compile(r"(?:Error: )?Exit code (\d{1,3})\n?")
CUT = re.compile(r"<persisted-output>|\.\.\. \[\d+ (?:lines|characters) truncated\] \.\.\.")
CUT_MARKS = ("<persisted-output>", " truncated] ...")  # of which one stands in each, found fast
REFUSED = re.compile(r"<tool_use_error>|The user doesn't want to|\[Request interrupted")


def is_told_later(result: Object) -> bool:
    """Tell whether a result says that the command did not run at all."""
    return bool(result.get("is_error")) and bool(REFUSED.match(joined_text(result.get("content"))))


def command_of(step: str, call: Call, result: Object, told: object, when: float | None) -> Command:
    """Return a command with its output; where it failed, all that there is is one text."""
    whole, details = joined_text(result.get("content")), table(told)
    status: int | None = None
    output, stderr = whole, ""
    if failed := FAILED.match(whole):
        status, output = int(failed[1]), whole[failed.end() :]
    elif details:
        output, stderr = text(details.get("stdout")), text(details.get("stderr"))
    is_running = bool(details.get("interrupted") or details.get("backgroundTaskId"))
    is_cut = any(mark in whole for mark in CUT_MARKS) and CUT.search(whole) is not None
    is_odd = bool(result.get("is_error") or details.get("returnCodeInterpretation"))
    if status is None and not (is_running or is_odd):
        status = 0
    return Command(
        step=step,
        time=when,
        line=text(call.said.get("command")),
        folder=call.folder,
        output=f"{output}\n" if is_cut and not is_running else output,
        stderr=stderr,
        exit_status=status,
        is_cut=is_cut or is_running,
    )


def seen_of(told: object, folder: str) -> Iterator[Seen]:
    """Yield a file that was read, if it was read whole."""
    file = table(table(told).get("file"))
    lines, total = whole_or_none(file.get("numLines")), whole_or_none(file.get("totalLines"))
    is_whole = file.get("startLine") == 1 and lines is not None and lines == total
    if is_whole and isinstance(file.get("content"), str):
        yield Seen(path=text(file.get("filePath")), content=text(file["content"]), folder=folder)


def edit_of(step: str, call: Call, told: object, when: float | None) -> Edit:
    """Return an edit; the result, not the call, says what was really written."""
    details = table(told)
    path = text(details.get("filePath")) or text(call.said.get("file_path"))
    path = path or text(call.said.get("notebook_path"))
    change = _CHANGES[call.name](path, call.said, details)
    return Edit(step=step, time=when, files=(change,), folder=call.folder)


def _written(path: str, said: Object, told: Object) -> FileChange:
    content = told.get("content")
    return FileChange(
        path=path,
        before=text_or_none(told.get("originalFile")),
        after=content if isinstance(content, str) else text(said.get("content")),
        is_new=told.get("type") == "create",
    )


def _replaced(path: str, said: Object, told: Object) -> FileChange:
    is_told = isinstance(told.get("newString"), str)
    old = text(told.get("oldString") if is_told else said.get("old_string"))
    new = text(told.get("newString") if is_told else said.get("new_string"))
    before = text_or_none(told.get("originalFile"))
    if not old:  # nothing is replaced: this is how it makes a file
        return FileChange(path=path, before=before, after=new, is_new=not before)
    is_all = (told.get("replaceAll") if is_told else said.get("replace_all")) is True
    return FileChange(path=path, before=before, parts=(_part(old, new, before, is_all, told),))


def _part(old: str, new: str, before: str | None, is_all: bool, told: Object) -> Replacement:
    if not new and before is not None and not old.endswith("\n") and f"{old}\n" in before:
        old = f"{old}\n"  # with what it deletes, it deletes the end of the line
    first = next((table(hunk) for hunk in rows(told.get("structuredPatch"))), {})
    return Replacement(
        old=old, new=new, is_all=is_all, line=whole_or_none(table(first).get("oldStart"))
    )


def _replaced_more(path: str, said: Object, told: Object) -> FileChange:
    edits = [table(edit) for edit in rows(said.get("edits"))]
    parts = tuple(
        Replacement(
            old=text(edit.get("old_string")),
            new=text(edit.get("new_string")),
            is_all=edit.get("replace_all") is True,
        )
        for edit in edits
    )
    before = text_or_none(told.get("originalFileContents")) or text_or_none(
        told.get("originalFile")
    )
    return FileChange(path=path, before=before, parts=parts)


def _notebook(path: str, said: Object, told: Object) -> FileChange:
    del said  # the source of one cell: where it stands in the file, the call does not say
    return FileChange(
        path=path,
        before=text_or_none(told.get("original_file")),
        after=text_or_none(told.get("updated_file")),
    )


_CHANGES = {
    "Edit": _replaced,
    "Write": _written,
    "MultiEdit": _replaced_more,
    "NotebookEdit": _notebook,
}
