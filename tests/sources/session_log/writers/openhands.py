"""Tells a story as OpenHands does: before its agent SDK (V0), and with it."""

import json
from datetime import UTC, datetime
from difflib import unified_diff
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
    identity,
    moments,
)

MODEL = "openai/some-model"
PID = {"pid": -1, "username": "robin", "hostname": "box", "py_interpreter_path": ""}


def log(story: Story) -> str:
    """Return the trajectory of V0: a list of actions and observations."""
    files, events = dict(story.files), list[dict[str, Any]]()
    for number, when, step in moments(story.steps):
        for record in _old(step, number, files):
            stamp = {"id": len(events), "timestamp": _stamp(when)}
            cause = {"cause": len(events) - 1} if "observation" in record else {}
            events.append(stamp | cause | record)
    return json.dumps(events)


def sdk(story: Story) -> str:
    """Return the events of V1, one a line."""
    files, events = dict(story.files), list[dict[str, Any]]()
    for number, when, step in moments(story.steps):
        for record in _new(step, identity("openhands", story.name, str(number)), files):
            frame = {"id": record.pop("id"), "timestamp": _stamp(when)}
            events.append({**frame, **record})
    return "".join(json.dumps(event, separators=(",", ":")) + "\n" for event in events)


def chat(story: Story) -> str:
    """Return the one row of a data set, with the messages of the session."""
    files, messages = dict(story.files), list[dict[str, Any]]()
    messages.append({"role": "system", "content": "You are an agent.", "tool_calls": None})
    for number, step in enumerate(story.steps):
        if isinstance(step, Ask | Say):
            role = "user" if isinstance(step, Ask) else "assistant"
            messages.append({"role": role, "content": step.text, "tool_calls": None})
            continue
        call, is_run = f"call_{number:02d}", isinstance(step, Run)
        name = "execute_bash" if is_run else "str_replace_editor"
        said = {"command": step.line} if isinstance(step, Run) else _editor(step)
        function = {"name": name, "arguments": json.dumps(said)}
        asked = {"id": call, "index": None, "type": "function", "function": function}
        messages.append({"role": "assistant", "content": "", "tool_calls": [asked]})
        content = _printed(step) if isinstance(step, Run) else _answered(step, files)
        answer = {"role": "tool", "name": name, "tool_call_id": call, "tool_calls": None}
        messages.append({**answer, "content": f"OBSERVATION:\n{content}"})
    row = {"instance_id": story.name, "run_id": "some-model_run_1", "resolved": True}
    return json.dumps([{**row, "messages": messages, "tools": []}], indent=2)


def _printed(step: Run) -> str:
    """Return what the terminal shows: the line, what it prints, and the prompt."""
    place = f"[Python Interpreter: /opt/env/bin/python]\nroot@box:{ROOT} # "
    output = step.output.rstrip().replace("\n", "\r\n")
    end = f"[Command finished with exit code {step.status}]"
    return f"{step.line}\r\n{output}{place}\n{end}"


def _answered(step: Step, files: dict[str, str]) -> str:
    if isinstance(step, Read):
        return _shown(f"{ROOT}/{step.path}", files[step.path])
    return _edited(step, files)[0]


def _stamp(when: int) -> str:
    return datetime.fromtimestamp(when, UTC).isoformat()[:19] + ".125000"


def _shown(path: str, content: str) -> str:
    rows = "\n".join(f"{n:6}\t{line}" for n, line in enumerate(content.split("\n"), start=1))
    return f"Here's the result of running `cat -n` on {path}:\n{rows}\n"


def _prompt(status: int) -> dict[str, Any]:
    suffix = f"\n[The command completed with exit code {status}.]"
    return {"exit_code": status, **PID, "working_dir": ROOT, "prefix": "", "suffix": suffix}


def _editor(step: Step) -> dict[str, Any]:
    """Return what the editor is asked for."""
    if isinstance(step, Read):
        return {"command": "view", "path": f"{ROOT}/{step.path}"}
    if isinstance(step, Replace):
        said = {"command": "str_replace", "path": f"{ROOT}/{step.path}"}
        return {**said, "old_str": step.old, "new_str": step.new}
    return {"command": "create", "path": f"{ROOT}/{step.path}", "file_text": step.content}  # type: ignore[union-attr]


def _edited(step: Step, files: dict[str, str]) -> tuple[str, str, str]:
    """Make an edit; return what the editor says to it, and the contents before and after."""
    path = f"{ROOT}/{step.path}"  # type: ignore[union-attr]
    before = files.get(step.path, "")  # type: ignore[union-attr]
    if isinstance(step, Replace) and step.is_refused:
        wrong = f"No replacement was performed, old_str `{step.old}` did not appear verbatim"
        return f"ERROR:\n{wrong} in {path}.", before, before
    after = before.replace(step.old, step.new) if isinstance(step, Replace) else step.content  # type: ignore[union-attr]
    files[step.path] = after  # type: ignore[union-attr]
    return (
        f"The file {path} has been edited. {_shown(f'a snippet of {path}', after)}",
        before,
        after,
    )


def _old(step: Step, number: int, files: dict[str, str]) -> list[dict[str, Any]]:
    if isinstance(step, Ask):
        said: dict[str, Any] = {
            "content": step.text,
            "image_urls": None,
            "wait_for_response": False,
        }
        return [{"source": "user", "message": step.text, "action": "message", "args": said}]
    if isinstance(step, Say):
        said = {"content": step.text, "image_urls": None, "wait_for_response": True}
        return [{"source": "agent", "message": step.text, "action": "message", "args": said}]
    call = _call(number)
    frame = {"source": "agent", "message": "", "tool_call_metadata": call}
    if isinstance(step, Run):
        said = {"command": step.line, "is_input": False, "thought": "", "hidden": False}
        extras = {"command": step.line, "metadata": _prompt(step.status), "hidden": False}
        answer = {"content": step.output.rstrip(), "extras": extras, "success": not step.status}
        return [
            {**frame, "action": "run", "args": said},
            {**frame, "observation": "run", **answer},
        ]
    path = f"{ROOT}/{step.path}"
    if isinstance(step, Read):
        said = {"path": path, "start": 0, "end": -1, "thought": "", "impl_source": "oh_aci"}
        shown = _shown(path, files[step.path])
        return [
            {**frame, "action": "read", "args": {**said, "view_range": None}},
            {**frame, "observation": "read", "content": shown, "extras": {"path": path}},
        ]
    content, before, after = _edited(step, files)
    said = {"file_text": None, "old_str": None, "new_str": None, "insert_line": None}
    said |= {"content": "", "start": 1, "end": -1, "thought": "", "impl_source": "oh_aci"}
    said |= _editor(step)
    rows = unified_diff(before.split("\n"), after.split("\n"), path, path, n=0, lineterm="")
    extras = {
        "path": path,
        "prev_exist": False,
        "old_content": said["old_str"],
        "new_content": said["new_str"],
        "impl_source": "oh_aci",
        "diff": "\n".join(rows),
    }
    return [
        {**frame, "action": "edit", "args": said},
        {**frame, "observation": "edit", "content": content, "extras": extras},
    ]


def _call(number: int) -> dict[str, Any]:
    usage = {"completion_tokens": 50, "prompt_tokens": 1_000, "total_tokens": 1_050}
    answer = {"id": f"gen-{number:04d}", "model": MODEL, "usage": usage}
    return {"tool_call_id": f"toolu_{number:02d}", "model_response": answer}


def _new(step: Step, key: str, files: dict[str, str]) -> list[dict[str, Any]]:
    if isinstance(step, Ask | Say):
        is_asked = isinstance(step, Ask)
        content = [{"type": "text", "text": step.text}]
        said: dict[str, Any] = {"role": "user" if is_asked else "assistant", "content": content}
        source = "user" if is_asked else "agent"
        return [{"id": key, "source": source, "llm_message": said, "kind": "MessageEvent"}]
    tool = "terminal" if isinstance(step, Run) else "file_editor"
    call = f"call-{key[:8]}"
    frame = {"tool_name": tool, "tool_call_id": call}
    if isinstance(step, Run):
        said = {"command": step.line, "is_input": False, "timeout": None, "kind": "TerminalAction"}
        told = {
            "content": [{"type": "text", "text": step.output.rstrip()}],
            "is_error": False,
            "command": step.line,
            "exit_code": step.status,
            "timeout": False,
            "metadata": _prompt(step.status),
            "kind": "TerminalObservation",
        }
    else:
        said = {**_editor(step), "kind": "FileEditorAction"}
        told = _observed(step, files)
    action = {"id": key, "source": "agent", "thought": [], "action": said, **frame}
    action["tool_call"] = {"id": call, "name": tool, "arguments": json.dumps(said)}
    other = identity(key, "observation")
    answer = {"id": other, "source": "environment", **frame, "observation": told, "action_id": key}
    return [{**action, "kind": "ActionEvent"}, {**answer, "kind": "ObservationEvent"}]


def _observed(step: Step, files: dict[str, str]) -> dict[str, Any]:
    """Return what the editor of V1 tells: both whole contents, where an edit was made."""
    path = f"{ROOT}/{step.path}"  # type: ignore[union-attr]
    told = {"command": _editor(step)["command"], "path": path, "prev_exist": True}
    told |= {"is_error": False, "kind": "FileEditorObservation"}
    if isinstance(step, Read):
        return {**told, "content": [{"type": "text", "text": _shown(path, files[step.path])}]}
    content, before, after = _edited(step, files)
    told["content"] = [{"type": "text", "text": content}]
    if content.startswith("ERROR"):
        return {**told, "is_error": True}
    told["prev_exist"] = isinstance(step, Replace)
    return {**told, "old_content": before or None, "new_content": after}
