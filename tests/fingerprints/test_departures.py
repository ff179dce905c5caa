"""Why a defect is gone: whether its check was switched off, above all."""

import re

import pytest

from loopwatch.fingerprints.departures import Departed, File, departure
from loopwatch.fingerprints.node_ids import node_id
from loopwatch.fingerprints.rule_switches import Switch
from loopwatch.model.defect import Cause
from loopwatch.model.evidence import Defect, DefectKind, Span
from tests.fingerprints.reporting import LANGUAGES, failing


def report(text: str, needle: str, kind: DefectKind, rule: str) -> Defect:
    before = text[: text.index(needle)]
    line = before.count("\n") + 1
    span = Span(start_line=line, end_line=line, start_column=len(before.rpartition("\n")[2]) + 1)
    return Defect(kind=kind, rule=rule, message="m", path="a.py", span=span)


def file(path: str, text: str) -> File:
    return File(path, text.encode(), LANGUAGES.get(path.rpartition(".")[2]))


def cause(old: str, new: str, rule: str = "F841", path: str = "a.py", scope: str = "") -> Cause:
    """Return why what is reported at the first ``bad`` is gone."""
    is_type = rule.islower() or rule.startswith("TS")
    kind = DefectKind.TYPE if is_type and "/" not in rule else DefectKind.LINT
    defect = report(old, "bad", kind, rule)
    one = Departed(defect=defect, old=file(path, old), new=file(path, new), scope=scope)
    return departure(one).cause


PY = "import os\n\n\ndef f():\n    bad = 1\n    return 2\n"
TS = "export function f(): number {\n  const bad = g();\n  return 2;\n}\n"


@pytest.mark.parametrize(
    ("new", "rule", "expected"),
    [
        (PY.replace("bad = 1", "bad = 1  # noqa"), "F841", Cause.MASKED),
        (PY.replace("bad = 1", "bad = 1  # noqa: F841"), "F841", Cause.MASKED),
        (PY.replace("bad = 1", "bad = 1  # noqa: F"), "F841", Cause.MASKED),
        (PY.replace("bad = 1", "bad = 1  # noqa: E501"), "F841", Cause.FIXED),
        (PY.replace("return 2", "return 2  # noqa"), "F841", Cause.FIXED),
        ("# ruff: noqa: F841\n" + PY, "F841", Cause.MASKED),
        ("# ruff: noqa: E501\n" + PY, "F841", Cause.FIXED),
        (PY.replace("bad = 1", "bad = 1  # type: ignore[assignment]"), "assignment", Cause.MASKED),
        (PY.replace("bad = 1", "bad = 1  # type: ignore"), "arg-type", Cause.MASKED),
        (PY.replace("bad = 1", "bad = 1  # type: ignore[misc]"), "arg-type", Cause.FIXED),
        (PY.replace("bad = 1", "bad = 1  # type: ignore"), "F841", Cause.FIXED),
        (PY.replace("bad = 1", "bad = 12  # pyright: ignore"), "arg-type", Cause.MASKED),
        ("# mypy: ignore-errors\n" + PY, "arg-type", Cause.MASKED),
        ("# type: ignore\n" + PY, "arg-type", Cause.MASKED),
        (PY.replace("bad = 1", "bad = (\n        1\n    )  # noqa: F841"), "F841", Cause.MASKED),
        (PY.replace("    bad", "    # pylint: disable=W0612\n    bad"), "W0612", Cause.MASKED),
        (PY.replace("bad = 1", "good = 1"), "F841", Cause.FIXED),
        (PY.replace("    bad = 1\n", ""), "F841", Cause.FIXED),
        (PY, "attr-defined", Cause.FIXED),  # mended elsewhere
        (PY.replace("return 2", "return ((("), "F841", Cause.UNKNOWN),
    ],
)
def test_python(new: str, rule: str, expected: Cause) -> None:
    assert cause(PY, new, rule) is expected


@pytest.mark.parametrize(
    ("new", "rule", "expected"),
    [
        (TS.replace("  const", "  // @ts-ignore\n  const"), "TS2322", Cause.MASKED),
        (TS.replace("  const", "  // @ts-expect-error later\n  const"), "TS2322", Cause.MASKED),
        ("// @ts-nocheck\n" + TS, "TS2322", Cause.MASKED),
        (TS.replace("  const", "  // eslint-disable-next-line\n  const"), "no/x", Cause.MASKED),
        (TS.replace("g();", "g(); // eslint-disable-line no/x"), "no/x", Cause.MASKED),
        ("/* eslint-disable no/x */\n" + TS, "no/x", Cause.MASKED),
        ("/* eslint-disable no-y -- why */\n" + TS, "no/x", Cause.FIXED),
        (TS.replace("  return", "  // @ts-ignore\n  return"), "TS2322", Cause.FIXED),
    ],
)
def test_typescript(new: str, rule: str, expected: Cause) -> None:
    assert cause(TS, new, rule, "a.ts") is expected


def test_other_languages() -> None:
    go = "package a\n\nfunc f() {\n\tbad := 1\n}\n"
    assert cause(go, go.replace("bad := 1", "bad := 1 //nolint:x/y"), "x/y", "a.go") is Cause.MASKED
    rust = "fn f() {\n    let bad = 1;\n}\n"
    assert cause(rust, "#[allow(x/y)]\n" + rust, "x/y", "a.rs") is Cause.MASKED
    java = "class A {\n  int bad = 1;\n}\n"
    new = java.replace("  int", '  @SuppressWarnings("all")\n  int')
    assert cause(java, new, "x/y", "a.java") is Cause.MASKED


def test_a_suppression_that_was_there_explains_nothing() -> None:
    old = PY.replace("return 2", "return 2  # noqa")
    assert cause(old, old.replace("bad = 1", "good = 1")) is Cause.FIXED


def test_deleted_and_moved() -> None:
    assert cause(PY, "import os\n", scope="f") is Cause.DELETED
    assert cause(PY, PY.replace("def f", "def g"), scope="f") is Cause.MOVED
    defect = report(PY, "bad", DefectKind.LINT, "F841")
    gone = departure(Departed(defect=defect, old=file("a.py", PY), new=None))
    assert gone.cause is Cause.DELETED


def test_a_rule_that_configuration_switches_off() -> None:
    defect = report(PY, "bad", DefectKind.LINT, "F841")
    side = file("a.py", PY)
    for switch, expected in (
        (Switch("ruff", "F"), Cause.MASKED),
        (Switch("ruff", "E"), Cause.FIXED),
        (Switch("ruff", "*", "a.py"), Cause.MASKED),
        (Switch("ruff", "*", "tests"), Cause.FIXED),
    ):
        one = Departed(defect=defect, switched_off=[switch], old=side, new=side)
        assert departure(one).cause is expected


def test_a_crash_that_is_caught_by_everything() -> None:
    old = "def f():\n    bad()\n"
    new = "def f():\n    try:\n        bad()\n    except Exception:\n        pass\n"
    defect = Defect(kind=DefectKind.CRASH, rule="KeyError", message="m", frames=("a.py:f",))
    one = Departed(defect=defect, old=file("a.py", old), new=file("a.py", new))
    assert departure(one).cause is Cause.MASKED
    narrow = new.replace("Exception", "KeyError")
    one = Departed(defect=defect, old=file("a.py", old), new=file("a.py", narrow))
    assert departure(one).cause is Cause.FIXED


PYTEST = """import pytest


class TestSum:
    def test_adds(self):
        result = add(1, 2)
        assert result == 3
        assert isclose(result, 3, rel_tol=0.001)


def test_other():
    assert add(0, 0) == 0
"""
JEST = """describe('sum', () => {
  it('adds', () => {
    expect(add(1, 2)).toBe(3)
  })
  it('other', () => {
    expect(add(0, 0)).toBe(0)
  })
})
"""


GO = """package dur

import "testing"

func TestHours(t *testing.T) {
\tgot := Parse("1h")
\tif got != 3600 {
\t\tt.Errorf("got %d", got)
\t}
\tif err := Check(got); err != nil {
\t\tt.Fatal(err)
\t}
}

func TestTable(t *testing.T) {
\tfor _, c := range []struct{ name string }{{"an hour"}, {"a day"}} {
\t\tt.Run(c.name, func(t *testing.T) { require.True(t, Known(c.name)) })
\t}
}
"""
RUST = """#[cfg(test)]
mod tests {
    #[test]
    fn parses() {
        let hours = parse("1h");
        assert_eq!(hours, 3600);
        assert!(hours.is_known());
    }
}
"""
JUNIT = """class DurTest {
    @Test
    void hours() {
        int hours = Dur.parse("1h");
        assertEquals(3600, hours);
        if (hours < 0) {
            fail("negative");
        }
    }
}
"""


def why_gone(
    old: str,
    new: str | None,
    subject: str,
    *,
    is_only_tests: bool = True,
    path: str = "",
    names: tuple[str, ...] = (),
    has_passed: bool = False,
) -> Cause:
    path = path or re.split("::| ", subject, maxsplit=1)[0]
    defect = failing(subject)
    one = Departed(
        defect=defect,
        old=file(path, old),
        new=file(path, new) if new is not None else None,
        names=names or node_id(subject).names,
        has_passed=has_passed,
        is_only_tests=is_only_tests,
    )
    return departure(one).cause


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (PYTEST, Cause.FIXED),
        (PYTEST.replace("result = add(1, 2)", "result = add(1, 2)  # why"), Cause.FIXED),
        (PYTEST.replace("    def test_adds", "    @pytest.mark.skip\n    def test_adds"), "masked"),
        (PYTEST.replace("class", "@pytest.mark.skip(reason='x')\nclass"), "masked"),
        (PYTEST.replace("import pytest", "import pytest\npytestmark = pytest.mark.skip"), "masked"),
        (PYTEST.replace("result = add", "pytest.skip('x')\n        result = add"), "masked"),
        (PYTEST.replace("def test_other", "@pytest.mark.skip\ndef test_other"), "fixed"),
        (PYTEST.replace("assert result == 3", "assert result"), "masked"),
        (PYTEST.replace("assert result == 3", "assert result >= 3"), "masked"),
        (PYTEST.replace("assert result == 3", "assert result is not None"), "masked"),
        (PYTEST.replace("assert result == 3", "assert result in (2, 3)"), "masked"),
        (PYTEST.replace("        assert result == 3\n", ""), "masked"),
        (PYTEST.replace("0.001", "0.5"), "masked"),
        (PYTEST.replace("0.001", "0.0001"), "fixed"),
        (PYTEST.replace("result == 3", "result == 4"), "masked"),
        (PYTEST.replace("assert result == 3", "assert result == 3\n        assert x"), "fixed"),
        (PYTEST.replace("test_adds", "test_adds_up"), "moved"),
        (PYTEST.partition("class")[0] + "def test_other():\n    assert 1\n", "masked"),
        (None, "masked"),
    ],
)
def test_pytest(new: str | None, expected: str) -> None:
    assert why_gone(PYTEST, new, "a.py::TestSum::test_adds[1]") == expected


def test_an_expected_value_that_is_edited_with_the_code_is_no_mask() -> None:
    new = PYTEST.replace("result == 3", "result == 4")
    subject = "a.py::TestSum::test_adds"
    assert why_gone(PYTEST, new, subject, is_only_tests=False) is Cause.FIXED


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (JEST, "fixed"),
        (JEST.replace("it('adds'", "it.skip('adds'"), "masked"),
        (JEST.replace("it('adds'", "xit('adds'"), "masked"),
        (JEST.replace("it('other'", "it.only('other'"), "masked"),
        (JEST.replace("it('adds'", "it.only('adds'"), "fixed"),
        (JEST.replace("toBe(3)", "toBeTruthy()"), "masked"),
        (JEST.replace("toBe(3)", "toBeGreaterThan(1)"), "masked"),
        (JEST.replace("    expect(add(1, 2)).toBe(3)\n", ""), "masked"),
    ],
)
def test_jest(new: str, expected: str) -> None:
    assert why_gone(JEST, new, "a.ts > sum > adds") == expected


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (GO, "fixed"),
        (GO.replace('"1h"', '"60m"'), "fixed"),
        (GO.replace("\tgot :=", '\tt.Skip("later")\n\tgot :='), "masked"),
        (GO.replace("got != 3600", "got < 0"), "masked"),
        (GO.replace("got != 3600", "got == 0"), "masked"),
        (GO.replace("got != 3600", "got != 60"), "masked"),
        (GO.replace('\t\tt.Errorf("got %d", got)\n', ""), "masked"),
        (GO.replace("Errorf", "Logf"), "masked"),
        (GO.replace("t.Errorf", "t.Fatalf"), "fixed"),
        (GO.replace("TestHours", "TestAnHour"), "moved"),
        (GO.partition("func TestTable")[0].replace("TestHours", "TestTable"), "moved"),
        (GO.replace(GO[GO.index("func TestHours") : GO.index("func TestTable")], ""), "masked"),
        (None, "masked"),
    ],
)
def test_go(new: str | None, expected: str) -> None:
    told = {"path": "dur_test.go", "names": ("TestHours",)}
    assert why_gone(GO, new, "example.com/dur.TestHours", **told) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("new", "has_passed", "expected"),
    [
        (GO, False, "fixed"),
        (GO.replace(', {"a day"}', ""), False, "masked"),
        (GO.replace(', {"a day"}', ""), True, "fixed"),  # it is made by a program
        (GO.replace('"a day"', '"one day"'), False, "moved"),
        (GO.replace(', {"a day"}', ', {"a day"}, {"a week"}'), False, "fixed"),
        (GO.replace('{"an hour"}, ', ""), False, "fixed"),  # another one
    ],
)
def test_one_case_of_a_go_test(new: str, has_passed: bool, expected: str) -> None:
    subject, names = "example.com/dur.TestTable/a_day", ("TestTable",)
    found = why_gone(GO, new, subject, path="dur_test.go", names=names, has_passed=has_passed)
    assert found == expected


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (RUST, "fixed"),
        (RUST.replace("#[test]", "#[test]\n    #[ignore]"), "masked"),
        (RUST.replace("#[test]", '#[test]\n    #[ignore = "later"]'), "masked"),
        (RUST.replace("        assert_eq!(hours, 3600);\n", ""), "masked"),
        (RUST.replace("assert_eq!(hours, 3600)", "assert!(hours > 0)"), "masked"),
        (RUST.replace("3600", "60"), "masked"),
        (RUST.replace("fn parses", "fn parses_hours"), "moved"),
        (RUST.partition("    #[test]")[0] + "}\n", "masked"),
    ],
)
def test_rust(new: str, expected: str) -> None:
    told = {"path": "src/dur.rs", "names": ("tests", "parses")}
    assert why_gone(RUST, new, "shop > dur::tests::parses", **told) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (JUNIT, "fixed"),
        (JUNIT.replace("@Test", '@Test\n    @Disabled("later")'), "masked"),
        (JUNIT.replace("class", "@Disabled\nclass"), "masked"),
        (JUNIT.replace("assertEquals(3600, hours)", "assertNotNull(hours)"), "masked"),
        (JUNIT.replace("        assertEquals(3600, hours);\n", ""), "masked"),
        (JUNIT.replace("void hours", "void anHour"), "moved"),
        (JUNIT.replace("class DurTest", "class DurationTest"), "fixed"),
        (JUNIT.replace("hours < 0", "hours < -1"), "masked"),
    ],
)
def test_junit(new: str, expected: str) -> None:
    told = {"path": "com/shop/DurTest.java", "names": ("DurTest", "hours")}
    assert why_gone(JUNIT, new, "com.shop.DurTest.hours", **told) == expected  # type: ignore[arg-type]


def test_a_test_that_is_named_among_those_that_passed_is_there() -> None:
    """It may come from a class in another file, or be made by a program."""
    subject, without = "a.py::TestSum::test_adds", PYTEST.partition("class")[0]
    assert why_gone(PYTEST, without, subject) is Cause.MASKED
    assert why_gone(PYTEST, without, subject, has_passed=True) is Cause.FIXED
    assert why_gone(PYTEST, None, subject, has_passed=True) is Cause.FIXED


def test_one_case_of_a_parametrised_test() -> None:
    old = PYTEST.replace(
        "def test_other():",
        """@pytest.mark.parametrize(
    "text",
    [
        "1h",
        "2 h",
    ],
)
def test_other(text):""",
    )
    subject = "a.py::test_other[2 h]"
    assert why_gone(old, old.replace('        "2 h",\n', ""), subject) is Cause.MASKED
    assert why_gone(old, old.replace('"2 h"', '"2h"'), subject) is Cause.MOVED
    assert why_gone(old, old.replace('        "1h",\n', ""), subject) is Cause.FIXED


def test_files_without_a_parser_or_text_are_looked_at_all_the_same() -> None:
    defect = Defect(kind=DefectKind.LINT, rule="X", message="m", span=None)
    for content in (b"", b"\0\1", b"x" * 100_000, None):
        one = File("a.txt", content, None)
        assert departure(Departed(defect=defect, old=one, new=one)).cause is Cause.FIXED
