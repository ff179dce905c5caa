import json
from dataclasses import replace

import jsonschema  # type: ignore[import-untyped]
import pytest
import referencing
from hypothesis import given

from loopwatch.model.report import Report
from loopwatch.reports import json_doc
from loopwatch.reports.json_doc import LINES_SCHEMA_FILE, schema
from loopwatch.reports.jsonl import render
from tests.reports.hostile_texts import ANYTHING, TEXTS
from tests.reports.observed_samples import OBSERVED
from tests.reports.samples import EMPTY, FULL, hostile

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


@given(ANYTHING)
def test_no_text_begins_a_line(text: str) -> None:
    report = hostile(text)
    assert len(lines(report)) == len(report.findings) + 2
    assert len(render(report).splitlines()) == len(report.findings) + 2  # U+2028 and the like


def test_a_report_can_be_cut_off_and_seen_to_be() -> None:
    *rows, last = lines(replace(FULL, findings=FULL.findings[:1]))
    assert "summary" in last and not any("summary" in row for row in rows)
