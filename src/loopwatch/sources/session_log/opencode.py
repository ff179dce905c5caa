"""Reads the sessions of opencode: exported, stored in files, or as ``opencode run`` prints them.

Source:
    Exports of version 1.2.5; the source of 1.0 to 1.19 for what is stored and printed. For the
    database of later versions, see ``opencode_database``.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from loopwatch.sources.session_log.api import (
    Begin,
    Event,
    Identity,
    Passed,
    Prompt,
    Said,
    SubSession,
    Usage,
)
from loopwatch.sources.session_log.calls import NO_LINE
from loopwatch.sources.session_log.log_file import LogFile, parsed
from loopwatch.sources.session_log.opencode_database import (
    first_parts,
    is_database,
    newer,
    sessions,
)
from loopwatch.sources.session_log.opencode_logs import (
    MARK,
    info_of,
    is_export,
    is_stream,
    is_streamed,
    messages,
    session_of,
)
from loopwatch.sources.session_log.opencode_tools import TASK, UNDONE, done, is_work, seen
from loopwatch.sources.session_log.values import Object, moment, number, table, text

AGENT = "opencode"
NEWER_FORM = "a message in a form that only newer versions have"
# Ids of calls that no two sessions share, unless one is a copy of the other.
CALL = re.compile(r"(?:call|toolu|tooluse)_\w{16,}")
CALL_BYTES = re.compile(rb'"callID": ?"((?:call|toolu|tooluse)_\w{16,})"')
PLACES = (b'"filePath"', b'"workdir"')  # in a call, as bytes


@dataclass(frozen=True, slots=True)
class OpenCode:
    """The reader."""

    name: str = AGENT

    def recognises(self, log: LogFile) -> bool:
        if is_database(log):
            return True
        if not MARK.search(log.head):
            return False
        if any(map(is_streamed, log.first_lines)):
            return True
        return log.is_json and (is_export(log.document) or session_of(log) is not None)

    def logs(self, log: LogFile) -> Iterable[LogFile]:
        if is_database(log):
            return sessions(log)
        if is_stream(log) or is_export(log.document):
            return (log,)
        return (session_of(log) or log,)

    def identity(self, log: LogFile) -> Identity:
        info = info_of(log)
        parent = text(info.get("parentID"))
        # A fork has ids of its own for everything but the calls that it begins with.
        first = None if log.path.is_dir() else CALL_BYTES.search(_beginning(log))
        keys = [key for key in (parent, first[1].decode() if first else "") if key]
        return Identity(session=text(info.get("id")), keys=tuple(keys), is_part=bool(parent))

    def events(self, log: LogFile) -> Iterator[Event]:
        yield Begin(agent=AGENT)
        if is_stream(log):
            yield from _Reading().streamed(log)
            return
        info = info_of(log)
        reading = _Reading(is_side=bool(info.get("parentID")), undone=table(info.get("revert")))
        yield Begin(folder=text(info.get("directory")))
        for message, parts in messages(log):
            yield from reading.message(message, parts)
        yield from [Passed(reason=NEWER_FORM)] * (newer(log) if log.part else 0)


def _beginning(log: LogFile) -> bytes:
    return first_parts(log).encode("utf-8", "replace") if log.part else log.head


@dataclass(slots=True)
class _Reading:
    """One run through one log."""

    is_side: bool = False  # another agent asks, not the user
    undone: Object = field(default_factory=dict)  # from which message on, or which part of it
    is_undone: bool = False
    model: str = ""
    answers: dict[str, int] = field(default_factory=dict)  # steps of each, counted

    def streamed(self, log: LogFile) -> Iterator[Event]:
        """Read a stream, which holds one answer to one prompt, and not the prompt."""
        if folder := _root(log):
            yield Begin(folder=folder)
        for line in log.lines():
            record = table(parsed(line)) if line.strip() else {}
            if is_streamed(record):
                part = table(record.get("part"))
                yield from self._part(part, text(part.get("messageID")))
            elif line.strip() and not record:
                yield Passed(reason=NO_LINE)

    def message(self, info: Object, parts: Iterable[Object]) -> Iterator[Event]:
        """Read one message."""
        if not info.get("role"):
            yield Passed(reason=NO_LINE)
            return
        when = table(info.get("time")).get("created")
        # A fork copies messages under new ids, with their times.
        mark = f"{info.get('role')} {when}" if when is not None else text(info.get("id"))
        first = text(self.undone.get("messageID"))
        is_here = bool(first) and text(info.get("id")) == first
        self.is_undone = self.is_undone or (is_here and not self.undone.get("partID"))
        if info.get("role") == "user":
            yield from self._asked(mark, moment(when), parts)
            return
        folder = text(table(info.get("path")).get("cwd"))
        self.model = text(info.get("modelID")) or self.model
        yield Begin(folder=folder, model=self.model)
        for part in parts:
            first = text(self.undone.get("partID"))
            self.is_undone = self.is_undone or (bool(first) and text(part.get("id")) == first)
            if part.get("type") == "text" and info.get("summary") is True:
                continue  # of what went before, to go on from
            yield from self._part(part, mark)
        if mark not in self.answers:
            yield from self._spent(info, mark)

    def _asked(self, mark: str, when: float | None, parts: Iterable[Object]) -> Iterator[Event]:
        own: list[str] = []
        for part in parts:
            is_text = part.get("type") == "text" and part.get("ignored") is not True
            if is_text and part.get("synthetic") is True:
                yield from seen(text(part.get("text")))
            elif is_text:
                own.append(text(part.get("text")))
        said = "\n".join(own).strip()
        if said and not self.is_side and not self.is_undone:
            yield Prompt(step=mark, time=when, text=said)

    def _part(self, part: Object, mark: str) -> Iterator[Event]:
        kind = part.get("type")
        if kind == "step-finish":
            yield from self._spent(part, mark)
        elif self.is_undone:
            if is_work(part):
                yield Passed(reason=UNDONE)
        elif kind == "text":
            if part.get("synthetic") is not True and part.get("ignored") is not True:
                yield Said(text=text(part.get("text")))
        elif kind == "tool":
            yield from self._called(part)

    def _called(self, part: Object) -> Iterator[Event]:
        call = text(part.get("callID"))
        other = text(table(table(part.get("state")).get("metadata")).get("sessionId"))
        if part.get("tool") == TASK and other:
            yield SubSession(id=other)
        yield from done(part, call if CALL.fullmatch(call) else text(part.get("id")) or call)

    def _spent(self, told: Object, mark: str) -> Iterator[Event]:
        """Yield the tokens of one step of an answer, or of an answer that has no steps."""
        tokens, cost = table(told.get("tokens")), told.get("cost")
        if not tokens:
            return
        at = self.answers[mark] = self.answers.get(mark, 0) + 1
        cache = table(tokens.get("cache"))
        fresh, made = number(tokens.get("input")), number(tokens.get("output"))
        cached, kept = number(cache.get("read")), number(cache.get("write"))
        # What was thought is part of the output in some versions; the sum tells.
        total = number(tokens.get("total"))
        is_paid = isinstance(cost, int | float) and 0 < cost < 1e9
        yield Usage(
            message=f"{mark}/{at}",
            model=self.model,
            fresh=fresh,
            cached=cached,
            kept=kept,
            made=max(made, total - fresh - cached - kept),
            usd=float(cost) if is_paid and isinstance(cost, int | float) else None,
        )


def _root(log: LogFile) -> str:
    """Return the folder of a stream: tools call a file by its path, and by its name from there.

    Without any, it is where the first command ran.
    """
    folder = ""
    for line in log.lines():
        if not any(name in line for name in PLACES):
            continue
        state = table(table(table(parsed(line)).get("part")).get("state"))
        said = table(state.get("input"))
        whole = text(said.get("filePath")).replace("\\", "/")
        name = text(state.get("title")).replace("\\", "/")
        if name and not name.startswith("..") and whole.endswith(f"/{name}"):
            return whole[: -len(name) - 1]
        folder = folder or text(said.get("workdir"))
    return folder if posixpath.isabs(folder) else ""
