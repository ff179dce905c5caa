"""The logs under ``fixtures/sessions`` are what the writers write: readable samples of formats."""

from pathlib import Path

import pytest

import dev
from loopwatch.model.saying import unheard
from loopwatch.sources.session_log.api import Passed
from loopwatch.sources.session_log.calls import NO_LINE
from loopwatch.sources.session_log.log_file import LogFile
from loopwatch.sources.session_log.registry import readers, recognise
from tests.sources.session_log.formats import FORMATS, Format
from tests.sources.session_log.reading import events_of
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


LINES = [(one, name) for one, name in LOGS if one.ending == ".jsonl"]


@pytest.mark.parametrize(("format_", "name"), LINES, ids=lambda one: getattr(one, "name", one))
def test_a_log_that_ends_inside_a_line_is_not_complete(
    format_: Format, name: str, tmp_path: Path
) -> None:
    path = FOLDER / f"{format_.name}-{name}{format_.ending}"
    reader = recognise(LogFile(path, path.name), readers(unheard))
    assert reader is not None
    whole = path.read_bytes().splitlines(True)
    for place, line in enumerate(whole[1:], start=1):  # by the first one it is known
        before = b"".join(whole[:place])
        lengths = {1, len(line) // 3, len(line) // 2, len(line.rstrip(b"}\n"))}
        for length in (one for one in lengths if not line[:one].endswith(b"}")):
            told = events_of(reader, tmp_path, before + line[:length])
            assert Passed(reason=NO_LINE) in told, line[:length]
