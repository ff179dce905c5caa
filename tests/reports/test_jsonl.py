import json
from dataclasses import replace

import jsonschema  # type: ignore[import-untyped]
import pytest
import referencing
from hypothesis import given

from loopwatch.model.report import Report
from loopwatch.reports import json_doc
from loopwatch.reports.json_doc import LINES_SCHEMA_FILE, progress_object, schema
from loopwatch.reports.jsonl import render
from tests.conftest import Golden
from tests.reports.hostile_texts import ANYTHING, TEXTS
from tests.reports.observed_samples import OBSERVED
from tests.reports.samples import EMPTY, FULL, hostile
from tests.reports.session_samples import AUDITED, HOW

REPORTS = [EMPTY, FULL, OBSERVED, *map(hostile, TEXTS)]


def checker() -> jsonschema.Draft202012Validator:
    whole = schema()
    resource = referencing.Resource.from_contents(whole)
    known = referencing.Registry().with_resource(str(whole["$id"]), resource)
    return jsonschema.Draft202012Validator(schema(LINES_SCHEMA_FILE), registry=known)


def lines(report: Report) -> list[dict[str, object]]:
    text = render(report)
    assert text.endswith("\n")
    return [json.loads(row) for row in text.removesuffix("\n").split("\n")]


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema(LINES_SCHEMA_FILE))


@pytest.mark.parametrize("report", REPORTS)
def test_each_line_follows_the_schema(report: Report) -> None:
    check = checker()
    for one in lines(report):
        check.validate(one)


def test_a_line_that_lacks_a_field_does_not() -> None:
    head, *_, tail = lines(FULL)
    assert not checker().is_valid({key: head[key] for key in ("schema", "tool")})
    assert not checker().is_valid({key: tail[key] for key in tail if key != "complete"})


@pytest.mark.parametrize("report", REPORTS)
def test_the_lines_are_the_document(report: Report) -> None:
    head, *findings, tail = lines(report)
    document = json.loads(json_doc.render(report))
    assert {**head, "findings": findings, **tail} == document


def test_each_session_is_a_line(golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_doc, "__version__", "1.2.3")
    golden("reports/jsonl_sessions.jsonl", render(AUDITED))
    head, one, other, *findings, tail = lines(AUDITED)
    assert [one["id"] for one in findings] == [found.id for found in FULL.findings]
    first, second = one["session"], other["session"]
    assert isinstance(first, dict) and isinstance(second, dict)
    assert list(first) == list(second)
    assert (first["id"], first["path"], first["model"]) == ("s0", "shop/0.jsonl", "model-b")
    assert (first["week"], first["work"]) == ("2026-W02", "tests")
    assert [second[key] for key in ("model", "week", "work", "tokens", "agent")] == [None] * 5
    assert [each["progress"] for each in json_doc.trajectories(AUDITED)] == [
        {key: row[key] for key in progress_object(HOW)} for row in (first, second)
    ]
    check = checker()
    for each in (head, one, other, tail):
        check.validate(each)
    assert not check.is_valid({"session": {key: first[key] for key in first if key != "in_loops"}})


@given(ANYTHING)
def test_no_text_begins_a_line(text: str) -> None:
    report = hostile(text)
    assert len(lines(report)) == len(report.findings) + 2
    assert len(render(report).splitlines()) == len(report.findings) + 2  # U+2028 and the like


def test_a_report_can_be_cut_off_and_seen_to_be() -> None:
    *rows, last = lines(replace(FULL, findings=FULL.findings[:1]))
    assert "summary" in last and not any("summary" in row for row in rows)
