"""Defects that stand in code: which is which when functions are copied, moved and mended."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from loopwatch.model.evidence import Defect, DefectKind, Evidence, Scope, Span
from loopwatch.model.finding import Finding, Kind, Level
from loopwatch.model.history import Change
from loopwatch.model.options import Options
from loopwatch.model.report import Report
from loopwatch.pipeline import analyse
from loopwatch.sources.repository import find_repository
from loopwatch.sources.scan_range import ScanRange, open_range
from tests.builders import Repo

WRONG = re.compile(r"\brisky\b")


@dataclass
class Linted:
    """A history of files in which each ``risky`` is reported."""

    repo: Repo
    ids: list[str] = field(default_factory=list)
    texts: list[dict[str, str]] = field(default_factory=list)

    def commit(self, subject: str = "fix: it", **files: str) -> None:
        """Commit files of Python, by their names without ending."""
        for name, text in files.items():
            self.repo.write(f"{name}.py", text)
        self.texts.append({f"{name}.py": text for name, text in files.items()})
        self.ids.append(self.repo.commit(subject))

    def report(self, wanted: ScanRange | None = None) -> Report:
        repository = find_repository(self.repo.path)
        with open_range(repository, wanted or ScanRange(), Options()) as opened:
            history, topology, frame = opened.read()
            self.ids = [history.id(version) for version in range(len(topology))]
            return analyse(history, topology, frame, Options(), told=self.told)

    def told(self, version: int, changes: Sequence[Change]) -> Sequence[Evidence]:
        paths = [path.decode() for path, _, new in changes if new is not None]
        return [linted(path, self.texts[version].get(path, "")) for path in paths]


def linted(path: str, text: str) -> Evidence:
    """Return what a linter says of a file, by itself."""
    defects = tuple(
        Defect(
            kind=DefectKind.LINT,
            rule="R1",
            message="it is risky",
            path=path,
            span=Span(start_line=number, end_line=number, start_column=found.start() + 1),
        )
        for number, line in enumerate(text.split("\n"), start=1)
        for found in WRONG.finditer(line)
    )
    return Evidence(
        detector="lint", kind=DefectKind.LINT, scope=Scope(roots=(path,)), defects=defects
    )


@pytest.fixture
def lines(tmp_path: Path) -> Linted:
    return Linted(Repo(tmp_path / "repo"))


def function(name: str, call: str) -> str:
    """Return a function in which one statement is wrong, or right."""
    return (
        f"def {name}(items, limit):\n"
        "    total = sum(item.price for item in items)\n"
        f"    found = {call}(items, limit)\n"
        "    if found and total > limit:\n"
        "        log(found, total)\n"
        "    return found\n"
    )


def loud(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if finding.level is not Level.NOTE]


def test_a_defect_that_is_mended_while_its_function_is_copied_did_not_move(lines: Linted) -> None:
    wrong, right = function("f", "risky"), function("f", "safe")
    copy = function("g", "risky")
    lines.commit("feat: f", a=wrong)
    lines.commit("fix: f", a=f"{right}\n\n{copy}")
    lines.commit("fix: f again", a=f"{wrong}\n\n{copy}")
    report = lines.report()
    (found,) = [one for one in loud(report) if one.granularity == "defect"]
    assert (found.kind, lines.ids.index(found.closed_at)) == (Kind.RELAPSE, 2)
    (defect,) = [one for one in report.defects if one.key in found.defects]
    assert defect.symbol == "f"


def test_a_copy_in_another_file_is_another_defect(lines: Linted) -> None:
    wrong, right = function("f", "risky"), function("f", "safe")
    lines.commit("feat: f", a=wrong)
    lines.commit("fix: f", a=right, b=function("g", "risky"))
    lines.commit("fix: f again", a=wrong)
    (found,) = [one for one in loud(lines.report()) if one.granularity == "defect"]
    assert (found.kind, lines.ids.index(found.closed_at)) == (Kind.RELAPSE, 2)


def test_code_that_moves_into_a_function_of_its_own_and_back_is_no_loop(lines: Linted) -> None:
    wrong = function("f", "risky")
    called = "def f(items, limit):\n    return checked(items, limit)\n"
    lines.commit("feat: f", a=wrong)
    lines.commit("fix: one function for it", a=f"{called}\n\n{function('checked', 'risky')}")
    lines.commit("fix: too many functions", a=wrong)
    assert [one for one in lines.report().findings if one.granularity == "defect"] == []
