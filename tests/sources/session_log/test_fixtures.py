"""The logs under ``fixtures/sessions`` are what the writers write: readable samples of formats."""

import pytest

import dev
from tests.sources.session_log.formats import FORMATS, Format
from tests.sources.session_log.stories import BY_NAME

FOLDER = dev.ROOT / "fixtures" / "sessions"
SHOWN = ("reworded", "untested")  # with what was run, and without
LOGS = [(one, name) for one in FORMATS for name in SHOWN if name == "untested" or one.has_output]


@pytest.mark.parametrize(("format_", "name"), LOGS, ids=lambda one: getattr(one, "name", one))
def test_fixture(format_: Format, name: str, request: pytest.FixtureRequest) -> None:
    path = FOLDER / f"{format_.name}-{name}{format_.ending}"
    text = format_.write(BY_NAME[name])
    if request.config.getoption("--update-golden"):
        FOLDER.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    assert path.read_text(encoding="utf-8") == text


def test_nothing_else_is_there() -> None:
    named = {f"{one.name}-{name}{one.ending}" for one, name in LOGS}
    assert {path.name for path in FOLDER.iterdir()} == named
