"""What a defect is known by: not its line, not the layout, not the names of locals."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.diffing.node_traits import node_kinds
from loopwatch.diffing.syntax import SyntaxReader
from loopwatch.fingerprints.descriptor import Descriptor
from loopwatch.fingerprints.descriptors import describe
from loopwatch.fingerprints.source_tree import plain, source_tree
from loopwatch.model.evidence import Defect, DefectKind, Span
from tests.diffing.language_samples import SAMPLES
from tests.fingerprints.reporting import described, failing, lint

CODE = """import os


class Cart:
    def total(self, prices):
        amount = 0
        for price in prices:
            amount += price * self.rate
        return amount
"""


def at(text: str, needle: str, path: str = "a.py") -> Descriptor:
    return described(text, [lint(text, needle)], path)[0]


@pytest.mark.parametrize(
    ("needle", "scope"),
    [
        ("os", ""),
        ("Cart", "Cart"),
        ("total", "Cart.total"),
        ("self.rate", "Cart.total"),
    ],
)
def test_the_scope_is_the_innermost_definition(needle: str, scope: str) -> None:
    assert at(CODE, needle).scope.name == scope


def test_a_decorator_belongs_to_its_definition() -> None:
    assert at("class A:\n    @cached(1)\n    def f(self): pass\n", "cached").scope.name == "A.f"


@pytest.mark.parametrize(
    ("new", "is_exact", "is_alpha"),
    [
        (CODE.replace("amount", "sum_"), False, True),  # a local is renamed
        (CODE.replace("amount += price", "amount  +=(  price )"), True, True),  # layout
        (CODE.replace("        for", "        # why\n        for"), True, True),
        (CODE.replace("self.rate", "self.factor"), False, False),  # an attribute is not local
        (CODE.replace("\n", "\r\n"), True, True),
        ("\ufeff" + CODE, True, True),
    ],
)
def test_what_a_statement_is(new: str, is_exact: bool, is_alpha: bool) -> None:
    before, after = at(CODE, "+="), at(new, "+=")
    assert (before.exact == after.exact, before.alpha == after.alpha) == (is_exact, is_alpha)
    assert before.anchor == after.anchor


def test_only_the_header_of_a_compound_statement_counts() -> None:
    assert at(CODE, "for").exact == at(CODE.replace("+= price", "-= price"), "for").exact


def test_names_of_locals_in_messages_are_numbers() -> None:
    text = "def f():\n    a = g()\n    return b\n"
    found = described(text, [lint(text, "a =", message="`a` is set, `b` is not, in `f`, 3 times")])[
        0
    ]
    assert found.message == "<1> is set, <2> is not, in <3>, <int> times"
    assert found.names == ("$0", "b", "$own")


def test_twins_are_told_apart_by_order_alone() -> None:
    text = "def f():\n    g()\n    g()\n"
    first, second = described(text, [lint(text, "g()"), lint(text, "g()")])
    assert first.exact_key == second.exact_key
    assert (first.ordinal, second.ordinal) == (0, 1)


def test_columns_are_characters() -> None:
    text = "s = 'ä€😀'; g()\n"
    assert at(text, "g()").anchor_token == at("s = 'aaa'; g()\n", "g()").anchor_token


def test_a_long_statement_is_known_by_what_is_near() -> None:
    numbers = [f"'{number}': f({number})," for number in range(5000)]
    before = at("x = {\n" + "\n".join(numbers) + "\n}\n", "f(4000)")
    after = at("x = {\n" + "\n".join(["'new': 1,", *numbers]) + "\n}\n", "f(4000)")
    assert (before.exact, before.anchor) == (after.exact, after.anchor)


def test_without_a_parser_the_line_is_the_statement() -> None:
    before = at("a = 1\nsome text here\n", "text", "notes.txt")
    after = at("b\n\n\na = 1\nsome   text here\n", "text", "notes.txt")
    assert (before.exact, before.anchor) == (after.exact, after.anchor)


def test_without_content_the_message_is_the_statement() -> None:
    defect = Defect(kind=DefectKind.TYPE, rule="arg-type", message="bad at 0x7f01")
    other = Defect(kind=DefectKind.TYPE, rule="arg-type", message="bad at 0x7f02")
    (one,), (two,) = (describe([d], None, "a.py", "python") for d in (defect, other))
    assert one.exact == two.exact


def test_a_failing_test_is_known_by_its_node_id_and_body() -> None:
    text = "class TestA:\n    def test_b(self):\n        assert f() == 1\n"
    one = described(text, [failing("a.py::TestA::test_b[1]")])[0]
    moved = described("x = 1\n" + text, [failing("a.py::TestA::test_b[1]", "other")])[0]
    rewritten = described(text.replace("== 1", "== 2"), [failing("a.py::TestA::test_b[1]")])[0]
    assert one.scope.name == "TestA.test_b"
    assert one.exact == moved.exact != rewritten.exact


def test_the_body_of_a_test_that_is_a_call() -> None:
    text = "describe('sum', () => {\n  it('adds', () => {\n    expect(sum(1)).toBe(1)\n  })\n})\n"
    one = described(text, [failing("a.ts > sum > adds")], "a.ts")[0]
    other = described(text.replace("toBe(1)", "toBe(2)"), [failing("a.ts > sum > adds")], "a.ts")[0]
    assert one.exact != other.exact


def test_a_crash_is_known_by_its_frames_and_masked_message() -> None:
    def crash(message: str, *frames: str) -> Descriptor:
        defect = Defect(kind=DefectKind.CRASH, rule="KeyError", message=message, frames=frames)
        return describe([defect], None, "", None)[0]

    one = crash("no key 7", "a.py:main", "b.py:load")
    assert one.exact == crash("no key 12", "a.py:main", "b.py:load").exact
    assert one.exact != crash("no key 7", "a.py:main", "b.py:save").exact
    assert one.alpha == crash("no key 12", "a.py:main", "b.py:load").alpha
    for other in ("no value 7", "no key 'a'"):  # in the same place, and perhaps another one
        assert one.alpha != crash(other, "a.py:main", "b.py:load").alpha
    named = crash("no key 'a'", "a.py:main")
    assert named.alpha != crash("no key 'b'", "a.py:main").alpha
    assert one.scope.place == ("b.py", "load")


def test_descriptors_can_be_sent_to_other_processes() -> None:
    one = at(CODE, "+=")
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301 - our own bytes


@pytest.mark.parametrize("language", SAMPLES)
def test_definitions_have_the_names_that_symbols_have(language: str) -> None:
    if node_kinds(language) is None:
        pytest.skip("the grammar is not installed")
    content = SAMPLES[language].encode()
    tree, file = source_tree(language, plain(content)), SyntaxReader().read("a", language, content)
    assert tree is not None and file is not None
    assert [one.name for one in tree.definitions] == [one.name for one in file.symbols]


@pytest.mark.parametrize("language", SAMPLES)
def test_every_place_of_every_language_has_a_statement(language: str) -> None:
    text = SAMPLES[language]
    for line in range(1, text.count("\n") + 1):
        span = Span(start_line=line, end_line=line)
        defect = Defect(kind=DefectKind.LINT, rule="X", message="m", span=span)
        one = describe([defect], text.encode(), "a", language)[0]
        later = Span(start_line=line + 2, end_line=line + 2)
        moved = Defect(kind=DefectKind.LINT, rule="X", message="m", span=later)
        head = "<?php\n\n" if text.startswith("<?php") else "\n\n"
        two = describe([moved], (head + text.removeprefix("<?php")).encode(), "a", language)[0]
        if not text.startswith("<?php"):
            assert one.form == two.form


@given(st.binary(max_size=300), st.integers(1, 9), st.integers(1, 99))
def test_any_content_can_be_described(content: bytes, line: int, column: int) -> None:
    span = Span(start_line=line, end_line=line, start_column=column)
    defect = Defect(kind=DefectKind.LINT, rule="X", message="m", span=span)
    for language in ("python", "typescript", None):
        assert len(describe([defect], content, "a", language)) == 1


HOSTILE = {
    "a line of 1 MB": b"x = '" + b"a" * 1_000_000 + b"'\n",
    "binary": b"\0\1\2\n" * 1000,
    "deep brackets": b"x = " + b"(" * 4000 + b")" * 4000 + b"\n",
    "deep blocks": b"".join(b" " * n + b"if x:\n" for n in range(300)) + b" " * 300 + b"pass\n",
    "errors": b"}{ )( = def class " * 3000 + b"\n",
    "many lines": b"f(x)\n" * 30_000,
    "empty": b"",
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_hostile_content_is_described_quickly(content: bytes) -> None:
    last = content.count(b"\n") or 1
    defects = [
        Defect(
            kind=kind,
            rule="X",
            message="m" * 5000,
            subject="a.py::test_x" if kind is DefectKind.TEST else "",
            span=Span(start_line=line, end_line=line, start_column=column),
        )
        for kind in DefectKind
        for line in (1, last, last + 5)
        for column in (1, 4000, 2_000_000)
    ]
    assert len(describe(defects, content, "a.py", "python")) == len(defects)
