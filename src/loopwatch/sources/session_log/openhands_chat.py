"""Sessions of OpenHands as data sets have them: only what was said to the model, and by it.

A row has the ``messages`` of one session. Tools are called with their arguments as JSON, and
answered by messages that begin with ``OBSERVATION:``.

Source:
    The trajectories of SWE-Gym (2025), of OpenHands 0.12 and later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from loopwatch.sources.session_log.log_file import parsed
from loopwatch.sources.session_log.values import Object, joined_text, rows, table, text

SHELL, EDITOR = "execute_bash", "str_replace_editor"
TOOLS = frozenset({SHELL, EDITOR})
LEAD = "OBSERVATION:\n"
# What the harness says on its own where a user would speak.
GO_ON = "Please continue working on the task on whatever approach you think is suitable."
STATUS = re.compile(
    r"\n\[(?:Command finished|The command completed) with exit code (-?\d{1,9})\.?\]\s*\Z"
)
PLACE = re.compile(r"@[\w.-]+:(/[^\n]*?) [#$] ?\Z")  # the prompt of the shell
LOOKED_AT = 20  # messages by which a row is known


def is_talk(value: object) -> bool:
    """Tell whether a value is a row with the messages of a session."""
    messages = [table(one) for one in rows(table(value).get("messages"))[:LOOKED_AT]]
    has_call = any(name in TOOLS for message in messages for _, name, _ in _calls(message))
    return has_call and any(_answer(message) is not None for message in messages)


def events_of(row: Object) -> Iterator[Object]:
    """Yield the actions and observations that the messages of a row tell of."""
    return _events([table(message) for message in rows(row.get("messages"))])


def _events(messages: Sequence[Object]) -> Iterator[Object]:
    lines: dict[str, str | None] = {}  # by call; None: of the editor
    for number, message in enumerate(messages):
        said = joined_text(message.get("content")).strip()
        if message.get("role") == "user":
            if said and not said.startswith(GO_ON):
                args: Object = {"content": said}
                yield {"id": number, "source": "user", "action": "message", "args": args}
        elif message.get("role") == "assistant":
            if said:
                args = {"content": said}
                yield {"id": number, "source": "agent", "action": "message", "args": args}
            for call, name, given in _calls(message):
                if name in TOOLS:
                    lines[call] = text(given.get("command")) if name == SHELL else None
                    yield _action(call, name, given)
        elif (answer := _answer(message)) is not None:
            call = text(message.get("tool_call_id"))
            if call in lines:
                line = lines[call]
                yield _edited(call, answer) if line is None else _ran(call, line, answer)


def _calls(message: Object) -> Iterator[tuple[str, str, Object]]:
    """Yield the calls of a message: the id, the tool, its arguments."""
    for call in map(table, rows(message.get("tool_calls"))):
        told = table(call.get("function"))
        yield (
            text(call.get("id")),
            text(told.get("name")),
            table(parsed(text(told.get("arguments")))),
        )


def _answer(message: Object) -> str | None:
    said = joined_text(message.get("content"))
    is_answer = message.get("role") == "tool" and said.startswith(LEAD)
    return said.removeprefix(LEAD) if is_answer else None


def _action(call: str, name: str, said: Object) -> Object:
    kind = "run" if name == SHELL else "read" if said.get("command") == "view" else "edit"
    given = {**said, "impl_source": "oh_aci"}
    if kind == "run":
        given["is_input"] = said.get("is_input") in (True, "true")
    return {"id": call, "source": "agent", "action": kind, "args": given}


def _edited(call: str, answer: str) -> Object:
    return {"cause": call, "source": "agent", "observation": "edit", "content": answer}


def _ran(call: str, line: str, answer: str) -> Object:
    """Return what was observed: a terminal repeats the line first, and ends with its prompt."""
    ended = STATUS.search(answer)
    bare = (answer[: ended.start()] if ended else answer).replace("\r\n", "\n")
    place = PLACE.search(bare)
    told = {
        "exit_code": int(ended[1]) if ended else None,
        "working_dir": place[1] if place else "",
    }
    return {
        "cause": call,
        "source": "agent",
        "observation": "run",
        "content": bare.removeprefix(line.strip()).lstrip("\n"),
        "extras": {"metadata": told},
    }
