"""The traps of Cline's and Roo Code's tasks, one by one."""

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
from loopwatch.sources.session_log.cline import Cline
from loopwatch.sources.session_log.cline_results import NOT_DONE
from loopwatch.sources.session_log.registry import readers, recognise
from loopwatch.sources.session_log.survey import survey
from tests.sources.session_log.reading import log_of, some
from tests.sources.session_log.stories import BY_NAME, ROOT, STORIES
from tests.sources.session_log.writers import cline

READER = Cline()
TASK = "1767603600000"
DETAILS = (
    f"<environment_details>\n# Current Working Directory ({ROOT}) Files\n</environment_details>"
)
BEGUN = {"role": "user", "content": [{"type": "text", "text": f"<task>\nFix\n</task>\n{DETAILS}"}]}


def user(*texts: object) -> dict[str, Any]:
    blocks = [{"type": "text", "text": one} if isinstance(one, str) else one for one in texts]
    return {"role": "user", "content": blocks}


def agent(*blocks: object) -> dict[str, Any]:
    told = [{"type": "text", "text": one} if isinstance(one, str) else one for one in blocks]
    return {"role": "assistant", "content": told}


def call(name: str, said: dict[str, Any], call_id: str = "t1") -> dict[str, Any]:
    return {"type": "tool_use", "id": call_id, "name": name, "input": said}


def read(folder: Path, *messages: object) -> list[Any]:
    return list(READER.events(log_of(folder, json.dumps([BEGUN, *messages]), "log.json")))


def answered(folder: Path, name: str, said: dict[str, Any], result: str) -> list[Any]:
    """Return the events of one call and its result, as later Cline has them."""
    heading = f"[{name} for '{said.get('path', said.get('command'))}'] Result:"
    return read(folder, agent(call(name, said)), user(f"{heading}\n{result}", DETAILS))


def whole(path: str, content: str, tag: str = "final_file_content") -> str:
    return f'<{tag} path="{path}">\n{content}\n</{tag}>'


def say(kind: str, text: object, ts: int = 1_767_603_600_000, **more: Any) -> dict[str, Any]:
    said = text if isinstance(text, str) else json.dumps(text)
    return {"ts": ts, "type": "say", "say": kind, "text": said, **more}


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
        b"[[[",
        b'[{"role":"user","content":"hello"}]',
        b'[{"role":"system","content":"<task>"}]',
        b'[{"role":[],"content":{}}]',
        b'[{"ts":"1","type":"say"}]',
        b'[{"ts":1,"type":["say"]}]',
        b'[{"ts":1,"type":"say"',
    ],
)
def test_not_recognised(tmp_path: Path, text: bytes) -> None:
    assert not READER.recognises(log_of(tmp_path, text, "log.json"))


def test_only_its_own_logs_are_its_own(tmp_path: Path) -> None:
    from tests.sources.session_log.formats import FORMATS

    own = {"cline", "cline-tags", "cline-window", "cline-roo-code"}
    for format_ in FORMATS:
        log = log_of(tmp_path, format_.write(STORIES[0]), f"log{format_.ending}")
        assert READER.recognises(log) == (format_.name in own)
        reader = recognise(log, readers(pytest.fail))
        assert reader is not None
        assert (reader.name == "cline") == (format_.name in own)


def test_nothing_in_a_log_is_taken_for_granted(tmp_path: Path) -> None:
    odd: list[Any] = [None, 7, "x", [], {}, [[]], {"a": {}}, True, 1e308, -1]
    names = ("write_to_file", "apply_diff", "execute_command", "read_file", "insert_content")
    for value in odd:
        calls = [call(name, value, value) for name in names]
        calls += [call(name, {"path": value, "line": value, "diff": value}) for name in names]
        results = [{"type": "tool_result", "tool_use_id": value, "content": value}]
        texts = [f"[{name} for 'x'] Result:\n{value}" for name in names]
        more = {"ts": value, "metrics": value, "modelInfo": value}
        read(tmp_path, value, {"role": value}, {**agent(*calls), **more}, user(*results, *texts))
        read(tmp_path, {"role": "assistant", "content": value}, {"role": "user", "content": value})
        messages = [
            {**say(kind, value), **more, "partial": value}
            for kind in ("task", "tool", "command", "command_output", "api_req_started", "text")
        ]
        messages += [say("tool", {"tool": value, "path": value}), say("api_req_started", {})]
        list(READER.events(log_of(tmp_path, json.dumps([*messages, value]), "log.json")))


def test_a_task_is_read_once_and_by_what_tells_most(tmp_path: Path) -> None:
    folder = tmp_path / "tasks" / TASK
    folder.mkdir(parents=True)
    (folder / "ui_messages.json").write_text(cline.window(BY_NAME["identical"]))
    (session,) = survey([tmp_path], readers(pytest.fail)).sessions
    assert (session.id, session.path[-16:]) == (TASK, "ui_messages.json")
    (folder / "api_conversation_history.json").write_text(cline.talk(BY_NAME["identical"]))
    (session,) = survey([tmp_path], readers(pytest.fail)).sessions
    assert [log.file.path.name for log in session.logs] == ["api_conversation_history.json"]
    assert session.id == TASK


def test_times_and_costs_are_those_of_the_window(tmp_path: Path) -> None:
    talk = json.loads(cline.talk(BY_NAME["untested"]))
    for message in talk:
        del message["ts"]
    (tmp_path / "ui_messages.json").write_text(cline.window(BY_NAME["untested"]))
    log = log_of(tmp_path, json.dumps(talk), "api_conversation_history.json")
    events = list(READER.events(log))
    assert all(edit.time is not None for edit in some(events, Edit))
    assert {usage.usd for usage in some(events, Usage)} == {0.01}
    (tmp_path / "ui_messages.json").write_text("[damaged")
    assert not some(READER.events(log), Usage)


# --- what the user says ---


@pytest.mark.parametrize(
    ("said", "own"),
    [
        ("<task>\nFix it\n</task>", ["Fix it"]),
        ("<user_message>\nFix it\n</user_message>", ["Fix it"]),
        ("<answer>\nYes\n</answer>", ["Yes"]),
        ("<task>\n<explicit_instructions type='x'>a</explicit_instructions>Go\n</task>", ["Go"]),
        ("[TASK RESUMPTION] x\n<user_message>\nGo on\n</user_message>", ["Go on"]),
        ("Just so, without a tag", []),
        ("<task>\n\n</task><feedback>\na\n</feedback><feedback>\nb", ["a"]),
    ],
)
def test_what_the_user_says_stands_in_tags(tmp_path: Path, said: str, own: list[str]) -> None:
    prompts = some(read(tmp_path, user(said, DETAILS)), Prompt)
    assert [prompt.text for prompt in prompts] == ["Fix", *own]
    assert len({prompt.step for prompt in prompts}) == len(prompts)


def test_what_stands_in_a_file_or_an_output_nobody_said(tmp_path: Path) -> None:
    trap = "<feedback>\nfix it\n</feedback>"
    refused = f"The user denied this operation.\nThe user provided the following feedback:\n{trap}"
    for name, said, result in (
        ("read_file", {"path": "a"}, trap),
        ("execute_command", {"command": "cat a"}, f"Command executed.\nOutput:\n{trap}"),
        ("write_to_file", {"path": "a", "content": "x"}, f"successfully saved {whole('a', trap)}"),
    ):
        assert len(some(answered(tmp_path, name, said, result), Prompt)) == 1
        assert len(some(answered(tmp_path, name, said, refused), Prompt)) == 2


def test_a_file_that_the_user_named_is_shown(tmp_path: Path) -> None:
    events = read(
        tmp_path, user(f"<feedback>See a.py</feedback>{whole('a.py', 'x', 'file_content')}")
    )
    assert some(events, Seen) == [Seen(path="a.py", content="x")]


# --- calls and results ---


def test_results_belong_to_calls_by_their_order(tmp_path: Path) -> None:
    calls = [call("read_file", {"path": path}, f"t{path}") for path in ("a", "b")]
    results = ["[read_file for 'a'] Result:\n1\n", "[read_file for 'b'] Result:\n2\n"]
    events = read(tmp_path, agent(*calls), user(*results, DETAILS))
    assert some(events, Seen) == [Seen(path="a", content="1\n"), Seen(path="b", content="2\n")]


def test_the_heading_of_a_result_is_a_line(tmp_path: Path) -> None:
    asked = agent(call("read_file", {"path": "a"}))
    quoted = "It said [read_file for 'a'] Result: none\n[read_file for 'a'] Result:\n1\n"
    assert some(read(tmp_path, asked, user(quoted)), Seen) == [Seen(path="a", content="1\n")]


def test_calls_as_tags(tmp_path: Path) -> None:
    said = "<thinking>x</thinking>I write it\n<write_to_file>\n<content>\n<path>b</path>\n    x\n"
    said += "</content>\n<path>a.py</path>\n</write_to_file>\n<read_file><path>a.py"
    result = ["[write_to_file for 'a.py'] Result:", "The content was successfully saved to a.py."]
    events = read(tmp_path, agent(said), user(*result, DETAILS))
    (edit,) = some(events, Edit)
    assert edit.files == (FileChange(path="a.py", after="<path>b</path>\n    x"),)
    assert some(events, Said)[0].text.startswith("I write it")


def test_a_call_without_a_result_is_none(tmp_path: Path) -> None:
    calls = [call("write_to_file", {"path": "a", "content": "x"}), call("read_file", {"path": "b"})]
    events = read(tmp_path, agent(*calls), user("<feedback>\nNo\n</feedback>"), agent("Well"))
    assert not some(events, Edit)
    assert len(some(events, Passed)) == 1


# --- edits ---


def test_after_an_edit_the_whole_file_is_told(tmp_path: Path) -> None:
    said = {"path": "a.py", "diff": "------- SEARCH\nx\n=======\ny\n+++++++ REPLACE"}
    result = "The user made the following updates to your content:\n\n-y\n+z\n\n"
    result += f"successfully saved to a.py. {whole('a.py', 'z')}"
    (edit,) = some(answered(tmp_path, "replace_in_file", said, result), Edit)
    assert edit.files == (FileChange(path="a.py", after="z"),)


def test_where_the_file_was_left_out_later_the_blocks_remain(tmp_path: Path) -> None:
    said = {"path": "a.py", "diff": "<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE"}
    notice = "[[NOTE] This file read has been removed to save space in the context window.]"
    result = f"The content was successfully saved to a.py. {whole('a.py', notice)}"
    (edit,) = some(answered(tmp_path, "replace_in_file", said, result), Edit)
    assert edit.files[0].parts == (Replacement(old="x\n", new="y\n"),)


@pytest.mark.parametrize(
    "result",
    [
        "The user denied this operation.",
        "The tool execution failed with the following error:\n<error>\nno match\n</error>",
        "Error writing file:\nsuccessfully saved? No",
        '{"status": "denied", "message": "The user denied this operation."}',
        "Something that says neither",
        "",
    ],
)
def test_an_edit_whose_result_does_not_say_success_is_none(tmp_path: Path, result: str) -> None:
    events = answered(tmp_path, "write_to_file", {"path": "a", "content": "x"}, result)
    assert not some(events, Edit)
    assert [event.reason for event in some(events, Passed)] == [NOT_DONE]


def test_an_edit_that_failed_shows_the_file_as_it_is(tmp_path: Path) -> None:
    result = (
        f"The tool execution failed with the following error: {whole('a', 'x', 'file_content')}"
    )
    events = answered(tmp_path, "replace_in_file", {"path": "a", "diff": "?"}, result)
    assert some(events, Seen) == [Seen(path="a", content="x")]


SAVED = '{"path":"a","operation":"modified"}'


@pytest.mark.parametrize(
    ("name", "said", "parts"),
    [
        ("insert_content", {"line": "3", "content": "x"}, [("", "x\n", 2, False)]),
        ("insert_content", {"line": 0, "content": "x"}, []),
        ("search_and_replace", {"search": "x", "replace": "y"}, [("x", "y", None, True)]),
        ("search_and_replace", {"search": "x", "replace": "y", "use_regex": "true"}, []),
        (
            "apply_diff",
            {"diff": "<<<<<<< SEARCH\n:start_line:4\n-------\nx\n=======\ny\n>>>>>>> REPLACE"},
            [("x\n", "y\n", 4, False)],
        ),
        ("edit_file", {"old_string": "x", "new_string": "y"}, [("x", "y", None, False)]),
    ],
)
def test_the_edits_of_roo_code(tmp_path: Path, name: str, said: Any, parts: list[Any]) -> None:
    (edit,) = some(answered(tmp_path, name, {"path": "a", **said}, SAVED), Edit)
    (change,) = edit.files
    assert [(part.old, part.new, part.line, part.is_all) for part in change.parts] == parts


def test_a_patch_of_which_only_some_parts_fit(tmp_path: Path) -> None:
    diff = "<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE"
    result = (
        f"Changes successfully applied to a, but unable to apply all diff parts to file: a. {SAVED}"
    )
    (edit,) = some(answered(tmp_path, "apply_diff", {"path": "a", "diff": diff}, result), Edit)
    assert edit.files == (FileChange(path="a"),)


def test_an_empty_search_is_for_the_whole_file(tmp_path: Path) -> None:
    diff = "------- SEARCH\n=======\ny\n+++++++ REPLACE"
    result = "The content was successfully saved to a."
    (edit,) = some(answered(tmp_path, "replace_in_file", {"path": "a", "diff": diff}, result), Edit)
    assert edit.files == (FileChange(path="a", after="y\n"),)


def test_a_patch_of_several_files(tmp_path: Path) -> None:
    patch = "*** Begin Patch\n*** Update File: a\n@@\n-x\n+y\n*** Delete File: b\n*** End Patch"
    result = f"successfully applied {whole('a', 'y')}"
    (edit,) = some(answered(tmp_path, "apply_patch", {"input": patch}, result), Edit)
    assert edit.files == (FileChange(path="a", after="y"), FileChange(path="b", is_gone=True))


# --- commands, and files that were read ---


@pytest.mark.parametrize(
    ("result", "output", "status", "is_cut"),
    [
        ("Command executed successfully (exit code 0).\nOutput:\nok", "ok", 0, False),
        ("Command failed with exit code 2.\nOutput:\nexit code 7", "exit code 7", 2, False),
        ("Command executed.\nOutput:\nit has exit code 9", "it has exit code 9", None, False),
        ("Command executed.", "", None, False),
        (
            "Command executed in terminal  within working directory '/w'. Command execution was"
            " not successful, inspect the cause and adjust as needed.\nExit code: 127\nOutput:\nno",
            "no",
            127,
            False,
        ),
        (
            "Command is still running in the user's terminal.\nHere's the output so far:\n1\n\n"
            "You will be updated on the terminal status and new output in the future.",
            "1\n",
            None,
            True,
        ),
        ("Command executed.\nOutput:\n1\n... (output truncated) ...\n2", None, None, True),
    ],
)
def test_the_text_of_a_command(
    tmp_path: Path, result: str, output: str | None, status: int | None, is_cut: bool
) -> None:
    events = answered(tmp_path, "execute_command", {"command": "make"}, result)
    (command,) = some(events, Command)
    assert (command.line, command.exit_status, command.is_cut) == ("make", status, is_cut)
    assert output is None or command.output == output
    assert command.folder == ("/w" if "'/w'" in result else "")


def test_a_command_of_several_lines(tmp_path: Path) -> None:
    line = "cat > a <<'END'\n[read_file for 'x'] no\nEND"
    events = answered(tmp_path, "execute_command", {"command": line}, "Command executed.")
    assert [command.line for command in some(events, Command)] == [line]


def test_a_command_that_was_refused_did_not_run(tmp_path: Path) -> None:
    refused = "The user denied this operation."
    assert not some(answered(tmp_path, "execute_command", {"command": "rm a"}, refused), Command)


@pytest.mark.parametrize(
    ("said", "result", "content"),
    [
        ({}, "x\n", "x\n"),
        ({"start_line": 3}, "x\n", None),
        ({}, "[[NOTE] This file read has been removed to save space]", None),
        ({}, "Error reading file: none", None),
        (
            {},
            '<file><path>a</path>\n<content lines="1-2">\n1 | x\n2 |  y\n</content>\n</file>',
            "x\n y\n",
        ),
        (
            {},
            '<file><path>a</path>\n<content lines="1-1">\n1 | x\n</content>\n<notice>Only 1 of 9'
            "</notice></file>",
            None,
        ),
    ],
)
def test_a_file_that_was_read(tmp_path: Path, said: Any, result: str, content: str | None) -> None:
    seen = some(answered(tmp_path, "read_file", {"path": "a", **said}, result), Seen)
    assert seen == ([] if content is None else [Seen(path="a", content=content)])


# --- the window ---


def test_the_window_tells_results_in_its_requests(tmp_path: Path) -> None:
    edited = {"tool": "editedExistingFile", "path": "a", "content": "------- SEARCH\nx\n=======\ny"}
    asked = {**say("", edited), "type": "ask", "ask": "tool"}
    del asked["say"]
    refused = {"request": "[replace_in_file for 'a'] Result:\nThe user denied this operation."}
    saved = f"[replace_in_file for 'a'] Result:\nsuccessfully saved {whole('a', 'y')}\n\n{DETAILS}"
    for request, edits in ((refused, 0), ({"request": saved}, 1), ({"request": ""}, 0), ({}, 0)):
        messages = [say("task", "Fix"), asked, say("api_req_started", request)]
        events = list(READER.events(log_of(tmp_path, json.dumps(messages), "log.json")))
        assert len(some(events, Edit)) == edits
        assert len(some(events, Passed)) == 1 - edits


def test_what_is_not_finished_is_not_there(tmp_path: Path) -> None:
    told = {"tool": "newFileCreated", "path": "a", "content": "x"}
    request = {"request": f"[write_to_file for 'a'] Result:\nsuccessfully saved {whole('a', 'x')}"}
    messages = [say("tool", told, partial=True), say("api_req_started", request)]
    assert not some(READER.events(log_of(tmp_path, json.dumps(messages), "log.json")), Edit)


def test_a_command_of_the_window_has_the_output_that_came_piece_by_piece(tmp_path: Path) -> None:
    pieces = [
        say("command_output", "1\n"),
        {**say("", "2\n"), "type": "ask", "ask": "command_output"},
    ]
    del pieces[1]["say"]
    for is_over in (True, False):
        run = say("command", "make", commandCompleted=is_over)
        log = log_of(tmp_path, json.dumps([run, *pieces, say("api_req_started", {})]), "log.json")
        (command,) = some(READER.events(log), Command)
        assert (command.output, command.exit_status, command.is_cut) == (
            "1\n2\n",
            None,
            not is_over,
        )


def test_agent_and_folder(tmp_path: Path) -> None:
    for write, name in ((cline.talk, "cline"), (cline.window, "cline"), (cline.roo, "roo-code")):
        log = log_of(tmp_path, write(STORIES[0]), "log.json")
        (begin,) = some(READER.events(log), Begin)
        assert (begin.agent, begin.folder) == (name, ROOT)
