"""Reads the tasks of Cline and Roo Code: what the model saw, or else what the user saw.

A task is a folder with ``api_conversation_history.json`` and ``ui_messages.json``. The first
tells more; the second has the times and costs, and in its requests the same results.

Source:
    Cline of 2025 to February 2026, and the source of Roo Code to 3.5x. Older versions write
    calls as tags in what the agent says, later ones as blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from loopwatch.sources.session_log.api import (
    Begin,
    Event,
    Identity,
    Said,
)
from loopwatch.sources.session_log.cline_messages import (
    DETAILS,
    folder_of,
    is_window,
    json_of,
    prompts_of,
    told_in,
    unanswered,
    usage_of,
)
from loopwatch.sources.session_log.cline_results import (
    EDITS,
    SHELL,
    Results,
    ToolCall,
    done,
)
from loopwatch.sources.session_log.cline_tags import said_and_called
from loopwatch.sources.session_log.cline_window import Window
from loopwatch.sources.session_log.log_file import LogFile, UnreadableLogError
from loopwatch.sources.session_log.values import (
    Object,
    joined_text,
    moment,
    rows,
    table,
    text,
)

CLINE, ROO = "cline", "roo-code"
SEEN_BY_MODEL, SEEN_BY_USER = "api_conversation_history.json", "ui_messages.json"
TASK = re.compile(r"\d{13}|[0-9a-f]{8}-[0-9a-f-]{27}")
MARKS = (b"<task>", b"<environment_details>", b"<user_message>")
OF_ROO = (b"<slug>", b'"appliedDiff"', b"apply_diff")


@dataclass(frozen=True, slots=True)
class Cline:
    """The reader."""

    name: str = CLINE

    def recognises(self, log: LogFile) -> bool:
        if log.head.lstrip()[:1] != b"[":
            return False
        messages = [table(message) for message in rows(log.document)[:5]]
        return is_window(messages) or _is_talk(messages)

    def logs(self, log: LogFile) -> Iterable[LogFile]:
        """Return the log that tells most of a task."""
        other = log.beside(SEEN_BY_MODEL)
        is_shown = is_window([table(message) for message in rows(log.document)[:5]])
        return (other if is_shown and other.path.is_file() else log,)

    def identity(self, log: LogFile) -> Identity:
        folder = log.path.parent.name
        return Identity(session=folder if TASK.fullmatch(folder) else "")

    def events(self, log: LogFile) -> Iterator[Event]:
        messages = [table(message) for message in rows(log.document)]
        is_roo = log.beside("history_item.json").path.is_file() or any(
            m in log.head for m in OF_ROO
        )
        yield Begin(agent=ROO if is_roo else CLINE, folder=folder_of(messages))
        if is_window(messages[:5]):
            yield from Window().events(messages)
        else:
            yield from _Talk(requests=_requests(log)).events(messages)


def _is_talk(messages: Sequence[Object]) -> bool:
    first = next((m for m in messages if m.get("role") == "user"), None)
    if first is None or messages[0].get("role") not in {"user", "assistant"}:
        return False
    said = joined_text(first.get("content")).encode("utf-8", "surrogatepass")
    return any(mark in said for mark in MARKS)


def _requests(log: LogFile) -> list[Object]:
    """Return the requests that the window of the same task shows: for times and costs."""
    window = log.beside(SEEN_BY_USER)
    try:
        found = rows(window.document) if window.path.is_file() else ()
    except UnreadableLogError:
        return []
    return [m for m in map(table, found) if m.get("say") == "api_req_started"]


@dataclass(slots=True)
class _Talk:
    """One run through what the model saw."""

    requests: list[Object]
    results: Results = field(default_factory=Results)
    asked: int = 0
    answered: int = 0

    def events(self, messages: Sequence[Object]) -> Iterator[Event]:
        for place, message in enumerate(messages):
            if message.get("role") == "assistant":
                yield from self._answer(message, f"m{place}")
            elif message.get("role") == "user":
                yield from self._user(message, f"m{place}")
        yield from unanswered(self.results)

    def _answer(self, message: Object, step: str) -> Iterator[Event]:
        yield from unanswered(self.results)
        request = self._request(self.answered)
        self.answered += 1
        info = table(message.get("modelInfo")) or table(request.get("modelInfo"))
        spent = json_of(request) if request else _spent(table(message.get("metrics")))
        yield from usage_of(step, text(info.get("modelId")), spent)
        content = message.get("content")
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else rows(content)
        for place, block in enumerate(map(table, blocks)):
            if block.get("type") == "text":
                said, calls = said_and_called(text(block.get("text")))
                if said:
                    yield Said(text=said)
                for at, (name, given) in enumerate(calls):
                    self._call(f"{step}/{place}.{at}", name, given)
            elif block.get("type") == "tool_use":
                name = text(block.get("name"))
                self._call(text(block.get("id")) or f"{step}/{place}", name, block.get("input"))

    def _call(self, step: str, name: str, said: object) -> None:
        self.results.waiting.append(ToolCall(step=step, names=(name,), said=table(said)))

    def _user(self, message: Object, step: str) -> Iterator[Event]:
        request = self._request(self.asked)
        self.asked += 1
        when = moment(message.get("ts"))
        when = when if when is not None else moment(request.get("ts"))
        content = message.get("content")
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else rows(content)
        texts: list[str] = []
        for block in map(table, blocks):
            if block.get("type") == "tool_result":
                yield from self._result(block, step, when)
            elif block.get("type") == "text":
                texts.append(text(block.get("text")))
        yield from told_in(self.results, _without_details(texts), step, when)

    def _result(self, block: Object, step: str, when: float | None) -> Iterator[Event]:
        said = joined_text(block.get("content"))
        name = text(block.get("tool_use_id"))
        call = next((one for one in self.results.waiting if one.step == name), None)
        if call is not None:
            self.results.waiting.remove(call)
            yield from done(call, said, when)
            if call.names[0] not in EDITS | {SHELL, "read_file"}:
                yield from prompts_of(said, f"{step}/{name}", when)

    def _request(self, place: int) -> Object:
        return self.requests[place] if place < len(self.requests) else {}


def _spent(metrics: Object) -> Object:
    """Return what an answer took by the names that the window has for it."""
    tokens = table(metrics.get("tokens"))
    return {
        "tokensIn": tokens.get("prompt"),
        "tokensOut": tokens.get("completion"),
        "cacheReads": tokens.get("cached"),
        "cost": metrics.get("cost"),
    }


def _without_details(texts: Sequence[str]) -> str:
    """Return the texts of a message as one, without what the program adds about the window."""
    kept = [text.partition(DETAILS)[0] if DETAILS in text else f"{text}\n" for text in texts]
    return "".join(kept).removesuffix("\n")
