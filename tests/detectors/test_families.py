"""Rules that say the same thing, and names that all reports of a test share."""

import pytest

from loopwatch.detectors import registry
from loopwatch.detectors.families import SYNTAX, TEST, family
from loopwatch.detectors.node_ids import from_dotted, split_summary
from loopwatch.model.evidence import Defect
from tests.detectors.samples import named


@pytest.mark.parametrize(
    "rules",
    [
        "ruff:F841 flake8:F841 pyflakes:F841 pylint:W0612 pyright:reportUnusedVariable",
        "ruff:F821 mypy:name-defined basedpyright:reportUndefinedVariable pylint:E0602",
        "ruff:F401 pylint:unused-import pyright:reportUnusedImport",
        "eslint:no-unused-vars eslint:@typescript-eslint/no-unused-vars tsc:TS6133",
        "eslint:no-undef tsc:TS2304 tsc:TS2552",
        "ruff:invalid-syntax mypy:syntax tsc:TS1005 eslint:syntax syntax:syntax ruff:E999"
        " pytest:SyntaxError pylint:E0001 cargo:syntax go:syntax",
        "pytest:test junit:test unittest:test jest:test go-test:test",
        "ruff:TCH001 ruff:TC001",
        "ruff:TRY200 ruff:B904",
        "go:vet go:printf",
        "cargo:clippy::needless_return clippy:clippy::needless_return",
    ],
)
def test_one_family(rules: str) -> None:
    names = {family(*rule.split(":", 1)) for rule in rules.split()}
    assert len(names) == 1


def test_names_of_families() -> None:
    assert family("ruff", "F841") == "unused-name"
    assert family("mypy", "syntax") == SYNTAX
    assert family("junit", "test") == TEST
    assert family("ruff", "PLR0913") == "ruff/PLR0913"
    assert family("mine", "F841") == "mine/F841"
    assert family("go", "compile") != family("go", "vet")
    assert family("tsc", "TS10050") != SYNTAX


def defects(name: str) -> tuple[Defect, ...]:
    return registry.read(named(name).run)[0].defects


def said(name: str) -> set[tuple[str, str, str | None, str, int | None]]:
    """Return what makes the findings of a sample what they are, columns and kinds left out."""
    return {
        (one.rule, one.message, one.path, one.subject, one.span.start_line if one.span else None)
        for one in defects(name)
    }


def subjects(name: str) -> set[str]:
    return {defect.subject for defect in defects(name)}


@pytest.mark.parametrize(
    "names",
    [
        "ruff/json ruff/json_lines ruff/concise ruff/full ruff/grouped",
        "mypy/text mypy/json mypy/pretty mypy/ends",
        "pyright/text pyright/json",
        "eslint/stylish eslint/json sarif/eslint",
        "eslint/parse_error eslint/parse_error_json sarif/eslint_parse_error",
        "tsc/plain tsc/pretty",
        "cargo/check cargo/check_json cargo/short",
        "cargo/error cargo/error_json",
        "cargo/workspace cargo/workspace_json",
        "cargo/member cargo/member_json",
        "pytest/subtests pytest/subtests_verbose junit/pytest_subtests",
        "cargo/clippy cargo/clippy_json",
        "pytest/quiet pytest/default pytest/verbose pytest/short junit/pytest junit/pytest_xunit1",
        "pytest/collection pytest/collection_continued junit/pytest_collection",
        "pytest/odd_names junit/pytest_odd_names",
        "go_test/text go_test/verbose go_test/json",
        "go_test/panic go_test/panic_json",
        "cargo_test/failed cargo_test/all cargo_test/merged",
        "jest/console jest/verbose",
    ],
)
def test_all_forms_of_an_output_say_the_same(names: str) -> None:
    first, *others = names.split()
    for other in others:
        assert said(other) == said(first)


@pytest.mark.parametrize(
    "names",
    [
        "pytest/quiet pytest/report_all pytest/lines pytest/workers pytest/quietest",
        "jest/console jest/json jest/verbose",
        "vitest/console vitest/json vitest/verbose junit/vitest",
        "go_test/text junit/go",
        "cargo_test/all junit/nextest",
    ],
)
def test_all_forms_name_a_test_alike(names: str) -> None:
    assert len({frozenset(subjects(name)) for name in names.split()}) == 1


@pytest.mark.parametrize(
    ("classname", "name", "file", "node"),
    [
        ("tests.test_dur.TestX", "test_a[1h]", "", "tests/test_dur.py::TestX::test_a[1h]"),
        ("tests.test_dur", "test_a", "", "tests/test_dur.py::test_a"),
        ("test_dur", "test_a", "", "test_dur.py::test_a"),
        ("tests.test_dur.TestX.TestY", "test_a", "", "tests/test_dur.py::TestX::TestY::test_a"),
        ("tests.dur_test.Dur", "test_a", "", "tests/dur_test.py::Dur::test_a"),
        ("tests.dur.Dur", "test_a", "tests/dur.py", "tests/dur.py::Dur::test_a"),
        ("dur.Dur", "test_a", "src/tests/dur.py", "src/tests/dur.py::Dur::test_a"),
        ("shop.dur.DurTest", "test_a", "", "shop/dur.py::DurTest::test_a"),
        ("tests.test_a", "test_a[x.y::z]", "", "tests/test_a.py::test_a[x.y::z]"),
        ("tests.test_a", "test_a", r"tests\test_a.py", r"tests\test_a.py::test_a"),
    ],
)
def test_node_ids(classname: str, name: str, file: str, node: str) -> None:
    assert from_dotted(classname, name, file) == node


@pytest.mark.parametrize(
    ("line", "node", "message"),
    [
        ("a.py::test_b - ValueError: c - d", "a.py::test_b", "ValueError: c - d"),
        ("a.py::test_b[1 - 2] - assert 1", "a.py::test_b[1 - 2]", "assert 1"),
        ("a.py::test_b[[x] - [y]] - no", "a.py::test_b[[x] - [y]]", "no"),
        ("a.py::test_b[[x] - no", "a.py::test_b[[x]", "no"),
        ("a.py::test_b", "a.py::test_b", ""),
        ("a.py", "a.py", ""),
    ],
)
def test_summary_lines(line: str, node: str, message: str) -> None:
    assert split_summary(line, lambda _: False) == (node, message)


def test_a_known_name_is_taken_as_it_is() -> None:
    known = "a.py::test_b[x] - y]"
    assert split_summary(f"{known} - no", known.__eq__) == (known, "no")
