"""Reads the sessions of Cline's command line and SDK: ``ID.messages.json`` beside ``ID.json``.

Source:
    A session of July 2026, and the source of the tools of August 2026. A command that fails
    is a result without success. What is compacted away stays in the messages; the file of the
    compaction tells nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from loopwatch.sources.session_log.api import (
    Begin,
    Command,
    Edit,
    Event,
    FileChange,
    Identity,
    Passed,
    Prompt,
    Replacement,
    Said,
    Seen,
    Usage,
)
from loopwatch.sources.session_log.calls import Call, Calls
from loopwatch.sources.session_log.edit_tools import Changes, changes_of, line_of, path_of
from loopwatch.sources.session_log.log_file import LogFile, UnreadableLogError, parsed
from loopwatch.sources.session_log.outputs import is_cut
from loopwatch.sources.session_log.values import (
    Object,
    moment,
    number,
    rows,
    table,
    text,
    whole_or_none,
)

AGENT = "cline"
MARK = b'"sessionId"'
MANIFEST = b'"messages_path"'
ENDING = ".messages.json"
EDITS, SHELL, READ = frozenset({"editor", "apply_patch"}), "run_commands", "read_files"
NOT_DONE = "an edit that failed or was refused"
SUMMARY = "compaction_summary"
INPUT = re.compile(r"\A\s*<user_input[^>\n]*>\n?(.*?)\n?</user_input>\s*\Z", re.DOTALL)
STATUS = re.compile(r"(?:exited|failed) with (?:exit )?code (\d{1,3})")
LEFT_OUT = re.compile(
    r"\d+ (?:\w+[- ])*(?:truncated|omitted|elided|skipped)|continues? in the back"
)
NUMBER = re.compile(r" *(?P<number>\d+) \| ?")


@dataclass(frozen=True, slots=True)
class ClineSdk:
    """The reader."""

    name: str = "cline-sdk"

    def recognises(self, log: LogFile) -> bool:
        if MANIFEST in log.head:
            said = table(log.document)
            return bool(text(said.get("session_id"))) and "workspace_root" in said
        return MARK in log.head and bool(_messages(log))

    def logs(self, log: LogFile) -> Iterable[LogFile]:
        """Return nothing for what lies beside the messages: it is read with them."""
        is_beside = not _messages(log) or any(
            table(message.get("metadata")).get("kind") == SUMMARY for message in _messages(log)
        )
        return () if is_beside else (log,)

    def identity(self, log: LogFile) -> Identity:
        fork = table(table(_manifest(log).get("metadata")).get("fork"))
        origin = text(fork.get("forkedFromSessionId"))
        session = text(table(log.document).get("sessionId"))
        return Identity(session=session, keys=(origin,) if origin else ())

    def events(self, log: LogFile) -> Iterator[Event]:
        manifest = _manifest(log)
        folder = text(manifest.get("cwd")) or text(manifest.get("workspace_root"))
        yield Begin(agent=AGENT, folder=folder)
        reading = _Reading()
        for place, message in enumerate(_messages(log)):
            yield from reading.message(message, text(message.get("id")) or f"m{place}")
        yield from reading.calls.unanswered()


def _messages(log: LogFile) -> Sequence[Object]:
    said = table(log.document if log.head.lstrip()[:1] == b"{" else None)
    if not (text(said.get("sessionId")) and text(said.get("agent")) and "version" in said):
        return ()
    return [table(message) for message in rows(said.get("messages"))]


def _manifest(log: LogFile) -> Object:
    """Return what is told of the session in the file beside its messages."""
    other = log.beside(log.path.name.removesuffix(ENDING) + ".json")
    try:
        return table(other.document) if other.path != log.path and other.path.is_file() else {}
    except UnreadableLogError:
        return {}


@dataclass(slots=True)
class _Reading:
    """One run through one log."""

    calls: Calls = field(default_factory=Calls)

    def message(self, message: Object, step: str) -> Iterator[Event]:
        """Read one message."""
        content = message.get("content")
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else rows(content)
        if message.get("role") == "assistant":
            yield from _spent(message, step)
        if table(message.get("metadata")).get("kind") != SUMMARY:
            for block in map(table, blocks):
                yield from self._block(block, message, step)

    def _block(self, block: Object, message: Object, step: str) -> Iterator[Event]:
        kind, is_user = block.get("type"), message.get("role") == "user"
        when = moment(message.get("ts"))
        if kind == "text" and is_user:
            said = text(block.get("text"))
            own = (inner[1] if (inner := INPUT.match(said)) else said).strip()
            if own and not own.startswith("<"):
                yield Prompt(step=step, time=when, text=own)
        elif kind == "text":
            yield Said(text=text(block.get("text")))
        elif kind == "file" and isinstance(block.get("content"), str):
            yield Seen(path=text(block.get("path")), content=text(block.get("content")))
        elif kind == "tool_use":
            name, given = text(block.get("name")), table(block.get("input"))
            self.calls.add(text(block.get("id")), name, given, "")
        elif kind == "tool_result":
            step = text(block.get("tool_use_id"))
            call = self.calls.take(step)
            if call is not None:
                yield from _done(call, _results(block.get("content")), step, when)


def _results(content: object) -> list[Object]:
    """Return what a tool answered: one result or several, as values or as a text of JSON."""
    if isinstance(content, str):
        content = parsed(content)
    if isinstance(content, dict):
        return [content]
    found: list[Object] = []
    for one in map(table, rows(content)):
        found += _results(one["text"]) if isinstance(one.get("text"), str) else [one]
    return found


def _done(call: Call, results: list[Object], step: str, when: float | None) -> Iterator[Event]:
    if call.name in EDITS:
        is_done = bool(results) and all(result.get("success") is True for result in results)
        files = _changes(call, text(results[0].get("result"))) if is_done else ()
        yield Edit(step=step, time=when, files=files) if files else Passed(reason=NOT_DONE)
    elif call.name == SHELL:
        lines = [_line(one) for one in rows(call.said.get("commands"))]
        for place, (line, result) in enumerate(zip(lines, results, strict=False)):
            yield _command(line, result, f"{step}/{place}", when)
    elif call.name == READ:
        for file, result in zip(rows(call.said.get("files")), results, strict=False):
            yield from _seen(table(file), result)


def _changes(call: Call, result: str) -> Changes:
    said, path, new = call.said, path_of(call.said), text(call.said.get("new_text"))
    if call.name != "editor":
        return changes_of(call.name, said) or ()
    line = whole_or_none(said.get("insert_line"))
    if line is not None:  # before that line, with a line end for each line
        return (FileChange(path=path, parts=(Replacement(old="", new=f"{new}\n", line=line - 1),)),)
    if result.startswith("File created") or not text(said.get("old_text")):
        return (FileChange(path=path, after=new, is_new=True),)
    return (FileChange(path=path, parts=(Replacement(old=text(said.get("old_text")), new=new),)),)


def _line(command: object) -> str:
    said = table(command)
    if said:
        return line_of([text(said.get("command")), *map(text, rows(said.get("args")))])
    return text(command)


def _command(line: str, result: Object, step: str, when: float | None) -> Command:
    output, error = text(result.get("result")), text(result.get("error"))
    failed = STATUS.search(error)
    status = int(failed[1]) if failed else (0 if result.get("success") is True else None)
    is_short = is_cut(output) or LEFT_OUT.search(output) is not None
    is_stopped = status is None
    return Command(
        step=step,
        time=when,
        line=line,
        output=f"{output}\n" if is_short else output or ("" if failed else error),
        exit_status=None if is_short and status == 0 else status,
        is_cut=is_short or is_stopped,
    )


def _seen(said: Object, result: Object) -> Iterator[Seen]:
    """Yield a file that was read whole: with numbers, and without saying how it ends."""
    if result.get("success") is not True or any(said.get(n) for n in ("start_line", "end_line")):
        return
    bare: list[str] = []
    for place, line in enumerate(text(result.get("result")).split("\n"), start=1):
        told = NUMBER.match(line)
        if told is None or told["number"] != str(place):
            return
        bare.append(line[told.end() :])
    yield Seen(path=path_of(said), content="\n".join(bare) + ("\n" if bare[-1] else ""))


def _spent(message: Object, step: str) -> Iterator[Usage]:
    """Yield the tokens of an answer; those from the cache are among the input."""
    told, cost = table(message.get("metrics")), table(message.get("metrics")).get("cost")
    if told:
        cached, kept = number(told.get("cacheReadTokens")), number(told.get("cacheWriteTokens"))
        yield Usage(
            message=step,
            model=text(table(message.get("modelInfo")).get("id")),
            fresh=max(number(told.get("inputTokens")) - cached - kept, 0),
            cached=cached,
            kept=kept,
            made=number(told.get("outputTokens")),
            usd=float(cost) if isinstance(cost, int | float) and 0 < cost < 1e9 else None,
        )
