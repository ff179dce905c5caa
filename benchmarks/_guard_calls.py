"""What guards see of a session: calls as they happen, with what they change and show."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tests.sources.session_log.stories import (
    COMMAND,
    TESTS,
    Ask,
    Read,
    Replace,
    Run,
    Say,
    Step,
    Story,
    Write,
)


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a call changed."""

    path: str
    old: str  # what it replaced
    new: str
    after: str  # the whole file


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a tool, and its answer."""

    number: int  # from 1
    turn: int  # prompts of the user so far
    tool: str
    arguments: str  # JSON
    output: str
    is_error: bool = False  # the tool itself failed; a test that fails is no error of the tool
    status: int | None = None  # of a command
    failures: tuple[str, ...] = ()  # of a test run
    passed: int = 0
    change: Change | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What most guards compare: tool and arguments."""
        return self.tool, self.arguments


def calls_of(story: Story) -> list[Call]:
    """Return what guards see of a story."""
    files = dict(story.files)
    calls: list[Call] = []
    turn = 0
    for step in story.steps:
        if isinstance(step, Ask | Say):
            turn += isinstance(step, Ask)
            continue
        call = _call(step, files)
        calls.append(replace(call, number=len(calls) + 1, turn=turn))
    return calls


def _call(step: Step, files: dict[str, str]) -> Call:
    match step:
        case Run():
            lines = step.output.splitlines()
            failures = [line for line in lines if line.startswith("FAILED ")]
            return replace(
                _asked_for("Bash", command=step.line),
                output=step.output,
                status=step.status,
                failures=tuple(line.removeprefix(f"FAILED {TESTS}::") for line in failures),
                passed=_passed(lines) if step.line.startswith(COMMAND) else 0,
            )
        case Read():
            return replace(_asked_for("Read", path=step.path), output=files[step.path])
        case Replace():
            asked = _asked_for("Edit", path=step.path, old=step.old, new=step.new)
            if step.is_refused:
                return replace(asked, output="String to replace not found", is_error=True)
            files[step.path] = files[step.path].replace(step.old, step.new)
            change = Change(path=step.path, old=step.old, new=step.new, after=files[step.path])
            return replace(asked, output="updated", change=change)
        case Write():
            old, files[step.path] = files.get(step.path, ""), step.content
            change = Change(path=step.path, old=old, new=step.content, after=step.content)
            asked = _asked_for("Write", path=step.path, content=step.content)
            return replace(asked, output="written", change=change)
        case _:
            raise TypeError(step)


def _asked_for(tool: str, **arguments: str) -> Call:
    return Call(number=0, turn=0, tool=tool, arguments=json.dumps(arguments), output="")


def _passed(lines: Sequence[str]) -> int:
    words = lines[-1].replace("=", " ").replace(",", " ").split()
    return int(words[words.index("passed") - 1]) if "passed" in words else 0
