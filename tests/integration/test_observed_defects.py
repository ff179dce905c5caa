"""Defects that detectors saw, over real histories in which the code is worded anew each time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from loopwatch.model.evidence import Defect, DefectKind, Evidence, Scope
from loopwatch.model.finding import Finding, Kind, Level
from loopwatch.model.history import Change
from loopwatch.model.options import Options
from loopwatch.model.report import Report
from loopwatch.pipeline import analyse
from loopwatch.sources.repository import find_repository
from loopwatch.sources.scan_range import ScanRange, open_range
from tests.builders import Repo

TEST_FILE = "def test_a():\n    assert f(1) == 1\n\n\ndef test_b():\n    assert f(2) == 2\n"
FAIL, PASS, SKIP, UNKNOWN = "FpS?"


@dataclass
class Story:
    """A history of one function that is never worded the same twice, and its test results."""

    repo: Repo
    ids: list[str] = field(default_factory=list)
    evidence: dict[int, list[Evidence]] = field(default_factory=dict)

    def tell(
        self,
        results: Mapping[str, str],
        subjects: Sequence[str] = (),
        *,
        reasons: Mapping[int, str] = {},
        files: Mapping[int, Mapping[str, str]] = {},
    ) -> Report:
        """Commit one version for each column of results, and return what there is to say."""
        length = max(map(len, results.values()))
        for number in range(length):
            self.repo.write("src/f.py", f"def f(x):\n    worded = {number * 7919}\n    return x\n")
            self.repo.write("tests/test_f.py", TEST_FILE)
            for path, text in files.get(number, {}).items():
                self.repo.write(path, text)
            subject = subjects[number] if number < len(subjects) else f"fix: number {number}"
            self.ids.append(self.repo.commit(subject))
            column = {test: row[number] for test, row in results.items()}
            self.evidence[number] = [ran(column, reasons.get(number, "AssertionError"))]
        return self.report()

    def report(self) -> Report:
        repository = find_repository(self.repo.path)
        with open_range(repository, ScanRange(), Options()) as opened:
            history, topology, frame = opened.read()
            return analyse(history, topology, frame, Options(), told=self.told)

    def told(self, version: int, changes: Sequence[Change]) -> Sequence[Evidence]:
        return self.evidence.get(version, ())

    def label(self, version: str) -> int:
        return self.ids.index(version)


def ran(
    column: Mapping[str, str], reason: str = "AssertionError", path: str = "tests/test_f.py"
) -> Evidence:
    """Return what a test run said, as a JUnit report says it: each test by name."""
    named = {f"{path}::{test}": result for test, result in column.items()}
    failed = [test for test, result in named.items() if result == FAIL]
    return Evidence(
        detector="pytest",
        kind=DefectKind.TEST,
        scope=Scope(
            passed=tuple(test for test, result in named.items() if result == PASS),
            switched_off=tuple(test for test, result in named.items() if result == SKIP),
        ),
        defects=tuple(
            Defect(
                kind=DefectKind.TEST,
                rule="test",
                message=f"{reason}: of {test}",
                subject=test,
                reason=reason,
                path=path,
            )
            for test in failed
        ),
    )


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(Repo(tmp_path / "repo"))


def loud(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if finding.level is not Level.NOTE]


def test_two_tests_take_turns(story: Story) -> None:
    report = story.tell({"test_a": "FpFp", "test_b": "pFpF"})
    (found,) = loud(report)
    assert (found.kind, found.level, found.granularity) == (Kind.OSCILLATION, Level.ERROR, "defect")
    assert (found.period, found.rounds) == (2, 2)
    assert story.label(found.closed_at) == 2
    assert story.label(found.last_at) == 3
    assert {level: story.label(at) for level, at in found.level_at} == {"warning": 2, "error": 2}
    states = {s.label: [story.label(version) for version in s.versions] for s in found.states}
    assert states == {"X": [0, 2], "Y": [1, 3]}
    assert (found.path, found.symbol, found.is_open) == ("src/f.py", "f", True)
    table = {defect.key: defect.subject.partition("::")[2] for defect in report.defects}
    edits = [
        (
            story.label(edit.version),
            [table[key] for key in edit.removed],
            [table[key] for key in edit.introduced],
        )
        for edit in found.edits
    ]
    assert edits == [
        (1, ["test_a"], ["test_b"]),
        (2, ["test_b"], ["test_a"]),
        (3, ["test_a"], ["test_b"]),
    ]
    assert [table[key] for key in found.defects] == ["test_a", "test_b"]
    assert "no version since" in found.advice and "satisfy both" in found.advice


def test_three_tests_take_turns(story: Story) -> None:
    report = story.tell({"test_a": "FppF", "test_b": "pFpp", "test_c": "ppFp"})
    (found,) = loud(report)
    assert (found.kind, found.level, found.period) == (Kind.OSCILLATION, Level.ERROR, 3)
    assert (story.label(found.closed_at), found.rounds) == (3, 1)


@pytest.mark.parametrize(
    "results",
    [
        {"test_a": "Fppp", "test_b": "pFpp"},  # steady progress
        {"test_a": "FFpp", "test_b": "FFFp"},
        {"test_a": "F?F?", "test_b": "?F?F"},  # nothing was ever seen to be mended
        {"test_a": "Fp??", "test_b": "pF??"},  # a trade that is open is a note
        {"test_a": "pFpp", "test_b": "ppFp"},
    ],
)
def test_healthy_work_is_quiet(story: Story, results: dict[str, str]) -> None:
    assert loud(story.tell(results)) == []


def test_a_long_walk_that_comes_and_goes_with_others(story: Story) -> None:
    """Some of the defects on the way were only there together with others."""
    rows = {"test_a": "FpppFpF", "test_b": "pFFppFp", "test_c": "pFppppp", "test_d": "ppFFpFp"}
    assert Level.ERROR in {found.level for found in loud(story.tell(rows))}


def test_an_open_trade_is_a_note(story: Story) -> None:
    report = story.tell({"test_a": "Fp", "test_b": "pF"})
    assert [(found.kind, found.level) for found in report.findings] == [(Kind.TRADE, Level.NOTE)]


def test_a_trade_is_forgotten_when_the_cycle_closes(story: Story) -> None:
    report = story.tell({"test_a": "FpF", "test_b": "pFp"})
    assert [found.kind for found in report.findings] == [Kind.OSCILLATION]


def test_one_undo_that_says_so_is_a_note(story: Story) -> None:
    subjects = ["feat: f", "fix: a", 'Revert "fix: a"']
    report = story.tell({"test_a": "FpF", "test_b": "pFp"}, subjects)
    assert loud(report) == []


def test_a_second_round_of_undoing_is_no_excuse(story: Story) -> None:
    subjects = ["feat: f", "fix: a", 'Revert "fix: a"', "fix: a", "fix: b"]
    (found,) = loud(story.tell({"test_a": "FpFpF", "test_b": "pFpFp"}, subjects))
    assert (found.kind, found.rounds) == (Kind.OSCILLATION, 2)
    assert story.label(found.closed_at) == 4


def test_a_defect_that_is_back_alone_is_a_relapse(story: Story) -> None:
    (found,) = loud(story.tell({"test_a": "FpF", "test_b": "ppp"}))
    assert (found.kind, found.level) == (Kind.RELAPSE, Level.WARNING)
    assert story.label(found.closed_at) == 2


def test_a_flaky_test_is_in_no_finding(story: Story) -> None:
    story.evidence = {}
    story.tell({"test_a": "FpFp", "test_b": "pFpF"})
    story.evidence[3].append(ran({"test_b": PASS}))  # it also passed on the very same content
    report = story.report()
    assert loud(report) == []
    assert report.summary.flaky == 1


def test_a_skipped_test_was_not_fixed(story: Story) -> None:
    report = story.tell({"test_a": "FFSF", "test_b": "pppp"})
    (found,) = loud(report)
    assert (found.kind, found.level) == (Kind.MASKED, Level.WARNING)
    assert story.label(found.closed_at) == 2


def test_a_check_that_is_switched_off_is_no_part_of_what_comes_back(story: Story) -> None:
    """One edit, two things to mend: the test that fails again, and the one that is skipped."""
    report = story.tell({"test_a": "FpF", "test_b": "FFS"})
    told = {found.kind: found for found in loud(report)}
    assert set(told) == {Kind.RELAPSE, Kind.MASKED}
    subjects = {one.key: one.subject.partition("::")[2] for one in report.defects}
    assert [subjects[key] for key in told[Kind.RELAPSE].defects] == ["test_a"]
    assert [subjects[key] for key in told[Kind.MASKED].defects] == ["test_b"]


def test_a_deleted_test_was_not_fixed(story: Story) -> None:
    gone = TEST_FILE.replace("def test_a():\n    assert f(1) == 1\n\n\n", "")
    report = story.tell({"test_a": "FF?", "test_b": "ppp"}, files={2: {"tests/test_f.py": gone}})
    (found,) = loud(report)
    assert (found.kind, found.level) == (Kind.MASKED, Level.WARNING)


def test_a_test_in_a_renamed_file_was_not_switched_off(story: Story) -> None:
    story.tell({"test_a": "FF", "test_b": "pp"})
    story.repo.git("mv", "tests/test_f.py", "tests/test_g.py")
    story.repo.write("src/f.py", "def f(x):\n    return x + 1\n")
    story.ids.append(story.repo.commit("fix: number 2"))
    renamed = ran({"test_a": FAIL, "test_b": PASS}, path="tests/test_g.py")
    story.evidence[2] = [renamed]
    assert loud(story.report()) == []
    story.repo.write("tests/test_g.py", TEST_FILE[TEST_FILE.index("def test_b") :])
    story.ids.append(story.repo.commit("fix: number 3"))
    story.evidence[3] = [ran({"test_b": PASS}, path="tests/test_g.py")]
    (found,) = loud(story.report())
    assert (found.kind, story.label(found.closed_at)) == (Kind.MASKED, 3)


def test_another_reason_lowers_the_confidence(story: Story) -> None:
    report = story.tell({"test_a": "FpF", "test_b": "pFp"}, reasons={2: "KeyError"})
    (found,) = loud(report)
    assert found.kind is Kind.OSCILLATION
    assert found.confidence < 0.97


def test_a_test_that_was_rewritten_asks_for_something_else(story: Story) -> None:
    other = TEST_FILE.replace("assert f(1) == 1", "assert f(1) == 1\n    assert f(3) == 9")
    report = story.tell({"test_a": "FpF", "test_b": "ppp"}, files={2: {"tests/test_f.py": other}})
    assert loud(report) == []


@pytest.mark.parametrize("places", ["0100", "010010", "0101"])
def test_code_that_goes_back_on_the_way_is_a_part_of_the_loop(story: Story, places: str) -> None:
    """What is wrong is in one or the other of two functions, each time in other words."""
    good = ["def one(x):\n    return x + 1\n", "def other(x):\n    return x - 1\n"]
    files: dict[int, dict[str, str]] = {}
    for number, place in enumerate(map(int, places)):
        head = good[place].partition("    ")[0]
        words = f"    bad{number} = x * {number * 7919}\n    while bad{number} > {number}:\n"
        wrong = f"{head}{words}        bad{number} //= {number + 2}\n    return bad{number}\n"
        parts = [wrong if at == place else text for at, text in enumerate(good)]
        files[number] = {"src/g.py": "\n\n".join(parts)}
    rows = {"test_a": "FppFpp", "test_b": "pFppFp", "test_c": "ppFppF"}
    rows = {test: row[: len(places)] for test, row in rows.items()}
    (found,) = loud(story.tell(rows, files=files))
    assert (found.kind, found.level, found.granularity) == (Kind.OSCILLATION, Level.ERROR, "defect")
    assert found.period == 3
    reached = {level: story.label(at) for level, at in found.level_at}
    assert reached == {Level.WARNING: 2, Level.ERROR: 3}


def test_code_in_a_file_that_not_all_edits_changed_is_another_loop(story: Story) -> None:
    good = "def one(x):\n    return x + 1\n"
    wrong = "def one(x):\n    while x > 7:\n        x //= 3\n    return x * 4711\n"
    files = {number: {"src/g.py": text} for number, text in enumerate((good, wrong, good, good))}
    report = story.tell({"test_a": "FppF", "test_b": "pFpp", "test_c": "ppFp"}, files=files)
    assert {found.granularity for found in loud(report)} == {"defect", "site"}


def test_a_new_test_that_fails_was_not_broken(story: Story) -> None:
    report = story.tell({"test_a": "FpFp", "test_b": "?F?F"})
    assert Kind.OSCILLATION not in {found.kind for found in loud(report)}


def test_what_is_only_written_down_explains_no_flip(story: Story) -> None:
    story.tell({"test_a": "Fp", "test_b": "pp"})
    story.repo.write("README.md", "Read me.\n")
    story.ids.append(story.repo.commit("docs: a readme"))
    story.evidence[2] = [ran({"test_a": FAIL})]
    report = story.report()
    assert loud(report) == []
    assert report.summary.flaky == 1


def test_the_id_stays_when_it_goes_round_again(story: Story) -> None:
    (first,) = loud(story.tell({"test_a": "FpF", "test_b": "pFp"}))
    story.tell({"test_a": "pF", "test_b": "Fp"})
    story.evidence = {
        n: [ran({"test_a": a, "test_b": b})]
        for n, (a, b) in enumerate(zip("FpFpF", "pFpFp", strict=True))
    }
    (second,) = loud(story.report())
    assert second.id == first.id
    assert second.rounds == 2


def test_an_assertion_that_is_weakened_mends_nothing(story: Story) -> None:
    weak = TEST_FILE.replace("assert f(1) == 1", "assert f(1) is not None")
    report = story.tell({"test_a": "FFp", "test_b": "ppp"}, files={2: {"tests/test_f.py": weak}})
    (found,) = loud(report)
    assert (found.kind, found.level) == (Kind.MASKED, Level.WARNING)
