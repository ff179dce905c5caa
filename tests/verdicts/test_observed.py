"""What is told of observed defects, over flips made by hand and over real histories."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from loopwatch.graph.defect_table import DefectTable
from loopwatch.graph.flips import Flip, Flips
from loopwatch.graph.returns import Turn, TurnKind
from loopwatch.model.defect import Cause, Presence
from loopwatch.model.evidence import Defect, DefectKind
from loopwatch.model.finding import Kind
from loopwatch.model.report import Report
from loopwatch.verdicts.observed import MOST_DEFECTS, MOST_SIGHTINGS, ObservedDefects
from loopwatch.verdicts.sightings import last_without
from tests.builders import Repo
from tests.integration.test_observed_defects import TEST_FILE, Story


@pytest.fixture
def tell(tmp_path: Path) -> Callable[..., Report]:
    return Story(Repo(tmp_path / "repo")).tell


def made(rows: Sequence[str]) -> ObservedDefects:
    """Return defects that fail (F), pass (p), or are masked (m) from one version to the next."""
    table, flips = DefectTable(), Flips(lambda version, other: other <= version)
    for number, row in enumerate(rows):
        report = Defect(kind=DefectKind.TEST, rule="test", message="", subject=f"test_{number}")
        one = table.begin(report, "pytest", f"{number:012x}", None)
        was = ""
        for version, mark in enumerate(row):
            if mark in "Fp":
                one.see(version, report if mark == "F" else None)
            if mark != was and was:
                cause = Cause.MASKED if mark == "m" else Cause.FIXED
                flips.add(
                    Flip(number, version, is_present=mark == "F", since=version - 1, cause=cause)
                )
            was = mark
    return ObservedDefects(table, flips)


def turn(*groups: tuple[int, ...]) -> Turn:
    return Turn(kind=TurnKind.CLOSED, groups=groups, edits=())


def known(observed: ObservedDefects, *turns: Turn) -> list[dict[str, str]]:
    """Return the timelines of the defects, P and A by version."""
    letters = {Presence.PRESENT: "P", Presence.ABSENT: "A"}
    return [
        {seen.version: letters[seen.state] for seen in one.timeline}
        for one in observed.of(turns, (), str)
    ]


def test_what_a_flip_knows_of_the_version_before_is_told() -> None:
    observed = made(["pF"])
    observed.table[0].sightings.remove((0, False))  # nobody followed it then
    assert known(observed, turn((0,))) == [{"0": "A", "1": "P"}]


def test_nothing_is_known_while_a_check_is_off() -> None:
    observed = made(["FmmF"])
    observed.table[0].sightings.insert(1, (2, False))  # a run that no longer has the test
    assert known(observed, turn((0,))) == [{"0": "P", "3": "P"}]


def test_long_timelines_keep_what_decides() -> None:
    length = 3 * MOST_SIGHTINGS
    rows = ["FpF" + "F" * length, "FpF" + "p" * length]
    defects = made(rows).of([turn((0,), (1,))], [0], str)
    assert all(len(one.timeline) <= MOST_SIGHTINGS + 3 for one in defects)
    assert [one.timeline[0].version for one in defects] == ["0", "0"]
    assert last_without(defects) == "1"
    assert last_without(defects[1:]) == str(length + 2)


def test_those_that_take_turns_come_first_and_the_rest_is_cut() -> None:
    observed = made(["Fp"] * 20)
    told = observed.of([turn(tuple(range(15)), (19,)), turn((17,), (18,))], (), str)
    subjects = [one.subject for one in told]
    assert subjects[:3] == ["test_0", "test_19", "test_1"]
    assert len(subjects) == MOST_DEFECTS


def test_defects_that_are_back_together_are_one_finding(tell: Callable[..., Report]) -> None:
    report = tell({"test_a": "FpF", "test_b": "FpF"})
    (found,) = report.findings
    assert found.kind is Kind.RELAPSE
    assert len(found.defects) == len(report.defects) == 2
    assert set(found.edits[-1].introduced) == set(found.defects)


def test_checks_that_are_switched_off_together_are_one_finding(
    tell: Callable[..., Report],
) -> None:
    report = tell({"test_a": "FFS", "test_b": "FFS"})
    (found,) = report.findings
    assert found.kind is Kind.MASKED
    assert set(found.edits[-1].removed) == set(found.defects)
    assert "put the checks back" in found.advice


def test_a_deleted_test_satisfies_nothing(tell: Callable[..., Report]) -> None:
    gone = TEST_FILE.replace("def test_a():\n    assert f(1) == 1\n\n\n", "")
    report = tell({"test_a": "FpF?", "test_b": "pFpp"}, files={3: {"tests/test_f.py": gone}})
    loop = next(found for found in report.findings if found.kind is Kind.OSCILLATION)
    assert "is known to satisfy both" in loop.advice


def test_a_version_that_satisfies_both_is_told(tell: Callable[..., Report]) -> None:
    report = tell({"test_a": "FpFp", "test_b": "pFpp"})
    assert "904e687 satisfies both" in report.findings[0].advice
