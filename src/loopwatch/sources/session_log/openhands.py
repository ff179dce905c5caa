"""Reads the sessions of OpenHands before its agent SDK (V0): actions and what was observed.

An observation names the action that it answers by ``cause``. That it is one of ``edit`` does
not say that anything was edited: where that failed, its text begins with ``ERROR``. What it
calls the old and the new content are, in most versions, the two texts that were replaced.

Source:
    OpenHands 0.9 to 1.0; logs of January and April 2025. For where they lie, see
    ``openhands_logs``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from shlex import join

from loopwatch.sources.session_log.api import (
    Begin,
    Command,
    Edit,
    Event,
    FileChange,
    Identity,
    Passed,
    Prompt,
    Said,
    Seen,
    SubSession,
)
from loopwatch.sources.session_log.calls import NO_LINE, NO_RESULT
from loopwatch.sources.session_log.dataset_rows import each_row
from loopwatch.sources.session_log.edit_tools import changes_of
from loopwatch.sources.session_log.ipython_edits import changes_in
from loopwatch.sources.session_log.log_file import LogFile
from loopwatch.sources.session_log.meter import Meter, answer_usage
from loopwatch.sources.session_log.openhands_logs import (
    folder_of,
    is_row,
    records,
    root_of,
    root_told,
    samples,
    stamp_of,
)
from loopwatch.sources.session_log.patches import unified_parts
from loopwatch.sources.session_log.task_text import task_of
from loopwatch.sources.session_log.terminal import Answer, Terminal
from loopwatch.sources.session_log.values import (
    Object,
    moment,
    rows,
    table,
    text,
    text_or_none,
    whole_or_none,
)
from loopwatch.sources.session_log.views import numbered

AGENT = "openhands"
SOURCES = frozenset({"agent", "user", "environment"})
WANTED = frozenset({"run", "edit", "write", "read", "run_ipython"})
FAILED = re.compile(r"\s*(?:ERROR:|Error\b|\[?No replacement was performed|\(no changes detected)")
REFUSED = frozenset({"error", "user_rejected"})
NOT_EDITED = "an edit that failed or was refused"
NOT_RUN = "a command that was not run"
UNSENT = "is NOT executed"  # what runs already has to end first
PROMPT = "[Python Interpreter: "  # begins the last two lines of an output, in 2024
BY_MODEL = "llm_based_edit"
FIRST_LINES, LAST_LINES = (None, 0), (None, -1)


@dataclass(frozen=True, slots=True)
class OpenHands:
    """The reader."""

    name: str = AGENT

    def recognises(self, log: LogFile) -> bool:
        is_likely = any(mark in log.head for mark in (b'"source"', b'"instance_id"'))
        return log.is_json and is_likely and any(_is_event(event) for event in samples(log))

    def logs(self, log: LogFile) -> Iterable[LogFile]:
        """Return the sessions of an evaluation, each a row; of one event, the whole session."""
        folder = folder_of(log)
        if folder is not None:
            return (folder,)
        if any(is_row(row) for row in log.first_lines):
            return log.each_line()
        return each_row(log) if any(map(is_row, rows(log.document))) else (log,)

    def identity(self, log: LogFile) -> Identity:
        if log.path.is_dir():
            return Identity(session=log.path.name)
        if log.line is None:
            return Identity(session="")
        row = table(log.document)
        stamp = text(row.get("run_id")) or stamp_of(records(log))
        return Identity(session=f"{text(row.get('instance_id'))} {stamp}".strip())

    def events(self, log: LogFile) -> Iterator[Event]:
        told: Iterable[Object] = records(log)
        if log.path.is_dir():  # each event is a file: there may be very many
            folder = root_told(log)
        else:
            told = list(told)
            ran_in = (_folder(event) for event in told if event.get("observation") == "run")
            edits = (one for one in told if one.get("observation") in ("edit", "write"))
            folder = root_of(ran_in, map(_path, edits))
        yield Begin(agent=AGENT, folder=folder)
        yield from _Reading().events(told)


def _is_event(event: Object) -> bool:
    kind = text(event.get("action")) or text(event.get("observation"))
    has_place = "id" in event or "cause" in event
    return bool(kind) and has_place and text(event.get("source")) in SOURCES


def _folder(event: Object) -> str:
    """Return where the terminal is after a command."""
    return text(table(table(event.get("extras")).get("metadata")).get("working_dir"))


def _path(event: Object) -> str:
    return text(table(event.get("extras")).get("path"))


@dataclass(slots=True)
class _Reading:
    """One run through one session."""

    terminal: Terminal = field(default_factory=Terminal)
    meter: Meter = field(default_factory=Meter)
    calls: dict[object, Object] = field(default_factory=dict)  # actions by id
    by_call: dict[str, object] = field(default_factory=dict)  # ids of actions, by that of the call
    model: str = ""

    def events(self, told: Iterable[Object]) -> Iterator[Event]:
        when: float | None = None
        for event in told:
            when = moment(event.get("timestamp")) or when
            if not event:
                yield Passed(reason=NO_LINE)
            elif text(event.get("action")):
                yield from self._usage(event)
                yield from self._action(event, when)
            else:
                yield from self._observation(event, when)
        yield from self.terminal.rest(when)
        for _ in self.calls:
            yield Passed(reason=NO_RESULT)

    def _action(self, event: Object, when: float | None) -> Iterator[Event]:
        action, said, step = event.get("action"), table(event.get("args")), event.get("id")
        words = text(said.get("thought")) or text(said.get("final_thought"))
        if action == "message":
            words = text(said.get("content")) or text(event.get("message"))
            if event.get("source") == "user":
                yield Prompt(step=f"event {step}", time=when, text=task_of(words))
                return
        if words:
            yield Said(text=words)
        if action == "delegate":
            yield SubSession(id=f"event {step}")
        if action in WANTED and isinstance(step, int | str):
            self.calls[step] = event
            if call := text(table(event.get("tool_call_metadata")).get("tool_call_id")):
                self.by_call[call] = step

    def _usage(self, event: Object) -> Iterator[Event]:
        answer = table(table(event.get("tool_call_metadata")).get("model_response"))
        model, message = text(answer.get("model")), text(answer.get("id"))
        metrics = table(event.get("llm_metrics"))
        if metrics:
            found = self.meter.take(message or f"event {event.get('id')}", metrics)
            yield from (replace(one, model=model or one.model) for one in found)
        elif message:
            yield answer_usage(message, model, table(answer.get("usage")))
        if model and not self.model:
            self.model = model
            yield Begin(model=model)

    def _observation(self, event: Object, when: float | None) -> Iterator[Event]:
        call = self._answered(event)
        if call is None:
            return
        said, extras = table(call.get("args")), table(event.get("extras"))
        content = text(event.get("content"))
        step, kind = f"event {call.get('id')}", text(event.get("observation"))
        is_shell = call.get("action") in {"run", "run_ipython"}
        if kind in REFUSED:
            if call.get("action") != "read":
                yield Passed(reason=NOT_RUN if is_shell else NOT_EDITED)
        elif call.get("action") == "run":
            yield from self._ran(event, said, step, when)
        elif call.get("action") == "run_ipython":
            yield from self._cell(text(said.get("code")), content, step, when)
        elif call.get("action") == "read":
            yield from _seen(said, content)
        elif FAILED.match(content) or FAILED.match(text(extras.get("formatted_output_and_error"))):
            yield Passed(reason=NOT_EDITED)
        else:
            self.terminal.note_edit()
            change = _written(said) if call.get("action") == "write" else _edited(said, event)
            yield Edit(step=step, time=when, files=(change,), folder=self.terminal.folder)

    def _answered(self, event: Object) -> Object | None:
        cause = event.get("cause")
        if not isinstance(cause, int | str) or cause not in self.calls:
            call = text(table(event.get("tool_call_metadata")).get("tool_call_id"))
            cause = self.by_call.get(call)
        return self.calls.pop(cause, None)

    def _ran(self, event: Object, said: Object, step: str, when: float | None) -> Iterator[Event]:
        extras = table(event.get("extras"))
        told = table(extras.get("metadata")) or extras
        content = _without_prompt(text(event.get("content")).replace("\r\n", "\n"))
        if UNSENT in text(told.get("suffix")) or UNSENT in content:
            yield Passed(reason=NOT_RUN)
            return
        answer = Answer(
            step=step,
            time=when,
            line=text(said.get("command")),
            output=content,
            exit_status=whole_or_none(told.get("exit_code")),
            folder=text(told.get("working_dir")),
            is_input=said.get("is_input") is True,
            prefix=text(told.get("prefix")),
        )
        yield from self.terminal.take(answer)

    def _cell(self, code: str, content: str, step: str, when: float | None) -> Iterator[Event]:
        """Yield the edits that code makes by the agent's skills; else, that it was run."""
        files = changes_in(code)
        if files and ("ERROR" in content or "not been saved" in content):
            yield Passed(reason=NOT_EDITED)
        elif files:
            self.terminal.note_edit()
            yield Edit(step=step, time=when, files=files, folder=self.terminal.folder)
        else:
            line = join(["python", "-c", code])
            yield Command(step=step, time=when, line=line, output=content)


def _without_prompt(content: str) -> str:
    before, begun, prompt = content.rpartition(PROMPT)
    is_last = begun and prompt.count("\n") == 1 and prompt.rstrip().endswith(("#", "$"))
    return before.rstrip("\n") if is_last else content


def _seen(said: Object, content: str) -> Iterator[Seen]:
    """Yield a file that was read from its first line to its last."""
    is_whole = said.get("start") in FIRST_LINES and said.get("end") in LAST_LINES
    if not is_whole or said.get("view_range") or FAILED.match(content):
        return
    is_plain = said.get("impl_source", "default") == "default"
    shown = content if is_plain else numbered(content)
    if shown is not None:
        yield Seen(path=text(said.get("path")), content=shown)


def _written(said: Object) -> FileChange:
    is_whole = said.get("start") in FIRST_LINES and said.get("end") in LAST_LINES
    after = text_or_none(said.get("content")) if is_whole else None
    return FileChange(path=text(said.get("path")), after=after)


def _edited(said: Object, event: Object) -> FileChange:
    """Return what an edit did, of which the call says more than the observation."""
    extras, path = table(event.get("extras")), text(said.get("path"))
    if BY_MODEL in (said.get("impl_source"), extras.get("impl_source")):
        is_new = extras.get("prev_exist") is False
        return FileChange(
            path=path,
            before=None if is_new else text_or_none(extras.get("old_content")),
            after=text_or_none(extras.get("new_content")),
            is_new=is_new,
        )
    if not text(said.get("command")):  # of January 2025: what was asked is in the code for it
        found = changes_in(text(said.get("translated_ipython_code")))
        change = found[0] if found else None
    else:
        found = changes_of("file_editor", said) or ()
        change = found[0] if found else None
    if change is not None and (change.parts or change.after is not None):
        is_made = said.get("command") == "create"
        return replace(change, path=path, is_new=change.is_new or is_made)
    shown = numbered(text(event.get("content")))  # what an undo has brought back
    parts = unified_parts(text(extras.get("diff")))
    # From the last to the first: where a line stands, the hunks before it have not changed yet.
    return FileChange(path=path, after=shown, parts=() if shown else tuple(reversed(parts)))
