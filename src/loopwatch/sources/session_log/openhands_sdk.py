"""Reads the conversations of the OpenHands agent SDK (V1): events that name their class.

Its editors tell the whole file before and after an edit. Where it leads another agent (by
the Agent Client Protocol), an event tells a call of that agent's tool, with its result.

Source:
    openhands-sdk and openhands-tools 1.0 to 1.58; a log of June 2026. For where the events
    lie, see ``openhands_logs``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from loopwatch.sources.session_log.api import (
    Begin,
    Edit,
    Event,
    FileChange,
    Identity,
    Passed,
    Prompt,
    Said,
    Seen,
)
from loopwatch.sources.session_log.calls import NO_LINE, Call, Calls
from loopwatch.sources.session_log.edit_tools import changes_of, command_line, path_of
from loopwatch.sources.session_log.log_file import LogFile, parsed
from loopwatch.sources.session_log.meter import Meter
from loopwatch.sources.session_log.openhands import AGENT, NOT_EDITED, NOT_RUN, UNSENT
from loopwatch.sources.session_log.openhands_acp import ACP, acp_events
from loopwatch.sources.session_log.openhands_logs import (
    folder_of,
    records,
    root_told,
    samples,
    state_of,
)
from loopwatch.sources.session_log.task_text import task_of
from loopwatch.sources.session_log.terminal import RUNNING, Answer, Terminal
from loopwatch.sources.session_log.values import (
    Object,
    joined_text,
    moment,
    table,
    text,
    text_or_none,
    whole_or_none,
)
from loopwatch.sources.session_log.views import numbered

NAME = "openhands-sdk"
STATE_EVENT, WHOLE_STATE = "ConversationStateUpdateEvent", "full_state"
USED = (
    "MessageEvent",
    "ActionEvent",
    "ObservationEvent",
    "AgentErrorEvent",
    "UserRejectObservation",
    ACP,
    STATE_EVENT,
)
MARKS = tuple(f'"{kind}"'.encode() for kind in USED)  # of lines: the others are not parsed
ENDINGS = ("Event", "Observation", "Condensation", "CondensationRequest")


@dataclass(frozen=True, slots=True)
class OpenHandsSdk:
    """The reader."""

    name: str = NAME

    def recognises(self, log: LogFile) -> bool:
        if b'"kind"' not in log.head or not log.is_json:
            return False
        if any(_is_event(event) for event in samples(log)):
            return True
        return _is_state(table(log.document)) and folder_of(log) is not None

    def logs(self, log: LogFile) -> Iterable[LogFile]:
        """Return the whole conversation, where a file holds one of its events."""
        return (folder_of(log) or log,)

    def identity(self, log: LogFile) -> Identity:
        if log.path.is_dir():
            first: Object = next(records(log), {})
            session = text(state_of(log).get("id")) or log.path.name
        else:
            events = samples(log)
            first = next((event for event in events if _is_event(event)), {})
            session = next((text(state.get("id")) for state in map(_state, events) if state), "")
        key = text(first.get("id"))
        return Identity(session=session, keys=(key,) if key else ())

    def events(self, log: LogFile) -> Iterator[Event]:
        state = state_of(log)
        if not state and not log.path.is_dir():
            state = next(filter(None, map(_state, samples(log))), state)
        folder = text(table(state.get("workspace")).get("working_dir")) or root_told(log)
        model = text(table(table(state.get("agent")).get("llm")).get("model"))
        yield Begin(agent=AGENT, folder=folder, model=model)
        reading = _Reading()
        yield from reading.events(records(log, MARKS))
        if not reading.has_stats:
            yield from reading.spent("state", table(state_of(log).get("stats")))


def _is_event(event: Object) -> bool:
    has_name = text(event.get("kind")).endswith(ENDINGS)
    return has_name and bool(text(event.get("id")) and text(event.get("timestamp")))


def _is_state(state: Object) -> bool:
    return bool(table(state.get("agent")) and table(state.get("workspace")))


def _state(event: Object) -> Object:
    """Return the state of the whole conversation, if an event tells it."""
    is_whole = event.get("kind") == STATE_EVENT and event.get("key") == WHOLE_STATE
    return table(event.get("value")) if is_whole else {}


@dataclass(slots=True)
class _Reading:
    """One run through one conversation."""

    has_stats: bool = False
    terminal: Terminal = field(default_factory=Terminal)
    meter: Meter = field(default_factory=Meter)
    calls: Calls = field(default_factory=Calls)
    steps: dict[str, str] = field(default_factory=dict)  # ids of actions, by that of the call

    def events(self, told: Iterable[Object]) -> Iterator[Event]:
        when: float | None = None
        for event in told:
            when = moment(event.get("timestamp")) or when
            match event.get("kind"):
                case "MessageEvent":
                    yield from _said(event, when)
                case "ActionEvent":
                    yield from self._action(event)
                case "ObservationEvent":
                    yield from self._observation(event, when)
                case "AgentErrorEvent" | "UserRejectObservation":
                    yield from self._failed(event)
                case kind if kind == STATE_EVENT:
                    yield from self._state(event)
                case kind if kind == ACP:
                    for one in acp_events(event, when):
                        if isinstance(one, Edit):
                            self.terminal.note_edit()
                        yield one
                case _:
                    if not event:
                        yield Passed(reason=NO_LINE)
        yield from self.terminal.rest(when)
        yield from self.calls.unanswered()

    def spent(self, step: str, stats: Object) -> Iterator[Event]:
        """Yield what was spent, by the totals of each use of a model."""
        for use, metrics in table(stats.get("usage_to_metrics")).items():
            yield from self.meter.take(f"{step} {use}", table(metrics), use)

    def _state(self, event: Object) -> Iterator[Event]:
        value = table(event.get("value"))
        stats = value if event.get("key") == "stats" else table(_state(event).get("stats"))
        self.has_stats = self.has_stats or bool(stats)
        yield from self.spent(text(event.get("id")), stats)

    def _action(self, event: Object) -> Iterator[Event]:
        words = joined_text(event.get("thought"))
        if words:
            yield Said(text=words)
        said = table(event.get("action"))
        if not said:  # what the model wrote did not fit the tool
            given = text(table(event.get("tool_call")).get("arguments"))
            said = table(parsed(given))
        step = text(event.get("id"))
        self.calls.add(step, text(event.get("tool_name")), said, "")
        self.steps[text(event.get("tool_call_id"))] = step

    def _answered(self, event: Object) -> tuple[str, Call | None]:
        step = text(event.get("action_id"))
        if self.calls.get(step) is None:
            step = self.steps.get(text(event.get("tool_call_id")), "")
        return step, self.calls.take(step)

    def _failed(self, event: Object) -> Iterator[Event]:
        _, call = self._answered(event)
        if call is not None and command_line(call.name, call.said) is not None:
            yield Passed(reason=NOT_RUN)
        elif call is not None and changes_of(call.name, call.said):
            yield Passed(reason=NOT_EDITED)

    def _observation(self, event: Object, when: float | None) -> Iterator[Event]:
        step, call = self._answered(event)
        told = table(event.get("observation"))
        if call is None:
            return
        line = command_line(call.name, call.said)
        if line is not None:
            yield from self._ran(step, call, line, told, when)
            return
        files = tuple(_files(call, told))
        has_failed = told.get("is_error") is True or bool(text(told.get("error")))
        if files and has_failed:
            yield Passed(reason=NOT_EDITED)
        elif files:
            self.terminal.note_edit()
            yield Edit(step=step, time=when, files=files)
        elif not has_failed:
            yield from _seen(call, told)

    def _ran(
        self, step: str, call: Call, line: str, told: Object, when: float | None
    ) -> Iterator[Event]:
        about = table(told.get("metadata"))
        status = whole_or_none(told.get("exit_code"))
        status = whole_or_none(about.get("exit_code")) if status is None else status
        output = joined_text(told.get("content")) or text(told.get("output"))
        is_unsent = UNSENT in text(about.get("suffix")) or UNSENT in output
        if is_unsent or (told.get("is_error") is True and status in (None, RUNNING)):
            yield Passed(reason=NOT_RUN)
            return
        if call.said.get("reset") is True:
            yield from self.terminal.rest(when)
            self.terminal = Terminal()
        answer = Answer(
            step=step,
            time=when,
            line=line,
            output=output.replace("\r\n", "\n"),
            exit_status=status,
            folder=text(about.get("working_dir")),
            is_input=call.said.get("is_input") is True,
            prefix=text(about.get("prefix")),
        )
        yield from self.terminal.take(answer)


def _said(event: Object, when: float | None) -> Iterator[Event]:
    """Yield a message; what another agent has sent, or a program, is no word of the user."""
    words = joined_text(table(event.get("llm_message")).get("content"))
    if event.get("source") == "agent":
        yield Said(text=words)
    elif event.get("source") == "user" and words.strip() and not event.get("sender"):
        yield Prompt(step=text(event.get("id")), time=when, text=task_of(words))


def _files(call: Call, told: Object) -> Iterator[FileChange]:
    """Yield what an edit changed: as it was observed, else as it was asked."""
    asked = changes_of(call.name, call.said)
    if told.get("is_error") is True or not asked:
        yield from asked or ()
        return
    commit = table(table(told.get("commit")).get("changes"))
    after = text_or_none(told.get("new_content"))
    if commit:
        yield from (_committed(path, table(change)) for path, change in commit.items())
    elif after is not None:
        is_new = told.get("prev_exist") is False or told.get("is_new_file") is True
        before = None if is_new else text_or_none(told.get("old_content"))
        path = text(told.get("path")) or text(told.get("file_path")) or path_of(call.said)
        yield FileChange(path=path, before=before, after=after, is_new=is_new)
    else:
        yield from asked


def _committed(path: str, change: Object) -> FileChange:
    """Return one file of a patch, with all that it held."""
    moved_to, kind = text(change.get("move_path")), change.get("type")
    return FileChange(
        path=moved_to or path,
        before=text_or_none(change.get("old_content")),
        after=None if kind == "delete" else text_or_none(change.get("new_content")),
        is_new=kind == "add",
        is_gone=kind == "delete",
        moved_from=path if moved_to else None,
    )


def _seen(call: Call, told: Object) -> Iterator[Seen]:
    """Yield a file that was read from its first line to its last."""
    asked: Mapping[str, object] = call.said
    path = text(told.get("path")) or text(told.get("file_path")) or path_of(asked)
    content = text_or_none(told.get("file_content"))
    if content is not None:
        is_whole = told.get("is_truncated") is not True and not asked.get("limit")
        if is_whole and not asked.get("offset"):
            yield Seen(path=path, content=content)
    elif asked.get("command") == "view" and not asked.get("view_range"):
        shown = numbered(joined_text(told.get("content")))
        if shown is not None:
            yield Seen(path=path, content=shown)
