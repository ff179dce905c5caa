"""Settings from the environment go before the file, and only those that there are."""

import re

import pytest

from loopwatch.errors import ConfigError
from loopwatch.model.options import Options
from loopwatch.model.unit import Granularity
from loopwatch.sources.config_file import Settings
from loopwatch.sources.config_keys import KEYS
from loopwatch.sources.environment import (
    OTHERS,
    VARIABLES,
    unknown_variables,
    variable,
    with_environment,
)

FORMATS = ("text", "json")
FILE = Settings(
    file="loopwatch.toml",
    values={"fail-on": "error", "max-count": 5},
    origins={"fail-on": "loopwatch.toml:1", "max-count": "loopwatch.toml:2"},
)


def said(**environment: str) -> Settings:
    return with_environment(FILE, environment, FORMATS)


def test_every_key_has_a_variable() -> None:
    assert set(VARIABLES.values()) == set(KEYS)
    assert variable("fail-on") == "LOOPWATCH_FAIL_ON"
    assert all(re.fullmatch(r"LOOPWATCH_[A-Z_]+", name) for name in VARIABLES)
    assert not OTHERS & set(VARIABLES)


def test_it_goes_before_the_file_key_by_key() -> None:
    told = said(LOOPWATCH_FAIL_ON="note", OTHER="x")
    assert told.file == FILE.file
    assert told.values == {"fail-on": "note", "max-count": 5}
    assert told.origins == {"fail-on": "LOOPWATCH_FAIL_ON", "max-count": "loopwatch.toml:2"}


def test_nothing_said_changes_nothing() -> None:
    assert said() == FILE
    assert said(LOOPWATCH_FAIL_ON="", LOOPWATCH_MAX_COUNT="  ") == FILE


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("LOOPWATCH_AGENTS_ONLY", "1", True),
        ("LOOPWATCH_AGENTS_ONLY", "TRUE", True),
        ("LOOPWATCH_ALL", "yes", True),
        ("LOOPWATCH_ALL", "off", False),
        ("LOOPWATCH_EXIT_ZERO", "0", False),
        ("LOOPWATCH_FORMAT", "json", "json"),
        ("LOOPWATCH_MAX_COUNT", "0", 0),
        ("LOOPWATCH_MAX_COUNT", " 12 ", 12),
        ("LOOPWATCH_QUIET", "*.snap", ("*.snap",)),
        ("LOOPWATCH_QUIET", "*.snap\r\n\n  a, b/ \n", ("*.snap", "a, b/")),
        ("LOOPWATCH_QUIET", "123", ("123",)),
        ("LOOPWATCH_FIX_PATTERNS", r"^fix\d{1,2}", (r"^fix\d{1,2}",)),
        ("LOOPWATCH_UNITS", "file, site", frozenset({Granularity.FILE, Granularity.SITE})),
    ],
)
def test_values(name: str, text: str, expected: object) -> None:
    assert said(**{name: text}).values[VARIABLES[name]] == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("LOOPWATCH_ALL", "maybe", 'must be true or false, not "maybe"'),
        ("LOOPWATCH_MAX_COUNT", "-1", 'must be a whole number of at least 0, not "-1"'),
        ("LOOPWATCH_MAX_COUNT", "many", "must be a whole number"),
        ("LOOPWATCH_MAX_COUNT", "٣", "must be a whole number"),
        ("LOOPWATCH_MAX_COUNT", "9" * 5000, "must be a whole number"),
        ("LOOPWATCH_LARGEST_FILE", "0", "must be a whole number of at least 1, not 0"),
        ("LOOPWATCH_FAIL_ON", "1", "must be one of never, note, warning, error, not 1"),
        ("LOOPWATCH_FORMAT", "xml", "must be one of text, json"),
        ("LOOPWATCH_UNITS", "line", "must be some of tree,file,symbol,site"),
        ("LOOPWATCH_FIX_PATTERNS", "a\n(", "must be regular expressions"),
    ],
)
def test_values_that_do_not_fit(name: str, text: str, expected: str) -> None:
    with pytest.raises(ConfigError) as caught:
        said(**{name: text})
    assert str(caught.value).startswith(f"{name} in the environment {expected}")


def test_choices_of_a_run_are_among_them() -> None:
    told = said(LOOPWATCH_WINDOW_HOURS="24", LOOPWATCH_REVERT_PATTERNS="zurück")
    options = told.options(Options())
    assert (options.window_hours, options.revert_patterns) == (24, ("zurück",))


def test_variables_that_look_like_ours() -> None:
    told = list(
        unknown_variables(
            {
                "LOOPWATCH_FAILON": "error",
                "LOOPWATCH_DETECTORS": "rm",
                "LOOPWATCH_DEBUG": "1",
                "LOOPWATCH_ALL": "1",
                "loopwatch_all": "1",
                "_LOOPWATCH_COMPLETE": "bash_source",
                "PATH": "/bin",
            }
        )
    )
    assert told == [
        "there is no setting LOOPWATCH_DETECTORS; it is not heeded",
        "there is no setting LOOPWATCH_FAILON (did you mean LOOPWATCH_FAIL_ON?); it is not heeded",
    ]
