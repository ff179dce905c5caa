"""A report goes out and comes back as the very same."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

import dev
from loopwatch.auditing.audit import AuditRequest, audit
from loopwatch.model.report import Report
from loopwatch.store.report_json import dumps, loads
from tests.reports.observed_samples import OBSERVED
from tests.reports.samples import EMPTY, FULL, hostile

SAMPLES = {
    "empty": EMPTY,
    "full": FULL,
    "observed": OBSERVED,
    "hostile": hostile("\x00\udcff\ud800\u2028\U0001f600 \\ \" ' \n"),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_report_comes_back(name: str) -> None:
    assert loads(dumps(SAMPLES[name])) == SAMPLES[name]


def test_reports_of_sessions_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(dev.ROOT / "fixtures")
    report = audit(AuditRequest(paths=(Path("sessions"),), is_caching=False))
    assert report.findings and report.fleet is not None
    again = loads(dumps(report))
    assert again == report
    assert dumps(again) == dumps(report)


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[]", b"null", b"[1, 2]", b'"x"', b"[" * 100_000, b"\xff", dumps(FULL)[:-1]],
    ids=lambda data: data[:8],
)
def test_what_is_no_report_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="."):
        loads(data)


def test_values_of_another_type_are_refused() -> None:
    values = json.loads(dumps(FULL))
    for place, value in enumerate(values):
        wrong = [*values[:place], {"x": value}, *values[place + 1 :]]
        with pytest.raises(ValueError, match="."):
            loads(json.dumps(wrong).encode())


def test_a_whole_number_may_stand_for_a_fraction() -> None:
    finding = replace(FULL.findings[0], confidence=1)
    report: Report = replace(FULL, findings=(finding,))
    assert loads(dumps(report)) == report
