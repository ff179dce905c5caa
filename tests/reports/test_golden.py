"""What each writer says, as readable files in tests/golden/reports (`python3 dev.py golden`)."""

from dataclasses import replace

import pytest

from loopwatch.model.finding import Finding
from loopwatch.model.report import Report
from loopwatch.reports import explain, json_doc
from loopwatch.reports.registry import DEFAULT_FORMAT, WRITERS
from loopwatch.reports.style import PLAIN, Style
from tests.conftest import Golden
from tests.reports.observed_samples import (
    LOOP_OF_TESTS,
    LOOP_OF_THREE,
    MASKED,
    OBSERVED,
    RELAPSE,
    TRADE,
)
from tests.reports.samples import EMPTY, FULL, LOST_FIX, TRADED, hostile

HOSTILE = hostile('\x1b[31m"red"\x1b[0m\r\n\t[b]\u202e\udcff & </script> \\N | `x` {y} \u2028')
ENDINGS = {
    "text": "txt",
    "concise": "txt",
    "json": "json",
    "jsonl": "jsonl",
    "sarif": "sarif",
    "markdown": "md",
    "html": "html",
    "github": "txt",
    "gitlab": "json",
    "junit": "xml",
    "dot": "dot",
}


@pytest.fixture(autouse=True)
def _version_of_the_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_doc, "__version__", "1.2.3")  # a release changes no golden file


@pytest.mark.parametrize("name", sorted(WRITERS))
@pytest.mark.parametrize(
    ("sample", "report"),
    [("empty", EMPTY), ("full", FULL), ("observed", OBSERVED), ("hostile", HOSTILE)],
)
def test_writers(name: str, sample: str, report: Report, golden: Golden) -> None:
    golden(f"reports/{name}_{sample}.{ENDINGS[name]}", WRITERS[name](report, PLAIN))


@pytest.mark.parametrize("name", sorted(WRITERS))
@pytest.mark.parametrize("report", [EMPTY, FULL, OBSERVED, HOSTILE])
def test_the_pieces_of_a_report_are_the_report(name: str, report: Report) -> None:
    said = WRITERS[name](report, PLAIN)
    assert "".join(WRITERS[name].pieces(report, PLAIN)) == said


@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_findings_and_defects_are_told_one_by_one(name: str) -> None:
    finding, (defect, *_) = FULL.findings[0], FULL.defects
    report = replace(
        FULL,
        findings=tuple(replace(finding, id=f"{number:012x}") for number in range(100)),
        defects=tuple(replace(defect, key=f"{number:012x}") for number in range(100)),
    )
    for one in WRITERS[name].pieces(report, PLAIN):
        assert one.count('"closed_at"') <= 1
        assert name == "jsonl" or one.count('"timeline"') <= 1


@pytest.mark.parametrize("name", ["text", "concise", "dot", "github", "junit"])
def test_verbose(name: str, golden: Golden) -> None:
    said = WRITERS[name](FULL, Style(verbose=True))
    golden(f"reports/{name}_verbose.{ENDINGS[name]}", said)


@pytest.mark.parametrize(("name", "finding"), [("loop", TRADED), ("lost_fix", LOST_FIX)])
def test_explain(name: str, finding: Finding, golden: Golden) -> None:
    golden(f"reports/explain_{name}.txt", explain.render(FULL, finding))


@pytest.mark.parametrize(
    ("name", "finding"),
    [
        ("loop", LOOP_OF_TESTS),
        ("loop_of_three", LOOP_OF_THREE),
        ("relapse", RELAPSE),
        ("masked", MASKED),
        ("trade", TRADE),
    ],
)
def test_explain_observed(name: str, finding: Finding, golden: Golden) -> None:
    golden(f"reports/explain_observed_{name}.txt", explain.render(OBSERVED, finding))


def test_notes_of_observed(golden: Golden) -> None:
    said = WRITERS["text"](replace(OBSERVED, findings=(TRADE,)), Style(verbose=True))
    golden("reports/text_observed_notes.txt", said)


def test_colour(golden: Golden) -> None:
    said = WRITERS["text"](replace(FULL, findings=FULL.findings[:1]), Style(colour=True))
    golden("reports/text_colour.txt", said.replace("\x1b", "<ESC>"))


def test_the_default_is_a_format() -> None:
    assert DEFAULT_FORMAT in WRITERS
