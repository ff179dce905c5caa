"""What a scan of a test's repository says aloud."""

from loopwatch import app
from loopwatch.model.finding import Finding, Level
from loopwatch.sources.scan_range import ScanRange
from tests.builders import Repo


def loud(repo: Repo, revision: str | None = None) -> list[Finding]:
    """Return the findings above a note, in a range or in all that a scan reads."""
    report = app.scan(app.ScanRequest(folder=repo.path, range=ScanRange(revision=revision)))
    return [one for one in report.findings if one.level is not Level.NOTE]


def told(repo: Repo, path: str, versions: list[tuple[str, str]]) -> list[Finding]:
    """Commit one file after the other, text and subject, and return what is said aloud then."""
    for text, subject in versions:
        repo.change(path, text, subject)
    return loud(repo)
