"""The traps of mini-swe-agent's trajectories, one by one."""

import json
from pathlib import Path
from typing import Any

import pytest

from loopwatch.sources.session_log.api import (
    Begin,
    Command,
    Event,
    Passed,
    Prompt,
    Said,
    Seen,
    Usage,
)
from loopwatch.sources.session_log.mini_swe_agent import MiniSweAgent
from tests.sources.session_log.formats import FORMATS
from tests.sources.session_log.reading import ODD, log_of, some, spoilt
from tests.sources.session_log.stories import BY_NAME
from tests.sources.session_log.writers import mini_swe_agent

READER = MiniSweAgent()
NOT_RUN = Passed(reason="a command that was not run")
NO_RESULT = Passed(reason="a call without a result")
SYSTEM = {"role": "system", "content": "You are an agent."}
ASKED = {
    "role": "user",
    "content": "Please solve this issue: It fails\n\nYou can execute bash commands",
}
FIRST = [SYSTEM, ASKED]


def fenced(line: str, language: str = "bash") -> dict[str, Any]:
    return {"role": "assistant", "content": f"THOUGHT: so\n\n```{language}\n{line}\n```"}


def user(content: str, **more: Any) -> dict[str, Any]:
    return {"role": "user", "content": content, **more}


def acted(*lines: str, **extra: Any) -> dict[str, Any]:
    actions = [{"command": line, "tool_call_id": f"call {line}"} for line in lines]
    return {"role": "assistant", "content": "So", "extra": {"actions": actions, **extra}}


def answered(output: str, status: int = 0, line: str = "", **extra: Any) -> dict[str, Any]:
    told = {"raw_output": output, "returncode": status, **extra}
    return {"role": "tool", "tool_call_id": f"call {line}", "content": "x", "extra": told}


def read(folder: Path, *messages: object, **info: Any) -> list[Event]:
    document = {
        "info": info,
        "messages": [*FIRST, *messages],
        "trajectory_format": "mini-swe-agent-1.1",
    }
    log = log_of(folder, json.dumps(document, indent=1), "dur-1.traj.json")
    assert READER.recognises(log)
    return list(READER.events(log))


def ran(folder: Path, *messages: object) -> Command:
    (command,) = some(read(folder, *messages), Command)
    return command


@pytest.mark.parametrize("language", ["bash", "mswea_bash_command"])
def test_a_command_in_a_fence(tmp_path: Path, language: str) -> None:
    shown = user("<returncode>1</returncode>\n<output>\n1 failed\n</output>")
    events = read(tmp_path, fenced("pytest", language), shown)
    (command,) = some(events, Command)
    assert (command.line, command.output, command.exit_status) == ("pytest", "1 failed\n", 1)
    assert (command.time, command.is_cut) == (None, False)
    assert some(events, Said) == [Said(text="THOUGHT: so")]
    tagged = {"role": "assistant", "content": "so <mswea_bash_command>ls</mswea_bash_command>"}
    assert ran(tmp_path, tagged, shown).line == "ls"


@pytest.mark.parametrize(
    ("shown", "output", "status"),
    [
        ("<returncode>0</returncode>\n<output>\na\n</output>", "a\n", 0),
        ("<returncode>0</returncode>\n<output>\na</output>", "a", 0),
        (
            "<returncode>0</returncode>\n<output>\n<output>\n</output>\n</output>",
            "<output>\n</output>\n",
            0,
        ),
        ('{"returncode": 2, "output": "a\\n"}', "a\n", 2),
        ("a\n[exit code 3]", "a\n", 3),
        ("Observation: {'output': 'a\\n', 'returncode': 4}", "a\n", 4),
    ],
)
def test_the_templates_of_an_output(tmp_path: Path, shown: str, output: str, status: int) -> None:
    command = ran(tmp_path, fenced("x"), user(shown))
    assert (command.output, command.exit_status, command.is_cut) == (output, status, False)


@pytest.mark.parametrize(
    "shown",
    [
        "<returncode>1</returncode>\n<warning>\nlong\n</warning><output_head>\na\n</output_head>\n"
        "<elided_chars>\n9 characters elided\n</elided_chars>\n<output_tail>\nb\n</output_tail>",
        '{"returncode": 1, "output_head": "a", "elided_chars": 9, "output_tail": "b"}',
        "a\n... [9 characters elided] ...\nb[exit code 1]",
    ],
)
def test_an_output_without_its_middle_is_cut_off(tmp_path: Path, shown: str) -> None:
    command = ran(tmp_path, fenced("pytest"), user(shown))
    assert command.is_cut
    assert command.exit_status == 1
    assert command.output.startswith("a\n")
    assert command.output.endswith("b\n")


@pytest.mark.parametrize(
    "answer",
    [
        user("The last command <command>x</command> timed out and has been killed.\n"
             "The output of the command was:\n<output>\na\n</output>\nPlease try another"),
        user("<exception>timed out</exception>\n<returncode>-1</returncode>\n<output>\na</output>"),
        user('{"returncode": -1, "output": "a", "exception_info": "timed out"}'),
        user("Exception: timed out\na[exit code -1]"),
        answered("a", -1, "x", exception_info="An error occurred: timed out"),
    ],
)  # fmt: skip
def test_what_was_stopped_is_cut_off(tmp_path: Path, answer: dict[str, Any]) -> None:
    command = ran(tmp_path, acted("x"), answer)
    assert (command.exit_status, command.is_cut) == (None, True)
    assert command.output.startswith("a")


def test_the_whole_output_is_taken_where_it_is_told(tmp_path: Path) -> None:
    said = "[... Observation truncated ...] prints a test\n"
    command = ran(tmp_path, acted("pytest"), answered(said, 1, "pytest", timestamp=9.5))
    assert (command.output, command.exit_status, command.time) == (said, 1, 9.5)
    assert not command.is_cut


def test_several_commands_are_answered_by_their_ids(tmp_path: Path) -> None:
    events = read(tmp_path, acted("a", "b"), answered("B", 0, "b"), answered("A", 0, "a"))
    told = [(command.step, command.line, command.output) for command in some(events, Command)]
    assert told == [("step 2/1", "b", "B"), ("step 2/0", "a", "A")]


def test_calls_of_tools_without_actions(tmp_path: Path) -> None:
    function = {"name": "bash", "arguments": '{"command": "ls"}'}
    call = {"role": "assistant", "content": None, "tool_calls": [{"id": "c", "function": function}]}
    assert ran(tmp_path, call, answered("a")).line == "ls"
    response = {"object": "response", "output": [], "extra": {"actions": [{"command": "ls"}]}}
    result = {"type": "function_call_output", "call_id": "c", "output": "a[exit code 0]"}
    assert ran(tmp_path, response, result).output == "a"


def test_what_was_not_run(tmp_path: Path) -> None:
    rejected = (
        "Commands not executed. The user rejected your commands with the following message: Use tox"
    )
    unrun = answered("", -1, "rm", exception_info="action was not executed")
    events = read(tmp_path, acted("rm"), unrun, user(rejected))
    assert not some(events, Command)
    assert NOT_RUN in events
    assert some(events, Prompt)[1].text == "Use tox"
    older = "Command not executed. The user rejected your command with the following message:\nNo"
    assert NOT_RUN in read(tmp_path, fenced("rm"), user(older))
    assert NO_RESULT in read(tmp_path, fenced("rm"), fenced("ls"))


def test_the_command_that_hands_in_has_no_answer(tmp_path: Path) -> None:
    last = fenced("echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT && git diff")
    for message in (user("diff --git a/x b/x"), {"role": "exit", "content": "diff"}):
        events = read(tmp_path, last, message)
        assert not some(events, Command)
        assert not some(events, Passed)


def test_what_the_user_says(tmp_path: Path) -> None:
    events = read(
        tmp_path,
        {"role": "assistant", "content": "no command at all"},
        user("Please always provide EXACTLY ONE action in triple backticks, found 0 actions."),
        user("Interrupted by user: Temporary interruption caught."),
        user("Interrupted by user: Look at dur.py"),
        user("The user added a new task: Now fix the tests"),
        user("User command: \n```bash\nls\n```", extra={"actions": [{"command": "ls"}]}),
        answered("a"),
    )
    told = [prompt.text for prompt in some(events, Prompt)]
    assert told == ["It fails", "Look at dur.py", "Now fix the tests"]
    assert [command.line for command in some(events, Command)] == ["ls"]
    assert [said.text for said in some(events, Said)] == ["no command at all"]


def test_files_are_seen_when_shown_whole(tmp_path: Path) -> None:
    def seen(line: str, status: int = 0) -> list[Seen]:
        return some(read(tmp_path, acted(line), answered("a\n", status, line)), Seen)

    assert seen("cat dur.py") == [Seen(path="dur.py", content="a\n")]
    assert seen("cd /work && cat dur.py\n") == [Seen(path="dur.py", content="a\n", folder="/work")]
    for line in (
        "cat -n a.py",
        "cat a.py b.py",
        "cat a.py | head",
        "cat *.py",
        "cat $X",
        "cat <<E",
    ):
        assert not seen(line)
    assert not seen("cat dur.py", 1)


def test_the_folder_is_configured_or_the_commands_go_there(tmp_path: Path) -> None:
    def root(*messages: object, **info: Any) -> str:
        return some(read(tmp_path, *messages, **info), Begin)[0].folder

    config = {"environment": {"cwd": "/testbed"}, "model": {"model_name": "m"}}
    assert root(acted("ls"), config=config) == "/testbed"
    assert root(acted("ls"), acted("cd /work/dur && ls")) == "/work/dur"
    for folder in ("", "dur"):
        assert root(acted("ls"), config={"environment": {"cwd": folder}}) == ""
    assert root(acted("ls"), config={"environment": {"cwd": "C:\\dur"}}) == "C:\\dur"


def test_what_was_spent(tmp_path: Path) -> None:
    details = {"cached_tokens": 30}
    usage = {"prompt_tokens": 100, "completion_tokens": 9, "prompt_tokens_details": details}
    response = {"id": "gen-1", "model": "m", "usage": usage}
    events = read(tmp_path, acted("ls", response=response, cost=0.5))
    assert some(events, Usage) == [
        Usage(message="gen-1", model="m", fresh=70, cached=30, made=9, usd=0.5)
    ]
    told = read(tmp_path, acted("ls", cost=0.5), model_stats={"instance_cost": 0.5})
    assert [usage.usd for usage in some(told, Usage)] == [0.5]  # no total besides
    (all_of_it,) = some(read(tmp_path, acted("ls"), model_stats={"instance_cost": 2.0}), Usage)
    assert (all_of_it.usd, all_of_it.message) == (2.0, "all")


def test_an_answer_has_one_fence(tmp_path: Path) -> None:
    shown = user("<returncode>0</returncode>\n<output>\n</output>")
    assert ran(tmp_path, fenced("  ls  "), shown).line == "ls"
    two = {"role": "assistant", "content": "```bash\nls\n```\nor\n```bash\npwd\n```"}
    assert not some(read(tmp_path, two, shown), Command)


def test_what_a_command_printed_is_no_prompt(tmp_path: Path) -> None:
    told = [SYSTEM, fenced("ls"), user("<returncode>0</returncode>\n<output>\na</output>")]
    document = {"trajectory_format": "mini-swe-agent-1", "messages": told}
    events = list(READER.events(log_of(tmp_path, json.dumps(document))))
    assert not some(events, Prompt)
    assert some(events, Command)


def test_a_command_may_end_by_a_signal(tmp_path: Path) -> None:
    command = ran(tmp_path, acted("x"), answered("a", -1, "x"))
    assert (command.exit_status, command.is_cut) == (-1, False)


def test_an_answer_of_many_fences_is_no_command(tmp_path: Path) -> None:
    many = {"role": "assistant", "content": "```bash\n" * 300_000}
    assert not some(read(tmp_path, many, user("<returncode>0</returncode>")), Command)


def test_the_format_is_named_at_the_end_or_not_at_all(tmp_path: Path) -> None:
    messages = [*FIRST, *[fenced("ls " + "x" * 3_000), user("<returncode>0</returncode>")] * 40]
    document = {"messages": messages, "info": {}, "trajectory_format": "mini-swe-agent-1"}
    assert READER.recognises(log_of(tmp_path, json.dumps(document, indent=1)))
    assert READER.recognises(log_of(tmp_path, json.dumps(messages, indent=1)))
    assert READER.recognises(log_of(tmp_path, json.dumps(messages)))
    assert not READER.recognises(log_of(tmp_path, json.dumps(messages[1:])))
    assert not READER.recognises(log_of(tmp_path, json.dumps([SYSTEM, ASKED, fenced("ls")])))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\0\xff",
        b"[]",
        b"{}",
        b"null",
        b"7",
        b'{"trajectory_format":1,"messages":[]}',
        b'{"trajectory_format":"mini-swe-agent-1","messages":{}}',
        b'[{"role":"system"},{"role":[]},[],7]',
        b'[{"role":"system","content":"' + b"x" * 100_000,
    ],
)
def test_not_recognised(tmp_path: Path, text: bytes) -> None:
    assert not READER.recognises(log_of(tmp_path, text))


@pytest.mark.parametrize("format_", FORMATS, ids=lambda one: one.name)
def test_it_knows_its_own(tmp_path: Path, format_: Any) -> None:
    log = log_of(tmp_path, format_.write(BY_NAME["identical"]))
    assert READER.recognises(log) == format_.name.startswith("mini-swe-agent")


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize("age", mini_swe_agent.Age)
def test_whatever_stands_in_a_field_nothing_is_raised(
    tmp_path: Path, odd: object, age: mini_swe_agent.Age
) -> None:
    for broken in spoilt(json.loads(mini_swe_agent.log(BY_NAME["refused"], age=age)), odd):
        log = log_of(tmp_path, json.dumps(broken), "odd.traj.json")
        if READER.recognises(log):
            assert list(READER.events(log))
