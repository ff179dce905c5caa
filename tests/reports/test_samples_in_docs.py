"""The documents show what the writers say of the samples: parts of golden files."""

import re
from pathlib import Path

import pytest

import dev
from tests.conftest import GOLDEN

PAGES = sorted((dev.ROOT / "docs").rglob("*.md"))
# <!-- sample: FILE START -->, then the block: from the line that begins so to the next heading.
SAMPLE = re.compile(
    r"(?P<head><!-- sample: (?P<file>\S+) (?P<start>[^\n]+?) -->\n```text\n)"
    r"(?P<text>.*?)(?P<foot>^```$)",
    re.DOTALL | re.MULTILINE,
)
HEADING = re.compile(r"^\w", re.MULTILINE)  # all else is indented
SHOWING = [page for page in PAGES if SAMPLE.search(page.read_text(encoding="utf-8"))]


def part(file: str, start: str) -> str:
    """Return a part of a golden file."""
    text = (GOLDEN / "reports" / file).read_text(encoding="utf-8")
    found = re.search(rf"^ *{re.escape(start)}", text, re.MULTILINE)
    assert found is not None, f"{file} has no line that begins with {start}"
    following = HEADING.search(text, found.end() + 1)
    return text[found.start() : following.start() if following else len(text)].rstrip() + "\n"


@pytest.mark.parametrize("page", SHOWING, ids=lambda page: page.name)
def test_samples_are_what_is_written(page: Path, request: pytest.FixtureRequest) -> None:
    told = page.read_text(encoding="utf-8")
    true = SAMPLE.sub(
        lambda found: found["head"] + part(found["file"], found["start"]) + found["foot"], told
    )
    if request.config.getoption("--update-golden"):
        page.write_text(true, encoding="utf-8", newline="\n")
    else:
        assert told == true, f"{page.name}: run `python3 dev.py golden tests/reports`?"


def test_there_are_samples() -> None:
    assert {page.stem for page in SHOWING} == {"oscillation", "relapse", "masked", "trade"}
