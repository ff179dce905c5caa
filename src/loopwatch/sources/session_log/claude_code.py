"""Reads the sessions of Claude Code: JSON lines, one for each block of a message.

Most bytes of such a log are of no use here: what the agent thought, what it read and
searched, progress, snapshots. Which lines those are is told by a few bytes of them,
before any JSON is parsed.

Source:
    Logs of versions 2.0.64 to 2.1.126, and what ``--output-format stream-json`` prints, which
    has the same records with other names; there is no official schema. A call and its result
    are joined by ``tool_use_id``. One answer of the model is written as several lines, which
    share ``message.id`` and repeat ``usage``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from loopwatch.sources.session_log.api import (
    Begin,
    Command,
    Event,
    Identity,
    Passed,
    Prompt,
    Said,
    SubSession,
    Usage,
)
from loopwatch.sources.session_log.calls import NO_LINE, Calls
from loopwatch.sources.session_log.claude_results import (
    EDITS,
    READ,
    SHELL,
    command_of,
    edit_of,
    is_told_later,
    seen_of,
)
from loopwatch.sources.session_log.log_file import LogFile, parsed
from loopwatch.sources.session_log.values import (
    Object,
    joined_text,
    moment,
    number,
    rows,
    table,
    text,
)

AGENT = "claude-code"
WANTED = EDITS | {READ, SHELL}
INTERRUPTED = "[Request interrupted"
OWN_COMMAND = re.compile(r"<bash-input>(.*?)</bash-input>", re.DOTALL)
OWN_OUTPUT = re.compile(r"<bash-std(out|err)>(.*?)</bash-std\1>", re.DOTALL)
ARGUMENTS = re.compile(r"<command-args>(.*?)</command-args>", re.DOTALL)
INJECTED = re.compile(r"<(system-reminder|ide_\w+)>.*?</\1>", re.DOTALL)
TAG = re.compile(r"<[a-z][\w-]*>")

# Of lines, as bytes: a quote inside a string has a backslash before it, so these are structure.
TYPES = (b'"type":"user"', b'"type":"assistant"', b'"type": "user"', b'"type": "assistant"')
LOOKED_AT = 4_000  # bytes in which the first block of an answer begins
INIT = b'"subtype":"init"'
SIDES = ("agentId", "parentToolUseID", "parent_tool_use_id")  # what names another agent
BLOCK = re.compile(
    rb'"content": ?\[\{"type": ?"(?:(thinking)"'
    rb'|(?:tool_use)", ?"id": ?"([^"\\]+)", ?"name": ?"(\w+)")'
)
WANTED_BYTES = frozenset(name.encode() for name in WANTED)
RESULT_KEY = b'"tool_use_id"'
TOLD = re.compile(rb'"type": ?"(?:tool_use|text)"')
RESULT = re.compile(rb'"tool_use_id": ?"([^"\\]+)"')
WRITER = re.compile(rb'"version": ?"(\d+)\.(\d+)\.(\d+)"')
MESSAGE = re.compile(rb'"id": ?"(msg_[^"\\]+)"')
MODEL = re.compile(rb'"model": ?"([^"\\]+)"')
TOKENS = {
    "fresh": re.compile(rb'"input_tokens": ?(\d{1,15})'),
    "cached": re.compile(rb'"cache_read_input_tokens": ?(\d{1,15})'),
    "kept": re.compile(rb'"cache_creation_input_tokens": ?(\d{1,15})'),
    "made": re.compile(rb'"output_tokens": ?(\d{1,15})'),
}
WHOLE_FILES = (2, 0, 0), (2, 1, 100)  # versions that give the whole file with each edit


@dataclass(frozen=True, slots=True)
class ClaudeCode:
    """The reader."""

    name: str = AGENT

    def recognises(self, log: LogFile) -> bool:
        return any(_is_record(table(line)) for line in log.first_lines)

    def identity(self, log: LogFile) -> Identity:
        records = [table(line) for line in log.first_lines]
        own = [record for record in records if _is_record(record)]
        session = text(own[0].get("sessionId") or own[0].get("session_id")) if own else ""
        first = next((text(r.get("uuid")) for r in own if r.get("parentUuid") is None), "")
        is_part = bool(own) and all(r.get("isSidechain") is True for r in own)
        return Identity(session=session, keys=(first,) if first else (), is_part=is_part)

    def events(self, log: LogFile) -> Iterator[Event]:
        return _Reading().events(log)


def _is_record(record: Object) -> bool:
    has_place = "parentUuid" in record or "leafUuid" in record
    if text(record.get("sessionId")) and text(record.get("uuid")) and has_place:
        return True
    is_init = record.get("type") == "system" and record.get("subtype") == "init"
    return is_init and bool(text(record.get("session_id"))) and "claude_code_version" in record


@dataclass(slots=True)
class _Reading:
    """One run through one log."""

    calls: Calls = field(default_factory=Calls)
    folder: str = ""
    agents: set[str] = field(default_factory=set)
    own_line: str = ""  # a command that the user ran, whose output comes next

    def events(self, log: LogFile) -> Iterator[Event]:
        yield Begin(agent=AGENT)
        for line in log.lines():
            if not _is_typed(line):
                yield from self._began(line) if INIT in line else _unlike(line)
            elif self._is_of_little_use(line):
                yield from _usage(line)
            elif not self._is_unwanted(line):
                record = table(parsed(line))
                if record:
                    yield from self._record(record)
                else:
                    yield Passed(reason=NO_LINE)
        yield from self.calls.unanswered()

    def _began(self, line: bytes) -> Iterator[Event]:
        """Read the first line of a stream, which alone says where it works."""
        record = table(parsed(line))
        self.folder = text(record.get("cwd")) or self.folder
        yield Begin(folder=self.folder, model=text(record.get("model")))

    def _is_of_little_use(self, line: bytes) -> bool:
        """Tell whether a line only holds what was thought, or a call of another tool.

        Nothing but the tokens is read of it; the call is noted.
        """
        found = BLOCK.search(line, 0, LOOKED_AT)
        if found is None:
            return False
        if found[1] == b"thinking":
            return not TOLD.search(line)
        if found[3] in WANTED_BYTES or line.count(b'"tool_use"') != 1:
            return False
        self.calls.add(found[2].decode("ascii", "replace"), found[3].decode(), {}, self.folder)
        return True

    def _is_unwanted(self, line: bytes) -> bool:
        """Tell whether a line only answers calls that neither edit nor run anything."""
        if RESULT_KEY not in line:
            return False
        answered = [found.decode("ascii", "replace") for found in RESULT.findall(line)]
        names = {self.calls.name(step) for step in answered}
        is_read = names == {READ} and _gives_whole_files(line)
        if not answered or None in names or (names & WANTED and not is_read):
            return False
        for step in answered:
            self.calls.take(step)
        return True

    def _record(self, record: Object) -> Iterator[Event]:
        if record.get("type") == "progress":  # of an agent whose own log may be missing
            inner = table(table(record.get("data")).get("message"))
            if inner:
                yield from self._message(inner, record, is_side=True)
            return
        is_side = record.get("isSidechain") is True or bool(record.get("parent_tool_use_id"))
        yield from self._message(record, record, is_side=is_side)

    def _message(self, record: Object, frame: Object, *, is_side: bool) -> Iterator[Event]:
        folder = text(frame.get("cwd"))
        if folder and folder != self.folder:
            self.folder = folder
            yield Begin(folder=folder)
        if is_side:
            yield from self._side(next((n for n in map(text, map(frame.get, SIDES)) if n), ""))
        message = table(record.get("message"))
        if record.get("type") == "assistant":
            yield from self._answer(message)
        elif record.get("type") == "user":
            yield from self._user(record, frame, message, is_side=is_side)

    def _side(self, agent: str) -> Iterator[Event]:
        if agent and agent not in self.agents:
            self.agents.add(agent)
            yield SubSession(id=agent)

    def _answer(self, message: Object) -> Iterator[Event]:
        usage, model = table(message.get("usage")), text(message.get("model"))
        if usage and text(message.get("id")) and model != "<synthetic>":
            yield Usage(
                message=text(message.get("id")),
                model=model,
                fresh=number(usage.get("input_tokens")),
                cached=number(usage.get("cache_read_input_tokens")),
                kept=number(usage.get("cache_creation_input_tokens")),
                made=number(usage.get("output_tokens")),
            )
        for block in map(table, rows(message.get("content"))):
            if block.get("type") == "text":
                yield Said(text=text(block.get("text")))
            elif block.get("type") == "tool_use":
                name = text(block.get("name"))
                said = table(block.get("input")) if name in WANTED else {}
                self.calls.add(text(block.get("id")), name, said, self.folder)

    def _user(
        self, record: Object, frame: Object, message: Object, *, is_side: bool
    ) -> Iterator[Event]:
        when, content = moment(frame.get("timestamp")), message.get("content")
        results = [b for b in map(table, rows(content)) if b.get("type") == "tool_result"]
        for result in results:
            # What the tool itself told belongs to one result; with more there is no saying which.
            told = record.get("toolUseResult", record.get("tool_use_result"))
            told = told if len(results) == 1 else None
            yield from self._result(result, told, when)
        is_own = not (is_side or record.get("isMeta") or record.get("isCompactSummary"))
        if is_own and not results:
            said = joined_text(content, "text")
            yield from self._said(text(record.get("uuid")), when, said)

    def _said(self, step: str, when: float | None, said: str) -> Iterator[Event]:
        """Yield what the user said, without what the agent's program put in."""
        said = INJECTED.sub("", said).strip()
        if found := OWN_COMMAND.match(said):
            self.own_line = found[1].strip()
        elif self.own_line and said.startswith("<bash-std"):
            outputs = dict(OWN_OUTPUT.findall(said))
            line, self.own_line = self.own_line, ""
            yield Command(
                step=step,
                time=when,
                line=line,
                folder=self.folder,
                output=outputs.get("out", ""),
                stderr=outputs.get("err", ""),
            )
        elif found := ARGUMENTS.search(said):
            if found[1].strip():
                yield Prompt(step=step, time=when, text=found[1].strip())
        elif said and not TAG.match(said) and not said.startswith((INTERRUPTED, "Caveat:")):
            yield Prompt(step=step, time=when, text=said)

    def _result(self, result: Object, told: object, when: float | None) -> Iterator[Event]:
        step = text(result.get("tool_use_id"))
        call = self.calls.take(step)
        if call is None or call.name not in WANTED:
            return
        if call.name == SHELL:
            if not is_told_later(result):
                yield command_of(step, call, result, told, when)
        elif result.get("is_error"):
            if call.name != READ:
                yield Passed(reason="an edit that failed or was refused")
        elif call.name == READ:
            yield from seen_of(told, call.folder)
        else:
            yield edit_of(step, call, told, when)


def _unlike(line: bytes) -> Iterator[Event]:
    """Tell of a line that is of another type whether it is a record at all."""
    if line.strip() and not (line.lstrip()[:1] == b"{" and line.rstrip()[-1:] == b"}"):
        yield Passed(reason=NO_LINE)


def _is_typed(line: bytes) -> bool:
    """Tell whether a line is of the user, or of the agent, or has such a message in it."""
    return any(mark in line for mark in TYPES)


def _usage(line: bytes) -> Iterator[Event]:
    """Yield the tokens of a line of which nothing else is read."""
    message, model = MESSAGE.search(line), MODEL.search(line)
    start = line.rfind(b'"usage"')
    if message and model and start >= 0:
        counts: Mapping[str, int] = {
            name: int(found[1])
            for name, part in TOKENS.items()
            if (found := part.search(line, start))
        }
        yield Usage(message=message[1].decode(), model=model[1].decode(errors="replace"), **counts)


def _gives_whole_files(line: bytes) -> bool:
    """Tell whether the version that wrote a line gives whole files with edits anyway."""
    found = WRITER.search(line)
    first, end = WHOLE_FILES
    return found is not None and first <= tuple(map(int, found.groups())) < end
