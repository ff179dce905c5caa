"""Exceptions as languages print them: what was thrown, and where our own code was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.detectors.exceptions import exceptions, is_at_end, is_told, thrown
from loopwatch.model.evidence import DefectKind

PYTHON = """\
starting
Traceback (most recent call last):
  File "/repo/main.py", line 3, in <module>
    main()
  File "/repo/src/dur.py", line 9, in parse
    return read(text)
           ~~~~^^^^^^
  File "/usr/lib/python3.11/site-packages/read.py", line 40, in read
    raise ValueError(text)
ValueError: not a duration: '90'
"""
CHAINED = f"""\
{PYTHON}
During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/repo/src/dur.py", line 12, in describe
    raise dur.errors.Unknown(text)
dur.errors.Unknown: 90
"""
NODE = """\
/repo/src/a.js:3
    throw new TypeError("x");
    ^

TypeError: x is not a function
    at parse (/repo/src/a.js:3:11)
    at async Object.<anonymous> (/repo/src/b.js:9:1)
    at Module._compile (node:internal/modules/cjs/loader:1105:14)
    at async file:///repo/src/c.mjs:9:1

Node.js v20.1.0
"""
JVM = """\
Exception in thread "main" java.lang.RuntimeException: outer
\tat com.acme.App.run(App.java:10)
\tat com.acme.App.main(App.java:5)
Caused by: java.lang.IllegalStateException: inner 5
\tat java.base/java.util.List.get(List.java:3)
\tat com.acme.Dur.parse(Dur.java:20)
\t... 2 more
"""
GO = """\
panic: runtime error: index out of range [3] with length 2

goroutine 1 [running]:
main.(*Reader).parse(0xc000012)
\t/repo/dur.go:10 +0x1d
main.main()
\t/repo/main.go:5 +0x1d
exit status 2
"""
RUST = """\
thread 'main' (12) panicked at src/main.rs:4:5:
index out of bounds
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
"""
OLD_RUST = "thread 'main' panicked at 'no unit', src/main.rs:4:5\n"


def path_of(path: str) -> str | None:
    path = path.removeprefix("file://")
    if path.startswith("/"):
        return path.removeprefix("/repo/") if path.startswith("/repo/") else None
    return path


@pytest.mark.parametrize(
    ("text", "rule", "message", "path", "frames"),
    [
        (
            PYTHON,
            "ValueError",
            "ValueError: not a duration: '90'",
            "src/dur.py",
            ("main.py:", "src/dur.py:parse"),
        ),
        (CHAINED, "Unknown", "Unknown: 90", "src/dur.py", ("src/dur.py:describe",)),
        (
            NODE,
            "TypeError",
            "TypeError: x is not a function",
            "src/a.js",
            ("src/c.mjs:", "src/b.js:", "src/a.js:parse"),
        ),
        (
            JVM,
            "IllegalStateException",
            "IllegalStateException: inner 5",
            None,
            ("class com.acme.Dur:parse",),
        ),
        (
            GO,
            "panic",
            "panic: runtime error: index out of range [3] with length 2",
            "dur.go",
            ("main.go:main", "dur.go:(*Reader).parse"),
        ),
        (RUST, "panic", "panic: index out of bounds", "src/main.rs", ("src/main.rs:",)),
        (OLD_RUST, "panic", "panic: no unit", "src/main.rs", ("src/main.rs:",)),
    ],
    ids=["python", "chained", "node", "jvm", "go", "rust", "old-rust"],
)
def test_an_exception_is_told_by_its_frames(
    text: str, rule: str, message: str, path: str | None, frames: tuple[str, ...]
) -> None:
    lines = text.split("\n")
    (found,) = exceptions(lines, path_of)
    assert (found.kind, found.rule, found.message) == (DefectKind.CRASH, rule, message)
    assert (found.path, found.frames) == (path, frames)
    assert is_told(text)
    assert is_at_end(lines, near=3)


def dies_of(said: str, path: str = "/repo/a.py") -> list[str]:
    frame = f'  File "{path}", line 1, in work'
    return ["Traceback (most recent call last):", frame, said]


@pytest.mark.parametrize(
    "lines",
    [
        dies_of("ModuleNotFoundError: No module named 'yaml'"),
        dies_of("requests.exceptions.ConnectTimeout: 10.0.0.1"),
        dies_of("FileNotFoundError: [Errno 2] No such file or directory: 'x.csv'"),
        dies_of("KeyboardInterrupt"),
        dies_of("SyntaxError: invalid syntax"),
        dies_of("ValueError: typed in", "<string>"),
        dies_of("ValueError: of others", "/usr/lib/python3/json.py"),
        dies_of("ValueError: of others", "/repo/.venv/lib/json.py"),
        dies_of("ValueError: of others", "../../usr/local/lib/python3.13/json/decoder.py"),
    ],
    ids=["module", "network", "file", "user", "syntax", "typed-in", "outside", "library", "above"],
)
def test_what_is_no_fault_of_the_code_is_left_out(lines: list[str]) -> None:
    assert is_told("\n".join(lines))  # but the run was not silent
    assert exceptions(lines, path_of) == []


@pytest.mark.parametrize(
    "text", ["all is well\n", "1 error was fixed\n", "ValueError is what it raises\n", ""]
)
def test_words_alone_are_no_exception(text: str) -> None:
    assert not is_told(text)
    assert exceptions(text.split("\n"), path_of) == []


def test_what_goes_on_did_not_die() -> None:
    assert not is_at_end([*PYTHON.split("\n"), *["went on"] * 9], near=3)


def test_a_recursion_is_told_once() -> None:
    frame = '  File "/repo/a.py", line 1, in work'
    lines = ["Traceback (most recent call last):", *[frame] * 50, "RecursionError: too deep"]
    (found,) = exceptions(lines, path_of)
    assert found.frames == ("a.py:work",)


def test_a_stack_without_an_end_is_none() -> None:
    assert exceptions(PYTHON.split("\n")[:5], path_of) == []


@given(st.lists(st.sampled_from([*"".join((CHAINED, NODE, JVM, GO, RUST)).split("\n"), "", "  "])))
def test_whatever_is_printed_can_be_read(lines: list[str]) -> None:
    ends = [one.end for one in thrown(lines)]
    assert ends == sorted(ends)
    assert all(defect.frames for defect in exceptions(lines, path_of))
