"""All formats at once, of a real repository whose names and messages are hostile."""

import json
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from loopwatch.entrypoints import output
from loopwatch.reports.registry import WRITERS
from tests.builders import Repo
from tests.conftest import Run

ONE = "def f(text):\n    return int(text) * 60  # ``` </script> ]]>\n"
TWO = "def f(text):\n    return int(text[:-1]) * UNIT[text[-1]]  # <!-- | -->\n"
NAME = "we`ird & @you #1.py" if sys.platform == "win32" else "we`ird|<b> & @you #1\x1b[31m.py"
SUBJECTS = (
    "feat: f",
    "fix: @everyone </script><img src=x> | `a`",
    "fix: ::error::x ##[error]y %0A ]]> <!-- -->",
    "fix: \u202e\u2028 [a](javascript:x)",
)


@pytest.fixture
def loop(repo: Repo) -> Repo:
    """Give a history in which two fixes undo each other, twice."""
    for subject, text in zip(SUBJECTS, (ONE, TWO, ONE, TWO), strict=True):
        repo.change(NAME, text, subject)
    return repo


def test_every_format_is_written_in_one_run(loop: Repo, run: Run, tmp_path: Path) -> None:
    wanted = [f"--output={name}={tmp_path / name}" for name in WRITERS]
    status, out, err = run(loop.path, "scan", "--format=concise", *wanted)
    assert (status, err) == (1, "") and "oscillation error" in out
    said = {name: (tmp_path / name).read_bytes().decode("utf-8") for name in WRITERS}
    (finding,) = json.loads(said["json"])["findings"]
    assert finding["path"] == NAME
    assert all(finding["id"] in text for text in said.values())
    (result,) = json.loads(said["sarif"])["runs"][0]["results"]
    assert result["partialFingerprints"]["loopwatch/v1"] == finding["id"]
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["executionOrder"] for step in steps] == [1, 2, 3, 4]
    assert json.loads(said["jsonl"].splitlines()[1]) == finding
    assert json.loads(said["gitlab"])[0]["fingerprint"] == finding["id"]
    (case,) = ET.fromstring(said["junit"]).iter("testcase")  # noqa: S314  it is ours
    assert case.get("classname") == "loopwatch.oscillation" and case[0].tag == "failure"
    assert "<script" not in said["html"] and "\x1b" not in "".join(said.values())
    commands = [row for row in said["github"].splitlines() if row.lstrip().startswith("::")]
    assert len(commands) == 1 and commands[0].startswith("::error file=we`ird")


@pytest.mark.parametrize("name", list(WRITERS))
def test_every_format_says_that_nothing_was_found(repo: Repo, run: Run, name: str) -> None:
    repo.change("a.py", ONE, "feat: f")
    status, out, err = run(repo.path, "scan", "--format", name)
    assert (status, err) == (0, "") and out.endswith("\n")
    if name == "gitlab":
        assert json.loads(out) == []
    elif name == "sarif":
        assert json.loads(out)["runs"][0]["results"] == []
    elif name == "json":
        assert json.loads(out)["findings"] == []
    elif name == "jsonl":
        assert [json.loads(row).get("id") for row in out.splitlines()] == [None, None]
    else:
        assert "1 commit, 0 loops" in out


def test_with_all_settled_findings_are_raised(loop: Repo, run: Run) -> None:
    for number in range(102):
        when = loop.clock + 3_600  # 102 hours in all
        loop.change("other.py", f"x{number} = {number}\n", f"feat: {number}", when=when)
    assert run(loop.path, "scan", "--format", "github")[1].count("::error") == 0
    assert run(loop.path, "scan", "--format", "github", "--all")[1].count("::error file=") == 1


def test_a_page_that_browsers_are_slow_with_is_said_aloud(
    loop: Repo, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.html"
    monkeypatch.setattr(output, "HEAVY", 10)
    status, _, err = run(loop.path, "scan", "-q", f"--output=html={page}")
    assert status == 1 and err.startswith(f"warning: {page} has ") and page.exists()
