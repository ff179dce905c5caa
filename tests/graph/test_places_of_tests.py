"""The file of a test that is reported without it: found by what the report calls it."""

from collections.abc import Mapping
from typing import cast

import pytest

from loopwatch.graph.contents import FileContent
from loopwatch.graph.places_of_tests import Place, PlacesOfTests
from loopwatch.graph.texts import Texts

HOURS, DAYS = ["func TestHours(t *testing.T) {", "}"], ["func TestDays(t *testing.T) {", "}"]
PARSES, OTHER = ["    fn parses() {", "    }"], ["    fn parses_more() {", "    }"]
GO, RUST, JAVA = "example.com/shop/dur.TestHours", "shop > dur::tests::parses", "com.shop.DurTest"


class FakeTexts:
    """Files that never change."""

    class Files:
        class Paths:
            names: tuple[bytes, ...] = ()

        paths = Paths()

    files = Files()

    def __init__(self, files: Mapping[str, list[str]]) -> None:
        self._texts = {
            path.encode(): FileContent(lines=tuple(line.encode() for line in lines), size=1)
            for path, lines in files.items()
        }

    def paths(self) -> set[bytes]:
        return set(self._texts)

    def at(self, path: bytes, version: int) -> FileContent | None:
        return self._texts.get(path)

    def blob(self, path: bytes, version: int) -> bytes | None:
        return path if path in self._texts else None


def place(files: Mapping[str, list[str]], subject: str) -> Place | None:
    return PlacesOfTests(cast("Texts", FakeTexts(files))).place(subject, 0)


@pytest.mark.parametrize(
    ("files", "subject", "path"),
    [
        ({"dur/dur_test.go": HOURS}, GO, "dur/dur_test.go"),
        ({"dur/dur_test.go": HOURS}, f"{GO}/min/1", "dur/dur_test.go"),
        ({"dur/dur_test.go": HOURS}, "example.com/shop/dur.TestHour", None),
        ({"dur/dur.go": HOURS}, GO, None),
        ({"x_test.go": HOURS, "dur/y_test.go": DAYS}, "example.com/shop.TestHours", "x_test.go"),
        ({"dur/a_test.go": HOURS}, "example.com/shop.TestHours", None),  # of another package
        ({"api/dur/a_test.go": HOURS}, GO, "api/dur/a_test.go"),
        (
            {"a/dur/a_test.go": HOURS, "b/dur/b_test.go": HOURS},
            "example.com/shop/b/dur.TestHours",
            "b/dur/b_test.go",
        ),
        ({"a/dur/a_test.go": HOURS, "b/dur/b_test.go": HOURS}, GO, None),  # either of them
    ],
)
def test_go(files: dict[str, list[str]], subject: str, path: str | None) -> None:
    assert place(files, subject) == ((path.encode(), ("TestHours",)) if path else None)


@pytest.mark.parametrize(
    ("files", "subject", "expected"),
    [
        ({"src/dur.rs": PARSES}, RUST, ("src/dur.rs", "tests", "parses")),
        ({"src/dur/mod.rs": PARSES}, RUST, ("src/dur/mod.rs", "tests", "parses")),
        ({"src/dur/tests.rs": PARSES}, RUST, ("src/dur/tests.rs", "parses")),
        ({"src/lib.rs": PARSES}, RUST, ("src/lib.rs", "dur", "tests", "parses")),
        ({"src/lib.rs": PARSES, "src/dur.rs": PARSES}, RUST, ("src/dur.rs", "tests", "parses")),
        ({"src/dur.rs": OTHER}, RUST, None),
        ({"src/hours.rs": PARSES}, RUST, None),
        ({"crates/shop/src/dur.rs": PARSES}, RUST, ("crates/shop/src/dur.rs", "tests", "parses")),
        ({"crates/api/src/dur.rs": PARSES}, RUST, None),  # of another crate
        ({"src/lib.rs": PARSES, "src/main.rs": PARSES}, "shop > parses", None),  # either of them
        ({"tests/api.rs": PARSES}, "api > parses", ("tests/api.rs", "parses")),
        ({"tests/api.rs": PARSES}, "web > parses", None),
        ({"examples/api.rs": PARSES}, "api > parses", None),
    ],
)
def test_rust(files: dict[str, list[str]], subject: str, expected: tuple[str, ...] | None) -> None:
    assert place(files, subject) == ((expected[0].encode(), expected[1:]) if expected else None)


@pytest.mark.parametrize(
    ("files", "subject", "expected"),
    [
        (
            ["src/test/java/com/shop/DurTest.java"],
            f"{JAVA}.hours",
            ("src/test/java/com/shop/DurTest.java", "DurTest", "hours"),
        ),
        (["com/shop/DurTest.kt"], f"{JAVA}.hours()", ("com/shop/DurTest.kt", "DurTest", "hours")),
        (
            ["com/shop/DurTest.java"],
            f"{JAVA}$Deep.hours(int)[1]",
            ("com/shop/DurTest.java", "DurTest", "Deep", "hours"),
        ),
        (["DurTest.java"], "DurTest.hours", ("DurTest.java", "DurTest", "hours")),
        (["com/web/DurTest.java"], f"{JAVA}.hours", None),
        (["xcom/shop/DurTest.java"], f"{JAVA}.hours", None),
        (["com/shop/DurTest.py"], f"{JAVA}.hours", None),
        (["a/com/shop/DurTest.java", "b/com/shop/DurTest.java"], f"{JAVA}.hours", None),
    ],
)
def test_java(files: list[str], subject: str, expected: tuple[str, ...] | None) -> None:
    known = {file: ["class DurTest {}"] for file in files}
    assert place(known, subject) == ((expected[0].encode(), expected[1:]) if expected else None)


def test_what_is_reported_with_its_file_is_there() -> None:
    assert place({}, "tests/test_a.py::TestA::test_b[1]") == (
        b"tests/test_a.py",
        ("TestA", "test_b"),
    )
    assert place({}, "a.test.ts > sum > adds") == (b"a.test.ts", ("sum", "adds"))
    assert place({"a.py": []}, "a name and no more") is None
