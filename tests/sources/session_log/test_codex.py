"""The traps of Codex's logs, one by one."""

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
    Said,
    Usage,
)
from loopwatch.sources.session_log.codex import Codex
from tests.sources.session_log.reading import events_of, lines, log_of, some

READER = Codex()
STAMP = "2026-01-05T09:00:00.000Z"
PATCH = "*** Begin Patch\n*** Update File: a.py\n@@\n-x\n+y\n*** End Patch"
DONE = "Success. Updated the following files:\nM a.py\n"


def line(kind: str, **payload: Any) -> dict[str, Any]:
    return {"timestamp": STAMP, "type": kind, "payload": payload}


META = line("session_meta", id="s1", cwd="/home/robin/dur", cli_version="0.125.0")


def call(name: str, said: object, id_: str = "c1") -> dict[str, Any]:
    told = json.dumps(said)
    return line("response_item", type="function_call", name=name, arguments=told, call_id=id_)


def output(said: object, id_: str = "c1") -> dict[str, Any]:
    return line("response_item", type="function_call_output", call_id=id_, output=said)


def read(folder: Path, *records: object) -> list[Any]:
    return events_of(READER, folder, lines(META, *records))


def test_recognised_in_all_generations(tmp_path: Path) -> None:
    bare = {"id": "s0", "timestamp": STAMP, "instructions": "x"}
    for record, session in ((META, "s1"), (bare, "s0")):
        log = log_of(tmp_path, lines(record, {"record_type": "state"}), f"{session}.jsonl")
        assert READER.recognises(log)
        assert READER.identity(log).session == session


def test_forks_and_subagents_name_where_they_come_from(tmp_path: Path) -> None:
    spawned = {"subagent": {"thread_spawn": {"parent_thread_id": "s1"}}}
    for more in ({"forked_from_id": "s1"}, {"source": spawned}):
        log = log_of(tmp_path, lines(line("session_meta", id="s2", **more)))
        found = READER.identity(log)
        assert (found.session, found.keys, found.is_part) == ("s2", ("s1",), True)


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"id":1}\n', b"\0", b'{"type":"user"}'])
def test_not_recognised(tmp_path: Path, text: bytes) -> None:
    assert not READER.recognises(log_of(tmp_path, text))


@pytest.mark.parametrize(
    ("said", "told", "status"),
    [
        ('{"output":"hi\\n","metadata":{"exit_code":3}}', "hi\n", 3),
        ("Exit code: 1\nWall time: 2 seconds\nOutput:\nhi\n", "hi\n", 1),
        ("Chunk ID: ab\nProcess exited with code 0\nOutput:\nhi\n", "hi\n", 0),
        ([{"type": "input_text", "text": "Exit code: 2\nOutput:\nhi\n"}], "hi\n", 2),
        (
            "failed in sandbox LinuxSeccomp with execution error: sandbox denied exec error, "
            "exit code: 2, stdout: hi, stderr: ho",
            "hi\nho",
            2,
        ),
    ],
)  # fmt: skip
def test_the_shapes_of_an_output(tmp_path: Path, said: object, told: str, status: int) -> None:
    events = read(tmp_path, call("shell_command", {"command": "pytest"}), output(said))
    (command,) = some(events, Command)
    assert (command.output, command.exit_status, command.line) == (told, status, "pytest")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("shell", {"command": ["bash", "-lc", "pytest -q"], "workdir": "/w"}),
        ("shell_command", {"command": "pytest -q", "workdir": "/w"}),
        ("exec_command", {"cmd": "pytest -q", "workdir": "/w"}),
    ],
)
def test_the_tools_that_run_commands(tmp_path: Path, name: str, said: object) -> None:
    (command,) = some(read(tmp_path, call(name, said), output("Exit code: 0\nOutput:\n")), Command)
    assert (command.line, command.folder) == ("pytest -q", "/w")


def test_a_command_that_goes_on_ends_with_its_last_output(tmp_path: Path) -> None:
    events = read(
        tmp_path,
        call("exec_command", {"cmd": "pytest"}),
        output("Chunk ID: a\nProcess running with session ID 7\nOutput:\n1 passed\n"),
        call("write_stdin", {"session_id": 7, "chars": ""}, "c2"),
        output("Chunk ID: b\nProcess exited with code 1\nOutput:\n1 failed\n", "c2"),
    )
    (command,) = some(events, Command)
    assert (command.step, command.output) == ("c1", "1 passed\n1 failed\n")
    assert (command.exit_status, command.is_cut) == (1, False)


def test_a_command_that_never_ends_is_cut_off(tmp_path: Path) -> None:
    said = "Process running with session ID 7\nOutput:\n1 passed\n"
    (command,) = some(read(tmp_path, call("exec_command", {"cmd": "x"}), output(said)), Command)
    assert command.is_cut


def test_what_runs_while_files_change_tells_of_neither(tmp_path: Path) -> None:
    events = read(
        tmp_path,
        call("exec_command", {"cmd": "pytest"}),
        output("Process running with session ID 7\nOutput:\n"),
        call("apply_patch", {"input": PATCH}, "c2"),
        output(DONE, "c2"),
        call("write_stdin", {"session_id": 7}, "c3"),
        output("Process exited with code 0\nOutput:\n1 passed\n", "c3"),
    )
    (command,) = some(events, Command)
    assert command.is_remote


def test_a_look_is_told_without_its_output(tmp_path: Path) -> None:
    said = "Exit code: 0\nOutput:\n" + "x" * 9
    events = read(tmp_path, call("shell_command", {"command": "cat a.py"}), output(said))
    (command,) = some(events, Command)
    assert (command.line, command.output) == ("cat a.py", "")


def test_a_patch_in_a_shell(tmp_path: Path) -> None:
    run = f"cd /w && apply_patch <<'EOF'\n{PATCH}\nEOF\npython -m pytest -q"
    said = f"Exit code: 0\nOutput:\n{DONE}1 passed in 0.1s\n"
    events = read(tmp_path, call("shell_command", {"command": run}), output(said))
    assert [change.path for edit in some(events, Edit) for change in edit.files] == ["a.py"]
    assert [command.line for command in some(events, Command)] == ["python -m pytest -q"]


def test_a_patch_as_the_only_words(tmp_path: Path) -> None:
    said = json.dumps({"output": DONE, "metadata": {"exit_code": 0}})
    events = read(tmp_path, call("shell", {"command": ["apply_patch", PATCH]}), output(said))
    assert len(some(events, Edit)) == 1
    assert not some(events, Command)


@pytest.mark.parametrize(
    "said", ["apply_patch verification failed: no such lines", "execution error: Io(206)", "x"]
)
def test_a_patch_that_failed(tmp_path: Path, said: str) -> None:
    events = read(tmp_path, call("apply_patch", {"input": PATCH}), output(said))
    assert not some(events, Edit)
    assert some(events, Passed) == [Passed(reason="an edit that failed or was refused")]


def test_an_event_tells_more_than_the_patch(tmp_path: Path) -> None:
    diff = "@@ -3,2 +3,2 @@\n a\n-x\n+y\n"
    changes = {
        "/home/robin/dur/a.py": {"type": "update", "unified_diff": diff, "move_path": None},
        "/home/robin/dur/b.py": {"type": "add", "content": "new\n"},
        "/home/robin/dur/c.py": {"type": "delete", "content": "old\n"},
        "/home/robin/dur/d.py": {"type": "update", "unified_diff": "", "move_path": "/w/e.py"},
    }
    done = line("event_msg", type="patch_apply_end", call_id="c1", success=True, changes=changes)
    events = read(tmp_path, call("apply_patch", {"input": PATCH}), done, output(DONE))
    (edit,) = some(events, Edit)
    first, second, third, fourth = edit.files
    assert [(part.old, part.new, part.line) for part in first.parts] == [("a\nx\n", "a\ny\n", 3)]
    assert second == FileChange(path="/home/robin/dur/b.py", after="new\n", is_new=True)
    assert third.is_gone
    assert (fourth.path, fourth.moved_from) == ("/w/e.py", "/home/robin/dur/d.py")


@pytest.mark.parametrize("more", [{"success": False}, {"status": "failed"}, {"changes": {}}])
def test_an_event_of_a_patch_that_failed(tmp_path: Path, more: dict[str, Any]) -> None:
    told = {"changes": {"a.py": {"type": "add", "content": "x"}}, **more}
    done = line("event_msg", type="patch_apply_end", call_id="c1", **told)
    events = read(tmp_path, call("apply_patch", {"input": PATCH}), done, output(DONE))
    assert not some(events, Edit)


def test_items_that_are_completed(tmp_path: Path) -> None:
    change: dict[str, Any] = {"type": "FileChange", "id": "i1", "status": "completed"}
    change |= {"changes": {"a.py": {"type": "add", "content": "x\n"}}}
    run: dict[str, Any] = {
        "type": "CommandExecution",
        "id": "i2",
        "command": ["bash", "-lc", "pytest"],
    }
    run |= {"cwd": "/w", "exit_code": 1, "aggregated_output": "1 failed", "status": "completed"}
    events = read(
        tmp_path,
        line("event_msg", type="item_completed", item=change),
        line("event_msg", type="item_completed", item=run),
    )
    assert [edit.step for edit in some(events, Edit)] == ["i1"]
    (command,) = some(events, Command)
    assert (command.line, command.exit_status, command.output) == ("pytest", 1, "1 failed")


def test_code_that_calls_tools(tmp_path: Path) -> None:
    script = f"const p = {json.dumps(PATCH)};\nawait tools.apply_patch(p);\n"
    script += 'await tools.exec_command({cmd: "bun test", workdir: "/w"});'
    told = {"type": "custom_tool_call", "name": "exec", "call_id": "c1", "input": script}
    said = [{"type": "input_text", "text": "Script completed\nOutput:\n1 pass\n"}]
    done = {"type": "custom_tool_call_output", "call_id": "c1", "output": said}
    events = read(tmp_path, line("response_item", **told), line("response_item", **done))
    assert [change.path for edit in some(events, Edit) for change in edit.files] == ["a.py"]
    assert [(c.line, c.output) for c in some(events, Command)] == [("bun test", "1 pass\n")]


def message(role: str, text: str) -> dict[str, Any]:
    content = [{"type": "input_text", "text": text}]
    return line("response_item", type="message", role=role, content=content)


def test_who_says_what(tmp_path: Path) -> None:
    events = read(
        tmp_path,
        message("developer", "<permissions>"),
        message("user", "<environment_context>\n  <cwd>/w</cwd>"),
        message("user", "# AGENTS.md instructions for /w"),
        message("user", "# Context from my IDE setup:\n## My request for Codex:\nfix it"),
        line("event_msg", type="user_message", message="fix it"),
        message("assistant", "Done."),
        line("event_msg", type="agent_message", message="Done."),
    )
    assert [prompt.text for prompt in some(events, Prompt)] == ["fix it"]
    assert [said.text for said in some(events, Said)] == ["Done."]


def test_bare_prompts_are_different_ones(tmp_path: Path) -> None:
    head = {"id": "s0", "timestamp": STAMP, "instructions": "x"}
    said = [{"type": "input_text", "text": "go on"}]
    asked = {"type": "message", "role": "user", "content": said}
    events = events_of(READER, tmp_path, lines(head, asked, asked))
    assert len({prompt.step for prompt in some(events, Prompt)}) == 2


def test_tokens(tmp_path: Path) -> None:
    last = {"input_tokens": 100, "cached_input_tokens": 90, "output_tokens": 5}
    info = {"last_token_usage": last, "total_token_usage": {"total_tokens": 105}}
    count = line("event_msg", type="token_count", info=info)
    turn = line("turn_context", cwd="/w", model="gpt-x")
    events = read(tmp_path, turn, count, count)
    (usage,) = set(some(events, Usage))
    assert (usage.model, usage.fresh, usage.cached, usage.made) == ("gpt-x", 10, 90, 5)
    assert some(events, Begin)[-1].folder == "/w"


def test_what_was_compacted_is_told_already(tmp_path: Path) -> None:
    old = [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "x"}]}]
    events = read(tmp_path, line("compacted", message="", replacement_history=old))
    assert not some(events, Prompt)


@pytest.mark.parametrize(
    "record",
    [
        line("response_item", type="function_call", name=1, arguments=[], call_id=None),
        line("response_item", type="function_call", name="shell", arguments="{", call_id="c1"),
        line("event_msg", type="patch_apply_end", changes=[1]),
        line("event_msg", type="item_completed", item=None),
        line("event_msg", type="token_count", info={"last_token_usage": {"input_tokens": "x"}}),
        {"timestamp": 5, "type": [], "payload": {}},
    ],
)
def test_any_shape_is_borne(tmp_path: Path, record: object) -> None:
    events = read(tmp_path, record, output("x"))
    assert some(events, Begin)


@pytest.mark.parametrize(
    "text", ["session_id=7", "the session_id: 12", "Process exited with code 1"]
)
def test_what_a_command_prints_does_not_say_that_it_runs(tmp_path: Path, text: str) -> None:
    said = f"Chunk ID: a\nProcess exited with code 0\nOutput:\n{text}\n"
    document = json.dumps({"output": f"{text}\n", "metadata": {"exit_code": 0}})
    for told in (said, f"Exit code: 0\nOutput:\n{text}\n", document):
        (command,) = some(read(tmp_path, call("shell", {"command": "x"}), output(told)), Command)
        assert (command.output, command.exit_status) == (f"{text}\n", 0)
        assert not command.is_cut


def counted(**more: object) -> dict[str, Any]:
    total = {"input_tokens": 50, "total_tokens": 70}
    last = {"input_tokens": 10, "cached_input_tokens": 4, "output_tokens": 3, "total_tokens": 13}
    info = {"total_token_usage": total, "last_token_usage": last}
    return line("event_msg", **{"type": "token_count", "info": info, **more})


def test_tokens_are_the_same_whether_or_not_the_line_is_parsed(tmp_path: Path) -> None:
    quick = counted()
    info = quick["payload"]["info"]
    slow = counted(info={"last_token_usage": info["last_token_usage"], "x": 1, **info})
    for record in (quick, slow):
        stop = output("Exit code: 0\nOutput:\n")
        stop["timestamp"] = None
        record["timestamp"] = "2026-01-05T10:00:00Z"
        events = read(tmp_path, call("shell", {"command": "x"}), record, stop)
        (usage,) = some(events, Usage)
        assert (usage.fresh, usage.cached, usage.made) == (6, 4, 3)
        assert usage.message == "/home/robin/dur 70"
        assert some(events, Command)[0].time == 1_767_607_200.0


def test_a_count_of_nothing_is_none(tmp_path: Path) -> None:
    assert not some(read(tmp_path, counted(info=None)), Usage)
