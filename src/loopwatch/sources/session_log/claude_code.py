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

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from loopwatch.sources.session_log.api import (
    Begin,
    Beginning,
    Command,
    Event,
    Identity,
    Passed,
    Prompt,
    Said,
    SubSession,
    Usage,
)
from loopwatch.sources.session_log.calls import NO_LINE, Calls, is_cut_off
from loopwatch.sources.session_log.claude_lines import (
    INIT,
    RESULT_KEY,
    answered,
    call_in,
    gives_whole_files,
    is_typed,
    only_thought,
    stamp_of_plain_answer,
    unlike,
    usage_of,
)
from loopwatch.sources.session_log.claude_results import (
    EDITS,
    READ,
    SHELL,
    command_of,
    edit_of,
    is_told_later,
    seen_of,
)
from loopwatch.sources.session_log.claude_words import (
    ARGUMENTS,
    INTERRUPTED,
    OWN_COMMAND,
    OWN_OUTPUTS,
    TAG,
    inside,
    without_injected,
)
from loopwatch.sources.session_log.log_file import LogFile, parsed
from loopwatch.sources.session_log.looking import is_look
from loopwatch.sources.session_log.values import (
    NOTHING,
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
SIDES = ("agentId", "parentToolUseID", "parent_tool_use_id")  # what names another agent


@dataclass(frozen=True, slots=True)
class ClaudeCode:
    """The reader."""

    name: str = AGENT

    def recognises(self, log: LogFile) -> bool:
        is_likely = b'"sessionId"' in log.head or b'"session_id"' in log.head
        return is_likely and any(_is_record(table(line)) for line in log.first_lines)

    def identity(self, log: LogFile) -> Identity:
        own = next(filter(_is_record, map(table, log.first_lines)), NOTHING)
        session = text(own.get("sessionId") or own.get("session_id"))
        all_own = (record for record in map(table, log.first_lines) if _is_record(record))
        first = next((text(r.get("uuid")) for r in all_own if r.get("parentUuid") is None), "")
        all_own = (record for record in map(table, log.first_lines) if _is_record(record))
        is_part = bool(own) and all(r.get("isSidechain") is True for r in all_own)
        return Identity(
            session=session,
            keys=(first,) if first else (),
            is_part=is_part,
            beginning=_beginning(own),
        )

    def events(self, log: LogFile) -> Iterator[Event]:
        return _Reading().events(log)


def _is_record(record: Object) -> bool:
    has_place = "parentUuid" in record or "leafUuid" in record
    if text(record.get("sessionId")) and text(record.get("uuid")) and has_place:
        return True
    is_init = record.get("type") == "system" and record.get("subtype") == "init"
    return is_init and bool(text(record.get("session_id"))) and "claude_code_version" in record


def _beginning(record: Object) -> Beginning | None:
    folder, branch = text(record.get("cwd")), text(record.get("gitBranch"))
    if not folder or not branch:
        return None
    return Beginning(folder=folder, time=moment(record.get("timestamp")), branch=branch)


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
            if is_cut_off(line):
                yield Passed(reason=NO_LINE)
            elif not is_typed(line):
                yield from self._began(line) if INIT in line else unlike(line)
            elif self._is_of_little_use(line):
                yield from usage_of(line)
            elif (seen := self._seen(line)) is not None:
                yield from seen
            else:
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
        found = call_in(line)
        if found is None:
            return False
        step, name = found
        if not step:
            return only_thought(line)
        if name in WANTED or line.count(b'"tool_use"') != 1:
            return False
        self.calls.add(step, name, {}, self.folder)
        return True

    def _seen(self, line: bytes) -> Sequence[Event] | None:
        """Return what a line tells that only answers calls of no use; None if it tells more.

        Such calls neither edit nor run anything, or only look at something.
        """
        if RESULT_KEY not in line:
            return None
        steps = answered(line)
        names = {self.calls.name(step) for step in steps}
        if names == {SHELL} and len(steps) == 1:
            return self._looked(steps[0], line)
        is_read = names == {READ} and gives_whole_files(line)
        if not steps or None in names or (names & WANTED and not is_read):
            return None
        for step in steps:
            self.calls.take(step)
        return ()

    def _looked(self, step: str, line: bytes) -> Sequence[Event] | None:
        """Return the command that a line answers, if nobody needs what it printed."""
        call = self.calls.get(step)
        asked = text(call.said.get("command")) if call else ""
        stamp = stamp_of_plain_answer(line) if is_look(asked) else None
        if call is None or stamp is None:
            return None
        self.calls.take(step)
        return (Command(step=step, time=moment(stamp), line=asked, folder=call.folder),)

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
        said = without_injected(said)
        ran = inside(said, OWN_COMMAND) if said.startswith(f"<{OWN_COMMAND}>") else None
        if ran is not None:
            self.own_line = ran.strip()
        elif self.own_line and said.startswith("<bash-std"):
            output, stderr = (inside(said, tag) or "" for tag in OWN_OUTPUTS)
            line, self.own_line = self.own_line, ""
            yield Command(
                step=step,
                time=when,
                line=line,
                folder=self.folder,
                output=output,
                stderr=stderr,
            )
        elif (asked := inside(said, ARGUMENTS)) is not None:
            if asked.strip():
                yield Prompt(step=step, time=when, text=asked.strip())
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
