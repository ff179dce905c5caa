"""Sessions as rows of data sets: each row is one, with the messages of a model."""

import json
from pathlib import Path
from typing import Any

import pytest

from loopwatch.sources.session_log.api import Command, Edit, Passed, Prompt, Said, Seen
from loopwatch.sources.session_log.dataset_rows import each_row
from loopwatch.sources.session_log.log_file import LogFile
from loopwatch.sources.session_log.openhands import OpenHands
from loopwatch.sources.session_log.registry import readers
from loopwatch.sources.session_log.survey import survey
from loopwatch.sources.session_log.swe_agent import SweAgent
from tests.sources.session_log.formats import FORMATS
from tests.sources.session_log.stories import BY_NAME

WRITE = {one.name: one.write for one in FORMATS}


def file_with(tmp_path: Path, text: str) -> LogFile:
    path = tmp_path / "rows.json"
    path.write_text(text, encoding="utf-8")
    return LogFile(path, "rows.json")


def row(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    call = answer("echo", "OBSERVATION:\nx", asked={"command": "echo"})
    return {"instance_id": "dur-1", "messages": [*messages, *call], **more}


def answer(call: str, content: str, tool: str = "execute_bash", asked: Any = None) -> list[Any]:
    function = {"name": tool, "arguments": json.dumps(asked)}
    calls = [{"id": call, "type": "function", "function": function}]
    return [
        {"role": "assistant", "content": "I look.", "tool_calls": calls},
        {"role": "tool", "tool_call_id": call, "content": content, "tool_calls": None},
    ]


@pytest.mark.parametrize("lead", ["", "\ufeff", "\n "])
@pytest.mark.parametrize("gap", [",", ",\n", " , "])
def test_each_row_is_a_log(tmp_path: Path, lead: str, gap: str) -> None:
    rows = [{"n": "ä\u2028"}, {"n": 2}, ["x"], {}]
    text = lead + "[" + gap.join(json.dumps(one, ensure_ascii=False) for one in rows) + "\n]\n"
    found = list(each_row(file_with(tmp_path, text)))
    assert [log.document for log in found] == rows
    assert [log.name for log in found] == [f"rows.json:{n}" for n in range(1, 5)]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("", 0),
        ("[", 0),
        ("[]", 0),
        ("{}", 0),
        ("[{}, [1", 1),
        ('[{}, {"a', 1),
        ("[[[[", 0),
        ("\0", 0),
    ],
)
def test_what_comes_after_damage_is_left_out(tmp_path: Path, text: str, left: int) -> None:
    assert [log.document for log in each_row(file_with(tmp_path, text))] == [{}] * left


@pytest.mark.parametrize("name", ["openhands-chat", "swe-agent-chat"])
@pytest.mark.parametrize("is_list", [True, False])
def test_each_row_is_a_session(tmp_path: Path, name: str, *, is_list: bool) -> None:
    rows = [json.loads(WRITE[name](BY_NAME[story]))[0] for story in ("reworded", "untested")]
    text = json.dumps(rows) if is_list else "".join(f"{json.dumps(one)}\n" for one in rows)
    found = survey([file_with(tmp_path, text).path], readers(print))
    assert [one.path.rpartition(":")[2] for one in found.sessions] == ["1", "2"]
    assert [one.id.split()[0] for one in found.sessions] == ["reworded", "untested"]
    assert {one.format for one in found.sessions} == {name.removesuffix("-chat")}


def events_of(tmp_path: Path, said: Any, reader: Any = OpenHands()) -> list[Any]:  # noqa: B008
    log = file_with(tmp_path, json.dumps([said]))
    assert reader.recognises(log)
    (one,) = reader.logs(log)
    return list(reader.events(one))


def test_what_the_harness_says_is_no_prompt(tmp_path: Path) -> None:
    go_on = (
        "Please continue working on the task on whatever approach you think is suitable.\nIf ..."
    )
    told = [{"role": "user", "content": said} for said in ("Fix it", go_on)]
    prompts = [one for one in events_of(tmp_path, row(*told)) if isinstance(one, Prompt)]
    assert [one.text for one in prompts] == ["Fix it"]


def test_a_terminal_repeats_the_line_and_ends_with_its_prompt(tmp_path: Path) -> None:
    place = "[Python Interpreter: /opt/bin/python]\nroot@box:/w/dur # "
    printed = f"OBSERVATION:\npytest -q\r\n1 failed{place}\n[Command finished with exit code 1]"
    found = events_of(tmp_path, row(*answer("a", printed, asked={"command": "pytest -q"})))
    first = next(one for one in found if isinstance(one, Command))
    assert (first.line, first.output, first.exit_status) == ("pytest -q", "1 failed", 1)
    assert any(isinstance(one, Said) and one.text == "I look." for one in found)


def test_without_a_status_none_is_known(tmp_path: Path) -> None:
    found = events_of(tmp_path, row(*answer("a", "OBSERVATION:\nx", asked={"command": "x"})))
    assert [one.exit_status for one in found if isinstance(one, Command)] == [None, None]


def test_the_editor_shows_and_edits(tmp_path: Path) -> None:
    path, tool = "/w/dur/a.py", "str_replace_editor"
    swap = {"command": "str_replace", "path": path, "old_str": "x", "new_str": "y"}
    shown = f"OBSERVATION:\nHere's the result of running `cat -n` on {path}:\n     1\tx\n     2\t"
    refused = "OBSERVATION:\nERROR:\nNo replacement was performed, old_str `x` did not appear"
    edited = f"OBSERVATION:\nThe file {path} has been edited. Here's the result"
    messages = [
        *answer("a", shown, tool, {"command": "view", "path": path}),
        *answer("b", refused, tool, swap),
        *answer("c", edited, tool, swap),
        *answer("d", "OBSERVATION:\nbye", "finish", {}),
    ]
    found = events_of(tmp_path, row(*messages))
    assert [one.content for one in found if isinstance(one, Seen)] == ["x\n"]
    assert [one.step for one in found if isinstance(one, Edit)] == ["event c"]
    assert [one.reason for one in found if isinstance(one, Passed)] == [
        "an edit that failed or was refused"
    ]


def test_of_swe_agent_the_last_fence_is_the_action(tmp_path: Path) -> None:
    place = "\n(Open file: n/a)\n(Current directory: /w/dur)\nbash-$"
    silent = "Your command ran successfully and did not produce any output."
    said = ("ISSUE:\nbad\n", "See ```x```.\n```\nls -F\n```", "a.py\n", "```\nrm b.py\n```", silent)
    roles = ("user", "ai", "user", "ai", "user")
    texts = [one if role == "ai" else one + place for role, one in zip(roles, said, strict=True)]
    messages = [{"role": role, "text": one} for role, one in zip(roles, texts, strict=True)]
    asked = {"instance_id": "dur", "model_name": "m", "trajectory": messages}
    found = events_of(tmp_path, asked, SweAgent())
    ran = [one for one in found if isinstance(one, Command)]
    assert [(one.line, one.output, one.folder) for one in ran] == [
        ("ls -F", "a.py\n", "/w/dur"),
        ("rm b.py", "", "/w/dur"),
    ]
    assert found[0].model == "m"
