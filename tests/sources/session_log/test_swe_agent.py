"""The traps of SWE-agent's trajectories, one by one."""

import json
import shlex
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
    Usage,
)
from loopwatch.sources.session_log.log_file import LogFile
from loopwatch.sources.session_log.swe_agent import SweAgent
from loopwatch.sources.session_log.task_text import task_of
from tests.sources.session_log.formats import FORMATS
from tests.sources.session_log.reading import ODD, log_of, some, spoilt, versions
from tests.sources.session_log.stories import BY_NAME
from tests.sources.session_log.writers import swe_agent

READER = SweAgent()
PATH = "/work/dur.py"
NOT_EDITED = Passed(reason="an edit that failed or was refused")
NOT_RUN = Passed(reason="a command that was not run")


def step(action: str, answer: str = "", **more: Any) -> dict[str, Any]:
    state = {"open_file": PATH, "working_dir": "/work"}
    return {"action": action, "observation": answer, "thought": "", "state": state, **more}


def view(*rows: str, path: str = PATH, total: int = 0, above: int = 0) -> str:
    shown = "".join(f"{n}:{row}\n" for n, row in enumerate(rows, start=above + 1))
    more = f"({above} more lines above)\n" if above else ""
    return f"[File: {path} ({total or len(rows)} lines total)]\n{more}{shown}"


def told(folder: Path, *steps: object, **more: Any) -> list[Event]:
    document = {"trajectory": steps, "history": [], "info": {}, **more}
    log = log_of(folder, json.dumps(document, indent=1), "dur-1.traj")
    assert READER.recognises(log)
    return list(READER.events(log))


def changes(folder: Path, *steps: object) -> list[FileChange]:
    return [file for edit in some(told(folder, *steps), Edit) for file in edit.files]


UPDATED = "File updated. Please review the changes and make sure they are correct\n"
REPLACED = "Text replaced. Please review the changes and make sure they are correct:\n"


def test_lines_by_their_numbers_were_shown_before(tmp_path: Path) -> None:
    after = view("a", "x", "y", "d", above=4) + UPDATED
    edit = step("edit 6:7\nx\ny\nend_of_edit\n", after)
    shown = step("open dur.py 6", view("a", "b", "c", "d", above=4))
    (change,) = changes(tmp_path, shown, edit)
    assert change == FileChange(path=PATH, parts=(Replacement(old="b\nc\n", new="x\ny\n", line=6),))
    gone = step("edit 6:6\nend_of_edit", view("a", "d", above=4) + UPDATED)
    assert changes(tmp_path, shown, edit, gone)[1].parts == (
        Replacement(old="x\n", new="", line=6),
    )


def test_lines_that_were_not_shown_are_not_known(tmp_path: Path) -> None:
    edit = step("edit 9:9\nx\nend_of_edit", view("x", above=8) + UPDATED)
    assert changes(tmp_path, edit) == [FileChange(path=PATH)]
    other = step("open other.py", view("a", path="/work/other.py", above=8))
    assert changes(tmp_path, other, edit) == [FileChange(path=PATH)]


def test_lines_past_the_end_of_a_file_are_those_that_there_are(tmp_path: Path) -> None:
    shown = step("create dur.py", view(""))
    change = changes(tmp_path, shown, step("edit 1:9\nx\nend_of_edit", view("x") + UPDATED))[1]
    assert change.parts == (Replacement(old="\n", new="x\n", line=1),)


def test_a_window_ends_where_its_numbers_do(tmp_path: Path) -> None:
    shown = step("open dur.py", view("a", "b") + "9:c\n3:d\n")
    edit = step("edit 3:3\nx\nend_of_edit", view("x") + UPDATED)
    assert changes(tmp_path, shown, edit) == [FileChange(path=PATH)]


def test_an_edit_that_breaks_the_syntax_is_taken_back(tmp_path: Path) -> None:
    refused = (
        "Your proposed edit has introduced new syntax error(s).\n\nERRORS:\n- E999\n\n"
        f"This is how your edit would have looked if applied\n----\n{view('x(')}----\n"
        f"This is the original code before your edit\n----\n{view('a')}----\nFile updated."
    )
    events = told(
        tmp_path,
        step("open dur.py", view("a")),
        step("edit 1:1\nx(\nend_of_edit", refused),
        step("edit 1:1\nx\nend_of_edit", view("x") + UPDATED),
    )
    assert some(events, Passed) == [NOT_EDITED]
    (edit,) = some(events, Edit)
    assert edit.files[0].parts == (Replacement(old="a\n", new="x\n", line=1),)


def test_lines_between_cursors(tmp_path: Path) -> None:
    shown = (
        f"[File: {PATH} (9 lines total)]\n(1 more lines above)\n2:a\n<<<<< START CURSOR >>>>>\n"
        "3:b\n4:c\n<<<<< END CURSOR >>>>>\n5:d\n(4 more lines below)\nSTART_CURSOR moved to 3\n"
    )
    edit = step("edit\nx\nend_of_edit", view("a", "x", above=1) + UPDATED)
    (change,) = changes(tmp_path, step("set_cursors 3 4", shown), edit)
    assert change.parts == (Replacement(old="b\nc\n", new="x\n", line=3),)
    assert changes(tmp_path, edit) == [FileChange(path=PATH)]


def test_a_text_that_is_searched_for(tmp_path: Path) -> None:
    shown = step("open dur.py", view("a", "it's b", "c", above=4))
    action = shlex.join(["edit", "it's b", "x\n  y"])
    edit = step(action, REPLACED + view("a", "x", "  y", "c", above=4))
    (change,) = changes(tmp_path, shown, edit)
    assert change.parts == (Replacement(old="it's b", new="x\n  y", line=6),)
    everywhere = step("edit a b True", "Replaced 3 occurrences. Please\n" + view("b"))
    assert changes(tmp_path, everywhere)[0].parts == (Replacement(old="a", new="b", is_all=True),)
    for answer in (
        "Your edit was not applied (file not modified): Text 'x' not found in displayed lines.",
        "Your search and replace strings are the same. No changes were made.",
        "No file opened. Either `open` or `create` a file first.",
    ):
        assert NOT_EDITED in told(tmp_path, shown, step("edit x y", answer))


def test_the_whole_window_is_written_anew(tmp_path: Path) -> None:
    shown = step("open dur.py", view("a", "b", above=4, total=9))
    (change,) = changes(tmp_path, shown, step("edit 'x'", "Edit successful."))
    assert change == FileChange(path=PATH, parts=(Replacement(old="a\nb\n", new="x\n", line=5),))


def test_what_is_made_and_what_is_put_in(tmp_path: Path) -> None:
    steps = (
        step("create dur.py", view("", path="dur.py")),
        step("insert 'a\nb\n'", view("", "a", "b")),
        step("insert 'x' 1", view("", "x", "a", "b")),
    )
    made, last, inner = changes(tmp_path, *steps)
    assert made == FileChange(path="dur.py", after="\n", is_new=True)
    assert last.parts == (Replacement(old="", new="a\nb", line=1),)
    assert inner.parts == (Replacement(old="", new="x\n", line=1),)
    contents = [files for _, files in versions(*told(tmp_path, *steps))]
    assert contents[1:] == [
        {"dur.py": "\n"},
        {"dur.py": "\na\nb"},
        {"dur.py": "\nx\na\nb"},
    ]
    there = step("create dur.py", "Error: File 'dur.py' already exists.")
    assert NOT_EDITED in told(tmp_path, there)


def test_the_editor_of_anthropic(tmp_path: Path) -> None:
    call = f"str_replace_editor str_replace {PATH} --old_str '\tit'\"'\"'s' --new_str 'x'"
    done = f"The file {PATH} has been edited. Here's the result of running `cat -n` on a snippet"
    (change,) = changes(tmp_path, step(call, done))
    assert change == FileChange(  # it turns tabs to spaces
        path=PATH, parts=(Replacement(old="        it's", new="x"),)
    )
    made = step(
        f"str_replace_editor create {PATH} --file_text '\ta\n'", "File created successfully at: x"
    )
    assert changes(tmp_path, made) == [FileChange(path=PATH, after="\ta\n", is_new=True)]
    put = step(f"str_replace_editor insert {PATH} --insert_line 3 --new_str a", done)
    assert changes(tmp_path, put)[0].parts == (Replacement(old="", new="a\n", line=3),)
    back = f"Last edit to {PATH} undone successfully. Here's the result of running `cat -n` on"
    back = f"{back} {PATH}:\n     1\ta\n     2\t\n\n"
    undo = step(f"str_replace_editor undo_edit {PATH}", back)
    assert changes(tmp_path, undo)[0].after == "a\n"
    for answer in ("No replacement was performed, old_str `x`", f"File already exists at: {PATH}."):
        assert NOT_EDITED in told(tmp_path, step(call, answer))


def test_arguments_that_are_not_quoted_well_stand_in_the_history(tmp_path: Path) -> None:
    action = f"str_replace_editor str_replace {PATH} --old_str it's --new_str x"
    said = {"command": "str_replace", "path": PATH, "old_str": "it's", "new_str": "x"}
    call = {"function": {"name": "str_replace_editor", "arguments": json.dumps(said)}}
    message = {"role": "assistant", "action": action, "tool_calls": [call]}
    for more, count in (({}, 1), ({"is_demo": True}, 0)):
        events = told(tmp_path, step(action, "has been edited."), history=[{**message, **more}])
        assert len(some(events, Edit)) == count


def test_files_are_seen_when_shown_whole(tmp_path: Path) -> None:
    answer = f"Here's the result of running `cat -n` on {PATH}:\n     1\ta\n     2\t\n\n"
    look = f"str_replace_editor view {PATH}"
    assert some(told(tmp_path, step(look, answer)), Seen) == [
        Seen(path=PATH, content="a\n", folder="")
    ]
    assert not some(told(tmp_path, step(f"{look} --view_range 1 2", answer)), Seen)
    # Of a window nobody knows whether the last line has an end.
    assert not some(told(tmp_path, step("open dur.py", view("a", "b"))), Seen)


def test_commands(tmp_path: Path) -> None:
    events = told(
        tmp_path,
        step("cd tests && pytest\n", "F\r\n1 failed\r\n", state={"working_dir": "/work/tests"}),
        step("pytest", "- \x08\\\x08 \x08done\r\n10%\r20%\r"),
        step("pytest", "1 passed\nEXECUTION TIMED OUT BECAUSE 'pytest'"),
        step("pytest", "Your bash command contained syntax errors and was NOT executed."),
        step("vim", "Interactive operation 'vim' is not supported by this environment"),
        step("find_file x", "Found 1 matches"),
        step("submit", "diff"),
        step("", ""),
    )
    first, second, third = some(events, Command)
    assert (first.line, first.output) == ("cd tests && pytest", "F\n1 failed\n")
    assert (first.exit_status, first.time, first.folder) == (None, None, "")
    assert (second.folder, second.output) == ("/work/tests", "-done\n20%")
    assert third.is_cut
    assert events.count(NOT_RUN) == 2


def test_a_state_that_is_a_string_is_told_before_its_action(tmp_path: Path) -> None:
    state = json.dumps({"open_file": "n/a", "working_dir": "/work/tests"}) + "\n"
    events = told(tmp_path, step("pytest", state=state))
    assert some(events, Command)[0].folder == "/work/tests"
    assert some(events, Begin)[0].folder == "/work/tests"


def test_the_user_asks_once_and_examples_count_for_nothing(tmp_path: Path) -> None:
    asked = "Solve this.\nISSUE:\nIt fails.\nBadly.\n\nINSTRUCTIONS:\nOpen a file"
    history = [
        {"role": "user", "content": "ISSUE:\nanother", "is_demo": True},
        {"role": "user", "content": [{"type": "text", "text": asked}]},
        {"role": "user", "content": "an observation"},
    ]
    events = told(tmp_path, step("ls", thought="Let me look\n"), history=history)
    assert [prompt.text for prompt in some(events, Prompt)] == ["It fails.\nBadly."]
    assert some(events, Said) == [Said(text="Let me look")]


def test_what_was_spent(tmp_path: Path) -> None:
    stats = {"instance_cost": 0.5, "tokens_sent": 90, "tokens_received": 9}
    config = json.dumps({"agent": {"model": {"name": "some-model"}}})
    events = told(tmp_path, step("ls"), info={"model_stats": stats}, replay_config=config)
    assert some(events, Usage) == [
        Usage(message="all", model="some-model", fresh=90, made=9, usd=0.5)
    ]


DIFF = "diff --git a/{0} b/{0}\nindex 1..2 100644\n--- a/{0}\n+++ b/{0}\n@@ -3 +3 @@\n-{1}\n+{2}\n"
MADE = (
    "diff --git a/n.py b/n.py\nnew file mode 100644\n--- /dev/null\n+++ b/n.py\n@@ -0,0 +1 @@\n+a\n"
)


def test_what_a_script_changes_is_told_by_the_differences(tmp_path: Path) -> None:
    def after(diff: str, action: str = "python fix.py") -> dict[str, Any]:
        return step(action, state={"working_dir": "/work", "diff": diff})

    found = changes(
        tmp_path,
        after(""),
        after(DIFF.format("a.py", "x", "y")),
        after(DIFF.format("a.py", "x", "z") + MADE),
        after(DIFF.format("a.py", "x", "z") + MADE, "ls"),
        after(DIFF.format("a.py", "q", "z")),
        after(""),
    )
    assert found == [
        FileChange(path="a.py", parts=(Replacement(old="x\n", new="y\n", line=3),)),
        FileChange(path="a.py", parts=(Replacement(old="y\n", new="z\n", line=3),)),
        FileChange(path="n.py", after="a\n", is_new=True),
        FileChange(path="a.py"),
        FileChange(path="n.py", is_gone=True),
        FileChange(path="a.py", parts=(Replacement(old="z\n", new="q\n", line=3),)),
    ]
    # What the tools and the command line tell themselves is not told twice.
    told_already = ("sed -i s/x/y/ a.py", "submit", "str_replace_editor view /work/a.py")
    for action in told_already:
        assert not changes(tmp_path, after(DIFF.format("a.py", "x", "y"), action))


@pytest.mark.parametrize(
    "prompt",
    [
        "<pr_description>\nConsider the following PR description:\nIt fails\n</pr_description>\nDo",
        "<uploaded_files>\n/work\n</uploaded_files>\n<issue>It fails</issue>",
        "It fails\n",
        "It fails",
    ],
)
def test_what_is_asked_stands_in_a_frame(prompt: str) -> None:
    assert task_of(prompt) == "It fails"


def test_frames_that_are_broken_hold_nothing() -> None:
    for prompt in (
        "<issue>a",
        "</issue>a<issue>",
        "<issue> </issue>a",
        "ISSUE:\n\nINSTRUCTIONS:\na",
    ):
        assert task_of(prompt) == prompt


@pytest.mark.parametrize("dialect", swe_agent.Dialect)
def test_one_round_under_the_one_prompt_is_the_agents_own(
    tmp_path: Path, dialect: swe_agent.Dialect
) -> None:
    log = log_of(tmp_path, swe_agent.log(BY_NAME["one-round"], dialect=dialect))
    assert len(some(READER.events(log), Prompt)) == 1
    assert len(some(READER.events(log), Edit)) == 2


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\0\xff",
        b"[]",
        b"{}",
        b"null",
        b"7",
        b'{"trajectory":{},"history":[],"info":{}}',
        b'{"trajectory":[],"history":[],"info":[]}',
        b'{"trajectory":[{"action":"' + b"x" * 100_000,
    ],
)
def test_not_recognised(tmp_path: Path, text: bytes) -> None:
    assert not READER.recognises(log_of(tmp_path, text))


@pytest.mark.parametrize("format_", FORMATS, ids=lambda one: one.name)
def test_it_knows_its_own(tmp_path: Path, format_: Any) -> None:
    log = log_of(tmp_path, format_.write(BY_NAME["identical"]))
    assert READER.recognises(log) == format_.name.startswith("swe-agent")


def test_of_json_lines_only_the_first_is_looked_at(tmp_path: Path) -> None:
    row = json.dumps({"history": [], "environment": 1}) + "\n"
    log = LogFile(log_of(tmp_path, row * 3).path, "log")
    assert not READER.recognises(log)
    assert "document" not in log.__dict__


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_whatever_stands_in_a_field_nothing_is_raised(tmp_path: Path, odd: object) -> None:
    for dialect in swe_agent.Dialect:
        whole = json.loads(swe_agent.log(BY_NAME["refused"], dialect=dialect))
        whole["trajectory"][0]["state"] = {"diff": MADE, "working_dir": "/work"}
        for broken in spoilt(whole, odd):
            log = log_of(tmp_path, json.dumps(broken), "odd.traj")
            if READER.recognises(log):
                assert list(READER.events(log))


@pytest.mark.parametrize(
    "action",
    [
        "edit 99999999999999999999:1\nx\nend_of_edit",
        "edit 7:3\nx\nend_of_edit",
        "edit 0:0\nx\nend_of_edit",
        "edit 1:999999999\nx\nend_of_edit",
        "edit :: x",
        "edit 1:1",
        "edit '",
        "edit '' x",
        "insert",
        "insert '' 5",
        "insert x y",
        "create",
        "str_replace_editor",
        "str_replace_editor insert --insert_line",
        "str_replace_editor insert /a --insert_line x --new_str",
        "str_replace_editor undo_edit /a",
    ],
)
def test_calls_that_make_no_sense(tmp_path: Path, action: str) -> None:
    answers = (UPDATED, REPLACED + view("a"), f"has been edited. {view('a')}", "")
    for answer in answers:
        events = told(tmp_path, step("open x", view("a", "b")), step(action, answer))
        assert all(isinstance(change, FileChange) for e in some(events, Edit) for change in e.files)
