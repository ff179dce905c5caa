"""Evidence as JSON: nothing is lost on the way, and nothing else comes back."""

import json
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.model.entry import Content, Entry
from loopwatch.model.evidence import Defect, DefectKind, Evidence, Scope, Span
from loopwatch.store.entry_lines import EntryReader, entry_of, line_of, lines_of
from loopwatch.store.evidence_json import dumps, of_document, sameness, to_document

TEXTS = st.text(max_size=12)
NUMBERS = st.integers(1, 2000)
COLUMNS = st.none() | NUMBERS
SPANS = st.tuples(NUMBERS, NUMBERS, COLUMNS, COLUMNS).map(
    lambda told: Span(
        start_line=min(told[:2]), end_line=max(told[:2]), start_column=told[2], end_column=told[3]
    )
)
st.register_type_strategy(Span, SPANS)
# From the types, so that a field that is added and not written is noticed.
EVIDENCE = st.builds(Evidence, detector=st.text(min_size=1, max_size=8))
CONTENTS = st.builds(
    Content, id=st.binary(min_size=20, max_size=20), path=st.binary(max_size=8)
) | st.builds(Content, id=st.binary(min_size=32, max_size=32))
ENTRIES = st.builds(Entry, content=CONTENTS, evidence=EVIDENCE)


@given(EVIDENCE)
def test_evidence_survives(evidence: Evidence) -> None:
    text = dumps(to_document(evidence))
    assert text.isascii() and "\n" not in text
    assert of_document(json.loads(text)) == evidence
    assert dumps(to_document(of_document(json.loads(text)))) == text


@given(ENTRIES)
def test_an_entry_survives_as_a_line(entry: Entry) -> None:
    assert entry_of(line_of(entry)) == entry


@given(EVIDENCE, st.randoms())
def test_order_does_not_matter(evidence: Evidence, dice: Random) -> None:
    defects = list(evidence.defects)
    dice.shuffle(defects)
    shuffled = replace(evidence, defects=tuple(defects))
    assert sameness(shuffled) == sameness(evidence)


def failing(message: str, test: str = "t.py::test_a") -> Evidence:
    defect = Defect(kind=DefectKind.TEST, rule="test", message=message, subject=test)
    return Evidence(detector="pytest", scope=Scope(), defects=(defect,))


def test_addresses_and_durations_make_no_other_result() -> None:
    first = failing("assert <Cart object at 0x7f3a> in 0.12 s")
    assert sameness(first) == sameness(failing("assert <Cart object at 0x9bc0> in 3 s"))
    assert sameness(first) != sameness(failing("assert <Till object at 0x7f3a> in 0.12 s"))
    assert sameness(first) != sameness(failing(first.defects[0].message, "t.py::test_b"))


@pytest.mark.parametrize(
    "line",
    [
        "",
        "no json",
        "[]",
        "1",
        "[" * 100_000,
        '{"tree": 7, "evidence": {"detector": "ruff"}}',
        '{"tree": "zz", "evidence": {"detector": "ruff"}}',
        '{"tree": "abcd", "evidence": {"detector": "ruff"}}',
        '{"tree": "%s"}' % ("a" * 40),
        '{"tree": "%s", "evidence": {}}' % ("a" * 40),
        '{"tree": "%s", "evidence": {"detector": 1}}' % ("a" * 40),
        '{"tree": "%s", "evidence": {"detector": "r", "scope": []}}' % ("a" * 40),
        '{"tree": "%s", "evidence": {"detector": "r", "scope": {"passed": [1]}}}' % ("a" * 40),
        '{"tree": "%s", "evidence": {"detector": "r", "defects": {}}}' % ("a" * 40),
        '{"tree": "%s", "evidence": {"detector": "r", "defects": [{"kind": "x"}]}}' % ("a" * 40),
        '{"blob": "%s", "evidence": {"detector": "r"}}' % ("a" * 40),  # of which path?
        '{"tree": "%s", "path": "a", "evidence": {"detector": "r"}}' % ("a" * 40),
        '{"tree": "%s", "evidence": {"detector": "r", "defects": [{"kind": "lint", "span": '
        '[9, 1, null, null]}]}}' % ("a" * 40),
        '{"tree": "%s", "evidence": {"detector": "r", "defects": [{"kind": "lint", "span": '
        '[1, 1e99, null, null]}]}}' % ("a" * 40),
        '{"tree": "%s", "evidence": {"detector": "r", "defects": [{"kind": "lint", "marks": '
        '[["a"]]}]}}' % ("a" * 40),
    ],
)  # fmt: skip
def test_what_is_no_entry_is_refused(line: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the reason is for people
        entry_of(line)


@given(st.binary(max_size=200))
def test_any_bytes_are_an_entry_or_skipped(line: bytes) -> None:
    reader = EntryReader()
    found = list(reader.entry(line))
    assert len(found) + reader.skipped <= 1


def test_a_header_and_blank_lines_are_no_loss() -> None:
    reader = EntryReader()
    header = next(lines_of(())).encode()
    assert [*reader.entry(header), *reader.entry(b"\n"), *reader.entry(b"")] == []
    assert reader.skipped == 0
