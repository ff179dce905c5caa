"""Tells a story as SWE-agent does: by the lines of a window, by a search in it, by an editor.

The user speaks once, before all else: what is asked later in a story is left out.
"""

import json
import shlex
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
)


class Dialect(StrEnum):
    """The tools that an agent is given to edit with."""

    LINES = "lines"
    SEARCH = "search"
    EDITOR = "editor"


DONE = "(correct indentation, no duplicate lines, etc). Edit the file again if necessary."
REFUSED = "Your proposed edit has introduced new syntax error(s). Please read this error message"


def log(story: Story, *, dialect: Dialect) -> str:
    """Return the trajectory."""
    files, steps = dict(story.files), list[dict[str, Any]]()
    asked = next(step.text for step in story.steps if isinstance(step, Ask))
    thought = ""
    for step in story.steps:
        if isinstance(step, Say):
            thought = step.text
        elif not isinstance(step, Ask):
            for action, answer in _told(step, files, dialect):
                steps.append(_step(action, answer, thought, dialect))
                thought = ""
    steps.append(_step("submit", "diff --git a/x b/x\n", "", dialect))
    prompt = f"We have this issue.\nISSUE:\n{asked}\n\nINSTRUCTIONS:\nSolve it."
    demo = {"role": "user", "content": "ISSUE:\nanother one", "is_demo": True}
    document = {
        "environment": "main",
        "trajectory": steps,
        "history": [
            {"role": "system", "content": "You are an agent.", "agent": "main"},
            {**demo, "agent": "main", "message_type": "demonstration"},
            {"role": "user", "content": prompt, "agent": "main", "message_type": "observation"},
        ],
        "info": {
            "exit_status": "submitted",
            "submission": "",
            "model_stats": {
                "instance_cost": 0.25,
                "tokens_sent": 9_000,
                "tokens_received": 900,
                "api_calls": len(steps),
            },
        },
    }
    return json.dumps(document, indent=2)


def chat(story: Story) -> str:
    """Return the one row of a data set, with the messages of the session."""
    told = json.loads(log(story, dialect=Dialect.LINES))
    place = f"(Open file: n/a)\n(Current directory: {ROOT})\nbash-$"
    first = {"role": "system", "system_prompt": "You are an agent.", "text": None}
    asked = {"role": "user", "system_prompt": None}
    messages = [first, {**asked, "text": f"{told['history'][2]['content']}\n\n{place}"}]
    for step in told["trajectory"]:
        action = f"{step['thought']}\n```\n{step['action']}\n```"
        messages.append({"role": "ai", "system_prompt": None, "text": action})
        observed = (
            step["observation"] or "Your command ran successfully and did not produce any output."
        )
        messages.append({**asked, "text": f"{observed}\n{place}"})
    row = {"instance_id": story.name, "model_name": "swe-agent-model", "target": True}
    return json.dumps([{**row, "trajectory": messages, "exit_status": "submitted"}])


def _step(action: str, answer: str, thought: str, dialect: Dialect) -> dict[str, Any]:
    state = {"open_file": "n/a", "working_dir": ROOT}
    return {
        "action": action,
        "observation": answer.replace("\n", "\r\n") if dialect is not Dialect.LINES else answer,
        "response": f"{thought}\n{action}",
        "thought": thought,
        "state": json.dumps(state) if dialect is Dialect.LINES else state,
    }


def _told(step: Step, files: dict[str, str], dialect: Dialect) -> list[tuple[str, str]]:
    if isinstance(step, Run):
        return [(step.line, step.output)]
    if dialect is Dialect.EDITOR:
        return [_by_editor(step, files)]
    if isinstance(step, Read):
        return [(f'open "{step.path}"', _window(step.path, files[step.path]))]
    assert isinstance(step, Replace)  # no story writes a file whole
    before = files[step.path]
    first = before[: before.index(step.old) if step.old in before else 0].count("\n") + 1
    if step.is_refused:
        answer = f"{REFUSED}\n\n{_window(step.path, before)}"
    else:
        files[step.path] = before.replace(step.old, step.new)
        answer = _window(step.path, files[step.path])
    if dialect is Dialect.LINES:
        last = first + step.old.count("\n") - 1
        answer = answer if step.is_refused else f"{answer}File updated. Please review {DONE}\n"
        return [(f"edit {first}:{last}\n{step.new}end_of_edit", answer)]
    answer = answer if step.is_refused else f"Text replaced. Please review {DONE}\n{answer}"
    return [(f"edit {shlex.quote(step.old)} {shlex.quote(step.new)}", answer)]


def _window(path: str, content: str) -> str:
    lines = content.split("\n")[:-1]
    rows = "".join(f"{number}:{line}\n" for number, line in enumerate(lines, start=1))
    return f"[File: {ROOT}/{path} ({len(lines)} lines total)]\n{rows}"


def _by_editor(step: Step, files: dict[str, str]) -> tuple[str, str]:
    assert isinstance(step, Read | Replace | Write)
    path, call = f"{ROOT}/{step.path}", "str_replace_editor"
    if isinstance(step, Read):
        lines = enumerate(files[step.path].split("\n"), start=1)
        rows = "\n".join(f"{n:6}\t{line}" for n, line in lines)
        return f"{call} view {path}", f"Here's the result of running `cat -n` on {path}:\n{rows}\n"
    if isinstance(step, Write):
        files[step.path] = step.content
        line = f"{call} create {path} --file_text {shlex.quote(step.content)}"
        return line, f"File created successfully at: {path}"
    quoted = f"--old_str {shlex.quote(step.old)} --new_str {shlex.quote(step.new)}"
    if step.is_refused:
        answer = f"No replacement was performed, old_str `{step.old}` did not appear verbatim"
    else:
        files[step.path] = files[step.path].replace(step.old, step.new)
        answer = f"The file {path} has been edited. Here's the result of running `cat -n` on a "
        answer += f"snippet of {path}:\n     1\t{step.new}\nReview the changes."
    return f"{call} str_replace {path} {quoted}", answer
