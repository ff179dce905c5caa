"""What a subject says that its edit takes out."""

import pytest

from loopwatch.verdicts.removal import removed_by_name, stands_in


@pytest.mark.parametrize(
    ("subject", "line"),
    [
        ("Remove tox pin (#12)", b"pip install 'tox<4'"),
        ("Replace hyphen encoding with fuzzy matching (#10)", b"name.replace(/-/g, HYPHEN)"),
        ("refactor: migrate condensing prompt to support prompts", b"condensingPrompt?: string"),
        ("six.advance_iterator -> next", b"token = six.advance_iterator(stream)"),
        ("Use a redirect instead of a fetch for login", b"await fetch(url)"),
        ("Switched from imap to map", b"rows = imap(read, rows)"),
        ("chore: cleanup legacy hooks", b"legacy_hook()"),
    ],
)
def test_what_goes_is_named(subject: str, line: bytes) -> None:
    assert stands_in(removed_by_name(subject), [line])


@pytest.mark.parametrize(
    ("subject", "line"),
    [
        ("Replace hyphen encoding with fuzzy matching", b"fuzzy(name)"),
        ("six.advance_iterator -> next", b"token = next(stream)"),
        ("Use a redirect instead of a fetch", b"redirect(url)"),
        ("Migrate to pydantic 2", b"import pydantic"),
        ("Change the timeout to 30", b"timeout = 60"),
        ("Convert", b"convert(x)"),
    ],
)
def test_what_comes_or_stays_is_not(subject: str, line: bytes) -> None:
    assert not stands_in(removed_by_name(subject), [line])
