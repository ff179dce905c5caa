"""Reads the sessions of the Gemini CLI: one JSON document, or later JSON lines.

In JSON lines a message is written again each time it grows, and at times all messages are
written anew, with a summary in place of what was said, and outputs left out. So what a call
did is taken from the first record that has its end.

Source:
    Logs of January 2026 (0.23) and the source of August 2026. The folder is told by its
    SHA-256 alone: it is found among the paths of the log.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256

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
from loopwatch.sources.session_log.calls import NO_LINE, NO_RESULT
from loopwatch.sources.session_log.gemini_results import ENDED, done, is_work
from loopwatch.sources.session_log.log_file import LogFile, parsed
from loopwatch.sources.session_log.openhands_logs import root_of
from loopwatch.sources.session_log.values import Object, joined_text, moment, number, rows, table
from loopwatch.sources.session_log.values import text as text_of

AGENT = "gemini-cli"
MARK = b'"projectHash"'
PATH = re.compile(
    rb'"(?:file_path|filePath|absolute_path|dir_path|path)": ?'
    rb'("(?:/|[A-Za-z]:\\\\)(?:[^"\\]|\\.)*")'
)
TOLD_PATH = re.compile(rb"file: (/[^\n\"\\]{1,300}?)(?:\.\"| \(\d|\. | with)")
MOST_PATHS = 1_000  # different ones, that are looked at
NOT_SAID = re.compile(  # by the user: put in by the program
    r"<(?:session_context|hook_context|state_snapshot)>|System: |Please continue\.\Z"
    r"|This is the Gemini CLI\."
)
OF_FILES = "--- Content from referenced files ---"
OWN_COMMAND = re.compile(
    r"I ran the following shell command:\n```sh\n(?P<line>.*?)\n```\n\n"
    r"This produced the following result:\n```\n(?P<output>.*)\n```\s*\Z",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class GeminiCli:
    """The reader."""

    name: str = AGENT

    def recognises(self, log: LogFile) -> bool:
        return MARK in log.head and bool(_about(log))

    def logs(self, log: LogFile) -> Iterable[LogFile]:
        """Return the log that a session goes on in, where there is one beside it."""
        later = log.beside(f"{log.path.name}l")
        if log.path.suffix == ".json" and later.path.is_file() and self.recognises(later):
            is_same = _about(later).get("sessionId") == _about(log).get("sessionId")
            return (later if is_same else log,)
        return (log,)

    def identity(self, log: LogFile) -> Identity:
        about = _about(log)
        is_part = about.get("kind") == "subagent"
        # Its log lies in a folder that has the id of the session that it works for.
        keys = (log.path.parent.name,) if is_part else ()
        return Identity(session=text_of(about.get("sessionId")), keys=keys, is_part=is_part)

    def events(self, log: LogFile) -> Iterator[Event]:
        about = _about(log)
        is_side = about.get("kind") == "subagent"
        yield Begin(agent=AGENT, folder=_root(log, text_of(about.get("projectHash"))))
        if is_side:
            yield SubSession(id=text_of(about.get("sessionId")))
        reading = _Reading(is_side=is_side)
        for record in _records(log):
            yield from reading.record(record)
        yield from reading.unanswered()


def _about(log: LogFile) -> Object:
    """Return what is told of a session as a whole; nothing if the log is not of this format."""
    first = next(iter(log.first_lines), None)
    said = table(first) if _is_head(first) else table(log.document if log.is_json else None)
    return said if _is_head(said) and ("messages" in said or said is first) else {}


def _is_head(value: object) -> bool:
    said = table(value)
    return bool(text_of(said.get("sessionId")) and text_of(said.get("projectHash")))


def _records(log: LogFile) -> Iterator[Object | None]:
    """Yield the records of a log; None for what is none."""
    if not _is_head(next(iter(log.first_lines), None)):
        yield table(log.document)
        return
    for line in log.lines():
        if line.strip():
            value = parsed(line)
            yield value if isinstance(value, dict) else None


@dataclass(slots=True)
class _Reading:
    """One run through one log."""

    is_side: bool = False  # another agent asks, not the user
    said: dict[str, str] = field(default_factory=dict)  # of each message, what was said last
    open: set[str] = field(default_factory=set)  # calls that edit or run, without an end
    ended: set[str] = field(default_factory=set)

    def record(self, record: Object | None) -> Iterator[Event]:
        """Read one line, or the whole document."""
        if record is None:
            yield Passed(reason=NO_LINE)
            return
        for message in map(table, rows(record.get("messages"))):
            yield from self._message(message)
        # All messages anew: what was said in them is a summary, or was said before.
        for message in map(table, rows(table(record.get("$set")).get("messages"))):
            yield from self._calls(message)
        if "type" in record:
            yield from self._message(record)

    def unanswered(self) -> Iterator[Event]:
        """Yield, at the end, the calls that have no result."""
        for _ in self.open:
            yield Passed(reason=NO_RESULT)

    def _message(self, message: Object) -> Iterator[Event]:
        name, kind = text_of(message.get("id")), message.get("type")
        shown = _text(message.get("displayContent"))
        said = shown or _text(message.get("content"))
        is_more = bool(said) and self.said.get(name) != said
        if name:
            self.said[name] = said
        if kind == "user" and is_more and not self.is_side:
            yield from _asked(name, moment(message.get("timestamp")), said, is_shown=bool(shown))
        elif kind == "gemini":
            if is_more:
                yield Said(text=said)
            yield from _spent(message)
            yield from self._calls(message)

    def _calls(self, message: Object) -> Iterator[Event]:
        for place, call in enumerate(map(table, rows(message.get("toolCalls")))):
            step = text_of(call.get("id")) or f"{text_of(message.get('id'))}/{place}"
            if step in self.ended:
                continue
            if text_of(call.get("status")) in ENDED:
                self.open.discard(step)
                self.ended.add(step)
                yield from done(call, step)
            elif is_work(call):
                self.open.add(step)


def _text(content: object) -> str:
    """Return the text of a content: a string, a part, or a list of parts and strings."""
    if isinstance(content, dict):
        return text_of(content.get("text"))
    if isinstance(content, list):
        return joined_text([{"text": one} if isinstance(one, str) else one for one in content])
    return text_of(content)


def _asked(step: str, when: float | None, said: str, *, is_shown: bool) -> Iterator[Event]:
    """Yield what the user said, or ran; without the files that the program put in."""
    own = said.partition(OF_FILES)[0].strip()
    ran = OWN_COMMAND.match(said.strip()) if said.rstrip().endswith("\n```") else None
    if ran is not None:
        yield Command(step=step, time=when, line=ran["line"], output=ran["output"])
    elif own and not NOT_SAID.match(own) and (is_shown or own[:1] not in "/?"):
        yield Prompt(step=step, time=when, text=own)


def _spent(message: Object) -> Iterator[Event]:
    """Yield the tokens of an answer: what was thought is no part of the output."""
    tokens = table(message.get("tokens"))
    if not tokens:
        return
    cached = number(tokens.get("cached"))
    yield Usage(
        message=text_of(message.get("id")),
        model=text_of(message.get("model")),
        fresh=max(number(tokens.get("input")) - cached, 0) + number(tokens.get("tool")),
        cached=cached,
        made=number(tokens.get("output")) + number(tokens.get("thoughts")),
    )


# --- where it works ---


def _root(log: LogFile, digest: str) -> str:
    """Return the folder whose digest the log tells, else what the paths in it share."""
    paths: dict[str, None] = {}
    tried: set[str] = set()
    for line in log.lines():
        told = [text_of(parsed(quoted)) for quoted in PATH.findall(line)]
        told += [path.decode("utf-8", "replace") for path in TOLD_PATH.findall(line)]
        for path in told if len(paths) < MOST_PATHS else ():
            paths[path] = None
            for folder in _folders(path):
                if folder not in tried and sha256(folder.encode()).hexdigest() == digest:
                    return folder
                tried.add(folder)
    return root_of((), paths)


def _folders(path: str) -> Iterator[str]:
    """Yield a path and the folders above it."""
    while path:
        yield path
        path = path[: max(path.rfind("/"), path.rfind("\\"), 0)]
