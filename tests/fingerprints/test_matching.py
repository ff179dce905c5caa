"""One step: which defect is which, one to one."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.fingerprints.descriptors import describe
from loopwatch.fingerprints.matching import Tier, match
from loopwatch.model.defect import Grade
from loopwatch.model.evidence import Defect, DefectKind, Span
from tests.fingerprints.reporting import (
    all_described,
    defined,
    described,
    failing,
    lint,
    lints,
)

CODE = """class Cart:
    def total(self, prices):
        amount = risky(prices, self.rate)
        log(amount)
        return amount


def other(items):
    found = risky(items)
    return found
"""


def tiers(old: str, new: str, needle: str = "risky", path: str = "a.py") -> list[tuple[int, int]]:
    found = match(all_described(old, needle), all_described(new, needle, path))
    return [(one.old, one.new) for one in found]


SAME = {
    "nothing": CODE,
    "lines above": "import os\n\n\n" + CODE,
    "layout": CODE.replace(
        "(prices, self.rate)", "(\n            prices,\n            self.rate,\n        )"
    ),
    "a local renamed": CODE.replace("amount", "sum_of_all"),
    "a function renamed": CODE.replace("def total", "def compute_total"),
    "a line nearby": CODE.replace("        log(", "        check(amount)\n        log("),
    "wrapped": CODE.replace(
        "        log(amount)", "        if self.debug:\n            log(amount)"
    ),
    "the line edited": CODE.replace("self.rate", "self.current_rate"),
}


@pytest.mark.parametrize("new", SAME.values(), ids=SAME)
def test_identity_is_kept(new: str) -> None:
    assert tiers(CODE, new) == [(0, 0), (1, 1)]


def test_a_move_to_another_file_is_followed() -> None:
    assert tiers(CODE, CODE, path="lib/b.py") == [(0, 0), (1, 1)]


def test_a_function_moved_past_another() -> None:
    first, second = CODE.split("\n\n\n")
    assert tiers(CODE, f"{second}\n\n{first}\n") == [(0, 1), (1, 0)]


def test_a_copy_does_not_steal_the_identity() -> None:
    first, second = CODE.split("\n\n\n")
    copy = second.replace("def other", "def copy_of_other")
    assert tiers(CODE, f"{first}\n\n\n{copy}\n\n{second}") == [(0, 0), (1, 2)]


def test_what_stands_has_not_become_its_copy() -> None:
    old = "def f(a):\n    b = risky(a)\n    return b\n"
    new = "def f(a):\n    return 0\n\n\ndef g(a):\n    b = risky(a)\n    return b\n"
    found = match(
        all_described(old, "risky"),
        all_described(new, "risky"),
        standing=defined(new),
        stood=defined(old),
    )
    assert all(one.grade is not Grade.CERTAIN for one in found)


LONG = """def f(a, limit):
    total = sum(one.price for one in a)
    b = risky(a, limit)
    if b and total > limit:
        log(b, total)
    return b
"""


@pytest.mark.parametrize(
    ("stays", "copy", "is_same"),
    [
        (LONG.replace("risky", "safe"), LONG.replace("def f", "def g"), False),
        ("def f(a, limit):\n    return g(a, limit)\n", LONG.replace("def f", "def g"), True),
        (LONG.replace("risky(a", "g(a"), "def g(a, limit):\n    return risky(a, limit)\n", False),
    ],
    ids=["mended, and copied", "moved as a whole", "too little left to tell"],
)
def test_code_that_moved_out_is_told_from_a_copy(stays: str, copy: str, is_same: bool) -> None:
    new = f"{stays}\n\n{copy}"
    found = match(
        all_described(LONG, "risky"),
        all_described(new, "risky"),
        standing=defined(new),
        stood=defined(LONG),
    )
    assert bool(found) is is_same


def test_another_defect_of_the_rule_in_the_same_place_is_not_certain() -> None:
    old = "def f(a, b):\n    total = compute(a, b)\n    return a, b, total\n"
    new = "def f(a, b):\n    name = b.strip().title()\n    return a, b, total\n"
    one = described(old, [lint(old, "total", message="`total` is unused")])
    two = described(new, [lint(new, "name", message="`name` is unused")])
    assert all(found.grade is not Grade.CERTAIN for found in match(one, two))


def test_rules_of_other_families_never_match() -> None:
    one = described(CODE, [lint(CODE, "risky", rule="A")])
    two = described(CODE, [lint(CODE, "risky", rule="B")])
    assert match(one, two) == ()


def test_a_family_joins_rules() -> None:
    text = CODE.encode()
    one = describe([lint(CODE, "risky", rule="F841")], text, "a.py", "python", lambda _: "unused")
    two = describe([lint(CODE, "risky", rule="W0612")], text, "a.py", "python", lambda _: "unused")
    assert [found.grade for found in match(one, two)] == [Grade.CERTAIN]


def test_twins_are_paired_in_order_and_marked() -> None:
    text = "def f():\n    g()\n    h()\n    g()\n"
    found = match(all_described(text, "g()"), all_described("x = 1\n" + text, "g()"))
    assert [(one.old, one.new, one.is_twin) for one in found] == [(0, 0, True), (1, 1, True)]


def test_the_twin_that_is_left_is_told_by_what_is_around() -> None:
    old = "def f():\n    a()\n    g()\n    b()\n    c()\n    g()\n    d()\n"
    new = "def f():\n    a()\n    b()\n    c()\n    g()\n    d()\n"
    found = match(all_described(old, "g()"), all_described(new, "g()"))
    assert [(one.old, one.new) for one in found] == [(1, 0)]


def test_of_equal_statements_the_message_decides() -> None:
    text = "f(a, b)\n"
    first = lint(text, "f", message='Argument 1 to "f" is wrong')
    second = lint(text, "f", message='Argument 2 to "g" is wrong')
    found = match(described(text, [first, second]), described(text, [second]))
    assert [(one.old, one.new) for one in found] == [(1, 0)]


@pytest.mark.parametrize(
    ("old", "new", "tier"),
    [
        ("a.py::test_x[1]", "a.py::test_x[1]", Tier.EXACT),
        ("a.py::test_x[<f at 0x10>]", "a.py::test_x[<f at 0x22>]", Tier.ALPHA),
        ("a.py::test_x[1]", "a.py::test_y[1]", Tier.SCOPED),  # renamed: the body tells
        ("a.py::test_x[apple]", "a.py::test_x[pear]", None),
    ],
)
def test_tests(old: str, new: str, tier: Tier | None) -> None:
    def text(subject: str) -> str:
        return f"def {subject[6:12]}(a):\n    result = compute(a)\n    assert result == 3\n"

    one, two = described(text(old), [failing(old)]), described(text(new), [failing(new)])
    assert [found.tier for found in match(one, two)] == ([tier] if tier else [])


def test_a_test_that_is_rewritten_is_the_same_test() -> None:
    old = "def test_x(a):\n    first = compute(a)\n    assert first == 3\n    assert a.size\n"
    new = "def test_x(b, c):\n    with opened(b) as second:\n        second.check(c, 'text')\n"
    one, two = (described(text, [failing("a.py::test_x[1]")]) for text in (old, new))
    assert [found.grade for found in match(one, two)] == [Grade.CERTAIN]
    assert one[0].exact != two[0].exact


HEADED = """class Reader(Base):
    '''It reads.'''

    def read(self, path, flag):
        return self.open(path, flag)
"""
NEW_HEADER = (
    "(cls, *, names: Seq[Name], flag: Mode | None = Mode.FAST) -> Iterator[tuple[int, str]]"
)
UNLINKED = "def f(path):\n    try:\n        g(path)\n    finally:\n        os.unlink(path)\n"


@pytest.mark.parametrize(
    ("old", "new", "needle", "message", "tier"),
    [
        (
            HEADED,
            HEADED.replace("(self, path, flag)", NEW_HEADER),
            "read(",
            "No docstring",
            Tier.TOPIC,
        ),
        (
            HEADED,
            HEADED.replace("(self, path, flag)", NEW_HEADER),
            "flag",
            "A flag",
            Tier.TOPIC,
        ),
        (
            HEADED,
            HEADED.replace("It reads.", "Lines of a file, each without its end."),
            "'''",
            "Say what it returns",
            Tier.TOPIC,
        ),
        (
            UNLINKED,
            UNLINKED.replace("os.unlink(path)", "os.unlink(temporary.folder / name.lower())"),
            "os.",
            "`os.unlink` should be `Path.unlink`",
            Tier.TOPIC,
        ),
        (
            UNLINKED,
            UNLINKED.replace("os.unlink(path)", "os.rmdir(temporary.folder / name.lower())"),
            "os.",
            "It names nothing",
            None,
        ),
    ],
    ids=["header", "argument", "document", "what the message names", "nothing"],
)
def test_what_is_worded_anew_goes_on_where_there_is_but_one(
    old: str, new: str, needle: str, message: str, tier: Tier | None
) -> None:
    olds, news = (described(text, [lint(text, needle, message=message)]) for text in (old, new))
    found = match(olds, news, standing=defined(new), stood=defined(old))
    assert [one.tier for one in found] == ([tier] if tier else [])
    assert all(one.grade is not Grade.CERTAIN for one in found)


def test_another_argument_is_another_defect() -> None:
    new = HEADED.replace("(self, path, flag)", NEW_HEADER).replace("flag:", "other:")
    olds = described(HEADED, [lint(HEADED, "flag", message="A flag")])
    news = described(new, [lint(new, "other", message="A flag")])
    assert match(olds, news, standing=defined(new), stood=defined(HEADED)) == ()


def reported(text: str, end_line: int, end_column: int = 1) -> Defect:
    """Report what begins at the top of a file."""
    span = Span(start_line=1, start_column=1, end_line=end_line, end_column=end_column)
    return Defect(kind=DefectKind.LINT, rule="X", message="unsorted", span=span)


@pytest.mark.parametrize(("end_line", "is_same"), [(4, True), (1, False)])
def test_a_block_goes_on_whatever_its_first_line_is(end_line: int, is_same: bool) -> None:
    old = "import sys\nimport os\n\nx = 1\n"
    new = "from a.very.long import name\nimport sys\nimport os\nx = 1\n"
    last = 1 if end_line > 1 else 10
    olds, news = (described(text, [reported(text, end_line, last)]) for text in (old, new))
    assert bool(match(olds, news)) is is_same


def test_what_is_said_of_a_file_goes_on_whatever_stands_first_in_it() -> None:
    old, new = "import sys\n\nx = 1\n", "def first(a):\n    return a\n\n\nx = 1\n"
    olds, news = (described(text, [reported(text, 1)]) for text in (old, new))
    assert [found.grade for found in match(olds, news)] == [Grade.PROBABLE]


def test_a_type_that_a_message_names_tells_nothing_of_the_statement() -> None:
    old = "def f(a) -> bool:\n    return a.first(a.second)\n"
    new = old.replace("a.first(a.second)", "other[3].third")
    message = 'Returning Any from function declared to return "bool"'
    olds, news = (described(text, [lint(text, "return", message=message)]) for text in (old, new))
    assert match(olds, news, standing=defined(new), stood=defined(old)) == ()


def test_of_several_that_say_the_same_none_is_taken_for_another() -> None:
    new = UNLINKED.replace("os.unlink(path)", "os.unlink(a.b(c))\n        os.unlink(d[3], e.f)")
    message = "`os.unlink` should be `Path.unlink`"
    olds = described(UNLINKED, [lint(UNLINKED, "os.", message=message)])
    assert match(olds, described(new, lints(new, "os.", message=message))) == ()


def test_empty_sides() -> None:
    some = all_described(CODE, "risky")
    assert match((), ()) == match(some, ()) == match((), some) == ()


STATEMENTS = [
    "risky(a)",
    "b = risky(a.x)",
    "b = risky(a.x, 7)",
    "return risky(a)",
    "c = other_thing(a, risky(b))",
    "print('some text', risky(c))",
]


@st.composite
def functions(draw: st.DrawFn) -> str:
    """Make a file of small functions."""
    names = draw(st.lists(st.sampled_from("fghk"), min_size=1, max_size=4, unique=True))
    blocks = []
    for name in names:
        lines = draw(st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=5))
        blocks.append("".join([f"def {name}(a):\n", *(f"    {line}\n" for line in lines)]))
    return "\n\n".join(blocks)


@given(functions(), functions(), st.randoms(use_true_random=False))
def test_matching_is_one_to_one_and_heeds_no_order_of_input(
    old: str, new: str, chance: random.Random
) -> None:
    olds, news = all_described(old, "risky"), all_described(new, "risky")
    found = match(olds, news)
    assert found == match(olds, news)
    assert len({one.old for one in found}) == len({one.new for one in found}) == len(found)
    distinct = len({one.exact_key for one in olds}) == len(olds)
    if distinct and len({one.exact_key for one in news}) == len(news):
        order = chance.sample(range(len(news)), len(news))
        shuffled = match(olds, [news[at] for at in order])
        certain = {(one.old, one.new) for one in found if one.tier is Tier.EXACT}
        assert certain == {(one.old, order[one.new]) for one in shuffled if one.tier is Tier.EXACT}


@given(functions(), st.lists(st.sampled_from(["", "# why", "import os"]), max_size=5))
def test_lines_above_and_below_change_nothing(text: str, lines: list[str]) -> None:
    more = "".join(f"{line}\n" for line in lines)
    olds, news = all_described(text, "risky"), all_described(f"{more}{text}\n{more}", "risky")
    found = match(olds, news)
    assert [(one.old, one.new) for one in found] == [(at, at) for at in range(len(olds))]
    assert {one.grade for one in found} == {Grade.CERTAIN}


@given(functions())
def test_layout_changes_nothing(text: str) -> None:
    laid_out = text.replace("(", "(\n            ").replace(")", " )").replace("    ", "      ")
    laid_out = laid_out.replace("def f(\n            ", "def f(")
    olds, news = all_described(text, "risky"), all_described(laid_out, "risky")
    found = match(olds, news)
    assert [(one.old, one.new) for one in found] == [(at, at) for at in range(len(olds))]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("count", [10_000])
def test_many_defects_that_have_nothing_in_common(count: int) -> None:
    def text(word: str) -> str:
        return "".join(f"{word}_{number}(x, {number})\n" for number in range(count))

    def all_of(word: str) -> list[Defect]:
        return [
            Defect(
                kind=DefectKind.LINT,
                rule="X",
                message="m",
                span=Span(start_line=number, end_line=number, start_column=1),
            )
            for number in range(1, count + 1)
        ]

    olds = described(text("old"), all_of("old"), "a.txt")
    news = described(text("new"), all_of("new"), "a.txt")
    assert len(match(olds, news)) <= count


def test_many_twins() -> None:
    text = "g()\n" * 3000
    olds, news = all_described(text, "g()", "a.txt"), all_described(text[4:], "g()", "a.txt")
    assert len(match(olds, news)) == 2999


def test_defects_of_one_line_are_kept_apart() -> None:
    text = "def f(a):\n    return g(a) + g(a.b) + g(a.c)\n"
    found = match(described(text, lints(text, "g(")), described(text, lints(text, "g(")))
    assert [(one.old, one.new) for one in found] == [(0, 0), (1, 1), (2, 2)]
