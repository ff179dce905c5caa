"""Healthy work that looks like a loop, found on real commits; each was raised once."""

import pytest

from loopwatch import app
from loopwatch.model.finding import Finding, Level
from tests.builders import Repo

HEAD = "from settings import LIMIT, settings\n\n\ndef retries():\n"
OWN = f"{HEAD}    retries = load_retries()\n    return min(retries, LIMIT)\n"
SHARED = f"{HEAD}    return settings.retries\n"
FIXED = f"{HEAD}    return min(settings.retries, LIMIT)\n"


def loud(repo: Repo) -> list[Finding]:
    report = app.scan(app.ScanRequest(folder=repo.path))
    return [one for one in report.findings if one.level is not Level.NOTE]


def test_a_fix_after_revert_and_reland(repo: Repo) -> None:
    for text, subject in (
        (OWN, "feat: retry"),
        (SHARED, "feat: settings of their own (#7)"),
        (OWN, 'Revert "feat: settings of their own (#7)"'),
        (SHARED, 'Reapply "feat: settings of their own (#7)"'),
        (FIXED, "fix: never more than the limit"),
    ):
        repo.change("retry.py", text, subject)
    assert loud(repo) == []


@pytest.mark.parametrize(
    "other", [OWN.replace("\n", "\r\n"), OWN.removesuffix("\n")], ids=["line ends", "last line"]
)
def test_line_ends_that_two_fixes_change(repo: Repo, other: str) -> None:
    repo.git("config", "core.autocrlf", "false")
    for text, subject in ((OWN, "feat: retry"), (other, "fix: layout"), (OWN, "fix: layout again")):
        (repo.path / "retry.py").write_bytes(text.encode())
        repo.git("add", "retry.py")
        repo.commit(subject)
    assert loud(repo) == []


def test_short_lines_that_two_fixes_change_are_no_layout(repo: Repo) -> None:
    start = "def stop(now):\n    if now:\n"
    for text, subject in (
        ("        return None\n", "feat: stop"),
        ("        raise Stop\n", "fix: stop at once"),
        ("        return None\n", "fix: do not raise"),
    ):
        repo.change("stop.py", start + text, subject)
    assert len(loud(repo)) == 1
