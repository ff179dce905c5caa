"""Tests that fail by chance while the work goes on: no loop; and a loop among them is one."""

from pathlib import Path
from typing import Any

import pytest

from tests.integration.flaky_suites import LOOPING, Suite, is_of_loop, loud, replay, subjects


@pytest.mark.parametrize("rate", [0.05, 0.2, 0.5])
def test_what_fails_by_chance_is_no_loop(rate: float, tmp_path: Path) -> None:
    report = replay(Suite(seed=1, rate=rate), tmp_path)
    assert [(one["kind"], subjects(report, one)) for one in loud(report)] == []
    assert report["summary"]["flaky"] > 0


@pytest.mark.parametrize("rate", [0.05, 0.5])
def test_a_loop_among_flaky_tests_is_found(rate: float, tmp_path: Path) -> None:
    report = replay(Suite(seed=2, rate=rate, has_loop=True), tmp_path)
    (found,) = loud(report)
    assert is_of_loop(report, found)
    assert (found["level"], found["symbol"], subjects(report, found)) == ("error", "total", LOOPING)


@pytest.mark.timeout(600)
def test_real_runs_say_what_the_junit_report_says(tmp_path: Path) -> None:
    """The replays that are told by JUnit stand for runs of pytest."""
    told = []
    for is_run in (False, True):
        suite = Suite(seed=5, rate=0.5, commits=4, is_run=is_run)
        report = replay(suite, tmp_path / str(is_run))
        told.append(report["summary"] | {"seen": timelines(report)})
    assert told[0] == told[1]
    assert told[0]["seen"]


def timelines(report: dict[str, Any]) -> dict[str, list[str]]:
    """Return where each test that is told of failed, and where it did not."""
    return {
        defect["subject"]: [seen["state"] for seen in defect["timeline"]]
        for defect in report["defects"].values()
    }
