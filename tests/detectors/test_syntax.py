"""The inspector of syntax, in every language that has a grammar here."""

import pytest

from loopwatch.detectors.api import SourceFile
from loopwatch.detectors.syntax import LARGEST, Syntax
from loopwatch.model.evidence import DefectKind, Span


def spans(path: str, content: bytes) -> list[Span | None]:
    return [one.span for one in Syntax().inspect(SourceFile(path=path, content=content))]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("a.py", b"def f(:\n    return 1\n"),
        ("a.js", b"function f( {\n"),
        ("a.ts", b"const x: = 1;\n"),
        ("a.tsx", b"const x = <div>;\n"),
        ("a.go", b"package a\nfunc f( {\n"),
        ("a.rs", b"fn f( {\n"),
        ("A.java", b"class A { void f( { }\n"),
    ],
)
def test_what_does_not_parse(path: str, content: bytes) -> None:
    syntax = Syntax()
    assert syntax.inspects(path)
    found = list(syntax.inspect(SourceFile(path=path, content=content)))
    assert found
    assert {(one.kind, one.rule, one.path) for one in found} == {
        (DefectKind.SYNTAX, "syntax", path)
    }


def test_one_defect_for_each_place() -> None:
    content = b"a = (1\n\n\ndef f():\n    return 1\n\n\ndef g(:\n    pass\n"
    assert 1 <= len(spans("a.py", content)) <= 3


def test_what_parses() -> None:
    assert spans("a.py", b"def f():\n    return 1\n") == []
    assert spans("a.py", b"") == []
    assert spans("a.py", b"\xef\xbb\xbfx = 1\r\ny = 2\r\n") == []


def test_what_is_not_looked_at() -> None:
    syntax = Syntax()
    assert not syntax.inspects("notes.md")
    assert not syntax.inspects("data.json")
    assert spans("a.txt", b"def f(:") == []
    assert spans("a.py", b"\0\1\2") == []
    assert spans("a.py", b"(" * (LARGEST + 1)) == []


def test_the_answer_depends_on_the_file_alone() -> None:
    syntax = Syntax()
    broken = SourceFile(path="a.py", content=b"def f(:\n    return 1\n")
    first = list(syntax.inspect(broken))
    list(syntax.inspect(SourceFile(path="a.py", content=b"def f():\n    return 1\n")))
    assert list(syntax.inspect(broken)) == first


def test_a_quote_of_the_code() -> None:
    (found,) = Syntax().inspect(SourceFile(path="a.py", content=b"x = = 2\n"))
    assert found.message.startswith("does not parse: x = = 2")
