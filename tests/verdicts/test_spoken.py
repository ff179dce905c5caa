"""What prompts ask for, and what agents say before they edit."""

import pytest

from loopwatch.verdicts.spoken import asks_for_a_fix, goes_on, parts_into_commits, takes_back


@pytest.mark.parametrize(
    "prompt",
    [
        "fix mise test",
        '"mise run test:ci" is failing, can you take a look',
        "Still the same error",
        "it doesn't work",
        "Please fix the login page, it is broken",
        "Now it crashes when I click save",
        'what about this?\n```\nTraceback (most recent call last):\n  File "a.py"\n```',
        "src/a.ts(3,1): error TS2304: Cannot find name 'x'.",
        "Implement a fix for the date bug",
    ],
)
def test_asks_for_a_fix(prompt: str) -> None:
    assert asks_for_a_fix(prompt)


@pytest.mark.parametrize(
    "prompt",
    [
        "Add error handling to the parser",
        "Implement lockout after 5 failed login attempts",
        "Use a fixed-width font",
        "Create a page that says what is wrong with an upload",
        "Update the fixtures",
        "rename foo to bar",
        "",
        "Write docs. " + "x " * 300 + "and then the bug",
    ],
)
def test_asks_for_something_else(prompt: str) -> None:
    assert not asks_for_a_fix(prompt)


@pytest.mark.parametrize("prompt", ["continue", "yes", "ok, go on please", "try again", "y", "1"])
def test_goes_on(prompt: str) -> None:
    assert goes_on(prompt)


@pytest.mark.parametrize("prompt", ["continue with the parser", "no", "yes but fix the test", ""])
def test_says_more(prompt: str) -> None:
    assert not goes_on(prompt)


@pytest.mark.parametrize(
    "said",
    [
        "I'll revert this change.",
        "Let me undo that and try another way.",
        "Going back to the previous approach.",
        "Hmm, that broke the build. Let me put the old check back.",
        "Revert that",
        "please change it back to 30",
    ],
)
def test_takes_back(said: str) -> None:
    assert takes_back(said)


@pytest.mark.parametrize(
    "said",
    [
        "Add an undo button",
        "The revert feature now works.",
        "Let me fix the rollback logic.",
        "I apologize. Let me fix that.",
        "Now the back end.",
        "",
    ],
)
def test_takes_nothing_back(said: str) -> None:
    assert not takes_back(said)


@pytest.mark.parametrize(
    "prompt",
    [
        "commit our changes in two commits please",
        "can you commit both changes we did in individual commits for me?",
        "Commit the two changes one by one, please",
        "split this into separate commits",
    ],
)
def test_parts_into_commits(prompt: str) -> None:
    assert parts_into_commits(prompt)


def test_one_commit_is_none_of_that() -> None:
    assert not parts_into_commits("commit this, then fix the two other tests")
