"""Whatever the results of tests are: a planted trade is found, and nothing is taken back."""

from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loopwatch.model.finding import Finding, Kind, Level
from tests.builders import Repo
from tests.integration.test_observed_defects import Story, loud, ran

LENGTH = 9
ROWS = st.text("Fp?", min_size=LENGTH, max_size=LENGTH)
UNHURRIED = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Return one history that never returns to an earlier state; only the results differ."""
    story = Story(Repo(tmp_path_factory.mktemp("told") / "repo"))
    story.tell({"test_a": "p" * LENGTH, "test_b": "p" * LENGTH})
    return story


def findings(story: Story, rows: Mapping[str, str], until: int = LENGTH) -> tuple[Finding, ...]:
    """Return all findings for results up to a version."""
    story.evidence = {
        number: [ran({test: row[number] for test, row in rows.items()})] for number in range(until)
    }
    return story.report().findings


def said(found: Finding, story: Story, until: int) -> tuple[object, ...]:
    """Return what was said of a finding before a version."""
    levels = {level: story.label(at) for level, at in found.level_at if story.label(at) < until}
    return found.id, story.label(found.closed_at), tuple(sorted(levels.items()))


@UNHURRIED
@given(rows=st.lists(ROWS, min_size=1, max_size=3), until=st.integers(1, LENGTH))
def test_what_was_said_stays_said(told: Story, rows: list[str], until: int) -> None:
    named = {f"test_{n}": row for n, row in enumerate(rows)}
    before = [f for f in findings(told, named, until) if f.level is not Level.NOTE]
    after = findings(told, named)
    kept = {said(found, told, until) for found in after}
    assert {said(found, told, until) for found in before} <= kept


@UNHURRIED
@given(
    noise=st.lists(ROWS, max_size=2),
    left=st.integers(1, LENGTH - 2),
    spell=st.integers(1, LENGTH),
)
def test_a_planted_trade_is_found(told: Story, noise: list[str], left: int, spell: int) -> None:
    back = min(left + spell, LENGTH - 1)
    rows = {
        "test_a": "F" * left + "p" * (back - left) + "F" * (LENGTH - back),
        "test_b": "p" * left + "F" * (back - left) + "p" * (LENGTH - back),
        **{f"test_noise{n}": row for n, row in enumerate(noise)},
    }
    found = [f for f in findings(told, rows) if f.kind is Kind.OSCILLATION]
    keys = {d.subject.partition("::")[2]: d.key for d in told.report().defects}
    planted = {keys["test_a"], keys["test_b"]}
    assert any(planted <= set(one.defects) for one in found)
    assert all(one.level is Level.ERROR for one in found)


@UNHURRIED
@given(st.lists(st.integers(0, LENGTH), min_size=1, max_size=4))
def test_what_only_gets_better_is_quiet(told: Story, mended: list[int]) -> None:
    rows = {f"test_{n}": "F" * at + "p" * (LENGTH - at) for n, at in enumerate(mended)}
    findings(told, rows)
    assert loud(told.report()) == []
