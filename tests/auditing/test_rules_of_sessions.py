"""What counts in a session and what does not, on streams that no format gets in the way of."""

from dataclasses import dataclass
from itertools import count
from pathlib import Path

from loopwatch.auditing.session import audit_session
from loopwatch.model.finding import Finding, Level
from loopwatch.model.options import Options
from loopwatch.model.report import Report
from loopwatch.sources.session_log.api import (
    Begin,
    Command,
    Edit,
    Event,
    FileChange,
    Identity,
    Prompt,
    Replacement,
)
from loopwatch.sources.session_log.log_file import LogFile
from loopwatch.sources.session_log.survey import Log, Session
from tests.sources.session_log.stories import (
    CODE,
    LAX,
    LAX_2,
    NONE,
    STRICT,
    STRICT_2,
    A,
    B,
    code,
    pytest_run,
)

HOUR = 3600.0
FIX = "Fix the bug in parse_duration"
GOAL = "Let parse_duration read plain numbers"


@dataclass(frozen=True)
class Told:
    """A reader of a log that is told to it."""

    stream: tuple[Event, ...]
    name: str = "told"

    def recognises(self, log: LogFile) -> bool:
        return True

    def identity(self, log: LogFile) -> Identity:
        return Identity(session="s")

    def events(self, log: LogFile):  # type: ignore[no-untyped-def]
        return iter(self.stream)


class Work:
    """Writes down what happens, a minute apart."""

    def __init__(self) -> None:
        self.stream: list[Event] = [Begin(agent="some-agent", folder="/home/robin/dur")]
        self.steps = count()
        self.now = 1_767_603_600.0

    def _step(self) -> str:
        self.now += 60
        return f"step-{next(self.steps)}"

    def ask(self, text: str) -> "Work":
        self.stream.append(Prompt(step=self._step(), time=self.now, text=text))
        return self

    def edit(self, before: str, after: str, path: str = CODE) -> "Work":
        change = FileChange(path=path, before=before, after=after)
        self.stream.append(Edit(step=self._step(), time=self.now, files=(change,)))
        return self

    def swap(self, old: str, new: str, path: str = CODE) -> "Work":
        change = FileChange(path=path, parts=(Replacement(old=old, new=new),))
        self.stream.append(Edit(step=self._step(), time=self.now, files=(change,)))
        return self

    def run(self, line: str, output: str = "", status: int = 0) -> "Work":
        told = Command(
            step=self._step(), time=self.now, line=line, output=output, exit_status=status
        )
        self.stream.append(told)
        return self

    def test(self, failed: dict[str, str], passed: int, line: str = "") -> "Work":
        run = pytest_run(failed, passed)
        return self.run(line or run.line, run.output, run.status)

    def wait(self, hours: float) -> "Work":
        self.now += hours * HOUR
        return self

    def report(self) -> Report:
        log = Log(LogFile(Path("none"), "none"), Told(tuple(self.stream)))
        return audit_session(Session("s", (log,)), Options())

    def loud(self) -> list[Finding]:
        return [finding for finding in self.report().findings if finding.level is not Level.NOTE]

    def levels(self) -> list[tuple[str, str]]:
        return [(finding.kind.value, finding.level.value) for finding in self.loud()]


X, Y = code(STRICT), code(LAX)
X2, Y2 = code(STRICT_2), code(LAX_2)
LOOP = [("oscillation", "error")]


def test_what_fails_on_another_branch_says_nothing() -> None:
    work = Work().ask(FIX).test(A, 2).edit(X, Y).test(B, 2).ask("Now the docs").edit(Y, Y2)
    work.run("git stash").test(A, 2).run("git stash pop").ask(FIX).edit(Y2, X2).test(B, 2)
    assert work.levels() == []


def test_neither_does_what_was_printed_before() -> None:
    old = pytest_run(A, 2).output
    work = Work().ask(FIX).test(A, 2).edit(X, Y).test(B, 2).ask("Now the docs").edit(Y, Y2)
    work.run("cat old.log", old).ask(FIX).edit(Y2, X2).test(B, 2)
    assert work.levels() == []


def test_a_test_that_an_installation_mends_is_not_flaky() -> None:
    work = Work().ask(FIX).test(A, 2).run("pip install dateutil").test(dict(NONE), 3)
    work.edit(X, Y).test(B, 2).ask(FIX).edit(Y, X2).test(A, 2).ask(FIX).edit(X2, Y2).test(B, 2)
    assert work.levels() == LOOP


def test_a_script_is_known_by_what_it_listed_before() -> None:
    work = Work().ask(FIX).test(A, 2, "make test").edit(X, Y).test(B, 2, "make test")
    work.ask(FIX).edit(Y, X2).test(A, 2, "make test").ask(FIX).edit(X2, Y2).test(B, 2, "make test")
    assert work.levels() == LOOP


def test_what_a_script_no_longer_runs_whole_is_not_known() -> None:
    line = "make test | tail -3"
    work = Work().ask(FIX).test(A, 2, line).edit(X, Y).test(B, 2, line)
    work.ask(FIX).edit(Y, X2).test(A, 2, line).ask(FIX).edit(X2, Y2).test(B, 2, line)
    assert work.levels() == []


def test_what_is_taken_out_for_a_commit_is_no_loop() -> None:
    work = Work().ask(GOAL).edit(X, Y).ask("Leave that out of the first commit")
    work.edit(Y, X).run("git commit -qam one").edit(X, Y).run("git commit -qam two")
    assert work.levels() == []


def test_going_round_more_than_once_is() -> None:
    work = Work().ask(GOAL).edit(X, Y).ask("And now?").edit(Y, X).ask("Hm").edit(X, Y)
    assert work.levels() == LOOP


def test_what_happened_unseen_convicts_nobody() -> None:
    assert Work().ask(FIX).edit(X, Y).ask(FIX).edit(X, Y).levels() == []


def test_two_tools_that_disagree_are_seen_all_the_same() -> None:
    work = Work().ask(FIX)
    for _ in range(4):
        work.edit(X, Y)
    assert work.levels() == LOOP


def test_imports_come_and_go_with_the_code() -> None:
    with_, without = "import os\nimport re\n\nx = 1\n", "import re\n\nx = 1\n"
    work = Work()
    for _ in range(2):
        work.ask(GOAL).edit(with_, without).ask("And now?").edit(without, with_)
    assert work.levels() == []


def test_a_type_error_that_is_back_is_a_note() -> None:
    bad = 'src/dur.py:11: error: Name "number" is not defined  [name-defined]\n'
    bad += "Found 1 error in 1 file (checked 1 source file)\n"
    good = "Success: no issues found in 1 source file\n"
    work = Work().ask(GOAL).edit(X, Y).run("mypy src", bad, 1).edit(Y, X2).run("mypy src", good)
    work.ask(GOAL).edit(X2, Y).run("mypy src", bad, 1)
    assert work.levels() == []


def test_one_that_went_for_another_and_comes_back_for_a_third_counts() -> None:
    def run(said: str) -> tuple[str, str, int]:
        bad = f"src/dur.py:11: error: {said}\n"
        return "mypy src", f"{bad}Found 1 error in 1 file (checked 1 source file)\n", 1

    good = ("mypy src", "Success: no issues found in 1 source file\n", 0)
    x, y, z = (f"{X}{line}\n" for line in ("x = f()", "g(1).y()", "for z in h: pass"))
    a, b, c = (
        run('Name "f" is not defined  [name-defined]'),
        run("b  [attr-defined]"),
        run("c  [misc]"),
    )
    work = Work().ask(GOAL).edit(X, x).run(*a).edit(x, y).run(*b)
    work.edit(y, X).run(*good).edit(X, z).run(*c).edit(z, x).run(*a)
    assert work.levels() == [("relapse", "warning")]
    alone = Work().ask(GOAL).edit(X, x).run(*a).edit(x, X).run(*good)
    assert alone.edit(X, z).run(*c).edit(z, x).run(*a).levels() == []


def test_it_does_not_matter_how_far_apart_the_edits_are() -> None:
    work = Work().ask(FIX).edit(X, Y).wait(400).ask(FIX).edit(Y, X)
    assert work.levels() == [("oscillation", "warning")]


def test_a_part_of_a_file_is_not_broken_for_that() -> None:
    work = Work().ask(GOAL).swap("x = [\n    1,\n]\n", "x = [\n    1,\n    2,\n")
    work.ask(GOAL).swap("x = [\n    1,\n    2,\n", "x = [\n    1,\n]\n")
    work.ask(GOAL).swap("x = [\n    1,\n]\n", "x = [\n    1,\n    3,\n")
    assert work.report().defects == ()


def test_parts_are_told_as_they_were_changed() -> None:
    work = Work()
    for old, new in ((STRICT, LAX), (LAX, STRICT)) * 2:
        work.ask(FIX).swap(old, new)
        work.ask("More docs").swap("elsewhere = 1\n", f"elsewhere = {old == STRICT}\n")
    (finding,) = work.loud()
    assert (finding.kind, finding.level) == ("oscillation", "error")
    shown = {line for edit in finding.edits for hunk in edit.hunks for line in hunk.before}
    assert shown <= {*STRICT.splitlines(), *LAX.splitlines()}
    assert all(hunk.before for edit in finding.edits for hunk in edit.hunks)
    assert all(edit.hunks for edit in finding.edits)
