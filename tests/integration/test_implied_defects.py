"""What a fix took out stands for the defect: the words that say so, from real histories."""

from pathlib import Path

from loopwatch import app
from loopwatch.checking import CheckRequest
from tests.builders import Repo

PLAIN = "def parse(text):\n    found = read(text)\n    return found\n"
TRACED = "def parse(text):\n    found = read(text)\n    found.sort()\n    return found\n"


def lines(one: str, other: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return (
        ("a.py", f"def first(number):\n    total = {one}\n    return total * 2\n"),
        ("b.py", f"def second(number):\n    return first(number) - {other}\n"),
    )


def test_a_defect_is_told_by_the_lines_of_its_own_file(repo: Repo) -> None:
    for subject, texts in (
        ("feat: both", lines("number + 1", "seven")),
        ("fix: one too few", lines("number + 2", "nine")),
        ("fix: second is too low", lines("number + 1", "seven")),
    ):
        for path, text in texts:
            repo.write(path, text)
        repo.commit(subject)
    report = app.scan(app.ScanRequest(folder=repo.path))
    assert [one.path for one in report.findings] == ["b.py"]
    told = [one.message for one in report.defects]
    assert sorted(told) == ["return first(number) - nine", "return first(number) - seven"]


def test_what_only_puts_lines_in_is_told_by_its_name(repo: Repo, tmp_path: Path) -> None:
    repo.change("dur.py", PLAIN, "feat: durations")
    repo.change("dur.py", TRACED, "feat: in order")
    repo.change("dur.py", PLAIN, "perf: as it comes")
    repo.write("dur.py", TRACED)
    repo.git("add", "dur.py")
    message = tmp_path / "message"
    message.write_text("fix: the order is kept\n", encoding="utf-8")
    report = app.check(CheckRequest(folder=repo.path, message=message))
    assert [one.message for one in report.defects] == ["what the staged change put right"]
