"""Calls of tools as SpecStory shows them: what they were given, and most of what came of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import islice

from loopwatch.sources.session_log.api import Command, Edit, Event, Passed
from loopwatch.sources.session_log.claude_results import REFUSED
from loopwatch.sources.session_log.outputs import LOOKED_AT, Output, is_cut, output_of
from loopwatch.sources.session_log.patches import enveloped, has_envelope
from loopwatch.sources.session_log.specstory_body import Tool, parts_of
from loopwatch.sources.session_log.specstory_edits import FAILED, GOOD, files_of

NOT_RUN = "a command that was not run"
INLINE = re.compile(r" ?`(.+)`$")
COMMAND = re.compile(r"Run command: (.*)$", re.DOTALL)
SHELL_LANGUAGES = frozenset({"bash", "sh", "shell", "zsh", "powershell"})
STATUS = re.compile(r"Exit code (\d{1,3})(?:\n|\Z)")
WRAPPED = re.compile(  # the words around the output of Codex, Gemini CLI, Droid, Cursor
    r"\A\s*(?:Chunk ID: |Wall time: |Exit code: |Command: |Process exited|\{\"output\")"
    r"|^Exit Code: |^\[Process exited with code|^Output:",
    re.MULTILINE,
)
RELATIVE = re.compile(  # of a file that is read, patched, edited
    r"^ `\./([^`\n]+)`$|^\*\*(?:Update|Add): `([^`\n]+)`\*\*$| • Edit file: ([^\n<]+)</summary>",
    re.MULTILINE,
)
WHOLE = re.compile(r"(?<![\w./~-])/[\w.@+-]{1,255}(?:/[\w.@+-]{1,255}){1,40}")
LIMIT = 20_000  # paths from which the folder is found out


def folder_of(text: str) -> str:
    """Return the folder that a session works in, "" if that does not show.

    The log has paths from there on, and, in what tools print, whole ones: where one ends in
    another, the rest is the folder. All of them have to agree.
    """
    relative = {
        (found[1] or found[2] or found[3]).strip() for found in _some(RELATIVE.finditer(text))
    }
    ends = {one for one in relative if "/" in one and not one.startswith(".")}
    found: set[str] = set()
    for path in {match[0] for match in _some(WHOLE.finditer(text))} if ends else ():
        place = path.find("/", 1)
        while place >= 0:
            if path[place + 1 :] in ends:
                found.add(path[:place])
            place = path.find("/", place + 1)
    return found.pop() if len(found) == 1 else ""


def _some(found: Iterator[re.Match[str]]) -> Iterator[re.Match[str]]:
    return islice(found, LIMIT)


def shown(tool: Tool, step: str, when: float | None, *, is_cursor: bool) -> Iterator[Event]:
    """Yield what a call did.

    Args:
        tool: the call.
        step: its name.
        when: seconds since 1970.
        is_cursor: Cursor's diffs have a space after each sign, its texts are escaped.
    """
    if tool.kind == "shell":
        yield from _command(tool, step, when, is_cursor=is_cursor)
    elif tool.kind == "write":
        files = files_of(tool, is_cursor=is_cursor)
        if isinstance(files, str):
            yield Passed(reason=files)
        else:
            yield Edit(step=step, time=when, files=files)


def _command(tool: Tool, step: str, when: float | None, *, is_cursor: bool) -> Iterator[Event]:
    called, blocks, rest = parts_of(tool.body)
    above = blocks[0].above if blocks else rest
    if blocks and blocks[0].language in SHELL_LANGUAGES:
        line, blocks = blocks[0].text, blocks[1:]
    else:
        named = [found[1] for one in above.split("\n") if (found := INLINE.match(one))]
        line = _line(called) or (named[-1] if named else "")
    if not line.strip():
        return
    said = blocks[-1].text if blocks else ""
    if REFUSED.match(said):
        yield Passed(reason=NOT_RUN)
        return
    told = _output(said)
    if has_envelope(line) and (files := enveloped(line)):
        is_done = GOOD.match(told.text.strip()) is not None
        yield Edit(step=step, time=when, files=files) if is_done else Passed(reason=FAILED)
        return
    yield Command(
        step=step,
        time=when,
        line=unescape(line) if is_cursor else line,
        output=f"{told.text}\n" if told.is_cut else told.text,
        exit_status=told.exit_status,
        is_cut=told.is_cut or not blocks,
    )


def _output(said: str) -> Output:
    """Return what a command printed, without what the agent's program put around it."""
    if found := STATUS.match(said):
        return Output(said[found.end() :], int(found[1]), is_cut=is_cut(said))
    if WRAPPED.search(said[:LOOKED_AT]):
        return output_of(said)
    return Output(said, is_cut=is_cut(said))


def _line(called: str) -> str:
    """Return the command that stands in the heading of a call."""
    if found := COMMAND.match(called):
        return found[1].strip()
    found = INLINE.match(called)
    return found[1] if found else ""
