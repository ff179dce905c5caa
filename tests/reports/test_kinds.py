import re

import dev
from loopwatch.model.finding import Kind
from loopwatch.reports.kinds import ABOUT

OVERVIEW = dev.ROOT / "docs" / "findings" / "README.md"
ROW = re.compile(r"^\| \[(\w+)\]\(\w+\.md\) \| ([^|]+) \|", re.MULTILINE)


def test_kinds_are_told_as_in_the_documents() -> None:
    told = ROW.findall(OVERVIEW.read_text(encoding="utf-8"))
    assert told == [(kind.value, about.says) for kind, about in ABOUT.items()]
    assert list(ABOUT) == list(Kind)


def test_each_text_is_a_sentence_that_fits_code_scanning() -> None:
    for about in ABOUT.values():
        for text in (about.meaning, about.to_do):
            assert text.endswith(".") and len(text) < 512  # both together are the help
