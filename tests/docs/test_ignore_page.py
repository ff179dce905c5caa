"""What the page about accepted findings shows is what loopwatch understands."""

import re

import dev
from loopwatch.model.suppression import Suppression
from loopwatch.sources.ignore_file import HEADER, IgnoreFile
from loopwatch.verdicts.suppression import ignored_in

PAGE = (dev.ROOT / "docs" / "commands" / "ignore.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```text\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def block(beginning: str) -> str:
    (found,) = (one for one in BLOCKS if one.startswith(beginning))
    return str(found)


def test_the_file_on_the_page_is_read_as_it_looks() -> None:
    file = IgnoreFile.parse(block(HEADER[0]))
    entries = file.suppressions()
    assert [(one.id[:4], one.reason, one.until) for one in entries] == [
        ("7c1e", "the vendor mends it in 3.2", "2026-12-31"),
        ("84e7", "the server says 429 for both", ""),
        ("9b0d", "baseline at 71fe0d9c2b1a", ""),
    ]
    assert [one.id for one in entries] == sorted(one.id for one in entries)


def test_the_message_on_the_page_accepts_a_finding() -> None:
    assert list(ignored_in(block("fix: "), "here")) == [
        Suppression(id="84e7d7e6ff51", reason="the server says 429 for both", where="here")
    ]


def test_the_attribute_on_the_page_is_that_of_the_file() -> None:
    assert block(".loopwatch-ignore").strip() == HEADER[-1].lstrip("# ")
