import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.reports.escape import clipped, plain
from loopwatch.verdicts.quoting import HIDDEN

ANYTHING = st.text(st.characters(codec=None))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("fix: naïve 日本語 👩‍👧 ❤️", "fix: naïve 日本語 👩‍👧 ❤️"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\x9b2J", "\\x9b2J"),  # the same in one byte
        ("\x1b]8;;http://x\x07", "\\x1b]8;;http://x\\x07"),
        ("a\r\nb", "a\\x0d\\x0ab"),
        ("a\tb", "a   b"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("a\u200bb\ufeff", "a\\u200bb\\ufeff"),
        ("caf\udce9", "caf\\xe9"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),  # a tag: text that only a model reads
        ("[py3]", "[py3]"),
    ],
)
def test_plain(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(ANYTHING)
def test_plain_text_is_safe_and_stays_so(text: str) -> None:
    shown = plain(text)
    assert not HIDDEN.search(shown)
    assert plain(shown) == shown
    shown.encode("utf-8")


def test_what_is_clipped_is_counted() -> None:
    assert clipped("x" * 1_500, 5) == "xxxxx [1,495 more characters]"
    assert clipped("xxxxx", 5) == "xxxxx"
