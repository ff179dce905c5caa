"""What the tools of the Gemini CLI answered: commands, edits, files that were read.

A command that fails is a ``success`` like others: its text has an ``Exit Code``. Older
versions write all labels, later ones only those that say something.

Source:
    Logs of January 2026 (0.23), and the source of August 2026.
"""

import re
from collections.abc import Iterator

from loopwatch.sources.session_log.api import Command, Edit, Event, FileChange, Passed, Seen
from loopwatch.sources.session_log.edit_tools import Changes, changes_of
from loopwatch.sources.session_log.outputs import is_cut
from loopwatch.sources.session_log.values import (
    Object,
    joined_text,
    moment,
    number,
    rows,
    table,
    text,
    text_or_none,
)

SHELL, READ = "run_shell_command", "read_file"
EDITS = frozenset({"replace", "write_file"})
ENDED = frozenset({"success", "error", "cancelled"})
NOT_DONE = "an edit that failed or was refused"
MADE = re.compile(r"Successfully created|Created new file: ")
WRAP, WRAP_END = "<untrusted_context>\n", "\n</untrusted_context>"
SAVED = re.compile(  # a part in the middle is left out
    r"\AOutput too large\. Showing first [^\n]*\n|\ATool output was too large[^\n]*\n"
)
SHORT_FROM = "Output too large"
SHORT = ("<tool_output_masked", "[CONTENT TRUNCATED]", "too large and has been truncated")
STOPPED = re.compile(
    r"\ACommand (?:was cancelled by user|was automatically cancelled|timed out)[^\n]*?"
    r"(?:Below is the output before it was cancelled:\n(?P<output>.*)|no output before.*)",
    re.DOTALL,
)
LEFT = re.compile(r"\ACommand (?:is running in|moved to) background[^\n]*\n?", re.DOTALL)
LABELS = re.compile(r"\A(?:Command: .*?\nDirectory: [^\n]*\n)?(?:Output|Stdout): ", re.DOTALL)
ENDS = re.compile(
    r"(?:\nError: (?P<error>[^\n]*))?(?:\nExit Code: (?P<code>-?\d{1,3}|\(none\)))?"
    r"(?:\nSignal: (?P<signal>[^\n]*))?(?:\nBackground PIDs: [^\n]*)?"
    r"(?:\nProcess Group PGID: (?P<group>[^\n]*))?\s*\Z"
)
END_BEGINS = re.compile(r"\n(?:Error|Exit Code|Signal|Background PIDs|Process Group PGID): ")
LOOKED_AT = 2_000  # characters at the end of an output, for what the tool adds
NOTHING_SAID = frozenset({"(empty)", "(none)"})
FOUND_OUT = "\n\n--- Newly Discovered Project Context ---\n"
NOT_WHOLE = re.compile(
    r"\A\s*(?:IMPORTANT: The file content has been truncated|\[File content truncated"
    r"|Cannot display content|Tool execution succeeded\.\Z)"
)
PARTS_READ = ("offset", "limit", "start_line", "end_line")


def done(call: Object, step: str) -> Iterator[Event]:
    """Yield what a call did that has ended.

    Args:
        call: as the log has it.
        step: its name in the stream.
    """
    name, said, is_done = text(call.get("name")), table(call.get("args")), call.get("status")
    answer = answer_of(call)
    if name == SHELL:
        if (command := _command(call, said, answer, step)) is not None:
            yield command
    elif name in EDITS:
        files = _changes(name, said, table(call.get("resultDisplay")), answer or "")
        if is_done == "success" and answer is not None and files:
            yield Edit(step=step, time=moment(call.get("timestamp")), files=files)
        else:
            yield Passed(reason=NOT_DONE)
    elif name == READ and is_done == "success":
        yield from _seen(said, answer or "", text(call.get("resultDisplay")))


def is_work(call: Object) -> bool:
    """Tell whether a call edits or runs something."""
    return text(call.get("name")) in {*EDITS, SHELL}


def answer_of(call: Object) -> str | None:
    """Return the text that a tool answered; None if it failed, or answered nothing."""
    for part in map(table, rows(call.get("result"))):
        response = table(table(part.get("functionResponse")).get("response"))
        if response and "error" not in response:
            output = response.get("output")
            return text(output) or joined_text(output)
    return None


# --- commands ---


def _command(call: Object, said: Object, answer: str | None, step: str) -> Command | None:
    """Return a command with its output; None if it was refused."""
    if answer is None and call.get("status") != "success":
        return None
    body = (answer or "").removeprefix(WRAP)
    is_short = answer is None or body.startswith(SHORT_FROM) or any(m in body for m in SHORT)
    is_short = is_short or is_cut(body)
    body = SAVED.sub("", body).removeprefix(WRAP).rstrip().removesuffix(WRAP_END)
    output, stderr, status, is_stopped = _parted(body)
    if output is None:
        return None
    return Command(
        step=step,
        time=moment(call.get("timestamp")),
        line=text(said.get("command")),
        folder=text(said.get("dir_path")) or text(said.get("directory")),
        output=f"{output}\n" if is_short else output,
        stderr=stderr,
        exit_status=status,
        is_cut=is_short or is_stopped,
    )


def _parted(body: str) -> tuple[str | None, str, int | None, bool]:
    """Return output, errors, exit status, and whether it was stopped or still runs.

    No output: the command was stopped before it began.
    """
    if stopped := STOPPED.match(body):
        return stopped["output"] or "", "", None, True
    if body.startswith("Command was cancelled"):
        return None, "", None, True
    if left := LEFT.match(body):
        return body[left.end() :], "", None, True
    begins = LABELS.match(body)
    if begins is None:  # a summary, or something else that is no output
        return body, "", None, True
    rest = f"\n{body[begins.end() :]}"
    ends = _ends(rest, max(len(rest) - LOOKED_AT, 0))
    output = rest[1 : ends.start()] if ends else rest[1:]
    stderr = ""
    if begins[0].endswith("Stdout: "):
        output, _, stderr = output.rpartition("\nStderr: ")
    code, signal = (ends["code"], ends["signal"]) if ends else (None, None)
    status = int(code) if code and code != "(none)" else None
    is_told = ends is not None and bool(ends["group"]) and not ends["error"] and not signal
    if code is None and is_told:  # later versions only tell of failures
        status = 0
    return _said(output), _said(stderr), status, False


def _ends(rest: str, start: int) -> re.Match[str] | None:
    """Return what the tool adds at the end, or the white space there, looked for from a place."""
    for begins in END_BEGINS.finditer(rest, start):
        if ends := ENDS.match(rest, begins.start()):
            return ends
    return ENDS.match(rest, max(start, len(rest.rstrip())))


def _said(output: str) -> str:
    return "" if output in NOTHING_SAID else output


# --- edits ---


def _changes(name: str, said: Object, shown: Object, answer: str) -> Changes:
    """Return what an edit did: by the files that the log shows, else by what was asked."""
    before, after = shown.get("originalContent"), shown.get("newContent")
    if isinstance(after, str) and text(shown.get("filePath")):
        is_new = shown.get("isNewFile") is True
        told = None if is_new else text_or_none(before)
        path = text(shown.get("filePath"))
        return (FileChange(path=path, before=told, after=after, is_new=is_new),)
    if number(said.get("expected_replacements")) > 1:
        said = {**said, "allow_multiple": True}
    files = changes_of(name, said) or ()
    if name == "write_file" and files:
        path, content = files[0].path, files[0].after
        return (FileChange(path=path, after=content, is_new=MADE.match(answer) is not None),)
    return files


# --- files that were read ---


def _seen(said: Object, answer: str, shown: str) -> Iterator[Seen]:
    """Yield a file that was read, if it was read whole."""
    content = answer.partition(FOUND_OUT)[0]
    path = text(said.get("file_path")) or text(said.get("absolute_path"))
    is_part = any(said.get(name) is not None for name in PARTS_READ)
    if path and content and not (is_part or shown or NOT_WHOLE.match(content)):
        yield Seen(path=path, content=content)
