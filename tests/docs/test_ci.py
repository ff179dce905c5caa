"""The page on CI is true: its shell is run, its tables are those of ``action.yml``."""

import importlib
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

import dev
from tests.builders import Repo

yaml: Any = importlib.import_module("yaml")
PAGE = (dev.ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
ACTION = yaml.safe_load((dev.ROOT / "action.yml").read_text(encoding="utf-8"))
SHELL = [
    textwrap.dedent(found)
    for found in re.findall(
        r"^ *<!-- run: sh -e -->\n( *```sh\n.*?\n) *```$", PAGE, re.MULTILINE | re.DOTALL
    )
]
BIN = Path(sys.executable).parent
MINUTES = "def parse(text):\n    return int(text) * 60\n"
UNITS = "def parse(text):\n    return int(text[:-1]) * UNIT[text[-1]]\n"


def shell(folder: Path, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a block of the page, word for word."""
    return subprocess.run(
        ["sh", "-e", "-c", script.partition("\n")[2]],
        cwd=folder,
        env=dict(os.environ) | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"} | variables,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def clone(repo: Repo, tmp_path: Path) -> Repo:
    """Give a shallow clone of nothing but a branch on which a loop was closed."""
    repo.change("dur.py", MINUTES, "feat: durations")
    repo.branch("topic")
    repo.change("dur.py", UNITS, "fix: units are read")
    repo.change("dur.py", MINUTES, "fix: plain numbers are read")
    made = tmp_path / "clone"
    options = ("--depth=1", "--branch=topic")
    repo.git("clone", "-q", *options, f"file://{repo.path}", str(made))
    return Repo(made)


def test_the_shell_of_the_page(clone: Repo) -> None:
    check, deepen, pull, record = SHELL
    said = shell(clone.path, check)  # git alone would end with 1, which means that there are loops
    assert (said.returncode, said.stdout) == (2, "")
    assert shell(clone.path, deepen).returncode == 0
    assert not (clone.path / ".git" / "shallow").exists()
    assert shell(clone.path, deepen).returncode == 0  # and on a whole clone nothing happens
    said = shell(clone.path, check)
    assert (said.returncode, said.stderr) == (1, "")
    assert "dur.py::parse" in said.stdout
    assert "dur.py" in (clone.path / "loopwatch.html").read_text(encoding="utf-8")
    assert "dur.py" in (clone.path / "loopwatch.xml").read_text(encoding="utf-8")
    assert shell(clone.path, check, BASE="topic").returncode == 0
    said = shell(clone.path, pull)
    assert (said.returncode, said.stdout) == (0, "origin: 0 new results, 0 known already\n")
    clone.write(
        "junit.xml", '<testsuite name="pytest"><testcase classname="a" name="b"/></testsuite>'
    )
    assert shell(clone.path, record).returncode == 0


def rows(heading: str) -> dict[str, str]:
    """Return the first table below a line: first cell, last cell."""
    table = PAGE.partition(f"\n| {heading} |")[2].partition("\n\n")[0].splitlines()[2:]
    cells = [row.strip("| ").split(" | ") for row in table]
    return {name: row[-1] for row in cells for name in re.findall(r"`([\w-]+)`", row[0])}


def test_every_input_and_output_is_told() -> None:
    told = rows("input")
    assert set(told) == set(ACTION["inputs"])
    assert set(rows("output")) == set(ACTION["outputs"])
    for name, about in ACTION["inputs"].items():
        default = about["default"]
        if default and "${{" not in default:
            assert told[name] == f"`{default}`"


def test_the_workflow_of_the_page_is_one() -> None:
    blocks = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    workflow, _ = map(yaml.safe_load, blocks)
    assert workflow["permissions"] == {"contents": "read", "pull-requests": "write"}
    checkout, action = workflow["jobs"]["loopwatch"]["steps"]
    assert checkout["with"] == {
        "ref": "${{ github.event.pull_request.head.sha }}",
        "fetch-depth": 0,
        "persist-credentials": False,
    }
    assert set(action.get("with", {})) <= set(ACTION["inputs"])
