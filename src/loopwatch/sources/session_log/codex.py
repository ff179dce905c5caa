"""Reads the sessions ("rollouts") of the Codex CLI, of all three generations.

Until September 2025 the lines are bare items after a header; since then each is
``{timestamp, type, payload}``; since about 0.147 what was changed is told by items that are
"completed". All are read by one table: what a version does not write is not met.

Source:
    Logs of versions 0.111 to 0.142, and of September 2025; 0.144 and later after what is
    told of them in the project's own threads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from loopwatch.sources.session_log.api import (
    Begin,
    Beginning,
    Command,
    Edit,
    Event,
    FileChange,
    Identity,
    Passed,
    Prompt,
    Said,
    Usage,
)
from loopwatch.sources.session_log.calls import NO_LINE, Call, Calls, is_cut_off
from loopwatch.sources.session_log.codex_calls import (
    CODE,
    PATCHES,
    POLL,
    Running,
    changes_of,
    command_of,
    patch_in,
    said_of,
    succeeded,
)
from loopwatch.sources.session_log.codex_lines import (
    COUNTS,
    OUTPUTS,
    UNWANTED,
    call_of,
    counted,
    kind_of,
)
from loopwatch.sources.session_log.edit_tools import SHELLS, command_line, line_of
from loopwatch.sources.session_log.log_file import LogFile, parsed
from loopwatch.sources.session_log.looking import is_look
from loopwatch.sources.session_log.patches import enveloped, unified_parts
from loopwatch.sources.session_log.values import (
    Object,
    joined_text,
    moment,
    number,
    rows,
    table,
    text,
    text_or_none,
    whole_or_none,
)

AGENT = "codex"
TYPES = frozenset("session_meta response_item event_msg turn_context compacted world_state".split())
NOT_RUN = "an edit that failed or was refused"
REQUEST = "## My request for Codex:"
INJECTED = ("<", "# AGENTS.md instructions", "# Context from my IDE setup:")

TOKENS = ("input_tokens", "cached_input_tokens", "output_tokens")


@dataclass(frozen=True, slots=True)
class Codex:
    """The reader."""

    name: str = AGENT

    def recognises(self, log: LogFile) -> bool:
        if b'"payload"' in log.head and any(_is_enveloped(table(line)) for line in log.first_lines):
            return True
        if b'"instructions"' not in log.head:
            return False
        first = table(next(iter(log.first_lines), None))
        return "type" not in first and first.keys() >= {"id", "instructions"}

    def identity(self, log: LogFile) -> Identity:
        first = table(log.first_lines[0])
        meta = table(first.get("payload")) if _is_enveloped(first) else first
        spawn = table(table(table(meta.get("source")).get("subagent")).get("thread_spawn"))
        parents = (text(spawn.get("parent_thread_id")), text(meta.get("forked_from_id")))
        return Identity(
            session=text(meta.get("id")) or text(meta.get("session_id")),
            keys=tuple(filter(None, parents)),
            is_part=bool(any(parents)),
            beginning=_beginning(meta),
        )

    def events(self, log: LogFile) -> Iterator[Event]:
        return _Reading().events(log)


def _is_enveloped(line: Object) -> bool:
    is_typed = isinstance(line.get("payload"), dict) and "timestamp" in line
    return is_typed and line.get("type") in TYPES


def _beginning(meta: Object) -> Beginning | None:
    folder, told = text(meta.get("cwd")), table(meta.get("git"))
    branch, commit = text(told.get("branch")), text(told.get("commit_hash"))
    if not folder or not (branch or commit):
        return None
    when = moment(meta.get("timestamp"))
    return Beginning(folder=folder, time=when, branch=branch, commit=commit)


def _is_wanted(name: str) -> bool:
    return name.lower() in SHELLS or name in PATCHES or name in {CODE, POLL}


@dataclass(slots=True)
class _Reading:
    """One run through one log."""

    calls: Calls = field(default_factory=Calls)
    running: Running = field(default_factory=Running)
    folder: str = ""
    model: str = ""
    now: float | None = None
    is_timed: bool = False  # each line has its time
    told: set[str] = field(default_factory=set)  # calls whose edits or commands an event told
    place: int = 0  # of the line

    def events(self, log: LogFile) -> Iterator[Event]:
        yield Begin(agent=AGENT)
        for self.place, line in enumerate(log.lines()):
            kind = kind_of(line)
            if is_cut_off(line):
                yield Passed(reason=NO_LINE)
                continue
            if kind in UNWANTED or not line.strip():
                continue
            if kind and (seen := self._seen(kind, line)) is not None:
                yield from seen
                continue
            record = table(parsed(line))
            if not record:
                yield Passed(reason=NO_LINE)
                continue
            self.now = moment(record.get("timestamp")) or self.now
            self.is_timed = "payload" in record
            payload = table(record.get("payload")) if self.is_timed else record
            yield from self._item(text(record.get("type")), payload)
        yield from self.running.rest(self.now)
        yield from self.calls.unanswered()

    def _seen(self, kind: bytes, line: bytes) -> Sequence[Event] | None:
        """Return what a line tells of which no JSON has to be parsed; None if it has to be.

        Most bytes of a log are outputs that nobody needs: of calls that only showed something,
        or that ran no command.
        """
        if kind == COUNTS:
            return self._counted(line)
        if kind not in OUTPUTS:
            return None
        step = call_of(line)
        call = self.calls.get(step)
        asked = command_line(call.name, call.said) if call else None
        is_needed = not is_look(asked) if asked is not None else call and _is_wanted(call.name)
        if call is None or is_needed:
            return None
        self.calls.take(step)
        if asked is None:
            return ()
        return (Command(step=step, time=self.now, line=asked, folder=call.folder),)

    def _counted(self, line: bytes) -> Sequence[Event] | None:
        found = counted(line)
        if found is None:
            return None
        self.now, self.is_timed = moment(found.stamp) or self.now, True
        return (self._usage(found.total, found.asked, found.cached, found.made),)

    def _usage(self, total: int, asked: int, cached: int, made: int) -> Usage:
        return Usage(
            message=f"{self.folder} {total}",
            model=self.model,
            fresh=max(asked - cached, 0),
            cached=cached,
            made=made,
        )

    def _item(self, kind: str, item: Object) -> Iterator[Event]:
        if kind in {"session_meta", "turn_context"} or "instructions" in item:
            yield from self._context(item)
            return
        read = _ITEMS.get(text(item.get("type")))
        if read is not None:
            yield from read(self, item)

    def _context(self, item: Object) -> Iterator[Event]:
        self.folder = text(item.get("cwd")) or self.folder
        self.model = text(item.get("model")) or self.model
        yield Begin(folder=self.folder, model=self.model)

    def message(self, item: Object) -> Iterator[Event]:
        said = joined_text(item.get("content"))
        if item.get("role") == "assistant":
            yield Said(text=said)
        elif item.get("role") == "user":
            yield from self._asked(said)

    def _asked(self, said: str) -> Iterator[Event]:
        """Yield what the user said, without what the program put in."""
        if REQUEST in said:
            said = said.partition(REQUEST)[2]
        elif found := re.match(r"<environment_context>\s*<cwd>(.*?)</cwd>", said):
            self.folder = self.folder or found[1]
            yield Begin(folder=self.folder)
        said = said.strip()
        if said and not said.startswith(INJECTED):
            step = (
                f"prompt {self.now:.3f}" if self.is_timed and self.now else f"prompt {self.place}"
            )
            yield Prompt(step=step, time=self.now, text=said)

    def call(self, item: Object) -> Iterator[Event]:
        name, said = text(item.get("name")), said_of(item)
        if item.get("type") == "local_shell_call":
            name, said = "shell", table(item.get("action"))
        said = said if _is_wanted(name) else {}
        self.calls.add(text(item.get("call_id")), name, said, self.folder)
        return iter(())

    def output(self, item: Object) -> Iterator[Event]:
        step = text(item.get("call_id"))
        call = self.calls.take(step)
        if call is None:
            return
        output = item.get("output")
        said = output if isinstance(output, str) else joined_text(output)
        said = said or joined_text(table(output).get("content"))
        if call.name in PATCHES:
            yield from self._patched(step, call, said, text(call.said.get("input")))
        elif call.name.lower() in SHELLS:
            yield from self._ran(step, call, said)
        elif call.name == POLL:
            yield from self.running.go_on(call, said, self.now)
        elif call.name == CODE and not self.told:
            yield from self._coded(step, call, said)

    def _patched(self, step: str, call: Call, said: str, patch: str) -> Iterator[Event]:
        if step in self.told:
            return
        files = enveloped(patch)
        if files and succeeded(said):
            self.running.note_edit()
            yield Edit(step=step, time=self.now, files=files, folder=call.folder)
        else:
            yield Passed(reason=NOT_RUN)

    def _ran(self, step: str, call: Call, said: str) -> Iterator[Event]:
        command = command_of(step, call, said, self.now)
        patch, rest = patch_in(call, command.line)
        if patch:
            yield from self._patched(step, call, said, patch)
            if not rest:
                return
            command = Command(
                step=f"{step}/run",
                time=command.time,
                line=rest,
                folder=command.folder,
                output=command.output,
                exit_status=command.exit_status,
                is_cut=command.is_cut,
            )
        yield from self.running.begin(command, said)

    def _coded(self, step: str, call: Call, said: str) -> Iterator[Event]:
        """Read a call of JavaScript, where no event tells what it did."""
        edits, lines = changes_of(text(call.said.get("input")))
        if edits and said.startswith("Script completed"):
            self.running.note_edit()
            yield Edit(step=step, time=self.now, files=edits, folder=call.folder)
        elif edits:
            yield Passed(reason=NOT_RUN)
        if len(lines) == 1:
            one = Call("shell", {"command": lines[0]}, call.folder)
            yield command_of(f"{step}/run", one, said, self.now)

    # --- events ---

    def applied(self, item: Object) -> Iterator[Event]:
        """Read what was changed, as the program itself tells it: the best there is."""
        step = text(item.get("call_id")) or text(item.get("id"))
        self.told.add(step)
        status = item.get("status")
        failed = item.get("success") is False or (status and status not in {"completed", "success"})
        files = tuple(_changed(path, table(c)) for path, c in table(item.get("changes")).items())
        if failed or not files:
            yield Passed(reason=NOT_RUN)
        else:
            self.running.note_edit()
            yield Edit(step=step, time=self.now, files=files, folder=self.folder)

    def completed(self, event: Object) -> Iterator[Event]:
        item = table(event.get("item"))
        if item.get("type") == "FileChange":
            yield from self.applied(item)
        elif item.get("type") == "CommandExecution":
            step = text(item.get("id"))
            self.told.add(step)
            self.calls.take(step)
            words = item.get("command")
            yield Command(
                step=step,
                time=self.now,
                line=line_of([text(w) for w in rows(words)])
                if not isinstance(words, str)
                else words,
                folder=text(item.get("cwd")) or self.folder,
                output=text(item.get("aggregated_output")) or text(item.get("stdout")),
                exit_status=whole_or_none(item.get("exit_code")),
                is_cut=item.get("status") == "in_progress",
            )

    def counted(self, event: Object) -> Iterator[Event]:
        info = table(event.get("info"))
        last, total = table(info.get("last_token_usage")), table(info.get("total_token_usage"))
        if last:
            asked, cached, made = (number(last.get(name)) for name in TOKENS)
            yield self._usage(number(total.get("total_tokens")), asked, cached, made)


def _changed(path: str, change: Object) -> FileChange:
    content = text_or_none(change.get("content"))
    if change.get("type") == "add":
        return FileChange(path=path, after=content, is_new=True)
    if change.get("type") == "delete":
        return FileChange(path=path, before=content, is_gone=True)
    moved = text(change.get("move_path"))
    parts = unified_parts(text(change.get("unified_diff")))
    return FileChange(path=moved or path, parts=parts, moved_from=path if moved else None)


_ITEMS: Mapping[str, Callable[[_Reading, Object], Iterator[Event]]] = {
    "message": _Reading.message,
    "function_call": _Reading.call,
    "custom_tool_call": _Reading.call,
    "local_shell_call": _Reading.call,
    "function_call_output": _Reading.output,
    "custom_tool_call_output": _Reading.output,
    "patch_apply_end": _Reading.applied,
    "item_completed": _Reading.completed,
    "token_count": _Reading.counted,
}
