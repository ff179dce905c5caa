"""Kinds of work: told by how a prompt begins, and not told where it does not say."""

import pytest

from loopwatch.model.progress import Work
from loopwatch.sources.session_log.words import Words
from loopwatch.verdicts.spoken import asks_for_a_fix
from loopwatch.verdicts.work import work_of


def told(prompt: str) -> Work | None:
    return work_of(prompt, is_fix=asks_for_a_fix(prompt))


@pytest.mark.parametrize(
    ("prompt", "work"),
    [
        ("parse_duration('90') fails with a ValueError, please fix it", Work.FIX),
        ("Fix the tests", Work.FIX),
        ("Refactor the parser, it crashes on '1h'", Work.REFACTOR),
        ("Add a dark mode", Work.FEATURE),
        ("can you make the icon smaller?", Work.FEATURE),
        ("Now, let's implement the following plan:\n\n# Tests\n", Work.FEATURE),
        ("Implement the following plan:\n\n# Plan: Weeks everywhere", Work.FEATURE),
        ("Implement the following plan:\n\n# Plan: Move the parser to its own file", Work.REFACTOR),
        ("I want the header to be sticky", Work.FEATURE),
        ("Have a look at src/dur.py. Then add weeks to it", Work.FEATURE),
        ("Add a test mode to the server", Work.FEATURE),
        ("Create a page that shows the test results", Work.FEATURE),
        ("add drag and drop", Work.FEATURE),
        ("Please rename parse_duration to seconds_of", Work.REFACTOR),
        ("Clean up the imports", Work.REFACTOR),
        ("could you split dur.py into two modules?", Work.REFACTOR),
        ("move the helpers into their own module", Work.REFACTOR),
        ("Remove all unused functions", Work.REFACTOR),
        ("Add tests for the parser", Work.TESTS),
        ("write a regression test that covers spaces", Work.TESTS),
        ("Test the parser with odd input", Work.TESTS),
        ("Increase the test coverage of dur.py", Work.TESTS),
        ("Write a README", Work.DOCS),
        ("document parse_duration", Work.DOCS),
        ("Update CONTRIBUTING.md with how to run it", Work.DOCS),
        ("Add docstrings to dur.py", Work.DOCS),
        ("bump click to 8.2", Work.UPKEEP),
        ("Add a CI workflow", Work.UPKEEP),
        ("update the dependencies", Work.UPKEEP),
        ("commit this and push", Work.UPKEEP),
        ("great, commit", Work.UPKEEP),
        ("Change pyproject.toml so that ruff runs on tests", Work.UPKEEP),
        ("What does parse_duration do?", None),
        ("why is it so slow", None),
        ("make sure that you understand it", None),
        ("show me how it is called", None),
        ("write, shell and read are tools", None),
        ("write a git commit for it", Work.UPKEEP),
        ("test-logs/build-output.txt", None),
        ("hello", None),
        ("", None),
        ("```\nadd(1)\n```", None),
        ("x " * 300 + ". Add a page", None),  # too far from the beginning
    ],
)
def test_told_by_the_beginning(prompt: str, work: Work | None) -> None:
    assert told(prompt) == work


def asked(*steps: str | int) -> Work | None:
    """Return the kind of work of a session: prompts, and numbers of edits."""
    words = Words()
    for step in steps:
        if isinstance(step, str):
            words.ask(step)
        else:
            for _ in range(step):
                words.edit()
    return words.most_asked()


def test_a_session_is_what_most_of_its_edits_were_asked_for() -> None:
    assert asked("Add weeks", 1, "Write a README", 2) is Work.DOCS
    assert asked("Add weeks", 1, "go on", 1, "Write a README", 1) is Work.FEATURE
    assert asked("hm?", 2, "Add weeks", 1) is None
    assert asked("hm?", 1, "Add weeks", 1) is Work.FEATURE  # of equals the one that is told
    assert asked("Write a README", 1, "Add weeks", 1) is Work.DOCS  # and the earlier one


def test_a_prompt_that_does_not_tell_goes_on_with_the_one_before() -> None:
    assert asked("Add weeks", "hm, and the rest?", 2, "Write a README", 1) is Work.FEATURE


def test_without_an_edit_the_first_prompt_that_tells_decides() -> None:
    assert asked("hello", "Add weeks", "Write a README") is Work.FEATURE
    assert asked() is None
