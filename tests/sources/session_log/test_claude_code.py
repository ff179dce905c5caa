"""The traps of Claude Code's logs, one by one."""

from pathlib import Path
from typing import Any

import pytest

from loopwatch.sources.session_log.api import (
    Begin,
    Command,
    Edit,
    Passed,
    Prompt,
    Replacement,
    Said,
    Seen,
    SubSession,
    Usage,
)
from loopwatch.sources.session_log.claude_code import ClaudeCode
from tests.sources.session_log.reading import events_of, lines, log_of, some

READER = ClaudeCode()
OLD_NAMES = {"toolUseResult", "sessionId", "isSidechain", "parentUuid", "cwd", "version"}
FRAME = {
    "parentUuid": None,
    "isSidechain": False,
    "cwd": "/home/robin/dur",
    "sessionId": "s1",
    "version": "2.1.37",
    "uuid": "u1",
    "timestamp": "2026-01-05T09:00:00.000Z",
}


def asked(content: object, **more: Any) -> dict[str, Any]:
    return {**FRAME, "type": "user", "message": {"role": "user", "content": content}, **more}


def answered(*blocks: object, message: str = "msg_1", **more: Any) -> dict[str, Any]:
    usage = {"input_tokens": 1, "cache_creation_input_tokens": 2, "cache_read_input_tokens": 3}
    body = {"model": "claude-x", "id": message, "role": "assistant", "content": list(blocks)}
    told: dict[str, Any] = {**body, "usage": usage | {"output_tokens": 4}}
    return {**FRAME, "type": "assistant", "message": told, **more}


def call(name: str, said: dict[str, Any], id_: str = "toolu_1") -> dict[str, Any]:
    return {"type": "tool_use", "id": id_, "name": name, "input": said}


def result(content: str, told: object, id_: str = "toolu_1", *, failed: bool = False) -> Any:
    block: dict[str, Any] = {"type": "tool_result", "tool_use_id": id_, "content": content}
    block |= {"is_error": True} if failed else {}
    return asked([block], toolUseResult=told)


def read(folder: Path, *records: object) -> list[Any]:
    return events_of(READER, folder, lines(*records))


def test_recognised_by_its_records_whatever_stands_before(tmp_path: Path) -> None:
    summary = {"type": "summary", "summary": "x", "leafUuid": "u9"}
    log = log_of(tmp_path, lines(summary, asked("hello")))
    assert READER.recognises(log)
    assert (READER.identity(log).session, READER.identity(log).keys) == ("s1", ("u1",))


@pytest.mark.parametrize(
    "text", [b"", b"\0\1\2", b"[]", b"{}", b"null", b"7", b'{"type":"user"}\n', b'{"sessionId"']
)
def test_not_recognised(tmp_path: Path, text: bytes) -> None:
    assert not READER.recognises(log_of(tmp_path, text))


def test_a_failed_command_is_told_by_its_text(tmp_path: Path) -> None:
    said = "Exit code 1\nFAILED tests/a.py::b\n"
    events = read(
        tmp_path,
        answered(call("Bash", {"command": "pytest"})),
        result(said, f"Error: {said}", failed=True),
    )
    (command,) = some(events, Command)
    assert (command.line, command.exit_status) == ("pytest", 1)
    assert command.output == "FAILED tests/a.py::b\n"
    assert command.folder == "/home/robin/dur"


def test_a_command_that_ended_well(tmp_path: Path) -> None:
    told = {"stdout": "ok", "stderr": "warned", "interrupted": False}
    events = read(tmp_path, answered(call("Bash", {"command": "make"})), result("ok\nwarned", told))
    (command,) = some(events, Command)
    assert (command.output, command.stderr, command.exit_status) == ("ok", "warned", 0)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("x", {"stdout": "x", "stderr": "", "interrupted": True}),
        ("x", {"stdout": "x", "stderr": "", "backgroundTaskId": "b1"}),
        ("<persisted-output> Output too large", {"stdout": "x", "stderr": ""}),
        ("x\n\n... [99 lines truncated] ...\n\ny", {"stdout": "x", "stderr": ""}),
    ],
)
def test_an_output_with_something_missing(tmp_path: Path, content: str, told: object) -> None:
    events = read(tmp_path, answered(call("Bash", {"command": "make"})), result(content, told))
    (command,) = some(events, Command)
    assert command.is_cut


def test_a_refused_command_did_not_run(tmp_path: Path) -> None:
    said = "The user doesn't want to proceed with this tool use."
    events = read(
        tmp_path,
        answered(call("Bash", {"command": "rm -rf /"})),
        result(said, f"Error: {said}", failed=True),
    )
    assert not some(events, Command)


def test_an_edit_is_what_the_result_says_and_not_the_call(tmp_path: Path) -> None:
    said = {"file_path": "/home/robin/dur/a.py", "old_string": "x", "new_string": "proposed"}
    told = {
        "filePath": "/home/robin/dur/a.py",
        "oldString": "x",
        "newString": "as the user changed it",
        "originalFile": "x = 1\n",
        "userModified": True,
        "replaceAll": False,
    }
    (edit,) = some(read(tmp_path, answered(call("Edit", said)), result("ok", told)), Edit)
    (change,) = edit.files
    assert edit.step == "toolu_1"
    assert (change.before, change.after) == ("x = 1\n", None)
    assert change.parts == (Replacement(old="x", new="as the user changed it"),)


def test_a_deletion_takes_the_end_of_the_line_with_it(tmp_path: Path) -> None:
    told = {"filePath": "a.py", "oldString": "b", "newString": "", "originalFile": "a\nb\nc\n"}
    (edit,) = some(read(tmp_path, answered(call("Edit", {})), result("ok", told)), Edit)
    assert edit.files[0].parts[0].old == "b\n"


@pytest.mark.parametrize(("kind", "before"), [("create", None), ("update", "old\n")])
def test_a_whole_file(tmp_path: Path, kind: str, before: str | None) -> None:
    told = {"type": kind, "filePath": "a.py", "content": "new\n", "originalFile": before}
    (edit,) = some(read(tmp_path, answered(call("Write", {})), result("ok", told)), Edit)
    (change,) = edit.files
    assert (change.before, change.after, change.is_new) == (before, "new\n", kind == "create")


def test_several_parts(tmp_path: Path) -> None:
    edits = [{"old_string": "a", "new_string": "b"}, {"old_string": "c", "new_string": "d"}]
    said = {"file_path": "a.py", "edits": edits}
    (edit,) = some(read(tmp_path, answered(call("MultiEdit", said)), result("ok", {})), Edit)
    assert [part.new for part in edit.files[0].parts] == ["b", "d"]


def test_a_failed_edit_is_none(tmp_path: Path) -> None:
    said = "<tool_use_error>String to replace not found in file.</tool_use_error>"
    events = read(
        tmp_path,
        answered(call("Edit", {"file_path": "a.py"})),
        result(said, f"Error: {said}", failed=True),
    )
    assert not some(events, Edit)
    assert some(events, Passed) == [Passed(reason="an edit that failed or was refused")]


def test_a_call_without_a_result_is_no_edit(tmp_path: Path) -> None:
    events = read(tmp_path, answered(call("Edit", {"file_path": "a.py"})))
    assert not some(events, Edit)
    assert some(events, Passed) == [Passed(reason="a call without a result")]


@pytest.mark.parametrize(("version", "count"), [("2.1.37", 0), ("2.1.121", 1), ("1.0.30", 1)])
def test_files_that_were_read_count_where_edits_do_not_tell_the_whole(
    tmp_path: Path, version: str, count: int
) -> None:
    file = {"filePath": "a.py", "content": "x\n", "startLine": 1, "numLines": 2, "totalLines": 2}
    shown = {**result("x", {"type": "text", "file": file}), "version": version}
    events = read(tmp_path, answered(call("Read", {"file_path": "a.py"})), shown)
    assert len(some(events, Seen)) == count
    assert not some(events, Passed)


def test_a_file_that_was_read_in_part_is_not_known(tmp_path: Path) -> None:
    file = {"filePath": "a.py", "content": "x", "startLine": 1, "numLines": 1, "totalLines": 9}
    shown = {**result("x", {"file": file}), "version": "2.1.121"}
    assert not some(read(tmp_path, answered(call("Read", {})), shown), Seen)


@pytest.mark.parametrize(
    "content",
    [
        "<command-name>/clear</command-name>\n<command-args></command-args>",
        "<system-reminder>be careful</system-reminder>",
        "<task-notification>done</task-notification>",
        "[Request interrupted by user]",
        "Caveat: the messages below were generated",
        "",
    ],
)
def test_what_the_program_says_is_no_prompt(tmp_path: Path, content: str) -> None:
    assert not some(read(tmp_path, asked(content)), Prompt)


@pytest.mark.parametrize("more", [{"isMeta": True}, {"isCompactSummary": True}])
def test_neither_is_what_it_adds(tmp_path: Path, more: dict[str, Any]) -> None:
    assert not some(read(tmp_path, asked("ERROR: it fails", **more)), Prompt)


def test_what_the_user_says_is(tmp_path: Path) -> None:
    blocks = [{"type": "text", "text": "<system-reminder>x</system-reminder>fix it"}]
    command = "<command-name>/fix</command-name><command-args>the bug</command-args>"
    events = read(tmp_path, asked(blocks), asked(command, uuid="u2"))
    assert [prompt.text for prompt in some(events, Prompt)] == ["fix it", "the bug"]


def test_a_command_that_the_user_ran(tmp_path: Path) -> None:
    shown = "<bash-stdout>1 failed</bash-stdout><bash-stderr></bash-stderr>"
    events = read(tmp_path, asked("<bash-input>pytest</bash-input>"), asked(shown, uuid="u2"))
    (command,) = some(events, Command)
    assert (command.line, command.output) == ("pytest", "1 failed")
    assert not some(events, Prompt)


def test_tokens_count_once_for_each_answer(tmp_path: Path) -> None:
    events = read(
        tmp_path,
        answered({"type": "thinking", "thinking": "hm", "signature": "x"}),
        answered({"type": "text", "text": "Done."}),
        answered(call("Grep", {"pattern": "x"})),
    )
    (usage,) = set(some(events, Usage))
    assert (usage.fresh, usage.cached, usage.kept, usage.made) == (1, 3, 2, 4)
    assert [said.text for said in some(events, Said)] == ["Done."]


def test_another_agent_inside(tmp_path: Path) -> None:
    side: dict[str, Any] = {"isSidechain": True, "agentId": "a1"}
    told = {"type": "create", "filePath": "a.py", "content": "x\n"}
    events = read(
        tmp_path,
        asked("look into it", **side),
        answered(call("Write", {}), **side),
        {**result("ok", told), **side},
    )
    assert some(events, SubSession) == [SubSession(id="a1")]
    assert len(some(events, Edit)) == 1
    assert not some(events, Prompt)


def test_another_agent_in_a_line_of_progress(tmp_path: Path) -> None:
    def wrapped(record: dict[str, Any]) -> dict[str, Any]:
        inner = {"type": record["type"], "message": record["message"]}
        inner |= {"toolUseResult": record["toolUseResult"]} if "toolUseResult" in record else {}
        data = {"type": "agent_progress", "message": inner}
        return {**FRAME, "type": "progress", "parentToolUseID": "toolu_9", "data": data}

    told = {"type": "create", "filePath": "a.py", "content": "x\n"}
    events = read(tmp_path, wrapped(answered(call("Write", {}))), wrapped(result("ok", told)))
    assert [edit.step for edit in some(events, Edit)] == ["toolu_1"]


def test_what_is_printed_as_a_stream_has_other_names(tmp_path: Path) -> None:
    init = {"type": "system", "subtype": "init", "cwd": "/home/robin/dur", "session_id": "s7"}
    init |= {"claude_code_version": "2.1.81", "model": "claude-x", "uuid": "u0"}
    made = {**answered(call("Write", {})), "parent_tool_use_id": "toolu_9"}
    told = {"type": "create", "filePath": "/home/robin/dur/a.py", "content": "x\n"}
    done = result("ok", None)
    done |= {"tool_use_result": told}
    stripped = [{k: v for k, v in one.items() if k not in OLD_NAMES} for one in (made, done)]
    text = lines(init, *stripped)
    log = log_of(tmp_path, text)
    assert READER.recognises(log)
    assert READER.identity(log).session == "s7"
    events = events_of(READER, tmp_path, text)
    assert some(events, Begin)[1].folder == "/home/robin/dur"
    assert [edit.files[0].after for edit in some(events, Edit)] == ["x\n"]
    assert some(events, SubSession) == [SubSession(id="toolu_9")]


def test_the_folder_may_change(tmp_path: Path) -> None:
    events = read(tmp_path, asked("a"), asked("b", cwd="/home/robin/other", uuid="u2"))
    folders = [begin.folder for begin in some(events, Begin) if begin.folder]
    assert folders == ["/home/robin/dur", "/home/robin/other"]


def test_damaged_lines_are_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    text = lines(asked("one")).encode() + b'{"type":"user","mess\n\xff\xfe garbage\n\n'
    text += lines(asked("two", uuid="u2")).encode()[:-20]
    events = events_of(READER, tmp_path, text)
    assert [prompt.text for prompt in some(events, Prompt)] == ["one"]
    assert len(some(events, Passed)) == 3


@pytest.mark.parametrize(
    "line",
    [
        {"type": "user", "message": "x"},
        {"type": "user", "message": {"content": [1, None, {"type": "tool_result"}]}},
        {"type": "assistant", "message": {"content": {"type": "tool_use"}, "usage": []}},
        {"type": "assistant", "message": {"id": 5, "content": [{"type": "tool_use", "id": []}]}},
        {"type": "progress", "data": "assistant", "x": {"type": "assistant"}},
        [{"type": "user"}],
    ],
)
def test_any_shape_is_borne(tmp_path: Path, line: object) -> None:
    assert some(read(tmp_path, line), Begin)


def test_a_look_is_told_without_its_output(tmp_path: Path) -> None:
    told = {"stdout": "x", "stderr": "", "interrupted": False}
    look = answered(call("Bash", {"command": "git status | head"}))
    (command,) = some(read(tmp_path, look, result("x", told)), Command)
    assert (command.line, command.output, command.exit_status) == ("git status | head", "", None)
    assert command.time == 1_767_603_600.0
    check = answered(call("Bash", {"command": "git status && pytest"}))
    (command,) = some(read(tmp_path, check, result("x", told)), Command)
    assert (command.output, command.exit_status) == ("x", 0)


def test_a_look_that_was_refused_or_is_of_another_agent_is_read(tmp_path: Path) -> None:
    look = answered(call("Bash", {"command": "cat a"}))
    refused = "<tool_use_error>no</tool_use_error>"
    assert not some(read(tmp_path, look, result(refused, "x", failed=True)), Command)
    side = {**result("x", {"stdout": "x"}), "isSidechain": True, "agentId": "a7"}
    events = read(tmp_path, look, side)
    assert some(events, SubSession) == [SubSession(id="a7")]
    assert some(events, Command)[0].output == "x"


def test_what_the_user_says_beside_a_look_is_heard(tmp_path: Path) -> None:
    look = answered(call("Bash", {"command": "cat a"}))
    block = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "x"}
    told = asked([block, {"type": "text", "text": "fix it"}], toolUseResult={"stdout": "x"})
    assert some(read(tmp_path, look, told), Command)[0].output == "x"
