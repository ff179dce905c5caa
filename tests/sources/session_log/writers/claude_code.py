"""Tells a story as Claude Code 2.1 logs it."""

import json
from datetime import UTC, datetime
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

MODEL = "claude-sonnet-4-5-20250929"
ENDING = ".jsonl"


def log(story: Story, *, version: str = "2.1.37") -> str:
    """Return the log of a session."""
    files, lines = dict(story.files), []
    session = identity("claude-code", version, story.name)
    parent: str | None = None
    for number, when, step in moments(story.steps):
        for place, record in enumerate(_records(step, number, files, version)):
            uuid = identity(session, str(number), str(place))
            frame = {
                "parentUuid": parent,
                "isSidechain": False,
                "userType": "external",
                "cwd": ROOT,
                "sessionId": session,
                "version": version,
                "gitBranch": "main",
            }
            stamp = datetime.fromtimestamp(when + place, UTC).isoformat()[:19] + ".000Z"
            lines.append({**frame, **record, "uuid": uuid, "timestamp": stamp})
            parent = uuid
    return "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)


def _records(step: Step, number: int, files: dict[str, str], version: str) -> list[dict[str, Any]]:
    if isinstance(step, Ask):
        return [{"type": "user", "message": {"role": "user", "content": step.text}}]
    if isinstance(step, Say):
        return [_answer(number, {"type": "text", "text": step.text})]
    call = f"toolu_{number:04d}"
    name, said, result = _tool(step, files, version)
    content, told = result
    failed = isinstance(told, str)
    block = {"tool_use_id": call, "type": "tool_result", "content": content}
    return [
        _answer(number, {"type": "tool_use", "id": call, "name": name, "input": said}),
        {
            "type": "user",
            "message": {
                "role": "user",
                "content": [{**block, "is_error": True} if failed else block],
            },
            "toolUseResult": told,
        },
    ]


def _answer(number: int, block: dict[str, Any]) -> dict[str, Any]:
    usage = {
        "input_tokens": 10,
        "cache_creation_input_tokens": 20,
        "cache_read_input_tokens": 1_000,
        "output_tokens": 50,
    }
    return {
        "message": {
            "model": MODEL,
            "id": f"msg_{number:04d}",
            "type": "message",
            "role": "assistant",
            "content": [block],
            "usage": usage,
        },
        "type": "assistant",
    }


def _tool(step: Step, files: dict[str, str], version: str) -> tuple[str, Any, tuple[str, Any]]:
    """Return the name of the tool, what it was asked, and what it answered."""
    if isinstance(step, Run):
        said = {"command": step.line, "description": "Run it"}
        if step.status:
            text = f"Exit code {step.status}\n{step.output.rstrip()}"
            return "Bash", said, (text, f"Error: {text}")
        output = step.output.rstrip()
        told = {"stdout": output, "stderr": "", "interrupted": False, "isImage": False}
        return "Bash", said, (output, told)
    path = f"{ROOT}/{step.path}"  # type: ignore[union-attr]
    if isinstance(step, Read):
        content = files[step.path]
        lines = content.count("\n") + 1
        file = {
            "filePath": path,
            "content": content,
            "numLines": lines,
            "startLine": 1,
            "totalLines": lines,
        }
        return "Read", {"file_path": path}, (content, {"type": "text", "file": file})
    before = files.get(step.path)  # type: ignore[union-attr]
    is_shown = tuple(map(int, version.split("."))) < (2, 1, 112)
    if isinstance(step, Write):
        files[step.path] = step.content
        told = {
            "type": "update" if before is not None else "create",
            "filePath": path,
            "content": step.content,
            "structuredPatch": [],
            "originalFile": before if is_shown else None,
        }
        return "Write", {"file_path": path, "content": step.content}, ("written", told)
    assert isinstance(step, Replace)
    assert before is not None
    said = {"file_path": path, "old_string": step.old, "new_string": step.new}
    if step.is_refused:
        text = "<tool_use_error>String to replace not found in file.</tool_use_error>"
        return "Edit", said, (text, f"Error: {text}")
    assert before.count(step.old) == 1
    files[step.path] = before.replace(step.old, step.new)
    told = {
        "filePath": path,
        "oldString": step.old,
        "newString": step.new,
        "originalFile": before if is_shown else None,
        "structuredPatch": [],
        "userModified": False,
        "replaceAll": False,
    }
    return "Edit", said, (f"The file {path} has been updated.", told)
