"""A loud finding goes on with its own units, not with what returned beside them as a note."""

import pytest

from loopwatch import app
from loopwatch.model.finding import Finding, Level
from tests.builders import Repo

MINUTES = "def parse(text):\n    return int(text) * 60\n"
UNITS = "def parse(text):\n    return int(text[:-1]) * UNIT[text[-1]]\n"
OTHER = "def parse(text):\n    return read(text, strict=True)\n"
SHORT = "# Durations\n\nA number is in minutes.\n"
LONG = "# Durations\n\nA number has a unit: s, m or h.\n"


def told(repo: Repo) -> list[Finding]:
    report = app.scan(app.ScanRequest(folder=repo.path))
    return [one for one in report.findings if one.level is not Level.NOTE]


@pytest.fixture
def pair(repo: Repo) -> Repo:
    """Give a repository in which code and its documentation go back together, as a note."""
    for subject, code, notes in (
        ("feat: durations", MINUTES, SHORT),
        ("feat: units", UNITS, LONG),
        ("feat: plain numbers", MINUTES, SHORT),
    ):
        repo.write("dur.py", code)
        repo.write("docs/dur.md", notes)
        repo.commit(subject)
    assert told(repo) == []
    return repo


def test_documentation_is_no_further_turn_of_a_war(pair: Repo) -> None:
    last = pair.change("dur.py", UNITS, "fix: units are read")
    assert [one.last_at for one in told(pair)] == [last]
    pair.change("docs/dur.md", LONG, "docs: units")
    assert [one.last_at for one in told(pair)] == [last]


def test_a_war_that_was_ended_is_not_open_for_its_documentation(pair: Repo) -> None:
    last = pair.change("dur.py", UNITS, "fix: units are read")
    pair.change("dur.py", OTHER, "fix: both are read")
    (before,) = told(pair)
    assert (before.last_at, before.is_open) == (last, False)
    pair.change("docs/dur.md", LONG, "docs: units")
    (after,) = told(pair)
    assert (after.last_at, after.is_open) == (last, False)
    assert after.paths == before.paths == ("dur.py",)


def test_a_unit_that_was_a_note_with_it_goes_on_loudly(pair: Repo) -> None:
    """What returns loudly in the same war belongs to it, whichever file began."""
    pair.change("dur.py", UNITS, "fix: units are read")
    last = pair.change("dur.py", MINUTES, "fix: plain numbers are read")
    assert [one.last_at for one in told(pair)] == [last]
