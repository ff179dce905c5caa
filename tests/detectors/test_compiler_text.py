"""Errors of compilers that have no reader of their own."""

import pytest

from loopwatch.detectors.compiler_text import Error, defects, errors, is_whole


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.c:3:5: error: 'x' undeclared", Error("a.c", 3, 5, "error", "'x' undeclared")),
        (
            "a.c:1:10: fatal error: no.h: No such file",
            Error("a.c", 1, 10, "error", "no.h: No such file", is_fatal=True),
        ),
        (
            "src/A.java:10: error: ';' expected",
            Error("src/A.java", 10, None, "error", "';' expected"),
        ),
        ("P/A.lean:7:4: error: unsolved goals", Error("P/A.lean", 7, 4, "error", "unsolved goals")),
        (
            "A.lean:7:4: error(lean.unknownIdentifier): Unknown constant `x`",
            Error("A.lean", 7, 4, "lean.unknownIdentifier", "Unknown constant `x`"),
        ),
        ("./a.go:3:5: undefined: x", Error("./a.go", 3, 5, "error", "undefined: x")),
        ("a.go:3:5: undefined: x (typecheck)", Error("a.go", 3, 5, "error", "undefined: x")),
        (
            "a.go:3:5: result is not checked (errcheck)",
            Error("a.go", 3, 5, "errcheck", "result is not checked", is_of_linter=True),
        ),
        (
            "error[E0425]: cannot find value `x`\n --> src/main.rs:2:5",
            Error("src/main.rs", 2, 5, "E0425", "cannot find value `x`"),
        ),
    ],
    ids=["gcc", "fatal", "javac", "lean", "lean-named", "go", "go-typed", "go-linted", "rustc"],
)
def test_an_error_is_read(text: str, expected: Error) -> None:
    assert errors(text.split("\n")) == (expected,)


@pytest.mark.parametrize(
    "text",
    [
        "a.c:3:5: warning: unused variable 'x'",
        "a.c:3:5: note: declared here",
        "12:30:01: error: it is late",
        "error: it failed",
        "see a.c:3",
    ],
)
def test_all_else_is_none(text: str) -> None:
    assert errors([text]) == ()


def test_a_compiler_that_gave_up_has_not_listed_all() -> None:
    assert is_whole(errors(["a.c:3:5: error: one", "b.c:3:5: error: two"]))
    assert not is_whole(errors(["a.c:3:5: error: one", "a.c:4:1: fatal error: two"]))
    assert not is_whole(errors([f"a.c:{line}:5: error: one" for line in range(1, 500)]))


def test_errors_outside_are_no_defects_of_ours() -> None:
    found = errors(["/usr/include/a.h:3:5: error: one", "b.c:3:5: error: two"])
    told = list(defects(found, lambda path: None if path.startswith("/") else path))
    assert [(one.path, one.rule, one.message) for one in told] == [("b.c", "error", "two")]


def test_what_a_linter_says_is_not_what_a_compiler_says() -> None:
    (found,) = errors(["a.go:3:5: result is not checked (errcheck)"])
    assert list(defects([found], str)) == []
