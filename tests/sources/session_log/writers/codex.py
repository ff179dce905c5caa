"""Tells a story as the Codex CLI logs it: bare items, in envelopes, with events, by items."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from difflib import unified_diff
from enum import Enum
from typing import Any

from tests.sources.session_log.stories import (
    ROOT,
    Ask,
    Read,
    Replace,
    Run,
    Say,
    Step,
    Story,
    Write,
    identity,
    moments,
)

MODEL = "gpt-5.3-codex"


class Age(Enum):
    """What a version of the program writes."""

    BARE = "2025-09"
    CALLS = "0.116"  # calls and their outputs are all there is
    EVENTS = "0.125"  # an event tells what a patch changed
    ITEMS = "0.149"  # so do items that are completed


def log(story: Story, age: Age, *, commit: str = "") -> str:
    """Return the log of a session, that began at a commit, if one is told."""
    files = dict(story.files)
    session = identity("codex", age.value, story.name)
    lines = list(_head(age, session, commit))
    for number, when, step in moments(story.steps):
        stamp = datetime.fromtimestamp(when, UTC).isoformat()[:19] + ".000Z"
        for kind, payload in _records(step, number, files, age):
            line = {"timestamp": stamp, "type": kind, "payload": payload}
            lines.append(payload if age is Age.BARE else line)
            lines += [{"record_type": "state"}] if age is Age.BARE else []
    return "".join(json.dumps(line) + "\n" for line in lines)


def _head(age: Age, session: str, commit: str) -> Iterator[dict[str, Any]]:
    stamp = "2026-01-05T08:59:00.000Z"
    where = f"<environment_context>\n  <cwd>{ROOT}</cwd>\n</environment_context>"
    context = _message("user", where)
    if age is Age.BARE:
        yield {"id": session, "timestamp": stamp, "instructions": "Be brief.", "git": {}}
        yield context
        return
    meta: dict[str, Any] = {"id": session, "timestamp": stamp, "cwd": ROOT}
    meta |= {"cli_version": age.value}
    meta |= {"git": {"commit_hash": commit, "branch": "main"}} if commit else {}
    turn = {"cwd": ROOT, "model": MODEL, "approval_policy": "on-request"}
    for kind, payload in (
        ("session_meta", {**meta, "base_instructions": {"text": "You are Codex. " * 9}}),
        ("response_item", context),
        ("turn_context", turn),
    ):
        yield {"timestamp": stamp, "type": kind, "payload": payload}


def _message(role: str, text: str) -> dict[str, Any]:
    kind = "output_text" if role == "assistant" else "input_text"
    return {"type": "message", "role": role, "content": [{"type": kind, "text": text}]}


def _records(
    step: Step, number: int, files: dict[str, str], age: Age
) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(step, Ask):
        yield "response_item", _message("user", step.text)
        yield "event_msg", {"type": "user_message", "message": step.text, "images": []}
    elif isinstance(step, Say):
        yield "response_item", _message("assistant", step.text)
        yield "event_msg", {"type": "agent_message", "message": step.text}
    elif isinstance(step, Read):
        text = files[step.path]
        yield from _ran(Run(line=f"cat {step.path}", output=text, status=0), number, age)
    elif isinstance(step, Run):
        yield from _ran(step, number, age)
    else:
        yield from _edited(step, number, files, age)
    yield "event_msg", _tokens(number)


def _tokens(number: int) -> dict[str, Any]:
    last = {"input_tokens": 1_000, "cached_input_tokens": 900, "output_tokens": 50}
    last |= {"reasoning_output_tokens": 10, "total_tokens": 1_050}
    total = {name: value * (number + 1) for name, value in last.items()}
    info = {"total_token_usage": total, "last_token_usage": last}
    return {"type": "token_count", "info": info}


def _ran(step: Run, number: int, age: Age) -> Iterator[tuple[str, dict[str, Any]]]:
    call = f"call_{number:04d}"
    if age is Age.BARE:
        name, said = "shell", {"command": ["bash", "-lc", step.line], "workdir": ROOT}
        details = {"exit_code": step.status, "duration_seconds": 0.1}
        answer = json.dumps({"output": step.output, "metadata": details})
    elif age is Age.CALLS:
        name, said = "shell_command", {"command": step.line, "workdir": ROOT}
        answer = f"Exit code: {step.status}\nWall time: 0.1 seconds\nOutput:\n{step.output}"
    else:
        name, said = "exec_command", {"cmd": step.line, "workdir": ROOT}
        head = f"Chunk ID: e5cae4\nWall time: 0.1 seconds\nProcess exited with code {step.status}"
        answer = f"{head}\nOriginal token count: 9\nOutput:\n{step.output}"
    yield "response_item", _call(name, said, call)
    argv = ["/bin/bash", "-lc", step.line]
    end: dict[str, Any] = {"command": argv, "cwd": ROOT, "aggregated_output": step.output}
    end |= {"exit_code": step.status, "status": "completed"}
    if age is Age.EVENTS:
        yield "event_msg", {"type": "exec_command_end", "call_id": call, **end}
    elif age is Age.ITEMS:
        item = {"type": "CommandExecution", "id": call, **end}
        yield "event_msg", {"type": "item_completed", "item": item}
    yield "response_item", _output("function_call_output", call, answer)


def _call(name: str, said: dict[str, Any], call: str) -> dict[str, Any]:
    return {"type": "function_call", "name": name, "arguments": json.dumps(said), "call_id": call}


def _output(kind: str, call: str, answer: str) -> dict[str, Any]:
    return {"type": kind, "call_id": call, "output": answer}


def _edited(
    step: Write | Replace, number: int, files: dict[str, str], age: Age
) -> Iterator[tuple[str, dict[str, Any]]]:
    call, path = f"call_{number:04d}", step.path
    before = files.get(path)
    patch = _patch(step, before)
    is_refused = isinstance(step, Replace) and step.is_refused
    if isinstance(step, Write):
        files[path] = step.content
    elif not is_refused:
        assert before is not None
        files[path] = before.replace(step.old, step.new)
    mark = "A" if before is None else "M"
    answer = f"Success. Updated the following files:\n{mark} {path}\n"
    if is_refused:
        answer = f"apply_patch verification failed: Failed to find expected lines in {path}"
    if age is Age.BARE:
        line = f"apply_patch << 'PATCH'\n{patch}\nPATCH"
        yield "response_item", _call("shell", {"command": ["bash", "-lc", line]}, call)
        told = json.dumps({"output": answer, "metadata": {"exit_code": int(is_refused)}})
        yield "response_item", _output("function_call_output", call, told)
        return
    asked = {"type": "custom_tool_call", "name": "apply_patch", "input": patch, "call_id": call}
    yield "response_item", {**asked, "status": "completed"}
    if age in {Age.EVENTS, Age.ITEMS} and not is_refused:
        change = {f"{ROOT}/{path}": _change(before, files[path])}
        done = {"changes": change, "stdout": answer, "stderr": "", "status": "completed"}
        if age is Age.EVENTS:
            yield "event_msg", {"type": "patch_apply_end", "call_id": call, "success": True, **done}
        else:
            item = {"type": "FileChange", "id": call, **done}
            yield "event_msg", {"type": "item_completed", "item": item}
    details = json.dumps({"output": answer, "metadata": {"exit_code": int(is_refused)}})
    yield "response_item", _output("custom_tool_call_output", call, details)


def _patch(step: Write | Replace, before: str | None) -> str:
    if isinstance(step, Write):
        lines = [f"+{line}" for line in step.content.splitlines()]
        gone = [f"*** Delete File: {step.path}"] if before is not None else []
        body = [*gone, f"*** Add File: {step.path}", *lines]
    else:
        old = [f"-{line}" for line in step.old.splitlines()]
        new = [f"+{line}" for line in step.new.splitlines()]
        body = [f"*** Update File: {step.path}", "@@", *old, *new]
    return "\n".join(["*** Begin Patch", *body, "*** End Patch"])


def _change(before: str | None, after: str) -> dict[str, Any]:
    if before is None:
        return {"type": "add", "content": after}
    sides = (before.splitlines(keepends=True), after.splitlines(keepends=True))
    diff = "".join(list(unified_diff(*sides))[2:])
    return {"type": "update", "unified_diff": diff, "move_path": None}
