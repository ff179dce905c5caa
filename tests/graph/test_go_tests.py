"""The file of a Go test: found by the package that it is reported with."""

from collections.abc import Mapping
from typing import cast

import pytest

from loopwatch.graph.contents import FileContent
from loopwatch.graph.go_tests import GoTests
from loopwatch.graph.texts import Texts

HOURS, DAYS = ["func TestHours(t *testing.T) {", "}"], ["func TestDays(t *testing.T) {", "}"]


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


@pytest.mark.parametrize(
    ("files", "subject", "place"),
    [
        ({"dur/dur_test.go": HOURS}, "example.com/shop/dur.TestHours", "dur/dur_test.go"),
        ({"dur/dur_test.go": HOURS}, "example.com/shop/dur.TestHours/min/1", "dur/dur_test.go"),
        ({"dur/dur_test.go": HOURS}, "example.com/shop/dur.TestHour", None),
        ({"dur/dur.go": HOURS}, "example.com/shop/dur.TestHours", None),
        ({"x_test.go": HOURS, "dur/y_test.go": DAYS}, "example.com/shop.TestHours", "x_test.go"),
        ({"dur/a_test.go": HOURS}, "example.com/shop.TestHours", None),  # of another package
        ({"api/dur/a_test.go": HOURS}, "example.com/shop/dur.TestHours", "api/dur/a_test.go"),
        (
            {"a/dur/a_test.go": HOURS, "b/dur/b_test.go": HOURS},
            "example.com/shop/b/dur.TestHours",
            "b/dur/b_test.go",
        ),
        (
            {"a/dur/a_test.go": HOURS, "b/dur/b_test.go": HOURS},
            "example.com/shop/dur.TestHours",
            None,  # either of them
        ),
        ({"tests/test_a.py": HOURS}, "tests/test_a.py::TestHours", None),
    ],
)
def test_the_place_of_a_test(files: dict[str, list[str]], subject: str, place: str | None) -> None:
    found = GoTests(cast("Texts", FakeTexts(files))).place(subject, 0)
    assert found == ((place.encode(), "TestHours") if place else None)
