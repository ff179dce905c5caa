"""The traps of the sessions of Cline's command line and SDK, one by one."""

import json
from pathlib import Path
from typing import Any

import pytest

from loopwatch.sources.session_log.api import (
    Begin,
    Command,
    Edit,
    FileChange,
    Passed,
    Prompt,
    Replacement,
    Said,
    Seen,
    Usage,
)
from loopwatch.sources.session_log.cline_sdk import NOT_DONE, ClineSdk
from loopwatch.sources.session_log.registry import readers, recognise
from loopwatch.sources.session_log.survey import survey
from tests.sources.session_log.reading import log_of, some
from tests.sources.session_log.stories import BY_NAME, ROOT, STORIES
from tests.sources.session_log.writers import cline

READER = ClineSdk()
SESSION = "1767603600000_abcde"
HEAD = {"version": 1, "agent": "lead", "sessionId": SESSION}
MANIFEST = {
    "session_id": SESSION,
    "cwd": ROOT,
    "workspace_root": ROOT,
    "messages_path": f"/home/robin/.cline/data/sessions/{SESSION}/{SESSION}.messages.json",
}


def message(role: str, *blocks: object, **more: Any) -> dict[str, Any]:
    return {"id": "m1", "role": role, "ts": 1_767_603_600_000, "content": list(blocks), **more}


def text_of(*messages: object) -> str:
    return json.dumps({**HEAD, "messages": messages})


def read(folder: Path, *messages: object) -> list[Any]:
    return list(READER.events(log_of(folder, text_of(*messages), f"{SESSION}.messages.json")))


def answered(folder: Path, name: str, said: object, content: object) -> list[Any]:
    called = {"type": "tool_use", "id": "t1", "name": name, "input": said}
    result = {"type": "tool_result", "tool_use_id": "t1", "content": content}
    return read(folder, message("assistant", called), message("user", result))


def edited(folder: Path, said: object, result: str) -> FileChange:
    told = json.dumps({"query": "edit:a", "result": result, "success": True})
    (edit,) = some(answered(folder, "editor", said, told), Edit)
    (change,) = edit.files
    return change


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\0\1\2",
        b"[]",
        b"{}",
        b"null",
        b"7",
        b'"sessionId"',
        b'["sessionId"]',
        b'{"sessionId":"s","messages":[]}',
        b'{"sessionId":"s","agent":"lead","version":1,"messages":[]}',
        b'{"sessionId":"s","agent":"lead","version":1,"mess',
        b'{"messages_path":"x"}',
    ],
)
def test_not_recognised(tmp_path: Path, text: bytes) -> None:
    assert not READER.recognises(log_of(tmp_path, text, "log.json"))


def test_only_its_own_logs_are_its_own(tmp_path: Path) -> None:
    from tests.sources.session_log.formats import FORMATS

    for format_ in FORMATS:
        log = log_of(tmp_path, format_.write(STORIES[0]), f"log{format_.ending}")
        assert READER.recognises(log) == (format_.name == "cline-sdk")
        reader = recognise(log, readers(pytest.fail))
        assert reader is not None
        assert (reader.name == "cline-sdk") == (format_.name == "cline-sdk")


def test_nothing_in_a_log_is_taken_for_granted(tmp_path: Path) -> None:
    odd: list[Any] = [None, 7, "x", [], {}, [[]], {"a": {}}, True, 1e308, -1]
    for value in odd:
        for name in ("editor", "apply_patch", "run_commands", "read_files"):
            answered(tmp_path, name, value, value)
            answered(tmp_path, name, {"path": value, "insert_line": value}, [value])
            answered(tmp_path, name, {"commands": [value], "files": [value]}, [{"success": True}])
        more = {"metrics": value, "modelInfo": value, "metadata": value, "ts": value}
        block = {"type": value, "text": value, "content": value}
        read(tmp_path, value, message("assistant", block, **more), message("user", block, **more))
        (tmp_path / f"{SESSION}.json").write_text(json.dumps(value))
        read(tmp_path, {"role": "user", "content": value})


def test_what_lies_beside_the_messages_is_no_session_of_its_own(tmp_path: Path) -> None:
    said = cline.sdk(BY_NAME["identical"])
    session = json.loads(said)["sessionId"]
    (tmp_path / f"{session}.messages.json").write_text(said)
    (tmp_path / f"{session}.json").write_text(json.dumps({**MANIFEST, "session_id": session}))
    summary = message("user", {"type": "text", "text": "Context summary: we fixed it"})
    summary |= {"metadata": {"kind": "compaction_summary"}}
    (tmp_path / f"{session}.compaction.json").write_text(text_of(summary))
    found = survey([tmp_path], readers(pytest.fail))
    assert not found.skipped
    (one,) = found.sessions
    assert [log.file.path.name for log in one.logs] == [f"{session}.messages.json"]
    events = list(READER.events(one.logs[0].file))
    assert [begin.folder for begin in some(events, Begin)] == [ROOT]
    assert not some(read(tmp_path, summary), Prompt)


def test_a_fork_belongs_to_its_origin(tmp_path: Path) -> None:
    fork = {"fork": {"forkedFromSessionId": "1767603500000_fffff"}}
    (tmp_path / f"{SESSION}.json").write_text(json.dumps({**MANIFEST, "metadata": fork}))
    log = log_of(tmp_path, text_of(message("user")), f"{SESSION}.messages.json")
    identity = READER.identity(log)
    assert (identity.session, identity.keys) == (SESSION, ("1767603500000_fffff",))


def test_what_is_said(tmp_path: Path) -> None:
    events = read(
        tmp_path,
        message("user", {"type": "text", "text": '<user_input mode="act">\nFix it\n</user_input>'}),
        message("user", {"type": "text", "text": "<system>Be brief</system>"}),
        message("user", {"type": "file", "path": "a.py", "content": "x\n"}),
        message("assistant", {"type": "text", "text": "I fix it"}),
    )
    assert [prompt.text for prompt in some(events, Prompt)] == ["Fix it"]
    assert [said.text for said in some(events, Said)] == ["I fix it"]
    assert some(events, Seen) == [Seen(path="a.py", content="x\n")]


def test_edits_are_what_the_result_says(tmp_path: Path) -> None:
    said = {"path": "a", "old_text": "x", "new_text": "y"}
    assert edited(tmp_path, said, "Edited a").parts == (Replacement(old="x", new="y"),)
    # A file that was not there is made, whatever was to be replaced in it.
    made = FileChange(path="a", after="y", is_new=True)
    assert edited(tmp_path, said, "File created successfully at: a") == made
    inserted = {"path": "a", "insert_line": 3, "new_text": "y"}
    change = edited(tmp_path, inserted, "Inserted content at line 3 in a.")
    assert change.parts == (Replacement(old="", new="y\n", line=2),)


@pytest.mark.parametrize(
    "content",
    ['{"result":"","error":"text not found","success":false}', "", "damaged {", [], None],
)
def test_an_edit_that_failed_is_none(tmp_path: Path, content: object) -> None:
    events = answered(tmp_path, "editor", {"path": "a", "new_text": "y"}, content)
    assert not some(events, Edit)
    assert [event.reason for event in some(events, Passed)] == [NOT_DONE]


def test_commands_of_one_call_are_steps_of_their_own(tmp_path: Path) -> None:
    said = {"commands": ["make", {"command": "pytest", "args": ["-k", "a b"]}, "ls", "sleep 99"]}
    results = [
        {"result": "ok", "success": True},
        {"result": "1 failed", "error": "Command exited with code 1", "success": False},
        {"result": "a\n... [900 characters truncated] ...\nb", "success": True},
        {"result": "", "error": "Command timed out after 30000ms", "success": False},
    ]
    commands = some(answered(tmp_path, "run_commands", said, results), Command)
    assert [command.step for command in commands] == ["t1/0", "t1/1", "t1/2", "t1/3"]
    assert [command.line for command in commands] == ["make", "pytest -k 'a b'", "ls", "sleep 99"]
    assert [command.exit_status for command in commands] == [0, 1, None, None]
    assert [command.is_cut for command in commands] == [False, False, True, True]
    assert [command.output for command in commands][:2] == ["ok", "1 failed"]


def test_a_file_that_was_read_whole(tmp_path: Path) -> None:
    for more, result, content in (
        ({}, "1 | x\n2 |  y", "x\n y\n"),
        ({}, "1 | x\n2 | ", "x\n"),
        ({"start_line": 1, "end_line": 2}, "1 | x", None),
        ({}, "2 | x", None),
        ({}, "no numbers", None),
    ):
        said = {"files": [{"path": "a", **more}]}
        events = answered(tmp_path, "read_files", said, [{"result": result, "success": True}])
        assert some(events, Seen) == ([] if content is None else [Seen(path="a", content=content)])


def test_tokens_from_the_cache_are_among_the_input(tmp_path: Path) -> None:
    metrics = {"inputTokens": 100, "outputTokens": 5, "cacheReadTokens": 80, "cacheWriteTokens": 9}
    told = message("assistant", metrics={**metrics, "cost": 0.5}, modelInfo={"id": "m-1"})
    (usage,) = some(read(tmp_path, told), Usage)
    assert (usage.fresh, usage.cached, usage.kept, usage.made) == (11, 80, 9, 5)
    assert (usage.model, usage.usd) == ("m-1", 0.5)
