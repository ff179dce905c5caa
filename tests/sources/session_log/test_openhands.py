"""The traps of OpenHands' logs, one by one."""

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from loopwatch.sources.session_log.api import (
    Begin,
    Command,
    Edit,
    Event,
    FileChange,
    Passed,
    Prompt,
    Replacement,
    Said,
    Seen,
    SessionReader,
    SubSession,
    Usage,
)
from loopwatch.sources.session_log.log_file import LogFile
from loopwatch.sources.session_log.openhands import OpenHands
from loopwatch.sources.session_log.openhands_sdk import OpenHandsSdk
from loopwatch.sources.session_log.registry import readers
from loopwatch.sources.session_log.stream import stream
from loopwatch.sources.session_log.survey import Survey, survey
from tests.sources.session_log.formats import FORMATS
from tests.sources.session_log.reading import ODD, events_of, lines, log_of, some, spoilt
from tests.sources.session_log.stories import BY_NAME
from tests.sources.session_log.writers import openhands

OLD, NEW = OpenHands(), OpenHandsSdk()
STAMP = "2026-01-05T09:00:00.125000"
PATH = "/work/dur.py"
CAT = "Here's the result of running `cat -n` on {}:\n"
NOT_EDITED = Passed(reason="an edit that failed or was refused")
NOT_RUN = Passed(reason="a command that was not run")
DAMAGED = Passed(reason="a line that is no record: cut off or damaged")


def asked(action: str, id_: int = 1, **args: Any) -> dict[str, Any]:
    return {"id": id_, "timestamp": STAMP, "source": "agent", "action": action, "args": args}


def seen(kind: str, content: str = "", cause: int = 1, **extras: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "observation": kind,
        "content": content,
        "extras": extras,
        "cause": cause,
    }
    return {"id": cause + 1, "timestamp": STAMP, "source": "agent", **said}


def ran(status: int, content: str = "", cause: int = 1, **more: Any) -> dict[str, Any]:
    metadata = {"exit_code": status, "working_dir": "/work", "prefix": "", "suffix": ""} | more
    return seen("run", content, cause, metadata=metadata)


def old(folder: Path, *events: object) -> list[Event]:
    return events_of(OLD, folder, json.dumps(events))


def edited(folder: Path, *events: object) -> FileChange:
    (edit,) = some(old(folder, *events), Edit)
    return edit.files[0]


# --- V0: edits ---


def test_an_edit_is_none_where_its_observation_says_so(tmp_path: Path) -> None:
    said: dict[str, Any] = {"path": PATH, "command": "str_replace", "old_str": "x", "new_str": "y"}
    wrong = "ERROR:\nNo replacement was performed, old_str `x` did not appear verbatim."
    events = old(
        tmp_path, asked("edit", **said), seen("edit", wrong, old_content="x", new_content="y")
    )
    assert NOT_EDITED in events
    assert not some(events, Edit)
    events = old(
        tmp_path, asked("edit", **said), seen("edit", "", formatted_output_and_error=wrong)
    )
    assert not some(events, Edit)


def test_a_snippet_that_tells_of_failures_is_no_failure(tmp_path: Path) -> None:
    said: dict[str, Any] = {"path": PATH, "command": "str_replace", "old_str": "x", "new_str": "y"}
    shown = "The file has been edited.\n     1\tsys.exit('ERROR: exit code 1')\n"
    assert edited(tmp_path, asked("edit", **said), seen("edit", shown)).parts


@pytest.mark.parametrize("kind", ["error", "user_rejected"])
def test_what_was_refused_was_not_done(tmp_path: Path, kind: str) -> None:
    said: dict[str, Any] = {"path": PATH, "command": "create", "file_text": "x"}
    assert NOT_EDITED in old(tmp_path, asked("edit", **said), seen(kind, "no"))
    assert NOT_RUN in old(tmp_path, asked("run", command="pytest"), seen(kind, "no"))


def test_old_and_new_content_are_only_what_was_replaced(tmp_path: Path) -> None:
    said: dict[str, Any] = {"path": PATH, "command": "str_replace", "old_str": "x", "new_str": "y"}
    told = seen("edit", "edited", path=PATH, prev_exist=False, old_content="x", new_content="y")
    change = edited(tmp_path, asked("edit", impl_source="oh_aci", **said), told)
    assert change == FileChange(path=PATH, parts=(Replacement(old="x", new="y"),))


def test_an_edit_by_a_model_tells_whole_contents(tmp_path: Path) -> None:
    call = asked("edit", path=PATH, content="# ...", impl_source="llm_based_edit")
    told: dict[str, Any] = {
        "impl_source": "llm_based_edit",
        "old_content": "a\n",
        "new_content": "b\n",
    }
    change = edited(tmp_path, call, seen("edit", "", prev_exist=True, **told))
    assert (change.before, change.after, change.is_new) == ("a\n", "b\n", False)
    change = edited(tmp_path, call, seen("edit", "", prev_exist=False, **told))
    assert (change.before, change.after, change.is_new) == (None, "b\n", True)


def test_a_file_that_is_created_is_known_whole(tmp_path: Path) -> None:
    call = asked("edit", path=PATH, command="create", file_text="a\n", old_str=None)
    assert edited(tmp_path, call, seen("edit")) == FileChange(path=PATH, after="a\n", is_new=True)


def test_in_january_2025_what_was_asked_stood_in_code(tmp_path: Path) -> None:
    said: dict[str, Any] = {"command": "create", "path": PATH, "file_text": 'it\'s "a"\n'}
    code = f"print(file_editor(**{said!r}))"
    call = asked("edit", path=PATH, impl_source="oh_aci", translated_ipython_code=code)
    assert edited(tmp_path, call, seen("edit")).after == 'it\'s "a"\n'


def test_an_insert_ends_each_of_its_lines(tmp_path: Path) -> None:
    for new, put in (("a", "a\n"), ("a\n", "a\n\n")):
        call = asked("edit", path=PATH, command="insert", insert_line=3, new_str=new)
        parts = (Replacement(old="", new=put, line=3),)
        assert edited(tmp_path, call, seen("edit")).parts == parts


def test_an_undo_shows_the_whole_file_else_its_hunks(tmp_path: Path) -> None:
    call = asked("edit", path=PATH, command="undo_edit")
    shown = f"Last edit to {PATH} undone successfully. {CAT.format(PATH)}     1\ta\n     2\t\n"
    assert edited(tmp_path, call, seen("edit", shown)).after == "a\n"
    diff = "--- a\n+++ a\n@@ -1,0 +2 @@\n+x\n@@ -5 +6 @@\n-y\n+z"
    change = edited(tmp_path, call, seen("edit", "undone", diff=diff))
    last, first = change.parts  # so that a line still stands where it is told to
    assert (first.old, first.new, first.line) == ("", "x\n", 1)
    assert (last.old, last.new) == ("y\n", "z\n")


def test_a_file_that_is_written_in_part_is_not_known(tmp_path: Path) -> None:
    whole = asked("write", path=PATH, content="a\n", start=0, end=-1)
    assert edited(tmp_path, whole, seen("write")).after == "a\n"
    part = asked("write", path=PATH, content="a\n", start=3, end=9)
    assert edited(tmp_path, part, seen("write")) == FileChange(path=PATH)


@pytest.mark.parametrize(
    ("code", "change"),
    [
        (
            f"edit_file_by_replace({PATH!r}, to_replace='x', new_content='y')",
            FileChange(path=PATH, parts=(Replacement(old="x", new="y"),)),
        ),
        (
            f"insert_content_at_line({PATH!r}, 3, 'y')",
            FileChange(path=PATH, parts=(Replacement(old="", new="y\n", line=2),)),
        ),
        (f"append_file({PATH!r}, 'y')", FileChange(path=PATH)),
        (f"create_file({PATH!r})", FileChange(path=PATH, after="\n", is_new=True)),
        (
            f"print(file_editor(**{{'command': 'str_replace', 'path': {PATH!r}, "
            "'old_str': 'x', 'new_str': 'y'}))",
            FileChange(path=PATH, parts=(Replacement(old="x", new="y"),)),
        ),
    ],
)
def test_cells_edit_by_the_agents_skills(tmp_path: Path, code: str, change: FileChange) -> None:
    call = asked("run_ipython", code=code)
    assert edited(tmp_path, call, seen("run_ipython", "[File updated.]")) == change
    assert NOT_EDITED in old(tmp_path, call, seen("run_ipython", "ERROR: no"))


def test_other_cells_are_commands(tmp_path: Path) -> None:
    for code in ("print(1)", "edit_file_by_replace(", "x = '" + "(" * 5_000):
        (command,) = some(
            old(tmp_path, asked("run_ipython", code=code), seen("run_ipython", "1")), Command
        )
        assert command.line.startswith("python -c ")


# --- V0: commands ---


def test_a_command_has_its_status_and_the_folder_it_began_in(tmp_path: Path) -> None:
    events = old(
        tmp_path,
        asked("run", command="cd tests && pytest"),
        ran(0, "1 passed", working_dir="/work/tests"),
        asked("run", 3, command="pytest"),
        ran(1, "1 failed\r\n", 3, working_dir="/work/tests"),
    )
    first, second = some(events, Command)
    assert (first.folder, first.exit_status, first.output) == ("", 0, "1 passed")
    assert (second.folder, second.exit_status) == ("/work/tests", 1)
    assert second.output == "1 failed\n"


def test_an_old_observation_ends_with_a_prompt(tmp_path: Path) -> None:
    content = "1 failed\r\n\r\n[Python Interpreter: /usr/bin/python]\r\nroot@box:/work # "
    told = seen("run", content, command="pytest", command_id=-1, exit_code=1)
    (command,) = some(old(tmp_path, asked("run", command="pytest"), told), Command)
    assert (command.output, command.exit_status) == ("1 failed", 1)


def test_what_goes_on_ends_with_its_last_output(tmp_path: Path) -> None:
    more: dict[str, Any] = {"prefix": "[Below is the output of the previous command.]\n"}
    events = old(
        tmp_path,
        asked("run", command="pytest"),
        ran(-1, "a.py ."),
        asked("run", 3, command="ls"),
        ran(-1, "", 3, suffix='\n[Your command "ls" is NOT executed. The previous command]'),
        asked("run", 5, command="", is_input=True),
        ran(1, "b.py F", 5, **more),
    )
    (command,) = some(events, Command)
    assert (command.line, command.output) == ("pytest", "a.py .\nb.py F")
    assert (command.exit_status, command.is_cut, command.is_remote) == (1, False, False)
    assert NOT_RUN in events


def test_what_was_stopped_or_never_ended_is_cut_off(tmp_path: Path) -> None:
    begun = (asked("run", command="pytest"), ran(-1, "a.py ."))
    (command,) = some(old(tmp_path, *begun), Command)
    assert (command.is_cut, command.exit_status) == (True, None)
    stopped = (asked("run", 3, command="C-c", is_input=True), ran(130, "^C", 3))
    (command,) = some(old(tmp_path, *begun, *stopped), Command)
    assert (command.is_cut, command.exit_status) == (True, 130)


def test_what_files_change_under_tells_of_neither(tmp_path: Path) -> None:
    events = old(
        tmp_path,
        asked("run", command="pytest"),
        ran(-1, "a.py ."),
        asked("edit", 3, path=PATH, command="create", file_text="x"),
        seen("edit", "", 3),
        asked("run", 5, command="", is_input=True),
        ran(0, "b.py .", 5),
        asked("run", 7, command="pytest"),
        ran(-1, "", 7),
        asked("run", 9, command="", is_input=True),
        ran(0, "", 9),
    )
    assert [command.is_remote for command in some(events, Command)] == [True, False]


def test_an_output_without_its_middle_is_cut_off(tmp_path: Path) -> None:
    content = "a\n[... Command output truncated: removed 9 characters from the middle ...]\nb"
    (command,) = some(old(tmp_path, asked("run", command="x"), ran(0, content)), Command)
    assert command.is_cut
    assert command.output.endswith("b\n")
    lost = "[Previous command outputs are truncated. Showing the last 9 lines of the output below.]"
    (command,) = some(old(tmp_path, asked("run", command="x"), ran(0, "a", prefix=lost)), Command)
    assert command.is_cut


# --- V0: the rest ---


def test_the_root_is_what_all_places_share(tmp_path: Path) -> None:
    def root(*folders: str, path: str = PATH) -> str:
        told: list[object] = [asked("edit", path=path), seen("edit", path=path)]
        told += [ran(0, working_dir=folder) for folder in folders]
        return next(event.folder for event in some(old(tmp_path, *told), Begin))

    assert root("/work/a/src", "/work/a/tests", path="/work/a/src/x.py") == "/work/a"
    assert root("/tmp/x", "/work/a", path="/work/a/x.py") == "/work/a"
    assert root("/work/a", "/opt") == "/work/a"  # not the root of all
    assert root(path="/work/a/src/x.py") == "/work/a/src"
    assert root("C:\\work", path="C:\\work\\x.py") == "C:\\work"


def test_only_the_users_messages_are_prompts(tmp_path: Path) -> None:
    events = old(
        tmp_path,
        asked("system", 0, content="You are OpenHands"),
        {**asked("message", 1, content="Fix it"), "source": "user"},
        {**asked("recall", 2, query="Fix it"), "source": "user"},
        asked("message", 3, content="I will"),
        asked("run", 4, command="ls", thought="Let me look"),
        asked("delegate", 5),
    )
    assert [(p.step, p.text, p.time) for p in some(events, Prompt)] == [
        ("event 1", "Fix it", 1767603600.125)
    ]
    assert [said.text for said in some(events, Said)] == ["I will", "Let me look"]
    assert some(events, SubSession) == [SubSession(id="event 5")]
    assert Passed(reason="a call without a result") in events


def test_files_are_seen_when_read_whole(tmp_path: Path) -> None:
    shown = CAT.format(PATH) + "     1\ta\n     2\t\tb\n     3\t\n"
    whole: dict[str, Any] = {
        "path": PATH,
        "start": 0,
        "end": -1,
        "impl_source": "oh_aci",
        "view_range": None,
    }

    def files(content: str, **more: Any) -> list[str]:
        events = old(tmp_path, asked("read", **{**whole, **more}), seen("read", content))
        return [one.content for one in some(events, Seen)]

    assert files(shown) == ["a\n\tb\n"]
    assert files(shown, view_range=[1, 2]) == []
    assert files(f"{shown}<response clipped><NOTE>...</NOTE>\n") == []
    assert files(shown.replace("     2", "     3")) == []
    assert files("Here's the files and directories up to 2 levels deep in /work:\n/work") == []
    assert files("a\n", impl_source="default") == ["a\n"]
    assert files("a\n", impl_source="default", end=9) == []


def test_totals_are_told_by_what_each_answer_took(tmp_path: Path) -> None:
    def spent(id_: int, asked_: int, made: int, cost: float) -> dict[str, Any]:
        used = {"prompt_tokens": asked_, "completion_tokens": made, "cache_read_tokens": 5}
        metrics = {"accumulated_cost": cost, "accumulated_token_usage": used}
        answer = {"model_response": {"id": f"gen-{id_ // 2}", "model": "m"}}
        return {**asked("run", id_), "llm_metrics": metrics, "tool_call_metadata": answer}

    # The second and the third call are of one answer, and tell the same totals.
    told = old(tmp_path, spent(1, 100, 10, 0.25), spent(2, 300, 30, 0.75), spent(3, 300, 30, 0.75))
    first, second = some(told, Usage)
    assert (first.fresh, first.cached, first.made, first.usd) == (95, 5, 10, 0.25)
    assert (second.fresh, second.cached, second.made, second.usd) == (200, 0, 20, 0.5)
    assert (second.message, second.model) == ("gen-1", "m")


def test_duplicates_and_calls_without_cause(tmp_path: Path) -> None:
    call = {"tool_call_metadata": {"tool_call_id": "toolu_1"}}
    told = [{**asked("run", n, command="x"), **call} for n in (1, 2)]
    answer = {**ran(0, "hi"), **call, "cause": None}
    (command,) = some(old(tmp_path, *told, answer), Command)
    assert (command.step, command.output) == ("event 2", "hi")


# --- V0: where it lies ---


def found(*paths: Path) -> Survey:
    return survey(paths, readers(pytest.fail))


def all_events(survey_: Survey) -> list[Event]:
    (session,) = survey_.sessions
    return list(stream(session.logs))


def test_each_row_of_an_evaluation_is_a_session(tmp_path: Path) -> None:
    rows = [
        {
            "instance_id": f"dur-{size}",
            "instruction": "x" * size,
            "history": [asked("run", command=f"echo {size}"), ran(0)],
            "metrics": {},
        }
        for size in (9, 70_000)
    ]
    path = tmp_path / "output.jsonl"
    path.write_text(lines(rows[0]) + "\n" + lines(rows[1]) + '{"cut": ')
    sessions = found(path).sessions
    names = [(one.path.rpartition("/")[2], one.id) for one in sessions]
    assert names == [
        ("output.jsonl:1", f"dur-9 {STAMP}"),
        ("output.jsonl:3", f"dur-70000 {STAMP}"),
        ("output.jsonl:4", "output.jsonl:4"),
    ]
    told = [list(stream(one.logs)) for one in sessions]
    lines_run = [[command.line for command in some(one, Command)] for one in told]
    assert lines_run == [["echo 9"], ["echo 70000"], []]
    assert DAMAGED in told[2]


def test_old_rows_pair_an_action_with_its_observation(tmp_path: Path) -> None:
    call, answer = asked("run", command="ls"), ran(0, "a")
    del call["id"], answer["cause"], answer["id"]
    row = {"instance_id": "dur-1", "history": [[call, answer], [call, answer]]}
    (session,) = found(log_of(tmp_path, lines(row)).path).sessions
    assert [(c.step, c.output) for c in some(stream(session.logs), Command)] == [
        ("event 0", "a"),
        ("event 1", "a"),
    ]


def test_a_folder_of_events_is_one_session(tmp_path: Path) -> None:
    events = tmp_path / "abc" / "events"
    events.mkdir(parents=True)
    told = [
        asked("run", 9, command="ls"),
        ran(0, "a", 9),
        asked("run", 11, command="pwd"),
        ran(0, "b", 11),
    ]
    for number, event in zip((9, 10, 11, 12), told, strict=True):
        (events / f"{number}.json").write_text(json.dumps(event))
    pages = tmp_path / "abc" / "event_cache"
    pages.mkdir()
    (pages / "0-25.json").write_text(json.dumps(told))
    for named in (tmp_path, events / "11.json", pages):
        survey_ = found(named)
        assert [session.id for session in survey_.sessions] == ["abc"]
        assert [c.output for c in some(all_events(survey_), Command)] == ["a", "b"]
        assert some(all_events(survey_), Begin)[0].folder == "/work"
    (events / "13.json").write_text('{"cut":')
    assert DAMAGED in all_events(found(events / "9.json"))


# --- V1 ---


def action(tool: str, id_: str = "a1", **said: Any) -> dict[str, Any]:
    call = {"tool_name": tool, "tool_call_id": f"call-{id_}"}
    return {"kind": "ActionEvent", "id": id_, "timestamp": STAMP, "action": said, **call}


NUMBERS = count()


def observed(id_: str = "a1", **told: Any) -> dict[str, Any]:
    frame = {"kind": "ObservationEvent", "id": f"o{next(NUMBERS)}", "timestamp": STAMP}
    return {**frame, "action_id": id_, "observation": told}


def new(folder: Path, *events: object) -> list[Event]:
    return events_of(NEW, folder, lines(*events))


def block(text: str) -> list[dict[str, str]]:
    return [{"type": "text", "text": text}]


def test_both_contents_of_an_edit_are_whole(tmp_path: Path) -> None:
    call = action("file_editor", command="str_replace", path=PATH, old_str="x", new_str="y")
    told: dict[str, Any] = {
        "path": PATH,
        "prev_exist": True,
        "old_content": "x\n",
        "new_content": "y\n",
    }
    (edit,) = some(new(tmp_path, call, observed(**told)), Edit)
    assert edit.files == (FileChange(path=PATH, before="x\n", after="y\n"),)
    assert edit.step == "a1"
    assert NOT_EDITED in new(tmp_path, call, observed(is_error=True, content=block("no")))


def test_other_editors(tmp_path: Path) -> None:
    call = action("edit", file_path="dur.py", old_string="", new_string="a\n")
    told: dict[str, Any] = {
        "file_path": PATH,
        "is_new_file": True,
        "old_content": None,
        "new_content": "a\n",
    }
    (edit,) = some(new(tmp_path, call, observed(**told)), Edit)
    assert edit.files == (FileChange(path=PATH, after="a\n", is_new=True),)
    patch = "*** Begin Patch\n*** Update File: a.py\n@@\n-x\n+y\n*** End Patch"
    changes = {
        "a.py": {"type": "update", "old_content": "x\n", "new_content": "y\n", "move_path": "b.py"},
        "c.py": {"type": "delete", "old_content": "z\n"},
    }
    call = action("apply_patch", patch=patch)
    (edit,) = some(new(tmp_path, call, observed(commit={"changes": changes})), Edit)
    assert edit.files == (
        FileChange(path="b.py", before="x\n", after="y\n", moved_from="a.py"),
        FileChange(path="c.py", before="z\n", is_gone=True),
    )
    (edit,) = some(new(tmp_path, call, observed(message="Done!")), Edit)
    assert edit.files[0].parts == (Replacement(old="x\n", new="y\n"),)


def test_refused_and_broken_calls(tmp_path: Path) -> None:
    edit = action("file_editor", command="create", path=PATH, file_text="x")
    command = action("terminal", command="ls")
    error = {"kind": "AgentErrorEvent", "id": "e1", "timestamp": STAMP, "error": "no"}
    no = {"kind": "UserRejectObservation", "id": "r1", "timestamp": STAMP, "action_id": "a1"}
    for refused in ({**error, "tool_call_id": "call-a1"}, no):
        assert NOT_EDITED in new(tmp_path, edit, refused)
        assert NOT_RUN in new(tmp_path, command, refused)


def test_a_terminal(tmp_path: Path) -> None:
    call = action("terminal", command="pytest", is_input=False)
    about: dict[str, Any] = {"exit_code": 1, "working_dir": "/work"}
    (command,) = some(
        new(tmp_path, call, observed(content=block("F"), exit_code=1, metadata=about)), Command
    )
    assert (command.line, command.output, command.exit_status) == ("pytest", "F", 1)
    wrong: dict[str, Any] = {
        "content": block("Cannot execute multiple commands at once."),
        "is_error": True,
    }
    events = new(tmp_path, call, observed(**wrong, exit_code=None, metadata={"exit_code": -1}))
    assert NOT_RUN in events
    assert not some(events, Command)


def test_a_terminal_that_goes_on_and_one_that_is_reset(tmp_path: Path) -> None:
    events = new(
        tmp_path,
        action("terminal", "a1", command="pytest"),
        observed("a1", content=block("a"), exit_code=-1, metadata={"working_dir": "/work/x"}),
        action("terminal", "a2", command="", is_input=True),
        observed("a2", content=block("b"), exit_code=0),
        action("terminal", "a3", command="make", reset=True),
        observed("a3", content=block("c"), exit_code=0),
    )
    first, second = some(events, Command)
    assert (first.step, first.output, first.exit_status) == ("a1", "a\nb", 0)
    assert (second.folder, second.output) == ("", "c")


def test_words(tmp_path: Path) -> None:
    def message(source: str, **more: Any) -> dict[str, Any]:
        said: dict[str, Any] = {"role": "user", "content": block("Fix it")}
        frame = {"kind": "MessageEvent", "id": "m1", "timestamp": STAMP, "source": source}
        return {**frame, "llm_message": said, "extended_content": block("<more>"), **more}

    thought = {**action("think"), "thought": block("Let me see")}
    told = (message("user"), message("agent"), message("user", sender="other agent"), thought)
    events = new(tmp_path, *told)
    assert some(events, Prompt) == [Prompt(step="m1", time=1767603600.125, text="Fix it")]
    assert [said.text for said in some(events, Said)] == ["Fix it", "Let me see"]


def test_files_are_seen(tmp_path: Path) -> None:
    view = action("file_editor", command="view", path=PATH)
    shown = observed(path=PATH, content=block(f"{CAT.format(PATH)}     1\ta\n     2\t\n"))
    assert some(new(tmp_path, view, shown), Seen) == [Seen(path=PATH, content="a\n")]
    part = action("file_editor", command="view", path=PATH, view_range=[1, 2])
    assert not some(new(tmp_path, part, shown), Seen)
    read = action("read_file", file_path=PATH)
    assert some(new(tmp_path, read, observed(file_content="a\n")), Seen)
    assert not some(new(tmp_path, read, observed(file_content="a\n", is_truncated=True)), Seen)


def test_another_agents_calls(tmp_path: Path) -> None:
    def call(status: str, **more: Any) -> dict[str, Any]:
        frame = {"kind": "ACPToolCallEvent", "id": f"e{next(NUMBERS)}", "timestamp": STAMP}
        return {**frame, "tool_call_id": "t1", "title": "x", "status": status, **more}

    diff = {"type": "diff", "path": PATH, "oldText": "x", "newText": "y"}
    whole: dict[str, Any] = {"type": "diff", "path": PATH, "old_text": None, "new_text": "y\n"}
    events = new(
        tmp_path,
        call("in_progress", content=[diff]),
        call("completed", content=[diff, whole]),
    )
    (edit,) = some(events, Edit)
    assert edit == Edit(
        step="t1",
        time=1767603600.125,
        files=(
            FileChange(path=PATH, parts=(Replacement(old="x", new="y"),)),
            FileChange(path=PATH, after="y\n"),
        ),
    )
    assert NOT_EDITED in new(tmp_path, call("failed", content=[diff]))
    told: dict[str, Any] = {
        "tool_kind": "execute",
        "raw_input": {"command": ["bash", "-lc", "pytest"]},
    }
    for answer in (
        {"raw_output": {"formatted_output": "1 failed", "exit_code": 1}},
        {"content": [{"type": "content", "content": {"text": "```\nExit code: 1\n1 failed\n```"}}]},
    ):
        (command,) = some(new(tmp_path, call("completed", **told, **answer)), Command)
        assert (command.line, command.exit_status) == ("pytest", 1)
        assert command.output.endswith("1 failed")


def test_totals_of_each_use(tmp_path: Path) -> None:
    def stats(id_: str, made: int) -> dict[str, Any]:
        metrics = {"model_name": "m", "accumulated_token_usage": {"completion_tokens": made}}
        value = {"usage_to_metrics": {"default": metrics, "condenser": metrics}}
        frame = {"kind": "ConversationStateUpdateEvent", "id": id_, "timestamp": STAMP}
        return {**frame, "key": "stats", "value": value}

    told = some(new(tmp_path, stats("s1", 10), stats("s2", 15), stats("s3", 15)), Usage)
    assert [(use.message, use.made) for use in told] == [
        ("s1 default", 10),
        ("s1 condenser", 10),
        ("s2 default", 5),
        ("s2 condenser", 5),
    ]


def test_a_conversation_in_a_folder(tmp_path: Path) -> None:
    events = tmp_path / "0af3" / "events"
    events.mkdir(parents=True)
    call, answer = action("terminal", command="ls"), observed(content=block("a"), exit_code=0)
    (events / "event-00002-bb.json").write_text(json.dumps(answer))
    (events / "event-00001-cc.json").write_text(json.dumps(call))
    metrics = {"accumulated_token_usage": {"completion_tokens": 7}}
    state = {
        "id": "0af3-full",
        "agent": {"kind": "Agent", "llm": {"model": "m"}},
        "workspace": {"kind": "LocalWorkspace", "working_dir": "/work"},
        "stats": {"usage_to_metrics": {"default": metrics}},
    }
    (events.parent / "base_state.json").write_text(json.dumps(state))
    survey_ = found(tmp_path)
    assert not survey_.skipped
    assert [session.id for session in survey_.sessions] == ["0af3-full"]
    told = all_events(survey_)
    assert told[0] == Begin(agent="openhands", folder="/work", model="m")
    assert [command.output for command in some(told, Command)] == ["a"]
    assert [use.made for use in some(told, Usage)] == [7]


def test_what_a_server_answers(tmp_path: Path) -> None:
    told = [action("terminal", command="ls"), observed(content=block("a"), exit_code=0)]
    for document in (told, {"items": told, "next_page_id": None}):
        log = log_of(tmp_path, json.dumps(document, indent=1), "answer.json")
        assert NEW.recognises(log)
        assert some(NEW.events(log), Command)


def test_the_root_is_told_by_the_state_or_by_the_terminal(tmp_path: Path) -> None:
    state = {"workspace": {"working_dir": "/work/a"}, "agent": {"llm": {"model": "m"}}}
    frame = {"kind": "ConversationStateUpdateEvent", "id": "s", "timestamp": STAMP}
    whole = {**frame, "key": "full_state", "value": state}
    at = [observed(metadata={"working_dir": place}) for place in ("/work/a/b", "/work/a/c")]
    for told in ([whole], at):
        assert some(new(tmp_path, *told), Begin)[0].folder == "/work/a"


# --- both ---


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\0\xff",
        b"[]",
        b"{}",
        b"null",
        b"7",
        b'{"id":1,"source":"agent"}',
        b'[{"action":{},"source":[],"id":1}]',
        b'{"kind":[],"id":{},"timestamp":1}',
        b'{"history":[],"instance_id":1}',
        b'{"kind":"ActionEvent"}\n' * 3,
        b'{"source":"agent","action":"' + b"x" * 100_000,
    ],
)
def test_not_recognised(tmp_path: Path, text: bytes) -> None:
    log = log_of(tmp_path, text)
    assert not OLD.recognises(log)
    assert not NEW.recognises(log)


@pytest.mark.parametrize("format_", FORMATS, ids=lambda one: one.name)
def test_each_knows_its_own(tmp_path: Path, format_: Any) -> None:
    log = log_of(tmp_path, format_.write(BY_NAME["identical"]))
    assert OLD.recognises(log) == (format_.name in {"openhands-v0", "openhands-chat"})
    assert NEW.recognises(log) == (format_.name == "openhands-sdk")


def spoilt_logs(odd: object) -> Iterator[tuple[SessionReader, object]]:
    story = BY_NAME["refused"]
    told: list[Any] = [*json.loads(openhands.log(story))[:7], asked("write"), seen("write")]
    for log in spoilt([event for event in told if event], odd):
        yield OLD, log
    told = [json.loads(line) for line in openhands.sdk(story).splitlines()[:5]]
    call = {"kind": "ACPToolCallEvent", "status": "completed", "tool_kind": "execute"}
    told += [{**call, "raw_input": {"command": ["ls"]}, "content": [{"content": {"text": "a"}}]}]
    for log in spoilt(told, odd):
        yield NEW, log


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_whatever_stands_in_a_field_nothing_is_raised(tmp_path: Path, odd: object) -> None:
    for reader, told in spoilt_logs(odd):
        log = log_of(tmp_path, json.dumps(told), "odd.json")
        if reader.recognises(log):
            reader.identity(log)
            assert list(reader.events(log))


@pytest.mark.parametrize("write", [openhands.log, openhands.sdk])
def test_a_log_that_was_cut_off_raises_nothing(tmp_path: Path, write: Any) -> None:
    text = write(BY_NAME["one-round"]).encode()
    for size in (10, len(text) // 2, len(text) - 3):
        log = LogFile(log_of(tmp_path, text[:size]).path, "log")
        for reader in (OLD, NEW):
            if reader.recognises(log):
                assert list(reader.events(log))


def test_lines_of_no_use_are_not_parsed_and_damaged_ones_are_counted(tmp_path: Path) -> None:
    prompt = {"kind": "SystemPromptEvent", "id": "p", "timestamp": STAMP, "tools": ["x" * 99]}
    told = lines(prompt, action("terminal", command="ls"), observed(content=block("a")))
    events = events_of(NEW, tmp_path, told + '{"kind": "Observ\n')
    assert [command.output for command in some(events, Command)] == ["a"]
    assert some(events, Passed) == [DAMAGED]
