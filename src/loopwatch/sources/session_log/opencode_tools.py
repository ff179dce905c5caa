"""What the tools of opencode did: edits, commands, files that were read.

A tool that fails has the status ``error``; a command that fails is ``completed`` like others,
with its exit status in the metadata.

Source:
    Logs of version 1.2.5, which gives whole files with each edit, and the source of 1.0 to
    1.19. Later versions give a diff only, whose lines are moved to the left: its indentation
    is not that of the file.
"""

import re
from collections.abc import Iterator

from loopwatch.sources.session_log.api import Command, Edit, Event, FileChange, Passed, Seen
from loopwatch.sources.session_log.calls import NO_RESULT
from loopwatch.sources.session_log.edit_tools import Changes, changes_of, path_of
from loopwatch.sources.session_log.outputs import is_cut
from loopwatch.sources.session_log.patches import unified_parts
from loopwatch.sources.session_log.values import (
    Object,
    moment,
    rows,
    table,
    text,
    text_or_none,
    whole_or_none,
)

EDITS = frozenset({"edit", "write", "multiedit", "apply_patch", "patch"})
SHELL, READ, TASK = "bash", "read", "task"
NOT_DONE = "an edit that failed or was refused"
UNDONE = "what the user took back with /undo"
ABORTED = "aborted"
PRUNED = "[Old tool result content cleared]"
# What the tool adds to an output, of one age or another.
NOTES = re.compile(
    r"<(?:bash|shell)_metadata>.*?</(?:bash|shell)_metadata>\s*\Z"
    r"|\((?:Output was truncated due to length limit|Command (?:timed out after \d+ ms"
    r"|was aborted))\)\s*\Z",
    re.DOTALL,
)
LONGEST_NOTE = 1_000  # characters
STOPPED = re.compile(r"timed out|timeout|abort|truncated")
HEAD_KEPT = re.compile(
    r"\n\n\.\.\.\d+ (?:lines|bytes) truncated\.\.\.\n\nThe tool call succeeded.*\Z", re.DOTALL
)
TAIL_KEPT = re.compile(
    r"\A(?:\.\.\.output truncated\.\.\.\n\nFull output saved to: [^\n]*\n\n"
    r"|\.\.\.\d+ (?:lines|bytes) truncated\.\.\.\n\nThe tool call succeeded.*?\n\n)",
    re.DOTALL,
)
SHOWN = re.compile(
    r"\A(?:<path>(?P<path>[^\n]+)</path>\n<type>file</type>\n)?<(?:content|file)>(?P<by_line>\n?)"
    r"(?P<lines>.*)\n\n\(End of file - total \d+ lines\)\n</(?:content|file)>",
    re.DOTALL,
)
NUMBER = re.compile(r"0*(?P<number>\d+)(?:: |\| )")
SHORTENED = re.compile(r"(?:\.\.\.|\.\.\. \(line truncated to \d+ chars\))$")
LONGEST_SHOWN = 2_000  # characters of a line; longer ones are shortened


def done(part: Object, step: str) -> Iterator[Event]:
    """Yield what a call of a tool did.

    Args:
        part: of a message, with the type ``tool``.
        step: its name in the stream.
    """
    state, name = table(part.get("state")), text(part.get("tool"))
    status = state.get("status")
    if status == "error":
        yield from _failed(name, state, step)
    elif status != "completed":
        if name in EDITS or name == SHELL:
            yield Passed(reason=NO_RESULT)
    elif name in EDITS:
        if files := _changes(name, table(state.get("input")), table(state.get("metadata"))):
            yield Edit(step=step, time=_time(state), files=files)
    elif name == SHELL:
        yield _command(state, step)
    elif name == READ:
        yield from seen(text(state.get("output")), path_of(table(state.get("input"))))


def is_work(part: Object) -> bool:
    """Tell whether a part of a message is a call that edits or runs something."""
    return part.get("type") == "tool" and text(part.get("tool")) in {*EDITS, SHELL}


def _failed(name: str, state: Object, step: str) -> Iterator[Event]:
    """Yield a command that was stopped; one that was refused did not run."""
    printed = table(state.get("metadata")).get("output")
    if name in EDITS:
        yield Passed(reason=NOT_DONE)
    elif name == SHELL and (isinstance(printed, str) or ABORTED in text(state.get("error"))):
        yield Command(
            step=step,
            time=_time(state),
            line=_line(state),
            folder=_folder(state),
            output=text(printed),
            is_cut=True,
        )


def _time(state: Object) -> float | None:
    told = table(state.get("time"))
    end = moment(told.get("end"))
    return end if end is not None else moment(told.get("start"))


def _line(state: Object) -> str:
    return text(table(state.get("input")).get("command"))


def _folder(state: Object) -> str:
    return text(table(state.get("input")).get("workdir"))


# --- commands ---


def _command(state: Object, step: str) -> Command:
    details, output = table(state.get("metadata")), text(state.get("output"))
    is_short = details.get("truncated") is True or is_cut(output)
    if noted := NOTES.search(output, max(len(output) - LONGEST_NOTE, 0)):
        output = output[: noted.start()].rstrip("\n")
        is_short = is_short or STOPPED.search(noted[0]) is not None
    if output == PRUNED or (not output and "compacted" in table(state.get("time"))):
        output, is_short = "", True
    return Command(
        step=step,
        time=_time(state),
        line=_line(state),
        folder=_folder(state),
        output=HEAD_KEPT.sub("", TAIL_KEPT.sub("", output)),
        exit_status=whole_or_none(details.get("exit")),
        is_cut=is_short,
    )


# --- edits ---


def _changes(name: str, said: Object, details: Object) -> Changes:
    """Return what an edit did: by what the tool says of the files, else by what it was asked."""
    asked = changes_of(name, said) or ()
    told = [table(file) for file in rows(details.get("files"))]
    if told and all(map(_is_whole, told)):
        return tuple(map(_patched, told))
    results = [table(one) for one in rows(details.get("results"))] or [details]
    diffs = [table(result.get("filediff")) for result in results]
    if name in {"edit", "multiedit"} and asked and asked[0].after is None:
        return _edited(asked, diffs)
    if name == "write" and asked:
        return (
            FileChange(
                path=text(details.get("filepath")) or asked[0].path,
                after=asked[0].after,
                is_new=details.get("exists") is False,
            ),
        )
    return asked


def _is_whole(file: Object) -> bool:
    return isinstance(file.get("before"), str) and isinstance(file.get("after"), str)


def _patched(file: Object) -> FileChange:
    """Return what a patch did to one file; of a file that is added, ``before`` is always empty."""
    path, moved_to, kind = text(file.get("filePath")), text(file.get("movePath")), file.get("type")
    before, after = text_or_none(file.get("before")), text_or_none(file.get("after"))
    if kind == "delete":
        return FileChange(path=path, before=before, is_gone=True)
    if kind == "add":
        return FileChange(path=path, after=after, is_new=True)
    if moved_to:
        return FileChange(path=moved_to, before=before, after=after, moved_from=path)
    return FileChange(path=path, before=before, after=after)


def _edited(asked: Changes, diffs: list[Object]) -> Changes:
    """Return replacements of texts in one file, which a formatter may have gone on with."""
    path = next((text(one.get("file")) for one in diffs if one.get("file")), asked[0].path)
    if diffs and all(map(_is_whole, diffs)):
        before, after = text(diffs[0].get("before")), text(diffs[-1].get("after"))
        return (FileChange(path=path, before=before, after=after),)
    parts = tuple(part for change in asked for part in change.parts)
    patches = [text(one.get("patch")) for one in diffs]
    if all(patches) and _is_more("\n".join(patches), "\n".join(part.new for part in parts)):
        parts = tuple(part for patch in patches for part in unified_parts(patch))
    return (FileChange(path=path, parts=parts),)


def _is_more(diff: str, new: str) -> bool:
    """Tell whether a diff puts in lines that nobody asked for: a formatter ran."""
    asked = {line.strip() for line in new.split("\n")}
    added = (line[1:].strip() for line in diff.split("\n") if line[:1] == "+")
    heads = ("++ ", "++\t")
    return any(line and line not in asked and not line.startswith(heads) for line in added)


# --- files that were read ---


def seen(output: str, path: str = "") -> Iterator[Seen]:
    """Yield a file that is shown whole: from its first line on, with no line shortened.

    Older versions show an empty line after the last line end. Later ones read by lines, and
    do not tell whether the last one ends: it is taken to, as lines do.
    """
    found = SHOWN.match(output)
    if found is None:
        return
    lines: list[str] = []
    for number, line in enumerate(found["lines"].split("\n"), start=1):
        told = NUMBER.match(line)
        if told is None or told["number"] != str(number):
            return
        bare = line[told.end() :]
        if len(bare) >= LONGEST_SHOWN and SHORTENED.search(bare):
            return
        lines.append(bare)
    end = "\n" if found["by_line"] and found["path"] else ""
    name = path or found["path"] or ""
    if name:
        yield Seen(path=name, content="\n".join(lines) + end)
