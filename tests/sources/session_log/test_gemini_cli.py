"""The traps of the Gemini CLI's sessions, one by one."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    SubSession,
    Usage,
)
from loopwatch.sources.session_log.gemini_cli import GeminiCli
from loopwatch.sources.session_log.gemini_results import ENDS, NOT_DONE, _ends
from loopwatch.sources.session_log.log_file import LogFile
from loopwatch.sources.session_log.registry import readers, recognise
from loopwatch.sources.session_log.survey import survey
from tests.sources.session_log.reading import lines, log_of, some
from tests.sources.session_log.stories import BY_NAME, ROOT, STORIES
from tests.sources.session_log.writers import gemini_cli

READER = GeminiCli()
SESSION = "6d5b9a51-1f7c-4d0a-9b0f-3b8f0a6b1c11"
HEAD = {"sessionId": SESSION, "projectHash": sha256(ROOT.encode()).hexdigest()}
NOW = "2026-01-05T09:00:00.000Z"


def asked(text: object, name: str = "m0", **more: Any) -> dict[str, Any]:
    return {"id": name, "timestamp": NOW, "type": "user", "content": text, **more}


def answered(*calls: dict[str, Any], name: str = "m1", **more: Any) -> dict[str, Any]:
    told = {"id": name, "timestamp": NOW, "type": "gemini", "content": "", "model": "gemini-x"}
    return {**told, "toolCalls": calls, **more}


def call(name: str, said: object, output: object, call_id: str = "c1", **more: Any) -> Any:
    response = {"response": {"output": output}}
    told = {"id": call_id, "name": name, "args": said, "status": "success", "timestamp": NOW}
    return {**told, "result": [{"functionResponse": {"id": call_id, **response}}], **more}


def ran(output: object, **more: Any) -> Any:
    return call("run_shell_command", {"command": "make"}, output, **more)


def read(folder: Path, *records: object, **head: Any) -> list[Any]:
    return list(READER.events(log_of(folder, lines({**HEAD, **head}, *records))))


def one_edit(folder: Path, called: Any) -> FileChange:
    (edit,) = some(read(folder, answered(called)), Edit)
    (change,) = edit.files
    return change


# --- which logs are its own ---


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\0\1\2",
        b"[]",
        b"{}",
        b"null",
        b"7",
        b'"projectHash"',
        b'["projectHash"]',
        b'{"sessionId":"s"}\n{"projectHash":"p"}\n',
        b'{"sessionId":7,"projectHash":"p"}\n',
        b'{\n"sessionId":"s",\n"projectHash":"p"\n}',  # no messages: no document of a session
        b'{"sessionId":"s","projectHash":"p"',
    ],
)
def test_not_recognised(tmp_path: Path, text: bytes) -> None:
    assert not READER.recognises(log_of(tmp_path, text, "log.json"))


def test_only_its_own_logs_are_its_own(tmp_path: Path) -> None:
    from tests.sources.session_log.formats import FORMATS

    for format_ in FORMATS:
        log = log_of(tmp_path, format_.write(STORIES[0]), f"log{format_.ending}")
        assert READER.recognises(log) == format_.name.startswith("gemini-cli")
        reader = recognise(log, readers(pytest.fail))
        assert reader is not None
        assert (reader.name == "gemini-cli") == format_.name.startswith("gemini-cli")


def test_nothing_in_a_log_is_taken_for_granted(tmp_path: Path) -> None:
    odd: list[Any] = [None, 7, "x", [], {}, [[]], {"a": {}}, True, 1e308, -1]
    for value in odd:
        calls = [
            {"name": name, "id": value, "status": status, **told}
            for name in ("replace", "write_file", "run_shell_command", "read_file")
            for status in ("success", "error", value)
            for told in (
                {"args": value, "result": value, "resultDisplay": value, "timestamp": value},
                {"args": {}, "result": [value, {"functionResponse": value}]},
                {"result": [{"functionResponse": {"response": {"output": value}}}]},
            )
        ]
        message = {**answered(*calls), "content": value, "tokens": value, "id": value}
        records = [value, message, {"$set": value}, {"$set": {"messages": value}}]
        records += [{"$rewindTo": value}, {"type": value}, {**asked(value), "displayContent": [7]}]
        read(tmp_path, *records)
        document = {**HEAD, "messages": [value, message]}
        list(READER.events(log_of(tmp_path, json.dumps(document, indent=1))))


def test_a_damaged_line_is_counted(tmp_path: Path) -> None:
    text = lines(HEAD, asked("Fix it")) + '{"id":"m1","type":"gem'
    events = list(READER.events(log_of(tmp_path, text)))
    assert len(some(events, Passed)) == 1
    assert len(some(events, Prompt)) == 1


# --- one session, told in several ways ---


def test_a_message_that_grows_is_one(tmp_path: Path) -> None:
    tokens = {"input": 100, "output": 20, "cached": 90, "thoughts": 7, "tool": 3, "total": 130}
    waiting = ran(None, status="executing")
    events = read(
        tmp_path,
        answered(content="I'll run it"),
        answered(waiting, content="I'll run it"),
        answered(ran("Output: ok\nProcess Group PGID: 1"), content="I'll run it", tokens=tokens),
    )
    assert [event.text for event in some(events, Said)] == ["I'll run it"]
    assert [command.output for command in some(events, Command)] == ["ok"]
    assert not some(events, Passed)
    (usage,) = some(events, Usage)
    assert (usage.fresh, usage.cached, usage.made, usage.model) == (13, 90, 27, "gemini-x")


def test_messages_that_are_written_anew_tell_nothing_new(tmp_path: Path) -> None:
    whole, masked = ran("Output: 9 failed\nProcess Group PGID: 1"), ran("<tool_output_masked>")
    summary = asked("<state_snapshot>It was fixed</state_snapshot>", "m9")
    anew = {"messages": [summary, asked("So fix it all", "m8"), answered(masked)]}
    later = ran("Output: 1 passed\nProcess Group PGID: 1", call_id="c2")
    events = read(tmp_path, asked("Fix it"), answered(whole), {"$set": anew}, answered(later))
    assert [command.output for command in some(events, Command)] == ["9 failed", "1 passed"]
    assert [prompt.text for prompt in some(events, Prompt)] == ["Fix it"]


def test_an_edit_that_was_rewound_in_the_talk_is_still_on_disk(tmp_path: Path) -> None:
    written = call("write_file", {"file_path": "a", "content": "x"}, "Successfully created")
    events = read(tmp_path, answered(written), {"$rewindTo": "m1"})
    assert len(some(events, Edit)) == 1


def test_a_document_that_goes_on_in_lines_is_read_there(tmp_path: Path) -> None:
    one, more = answered(ran("Output: 1\nProcess Group PGID: 1")), asked("More", "m2")
    (tmp_path / "session-a.json").write_text(json.dumps({**HEAD, "messages": [one]}, indent=1))
    found = survey([tmp_path], readers(pytest.fail))
    assert [log.file.path.name for log in found.sessions[0].logs] == ["session-a.json"]
    (tmp_path / "session-a.jsonl").write_text(lines(HEAD, one, more))
    found = survey([tmp_path], readers(pytest.fail))
    assert [log.file.path.name for log in found.sessions[0].logs] == ["session-a.jsonl"]
    (tmp_path / "session-a.jsonl").write_text(lines({**HEAD, "sessionId": "another one"}, one))
    found = survey([tmp_path], readers(pytest.fail))
    assert len(found.sessions) == 2


def test_the_log_of_another_agent_belongs_to_the_session(tmp_path: Path) -> None:
    folder = tmp_path / "chats" / SESSION
    folder.mkdir(parents=True)
    (tmp_path / "chats" / "session-a.jsonl").write_text(lines(HEAD, asked("Fix it")))
    side = {**HEAD, "sessionId": "b7d1a6de-0000-4d0a-9b0f-3b8f0a6b1c11", "kind": "subagent"}
    (folder / "b7d1a6de.jsonl").write_text(lines(side, asked("You are a helper")))
    (session,) = survey([tmp_path], readers(pytest.fail)).sessions
    assert session.id == SESSION
    main, part = session.logs
    assert (main.is_part, part.is_part) == (False, True)
    events = list(READER.events(part.file))
    assert not some(events, Prompt)
    assert some(events, SubSession) == [SubSession(id="b7d1a6de-0000-4d0a-9b0f-3b8f0a6b1c11")]


# --- what the user says ---


@pytest.mark.parametrize(
    ("content", "more", "text"),
    [
        ("Fix it", {}, "Fix it"),
        ([{"text": "Fix"}, {"inlineData": {}}, "it"], {}, "Fix\nit"),
        ({"text": "Fix it"}, {}, "Fix it"),
        ("/clear", {}, None),
        ("?", {}, None),
        ("System: Please continue.", {}, None),
        ("<session_context>\nToday is", {}, None),
        ("<hook_context>x</hook_context>", {}, None),
        ([{"functionResponse": {"id": "c1"}}], {}, None),
        ("Do this and that at length", {"displayContent": "/fix it"}, "/fix it"),
        ("Fix @a.py\n--- Content from referenced files ---\nx = 1", {}, "Fix @a.py"),
    ],
)
def test_what_the_user_says(tmp_path: Path, content: object, more: Any, text: str | None) -> None:
    prompts = [event.text for event in some(read(tmp_path, asked(content, **more)), Prompt)]
    assert prompts == ([] if text is None else [text])


def test_a_command_of_the_users_own(tmp_path: Path) -> None:
    said = "I ran the following shell command:\n```sh\nmake\n```\n\n"
    said += "This produced the following result:\n```\nok\n```"
    events = read(tmp_path, asked(said))
    (command,) = some(events, Command)
    assert (command.line, command.output, command.exit_status) == ("make", "ok", None)
    assert not some(events, Prompt)


def test_notices_are_nobodys_words(tmp_path: Path) -> None:
    notes = [{**asked("I revert it", kind), "type": kind} for kind in ("info", "warning", "error")]
    events = read(tmp_path, *notes)
    assert not some(events, Said)
    assert not some(events, Prompt)


# --- commands ---

OLD = "Command: make\nDirectory: (root)\n"
END = "Background PIDs: (none)\nProcess Group PGID: 26593"


@pytest.mark.parametrize(
    ("answer", "output", "status", "is_cut"),
    [
        (f"{OLD}Output: a\nb\nError: (none)\nExit Code: 2\nSignal: 0\n{END}", "a\nb", 2, False),
        (f"{OLD}Output: (empty)\nError: (none)\nExit Code: 0\nSignal: 0\n{END}", "", 0, False),
        (f"{OLD}Output: a\nError: (none)\nExit Code: (none)\nSignal: 15\n{END}", "a", None, False),
        ("Output: a\nExit Code: 1\nProcess Group PGID: 1", "a", 1, False),
        ("Output: a\nProcess Group PGID: 1", "a", 0, False),
        ("Output: a\nSignal: 9\nProcess Group PGID: 1", "a", None, False),
        ("Output: a\nError: spawn\nProcess Group PGID: 1", "a", None, False),
        ("Output: Exit Code: 7\nExit Code: 1\nProcess Group PGID: 1", "Exit Code: 7", 1, False),
        ("Output: a\nExit Code: 0\nb\nProcess Group PGID: 1", "a\nExit Code: 0\nb", 0, False),
        (
            "<untrusted_context>\nOutput: a\nExit Code: 1\nProcess Group PGID: 1\n"
            "</untrusted_context>",
            "a",
            1,
            False,
        ),
        ("It printed that all is well.", "It printed that all is well.", None, True),
        ("<tool_output_masked>\nhead", "<tool_output_masked>\nhead\n", None, True),
        (
            "Command was cancelled by user before it could complete. Below is the output before it"
            " was cancelled:\na",
            "a",
            None,
            True,
        ),
        (
            "Command was automatically cancelled because it exceeded the timeout of 5.0 minutes"
            " without output. There was no output before it was cancelled.",
            "",
            None,
            True,
        ),
        ("Command moved to background (PID: 1). Output hidden.", "", None, True),
        ("Command is running in background. PID: 1. Initial output:\na", "a", None, True),
    ],
)
def test_the_text_of_a_command(
    tmp_path: Path, answer: str, output: str, status: int | None, is_cut: bool
) -> None:
    (command,) = some(read(tmp_path, answered(ran(answer))), Command)
    assert (command.output, command.exit_status, command.is_cut) == (output, status, is_cut)


def test_a_command_with_two_streams(tmp_path: Path) -> None:
    said = f"{OLD}Stdout: a\nStderr: b\nc\nError: (none)\nExit Code: 1\nSignal: (none)\n{END}"
    (command,) = some(read(tmp_path, answered(ran(said))), Command)
    assert (command.output, command.stderr, command.exit_status) == ("a", "b\nc", 1)


def test_an_output_with_its_middle_left_out(tmp_path: Path) -> None:
    saved = "Output too large. Showing first 8,000 and last 32,000 characters. For full output see:"
    said = f"{saved} /x\n<untrusted_context>\nOutput: a\n\n... [9,000 characters omitted] ...\n\nb"
    said += "\nExit Code: 1\nProcess Group PGID: 1\n</untrusted_context>"
    (command,) = some(read(tmp_path, answered(ran(said))), Command)
    assert command.is_cut
    assert command.output.startswith("a\n")
    assert command.output.endswith("b\n")


def test_a_command_that_was_refused_did_not_run(tmp_path: Path) -> None:
    error = {"response": {"error": "[Operation Cancelled] Reason: User did not allow tool call"}}
    refused = ran("", status="cancelled", result=[{"functionResponse": error}])
    early = ran("Command was cancelled by user before it could start.", call_id="c2")
    assert not some(read(tmp_path, answered(refused, early)), Command)


def test_where_a_command_ran(tmp_path: Path) -> None:
    said = {"command": "make", "dir_path": "web"}
    old = {"command": "make", "directory": "lib"}
    calls = [
        call("run_shell_command", one, "Output: a", f"c{n}") for n, one in enumerate((said, old))
    ]
    commands = some(read(tmp_path, answered(*calls)), Command)
    assert [command.folder for command in commands] == ["web", "lib"]


def test_a_call_without_an_end_is_none(tmp_path: Path) -> None:
    waiting = ran(None, status="awaiting_approval")
    asking = call("write_file", {"file_path": "a", "content": "x"}, None, "c2", status="scheduled")
    reading = call("read_file", {"file_path": "a"}, None, "c3", status="executing")
    events = read(tmp_path, answered(waiting, asking, reading))
    assert not some(events, Command)
    assert not some(events, Edit)
    assert len(some(events, Passed)) == 2


# --- edits ---


def test_an_edit_is_what_the_log_shows_of_the_file(tmp_path: Path) -> None:
    said = {"file_path": "a.py", "old_string": "x ", "new_string": "y "}  # corrected on the way
    shown: dict[str, Any] = {"filePath": f"{ROOT}/a.py", "originalContent": "x=1\n"}
    shown["newContent"] = "y=1\n"
    done = "Successfully modified file"
    change = one_edit(tmp_path, call("replace", said, done, resultDisplay=shown))
    assert change == FileChange(path=f"{ROOT}/a.py", before="x=1\n", after="y=1\n")
    shown |= {"originalContent": "", "isNewFile": True}
    change = one_edit(tmp_path, call("replace", said, done, resultDisplay=shown))
    assert change == FileChange(path=f"{ROOT}/a.py", after="y=1\n", is_new=True)


@pytest.mark.parametrize(
    ("more", "is_all"),
    [
        ({}, False),
        ({"allow_multiple": True}, True),
        ({"expected_replacements": 1}, False),
        ({"expected_replacements": 3}, True),
    ],
)
def test_an_edit_that_shows_nothing_is_what_was_asked(
    tmp_path: Path, more: dict[str, Any], is_all: bool
) -> None:
    said: dict[str, Any] = {"file_path": "a.py", "old_string": "x", "new_string": "y", **more}
    change = one_edit(tmp_path, call("replace", said, "Successfully modified", resultDisplay=None))
    assert change.parts == (Replacement(old="x", new="y", is_all=is_all),)


@pytest.mark.parametrize(
    ("answer", "is_new"),
    [
        ("Successfully created and wrote to new file: /a.", True),
        ("Successfully overwrote file: /a.", False),
    ],
)
def test_a_file_that_is_written(tmp_path: Path, answer: str, is_new: bool) -> None:
    change = one_edit(tmp_path, call("write_file", {"file_path": "a", "content": "x"}, answer))
    assert change == FileChange(path="a", after="x", is_new=is_new)


def test_an_edit_that_failed_or_was_refused_is_none(tmp_path: Path) -> None:
    said = {"file_path": "a.py", "old_string": "x", "new_string": "y"}
    # It shows what would have been.
    shown = {"filePath": f"{ROOT}/a.py", "originalContent": "x", "newContent": "y"}
    error = [{"functionResponse": {"response": {"error": "not found"}}}]
    failed = call("replace", said, "", status="error", result=error)
    refused = call("replace", said, "", "c2", status="cancelled", resultDisplay=shown)
    odd = call("replace", said, "", "c3", result=error)
    events = read(tmp_path, answered(failed, refused, odd))
    assert not some(events, Edit)
    assert [event.reason for event in some(events, Passed)] == [NOT_DONE] * 3


# --- files that were read ---


@pytest.mark.parametrize(
    ("said", "answer", "shown", "content"),
    [
        ({}, "x = 1\n", "", "x = 1\n"),
        ({}, "x\n\n--- Newly Discovered Project Context ---\nBe brief", "", "x"),
        ({"offset": 0, "limit": 9}, "x\n", "", None),
        ({"start_line": 2}, "x\n", "", None),
        ({}, "\nIMPORTANT: The file content has been truncated.\nx", "", None),
        ({}, "[File content truncated: showing lines 1-9]\nx", "", None),
        ({}, "x", "Read all 3 lines from a.py (some lines were shortened)", None),
        ({}, "", "", None),
    ],
)
def test_a_file_that_was_read(
    tmp_path: Path, said: dict[str, Any], answer: str, shown: str, content: str | None
) -> None:
    called = call("read_file", {"file_path": "a.py", **said}, answer, resultDisplay=shown)
    events = some(read(tmp_path, answered(called)), Seen)
    assert events == ([] if content is None else [Seen(path="a.py", content=content)])


# --- where it works ---


def test_the_folder_is_the_one_that_has_the_digest(tmp_path: Path) -> None:
    said = {"file_path": f"{ROOT}/src/deep/a.py"}
    events = read(tmp_path, answered(call("read_file", said, "x")))
    assert some(events, Begin) == [Begin(agent="gemini-cli", folder=ROOT)]
    # Without absolute paths in the calls, a result has one.
    done = f"Successfully created and wrote to new file: {ROOT}/docs/a.md."
    events = read(tmp_path, answered(call("write_file", {"file_path": "docs/a.md"}, done)))
    assert some(events, Begin) == [Begin(agent="gemini-cli", folder=ROOT)]


def test_a_folder_on_a_drive(tmp_path: Path) -> None:
    digest = sha256(b"C:\\work\\dur").hexdigest()
    said = {"file_path": "C:\\work\\dur\\src\\a.py"}
    events = read(tmp_path, answered(call("read_file", said, "x")), projectHash=digest)
    assert some(events, Begin) == [Begin(agent="gemini-cli", folder="C:\\work\\dur")]


def test_a_folder_that_no_path_leads_to(tmp_path: Path) -> None:
    said = [{"file_path": f"/srv/dur/{name}"} for name in ("src/a.py", "tests/b.py")]
    calls = [call("read_file", one, "x", f"c{n}") for n, one in enumerate(said)]
    assert some(read(tmp_path, answered(*calls)), Begin)[0].folder == "/srv/dur"
    assert not some(read(tmp_path, asked("Fix it")), Begin)[0].folder


@pytest.mark.parametrize("write", [gemini_cli.document, gemini_cli.lines])
def test_both_shapes_tell_the_same(tmp_path: Path, write: Any) -> None:
    log = log_of(tmp_path, write(BY_NAME["reworded"]))
    events = list(READER.events(log))
    assert len(some(events, Edit)) == 3
    assert len(some(events, Prompt)) == 3
    assert len(some(events, Command)) == 4
    assert some(events, Begin)[0].folder == ROOT
    assert not some(events, Passed)
    assert READER.identity(LogFile(log.path, log.name)).session


ENDINGS = (
    "\nError: x",
    "\nExit Code: 1",
    "\nExit Code: (none)",
    "\nSignal: 9",
    "\nExit Code: 1234",
    "\nBackground PIDs: 3",
    "\nProcess Group PGID: 77",
    "\n",
    " ",
    "a",
    "Error: q",
)


@given(st.lists(st.sampled_from(ENDINGS), max_size=8).map("".join), st.integers(0, 9))
def test_what_is_added_at_the_end_is_found_as_by_a_search(text: str, start: int) -> None:
    found, expected = _ends(text, start), ENDS.search(text, start)
    assert (found and (found.span(), found.groups())) == (
        expected and (expected.span(), expected.groups())
    )
