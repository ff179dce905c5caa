"""Tells a story as mini-swe-agent does, which edits by commands alone."""

import json
from enum import StrEnum
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
    moments,
)

MODEL = "some/model"


class Age(StrEnum):
    """The ages of the format."""

    BARE = "bare"  # a list of messages
    FENCES = "1"
    ACTIONS = "1.1"


def log(story: Story, *, age: Age) -> str:
    """Return the trajectory."""
    files, has_asked, said = dict(story.files), False, ""
    messages: list[dict[str, Any]] = [{"role": "system", "content": "You are an agent."}]
    for number, when, step in moments(story.steps):
        if isinstance(step, Ask):
            later = f"The user added a new task: {step.text}"
            first = (
                f"Please solve this issue: {step.text}\n\nYou can execute bash commands and edit"
            )
            messages.append({"role": "user", "content": later if has_asked else first})
            has_asked = True
        elif isinstance(step, Say):
            said = step.text
        else:
            line, output, status = _command(step, files)
            messages += _told(age, number, when, f"THOUGHT: {said}", line, output, status)
            said = ""
    last = "echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT"
    messages += [*_told(age, 99, 0, "Done.", last, "", 0)[:1], {"role": "exit", "content": "diff"}]
    if age is Age.BARE:
        return json.dumps(messages, indent=2)
    config = {"model": {"model_name": MODEL}, "environment": {"cwd": ROOT, "timeout": 30}}
    info = {"exit_status": "Submitted", "mini_version": "2.4.6", "config": config}
    stats = {"model_stats": {"instance_cost": 0.25, "api_calls": len(messages) // 2}}
    document = {"info": info | stats, "messages": messages}
    return json.dumps({**document, "trajectory_format": f"mini-swe-agent-{age.value}"}, indent=2)


def _told(
    age: Age, number: int, when: int, said: str, line: str, output: str, status: int
) -> list[dict[str, Any]]:
    if age is Age.BARE:  # nothing else says where it works
        line = f"cd {ROOT} && {line}"
    fenced = f"{said}\n\n```bash\n{line}\n```"
    shown = f"<returncode>{status}</returncode>\n<output>\n{output}</output>"
    if age is not Age.ACTIONS:
        return [{"role": "assistant", "content": fenced}, {"role": "user", "content": shown}]
    call, at = f"call_{number}", {"timestamp": float(when)}
    used = {"prompt_tokens": 1_000, "completion_tokens": 50}
    answer = {"id": f"gen-{number}", "model": MODEL, "usage": used}
    actions = [{"command": line, "tool_call_id": call}]
    extra = {"actions": actions, "response": answer, "cost": 0.01, **at}
    result = {"raw_output": output, "returncode": status, **at}
    return [
        {"role": "assistant", "content": said, "extra": extra},
        {"role": "tool", "tool_call_id": call, "content": shown, "extra": result},
    ]


def _command(step: Step, files: dict[str, str]) -> tuple[str, str, int]:
    if isinstance(step, Run):
        return step.line, step.output, step.status
    if isinstance(step, Read):
        return f"cat {step.path}", files[step.path], 0
    assert isinstance(step, Replace | Write)
    if isinstance(step, Replace) and step.is_refused:
        wrong = "sed: -e expression #1, char 9: unterminated `s' command\n"
        return f"sed -i 's/total/x' {step.path}", wrong, 1
    if isinstance(step, Write):
        files[step.path] = step.content
    else:
        files[step.path] = files[step.path].replace(step.old, step.new)
    return f"cat > {step.path} << 'EOF'\n{files[step.path]}EOF", "", 0
