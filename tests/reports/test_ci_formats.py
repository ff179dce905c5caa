"""Workflow commands, Code Quality and JUnit, read back as those read them who show them."""

import json
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given

from loopwatch.model.finding import Level
from loopwatch.model.report import Report
from loopwatch.reports import github, gitlab, junit
from loopwatch.reports.escape import plain
from loopwatch.reports.junit import NO_XML
from loopwatch.reports.style import PLAIN, Style
from loopwatch.verdicts.quoting import HIDDEN
from tests.reports.hostile_texts import ANYTHING, HARMLESS, MARK, TEXTS, marked
from tests.reports.observed_samples import OBSERVED
from tests.reports.samples import EMPTY, FULL, LOOP, LOST_FIX, NOTE, SETTLED, hostile

LOUD = Style(verbose=True)
KNOWN = {  # all that a runner obeys
    *("add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group"),
    *("internal-set-repo-path", "notice", "remove-matcher", "save-state", "set-env"),
    *("set-output", "stop-commands", "warning"),
}


@dataclass(frozen=True, slots=True)
class Command:
    """One command, as a runner understands it."""

    name: str
    properties: dict[str, str]
    data: str


def obeyed(row: str) -> Command | None:
    """Return what a runner makes of one line of a log: the newer form first, then the older."""
    row = row.lstrip()
    if row.startswith("::") and (end := row.find("::", 2)) >= 0:
        name, _, rest = row[2:end].partition(" ")
        if name in KNOWN:
            pairs = (one.split("=", 1) for one in rest.strip().split(",") if one)
            properties = {pair[0]: unescaped(pair[1], is_property=True) for pair in pairs}
            return Command(name, properties, unescaped(row[end + 2 :]))
    found = re.search(r"##\[([^\]\s]*)[^\]]*\](.*)", row)
    if found and found.group(1) in KNOWN:
        return Command(found.group(1), {}, found.group(2))
    return None


def unescaped(text: str, *, is_property: bool = False) -> str:
    for escape, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        if is_property or escape not in {"%3A", "%2C"}:
            text = text.replace(escape, char)
    return text


def commands(report: Report, style: Style = PLAIN) -> list[Command]:
    """Return all commands of a log; the last line must be none."""
    *rows, last = github.render(report, style).split("\n")[:-1]
    assert obeyed(last) is None
    found = [obeyed(row) for row in rows]
    assert None not in found
    return [one for one in found if one is not None]


# --- github -----------------------------------------------------------------------------------


@pytest.mark.parametrize("style", [PLAIN, LOUD])
@pytest.mark.parametrize("text", TEXTS)
def test_github_no_known_trick_starts_a_command(text: str, style: Style) -> None:
    expected = [(one.name, sorted(one.properties)) for one in commands(marked("x"), style)]
    found = commands(marked(text), style)
    assert [(one.name, sorted(one.properties)) for one in found] == expected


@given(ANYTHING)
def test_github_no_text_starts_a_command(text: str) -> None:
    found = commands(marked(text), LOUD)
    assert len(found) == len(HARMLESS.findings)
    for one in found:
        assert one.name in {"error", "warning", "notice"}
        assert one.properties["file"] == plain(f"{text}{MARK}{text}")
        assert one.properties["title"].startswith("loopwatch: ")
        assert not HIDDEN.search(one.data.replace("\n", ""))


def test_github_annotates_the_lines_that_the_newest_edit_wrote() -> None:
    (one,) = commands(replace(FULL, findings=(LOST_FIX,)))
    title = "loopwatch: lost fix"
    expected = {"file": "web/retry.ts", "line": "14", "endLine": "16", "title": title}
    assert one.name == "warning" and one.properties == expected
    assert "is back in a state that it was taken out of" in one.data
    assert "\nto end it: keep what was done before" in one.data
    ways = f'loopwatch explain {LOST_FIX.id}\nloopwatch ignore {LOST_FIX.id} --reason "..."'
    assert one.data.endswith(f"\n{ways}")


@pytest.mark.parametrize("style", [PLAIN, LOUD])
def test_github_shows_ten_of_each_level_and_says_how_many_more(style: Style) -> None:
    findings = (*[LOOP] * 12, *[LOST_FIX] * 30, *[NOTE] * 11)
    found = commands(replace(FULL, findings=findings), style)
    numbers = Counter(one.name for one in found)
    assert numbers["error"] == 10 and numbers["warning"] == 10 and numbers["notice"] <= 10
    shown = sum(numbers.values()) - 1
    raised = len(findings) if style.verbose else 42
    assert found[-1].data.startswith(f"{raised - shown} more findings: ")


def test_github_says_what_was_looked_at_when_nothing_was_found() -> None:
    assert github.render(EMPTY) == "412 commits, 0 loops, 0 lost fixes, 0 notes, 0 ignored.\n"


# --- gitlab -----------------------------------------------------------------------------------


def entries(report: Report, style: Style = PLAIN) -> list[dict[str, Any]]:
    told = json.loads(gitlab.render(report, style))
    assert isinstance(told, list)
    return told


def assert_code_quality(report: Report, style: Style) -> None:
    for one in entries(report, style):
        assert list(one) == ["description", "check_name", "fingerprint", "severity", "location"]
        assert one["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert one["description"] and one["fingerprint"] and one["location"]["path"]
        assert one["location"]["lines"]["begin"] >= 1
        assert not HIDDEN.search(one["description"] + one["location"]["path"])


@pytest.mark.parametrize("report", [EMPTY, FULL, OBSERVED, *map(hostile, TEXTS)])
def test_gitlab_entries_have_what_the_widget_needs(report: Report) -> None:
    assert_code_quality(report, LOUD)


@given(ANYTHING)
def test_gitlab_takes_any_text(text: str) -> None:
    assert_code_quality(marked(text), LOUD)
    assert len(entries(marked(text), LOUD)) == len(HARMLESS.findings)


def test_gitlab_nothing_found_is_an_empty_array() -> None:
    assert gitlab.render(EMPTY) == "[]\n"


def test_gitlab_entries_are_told_apart() -> None:
    prints = [one["fingerprint"] for one in entries(FULL, LOUD)]
    assert len(prints) == len(set(prints)) == len(FULL.findings)


# --- junit ------------------------------------------------------------------------------------


def suite(report: Report, style: Style = PLAIN) -> ET.Element:
    """Return the suite; a strict parser read it."""
    root = ET.fromstring(junit.render(report, style).encode("utf-8"))  # noqa: S314  it is ours
    assert root.tag == "testsuites" and [child.tag for child in root] == ["testsuite"]
    return root[0]


def outline(element: ET.Element) -> list[Any]:
    return [element.tag, sorted(element.attrib), [outline(child) for child in element]]


@pytest.mark.parametrize("text", TEXTS)
def test_junit_no_known_trick_breaks_out(text: str) -> None:
    assert outline(suite(marked(text), LOUD)) == outline(suite(marked("x"), LOUD))


@given(ANYTHING)
def test_junit_no_text_breaks_out(text: str) -> None:
    read = suite(marked(text), LOUD)
    assert outline(read) == outline(suite(marked("x"), LOUD))
    assert read[0].get("file") == NO_XML.sub("\ufffd", plain(f"{text}{MARK}{text}"))


@pytest.mark.parametrize(
    ("report", "style", "tests", "failures"),
    [
        (EMPTY, PLAIN, 1, 0),
        (FULL, PLAIN, 3, 3),
        (FULL, Style(has_settled=True), 4, 4),
        (FULL, LOUD, 5, 4),  # the note passes
        (replace(FULL, findings=(SETTLED, NOTE)), PLAIN, 1, 0),
    ],
)
def test_junit_counts_what_is_there(
    report: Report, style: Style, tests: int, failures: int
) -> None:
    read = suite(report, style)
    assert (int(read.get("tests", "")), int(read.get("failures", ""))) == (tests, failures)
    assert (len(read.findall("testcase")), len(read.findall("*/failure"))) == (tests, failures)


def test_junit_nothing_found_is_one_test_that_passes() -> None:
    (case,) = suite(EMPTY).findall("testcase")
    assert case.get("name") == "no loops" and len(case) == 0


def test_junit_tells_the_whole_story_of_a_finding() -> None:
    (case,) = suite(replace(OBSERVED, findings=OBSERVED.findings[:1])).findall("testcase")
    failure = case[0]
    assert failure.get("message", "").startswith("Fix loop: parse_duration trades 2 defects")
    assert "71fe0d9  2026-11-16 10:29  pass  FAIL  fix" in str(failure.text)


def test_levels_have_a_name_in_each_format() -> None:
    assert set(github.COMMANDS) == set(gitlab.SEVERITIES) == set(Level)
