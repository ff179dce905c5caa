"""Sessions of SWE-agent as data sets have them: only what was said to the model, and by it.

A row has the messages of one session in ``trajectory``. The last fence of what the model says
is the action; what is said to it then is what was observed, the folder behind it.

Source:
    The SWE-agent trajectories of Nebius (2024).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from loopwatch.sources.session_log.values import Object, rows, table, text

MODEL, USER = "ai", "user"
ACTION = re.compile(r"```(?:bash|sh)?[ \t]*\n(.*?)\n?```\s*\Z", re.DOTALL)
STATE = re.compile(
    r"\n?\(Open file: [^\n]*\)\n\(Current directory: (?P<folder>[^\n]*)\)\nbash-\$\s*\Z"
)
NOTHING_SAID = "Your command ran successfully and did not produce any output."
LOOKED_AT = 5  # messages by which a row is known


def is_talk(value: object) -> bool:
    """Tell whether a value is a row with the messages of a session."""
    messages = [table(one) for one in rows(table(value).get("trajectory"))[:LOOKED_AT]]
    return any(
        one.get("role") == MODEL and isinstance(one.get("text"), str) for one in messages
    ) and any(STATE.search(text(one.get("text"))) for one in messages)


def trajectory_of(row: Object) -> Object:
    """Return a row as SWE-agent would have written it: the task, and steps with their state."""
    messages = [table(message) for message in rows(row.get("trajectory"))]
    asked = next((text(m.get("text")) for m in messages if m.get("role") == USER), "")
    model = {"agent": {"model": {"name": text(row.get("model_name"))}}}
    return {
        "trajectory": list(_steps(messages)),
        "history": [{"role": "user", "content": STATE.sub("", asked)}],
        "info": {},
        "replay_config": json.dumps(model),
    }


def _steps(messages: Sequence[Object]) -> Iterator[Object]:
    folder, said = "", ""
    for message in messages:
        if message.get("role") == MODEL:
            said = text(message.get("text"))
            continue
        if message.get("role") != USER:
            continue
        answer = text(message.get("text"))
        if said and (action := ACTION.search(said)):
            observed = STATE.sub("", answer)
            yield {
                "thought": said[: action.start()].strip(),
                "action": action[1],
                "observation": "" if observed.strip() == NOTHING_SAID else observed,
                "state": json.dumps({"working_dir": folder}),
            }
        said = ""
        told = STATE.search(answer)
        folder = told["folder"] if told else folder
