import json

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.model.report import Report
from loopwatch.reports.json_doc import (
    SCHEMA,
    finding_object,
    head,
    printed,
    render,
    schema,
    tail,
    trajectories,
    unescaped,
)
from loopwatch.verdicts.quoting import HIDDEN
from tests.reports.samples import EMPTY, FULL, hostile

ODD = [
    "caf\udce9.py",  # latin-1 bytes in a file name
    "\ud800",  # half a pair
    "\udce9\ud800\udc00",
    "\ufffd",  # already replaced by somebody
    "\ufffdxe9",  # reads like an escape
    "\ufffdufffd",
    "\x1b[31m\x9b31m\u202e\u2028\x7f\U000e0041",
    '"\\\n\t\r\0',
    "x" * 10_000,
]


def checker() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema())


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("report", [EMPTY, FULL, *map(hostile, ODD)])
def test_documents_follow_the_schema(report: Report) -> None:
    checker().validate(json.loads(render(report).encode("utf-8")))


@pytest.mark.parametrize("report", [EMPTY, FULL, *map(hostile, ODD)])
def test_findings_written_one_by_one_make_the_same_document(report: Report) -> None:
    findings = [finding_object(one) for one in report.findings]
    whole = {"trajectories": trajectories(report), "findings": findings}
    document = {**head(report), **whole, **tail(report)}
    assert render(report) == f"{printed(json.dumps(document, ensure_ascii=False, indent=2))}\n"


def test_a_document_that_lacks_a_field_does_not() -> None:
    document = json.loads(render(FULL))
    del document["findings"][0]["level_at"]
    assert not checker().is_valid(document)


def test_later_fields_are_allowed() -> None:
    document = json.loads(render(FULL))
    document["findings"][0]["later"] = document["later"] = 1
    checker().validate(document)


def closed(part: object) -> object:
    """Return a schema that allows nothing which it does not describe."""
    if isinstance(part, list):
        return [closed(one) for one in part]
    if not isinstance(part, dict):
        return part
    inner = {key: closed(one) for key, one in part.items()}
    return {**inner, "additionalProperties": False} if part.get("required") else inner


def test_the_schema_describes_every_field() -> None:
    jsonschema.Draft202012Validator(closed(schema())).validate(json.loads(render(FULL)))


def test_every_field_of_the_contract_is_there() -> None:
    document = json.loads(render(FULL))
    assert list(document) == [
        *("schema", "tool", "source", "trajectories", "findings", "defects", "summary"),
        *("skipped", "complete"),
    ]
    assert document["schema"] == SCHEMA
    assert list(document["findings"][0]) == [
        *("id", "kind", "level", "confidence", "why", "trajectory", "granularity", "path"),
        *("symbol", "paths", "period", "rounds", "closed_at", "last_at", "level_at", "open"),
        *("settled", "states", "edits", "defects", "cost", "advice"),
    ]
    edit = document["findings"][0]["edits"][0]
    assert list(edit) == [*("version", "from", "role", "summary", "removed", "introduced", "hunks")]


def test_empty_is_a_list_and_unknown_is_null() -> None:
    document = json.loads(render(EMPTY))
    assert document["findings"] == [] and document["defects"] == {} and document["skipped"] == []
    assert document["trajectories"][0]["agent"] is None
    assert document["complete"] is True


@pytest.mark.parametrize("text", ODD)
def test_odd_text_comes_back(text: str) -> None:
    document = json.loads(render(hostile(text)).encode("utf-8"))
    assert unescaped(document["source"]["name"]) == text
    assert unescaped(document["findings"][0]["edits"][0]["hunks"][0]["before"][0]) == text
    assert [unescaped(key) for key in document["defects"]] == [text]


@given(st.text(st.characters(codec=None) | st.sampled_from("\ufffdxu0ef\udce9\ud800\n")))
def test_any_text_comes_back(text: str) -> None:
    said = printed(json.dumps(text, ensure_ascii=False))
    assert not HIDDEN.search(said)
    assert unescaped(json.loads(said.encode("utf-8"))) == text
