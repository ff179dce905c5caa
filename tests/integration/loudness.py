"""What a scan of a test's repository says aloud."""

from loopwatch import app
from loopwatch.model.finding import Finding, Level
from loopwatch.sources.scan_range import ScanRange
from tests.builders import Repo


def loud(repo: Repo, revision: str | None = None) -> list[Finding]:
    """Return the findings above a note, in a range or in all that a scan reads."""
    report = app.scan(app.ScanRequest(folder=repo.path, range=ScanRange(revision=revision)))
    return [one for one in report.findings if one.level is not Level.NOTE]


def told_of(repo: Repo, versions: list[tuple[dict[str, str], str]]) -> list[Finding]:
    """Commit some files together, again and again, and return what is said aloud then."""
    for texts, subject in versions:
        for path, text in texts.items():
            repo.write(path, text)
        repo.commit(subject)
    return loud(repo)


def told(repo: Repo, path: str, versions: list[tuple[str, str]]) -> list[Finding]:
    """Commit one file after the other, text and subject, and return what is said aloud then."""
    return told_of(repo, [({path: text}, subject) for text, subject in versions])
