"""Trailers are what git takes for trailers."""

import os
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loopwatch.verdicts.trailers import trailers

LINES = st.sampled_from(
    [
        "",
        " ",
        "fix: a",
        "words that go on",
        "Loopwatch-Ignore: 7c1e9a0b because",
        "loopwatch-ignore : 7c1e9a0b",
        "Signed-off-by: Ada <ada@example.com>",
        "(cherry picked from commit 0123456789)",
        "  goes on",
        "\tand on",
        "# a comment",
        "Key:",
        "a b: c",
        "Two words: here",
        ": nothing",
        "https://example.com",
    ]
)


def by_git(message: str) -> list[tuple[str, str]]:
    """Return the trailers that git sees; ``%(trailers)`` reads messages as this does."""
    done = subprocess.run(
        ["git", "interpret-trailers", "--parse", "--no-divider"],
        input=message.encode(),
        capture_output=True,
        check=True,
        env=os.environ | {"LC_ALL": "C"},
    )
    lines = done.stdout.decode().splitlines()
    return [(key.strip(), value.strip()) for key, _, value in (one.partition(":") for one in lines)]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("fix: a", []),
        ("fix: a\n\nKey: value", [("Key", "value")]),
        ("fix: a\n\nKey: value\n\n\n", [("Key", "value")]),
        ("fix: a\nKey: value", []),  # the first paragraph is the subject
        ("fix: a\n\nKey: value\n\nmore words", []),  # not the last paragraph
        ("fix: a\n\nwords\nKey: value", []),  # other lines beside it
        ("fix: a\n\na\nb\nc\nSigned-off-by: Ada", [("Signed-off-by", "Ada")]),  # 1 in 4
        ("fix: a\n\na\nb\nc\nd\nSigned-off-by: Ada", []),  # 1 in 5
        ("fix: a\n\nKey: one\n  two\nOther: three", [("Key", "one two"), ("Other", "three")]),
        ("fix: a\n\nKey: value\r\nOther: x\r\n", [("Key", "value"), ("Other", "x")]),
        ("", []),
        ("\n\n\n", []),
    ],
)
def test_named_cases(message: str, expected: list[tuple[str, str]]) -> None:
    assert list(trailers(message)) == expected
    assert by_git(message) == expected


@settings(max_examples=300)
@given(st.lists(LINES, max_size=9).map("\n".join))
def test_git_sees_the_same(message: str) -> None:
    assert list(trailers(message)) == by_git(f"{message}\n")
