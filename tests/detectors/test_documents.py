"""JSON and XML from elsewhere."""

import pytest

from loopwatch.detectors import xml_tree
from loopwatch.detectors.api import Run
from loopwatch.detectors.console import decode, lines_of, plain, said
from loopwatch.detectors.json_values import (
    Value,
    at,
    document,
    list_at,
    number_at,
    objects,
    text_at,
    whole_items,
)


def is_list(value: Value) -> bool:
    return isinstance(value, list)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[1, 2]", [1, 2]),
        ("warning: old\n  [1]\nbye", [1]),
        ("{}\n[1]", [1]),
        ("[1", None),
        ("say [1]", None),
        ("", None),
        ("[" * 100_000, None),
        ("[1" + "0" * 10_000 + "]", None),
    ],
)
def test_a_document_is_found(text: str, found: Value) -> None:
    assert document(text, is_list) == found


def test_lines_and_items() -> None:
    assert list(objects('{"a": 1}\nnoise\n  {"b": 2}\n{"c": ')) == [{"a": 1}, {"b": 2}]
    assert list(whole_items('[{"a": 1},\n {"b": 2}, {"c":')) == [{"a": 1}, {"b": 2}]
    assert list(whole_items("nothing")) == []


def test_shapes_are_not_trusted() -> None:
    odd = {"a": {"b": [1, True, "x"]}, "n": True}
    assert at(odd, "a", "b", "c") is None
    assert text_at(odd, "a") == ""
    assert number_at(odd, "n") is None
    assert list_at(odd, "a", "b") == [1, True, "x"]
    assert list_at("text", "a") == []


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    b"<testsuite><testcase name='&b;'/></testsuite>"
)
OTHER_FILE = b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><testsuite/>'


@pytest.mark.parametrize(
    "content", [LAUGHS, OTHER_FILE, b"<a>" * 200, b"", b"no xml", b"\xff\xfe\x00"]
)
def test_what_is_refused(content: bytes) -> None:
    assert xml_tree.parse(content) is None


def test_what_breaks_off_keeps_what_is_whole() -> None:
    found = xml_tree.parse(b"<s><c n='1'><f>no</f></c><c n='2'><f>ye")
    assert found is not None
    assert not found.is_whole
    assert [element.get("n") for element in found.root.inside] == ["1"]


def test_signs_that_xml_forbids() -> None:
    found = xml_tree.parse(b"\xef\xbb\xbf\n<s a='\x1b[31m'>\x00</s>")
    assert found is not None
    assert found.is_whole
    assert found.root.text == "?"


def test_wide_xml() -> None:
    found = xml_tree.parse("<s>é</s>".encode("utf-16"))
    assert found is not None
    assert found.root.text == "é"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"a\r\nb", "a\nb"),
        (b"\xef\xbb\xbfa", "a"),
        ("a é".encode("utf-16"), "a é"),
        (b"caf\xe9", "caf\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_decoding(content: bytes, text: str) -> None:
    assert decode(content) == text


def test_colours_and_progress_go() -> None:
    assert (
        plain("\x1b[1;31mred\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x1b\\ \x1bMup")
        == "red link up"
    )
    assert lines_of(Run(stdout=b"10%\r20%\rdone\nnext")) == ("done", "next")
    assert len(lines_of(Run(stdout=b"x" * 10_000_000))[0]) == 10_000


def test_a_saying_can_be_kept() -> None:
    assert said(" \x1b[1ma\x00b\ud800 ") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}"
    said("x" * 10_000_000).encode("utf-8")
    assert len(said("x" * 10_000_000)) == 2_000
