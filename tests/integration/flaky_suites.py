"""Steady work on a small shop whose tests are flaky; and the same with one true loop in it.

Each commit edits one function of one module, as work goes on, and the whole suite is run once
on it. Some tests fail by chance, whatever the code is. In the history with a loop two more tests
take turns to fail, because of what each edit does to the same function, worded anew each time.
"""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from loopwatch.entrypoints.cli import main
from tests.builders import Repo

MODULES = "cart prices stock mail dates".split()
FUNCTIONS = "read check total".split()
FLAKY = ("cart.read", "stock.check", "mail.total", "dates.check")  # in a run with luck they pass
TURNS = ("test_empty", "test_single")  # of the loop: each edit mends one and breaks the other
LOOP = (14, 17, 20, 23)  # commits at which they take turns
SUBJECTS = (
    "fix: {function} of {module} takes an empty list",
    "feat: {function} of {module} knows about currencies",
    "refactor: {module}.{function}",
    "perf: {function} in {module} reads less",
    "fix: {module}.{function} rounds as the bank does",
    "chore: words in {module}",
)
LUCK = """import os
import random


def lucky(name):
    dice = random.Random(f"{os.environ['RUN']} {name}")
    return dice.random() >= float(os.environ["RATE"])
"""
TEST = "def test_{function}():\n    assert {function}([1, 2]) is not None\n"
FLAKY_TEST = TEST + '    assert lucky("{module}.{function}")\n'
TURN_TESTS = """from shop.cart import total


def test_empty():
    assert total([]) == 0


def test_single():
    assert total([5]) == 5
"""
STEADY_LINES = "    {word} = [one for one in items if one != {number}]\n    return {word}\n"
SIDES = (  # what the function of the loop does: one test fails, then the other
    "    first = items[0]\n    return first + {number} - {number}\n",
    "    count = len(items)\n    return count * {number}\n",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """One history to be made, and how its tests behave."""

    seed: int
    rate: float  # how often a flaky test fails, 0 to 1
    has_loop: bool = False
    commits: int = 30
    is_run: bool = False  # by pytest, and recorded; else a JUnit report says what pytest would

    def failing(self, number: int) -> list[str]:
        """Return the tests that fail at a commit, as node ids."""
        unlucky = [name for name in FLAKY if self._chance(number, name) < self.rate]
        turn = [f"tests/test_turns.py::{TURNS[side]}" for side in self.side(number)]
        return [node_id(name) for name in unlucky] + turn

    def side(self, number: int) -> list[int]:
        """Return which of the two tests of the loop fails at a commit, if one does."""
        done = [at for at in LOOP if at <= number] if self.has_loop else []
        return [(len(done) - 1) % 2] if done else []

    def run_name(self, number: int) -> str:
        """Return what the dice of one run are thrown by."""
        return f"{self.seed}.{number}"

    def _chance(self, number: int, name: str) -> float:
        return random.Random(f"{self.run_name(number)} {name}").random()  # noqa: S311  no secret


def node_id(name: str) -> str:
    """Return the node id of the test of "module.function"."""
    module, _, function = name.partition(".")
    return f"tests/test_{module}.py::test_{function}"


class Shop:
    """A repository that is worked on."""

    def __init__(self, repo: Repo, suite: Suite) -> None:
        self.repo, self.suite = repo, suite
        self.dice = random.Random(suite.seed)  # noqa: S311  no secret
        self.bodies = {f"{module}.{name}": "" for module in MODULES for name in FUNCTIONS}
        for name in self.bodies:
            self.bodies[name] = "    return items\n"
        self.bodies["cart.total"] = "    return sum(items)\n"

    def begin(self) -> None:
        """Write all files."""
        for path in ("shop/__init__.py", "tests/__init__.py"):
            self.repo.write(path, "")
        self.repo.write(".gitignore", "__pycache__\n")
        self.repo.write("tests/luck.py", LUCK)
        self.repo.write("tests/test_turns.py", TURN_TESTS)
        for module in MODULES:
            self._write(module)
            self.repo.write(f"tests/test_{module}.py", "\n\n".join(_tests(module)))

    def go_on(self, number: int) -> str:
        """Make the commit of that number."""
        word = f"entries_{number}"  # nothing that was written once is written again
        name = self.dice.choice([name for name in self.bodies if name != "cart.total"])
        lines = STEADY_LINES
        if self.suite.has_loop and number in LOOP:
            name, lines = "cart.total", SIDES[self.suite.side(number)[0]]
        self.bodies[name] = lines.format(word=word, number=number + 11)
        module, _, function = name.partition(".")
        self._write(module)
        subject = self.dice.choice(SUBJECTS)
        return self.repo.commit(subject.format(module=module, function=function))

    def test(self, number: int) -> None:
        """Have loopwatch know how the tests ran on the newest commit."""
        if self.suite.is_run:
            self._run(number)
        else:
            report = self.repo.path.parent / "junit.xml"
            report.write_text(_junit(self.suite.failing(number)), encoding="utf-8")
            loopwatch(self.repo.path, "record", "--junit", str(report), "--version", "HEAD")

    def _run(self, number: int) -> None:
        words = [sys.executable, "-m", "loopwatch", "record", "--"]
        words += [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
        luck = {"RUN": self.suite.run_name(number), "RATE": str(self.suite.rate)}
        environment = {**os.environ, **luck, "PYTHONPATH": ".", "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            words, cwd=self.repo.path, env=environment, capture_output=True, check=False
        )
        failing = len(self.suite.failing(number))
        assert done.returncode == bool(failing), done.stdout.decode()
        assert not failing or f"{failing} failed".encode() in done.stdout, done.stdout.decode()

    def _write(self, module: str) -> None:
        parts = [f"def {name}(items):\n{self.bodies[f'{module}.{name}']}" for name in FUNCTIONS]
        self.repo.write(f"shop/{module}.py", "\n\n".join(parts))


def replay(suite: Suite, folder: Path) -> dict[str, Any]:
    """Make a history, tell loopwatch of each run of its tests, and return the report."""
    repo = Repo(folder / "repo")
    shop = Shop(repo, suite)
    shop.begin()
    repo.commit("feat: a shop")
    for number in range(suite.commits):
        shop.go_on(number)
        shop.test(number)
    report: dict[str, Any] = json.loads(loopwatch(repo.path, "scan", "--format", "json", "HEAD"))
    return report


def loopwatch(folder: Path, *arguments: str) -> str:
    """Run loopwatch in a folder; return its output."""
    with chdir(folder):
        done = CliRunner().invoke(main, arguments, standalone_mode=False, catch_exceptions=False)
    return done.stdout


def loud(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the findings that somebody is going to be told of."""
    return [finding for finding in report["findings"] if finding["level"] != "note"]


def subjects(report: dict[str, Any], finding: dict[str, Any]) -> set[str]:
    """Return the tests that a finding is about."""
    return {report["defects"][key]["subject"] for key in finding["defects"]}


LOOPING = {f"tests/test_turns.py::{name}" for name in TURNS}


def is_of_loop(report: dict[str, Any], finding: dict[str, Any]) -> bool:
    """Tell whether a finding is about the loop, and about no flaky test."""
    return finding["kind"] == "oscillation" and subjects(report, finding) == LOOPING


def _tests(module: str) -> Iterator[str]:
    names = ", ".join(FUNCTIONS)
    yield f"from shop.{module} import {names}\nfrom tests.luck import lucky\n"
    for function in FUNCTIONS:
        text = FLAKY_TEST if f"{module}.{function}" in FLAKY else TEST
        yield text.format(module=module, function=function)


def _junit(failing: Sequence[str]) -> str:
    """Return what pytest would write."""
    tests = [node_id(f"{module}.{function}") for module in MODULES for function in FUNCTIONS]
    tests += sorted(LOOPING)
    cases = []
    for test in tests:
        path, _, name = test.partition("::")
        head = path.removesuffix(".py").replace("/", ".")
        body = "<failure message='AssertionError: assert False'>no luck</failure>"
        shown = body if test in failing else ""
        cases.append(f'<testcase classname="{head}" name="{name}">{shown}</testcase>')
    return f'<testsuite name="pytest" tests="{len(tests)}">{"".join(cases)}</testsuite>'
