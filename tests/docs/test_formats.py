"""The page of formats: each has its section, and what it shows is what is written."""

import re
from pathlib import Path

import pytest

import dev
from loopwatch.reports.registry import NOTED, WRITERS
from tests.conftest import GOLDEN

PAGE = dev.ROOT / "docs" / "formats.md"
AUDIT = dev.ROOT / "docs" / "commands" / "audit.md"
# <!-- lines: FILE N from: START -->, then a block: N lines, from the one that has START in it.
LINES = re.compile(
    r"(?P<head>^(?P<indent> *)"
    r"<!-- lines: (?P<file>\S+) (?P<number>\d+) from: (?P<start>[^\n]+?) -->\n"
    r" *(?P<fence>`{3,})\w*\n)(?P<text>.*?)(?P<foot>^ *(?P=fence)$)",
    re.DOTALL | re.MULTILINE,
)
ROW = re.compile(r"^\| `(\w+)` \|[^|]*\| ([^|]*) \|$", re.MULTILINE)


def shown(found: re.Match[str]) -> str:
    rows = (GOLDEN / "reports" / found["file"]).read_text(encoding="utf-8").split("\n")
    first = next((at for at, row in enumerate(rows) if found["start"] in row), None)
    assert first is not None, f"{found['file']} has no line with {found['start']}"
    told = rows[first : first + int(found["number"])]
    text = "".join(f"{found['indent']}{row}".rstrip() + "\n" for row in told)
    return f"{found['head']}{text}{found['foot']}"


@pytest.mark.parametrize("page", [PAGE, AUDIT], ids=lambda page: page.name)
def test_what_is_shown_is_what_is_written(page: Path, request: pytest.FixtureRequest) -> None:
    told = page.read_text(encoding="utf-8")
    assert LINES.search(told)
    true = LINES.sub(shown, told)
    if request.config.getoption("--update-golden"):
        page.write_text(true, encoding="utf-8", newline="\n")
    else:
        assert told == true, f"{page.name}: run `python3 dev.py golden tests/docs`?"


def test_each_format_is_shown() -> None:
    told = PAGE.read_text(encoding="utf-8")
    files = {found["file"].split("_")[0] for found in LINES.finditer(told)}
    assert files == set(WRITERS) - {"text", "concise", "json", "dot"}  # shown on their own pages


def test_each_format_has_its_row_and_its_section() -> None:
    told = PAGE.read_text(encoding="utf-8")
    assert [name for name, _ in ROW.findall(told)] == list(WRITERS)
    headings = re.findall(r"^## (\w+)$", told, re.MULTILINE)
    assert headings == [name for name in WRITERS if name not in {"text", "concise", "json"}]


def test_the_formats_that_list_notes_are_named() -> None:
    told = PAGE.read_text(encoding="utf-8")
    listing = [name for name, lists in ROW.findall(told) if lists == "everything"]
    assert set(listing) == NOTED
