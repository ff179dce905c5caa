"""What a scope covers, and what it leaves unknown."""

import pytest

from loopwatch.model.evidence import Scope


@pytest.mark.parametrize(
    ("roots", "path", "is_covered"),
    [
        (("",), "src/a.py", True),
        (("src",), "src/deep/a.py", True),
        (("src/",), "src/a.py", True),
        (("src",), "src2/a.py", False),
        (("src/a.py",), "src/a.py", True),
        (("src/a.py",), "src/a.pyi", False),
        (("src/*",), "src/a.py", True),
        (("src/*",), "src/deep/a.py", False),
        (("*",), "a.py", True),
        (("*",), "src/a.py", False),
        ((), "a.py", False),
    ],
)
def test_roots(roots: tuple[str, ...], path: str, is_covered: bool) -> None:
    assert Scope(roots=roots).covers(path) is is_covered


def test_an_unknown_file_is_not_covered() -> None:
    scope = Scope(roots=("",), unknown=("a.py",))
    assert not scope.covers("a.py")
    assert scope.covers("b.py")


@pytest.mark.parametrize(
    ("rules", "rules_off", "rule", "is_covered"),
    [
        (None, (), "F401", True),
        (None, ("F401*",), "F401", False),
        (None, ("E*",), "F401", True),
        (("E*",), (), "F401", False),
        (("F*",), (), "F401", True),
        (("F*",), ("F401*",), "F401", False),
        (("F401*",), ("F*",), "F401", True),
        (("*",), (), "anything", True),
        (("compile",), (), "compile", True),
        (("compile",), (), "compiler", False),
    ],
)
def test_rules(
    rules: tuple[str, ...] | None, rules_off: tuple[str, ...], rule: str, is_covered: bool
) -> None:
    assert Scope(rules=rules, rules_off=rules_off).covers_rule(rule) is is_covered


@pytest.mark.parametrize(
    ("suite", "test", "is_covered"),
    [
        ("a.py::test_x", "a.py::test_x", True),
        ("a.py::test_x", "a.py::test_x[1]", True),
        ("a.py::test_x", "a.py::test_xy", False),
        ("a.py::TestX", "a.py::TestX::test_a", True),
        ("a.py::TestX", "a.py::TestXY::test_a", False),
        ("example.com/shop/dur.", "example.com/shop/dur.TestA/1h", True),
        ("example.com/shop/dur.", "example.com/shop/dur2.TestA", False),
    ],
)
def test_suites(suite: str, test: str, is_covered: bool) -> None:
    assert Scope(suites=(suite,)).covers_test(test) is is_covered


def test_what_passed_is_known_wherever_it_is() -> None:
    scope = Scope(passed=("a.py::test_x",), unknown=("a.py",))
    assert scope.covers_test("a.py::test_x", "a.py")
    assert not scope.covers_test("a.py::test_y", "a.py")


def test_what_is_switched_off_is_not_known_to_be_well() -> None:
    scope = Scope(roots=("",), switched_off=("a.py::test_x",))
    assert not scope.covers_test("a.py::test_x", "a.py")
    assert scope.covers_test("a.py::test_y", "a.py")
    assert not scope.covers_test("a.py::test_y")  # its file is not known
