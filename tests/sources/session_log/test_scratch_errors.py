"""Errors in files that a session writes elsewhere: known by what is said and about where."""

import pytest

from loopwatch.model.evidence import Defect, DefectKind, Span
from loopwatch.sources.session_log.scratch_errors import MOST_SPOTS, NEAR, ScratchErrors

FILE = "/tmp/try.c"
UNKNOWN = "use of undeclared identifier 'x'"


def error(line: int, message: str = UNKNOWN, path: str = FILE, rule: str = "error") -> Defect:
    span = Span(start_line=line, end_line=line)
    return Defect(kind=DefectKind.TYPE, rule=rule, message=message, path=path, span=span)


def spots(*runs: list[Defect]) -> list[list[str]]:
    known = ScratchErrors()
    return [[defect.subject for defect in known.known(run)] for run in runs]


def test_near_by_it_is_the_same() -> None:
    assert spots([error(10)], [error(10 + NEAR)], [error(10 + 2 * NEAR)]) == [["1"]] * 3


def test_also_when_it_was_gone() -> None:
    assert spots([error(10)], [], [error(8)]) == [["1"], [], ["1"]]


def test_farther_away_it_is_another() -> None:
    assert spots([error(10)], [error(10 + NEAR + 1)], [error(9)]) == [["1"], ["2"], ["1"]]


def test_two_at_a_time_are_two_and_the_nearest_is_the_same() -> None:
    assert spots([error(10), error(12)], [error(13), error(7)]) == [["1", "2"], ["2", "1"]]


def test_one_becomes_no_two() -> None:
    assert spots([error(10)], [error(13), error(11)], [error(10)]) == [["1"], ["2", "1"], ["1"]]


@pytest.mark.parametrize(
    "other",
    [error(10, "expected ';'"), error(10, path="/tmp/other.c"), error(10, rule="-Wundef")],
)
def test_what_says_something_else_is_not(other: Defect) -> None:
    assert spots([error(10)], [other], [error(11)]) == [["1"], ["1"], ["1"]]
    (first,), (second,) = (list(ScratchErrors().known([one])) for one in (error(10), other))
    assert (first.path, first.rule, first.message) != (second.path, second.rule, second.message)


def test_what_stands_in_the_session_s_folder_has_its_code_to_be_known_by() -> None:
    inside = error(10, path="src/dur.c")
    assert list(ScratchErrors().known([inside])) == [inside]
    assert not inside.is_by_message


def test_of_very_many_no_more_are_told() -> None:
    many = [error(100 * number) for number in range(1, 1_000)]
    assert [len(run) for run in spots(many, many)] == [MOST_SPOTS, MOST_SPOTS]
