"""Reads ATIF, the trajectory format of Harbor: one JSON document, whatever the agent.

It standardises the envelope and not the tools: what a call edits or runs is told by the
agent's own names and arguments. Where a converter has kept what the agent's tool told of
its result, that is read as in the agent's own log.

Source:
    The models of Harbor for ATIF-v1.0 to v1.8, and what its converters make of the logs of
    Claude Code and Codex.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from loopwatch.sources.session_log.api import (
    Begin,
    Command,
    Edit,
    Event,
    Identity,
    Passed,
    Prompt,
    Said,
    SubSession,
    Usage,
)
from loopwatch.sources.session_log.calls import NO_RESULT, Call
from loopwatch.sources.session_log.claude_results import (
    EDITS,
    READ,
    SHELL,
    command_of,
    edit_of,
    is_told_later,
    seen_of,
)
from loopwatch.sources.session_log.edit_tools import changes_of, command_line, path_of
from loopwatch.sources.session_log.log_file import LogFile
from loopwatch.sources.session_log.outputs import has_failed, output_of
from loopwatch.sources.session_log.values import (
    Object,
    joined_text,
    moment,
    number,
    rows,
    table,
    text,
)

VERSION = b'"ATIF-v'
METADATA = "\n\n[metadata] "  # what a converter adds to a result: no output of a command
NOT_RUN = "an edit that failed or was refused"
COPIED = "a step copied from an earlier session"


@dataclass(frozen=True, slots=True)
class Atif:
    """The reader."""

    name: str = "atif"

    def recognises(self, log: LogFile) -> bool:
        return VERSION in log.head and _document(log) is not None

    def identity(self, log: LogFile) -> Identity:
        said = table(_document(log))
        return Identity(session=text(said.get("session_id")) or text(said.get("trajectory_id")))

    def events(self, log: LogFile) -> Iterator[Event]:
        said = table(_document(log))
        yield Begin(agent=text(table(said.get("agent")).get("name")), folder=_folder(said))
        yield from _trajectory(said, "")


def _document(log: LogFile) -> Object | None:
    said = table(log.document)
    return said if text(said.get("schema_version")).startswith("ATIF-v") else None


def _trajectory(said: Object, prefix: str) -> Iterator[Event]:
    """Yield what one trajectory tells; those of subagents come after it, for lack of an order."""
    model = text(table(said.get("agent")).get("model_name"))
    for step in map(table, rows(said.get("steps"))):
        if step.get("is_copied_context") is True:
            yield Passed(reason=COPIED)
        else:
            yield from _step(step, model, prefix)
    for place, inner in enumerate(map(table, rows(said.get("subagent_trajectories")))):
        name = text(inner.get("trajectory_id")) or f"{prefix}{place}"
        yield SubSession(id=name)
        yield from _trajectory(inner, f"{name}/")


def _step(step: Object, model: str, prefix: str) -> Iterator[Event]:
    place, when = f"{prefix}{number(step.get('step_id'))}", moment(step.get("timestamp"))
    said = joined_text(step.get("message"))
    is_side = bool(prefix) or table(step.get("extra")).get("is_sidechain") is True
    if step.get("source") == "user":
        if said.strip() and not is_side and not said.lstrip().startswith("<"):
            yield Prompt(step=f"step {place}", time=when, text=said.strip())
        return
    if step.get("source") != "agent":
        return
    metrics = table(step.get("metrics"))
    if metrics:
        cached, cost = number(metrics.get("cached_tokens")), metrics.get("cost_usd")
        yield Usage(
            message=f"step {place}",
            model=text(step.get("model_name")) or model,
            fresh=max(number(metrics.get("prompt_tokens")) - cached, 0),
            cached=cached,
            made=number(metrics.get("completion_tokens")),
            usd=float(cost) if isinstance(cost, int | float) else None,
        )
    if said:
        yield Said(text=said)
    yield from _calls(step, place, when)


def _calls(step: Object, place: str, when: float | None) -> Iterator[Event]:
    results = {
        text(result.get("source_call_id")): result
        for result in map(table, rows(table(step.get("observation")).get("results")))
    }
    for at, one in enumerate(map(table, rows(step.get("tool_calls")))):
        call_id = text(one.get("tool_call_id"))
        result = results.get(call_id)
        name, said = text(one.get("function_name")), table(one.get("arguments"))
        call = Call(name, said, text(said.get("workdir")) or text(said.get("cwd")))
        if result is not None:
            yield from _result(call_id or f"step {place}/{at}", call, result, when)
        elif changes_of(name, said) or command_line(name, said):
            yield Passed(reason=NO_RESULT)


def _result(step: str, call: Call, result: Object, when: float | None) -> Iterator[Event]:
    kept = table(table(result.get("extra")).get("tool_result_metadata"))
    content = joined_text(result.get("content"))
    if kept and call.name in EDITS | {READ, SHELL}:
        raw = table(kept.get("raw_tool_result")) or {"content": content.partition(METADATA)[0]}
        yield from _claude(step, call, {**raw, "is_error": kept.get("is_error")}, kept, when)
        return
    content = content.partition(METADATA)[0]
    line = command_line(call.name, call.said)
    files = changes_of(call.name, call.said)
    if line is not None:
        found = output_of(content)
        yield Command(
            step=step,
            time=when,
            line=line,
            folder=call.folder,
            output=found.text,
            exit_status=found.exit_status,
            is_cut=found.is_cut,
        )
    elif files:
        if has_failed(content):
            yield Passed(reason=NOT_RUN)
        else:
            yield Edit(step=step, time=when, files=files, folder=call.folder)


def _claude(
    step: str, call: Call, raw: Object, kept: Object, when: float | None
) -> Iterator[Event]:
    told = kept.get("tool_use_result")
    if call.name == SHELL:
        if not is_told_later(raw):
            yield command_of(step, call, raw, told, when)
    elif raw.get("is_error"):
        if call.name != READ:
            yield Passed(reason=NOT_RUN)
    elif call.name == READ:
        yield from seen_of(told, call.folder)
    else:
        yield edit_of(step, call, told, when)


def _folder(said: Object) -> str:
    """Return where the session works: what its calls name, else what all its paths share."""
    paths: list[str] = []
    for step in map(table, rows(said.get("steps"))):
        for call in map(table, rows(step.get("tool_calls"))):
            given = table(call.get("arguments"))
            named = text(given.get("workdir")) or text(given.get("cwd"))
            if named:
                return named
            if changes_of(text(call.get("function_name")), given):
                paths.append(path_of(given))
    whole = [posixpath.dirname(path) for path in paths if path.startswith("/")]
    return posixpath.commonpath(whole) if whole else ""
