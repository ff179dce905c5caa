"""Tells a story as Harbor's ATIF does, of an agent with an editor and a shell."""

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
    identity,
    moments,
)


def log(story: Story) -> str:
    """Return the document."""
    steps = [
        {
            "step_id": number + 1,
            "timestamp": datetime.fromtimestamp(when, UTC).isoformat(),
            **_step(step, f"call_{number}", dict(story.files)),
        }
        for number, when, step in moments(story.steps)
    ]
    agent = {"name": "some-agent", "version": "1.0", "model_name": "some-model"}
    document = {
        "schema_version": "ATIF-v1.7",
        "session_id": identity("atif", story.name),
        "agent": agent,
        "steps": steps,
        "final_metrics": {"total_steps": len(steps)},
    }
    return json.dumps(document, indent=2)


def _step(step: Step, call: str, files: dict[str, str]) -> dict[str, Any]:
    if isinstance(step, Ask):
        return {"source": "user", "message": step.text}
    if isinstance(step, Say):
        return {"source": "agent", "message": step.text}
    name, said, answer = _call(step, files)
    metrics = {"prompt_tokens": 1_000, "cached_tokens": 900, "completion_tokens": 50}
    return {
        "source": "agent",
        "message": "",
        "tool_calls": [{"tool_call_id": call, "function_name": name, "arguments": said}],
        "observation": {"results": [{"source_call_id": call, "content": answer}]},
        "metrics": {**metrics, "cost_usd": 0.01},
    }


def _call(step: Step, files: dict[str, str]) -> tuple[str, dict[str, Any], str]:
    if isinstance(step, Run):
        answer = f"Exit code: {step.status}\nOutput:\n{step.output}"
        return "bash", {"command": step.line, "cwd": ROOT}, answer
    if isinstance(step, Read):
        said = {"command": "view", "path": f"{ROOT}/{step.path}"}
        return "str_replace_editor", said, files[step.path]
    said = {"path": f"{ROOT}/{step.path}"}  # type: ignore[union-attr]
    if isinstance(step, Replace):
        said |= {"command": "str_replace", "old_str": step.old, "new_str": step.new}
        refused = "No replacement was performed, old_str did not appear verbatim"
        return "str_replace_editor", said, refused if step.is_refused else "The file was edited."
    content = step.content  # type: ignore[union-attr]
    return "str_replace_editor", {**said, "command": "create", "file_text": content}, "Created."
