"""Reads what OpenHands tells of the tools of another agent that it leads.

Source:
    ``ACPToolCallEvent`` of openhands-sdk 1.58, and the Agent Client Protocol: a call is told
    again with each change of its state; its content holds texts and diffs. A diff without an
    old text writes a whole file. The old text of others is the file's, or a part of it.
"""

import re
from collections.abc import Iterator

from loopwatch.sources.session_log.api import Command, Edit, Event, FileChange, Passed, Replacement
from loopwatch.sources.session_log.edit_tools import changes_of, command_line
from loopwatch.sources.session_log.openhands import NOT_EDITED
from loopwatch.sources.session_log.outputs import output_of
from loopwatch.sources.session_log.values import (
    Object,
    joined_text,
    rows,
    table,
    text,
    whole_or_none,
)

ACP = "ACPToolCallEvent"
DONE, FAILED = "completed", "failed"
FENCED = re.compile(r"```\w*\n(.*?)\n?```\s*", re.DOTALL)
OUTPUTS = ("aggregated_output", "formatted_output", "output", "stdout")


def acp_events(event: Object, when: float | None) -> Iterator[Event]:
    """Yield what a call did, once it has ended."""
    status, step = event.get("status"), text(event.get("tool_call_id"))
    if status not in (DONE, FAILED):
        return
    asked = table(event.get("raw_input"))
    has_failed = status == FAILED or event.get("is_error") is True
    files = tuple(_changes(event))
    if event.get("tool_kind") == "edit" and not files:
        files = changes_of("edit", asked) or ()
    line = command_line("bash", asked) if event.get("tool_kind") == "execute" else ""
    if files and has_failed:
        yield Passed(reason=NOT_EDITED)
    elif files:
        yield Edit(step=step, time=when, files=files)
    elif line:
        yield _ran(event, step, line, when)


def _changes(event: Object) -> Iterator[FileChange]:
    for block in map(table, rows(event.get("content"))):
        if block.get("type") == "diff" and text(block.get("path")):
            old = text(block.get("old_text")) or text(block.get("oldText"))
            new = text(block.get("new_text")) or text(block.get("newText"))
            path = text(block.get("path"))
            if old:
                yield FileChange(path=path, parts=(Replacement(old=old, new=new),))
            else:
                yield FileChange(path=path, after=new)


def _ran(event: Object, step: str, line: str, when: float | None) -> Command:
    answer = event.get("raw_output")
    details = table(answer)
    said = next((text(details.get(name)) for name in OUTPUTS if details.get(name)), "")
    said = said or joined_text(answer) or "\n".join(_texts(event))
    fenced = FENCED.fullmatch(said)
    found = output_of(fenced[1] if fenced else said)
    status = whole_or_none(details.get("exit_code"))
    return Command(
        step=step,
        time=when,
        line=line,
        folder=text(table(event.get("raw_input")).get("cwd")),
        output=f"{found.text}\n" if found.is_cut else found.text,
        stderr=text(details.get("stderr")),
        exit_status=found.exit_status if status is None else status,
        is_cut=found.is_cut,
    )


def _texts(event: Object) -> Iterator[str]:
    for block in map(table, rows(event.get("content"))):
        yield text(table(block.get("content")).get("text")) or text(block.get("text"))
