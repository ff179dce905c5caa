"""Calls of Cline's and Roo Code's tools, and the texts in which their results are told.

Cline tells results as text, after a line ``[tool for 'path'] Result:``, in the order of the
calls. After an edit it tells the whole file, with what the user and the editor changed in it.

Source:
    Cline of 2025 to February 2026 (its source, and what its window shows), the source of Roo
    Code to 3.5x.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from loopwatch.sources.session_log.api import (
    Command,
    Edit,
    Event,
    FileChange,
    Passed,
    Replacement,
    Seen,
)
from loopwatch.sources.session_log.edit_tools import Changes, changes_of, path_of
from loopwatch.sources.session_log.outputs import is_cut, output_of
from loopwatch.sources.session_log.values import Object, text, whole_or_none

EDITS = frozenset(
    "write_to_file replace_in_file apply_patch new_rule apply_diff insert_content"
    " search_and_replace search_replace edit edit_file".split()
)
SHELL, READ = "execute_command", "read_file"
# Tools that show what others wrote: what is in their results, nobody said.
SHOWING = frozenset(
    "read_file search_files list_files list_code_definition_names execute_command browser_action"
    " use_mcp_tool access_mcp_resource web_fetch codebase_search".split()
)
NOT_DONE = "an edit that failed or was refused"
RESULT = "] Result:"
FEEDBACK = "provided the following feedback:"
FAILED = re.compile(
    r"\s*(?:The user denied|The tool execution failed|Error\b|\[ERROR\]|Missing value"
    r"|This tool cannot be used|Tool \[\w+\] was not executed"
    r"|\{\s*\"status\": ?\"(?:error|denied))"
)
DONE = re.compile(
    r"successfully (?:saved|applied|updated|created|written|edited)|<file_write_result>"
    r"|<operation>(?:modified|created)|\"operation\": ?\"(?:modified|created)\""
)
IN_PART = "unable to apply all diff parts"
WHOLE = re.compile(r'<(final_file_content|file_content) path="([^"\n]{1,1000})">\n')
REMOVED = "[[NOTE] This file read has been removed"
RUNNING = re.compile(r"Command is still running[^\n]*\n|Here's the output so far:\n?")
FOLDER = re.compile(r"within working directory '([^'\n]{1,1000})'")
NUMBERED = re.compile(
    r'<file><path>(?P<path>[^\n<]+)</path>\s*<content lines="1-\d+">\n(?P<lines>.*)</content>',
    re.DOTALL,
)
NUMBER = re.compile(r" *(?P<number>\d+) \| ?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A call that waits for its result."""

    step: str
    names: tuple[str, ...]  # of the tool; more where only what it did is told
    said: Object
    time: float | None = None  # where the result tells none


@dataclass(slots=True)
class Results:
    """Joins the calls of one answer with the texts that come next."""

    waiting: list[ToolCall] = field(default_factory=list)
    between: str = "\n"  # what stands between two results

    def take(self, said: str, when: float | None) -> Iterator[Event]:
        """Yield what the calls did whose results are in a text; the others go on waiting."""
        for call, result in self._results(said):
            self.waiting.remove(call)
            yield from done(call, result, when)

    def own_words(self, said: str) -> str:
        """Return a text without what its results show of files and outputs."""
        results = list(self._results(said))
        shown = [result for call, result in results if call.names[0] in SHOWING | EDITS]
        for result in shown:
            said = said.replace(result, result.partition(FEEDBACK)[2], 1)
        return said

    def _results(self, said: str) -> Iterator[tuple[ToolCall, str]]:
        places: list[tuple[ToolCall, int, int]] = []
        at = 0
        for call in self.waiting:
            start, end = _heading(said, call.names, at)
            if start >= 0:
                places.append((call, start, end))
                at = end
        ends = [*(start for _, start, _ in places), len(said)][1:]
        for (call, _, start), end in zip(places, ends, strict=True):
            yield (
                call,
                said[start:end]
                .removeprefix("\n")
                .removesuffix(self.between if end < len(said) else ""),
            )


def _heading(said: str, names: Sequence[str], at: int) -> tuple[int, int]:
    """Return where the line begins and ends before the result of a tool; -1 without any."""
    found = -1, -1
    for name in names:
        start = at
        while (start := said.find(f"[{name}", start)) >= 0:
            end = said.find(RESULT, start)
            if end < 0:
                break
            if (start == 0 or said[start - 1] == "\n") and (found[0] < 0 or start < found[0]):
                found = start, end + len(RESULT)
                break
            start += 1
    return found


def done(call: ToolCall, result: str, when: float | None) -> Iterator[Event]:
    """Yield what a call did, by the text of its result."""
    name, moment = call.names[0], when if when is not None else call.time
    if name in EDITS:
        files = changes(call, result)
        if files:
            yield Edit(step=call.step, time=moment, files=files)
        else:
            yield Passed(reason=NOT_DONE)
            yield from _shown(result, "file_content")
    elif name == SHELL and not FAILED.match(result):
        yield _command(call, result, moment)
    elif name == READ and not FAILED.match(result):
        yield from _read(call.said, result)


# --- edits ---


def changes(call: ToolCall, result: str) -> Changes:
    """Return what an edit did; nothing if it did not succeed."""
    if FAILED.match(result):
        return ()
    finals = [(seen.path, seen.content) for seen in _shown(result, "final_file_content")]
    if not finals and not DONE.search(result):
        return ()
    asked = _asked(call.names[0], call.said)
    if IN_PART in result:
        asked = tuple(FileChange(path=change.path) for change in asked)
    if len(asked) <= 1 and len(finals) == 1:
        path = asked[0].path if asked else finals[0][0]
        is_new = bool(asked) and asked[0].is_new
        return (FileChange(path=path, after=finals[0][1], is_new=is_new),)
    whole = dict(finals)
    told = tuple(
        replace(change, after=whole.pop(change.path), parts=()) if change.path in whole else change
        for change in asked
    )
    return told + tuple(FileChange(path=path, after=after) for path, after in whole.items())


def _asked(name: str, said: Object) -> Changes:
    path = path_of(said)
    if name == "new_rule":
        name = "write_to_file"
    if name == "insert_content":
        line, content = _line(said), text(said.get("content"))
        part = Replacement(old="", new=f"{content}\n", line=line - 1)
        return (FileChange(path=path, parts=(part,) if line else ()),)
    if name == "search_and_replace":
        old, new = text(said.get("search")), text(said.get("replace"))
        is_plain = str(said.get("use_regex")).lower() != "true" and bool(old)
        part = Replacement(old=old, new=new, is_all=True)
        return (FileChange(path=path, parts=(part,) if is_plain else ()),)
    found = changes_of(name, said) or ()
    parts = found[0].parts if found else ()
    if len(parts) == 1 and not parts[0].old and parts[0].line is None:
        return (FileChange(path=path, after=parts[0].new),)  # an empty search is for all of it
    return found


def _line(said: Object) -> int:
    told = said.get("line")
    number = int(told) if isinstance(told, str) and told.isdecimal() else whole_or_none(told)
    return number if number and 0 < number < 10**9 else 0


def _shown(result: str, tag: str) -> Iterator[Seen]:
    """Yield the whole files that a text shows; older ones are replaced by a notice later on."""
    at = 0
    while found := WHOLE.search(result, at):
        end = result.find(f"\n</{found[1]}>", found.end() - 1)
        if end < 0:
            return
        content = result[found.end() : max(end, found.end())]
        if found[1] == tag and REMOVED not in content:
            yield Seen(path=found[2], content=content)
        at = end


def shown_by_user(said: str) -> Iterator[Seen]:
    """Yield the files that the user named in a message."""
    yield from _shown(said, "file_content")


# --- commands, and files that were read ---


def _command(call: ToolCall, result: str, when: float | None) -> Command:
    head, has_output, output = result.partition("Output:\n")
    if running := RUNNING.search(result):
        head, has_output, output = "", "yes", result[running.end() :]
        output = RUNNING.sub("", output).partition("\nYou will be updated on the terminal")[0]
    output = output.partition(f"\nThe user {FEEDBACK}")[0] if has_output else ""
    folder = FOLDER.search(head)
    return Command(
        step=call.step,
        time=when,
        line=text(call.said.get("command")),
        folder=folder[1] if folder else text(call.said.get("cwd")),
        output=output,
        exit_status=output_of(head).exit_status,
        is_cut=running is not None or is_cut(output),
    )


def _read(said: Object, result: str) -> Iterator[Seen]:
    """Yield a file that was read whole."""
    path, is_part = (
        path_of(said),
        any(said.get(n) for n in ("start_line", "end_line", "line_range")),
    )
    if found := NUMBERED.search(result):
        content = _unnumbered(found["lines"])
        if content is not None and "<notice>" not in result and not is_part:
            yield Seen(path=found["path"].strip(), content=content)
    elif path and result and not (is_part or REMOVED in result or result.startswith("<")):
        yield Seen(path=path, content=result)


def _unnumbered(lines: str) -> str | None:
    bare: list[str] = []
    for number, line in enumerate(lines.removesuffix("\n").split("\n"), start=1):
        told = NUMBER.match(line)
        if told is None or told["number"] != str(number):
            return None
        bare.append(line[told.end() :])
    return "\n".join(bare) + "\n"
