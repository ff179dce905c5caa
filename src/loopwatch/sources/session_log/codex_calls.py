"""What the tools of Codex are asked, and what they answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from loopwatch.sources.session_log.api import Command, FileChange
from loopwatch.sources.session_log.calls import Call
from loopwatch.sources.session_log.edit_tools import command_line
from loopwatch.sources.session_log.log_file import parsed
from loopwatch.sources.session_log.outputs import output_of
from loopwatch.sources.session_log.patches import BEGIN, END, enveloped, has_envelope
from loopwatch.sources.session_log.values import Object, table, text

PATCHES = frozenset({"apply_patch"})
CODE, POLL = "exec", "write_stdin"  # JavaScript that calls tools; more of a command's output
DONE = ("Success. Updated the following files", "Done!")
RUNNING = re.compile(r"(?:Process running with session ID|session_id[\"':= ]+) ?(\w+)")
HEADING = 1_000  # characters in which an answer says how a command ended, or that it runs on
OUTPUT = "\nOutput:"  # the command's own words begin
NOT_RUN = re.compile(r"(?:execution error|tool call error|error|exec_command failed):? ")
ENDED = re.compile(r"Process exited with code (-?\d{1,3})")
LITERAL = re.compile(r'"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`', re.DOTALL)
LINE = re.compile(r'\bcmd:\s*("(?:\\.|[^"\\])*")')
HEREDOC = re.compile(r"(?:cd [^&;\n]+&&\s*)?apply_?patch\s*<<-?\s*['\"]?(\w+)['\"]?\s*\n")


def said_of(item: Object) -> Object:
    """Return the arguments of a call: JSON in a string, or, of a custom tool, one text."""
    if isinstance(item.get("input"), str):
        return {"input": item["input"]}
    value = item.get("arguments")
    said = parsed(value) if isinstance(value, str) else value
    if isinstance(said, dict) and isinstance(said.get("patch"), str):
        return {**said, "input": said["patch"]}
    return table(said)


def succeeded(said: str) -> bool:
    """Tell whether an answer says that a patch was applied."""
    found = output_of(said)
    return found.exit_status in {None, 0} and any(mark in found.text for mark in DONE)


def command_of(step: str, call: Call, said: str, when: float | None) -> Command:
    """Return a command with what it printed."""
    found = output_of(said)
    has_run = not NOT_RUN.match(said)
    return Command(
        step=step,
        time=when,
        line=command_line(call.name, call.said) or "",
        folder=text(call.said.get("workdir")) or call.folder,
        output=f"{found.text}\n"
        if found.is_cut and not RUNNING.search(heading(said))
        else found.text,
        exit_status=found.exit_status if has_run else found.exit_status or 1,
        is_cut=found.is_cut,
    )


def heading(said: str) -> str:
    """Return what an answer says itself, before what the command printed; of JSON, all of it."""
    return said if said[:1] == "{" else said[:HEADING].partition(OUTPUT)[0]


def patch_in(call: Call, line: str) -> tuple[str, str]:
    """Return the patch that a command applies, and what else it runs."""
    words = call.said.get("command")
    if isinstance(words, list) and words[:1] in (["apply_patch"], ["applypatch"]):
        return text(words[-1]), ""
    found = HEREDOC.search(line) if has_envelope(line) else None
    if found is None:
        return "", line
    start, end = line.find(BEGIN), line.find(END)
    if end < 0:
        return line[start:], ""
    after = line[end + len(END) :].lstrip().removeprefix(found[1])
    rest = (line[: found.start()] + after).strip().strip("&;").strip()
    return line[start : end + len(END)], rest


def changes_of(script: str) -> tuple[tuple[FileChange, ...], list[str]]:
    """Return the patches and the command lines that a script holds as texts."""
    files: list[FileChange] = []
    for literal in LITERAL.findall(script):
        if BEGIN in literal:
            files += enveloped(_unquoted(literal))
    return tuple(files), [_unquoted(found) for found in LINE.findall(script)]


def _unquoted(literal: str) -> str:
    if literal.startswith("`"):
        return literal[1:-1].replace("\\`", "`").replace("\\$", "$").replace("\\\\", "\\")
    try:
        value = json.loads(literal, strict=False)
    except ValueError:
        return literal[1:-1]
    return text(value)


@dataclass(slots=True)
class Running:
    """Commands that go on while the agent does something else; their output comes in parts."""

    _commands: dict[str, Command] = field(default_factory=dict)  # by the id of their terminal
    _edited: set[str] = field(default_factory=set)  # terminals whose command saw files change

    def begin(self, command: Command, said: str) -> Iterator[Command]:
        """Yield a command that has ended; keep one that goes on."""
        head = heading(said)
        has_ended = command.exit_status is not None or ENDED.search(head)
        found = None if has_ended else RUNNING.search(head)
        if found is None:
            yield command
        else:
            self._commands[found[1]] = command

    def go_on(self, call: Call, said: str, when: float | None) -> Iterator[Command]:
        """Take in more of the output of a command; yield it when it has ended."""
        terminal = str(call.said.get("session_id"))
        command = self._commands.get(terminal)
        if command is None:
            return
        found = output_of(said)
        command = replace(command, output=command.output + found.text, time=when)
        self._commands[terminal] = command
        if ENDED.search(heading(said)):
            del self._commands[terminal]
            is_mixed = terminal in self._edited
            self._edited.discard(terminal)
            yield replace(
                command, exit_status=found.exit_status, is_cut=found.is_cut, is_remote=is_mixed
            )

    def note_edit(self) -> None:
        """Note that files change: what still runs tells of neither the old nor the new ones."""
        self._edited.update(self._commands)

    def rest(self, when: float | None) -> Iterator[Command]:
        """Yield, at the end, what never ended."""
        for terminal, command in self._commands.items():
            is_mixed = terminal in self._edited
            yield replace(command, is_cut=True, time=when, is_remote=is_mixed)
        self._commands.clear()
