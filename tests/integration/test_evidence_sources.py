"""The same stories of defects, told by each source of evidence, through the real command line."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from loopwatch.entrypoints.cli import main
from tests.builders import Repo

NAMES = "ABC"
LINES = {
    "A": "    helper(x)",  # an undefined name
    "B": "    undefined_too(x)",
    "C": "    nowhere(x)",
}
TESTS = "".join(
    f"def test_{name.lower()}():\n    assert {name!r} not in wrong()\n\n\n" for name in NAMES
)
DETECTORS = {
    "ruff": '[[detectors]]\ncommand = "{python} -m ruff check --output-format json {{files}}"\n',
    "mypy": '[[detectors]]\ncommand = "{python} -m mypy --output json {{files}}"\n',
}

Story = Sequence[tuple[str, str]]  # what is wrong, and the subject of the commit

TWO: Story = [
    ("A", "feat: f"),
    ("B", "fix: one thing"),
    ("A", "fix: another thing"),
    ("B", "fix: the first thing"),
]
THREE: Story = [
    ("A", "feat: f"),
    ("B", "fix: one thing"),
    ("C", "fix: another thing"),
    ("A", "fix: a third thing"),
]
PROGRESS: Story = [("AB", "feat: f"), ("B", "fix: one"), ("C", "fix: two"), ("", "fix: three")]
UNDO: Story = [("A", "feat: f"), ("B", "fix: one thing"), ("A", 'Revert "fix: one thing"')]


class Teller:
    """Commits a story and records what each source says of its versions."""

    def __init__(self, repo: Repo, source: str) -> None:
        self.repo = repo
        self.source = source
        self.ids: list[str] = []

    def tell(self, story: Story) -> dict[str, Any]:
        """Return the report of ``loopwatch scan``."""
        if self.source in DETECTORS:
            text = DETECTORS[self.source].format(python=sys.executable)
            self.repo.write("loopwatch.toml", text)
        for number, (wrong, subject) in enumerate(story):
            is_linted = self.source not in {"junit", "record"}
            shown = "" if self.source == "junit" else wrong  # the file of results says it all
            self.repo.write("src/m.py", code(number, shown, is_linted=is_linted))
            self.repo.write("tests/test_m.py", "from m import wrong\n\n\n" + TESTS)
            self.ids.append(self.repo.commit(subject))
            if self.source not in DETECTORS:
                SOURCES[self.source](self.repo, wrong, self.ids[-1])
        flags = ["--detect"] if self.source in DETECTORS else []
        return scan(self.repo.path, *flags)

    def number(self, version: str) -> int:
        return self.ids.index(version)


def code(number: int, wrong: str, *, is_linted: bool) -> str:
    """Return a module that is wrong in the ways named, and nowhere worded like another one."""
    said = ", ".join(repr(name) for name in wrong) or "()"
    head = [f"# take {number}", *(f"WORD_{number}_{n} = {n * number}" for n in range(number % 3))]
    lines = [LINES[name] for name in wrong if is_linted]
    body = ["", "", "def f(x: int) -> int:", f"    step = {number * 7919}", *lines]
    tail = [f"    return x + step + {number}", "", "", "def wrong():"]
    return "\n".join([*head, *body, *tail, f"    _ = {number}", f"    return {said}", ""])


def run(folder: Path, *arguments: str) -> str:
    """Run loopwatch in a folder; return its output."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done = CliRunner().invoke(main, arguments, standalone_mode=False, catch_exceptions=False)
    return done.stdout


def scan(folder: Path, *flags: str) -> dict[str, Any]:
    import json

    report: dict[str, Any] = json.loads(run(folder, "scan", "--format", "json", *flags))
    return report


def from_junit(repo: Repo, wrong: str, version: str) -> None:
    cases = "".join(
        f'<testcase classname="tests.test_m" name="test_{name.lower()}">'
        + ('<failure message="AssertionError">no</failure>' if name in wrong else "")
        + "</testcase>"
        for name in NAMES
    )
    file = repo.path.parent / "junit.xml"
    file.write_text(f'<testsuite name="pytest" tests="3">{cases}</testsuite>')
    run(repo.path, "record", "--junit", str(file), "--version", version)


def from_sarif(repo: Repo, wrong: str, version: str) -> None:
    del wrong
    file = repo.path.parent / "ruff.sarif"
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "sarif", "."]
    done = subprocess.run(command, cwd=repo.path, capture_output=True, check=False)
    file.write_bytes(done.stdout)
    run(repo.path, "record", "--sarif", str(file), "--version", version)


def from_record(repo: Repo, wrong: str, version: str) -> None:
    del version
    tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    command = [sys.executable, "-m", "loopwatch", "record", "--", *tests, "-o", "pythonpath=src"]
    done = subprocess.run(command, cwd=repo.path, capture_output=True, check=False)
    assert done.returncode == bool(wrong), done.stdout + done.stderr


SOURCES: dict[str, Callable[[Repo, str, str], None]] = {
    "junit": from_junit,
    "sarif": from_sarif,
    "record": from_record,
}


@pytest.fixture(params=[*SOURCES, *DETECTORS])
def teller(request: pytest.FixtureRequest, tmp_path: Path) -> Teller:
    repo = Repo(tmp_path / "repo")
    repo.write(".gitignore", "__pycache__\n.mypy_cache\n.ruff_cache\n")
    return Teller(repo, request.param)


def loud(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [finding for finding in report["findings"] if finding["level"] != "note"]


@pytest.mark.parametrize(
    ("story", "period", "closed", "last"), [(TWO, 2, 2, 3), (THREE, 3, 3, 3)], ids=["two", "three"]
)
def test_defects_that_take_turns(
    teller: Teller, story: Story, period: int, closed: int, last: int
) -> None:
    report = teller.tell(story)
    (found,) = loud(report)
    assert (found["kind"], found["level"]) == ("oscillation", "error")
    assert (found["granularity"], found["path"], found["period"]) == ("defect", "src/m.py", period)
    assert teller.number(found["closed_at"]) == closed
    assert teller.number(found["last_at"]) == last
    names = [name_of(report["defects"][key]) for key in found["defects"]]
    assert names == list(NAMES[:period])
    turned = [
        (
            teller.number(edit["version"]),
            [name_of(report["defects"][key]) for key in edit["removed"]],
            [name_of(report["defects"][key]) for key in edit["introduced"]],
        )
        for edit in found["edits"]
    ]
    wrong = [names for names, _ in story]
    steps = enumerate(pairwise(wrong), start=1)
    assert turned == [(n, [old], [new]) for n, (old, new) in steps]


@pytest.mark.parametrize("story", [PROGRESS, UNDO], ids=["progress", "undo"])
def test_healthy_twins_are_silent(teller: Teller, story: Story) -> None:
    assert loud(teller.tell(story)) == []


def name_of(defect: dict[str, Any]) -> str:
    """Return which of the three things a defect is."""
    text = f"{defect['subject']} {defect['message']}"
    words = {
        "A": ("helper", "test_a"),
        "B": ("undefined_too", "test_b"),
        "C": ("nowhere", "test_c"),
    }
    return next(name for name, said in words.items() if any(word in text for word in said))


Tell = Callable[[str], str]  # what is wrong, and what a tool then prints


def jest(wrong: str) -> str:
    """Return what ``jest --json`` and ``vitest --reporter=json`` print."""
    import json

    tests = [
        {
            "ancestorTitles": [],
            "title": f"test_{name.lower()}",
            "fullName": f"test_{name.lower()}",
            "status": "failed" if name in wrong else "passed",
            "failureMessages": ["Error: expected"] if name in wrong else [],
        }
        for name in NAMES
    ]
    file = {"name": "tests/m.test.js", "status": "failed", "message": "", "assertionResults": tests}
    counts = {"numTotalTests": 3, "numFailedTests": len(wrong), "success": not wrong}
    return json.dumps({**counts, "numRuntimeErrorTestSuites": 0, "testResults": [file]})


def go_test(wrong: str) -> str:
    """Return what ``go test -json`` prints."""
    import json

    package = {"Package": "example.com/m"}
    ends = [
        {
            **package,
            "Action": "fail" if name in wrong else "pass",
            "Test": f"test_{name.lower()}",
            "Elapsed": 0,
        }
        for name in NAMES
    ]
    last = {**package, "Action": "fail" if wrong else "pass", "Elapsed": 0.1}
    return "".join(json.dumps(event) + "\n" for event in (*ends, last))


def pytest_text(wrong: str) -> str:
    """Return what ``pytest -v`` prints."""
    ends = [
        f"tests/test_m.py::test_{name.lower()} {'FAILED' if name in wrong else 'PASSED'}"
        for name in NAMES
    ]
    count = f"{len(wrong)} failed, {3 - len(wrong)} passed" if wrong else "3 passed"
    head = "============================= test session starts =============================="
    last = f"===== {count} in 0.01s ====="
    return "\n".join([head, "collected 3 items", "", *ends, "", last, ""])


def ruff_json(wrong: str) -> str:
    """Return what ``ruff check --output-format json`` prints."""
    import json

    rows = [
        {
            "code": "F821",
            "message": f"Undefined name `{name}`",
            "filename": "src/m.py",
            "location": {"row": 1 + NAMES.index(name), "column": 1},
            "end_location": {"row": 1 + NAMES.index(name), "column": 2},
            "noqa_row": 1,
        }
        for name in wrong
    ]
    return json.dumps(rows)


def sarif(wrong: str) -> str:
    """Return a report of a linter that nobody here knows."""
    import json

    results = [
        {
            "ruleId": "wrong",
            "message": {"text": f"{name} is wrong"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": "src/m.py"},
                        "region": {"startLine": 1 + NAMES.index(name)},
                    }
                }
            ],
        }
        for name in wrong
    ]
    run = {"tool": {"driver": {"name": "lint"}}, "results": results}
    return json.dumps({"version": "2.1.0", "runs": [run]})


PRINTED: dict[str, tuple[str, Tell]] = {
    "pytest": ("pytest", pytest_text),
    "jest": ("jest", jest),
    "vitest": ("vitest", jest),
    "go-test": ("go-test", go_test),
    "ruff": ("ruff", ruff_json),
    "sarif": ("sarif", sarif),
}


@pytest.mark.parametrize("source", PRINTED)
def test_a_check_that_says_both_of_one_content_is_silent(source: str, tmp_path: Path) -> None:
    """Whoever tells it: what comes and goes without an edit is no loop."""
    format_, printed = PRINTED[source]
    repo, ids = Repo(tmp_path / "repo"), []

    def record(wrong: str, version: str) -> None:
        file = tmp_path / "output.txt"
        file.write_text(printed(wrong))
        run(repo.path, "record", "--format", format_, "--input", str(file), "--version", version)

    for number, (wrong, subject) in enumerate(TWO):
        text = "".join(f"{name} = {name in wrong}  # {number}\n" for name in NAMES)
        repo.write("src/m.py", text)
        ids.append(repo.commit(subject))
        record(wrong, ids[-1])
    (found,) = [one for one in loud(scan(repo.path)) if one["granularity"] == "defect"]
    assert (found["kind"], found["level"]) == ("oscillation", "error")
    record("AB", ids[1])  # A is there too, on the same content
    record("AB", ids[2])  # and so is B on the next one
    report = scan(repo.path)
    assert [one for one in loud(report) if one["granularity"] == "defect"] == []
    assert report["summary"]["flaky"] == 2


def test_a_real_test_that_is_flaky_is_silent(tmp_path: Path) -> None:
    """Recorded runs of pytest, of a test that hangs on something beside the code."""
    repo = Repo(tmp_path / "repo")
    repo.write(".gitignore", "__pycache__\n")
    text = "import os\n\n\ndef test_a():\n    assert os.environ['LUCK'] == 'good'\n"
    repo.write("tests/test_m.py", text)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]

    def record(luck: str) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LUCK", luck)
            words = [sys.executable, "-m", "loopwatch", "record", "--", *command]
            subprocess.run(words, cwd=repo.path, capture_output=True, check=False)

    for number, luck in enumerate(("bad", "good", "bad")):
        repo.write("src/m.py", f"x = {number}\n")
        repo.commit(f"fix: take {number}")
        record(luck)
    assert [one["kind"] for one in loud(scan(repo.path))] == ["relapse"]
    record("good")
    report = scan(repo.path)
    assert (loud(report), report["summary"]["flaky"]) == ([], 1)


def test_a_flaky_test_is_silent(tmp_path: Path) -> None:
    teller = Teller(Repo(tmp_path / "repo"), "junit")
    assert loud(teller.tell(TWO)) != []
    from_junit(teller.repo, "A", teller.ids[1])  # it fails there too, on the same content
    report = scan(teller.repo.path)
    assert loud(report) == []
    assert report["summary"]["flaky"] >= 1


@pytest.mark.parametrize("story", [TWO, THREE], ids=["two", "three"])
def test_what_the_range_begins_with_counts(teller: Teller, story: Story) -> None:
    """In A..B the defect that A has is as good as one that came within."""
    (whole,) = loud(teller.tell(story))
    report = scan(teller.repo.path, f"{teller.ids[0]}..HEAD")
    (found,) = loud(report)
    assert found == whole | {"trajectory": found["trajectory"]}
    versions = [seen["version"] for seen in report["defects"][found["defects"][0]]["timeline"]]
    assert versions[0] == teller.ids[0]


def test_what_was_there_before_the_range_counts(tmp_path: Path) -> None:
    """The file first changes where the first defect goes: that it was there is known as well."""
    repo = Repo(tmp_path / "repo")
    repo.write("loopwatch.toml", DETECTORS["ruff"].format(python=sys.executable))
    repo.write("src/m.py", code(0, "A", is_linted=True))
    repo.commit("feat: f")
    repo.write("src/other.py", "x = 1\n")
    ids = [repo.commit("feat: other")]
    for number, wrong in enumerate("BA", start=1):
        repo.write("src/m.py", code(number, wrong, is_linted=True))
        ids.append(repo.commit(f"fix: take {number}"))
    report = scan(repo.path, "--detect", "--max-count", "3")
    (found,) = loud(report)
    assert (found["kind"], found["level"], found["closed_at"]) == ("oscillation", "error", ids[2])


@pytest.mark.parametrize("units", ["file", "symbol,site"])
def test_what_tests_said_of_a_whole_version_does_not_hang_on_the_units(
    tmp_path: Path, units: str
) -> None:
    teller = Teller(Repo(tmp_path / "repo"), "junit")
    teller.tell(TWO)
    (finding,) = scan(teller.repo.path, "--units", units)["findings"]
    assert (finding["level"], finding["granularity"]) == ("error", "defect")
    assert finding["level_at"] == {"warning": teller.ids[2], "error": teller.ids[2]}
