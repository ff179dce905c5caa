"""Contents: what is kept of them, and what successive versions share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.diffing.syntax import SyntaxReader
from loopwatch.graph.contents import Contents, lines_of

TEXTS = st.lists(st.sampled_from(["a", "b", "c", "", "d\r"]), max_size=8).map("\n".join)


@given(TEXTS, TEXTS)
def test_lines_are_the_same_whatever_is_known(before: str, text: str) -> None:
    known = lines_of(before.encode())
    assert lines_of(text.encode(), known) == lines_of(text.encode())


@pytest.mark.parametrize("text", ["first\nsecond\nthird\n", "new\nfirst\nsecond\nnew\nthird\n"])
def test_versions_share_their_lines(text: str) -> None:
    known = lines_of(b"first\nsecond\nthird\n")
    shared = {id(line) for line in lines_of(text.encode(), known)}
    assert {id(line) for line in known} <= shared


def test_a_content_is_read_once_while_there_is_room_for_it() -> None:
    reads: list[bytes] = []

    def read(blob_id: bytes) -> bytes:
        reads.append(blob_id)
        return blob_id * 10

    contents = Contents(read, lambda path, reason: None, _room=25)
    for blob_id in (b"1", b"1", b"2", b"3", b"1"):
        found = contents.get(b"a.txt", blob_id)
        assert found is not None
        assert found.lines == (blob_id * 10,)
    assert reads == [b"1", b"2", b"3", b"1"]


def test_a_part_of_a_file_is_not_taken_for_what_a_minifier_wrote() -> None:
    """Of a page with one long line, an agent's edit may show that line alone."""
    lines = b"function f(a,b){return a+b;}" * 99 + b"\n"
    whole = Contents(lambda blob_id: lines, lambda path, reason: None)
    part = Contents(lambda blob_id: lines, lambda path, reason: None, is_part=lambda blob_id: True)
    told = [
        found and found.is_minified for found in (one.get(b"a.js", b"1") for one in (whole, part))
    ]
    assert told == [True, False]


def roomless(texts: dict[bytes, bytes], told: list[tuple[bytes, str]]) -> Contents:
    """Return contents that keep no more than the last two."""
    return Contents(
        lambda blob_id: texts.get(blob_id, "missing object"),
        lambda path, reason: told.append((path, reason)),
        _room=0,
    )


def test_shapes_are_remembered_for_longer_than_contents() -> None:
    texts = {b"%d" % n: b"def f(a):\n    return a + %d\n" % n for n in range(5)}
    reads: list[bytes] = []

    def read(blob_id: bytes) -> bytes | str:
        reads.append(blob_id)
        return texts.get(blob_id, "missing object")

    contents = Contents(read, lambda path, reason: None, _room=0)
    shapes = []
    for blob_id in texts:
        content = contents.get(b"a.py", blob_id)
        assert content is not None
        assert content.syntax is not None
        shapes += [one.shape_state for one in content.syntax.symbols]
    assert len(reads) == len(set(shapes)) == 5
    told = [
        [contents.has_shape(b"a.py", blob_id, "f", shape) for shape in shapes] for blob_id in texts
    ]
    assert told == [[one == other for other in range(5)] for one in range(5)]
    assert not contents.has_shape(b"a.py", b"0", "g", shapes[0])
    assert len(reads) == 5
    assert contents.has_shape(b"b.pyi", b"0", "f", shapes[0])  # asked for the first time there
    assert not contents.has_shape(b"a.txt", b"0", "f", shapes[0])
    assert not contents.has_shape(b"a.py", b"9", "f", shapes[0])


def test_what_somebody_holds_is_let_go_and_read_again() -> None:
    texts = {b"%d" % n: b"def f():\n    return %d\n" % n for n in range(5)}
    contents = roomless(texts, [])
    held = [found for blob_id in texts if (found := contents.get(b"a.py", blob_id)) is not None]
    states = []
    for number, found in enumerate(held):
        assert found.syntax is not None
        states.append(found.syntax.token_state)
        assert found.lines == (b"def f():", b"    return %d" % number)
    assert len(set(states)) == len(held) == 5
    assert sum(found._lines is not None for found in held) <= 2


def test_a_content_that_cannot_be_read_again_is_skipped() -> None:
    texts = {b"%d" % n: b"x = %d\n" % n for n in range(3)}
    told: list[tuple[bytes, str]] = []
    contents = roomless(texts, told)
    held = [contents.get(b"a.py", blob_id) for blob_id in list(texts)]
    texts.clear()
    assert held[0] is not None
    assert (held[0].lines, held[0].syntax) == ((), None)
    assert told == [(b"a.py", "missing object")]


def test_what_parses_is_not_parsed_again_to_find_its_errors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = {b"1": b"def f():\n    return 1\n", b"2": b"def f(:\n", b"3": b"x = 3\n"}
    contents, parsed = roomless(texts, []), list[bytes]()
    read = SyntaxReader.read

    def counting(reader: SyntaxReader, path: str, language: str, text: bytes) -> object:
        parsed.append(text)
        return read(reader, path, language, text)

    monkeypatch.setattr(SyntaxReader, "read", counting)
    told = [
        bool(found.errors)
        for blob_id in [b"1", b"2", b"3"] * 2
        if (found := contents.get(b"a.py", blob_id)) is not None
    ]
    assert told == [False, True, False] * 2
    assert [text.rstrip() for text in parsed] == [
        b"def f():\n    return 1", b"def f(:", b"x = 3", b"def f(:",
    ]  # fmt: skip


def test_a_part_of_a_file_is_never_broken() -> None:
    contents = Contents(lambda blob: b"def f(:\n", lambda path, reason: None, is_part=bool)
    found = contents.get(b"a.py", b"1")
    assert found is not None
    assert found.errors == ()
