"""The page: built as a tree, self-contained, and the same whatever the repository holds."""

import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings

from loopwatch.model.edit import Hunk
from loopwatch.model.report import Report
from loopwatch.reports.html_page import render
from loopwatch.reports.style import PLAIN, Style
from tests.reports.hostile_texts import ANYTHING, MARK, TEXTS, marked
from tests.reports.observed_samples import OBSERVED
from tests.reports.samples import EMPTY, FULL, LOOP, NOTE, SETTLED, V2, V3, V4, edit

ATTRIBUTES = {
    *("charset", "class", "colspan", "content", "href", "http-equiv", "id", "lang", "name"),
    "scope",
}
HARMFUL = {
    *("base", "button", "embed", "form", "iframe", "img", "input", "link", "object", "script"),
    *("svg", "textarea", "video"),
}
VOID = {"meta", "br", "hr"}
LOUD = Style(verbose=True)


class Page(HTMLParser):
    """Reads a page as a browser would, and keeps what it is made of."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, tuple[tuple[str, str], ...]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple((name, value or "") for name, value in attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)


def attributes(page: Page, name: str) -> list[str]:
    return [value for _, attrs in page.tags for key, value in attrs if key == name]


def assert_nothing_broke_out(report: Report) -> None:
    page = Page(render(report, LOUD))
    assert page.open == []
    assert page.tags == Page(render(marked("x"), LOUD)).tags
    assert MARK in "".join(page.words)


@given(ANYTHING)
@settings(max_examples=50)
def test_no_text_breaks_out(text: str) -> None:
    assert_nothing_broke_out(marked(text))


@pytest.mark.parametrize("text", TEXTS)
def test_no_known_trick_breaks_out(text: str) -> None:
    assert_nothing_broke_out(marked(text))


@pytest.mark.parametrize("report", [EMPTY, FULL, OBSERVED, marked("x")])
def test_the_page_asks_for_nothing(report: Report) -> None:
    said = render(report, LOUD)
    page = Page(said)
    assert {name for _, attrs in page.tags for name, _ in attrs} <= ATTRIBUTES
    assert {tag for tag, _ in page.tags}.isdisjoint(HARMFUL)
    assert not re.search(r"url\(|@import|://", said)
    (policy,) = (
        dict(attrs)["content"]
        for _, attrs in page.tags
        if ("http-equiv", "Content-Security-Policy") in attrs
    )
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")


@pytest.mark.parametrize("report", [FULL, OBSERVED])
def test_links_lead_somewhere_and_names_are_used_once(report: Report) -> None:
    page = Page(render(report))
    names = attributes(page, "id")
    assert len(names) == len(set(names))
    assert {f"#{name}" for name in names} >= set(attributes(page, "href")) != set()


def test_each_finding_and_each_of_its_versions_can_be_linked_to() -> None:
    names = attributes(Page(render(replace(FULL, findings=(LOOP,)))), "id")
    assert names == [f"f-{LOOP.id}", *(f"f-{LOOP.id}-{number}" for number in range(1, 5))]


def test_history_comes_after_what_is_live_and_notes_are_only_counted() -> None:
    report = replace(FULL, findings=(SETTLED, LOOP, NOTE))
    said = render(report)
    assert 0 < said.index(f'id="f-{LOOP.id}"') < said.index(f'id="f-{SETTLED.id}"')
    assert NOTE.id not in said and "Notes (1)" in said
    assert NOTE.id in render(report, LOUD)


def test_many_findings_are_told_in_short() -> None:
    many = [replace(LOOP, id=f"{number:012x}", is_settled=number >= 60) for number in range(130)]
    said = render(replace(FULL, findings=tuple(many)))
    assert said.count("<article") == 100 and "30 more findings in short:" in said
    assert len(said) < 2_000_000


def test_long_diffs_are_cut_with_a_count() -> None:
    rows = tuple(f"row {number}" for number in range(300))
    long = Hunk(path="src/dur.py", start_line=1, before=rows, after=())
    steps = tuple(edit(version, None, "fix", long) for version in (V2, V3, V4))
    finding = replace(LOOP, edits=steps, advice="")
    said = render(replace(FULL, findings=(finding,)))
    shown = 400 - 2 + 12  # two lines say where, and twelve are shown without being asked for
    assert said.count("- row ") == shown
    assert "... 202 more lines: loopwatch explain" in said
    assert "... 301 more lines: loopwatch explain" in said


def test_the_style_follows_the_reader() -> None:
    said = render(EMPTY)
    for what in ("prefers-color-scheme: dark", "@media print", "color-scheme: light dark"):
        assert what in said


@pytest.mark.skipif(shutil.which("chromium") is None, reason="there is no chromium here")
@pytest.mark.parametrize("report", [FULL, marked("</style></script><script>document.title=1")])
def test_a_real_browser_reads_the_same(report: Report, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    said = render(report, PLAIN)
    page.write_text(said, encoding="utf-8")
    command = [
        *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"),
        f"--user-data-dir={tmp_path / 'profile'}",
        page.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, check=True, timeout=100)
    seen = Page(done.stdout.decode("utf-8"))
    assert seen.tags == Page(said).tags
