"""Reports for code hosts show a finding at the lines of the commit that was scanned."""

import json
from pathlib import Path
from typing import Any

import pytest

from loopwatch import app
from loopwatch.entrypoints import cli
from loopwatch.model.options import Options
from loopwatch.reports.registry import PLACED
from tests.builders import Repo

PLAIN = "    return sum(items)\n"
LESS = "    return sum(items) - discount(items)\n"
TEXT = "def total(items):\n    items = checked(items)\n{}\n\ndef other():\n    return 1\n"
ABOVE = "import sums\n\n\n"


@pytest.fixture
def loop(repo: Repo) -> Repo:
    """Give a history of one loop, at line 3 of ``shop.py``."""
    for line, subject in ((PLAIN, "feat: shop"), (LESS, "fix: discount"), (PLAIN, "fix: total")):
        repo.change("shop.py", TEXT.format(line), subject)
    return repo


def sarif(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    file = repo.path.parent / "report.sarif"
    monkeypatch.chdir(repo.path)
    assert cli.run(["scan", "-q", "--output", f"sarif={file}"]) in {0, 1}
    document = json.loads(Path(file).read_text(encoding="utf-8"))
    [result] = document["runs"][0]["results"]
    assert isinstance(result, dict)
    return result


def place(location: dict[str, Any]) -> tuple[str, int | None]:
    where = location["physicalLocation"]
    region = where.get("region", {"startLine": None, "endLine": None})
    assert region["startLine"] == region["endLine"]
    return where["artifactLocation"]["uri"], region["startLine"]


def steps(result: dict[str, Any]) -> list[tuple[str, int | None]]:
    locations = result["codeFlows"][0]["threadFlows"][0]["locations"]
    return [place(one["location"]) for one in locations]


def test_lines_that_moved_are_told_where_they_are(
    loop: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert place(sarif(loop, monkeypatch)["locations"][0]) == ("shop.py", 3)
    loop.change("shop.py", ABOVE + TEXT.format(PLAIN), "feat: sums")
    result = sarif(loop, monkeypatch)
    assert place(result["locations"][0]) == ("shop.py", 6)
    assert steps(result) == [("shop.py", 6)] * 3  # also of the lines that are gone again


def test_lines_of_a_file_that_was_renamed(loop: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    loop.remove("shop.py")
    loop.change("till.py", ABOVE + TEXT.format(PLAIN), "refactor: a till")
    result = sarif(loop, monkeypatch)
    assert place(result["locations"][0]) == ("till.py", 6)
    assert set(steps(result)) == {("till.py", 6)}


def test_lines_that_are_not_there_any_more(loop: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    loop.change("shop.py", TEXT.format("    return exact(items)\n"), "feat: exact")
    result = sarif(loop, monkeypatch)
    assert place(result["locations"][0]) == ("shop.py", None)
    assert set(steps(result)) == {("shop.py", None)}
    loop.remove("shop.py")
    loop.change("till.py", "till()\n", "feat: a till")
    assert place(sarif(loop, monkeypatch)["locations"][0]) == ("shop.py", None)


def test_lines_that_went_are_told_by_what_is_there_now(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    for top, line, subject in (
        ("", "", "feat: shop"),
        ("", LESS, "fix: discount"),
        (ABOVE, "", "fix: none"),
    ):
        repo.change("shop.py", top + TEXT.format(line + PLAIN), subject)
    assert place(sarif(repo, monkeypatch)["locations"][0]) == ("shop.py", 6)
    repo.change("shop.py", ABOVE + ABOVE + TEXT.format(PLAIN), "feat: sums")
    assert place(sarif(repo, monkeypatch)["locations"][0]) == ("shop.py", 9)


def test_the_formats_of_hosts_show_it_there(
    loop: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loop.change("shop.py", ABOVE + TEXT.format(PLAIN), "feat: sums")
    monkeypatch.chdir(loop.path)
    shown = {"github": "file=shop.py,line=6,endLine=6", "gitlab": '"begin": 6', "sarif": '": 6'}
    assert shown.keys() == PLACED
    for name, told in shown.items():
        cli.run(["scan", "--format", name])
        assert told in capsys.readouterr().out, name


def test_nothing_else_is_read_for_it(loop: Repo) -> None:
    asked = app.ScanRequest(folder=loop.path, options=Options(tells_places=False))
    [one] = app.scan(asked).findings
    assert {edit.place for edit in one.edits} == {None}
