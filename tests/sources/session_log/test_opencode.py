"""The traps of opencode's sessions, one by one."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from loopwatch.auditing.session import audit_session
from loopwatch.model.finding import Level
from loopwatch.model.options import Options
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
from loopwatch.sources.session_log.log_file import LogFile
from loopwatch.sources.session_log.opencode import NEWER_FORM, OpenCode
from loopwatch.sources.session_log.opencode_tools import NOT_DONE, UNDONE
from loopwatch.sources.session_log.registry import readers, recognise
from loopwatch.sources.session_log.survey import survey
from tests.sources.session_log.reading import lines, log_of, some, versions
from tests.sources.session_log.stories import BY_NAME, ROOT, STORIES, Story
from tests.sources.session_log.test_stories import loud, report_of
from tests.sources.session_log.writers import opencode

READER = OpenCode()
SESSION = "ses_39c0a3da8ffeFQWvKTGUJWivpv"
INFO = {"id": SESSION, "directory": "/home/robin/dur", "version": "1.2.5"}
NOW = 1_767_603_600_000


def message(*parts: dict[str, Any], role: str = "assistant", **more: Any) -> dict[str, Any]:
    info: dict[str, Any] = {"id": "msg_1", "role": role, "time": {"created": NOW}, **more}
    named = [{"id": f"prt_{place}", **part} for place, part in enumerate(parts)]
    return {"info": info, "parts": named}


def tool(name: str, said: object, *, call: str = "c1", **state: Any) -> dict[str, Any]:
    told = {"status": "completed", "input": said, "output": "", "metadata": {}, **state}
    told = {"time": {"start": NOW, "end": NOW + 500}, **told}
    return {"type": "tool", "callID": call, "tool": name, "state": told}


def ran(output: str, **state: Any) -> dict[str, Any]:
    return tool("bash", {"command": "make"}, output=output, **state)


def export(*messages: object, **info: Any) -> str:
    return json.dumps({"info": {**INFO, **info}, "messages": messages}, indent=2)


def read(folder: Path, *messages: object, **info: Any) -> list[Any]:
    return list(READER.events(log_of(folder, export(*messages, **info), "export.json")))


def one_edit(folder: Path, part: dict[str, Any]) -> FileChange:
    (edit,) = some(read(folder, message(part)), Edit)
    (change,) = edit.files
    return change


# --- which logs are its own ---


def test_recognised_in_all_its_shapes(tmp_path: Path) -> None:
    story = STORIES[0]
    assert READER.recognises(log_of(tmp_path, opencode.log(story), "a.json"))
    assert READER.recognises(log_of(tmp_path, opencode.stream(story)))
    opencode.store(story, tmp_path / "storage")
    for kind in ("session", "message", "part"):
        path = next((tmp_path / "storage" / kind).glob("*/*.json"))
        assert READER.recognises(LogFile(path, path.name))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\0\1\2",
        b"[]",
        b"{}",
        b"null",
        b"7",
        b'"ses_1"',
        b'["ses_1"]',
        b'{"info":{"id":"ses_1"}}',
        b'{"info":["ses_1"],"messages":[]}',
        b'{"id":"msg_1","sessionID":"ses_1"}',
        b'{"id":"ses_1","directory":"/a"}',  # not where opencode keeps them
        b'{"type":"text","sessionID":"ses_1"}\n',
        b'{"info":{"id":"ses_1"},"mess',
    ],
)
def test_not_recognised(tmp_path: Path, text: bytes) -> None:
    assert not READER.recognises(log_of(tmp_path, text, "log.json"))


def test_nothing_in_a_log_is_taken_for_granted(tmp_path: Path) -> None:
    odd: list[Any] = [None, 7, "x", [], {}, [[]], {"a": {}}, True, 1e308, -1]
    parts: list[dict[str, Any]] = [{"type": kind} for kind in ("tool", "text", "step-finish")]
    for value in odd:
        parts += [
            {"type": "tool", "tool": name, "callID": value, "state": {**told, "status": status}}
            for name in ("edit", "apply_patch", "bash", "read", "task", "write", "multiedit")
            for status in ("completed", "error")
            for told in (
                {"input": value, "metadata": value, "output": value, "time": value},
                {"metadata": {"files": [value], "filediff": value, "results": [value]}},
            )
        ]
        parts += [{"type": value, "text": value, "tokens": value, "cost": value}]
        parts += [{"type": "step-finish", "tokens": {"input": value, "cache": value}}]
        log = log_of(tmp_path, export(value, {"info": value, "parts": value}, message(*parts)))
        list(READER.events(log))
        log = log_of(tmp_path, export(message(*parts, time=value, path=value), revert=value))
        list(READER.events(log))
        line = {"type": "tool_use", "sessionID": SESSION, "part": parts[-3]}
        log = log_of(tmp_path, lines(line, {**line, "type": value}, {**line, "part": value}))
        assert READER.recognises(log)
        list(READER.events(log))


def test_parts_stand_in_the_order_of_their_ids(tmp_path: Path) -> None:
    said = message({"id": "prt_2", "type": "text", "text": "two"}, {"type": "text", "text": "no"})
    assert [event.text for event in some(read(tmp_path, said), Said)] == ["no", "two"]


# --- commands ---


def test_a_command_that_fails_is_completed_all_the_same(tmp_path: Path) -> None:
    said = {"command": "bunx tsc", "workdir": "/home/robin/dur/web"}
    failed = tool("bash", said, output="a.ts(1,1): error TS1", metadata={"exit": 2})
    (command,) = some(read(tmp_path, message(failed)), Command)
    assert (command.line, command.folder) == ("bunx tsc", "/home/robin/dur/web")
    assert (command.output, command.exit_status) == ("a.ts(1,1): error TS1", 2)
    assert (command.time, command.is_cut) == (NOW / 1000 + 0.5, False)


TIMED_OUT = "bash tool terminated command after exceeding timeout 4000 ms"
SAVED = "Full output saved to: /home/robin/x"


@pytest.mark.parametrize(
    ("output", "is_cut", "rest"),
    [
        (f"ok\n\n\n<bash_metadata>\n{TIMED_OUT}\n</bash_metadata>", True, "ok"),
        ("ok\n\n<bash_metadata>\nUser aborted the command\n</bash_metadata>", True, "ok"),
        ("ok\n\n(Output was truncated due to length limit)", True, "ok"),
        ("ok\n\n(Command timed out after 60000 ms)", True, "ok"),
        ("ok\n\n(Command was aborted)", True, "ok"),
        (f"...output truncated...\n\n{SAVED}\n\nthe end\n", True, "the end\n"),
        (f"ok\n\n...9 lines truncated...\n\nThe tool call succeeded but x. {SAVED}", True, "ok"),
        ("[Old tool result content cleared]", True, ""),
        ("ok", False, "ok"),
        ("it has <bash_metadata> in the middle\n", False, "it has <bash_metadata> in the middle\n"),
    ],
)
def test_what_the_tool_adds_is_no_output(
    tmp_path: Path, output: str, is_cut: bool, rest: str
) -> None:
    (command,) = some(read(tmp_path, message(ran(output))), Command)
    assert (command.output, command.is_cut) == (rest, is_cut)


def test_an_output_that_was_pruned_or_told_to_be_cut(tmp_path: Path) -> None:
    pruned = ran("", time={"start": NOW, "end": NOW, "compacted": NOW})
    kept = {"id": "prt_8", **ran("ok", time={"start": NOW, "end": NOW, "compacted": NOW})}
    short = {"id": "prt_9", **ran("ok", metadata={"truncated": True})}
    found = some(read(tmp_path, message(pruned, kept, short)), Command)
    assert [command.is_cut for command in found] == [True, False, True]


def test_a_command_that_was_stopped_ran_and_one_that_was_refused_did_not(tmp_path: Path) -> None:
    stopped = tool("bash", {"command": "make"}, status="error", error="Tool execution aborted")
    begun = tool(
        "bash", {"command": "ls"}, status="error", error="Killed", metadata={"output": "a"}
    )
    no = tool("bash", {"command": "rm -r ."}, status="error", error="The user rejected permission")
    running = tool("bash", {"command": "sleep 9"}, status="running")
    events = read(tmp_path, message(stopped, begun, no, running))
    commands = some(events, Command)
    told = [(command.line, command.output, command.is_cut) for command in commands]
    assert told == [("make", "", True), ("ls", "a", True)]
    assert [event.reason for event in some(events, Passed)] == ["a call without a result"]


# --- edits ---


def test_an_edit_gives_the_whole_file_whatever_was_asked(tmp_path: Path) -> None:
    said = {"filePath": "a.py", "oldString": "x", "newString": "y"}
    whole = {"file": "/home/robin/dur/a.py", "before": "x = 1\n", "after": "y = 1  # formatted\n"}
    change = one_edit(tmp_path, tool("edit", said, metadata={"filediff": whole}))
    assert change == FileChange(
        path="/home/robin/dur/a.py", before="x = 1\n", after="y = 1  # formatted\n"
    )


def test_an_edit_that_is_told_by_a_diff_is_what_was_asked(tmp_path: Path) -> None:
    said: dict[str, Any] = {"filePath": "/r/a.py", "replaceAll": True}
    said |= {"oldString": "    x\n", "newString": "    y\n"}
    # The lines of the diff are moved to the left.
    diff = "--- /r/a.py\n+++ /r/a.py\n@@ -2,1 +2,1 @@\n-x\n+y\n"
    change = one_edit(
        tmp_path, tool("edit", said, metadata={"filediff": {"file": "/r/a.py", "patch": diff}})
    )
    assert change.parts == (Replacement(old="    x\n", new="    y\n", is_all=True),)


def test_an_edit_that_a_formatter_went_on_with_is_what_the_diff_tells(tmp_path: Path) -> None:
    said = {"filePath": "/r/a.py", "oldString": "x", "newString": "y"}
    diff = "--- /r/a.py\n+++ /r/a.py\n@@ -2,2 +2,2 @@\n-x\n-z=1\n+y\n+z = 1\n"
    change = one_edit(
        tmp_path, tool("edit", said, metadata={"filediff": {"file": "/r/a.py", "patch": diff}})
    )
    assert change.parts == (Replacement(old="x\nz=1\n", new="y\nz = 1\n", line=2),)


def test_several_edits_of_one_call(tmp_path: Path) -> None:
    edits = [{"oldString": "a", "newString": "b"}, {"oldString": "b", "newString": "c"}]
    results = [
        {"filediff": {"file": "/r/a.py", "before": "a\n", "after": "b\n"}},
        {"filediff": {"file": "/r/a.py", "before": "b\n", "after": "c\n"}},
    ]
    said = {"filePath": "/r/a.py", "edits": edits}
    change = one_edit(tmp_path, tool("multiedit", said, metadata={"results": results}))
    assert change == FileChange(path="/r/a.py", before="a\n", after="c\n")
    change = one_edit(tmp_path, tool("multiedit", said, metadata={"results": [{}, {}]}))
    assert [(part.old, part.new) for part in change.parts] == [("a", "b"), ("b", "c")]


def test_a_text_that_replaces_nothing_makes_a_file(tmp_path: Path) -> None:
    said = {"filePath": "/r/a.py", "oldString": "", "newString": "x\n"}
    # What stood there before is not told: it is empty, even if there was a file.
    whole = {"file": "/r/a.py", "before": "", "after": "x\n"}
    change = one_edit(tmp_path, tool("edit", said, metadata={"filediff": whole}))
    assert change == FileChange(path="/r/a.py", after="x\n", is_new=True)


@pytest.mark.parametrize("exists", [True, False])
def test_a_file_that_is_written(tmp_path: Path, exists: bool) -> None:
    metadata = {"filepath": "/home/robin/dur/a.py", "exists": exists}
    change = one_edit(
        tmp_path, tool("write", {"filePath": "a.py", "content": "x\n"}, metadata=metadata)
    )
    assert change == FileChange(path="/home/robin/dur/a.py", after="x\n", is_new=not exists)


def patched(path: str, kind: str, **more: str) -> dict[str, str]:
    return {"filePath": path, "type": kind, "before": "", "after": "", **more}


def test_a_patch_tells_of_each_file(tmp_path: Path) -> None:
    files = [
        patched("/r/a", "update", before="1\n", after="2\n"),
        patched("/r/b", "add", after="3\n"),
        patched("/r/c", "delete", before="4\n"),
        patched("/r/d", "move", before="5\n", after="6\n", movePath="/r/e"),
    ]
    part = tool("apply_patch", {"patchText": "*** Begin Patch"}, metadata={"files": files})
    (edit,) = some(read(tmp_path, message(part)), Edit)
    assert edit.files == (
        FileChange(path="/r/a", before="1\n", after="2\n"),
        FileChange(path="/r/b", after="3\n", is_new=True),
        FileChange(path="/r/c", before="4\n", is_gone=True),
        FileChange(path="/r/e", before="5\n", after="6\n", moved_from="/r/d"),
    )


def test_a_patch_of_later_versions_is_what_was_asked(tmp_path: Path) -> None:
    patch = "*** Begin Patch\n*** Update File: a.py\n@@\n-    x\n+    y\n*** End Patch"
    files = [patched("/r/b.py", "update", before="1\n", after="2\n")]
    files += [{"filePath": "/home/robin/dur/a.py", "type": "update", "patch": "-x\n+y\n"}]
    change = one_edit(
        tmp_path, tool("apply_patch", {"patchText": patch}, metadata={"files": files})
    )
    assert change == FileChange(path="a.py", parts=(Replacement(old="    x\n", new="    y\n"),))


def test_an_edit_that_failed_is_none(tmp_path: Path) -> None:
    said = {"filePath": "/r/a.py", "oldString": "x", "newString": "y"}
    events = read(tmp_path, message(tool("edit", said, status="error", error="not found")))
    assert not some(events, Edit)
    assert [event.reason for event in some(events, Passed)] == [NOT_DONE]


# --- what is shown ---


@pytest.mark.parametrize(
    ("output", "content"),
    [
        ("<content>1: a\n2:  b\n3: \n\n(End of file - total 3 lines)\n</content>", "a\n b\n"),
        ("<content>1: a\n\n(End of file - total 1 lines)\n</content>", "a"),
        ("<content>\n1: a\n\n(End of file - total 1 lines)\n</content>", "a\n"),
        (
            "<content>\n1: a\n\n(End of file - total 1 lines)\n</content>\n\n<system-reminder>",
            "a\n",
        ),
        ("<content>2: a\n\n(End of file - total 2 lines)\n</content>", None),
        ("<content>1: a\n\n(Showing lines 1-1 of 2. Use offset=2 to continue.)\n</content>", None),
        (f"<content>1: {'x' * 2_000}...\n\n(End of file - total 1 lines)\n</content>", None),
        ("<content>\n\n(End of file - total 0 lines)\n</content>", None),
    ],
)
def test_a_file_that_is_shown_whole(tmp_path: Path, output: str, content: str | None) -> None:
    shown = f"<path>/r/a.py</path>\n<type>file</type>\n{output}"
    events = read(tmp_path, message(tool("read", {"filePath": "/r/a.py"}, output=shown)))
    assert [event.content for event in some(events, Seen)] == ([] if content is None else [content])


def test_a_file_as_it_was_shown_before(tmp_path: Path) -> None:
    shown = "<file>\n00001| a\n00002| \n\n(End of file - total 2 lines)\n</file>"
    events = read(tmp_path, message(tool("read", {"filePath": "/r/a.py"}, output=shown)))
    assert some(events, Seen) == [Seen(path="/r/a.py", content="a\n")]


def test_a_file_that_the_user_named_is_shown_and_not_said(tmp_path: Path) -> None:
    shown = "<path>/r/a.py</path>\n<type>file</type>\n<content>1: a\n2: \n\n"
    shown += "(End of file - total 2 lines)\n</content>"
    asked = message(
        {"type": "text", "text": "Fix @a.py"},
        {"type": "text", "text": "Called the Read tool", "synthetic": True},
        {"type": "text", "text": shown, "synthetic": True},
        {"type": "text", "text": "for your eyes only", "ignored": True},
        role="user",
    )
    events = read(tmp_path, asked)
    assert [event.text for event in some(events, Prompt)] == ["Fix @a.py"]
    assert some(events, Seen) == [Seen(path="/r/a.py", content="a\n")]


# --- sessions ---


def test_the_summary_of_a_compaction_is_nobodys_word(tmp_path: Path) -> None:
    events = read(
        tmp_path,
        message({"type": "compaction", "auto": True}, role="user"),
        message({"type": "text", "text": "You were right, I revert it"}, summary=True),
        message({"type": "text", "text": "Continue", "synthetic": True}, role="user"),
    )
    assert not some(events, Said)
    assert not some(events, Prompt)


def test_the_session_of_another_agent_has_no_prompts(tmp_path: Path) -> None:
    text = export(message({"type": "text", "text": "Fix it"}, role="user"), parentID="ses_parent00")
    log = log_of(tmp_path, text)
    identity = READER.identity(log)
    assert (identity.keys, identity.is_part) == (("ses_parent00",), True)
    assert not some(READER.events(log), Prompt)


def test_another_agent_is_told_of(tmp_path: Path) -> None:
    task = tool("task", {"prompt": "x"}, metadata={"sessionId": "ses_child000"})
    assert some(read(tmp_path, message(task)), SubSession) == [SubSession(id="ses_child000")]


def test_what_the_user_took_back_did_not_happen(tmp_path: Path) -> None:
    first = message(ran("1"))
    later = message(ran("2"), {"id": "prt_7", **ran("3")}, id="msg_2")
    last = message({"type": "text", "text": "More"}, role="user", id="msg_3")
    events = read(tmp_path, first, later, last, revert={"messageID": "msg_2", "partID": "prt_7"})
    assert [command.output for command in some(events, Command)] == ["1", "2"]
    assert [event.reason for event in some(events, Passed)] == [UNDONE]
    assert not some(events, Prompt)
    events = read(tmp_path, first, later, last, revert={"messageID": "msg_2"})
    assert [command.output for command in some(events, Command)] == ["1"]
    nameless = message({"id": None, **ran("1")}, id=None)
    for nothing in ({}, {"snapshot": "0"}, None):
        assert len(some(read(tmp_path, nameless, revert=nothing), Command)) == 1


def test_where_it_works_and_what_it_spends(tmp_path: Path) -> None:
    tokens = {"input": 10, "output": 5, "reasoning": 3, "cache": {"read": 80, "write": 4}}
    step = {"type": "step-finish", "tokens": tokens, "cost": 0.25}
    summed = {"type": "step-finish", "tokens": {**tokens, "total": 102}, "cost": 0}
    where = {"cwd": "/home/robin/dur/web", "root": "/home/robin/dur"}
    events = read(tmp_path, message(step, summed, modelID="m-1", path=where, tokens=tokens))
    assert [begin.folder for begin in some(events, Begin) if begin.folder] == [
        "/home/robin/dur",
        "/home/robin/dur/web",
    ]
    one, two = some(events, Usage)
    assert (one.model, one.fresh, one.cached, one.kept, one.made) == ("m-1", 10, 80, 4, 5)
    assert (one.usd, two.usd) == (0.25, None)  # a subscription is not free
    assert two.made == 8  # what was thought is no part of the output here
    assert one.message != two.message
    (alone,) = some(read(tmp_path, message(tokens=tokens, cost=0.5)), Usage)
    assert (alone.fresh, alone.usd) == (10, 0.5)


def test_a_fork_is_counted_once(tmp_path: Path) -> None:
    said = opencode.document(BY_NAME["identical"], opencode.WHOLE)
    (tmp_path / "one.json").write_text(json.dumps(said))
    said["info"]["id"] = "ses_theforkhasanidofitsown"
    for place, copied in enumerate(said["messages"]):
        copied["info"]["id"] = f"msg_fork{place:03d}"
        for part in copied["parts"]:
            part["id"] = f"prt_fork{part['id']}"
    (tmp_path / "two.json").write_text(json.dumps(said))
    found = survey([tmp_path], readers(pytest.fail))
    (session,) = found.sessions
    assert len(session.logs) == 2
    both = [event for log in session.logs for event in READER.events(log.file)]
    assert len({edit.step for edit in some(both, Edit)}) == 3
    assert len({prompt.step for prompt in some(both, Prompt)}) == 3
    assert len({usage.message for usage in some(both, Usage)}) * 2 == len(some(both, Usage))


def test_what_a_copy_shows_of_a_file_is_not_what_it_is_now(tmp_path: Path) -> None:
    said = opencode.document(BY_NAME["one-round"], opencode.DIFFS)
    (tmp_path / "one.json").write_text(json.dumps(said))
    said["info"]["id"] = "ses_theforkhasanidofitsown"
    (tmp_path / "two.json").write_text(json.dumps(said))
    (session,) = survey([tmp_path], readers(pytest.fail)).sessions
    assert len(session.logs) == 2
    progress = audit_session(session, Options()).trajectories[0].progress
    assert progress is not None
    assert (progress.edits, progress.exact) == (2, 2)  # the second fits what the first one left


# --- the database ---


def in_database(tmp_path: Path, *stories: Story) -> Path:
    path = tmp_path / "opencode.db"
    for story in stories:
        opencode.keep(story, path).close()
    return path


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_a_session_in_the_database_is_like_an_exported_one(tmp_path: Path, story: Story) -> None:
    path = in_database(tmp_path, story)
    found = survey([path.parent], readers(pytest.fail))
    assert not found.skipped
    (session,) = found.sessions
    assert session.path.endswith(f"opencode.db:{session.id}")
    (log,) = session.logs
    exported = log_of(tmp_path, opencode.log(story), "export.json")
    assert list(READER.events(log.file)) == list(READER.events(exported))


def test_each_session_of_a_database_is_one(tmp_path: Path) -> None:
    path = in_database(tmp_path, *STORIES[:3])
    found = survey([path], readers(pytest.fail))
    assert len({session.id for session in found.sessions}) == 3
    told = {session.id: list(READER.events(session.logs[0].file)) for session in found.sessions}
    for story in STORIES[:3]:
        exported = log_of(tmp_path, opencode.log(story), "export.json")
        assert told[READER.identity(exported).session] == list(READER.events(exported))


def test_what_subagents_did_belongs_to_the_session(tmp_path: Path) -> None:
    path = in_database(tmp_path, STORIES[0])
    first = survey([path], readers(pytest.fail)).sessions[0].id
    opencode.keep(STORIES[3], path, parent=first).close()
    (session,) = survey([path], readers(pytest.fail)).sessions
    assert (session.id, len(session.logs)) == (first, 2)


def test_a_session_that_was_moved_into_the_database_counts_once(tmp_path: Path) -> None:
    opencode.store(STORIES[0], tmp_path / "storage")
    path = in_database(tmp_path, STORIES[0])
    both = survey([tmp_path], readers(pytest.fail))
    alone = survey([path], readers(pytest.fail))
    (session,) = both.sessions
    assert len(session.logs) == 2
    reports = [audit_session(one.sessions[0], Options()) for one in (both, alone)]
    assert reports[0].summary == reports[1].summary


def test_nothing_is_written_beside_a_database(tmp_path: Path) -> None:
    path = in_database(tmp_path, STORIES[0])
    before = path.read_bytes()
    (session,) = survey([path], readers(pytest.fail)).sessions
    audit_session(session, Options())
    assert [one.name for one in tmp_path.iterdir()] == ["opencode.db"]
    assert path.read_bytes() == before


def test_what_was_written_last_is_read_while_opencode_runs(tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    opencode.keep(STORIES[0], path).close()
    running = sqlite3.connect(path)
    running.execute("PRAGMA journal_mode = WAL")
    running.execute("PRAGMA wal_autocheckpoint = 0")
    running.execute("UPDATE session SET id = id")
    running.commit()
    opencode.keep(STORIES[3], path).commit()
    assert len(survey([path], readers(pytest.fail)).sessions) == 2
    running.close()


def test_messages_of_a_newer_form_are_counted(tmp_path: Path) -> None:
    path = in_database(tmp_path, STORIES[0])
    base = sqlite3.connect(path)
    base.execute("INSERT INTO session_message SELECT id, session_id, data FROM message")
    base.execute("DELETE FROM message")
    base.commit()
    base.close()
    (session,) = survey([path], readers(pytest.fail)).sessions
    (skipped,) = audit_session(session, Options()).skipped
    assert (skipped.reason, skipped.count) == (
        NEWER_FORM,
        len(opencode.document(STORIES[0], "")["messages"]),
    )


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE message SET data = '[1]'",
        "UPDATE part SET data = x'ff00fe'",
        "UPDATE part SET data = 7",
        "UPDATE message SET time_created = 'soon'",
        "UPDATE session SET revert = '{', directory = 5, parent_id = 3",
        "UPDATE part SET data = replace(data, 'tool', char(0))",
    ],
)
def test_a_damaged_database_costs_what_is_damaged(tmp_path: Path, change: str) -> None:
    path = in_database(tmp_path, STORIES[0])
    base = sqlite3.connect(path)
    base.execute(change)
    base.commit()
    base.close()
    (session,) = survey([path], readers(pytest.fail)).sessions
    audit_session(session, Options())


def test_other_databases_are_none_of_ours(tmp_path: Path) -> None:
    for name, schema in (
        ("views.db", "CREATE VIEW session AS SELECT 1; CREATE TABLE message (id);"),
        ("other.db", "CREATE TABLE session (id)"),
        ("empty.db", ""),
    ):
        base = sqlite3.connect(tmp_path / name)
        base.executescript(f"{schema}; CREATE TABLE part (id)")
        base.close()
    (tmp_path / "cut.db").write_bytes(in_database(tmp_path, STORIES[0]).read_bytes()[:5_000])
    (tmp_path / "opencode.db").unlink()
    found = survey([tmp_path], readers(pytest.fail))
    assert not found.sessions
    assert all("cut.db" in (one.path or "") for one in found.skipped)


# --- what is stored in files ---


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_a_stored_session_is_like_an_exported_one(tmp_path: Path, story: Story) -> None:
    opencode.store(story, tmp_path / "storage")
    found = survey([tmp_path], readers(pytest.fail))
    assert not found.skipped
    (session,) = found.sessions
    assert session.path.endswith(f"storage/session/project/{session.id}.json")
    (log,) = session.logs
    exported = log_of(tmp_path, opencode.log(story), "export.json")
    assert list(READER.events(log.file)) == list(READER.events(exported))


def test_a_stored_session_without_its_own_file(tmp_path: Path) -> None:
    opencode.store(STORIES[0], tmp_path / "storage")
    next((tmp_path / "storage" / "session").glob("*/*.json")).unlink()
    found = survey([tmp_path], readers(pytest.fail))
    (session,) = found.sessions
    assert session.id.startswith("ses_")
    (log,) = session.logs
    assert len(some(READER.events(log.file), Edit)) == 3
    folders = {event.folder for event in some(READER.events(log.file), Begin)} - {""}
    assert folders == {ROOT}


def test_a_stored_piece_that_is_damaged_loses_itself_only(tmp_path: Path) -> None:
    opencode.store(STORIES[0], tmp_path / "storage")
    pieces = sorted((tmp_path / "storage" / "message").glob("*/*.json"))
    pieces[0].write_text('{"id": "msg_')
    session = next((tmp_path / "storage" / "session").glob("*/*.json"))
    events = list(READER.events(LogFile(session, session.name)))
    assert len(some(events, Edit)) == 3
    assert len(some(events, Passed)) == 1


def test_a_name_in_a_piece_leads_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "session" / "project" / "ses_1").mkdir(parents=True)
    (tmp_path / "session" / "x.json").write_text("{}")
    path = tmp_path / "message" / "ses_1" / "msg_1.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"id":"msg_1","role":"user","sessionID":"ses_1/../../x","x":"ses_1"}')
    assert not READER.recognises(LogFile(path, path.name))


def test_stored_messages_stand_in_the_order_of_their_times(tmp_path: Path) -> None:
    opencode.store(BY_NAME["one-round"], tmp_path)  # the ids begin anew every two years
    (first,) = (tmp_path / "message").glob("*/msg_0000.json")
    first.rename(first.with_name("msg_9999.json"))
    (tmp_path / "part" / "msg_0000").rename(tmp_path / "part" / "msg_9999")
    log = LogFile(next((tmp_path / "session").glob("*/*.json")), "session.json")
    asked = BY_NAME["one-round"].steps[0]
    assert some(READER.events(log), Prompt)[0].text == getattr(asked, "text", None)


# --- what is printed ---


def test_a_stream_tells_the_same_edits_and_commands(tmp_path: Path) -> None:
    story = BY_NAME["reworded"]
    whole = list(READER.events(log_of(tmp_path, opencode.log(story, version="1.19.0"), "a.json")))
    events = list(READER.events(log_of(tmp_path, opencode.stream(story))))
    for kind in (Seen, Said):
        assert some(events, kind) == some(whole, kind)
    assert [edit.files for edit in some(events, Edit)] == [e.files for e in some(whole, Edit)]
    assert [run.output for run in some(events, Command)] == [r.output for r in some(whole, Command)]
    assert not some(events, Prompt)
    folders = [begin.folder for begin in some(events, Begin) if begin.folder]
    assert folders == [ROOT]  # by what the tools call the files


@pytest.mark.parametrize(
    "story", [story for story in STORIES if story.needs_output], ids=lambda story: story.name
)
def test_a_stream_is_judged_by_what_was_seen(tmp_path: Path, story: Story) -> None:
    report = report_of(tmp_path / "s.jsonl", opencode.stream(story))
    assert loud(report) == list(story.told)


def test_a_stream_cut_in_half(tmp_path: Path) -> None:
    text = opencode.stream(BY_NAME["identical"])
    log = log_of(tmp_path, text[: len(text) // 2])
    assert READER.recognises(log)
    assert len(some(READER.events(log), Passed)) == 1


def test_a_stream_without_files_works_where_its_commands_ran(tmp_path: Path) -> None:
    part = tool("bash", {"command": "ls", "workdir": "/home/robin/dur"})
    log = log_of(tmp_path, lines({"type": "tool_use", "sessionID": SESSION, "part": part}))
    assert [begin.folder for begin in some(READER.events(log), Begin)] == ["", "/home/robin/dur"]


def test_only_its_own_logs_are_its_own(tmp_path: Path) -> None:
    from tests.sources.session_log.formats import FORMATS

    for format_ in FORMATS:
        log = log_of(tmp_path, format_.write(STORIES[0]), f"log{format_.ending}")
        assert READER.recognises(log) == format_.name.startswith("opencode")
        reader = recognise(log, readers(pytest.fail))
        assert reader is not None
        assert (reader.name == "opencode") == format_.name.startswith("opencode")


def test_whole_files_make_exact_versions(tmp_path: Path) -> None:
    for part in ("untested", "one-round"):
        report = report_of(tmp_path / "a.json", opencode.log(BY_NAME[part]))
        progress = report.trajectories[0].progress
        assert progress is not None
        assert progress.exact == report.summary.edits
        assert all(finding.level is not Level.NOTE for finding in report.findings)
    events = READER.events(log_of(tmp_path, opencode.log(BY_NAME["one-round"]), "a.json"))
    assert [list(files) for _, files in versions(*events)][1:] == [["src/dur.py"]] * 2
