"""Reading versions: the same whatever was read before, bounded, and not to be broken."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tree_sitter import Parser

from loopwatch.diffing.grammars import CORE
from loopwatch.diffing.memo import Memo, Recent
from loopwatch.diffing.node_traits import node_kinds
from loopwatch.diffing.syntax import Symbol, SyntaxReader, enclosing, tokens_of
from loopwatch.diffing.tree_reuse import LONGEST_LINE, Trees
from tests.diffing.language_samples import SAMPLES

SIGNS = ["(", ")", "{", "}", "[", '"', "'", ";", "#", "//", "/*", ":", "=", "\\", "`", "é", "\0"]
WORDS = ["x", "def ", "function ", "return", "import a\n", "class ", "if ", "@", "  ", "\n"]


def mangle(text: str, choose: random.Random) -> str:
    """Return a later version of a file: lines moved, removed or repeated, signs put in."""
    lines = text.split("\n")
    for _ in range(choose.randint(1, 3)):
        at, other = choose.randrange(len(lines)), choose.randrange(len(lines))
        match choose.randrange(5):
            case 0:
                lines[at], lines[other] = lines[other], lines[at]
            case 1:
                lines.insert(at, lines[other])
            case 2 if len(lines) > 1:
                del lines[at]
            case 3:
                lines[at] = "  " + lines[at]
            case _:
                column = choose.randint(0, len(lines[at]))
                sign = choose.choice(SIGNS + WORDS)
                lines[at] = lines[at][:column] + sign + lines[at][column:]
    return "\n".join(lines)


@pytest.mark.parametrize("language", CORE)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_what_was_read_before_makes_no_difference(language: str, seed: int) -> None:
    choose = random.Random(seed)  # noqa: S311 - made anew from each seed
    reader, text = SyntaxReader(memo_entries=20, trees=2), SAMPLES[language] * 2
    for _ in range(6):
        content = text.encode("utf-8", "surrogatepass")
        fresh = SyntaxReader().read("b", language, content)
        assert reader.read("a", language, content) == fresh
        text = mangle(text, choose)


def test_languages_that_share_a_memory_do_not_mix() -> None:
    reader = SyntaxReader()
    text = b"class Holder { run(given) { return given.first + given.second + given.third; } }\n"
    for language in ("javascript", "typescript", "tsx", "java", "javascript"):
        fresh = SyntaxReader().read("a", language, text)
        assert reader.read("a", language, text) == fresh


def test_what_broke_before_is_read_as_if_for_the_first_time() -> None:
    good = b"def told(given):\n    return given\n\n\n" * 100
    broken, noise = good + b"def g(:\n", b"}{)(" * 1500
    versions = [good, broken, broken + b"x = 1\n", noise, broken, good, good + b"x = 1\n", noise]
    reader = SyntaxReader()
    for content in versions:
        assert reader.read("a.py", "python", content) == SyntaxReader().read(
            "a.py", "python", content
        )
    assert reader.read("a.py", "python", noise) is None


def test_only_trees_that_can_help_are_kept() -> None:
    kinds = node_kinds("javascript")
    assert kinds is not None
    parser, trees = Parser(kinds.language), Trees(keys=2, total_bytes=40)
    for key, text in [("a", b"f();"), ("b", b"g();"), ("c", b"x = (;"), ("d", b"h();" * 11)]:
        assert trees.parse(parser, key, text) is not None
    assert not trees._last
    for key in "abc":
        trees.parse(parser, key, b"f();")
    assert list(trees._last) == ["b", "c"]


@pytest.mark.parametrize("language", CORE)
@given(content=st.binary(max_size=300))
@settings(max_examples=30, deadline=None)
def test_any_bytes_can_be_read(language: str, content: bytes) -> None:
    file = SyntaxReader().read("a", language, content)
    assert file is not None
    lines = content.count(b"\n") + 1
    assert all(1 <= s.start_line <= s.end_line <= lines for s in file.symbols)
    assert all(1 <= line <= lines for line in file.comment_lines | file.import_lines)
    assert all(1 <= first <= last <= lines for first, last in file.errors)
    assert tokens_of(language, content) == tokens_of(language, content)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("javascript", "(" * 9000),
        ("javascript", "function f() {\n" * 5000 + "}\n" * 5000),
        ("python", "".join(" " * depth + "def f():\n" for depth in range(300))),
        ("rust", "mod m {\n" * 3000 + "}\n" * 3000),
        ("go", "package p\nfunc f() {\n" + "if x {\n" * 3000 + "}\n" * 3001),
    ],
)
def test_deep_code_is_read_without_recursion(language: str, text: str) -> None:
    file = SyntaxReader().read("a", language, text.encode())
    assert file is not None
    assert all(len(symbol.name) < 10_000 for symbol in file.symbols)


def test_deep_code_has_the_same_state_wherever_it_stands() -> None:
    deep = "function f() {" * 40 + "x();" + "}" * 40
    reader = SyntaxReader()
    for prefix, suffix in (("", ""), ("function g() {" * 15, "}" * 15), ("", "")):
        content = (prefix + deep + suffix).encode()
        assert reader.read("a", "javascript", content) == SyntaxReader().read(
            "a", "javascript", content
        )


@pytest.mark.parametrize(
    "text", ["a" * (LONGEST_LINE + 1), "a=>\n" * 3000, "x" + " = 1\nx" * 700_000]
)
def test_what_nobody_wrote_is_not_parsed(text: str) -> None:
    assert SyntaxReader().read("a", "java", text.encode()) is None
    assert tokens_of("java", text[:20_000].encode())


def test_names_are_plain_and_not_too_long() -> None:
    text = 'x = {"a\\"b": function() {}, "' + "n" * 500 + '"() {}, [`c\n  d`]() {} }'
    file = SyntaxReader().read("a", "javascript", text.encode())
    assert file is not None
    assert [symbol.name for symbol in file.symbols] == ['a\\"b', "n" * 119 + "…", "[`c d`]"]


def symbol(name: str, start: int, end: int) -> Symbol:
    return Symbol(name, start, end, b"", b"")


@pytest.mark.parametrize(
    ("line", "name"),
    [(1, None), (2, "A"), (3, "A.f"), (5, "A.f.g"), (6, "A.f"), (7, "A"), (8, None), (10, "B")],
)
def test_the_innermost_symbol_encloses(line: int, name: str | None) -> None:
    symbols = [symbol("A", 2, 7), symbol("A.f", 3, 6), symbol("A.f.g", 4, 5), symbol("B", 9, 12)]
    found = enclosing(symbols, line)
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("language", "text", "tokens"),
    [
        ("python", "    return  x # why", "return x"),
        ("python", "else:\n    f(a,\n    )", "else : f ( a )"),
        ("javascript", "}, [a, b]); // why", "} , [ a , b ] )"),
        ("go", "if err != nil {", "if err != nil {"),
        ("no such language", "a+=b  c", "a + = b c"),
        ("python", "", ""),
    ],
)
def test_tokens_of_a_fragment(language: str, text: str, tokens: str) -> None:
    assert b" ".join(tokens_of(language, text.encode())).decode() == tokens


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("// one\n// two\nfn f() {}\n// four\nfn g() {}\n", {1, 2, 4}),
        ("/// one\nfn f() {}\n\n/// four\n/// five\nfn g() {\n    // seven\n}\n", {1, 4, 5, 7}),
        ("/* one\ntwo */\n// three\nfn f() {} // not four\n// five\n", {1, 2, 3, 5}),
    ],
)
def test_comments_take_their_own_lines_and_no_other(text: str, lines: set[int]) -> None:
    file = SyntaxReader().read("a", "rust", text.encode())
    assert file is not None
    assert file.comment_lines == lines


def test_a_memo_keeps_what_is_used_and_stays_small() -> None:
    memo: Memo[int, str] = Memo(10)
    for number in range(100):
        memo.put(number, "x")
        assert memo.get(0) == "x"
        assert len(memo) <= 20
    assert memo.get(50) is None
    with pytest.raises(ValueError, match="at least 1 entry"):
        Memo(0)


def test_of_large_values_only_the_last_two_are_kept() -> None:
    recent: Recent[str, str] = Recent(most=3, room=10)
    for key, size in (("a", 4), ("b", 4)):
        recent.put(key, key.upper(), size)
    assert recent.get("a") == "A"
    recent.put("c", "C", 4)  # b was used least
    assert [recent.get(key) for key in "abc"] == ["A", None, "C"]
    recent.put("d", "D", 100)
    assert [recent.get(key) for key in "acd"] == [None, "C", "D"]
    for key in "efgh":
        recent.put(key, key.upper(), 0)
    assert [recent.get(key) for key in "defgh"] == [None, None, "F", "G", "H"]
