"""Tells a story as the Gemini CLI logs it: as one document, or later as lines."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from difflib import unified_diff
from hashlib import sha256
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

MODEL = "gemini-3-pro"


def document(story: Story) -> str:
    """Return the log as versions up to early 2026 write it: one document."""
    messages = [
        _message(step, number, when, called)
        for number, when, step, called in _told(story, is_new=False)
    ]
    return json.dumps({**_head(story, "json"), "messages": messages}, indent=2)


def lines(story: Story) -> str:
    """Return the log as later versions write it: a message again each time it grows."""
    records: list[dict[str, Any]] = [{**_head(story, "jsonl"), "kind": "main"}]
    for number, when, step, called in _told(story, is_new=True):
        whole = _message(step, number, when, called)
        if called:
            calls = [{**called, "status": "executing", "result": None, "resultDisplay": None}]
            records.append({**whole, "tokens": None, "toolCalls": calls})
        records += [whole, {"$set": {"lastUpdated": whole["timestamp"]}}]
    return "".join(json.dumps(record, separators=(",", ":")) + "\n" for record in records)


def _head(story: Story, shape: str) -> dict[str, Any]:
    stamp = "2026-01-05T08:59:00.000Z"
    return {
        "sessionId": identity("gemini-cli", shape, story.name),
        "projectHash": sha256(ROOT.encode()).hexdigest(),
        "startTime": stamp,
        "lastUpdated": stamp,
    }


def _told(story: Story, *, is_new: bool) -> Iterator[tuple[int, int, Step, dict[str, Any]]]:
    files = dict(story.files)
    for number, when, step in moments(story.steps):
        called: dict[str, Any] = {}
        if not isinstance(step, Ask | Say):
            name, said, answer, shown = _called(step, files, is_new)
            call = f"{name}-{when}000-{number:04d}"
            failed = answer.startswith("Failed")
            response = {"error" if failed else "output": answer}
            result = [{"functionResponse": {"id": call, "name": name, "response": response}}]
            called = {"id": call, "name": name, "args": said, "result": result}
            called |= {"status": "error" if failed else "success", "timestamp": _stamp(when + 1)}
            called |= {"resultDisplay": shown} if shown is not None else {}
        yield number, when, step, called


def _stamp(when: int) -> str:
    return datetime.fromtimestamp(when, UTC).isoformat()[:19] + ".000Z"


def _message(step: Step, number: int, when: int, called: dict[str, Any]) -> dict[str, Any]:
    said = step.text if isinstance(step, Ask | Say) else ""
    own = {"id": identity(str(number), str(when)), "timestamp": _stamp(when)}
    if isinstance(step, Ask):
        return {**own, "type": "user", "content": [{"text": said}]}
    tokens = {"input": 1_000, "output": 40, "cached": 900, "thoughts": 10, "tool": 0}
    told: dict[str, Any] = {**own, "type": "gemini", "content": said, "thoughts": []}
    told |= {"tokens": {**tokens, "total": 1_050}, "model": MODEL}
    return told | ({"toolCalls": [called]} if called else {})


def _called(
    step: Write | Replace | Run | Read, files: dict[str, str], is_new: bool
) -> tuple[str, dict[str, Any], str, object]:
    """Return the name of the tool, what it was asked, what it answered and what it showed."""
    if isinstance(step, Run):
        output = step.output.rstrip()
        return "run_shell_command", {"command": step.line}, _ran(step, output, is_new), output
    path = f"{ROOT}/{step.path}"
    if isinstance(step, Read):
        return "read_file", {"file_path": step.path}, files[step.path], ""
    before = files.get(step.path)
    if isinstance(step, Write):
        files[step.path] = step.content
        how = "overwrote file" if before is not None else "created and wrote to new file"
        said = {"file_path": step.path, "content": step.content}
        shown = _shown(path, before, step.content) if is_new else None
        return "write_file", said, f"Successfully {how}: {path}.", shown
    said = {"file_path": step.path, "old_string": step.old, "new_string": step.new}
    said |= {"instruction": "Change it"}
    if step.is_refused:
        return "replace", said, "Failed to edit, could not find the string to replace.", "Failed"
    assert before is not None
    after = files[step.path] = before.replace(step.old, step.new)
    answer = f"Successfully modified file: {path} (1 replacements)."
    return "replace", said, answer, _shown(path, before, after) if is_new else None


def _ran(step: Run, output: str, is_new: bool) -> str:
    if is_new:
        told = [f"Output: {output or '(empty)'}"]
        told += [f"Exit Code: {step.status}"] if step.status else []
        told += ["Process Group PGID: 4711"]
        return "<untrusted_context>\n{}\n</untrusted_context>".format("\n".join(told))
    told = [f"Command: {step.line}", "Directory: (root)", f"Output: {output or '(empty)'}"]
    told += ["Error: (none)", f"Exit Code: {step.status}", "Signal: 0", "Background PIDs: (none)"]
    return "\n".join([*told, "Process Group PGID: 4711"])


def _shown(path: str, before: str | None, after: str) -> dict[str, Any]:
    diff = unified_diff((before or "").splitlines(), after.splitlines(), "Current", "Proposed")
    return {
        "fileDiff": "\n".join(diff),
        "fileName": path.rpartition("/")[2],
        "filePath": path,
        "originalContent": before,
        "newContent": after,
        "diffStat": {},
        "isNewFile": before is None,
    }
