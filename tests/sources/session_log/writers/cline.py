"""Tells a story as Cline does: to the model, to the user, and on its command line; and Roo Code."""

import json
from collections.abc import Iterator
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
DETAILS = f"<environment_details>\n# Current Working Directory ({ROOT}) Files\nsrc/dur.py\n"
DETAILS += "\n# Current Mode\nACT MODE\n</environment_details>"
ROO_DETAILS = f"<environment_details>\n# Current Workspace Directory ({ROOT}) Files\nsrc/dur.py\n"
ROO_DETAILS += "\n# Current Mode\n<slug>code</slug>\n</environment_details>"
SPENT = {"tokensIn": 10, "tokensOut": 40, "cacheWrites": 50, "cacheReads": 900, "cost": 0.01}


def talk(story: Story, *, has_blocks: bool = True) -> str:
    """Return ``api_conversation_history.json``: calls as blocks, or as tags in the text."""
    messages: list[dict[str, Any]] = []
    files = dict(story.files)
    for number, when, step in moments(story.steps):
        if isinstance(step, Ask):
            _add(messages, "user", when, _asked(step.text, is_first=not messages), DETAILS)
        elif isinstance(step, Say):
            _add(messages, "assistant", when, step.text)
        else:
            name, said, heading, answer = _called(step, files)
            call: object = {"type": "tool_use", "id": f"toolu_{number:04d}", "name": name}
            call = {**call, "input": said} if has_blocks else _tagged(name, said)  # type: ignore[dict-item]
            _add(messages, "assistant", when, call)
            told = f"[{heading}] Result:"
            texts = [f"{told}\n{answer}"] if has_blocks else [told, answer]
            _add(messages, "user", when + 1, *texts, DETAILS)
    return json.dumps(messages, indent=1)


def roo(story: Story) -> str:
    """Return the file as Roo Code has it: results are blocks, and no file is shown after edits."""
    messages: list[dict[str, Any]] = []
    files = dict(story.files)
    for number, when, step in moments(story.steps):
        if isinstance(step, Ask):
            _add(
                messages, "user", when, f"<user_message>\n{step.text}\n</user_message>", ROO_DETAILS
            )
        elif isinstance(step, Say):
            _add(messages, "assistant", when, step.text)
        else:
            name, said, answer = _called_by_roo(step, files)
            call = {"type": "tool_use", "id": f"toolu_{number:04d}", "name": name, "input": said}
            _add(messages, "assistant", when, call)
            result = {"type": "tool_result", "tool_use_id": call["id"], "content": answer}
            _add(messages, "user", when + 1, result, ROO_DETAILS)
    return json.dumps(messages, indent=1)


def window(story: Story) -> str:
    """Return ``ui_messages.json``: what the user saw, with what was sent to the model."""
    messages: list[dict[str, Any]] = []
    files = dict(story.files)
    told = ""

    def show(when: int, kind: str, said: str, **more: Any) -> None:
        messages.append({"ts": when * 1_000, "type": "say", "say": kind, "text": said, **more})

    def ask_model(when: int) -> None:
        request = json.dumps({"request": f"{told}\n\n{DETAILS}", **SPENT})
        show(when, "api_req_started", request, modelInfo={"modelId": MODEL})

    when = 0
    for _, when, step in moments(story.steps):
        if isinstance(step, Ask):
            if told:  # first it ends what it was asked before
                ask_model(when - 1)
            told = _asked(step.text, is_first=not messages)
            show(when, "user_feedback" if messages else "task", step.text)
            continue
        ask_model(when)
        told = ""
        if isinstance(step, Say):
            show(when + 1, "text", step.text)
            continue
        name, said, heading, answer = _called(step, files)
        told = f"[{heading}] Result:\n{answer}"
        if isinstance(step, Run):
            show(when + 1, "command", step.line, commandCompleted=True)
            show(when + 2, "command_output", step.output)
        else:
            tool = "readFile" if isinstance(step, Read) else "editedExistingFile"
            tool = "newFileCreated" if name == "write_to_file" else tool
            content = said.get("diff", said.get("content", said["path"]))
            shown = {"tool": tool, "path": said["path"], "content": content}
            show(when + 1, "tool", json.dumps(shown))
    ask_model(when + 9)
    return json.dumps(messages)


def sdk(story: Story) -> str:
    """Return ``ID.messages.json`` of the command line."""
    files, messages = dict(story.files), []
    for number, when, step in moments(story.steps):
        for place, (role, block) in enumerate(_sdk_blocks(step, number, files)):
            message: dict[str, Any] = {"id": f"msg_{number:04d}_{place}", "role": role}
            message |= {"content": [block], "ts": (when + place) * 1_000}
            if role == "assistant":
                message |= {"modelInfo": {"id": f"anthropic/{MODEL}", "provider": "cline"}}
                metrics: dict[str, Any] = {
                    "inputTokens": 1_000,
                    "outputTokens": 50,
                    "cacheReadTokens": 900,
                }
                message |= {"metrics": {**metrics, "cacheWriteTokens": 0, "cost": 0.01}}
            messages.append(message)
    session = f"1767603600000_{identity('cline', story.name)[:5]}"
    head = {"version": 1, "updated_at": "2026-01-05T10:00:00.000Z", "agent": "lead"}
    return json.dumps({**head, "sessionId": session, "messages": messages}, indent=1)


def _add(messages: list[dict[str, Any]], role: str, when: int, *blocks: object) -> None:
    content = [{"type": "text", "text": one} if isinstance(one, str) else one for one in blocks]
    messages.append({"role": role, "content": content, "ts": when * 1_000})


def _asked(text: str, *, is_first: bool) -> str:
    if is_first:
        return f"<task>\n{text}\n</task>"
    return f"[attempt_completion] Result:\n<feedback>\n{text}\n</feedback>"


def _tagged(name: str, said: dict[str, str]) -> str:
    inner = "\n".join(f"<{key}>\n{value}\n</{key}>" for key, value in said.items())
    return f"<{name}>\n{inner}\n</{name}>"


def _called(
    step: Write | Replace | Run | Read, files: dict[str, str]
) -> tuple[str, dict[str, str], str, str]:
    """Return the name of the tool, what it was asked, the heading of its result and that."""
    if isinstance(step, Run):
        how = "failed with" if step.status else "executed successfully ("
        how = f"Command {how} exit code {step.status}{'' if step.status else ')'}."
        how = how.replace("( ", "(")
        name, heading = "execute_command", f"execute_command for '{step.line}'"
        said = {"command": step.line, "requires_approval": "false"}
        return name, said, heading, f"{how}\nOutput:\n{step.output.rstrip()}"
    if isinstance(step, Read):
        said, heading = {"path": step.path}, f"read_file for '{step.path}'"
        return "read_file", said, heading, files[step.path]
    name = "write_to_file" if isinstance(step, Write) else "replace_in_file"
    said, heading = {"path": step.path}, f"{name} for '{step.path}'"
    if isinstance(step, Write):
        said["content"] = files[step.path] = step.content
    else:
        said["diff"] = _diff(step, "------- SEARCH", "+++++++ REPLACE")
        if step.is_refused:
            error = "The SEARCH block does not match anything in the file."
            answer = f"The tool execution failed with the following error:\n<error>\n{error}\n\n"
            shown = f'<file_content path="{step.path}">\n{files[step.path]}\n</file_content>'
            return name, said, heading, f"{answer}</error>\n\n{shown}"
        files[step.path] = files[step.path].replace(step.old, step.new)
    shown = f'<final_file_content path="{step.path}">\n{files[step.path]}\n</final_file_content>'
    answer = f"The content was successfully saved to {step.path}.\n\n{shown}\n\nIMPORTANT: Use it."
    return name, said, heading, answer


def _diff(step: Replace, start: str, end: str) -> str:
    return f"{start}\n{step.old.rstrip()}\n=======\n{step.new.rstrip()}\n{end}"


def _called_by_roo(
    step: Write | Replace | Run | Read, files: dict[str, str]
) -> tuple[str, dict[str, Any], str]:
    if isinstance(step, Run):
        how = "" if not step.status else "Command execution was not successful, inspect the cause. "
        how += f"Exit code: {step.status}"
        where = f"Command executed in terminal  within working directory '{ROOT}'. {how}"
        return "execute_command", {"command": step.line}, f"{where}\nOutput:\n{step.output}"
    if isinstance(step, Read):
        rows = files[step.path].removesuffix("\n").split("\n")
        shown = "".join(f"{number} | {row}\n" for number, row in enumerate(rows, start=1))
        body = f'<content lines="1-{len(rows)}">\n{shown}</content>'
        return "read_file", {"path": step.path}, f"<file><path>{step.path}</path>\n{body}\n</file>"
    notice = {"path": step.path, "operation": "modified", "notice": "You do not need to re-read it"}
    if isinstance(step, Write):
        files[step.path] = step.content
        notice["operation"] = "created"
        return "write_to_file", {"path": step.path, "content": step.content}, json.dumps(notice)
    said = {
        "path": step.path,
        "diff": _diff(step, "<<<<<<< SEARCH\n:start_line:9\n-------", ">>>>>>> REPLACE"),
    }
    if step.is_refused:
        return "apply_diff", said, json.dumps({"status": "error", "message": "No match found"})
    files[step.path] = files[step.path].replace(step.old, step.new)
    return "apply_diff", said, json.dumps(notice)


def _sdk_blocks(
    step: Step, number: int, files: dict[str, str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(step, Ask | Say):
        yield "user" if isinstance(step, Ask) else "assistant", {"type": "text", "text": step.text}
        return
    call = f"toolu_{number:04d}"
    name, said, content = _sdk_call(step, files)
    yield "assistant", {"type": "tool_use", "id": call, "name": name, "input": said}
    yield "user", {"type": "tool_result", "tool_use_id": call, "name": name, "content": content}


def _sdk_call(
    step: Write | Replace | Run | Read, files: dict[str, str]
) -> tuple[str, dict[str, Any], object]:
    if isinstance(step, Run):
        result: dict[str, Any] = {"query": step.line, "result": step.output, "success": True}
        if step.status:
            result |= {"success": False, "error": f"Command exited with code {step.status}"}
        return "run_commands", {"commands": [step.line]}, [result]
    path = f"{ROOT}/{step.path}"
    if isinstance(step, Read):
        rows = files[step.path].removesuffix("\n").split("\n")
        shown = "\n".join(f"{number} | {row}" for number, row in enumerate(rows, start=1))
        return (
            "read_files",
            {"files": [{"path": path}]},
            [{"query": path, "result": shown, "success": True}],
        )
    if isinstance(step, Write):
        said = {"path": path, "new_text": step.content}
        files[step.path] = step.content
        result = {"result": f"File created successfully at: {path}", "success": True}
    else:
        said = {"path": path, "old_text": step.old, "new_text": step.new}
        result = {"result": f"Edited {path}\n```diff\n-9: x\n+9: y\n```", "success": True}
        if step.is_refused:
            error = f"No replacement performed: text not found in {path}."
            result = {"result": "", "error": error, "success": False}
        else:
            files[step.path] = files[step.path].replace(step.old, step.new)
    return "editor", said, json.dumps({"query": f"edit:{path}", **result})
