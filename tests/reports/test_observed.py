"""What reports say of defects that tools observed."""

from dataclasses import replace

import pytest

from loopwatch.model.finding import Kind
from loopwatch.reports import concise, explain, text
from loopwatch.reports.style import Style
from tests.reports.observed_samples import (
    HOURS,
    LINT,
    LOOP_OF_TESTS,
    LOOP_OF_THREE,
    MASKED,
    NUMBERS,
    OBSERVED,
    RELAPSE,
    defect,
    finding,
    of,
)

EVERY = "\n".join(
    (text.render(OBSERVED, Style(verbose=True)), concise.render(OBSERVED, Style(verbose=True)))
)


def cells(said: str, version: str) -> list[str]:
    """Return what the walk says of the defects at a version."""
    row = next(row for row in said.splitlines() if row.startswith(f"    {version}"))
    return [
        word for word in row.split()[3:] if word in {"FAIL", "pass", "there", "gone", "?", "off"}
    ]


def test_the_walk_has_a_column_for_each_defect() -> None:
    said = text.render(of(LOOP_OF_TESTS, HOURS, NUMBERS))
    assert [cells(said, at) for at in ("a41f0c2", "9be7713", "c02d5aa", "71fe0d9")] == [
        ["FAIL", "pass"],
        ["pass", "FAIL"],
        ["FAIL", "pass"],
        ["pass", "FAIL"],
    ]


def test_what_is_no_test_is_there_or_gone_and_what_is_not_known_is_a_question() -> None:
    said = text.render(replace(OBSERVED, findings=(LOOP_OF_THREE,)))
    assert cells(said, "a41f0c2") == ["there", "?", "?"]
    assert cells(said, "c02d5aa") == ["gone", "gone", "FAIL"]


def test_a_check_that_was_switched_off_is_neither() -> None:
    said = text.render(replace(OBSERVED, findings=(MASKED,)))
    assert cells(said, "9be7713") == ["off"]
    assert "its check was switched off: the test is skipped" in said
    assert "switching off the check of A (tests/test_dur.py:31)" in said


def test_code_that_is_worded_anew_does_not_flip() -> None:
    for wrong in ("keep flipping", "state", "X to Y"):
        assert wrong not in EVERY
    for finding_of_all in OBSERVED.findings:
        said = explain.render(OBSERVED, finding_of_all)
        assert "X to Y" not in said and "keep flipping" not in said


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (("FpFp", "pFpF"), "no version since a41f0c2 is known to satisfy both; last without A: 71"),
        (("pFpF", "ppFp"), "a41f0c2 satisfies both; last without A: c02d5aa, without B: 71fe0d9"),
        (("FpF?", "?F??"), "satisfy both; last without A: 9be7713\n"),
    ],
)
def test_it_says_whether_any_version_satisfies_both(rows: tuple[str, str], said: str) -> None:
    sides = tuple(defect(key, row) for key, row in zip("xy", rows, strict=True))
    rendered = text.render(of(finding(Kind.OSCILLATION, "1" * 12, sides), *sides))
    assert said in rendered.replace("\n  without", " without")


def test_a_relapse_alone_has_nothing_to_satisfy_together() -> None:
    assert "satisf" not in text.render(replace(OBSERVED, findings=(RELAPSE,)))


def test_many_defects_are_counted() -> None:
    rest = tuple(defect(letter, "FpFp") for letter in "jklmnopqrs")
    told = replace(LOOP_OF_TESTS, defects=tuple(one.key for one in (HOURS, NUMBERS, *rest)))
    report = of(told, HOURS, NUMBERS, *rest)
    said = text.render(report)
    assert "A and B take turns, and 10 more come and go with them:" in said
    assert f"... 6 more defects: loopwatch explain {told.id}" in said
    assert "A     B     C  and 9 more\n" in said
    assert cells(said, "a41f0c2") == ["FAIL", "pass", "FAIL"]
    assert "test_plain[90] / tests/test_dur.py::test_j / 9 more)" in concise.render(report)
    assert "test_s" in explain.render(report, told)


def test_explain_says_who_reported_what_where() -> None:
    said = explain.render(OBSERVED, LOOP_OF_THREE)
    assert "    B  ruff F821: Undefined name `UNIT`\n" in said
    assert "    B  ruff, rule F821, src/dur.py::parse_duration\n       9be7713  there\n" in said
    assert "gone, up to 71fe0d9 (2 versions)" in said


def test_a_finding_may_lack_its_defects() -> None:
    for report in (of(LOOP_OF_TESTS), of(LOOP_OF_TESTS, NUMBERS)):
        assert LOOP_OF_TESTS.id in text.render(report)
        assert LOOP_OF_TESTS.id in explain.render(report, LOOP_OF_TESTS)


def test_the_text_fits_the_width() -> None:
    sides = tuple(
        replace(defect(key, row), rule="F401")
        for key, row in zip("abc", ("FppF", "pFpp", "ppFp"), strict=True)
    )
    told = finding(Kind.OSCILLATION, "1" * 12, sides)
    wide = replace(told, edits=tuple(replace(one, summary="again and " * 9) for one in told.edits))
    for report in (OBSERVED, of(wide, *sides)):
        rows = text.render(report, Style(verbose=True)).splitlines()
        assert [row for row in rows if len(row) > 80] == []


def test_hostile_names_stay_in_their_cells() -> None:
    evil = replace(
        LINT,
        subject="x\n    71fe0d9  FAIL",
        message="y\nLOOP 9  \x1b[31m",
        rule="r\n",
        detector="d\n",
    )
    said = text.render(of(replace(LOOP_OF_TESTS, defects=(evil.key,)), evil))
    assert "\nLOOP 9" not in said and "\x1b" not in said
    assert "d\\x0a r\\x0a: y\\x0aLOOP 9" in said
