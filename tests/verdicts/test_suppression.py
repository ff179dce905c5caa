"""What people accept: how it is written, when it counts, and what is left of a report."""

from dataclasses import replace

import pytest

from loopwatch.model.suppression import Suppression
from loopwatch.verdicts.suppression import (
    Accepted,
    EntryError,
    day_of,
    ignored_in,
    is_day,
    parse_entry,
)
from tests.reports.samples import FULL, LOST_FIX, TEST_A, TEST_B, TRADED

ID = "7c1e9a0b4d21"
HERE = ".loopwatch-ignore:4"


def entry(id_: str = ID, reason: str = "known", until: str = "", where: str = HERE) -> Suppression:
    return Suppression(id=id_, reason=reason, until=until, where=where)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{ID}: known", entry()),
        (f"{ID} known", entry()),
        (f"{ID}:known", entry()),
        (f"{ID}\tknown", entry()),
        (f"{ID} : known", entry()),
        (ID[:8] + " known", entry(ID[:8])),
        (ID.upper() + " known", entry()),
        (f"{ID} until 2026-12-31: known", entry(until="2026-12-31")),
        (f"{ID} until 2026-12-31 known", entry(until="2026-12-31")),
        (f"{ID}: until 2026-12-31 we wait", entry(reason="until 2026-12-31 we wait")),
        (f"{ID} until we know more", entry(reason="until we know more")),
        (f"{ID}: see #12: it is known", entry(reason="see #12: it is known")),
        (f"{ID}: {ID}", entry(reason=ID)),
    ],
)
def test_entries(text: str, expected: Suppression) -> None:
    assert parse_entry(text, HERE) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "must be `ID: reason`"),
        (ID[:7] + " too short", "must be `ID: reason`"),
        (ID + "0 too long", "must be `ID: reason`"),
        ("7c1e9a0z because", "must be `ID: reason`"),
        (f"reason {ID}", "must be `ID: reason`"),
        (ID, "must give a reason"),
        (f"{ID}: ", "must give a reason"),
        (f"{ID} until 2026-12-31", "must give a reason"),
        (f"{ID} until 2026-12-31:", "must give a reason"),
        (f"{ID} until 2026-13-01: x", "must name a day"),
        (f"{ID} until 2026-12-31x: x", "must name a day"),
        (f"{ID} until 2026-1-1 x", "must name a day"),
        (f"{ID} until 20261231: x", "must name a day"),
    ],
)
def test_what_is_no_entry(text: str, expected: str) -> None:
    with pytest.raises(EntryError, match=expected):
        parse_entry(text, HERE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-31", True),
        ("2024-02-29", True),
        ("2026-02-29", False),
        ("2026-W01-1", False),
        ("20261231", False),
        ("२०२६-12-31", False),
        ("tomorrow", False),
    ],
)
def test_days(text: str, expected: bool) -> None:
    assert is_day(text) is expected


def test_the_day_of_a_commit_is_that_of_utc_and_may_be_none() -> None:
    assert day_of(1_700_006_399) == "2023-11-14"
    assert day_of(1_700_006_400) == "2023-11-15"
    assert day_of(10**18) == ""


@pytest.mark.parametrize(
    ("until", "today", "has_passed"),
    [
        ("2026-12-31", "2026-12-30", False),
        ("2026-12-31", "2026-12-31", False),  # the last day on which it counts
        ("2026-12-31", "2027-01-01", True),
        ("", "2027-01-01", False),
        ("2026-12-31", "", False),  # nothing was read that has a date
    ],
)
def test_a_date_that_has_passed_counts_no_more(until: str, today: str, has_passed: bool) -> None:
    one = entry(until=until)
    accepted = Accepted(listed=(one,), today=today)
    assert accepted.has_passed(one) is has_passed
    assert accepted.of(ID) == (None if has_passed else one)


def test_the_file_goes_before_messages_and_an_entry_that_counts_before_one_that_does_not() -> None:
    old, new = entry(until="2026-01-01"), entry(until="2027-01-01", reason="new")
    said = entry(ID[:8], "said", where="commit 71fe0d9c2b1a")
    assert Accepted(listed=(old, new), said=(said,), today="2026-06-01").of(ID) == new
    assert Accepted(listed=(old,), said=(said,), today="2026-06-01").of(ID) == said
    assert Accepted(listed=(old, new), said=(said,)).of("0" * 12) is None


def test_trailers() -> None:
    message = (
        "fix: a\n\nLoopwatch-Ignore: 00000000 not here\n\n"
        f"LOOPWATCH-IGNORE: {ID} known\n  for long\n"
        f"Loopwatch-Ignore: {ID[:8]} until 2026-12-31: too\n"
        "Loopwatch-Ignore: nonsense\n"
        "Ignore: 00000000 other key\n"
    )
    where = "commit 71fe0d9c2b1a"
    assert list(ignored_in(message, where)) == [
        entry(reason="known for long", where=where),
        entry(ID[:8], "too", "2026-12-31", where),
        f"Loopwatch-Ignore of {where} is not heeded: it must be `ID: reason`, "
        "with 8 to 12 digits of a finding's id",
    ]


def test_nothing_accepted_leaves_the_report_alone() -> None:
    report = FULL
    assert Accepted(listed=(entry("0" * 12),)).settle(report) is report


def test_what_is_accepted_is_only_counted() -> None:
    report = FULL
    settled = Accepted(listed=(entry(TRADED.id),)).settle(report)
    rest = [one for one in report.findings if one is not TRADED]
    before, after = report.summary, settled.summary
    assert settled.findings == tuple(rest)
    assert after.suppressed == before.suppressed + 1
    counts = (before.errors, before.warnings, before.notes)
    assert sum(counts) - sum((after.errors, after.warnings, after.notes)) == 1
    assert (after.edits, after.mechanical) == (before.edits, before.mechanical)
    assert {one.key for one in settled.defects} == {key for one in rest for key in one.defects}
    assert len(settled.defects) < len(report.defects)


def test_defects_that_only_an_edit_names_stay() -> None:
    named = TRADED.edits[0]
    told = replace(LOST_FIX, edits=(replace(named, removed=(TEST_A.key,), introduced=()),))
    report = replace(FULL, findings=(told, TRADED))
    settled = Accepted(listed=(entry(TRADED.id),)).settle(report)
    assert TEST_A in settled.defects
    assert TEST_B not in settled.defects


def test_each_level_is_counted_anew() -> None:
    report = FULL
    everything = Accepted(listed=tuple(entry(one.id) for one in report.findings)).settle(report)
    summary = everything.summary
    assert (everything.findings, everything.defects) == ((), ())
    assert (summary.errors, summary.warnings, summary.notes) == (0, 0, 0)
    assert summary.suppressed == report.summary.suppressed + len(report.findings)
    again = Accepted(listed=(entry(report.findings[0].id),)).settle(
        replace(report, summary=replace(report.summary, suppressed=5))
    )
    assert again.summary.suppressed == 6


def test_remarks_name_what_is_stale_and_what_has_expired() -> None:
    findings = FULL.findings
    known = findings[0].id
    listed = (
        entry(known),
        entry("0" * 12),
        entry("1" * 12, until="2026-01-01"),
        entry(known, until="2026-01-01"),
    )
    told = Accepted(listed=listed, mistakes=("said wrong",), today="2026-06-01").remarks(findings)
    drop = "loopwatch ignore ID --remove drops one"
    assert told == (
        f"an entry of .loopwatch-ignore matches no finding here: {'0' * 12}; {drop}",
        "2 entries of .loopwatch-ignore have expired and count no more: "
        f"{'1' * 12}, {known}; {drop}",
        "said wrong",
    )


def test_nothing_is_stale_where_not_all_was_read() -> None:
    listed = (entry("0" * 12), entry("1" * 12, until="2026-01-01"))
    (told,) = Accepted(listed=listed, today="2026-06-01").remarks(None)
    assert "has expired" in told
    assert "0" * 12 not in told


def test_remarks_are_short() -> None:
    listed = tuple(entry(f"{number:012x}") for number in range(9))
    (told,) = Accepted(listed=listed).remarks(())
    assert told.startswith("9 entries of .loopwatch-ignore match no finding here: ")
    assert f"{4:012x} and 4 more; " in told
    assert f"{5:012x}" not in told


def test_messages_leave_no_remark_when_they_match_nothing() -> None:
    said = entry("0" * 12, until="2020-01-01", where="commit 71fe0d9c2b1a")
    assert Accepted(said=(said,), today="2026-06-01").remarks(()) == ()
