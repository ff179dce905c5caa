"""Sessions as stories: what was asked, edited and run, and what loopwatch must make of it.

Each format has a writer in ``writers/`` that tells a story as the agent's own log would.
Every reader is then tested with every story: see ``test_stories.py``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from uuid import UUID

START = 1_767_603_600  # seconds since 1970: 2026-01-05 09:00 UTC
PACE = 30  # seconds from one step to the next
ROOT = "/home/robin/dur"
CODE, TESTS = "src/dur.py", "tests/test_dur.py"
COMMAND = "python -m pytest tests/test_dur.py"


@dataclass(frozen=True, kw_only=True)
class Ask:
    """The user says something."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Say:
    """The agent says something."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Write:
    """The agent writes a whole file."""

    path: str
    content: str


@dataclass(frozen=True, kw_only=True)
class Replace:
    """The agent replaces a text that stands once in a file."""

    path: str
    old: str
    new: str
    is_refused: bool = False  # the edit fails, and the file stays as it was


@dataclass(frozen=True, kw_only=True)
class Run:
    """The agent runs a command."""

    line: str
    output: str
    status: int


@dataclass(frozen=True, kw_only=True)
class Read:
    """The agent reads a whole file."""

    path: str


Step = Ask | Say | Write | Replace | Run | Read


@dataclass(frozen=True, kw_only=True)
class Told:
    """A finding that a story leads to."""

    kind: str
    level: str
    period: int
    rounds: int
    is_observed: bool = False  # it is about defects that were seen


@dataclass(frozen=True, kw_only=True)
class Story:
    """A session, and what is to be said of it above the level of a note."""

    name: str
    steps: Sequence[Step]
    files: Mapping[str, str] = field(default_factory=dict)  # as they are when it begins
    told: tuple[Told, ...] = ()
    needs_output: bool = False  # of commands: a format that drops it cannot tell this story
    needs_turns: bool = False  # what the user says later counts: some are only asked once


def identity(*words: str) -> str:
    """Return an id in the form of most: of a session, a record."""
    return str(UUID(bytes=blake2b("\0".join(words).encode(), digest_size=16).digest()))


def moments(steps: Sequence[Step]) -> Iterator[tuple[int, int, Step]]:
    """Yield the steps with their numbers and times."""
    for number, step in enumerate(steps):
        yield number, START + PACE * number, step


# --- what a test run prints ---


def pytest_run(failed: Mapping[str, str], passed: int, line: str = COMMAND) -> Run:
    """Return a whole run of the tests in one file; ``failed`` has a message for each test."""
    bar, total = "=" * 30, len(failed) + passed
    lines = [f"{bar} test session starts {bar}", f"collected {total} items", ""]
    lines += [f"{TESTS} {'F' * len(failed)}{'.' * passed}    [100%]", ""]
    if failed:
        lines.append(f"{bar} FAILURES {bar}")
    for test, message in failed.items():
        lines += [f"{'_' * 20} {test} {'_' * 20}", "", f"    def {test}():", ">       check()"]
        lines += [f"E       {message}", "", f"{TESTS}:9: {message.partition(':')[0]}"]
    if failed:
        lines.append(f"{bar} short test summary info {bar}")
    lines += [f"FAILED {TESTS}::{test} - {message}" for test, message in failed.items()]
    counts = [f"{len(failed)} failed"] if failed else []
    counts += [f"{passed} passed"] if passed else []
    lines.append(f"{bar} {', '.join(counts)} in 0.02s {bar}")
    return Run(line=line, output="\n".join(lines) + "\n", status=1 if failed else 0)


def python_run(line: str, printed: str = "", *frames: str, died_of: str = "") -> Run:
    """Return a run of a script, which prints something and may die of an exception.

    ``frames`` are files and functions: ``src/dur.py:parse_duration``.
    """
    if not died_of:
        return Run(line=line, output=printed, status=0)
    return Run(line=line, output=f"{printed}{traceback(*frames, died_of=died_of)}", status=1)


def traceback(*frames: str, died_of: str) -> str:
    """Return what Python prints of an exception."""
    lines = ["Traceback (most recent call last):"]
    for place in frames:
        path, _, function = place.partition(":")
        lines += [f'  File "{ROOT}/{path}", line 9, in {function}', "    work()"]
    return "\n".join([*lines, died_of]) + "\n"


PLAIN, REJECT = "python tools/seconds.py 90", "python tools/reject.py '10 days'"
TOOL = "tools/seconds.py:<module>"
PLAIN_WELL = python_run(PLAIN, "90\n")
PLAIN_DIES = python_run(
    PLAIN, "", TOOL, "src/dur.py:parse_duration", died_of="ValueError: not a duration: '90'"
)
REJECT_WELL = python_run(REJECT, "rejected\n")
REJECT_DIES = python_run(
    REJECT, "", "tools/reject.py:<module>", died_of="AssertionError: 10 days was taken"
)


A = {"test_plain_number": "ValueError: not a duration: '90'"}
B = {"test_unknown_unit": "Failed: DID NOT RAISE ValueError"}
C = {"test_spaces": "AssertionError: assert 0 == 5400"}
NONE: Mapping[str, str] = {}

# --- the code ---

HEAD = '''\
"""Durations as people write them."""

import re

SECONDS = {"s": 1, "m": 60, "h": 3600}


def parse_duration(text: str) -> int:
    """Return the seconds that ``text`` stands for."""
'''
TAIL = '''

def format_duration(seconds: int) -> str:
    """Return ``seconds`` as people write them."""
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = [(hours, "h"), (minutes, "m"), (seconds, "s")]
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0s"
'''
TEST_FILE = """\
import pytest

from dur import parse_duration


def test_plain_number():
    assert parse_duration("90") == 90


def test_unknown_unit():
    with pytest.raises(ValueError):
        parse_duration("10 days")


def test_spaces():
    assert parse_duration("1h 30m") == 5400
"""
STRICT = """\
    total = 0
    for number, unit in re.findall(r"(\\d+)([smh])", text):
        total += int(number) * SECONDS[unit]
    if not total:
        raise ValueError(f"not a duration: {text!r}")
    return total
"""
LAX = """\
    total = 0
    for number, unit in re.findall(r"(\\d+)([smh]?)", text):
        total += int(number) * SECONDS[unit or "s"]
    if not total:
        raise ValueError(f"not a duration: {text!r}")
    return total
"""
# The same two bugs in turn, in words that never come again.
STRICT_2 = """\
    found = re.fullmatch(r"(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+)s)?", text)
    if found is None or not text:
        raise ValueError(f"not a duration: {text!r}")
    return sum(int(part or 0) * size for part, size in zip(found.groups(), (3600, 60, 1)))
"""
LAX_2 = """\
    seconds, digits = 0, ""
    for sign in text:
        if sign.isdigit():
            digits += sign
        elif digits:
            seconds, digits = seconds + int(digits) * SECONDS.get(sign, 1), ""
    return seconds + int(digits or 0)
"""
TIGHT = """\
    if text.isdigit():
        return int(text)
    pieces = re.split(r"(?<=[smh])", text)
    return sum(int(piece[:-1]) * SECONDS[piece[-1]] for piece in pieces if piece)
"""


def code(body: str) -> str:
    """Return the module with one of the bodies."""
    return f"{HEAD}{body}{TAIL}"


def swap(old: str, new: str) -> Replace:
    """Return the edit from one body to another."""
    return Replace(path=CODE, old=old, new=new)


BEFORE = {CODE: code(STRICT), TESTS: TEST_FILE}
FIX_A = Ask(text="parse_duration('90') fails with a ValueError, please fix it")
FIX_B = Ask(text="Now '10 days' is read as 10 seconds. That is wrong, fix it")
SORRY = Say(text="You're right, I apologize. Let me fix that.")

OBSERVED = Told(kind="oscillation", level="error", period=2, rounds=2, is_observed=True)
STORIES = (
    Story(
        name="identical",
        files=BEFORE,
        steps=[
            FIX_A,
            Read(path=CODE),
            pytest_run(A, 2),
            swap(STRICT, LAX),
            pytest_run(B, 2),
            FIX_B,
            SORRY,
            swap(LAX, STRICT),
            pytest_run(A, 2),
            FIX_A,
            swap(STRICT, LAX),
            pytest_run(B, 2),
        ],
        told=(OBSERVED,),
        needs_output=True,
    ),
    Story(
        name="reworded",
        files=BEFORE,
        steps=[
            FIX_A,
            Read(path=CODE),
            pytest_run(A, 2),
            swap(STRICT, LAX),
            pytest_run(B, 2),
            FIX_B,
            SORRY,
            swap(LAX, STRICT_2),
            pytest_run(A, 2),
            FIX_A,
            swap(STRICT_2, LAX_2),
            pytest_run(B, 2),
        ],
        told=(OBSERVED,),
        needs_output=True,
    ),
    Story(
        name="period-3",
        files=BEFORE,
        steps=[
            FIX_A,
            Read(path=CODE),
            pytest_run(A, 2),
            swap(STRICT, LAX),
            pytest_run(B, 2),
            FIX_B,
            swap(LAX, TIGHT),
            pytest_run(C, 2),
            Ask(text="'1h 30m' fails now, fix it"),
            swap(TIGHT, STRICT_2),
            pytest_run(A, 2),
        ],
        told=(Told(kind="oscillation", level="error", period=3, rounds=1, is_observed=True),),
        needs_output=True,
    ),
    Story(
        name="untested",
        files=BEFORE,
        steps=[
            FIX_A,
            Read(path=CODE),
            swap(STRICT, LAX),
            FIX_B,
            SORRY,
            swap(LAX, STRICT),
            FIX_A,
            swap(STRICT, LAX),
            FIX_B,
            swap(LAX, STRICT),
        ],
        told=(Told(kind="oscillation", level="error", period=2, rounds=2),),
    ),
    Story(
        name="one-round",
        files=BEFORE,
        steps=[
            FIX_A,
            Read(path=CODE),
            swap(STRICT, LAX),
            FIX_B,
            SORRY,
            swap(LAX, STRICT),
        ],
        told=(Told(kind="oscillation", level="warning", period=2, rounds=1),),
        needs_turns=True,
    ),
    Story(
        name="parted-into-commits",  # taken out for one commit, and put in for the next
        files=BEFORE,
        steps=[
            FIX_A,
            Read(path=CODE),
            swap(STRICT, LAX),
            Ask(text="Commit the two changes one by one, please"),
            swap(LAX, STRICT),
            Run(line="git commit -qam one", output="", status=0),
            swap(STRICT, LAX),
            Run(line="git commit -qam two", output="", status=0),
        ],
        needs_turns=True,
    ),
    Story(
        name="round-and-round",  # all under one prompt, and more than once
        files=BEFORE,
        steps=[
            FIX_A,
            Read(path=CODE),
            swap(STRICT, LAX),
            swap(LAX, STRICT),
            swap(STRICT, LAX),
        ],
        told=(Told(kind="oscillation", level="error", period=2, rounds=2),),
    ),
    Story(
        name="steady-progress",
        files=BEFORE,
        steps=[
            FIX_A,
            Read(path=CODE),
            pytest_run({**A, **C}, 1),
            swap(STRICT, LAX),
            pytest_run({**B, **C}, 1),
            FIX_B,
            swap(LAX, TIGHT),
            pytest_run(C, 2),
            swap(TIGHT, LAX_2),
            pytest_run(NONE, 3),
        ],
    ),
    Story(
        name="one-undo",
        files=BEFORE,
        steps=[
            Ask(text="Fix parse_duration: plain numbers fail"),
            Read(path=CODE),
            swap(STRICT, LAX),
            Say(text="That would take any unit for seconds. Let me undo it and try another way."),
            swap(LAX, STRICT),
            swap(STRICT, TIGHT),
            pytest_run(NONE, 3),
        ],
    ),
    Story(
        name="admitted-later",
        files=BEFORE,
        steps=[
            FIX_A,
            Read(path=CODE),
            swap(STRICT, LAX),
            Ask(text="Revert that, I want to look at it again tomorrow"),
            swap(LAX, STRICT),
        ],
    ),
    Story(
        name="flaky",
        files=BEFORE,
        steps=[
            FIX_A,
            Read(path=CODE),
            pytest_run(A, 2),
            pytest_run(NONE, 3),
            swap(STRICT, LAX),
            pytest_run(B, 2),
            FIX_B,
            swap(LAX, STRICT_2),
            pytest_run(A, 2),
            FIX_A,
            swap(STRICT_2, LAX_2),
            pytest_run(NONE, 3),
        ],
    ),
    Story(
        name="only-a-part-was-run",
        files=BEFORE,
        steps=[
            FIX_A,
            Read(path=CODE),
            pytest_run(A, 0, f"{COMMAND} -k plain"),
            swap(STRICT, LAX),
            pytest_run(B, 0, f"{COMMAND} -k unknown"),
            FIX_B,
            swap(LAX, STRICT_2),
            pytest_run(A, 0, f"{COMMAND} -k plain"),
        ],
    ),
    Story(
        name="output-cut-off",
        files=BEFORE,
        steps=[
            FIX_A,
            Read(path=CODE),
            pytest_run(A, 2, f"{COMMAND} | tail -5"),
            swap(STRICT, LAX),
            pytest_run(B, 2, f"{COMMAND} | tail -5"),
            FIX_B,
            swap(LAX, STRICT_2),
            pytest_run(A, 2, f"{COMMAND} | tail -5"),
        ],
    ),
    Story(
        name="refused",
        files=BEFORE,
        steps=[
            FIX_A,
            Read(path=CODE),
            swap(STRICT, LAX),
            FIX_B,
            Replace(path=CODE, old=LAX, new=STRICT, is_refused=True),
            FIX_A,
            swap(LAX, TIGHT),
        ],
    ),
    Story(
        name="looked-at-elsewhere",  # git stash: what fails there, failed before
        files=BEFORE,
        steps=[
            FIX_A,
            Read(path=CODE),
            pytest_run(A, 2),
            swap(STRICT, LAX),
            pytest_run(B, 2),
            Run(line="git stash", output="Saved working directory\n", status=0),
            pytest_run(A, 2),
            Run(line="git stash pop", output="Dropped refs/stash@{0}\n", status=0),
            pytest_run(B, 2),
            FIX_B,
            swap(LAX, LAX_2),
            pytest_run(NONE, 3),
        ],
    ),
    Story(
        name="exceptions",  # two scripts take turns to die, and the code is new each time
        files=BEFORE,
        steps=[
            FIX_A,
            Read(path=CODE),
            PLAIN_DIES,
            REJECT_WELL,
            swap(STRICT, LAX),
            PLAIN_WELL,
            REJECT_DIES,
            FIX_B,
            SORRY,
            swap(LAX, STRICT_2),
            PLAIN_DIES,
            REJECT_WELL,
            FIX_A,
            swap(STRICT_2, LAX_2),
            PLAIN_WELL,
            REJECT_DIES,
        ],
        told=(OBSERVED,),
        needs_output=True,
    ),
    Story(
        name="exception-is-back",
        files=BEFORE,
        steps=[
            FIX_A,
            Read(path=CODE),
            PLAIN_DIES,
            swap(STRICT, LAX),
            PLAIN_WELL,
            FIX_B,
            swap(LAX, STRICT_2),
            PLAIN_DIES,
        ],
        told=(Told(kind="relapse", level="warning", period=2, rounds=1, is_observed=True),),
        needs_output=True,
    ),
    Story(
        name="one-exception-hides-another",  # the first is not gone while the second is there
        files=BEFORE,
        steps=[
            FIX_A,
            Read(path=CODE),
            PLAIN_DIES,
            swap(STRICT, LAX),
            python_run(PLAIN, "", TOOL, "src/dur.py:<module>", died_of="NameError: name 're'"),
            swap(LAX, STRICT_2),
            PLAIN_DIES,
            swap(STRICT_2, LAX_2),
            PLAIN_WELL,
        ],
    ),
    Story(
        name="exceptions-that-say-nothing",  # in a log, in part, of another line, handled
        files=BEFORE,
        steps=[
            FIX_A,
            Read(path=CODE),
            PLAIN_DIES,
            Run(line="cat run.log", output=PLAIN_DIES.output, status=0),
            swap(STRICT, LAX),
            Run(line=f"{PLAIN} 2>&1 | head -1", output="starting\n", status=0),
            Run(line=f"{PLAIN} 2> run.log", output="starting\n", status=0),
            python_run("python tools/seconds.py 1h", "3600\n"),
            FIX_B,
            swap(LAX, STRICT_2),
            PLAIN_DIES,
            Run(line="tail -20 run.log", output=REJECT_DIES.output, status=0),
            Run(line=REJECT, output=REJECT_DIES.output + "went on\n" * 9, status=0),
            FIX_A,
            swap(STRICT_2, LAX_2),
            PLAIN_WELL,
        ],
    ),
    Story(
        name="exceptions-from-outside",  # nothing of the code came or went
        files=BEFORE,
        steps=[
            FIX_A,
            Read(path=CODE),
            python_run(PLAIN, "", TOOL, died_of="ModuleNotFoundError: No module named 'dur'"),
            PLAIN_DIES,
            Run(line="pip install -e .", output="Installed dur\n", status=0),
            PLAIN_WELL,
            swap(STRICT, LAX),
            PLAIN_DIES,
            PLAIN_WELL,
            FIX_B,
            swap(LAX, STRICT_2),
            PLAIN_DIES,
            FIX_A,
            swap(STRICT_2, LAX_2),
            PLAIN_WELL,
            FIX_B,
            swap(LAX_2, TIGHT),
            PLAIN_DIES,
        ],
    ),
)
BY_NAME = {story.name: story for story in STORIES}
