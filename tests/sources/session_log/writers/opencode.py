"""Tells a story as opencode exports it: with whole files, or later with diffs; or prints it."""

import json
import sqlite3
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from textwrap import dedent
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

MODEL = {"modelID": "gpt-5.3-codex", "providerID": "openai"}
WHOLE, DIFFS = "1.2.5", "1.19.0"


def log(story: Story, *, version: str = WHOLE) -> str:
    """Return an export."""
    return json.dumps(document(story, version), indent=2)


def stream(story: Story, *, version: str = DIFFS) -> str:
    """Return what ``opencode run --format json`` prints; of prompts it prints nothing."""
    said = document(story, version, "stream")
    lines = []
    for message in said["messages"]:
        if message["info"]["role"] == "assistant":
            for part in message["parts"]:
                kind = "tool_use" if part["type"] == "tool" else part["type"].replace("-", "_")
                head = {"type": kind, "timestamp": message["info"]["time"]["completed"]}
                lines.append({**head, "sessionID": said["info"]["id"], "part": part})
    return "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)


def store(story: Story, folder: Path) -> None:
    """Write the folder ``storage`` of older versions."""
    said = document(story, WHOLE)
    session = said["info"]["id"]
    pieces = {f"session/project/{session}": said["info"]}
    for message in said["messages"]:
        pieces[f"message/{session}/{message['info']['id']}"] = message["info"]
        for part in message["parts"]:
            pieces[f"part/{message['info']['id']}/{part['id']}"] = part
    for name, piece in pieces.items():
        path = folder / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(piece, indent=2), encoding="utf-8")


SCHEMA = """
    CREATE TABLE session (id TEXT, project_id TEXT, parent_id TEXT, slug TEXT,
        directory TEXT, title TEXT, version TEXT, revert TEXT, time_created INTEGER);
    CREATE TABLE message (id TEXT, session_id TEXT, time_created INTEGER, data TEXT);
    CREATE TABLE part (id TEXT, message_id TEXT, session_id TEXT, time_created INTEGER, data TEXT);
    CREATE TABLE session_message (id TEXT, session_id TEXT, data TEXT);
"""


def keep(story: Story, path: Path, *, parent: str | None = None) -> sqlite3.Connection:
    """Put a session into the database of later versions."""
    said = document(story, WHOLE)
    info = said["info"]
    is_new = not path.exists()
    base = sqlite3.connect(path)
    if is_new:
        base.executescript(SCHEMA)
    row = (info["id"], "p1", parent, info["slug"], info["directory"], story.name, WHOLE, None, 0)
    base.execute("INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    for message in said["messages"]:
        own = {n: v for n, v in message["info"].items() if n not in {"id", "sessionID"}}
        name, when = message["info"]["id"], own["time"]["created"]
        told = (name, info["id"], when, json.dumps(own))
        base.execute("INSERT INTO message VALUES (?, ?, ?, ?)", told)
        for part in message["parts"]:
            bare = {n: v for n, v in part.items() if n not in {"id", "messageID", "sessionID"}}
            piece = (part["id"], name, info["id"], when, json.dumps(bare))
            base.execute("INSERT INTO part VALUES (?, ?, ?, ?, ?)", piece)
    base.commit()
    return base


def document(story: Story, version: str, shape: str = "export") -> dict[str, Any]:
    """Return an export as a value; other shapes are of other sessions."""
    files = dict(story.files)
    name = "ses_" + identity("opencode", shape, version, story.name).replace("-", "")[:26]
    info = {"id": name, "slug": "quiet-oak", "projectID": "p1", "directory": ROOT}
    messages = [
        _message(step, number, when * 1_000, name, files, version)
        for number, when, step in moments(story.steps)
    ]
    return {"info": {**info, "title": story.name, "version": version}, "messages": messages}


def _message(
    step: Step, number: int, when: int, session: str, files: dict[str, str], version: str
) -> dict[str, Any]:
    own = {"id": f"msg_{number:04d}", "sessionID": session}
    if isinstance(step, Ask):
        asked = {"role": "user", "time": {"created": when}, "agent": "build", "model": MODEL}
        return {
            "info": {**asked, **own},
            "parts": _parts([{"type": "text", "text": step.text}], own),
        }
    tokens = {"total": 1_050, "input": 100, "output": 50, "reasoning": 10}
    spent = {"cost": 0, "tokens": {**tokens, "cache": {"read": 900, "write": 0}}}
    info: dict[str, Any] = {"role": "assistant", **MODEL}
    info |= {"time": {"created": when, "completed": when + 900}}
    info |= {"path": {"cwd": ROOT, "root": ROOT}, **spent, "finish": "tool-calls", **own}
    middle = _said_or_called(step, number, when, session, files, version)
    start, end = {"type": "step-start", "snapshot": "0" * 40}, {"type": "step-finish", **spent}
    return {"info": info, "parts": _parts([start, *middle, end], own)}


def _parts(parts: list[dict[str, Any]], own: dict[str, str]) -> list[dict[str, Any]]:
    message, session = own["id"], own["sessionID"]
    return [
        {**part, "id": f"prt_{message[4:]}{place:02d}", "sessionID": session, "messageID": message}
        for place, part in enumerate(parts)
    ]


def _said_or_called(
    step: Step, number: int, when: int, session: str, files: dict[str, str], version: str
) -> Iterator[dict[str, Any]]:
    if isinstance(step, Say):
        yield {"type": "text", "text": step.text, "time": {"start": when, "end": when + 10}}
        return
    assert not isinstance(step, Ask)
    tool, state = _called(step, files, version)
    # Of the session too: no two have a call in common.
    call = f"call_{number:04d}{session[4:24]}"
    state |= {"time": {"start": when, "end": when + 500}}
    yield {"type": "tool", "callID": call, "tool": tool, "state": state}


def _called(
    step: Write | Replace | Run | Read, files: dict[str, str], version: str
) -> tuple[str, dict[str, Any]]:
    if isinstance(step, Run):
        metadata = {"output": step.output, "exit": step.status, "truncated": False}
        said = {"command": step.line, "workdir": ROOT, "description": "Run it"}
        return "bash", _completed(said, step.output, "Run it", metadata)
    path = f"{ROOT}/{step.path}"
    if isinstance(step, Read):
        lines = files[step.path].split("\n")
        start = "" if version == WHOLE else "\n"
        lines = lines if version == WHOLE else lines[:-1]
        body = "\n".join(f"{number}: {line}" for number, line in enumerate(lines, start=1))
        output = f"<path>{path}</path>\n<type>file</type>\n<content>{start}{body}"
        output += f"\n\n(End of file - total {len(lines)} lines)\n</content>"
        return "read", _completed({"filePath": path}, output, step.path, {"truncated": False})
    before = files.get(step.path)
    if isinstance(step, Write):
        files[step.path] = step.content
        metadata = {"filepath": path, "exists": before is not None, "diagnostics": {}}
        said = {"filePath": path, "content": step.content}
        return "write", _completed(said, "Wrote file successfully.", step.path, metadata)
    said = {"filePath": path, "oldString": step.old, "newString": step.new}
    if step.is_refused:
        error = "Error: oldString not found in content"
        return "edit", {"status": "error", "input": said, "error": error}
    assert before is not None
    after = files[step.path] = before.replace(step.old, step.new)
    filediff: dict[str, Any] = {"file": path, "additions": 1, "deletions": 1}
    diff = _diff(path, before, after)
    filediff |= {"before": before, "after": after} if version == WHOLE else {"patch": diff}
    metadata = {"diff": diff, "filediff": filediff, "diagnostics": {}}
    return "edit", _completed(said, "Edit applied successfully.", step.path, metadata)


def _completed(said: Any, output: str, title: str, metadata: dict[str, Any]) -> dict[str, Any]:
    told = {"output": output, "title": title, "metadata": metadata}
    return {"status": "completed", "input": said, **told}


def _diff(path: str, before: str, after: str) -> str:
    """Return a diff as opencode has it: moved to the left as far as all of its lines go."""
    found = list(unified_diff(before.splitlines(), after.splitlines(), path, path, "", "", 4, ""))
    body = [line for line in found[2:] if not line.startswith("@@")]
    bare = dedent("\n".join(line[1:] for line in body)).split("\n")
    left = iter(zip(body, bare, strict=True))
    told = [
        line if line.startswith("@@") else "".join((pair := next(left))[0][:1]) + pair[1]
        for line in found[2:]
    ]
    return "\n".join([f"Index: {path}", "=" * 67, *found[:2], *told])
