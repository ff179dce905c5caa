"""No log brings a reader down: cut off, mixed up, of other types, of other formats."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loopwatch.auditing.session import audit_session
from loopwatch.model.options import Options
from loopwatch.sources.session_log.api import SessionReader
from loopwatch.sources.session_log.registry import readers
from loopwatch.sources.session_log.survey import survey
from tests.sources.session_log.formats import FORMATS, Format
from tests.sources.session_log.reading import log_of
from tests.sources.session_log.stories import BY_NAME

READERS = readers(pytest.fail)
VALUES = st.sampled_from([None, True, 0, -1, 1e300, "", "x", [], {}, [None], {"type": "text"}])
SETTINGS = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read_through(path: Path) -> None:
    """Audit a log, if it is still one."""
    for session in survey([path], READERS).sessions:
        audit_session(session, Options())


@pytest.mark.parametrize("format_", FORMATS, ids=lambda one: one.name)
@SETTINGS
@given(data=st.data())
def test_cut_off_and_damaged(format_: Format, tmp_path: Path, data: st.DataObject) -> None:
    text = bytearray(format_.write(BY_NAME["reworded"]).encode())
    del text[data.draw(st.integers(1, len(text))) :]
    for _ in range(data.draw(st.integers(0, 5))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / f"log{format_.ending}"
    path.write_bytes(bytes(text))
    read_through(path)


def mangled(value: object, data: st.DataObject, depth: int = 0) -> object:
    """Return a JSON value with something in it that is of another type."""
    if not isinstance(value, dict | list) or not value or data.draw(st.integers(0, 9)) < depth:
        return data.draw(VALUES)
    if isinstance(value, list):
        at = data.draw(st.integers(0, len(value) - 1))
        return [*value[:at], mangled(value[at], data, depth + 1), *value[at + 1 :]]
    key = data.draw(st.sampled_from(sorted(value)))
    return {**value, key: mangled(value[key], data, depth + 1)}


@pytest.mark.parametrize("format_", FORMATS, ids=lambda one: one.name)
@SETTINGS
@given(data=st.data())
def test_other_types(format_: Format, tmp_path: Path, data: st.DataObject) -> None:
    text = format_.write(BY_NAME["reworded"])
    if format_.ending == ".json":
        text = json.dumps(mangled(json.loads(text), data))
    elif format_.ending == ".jsonl":
        lines = text.splitlines()
        at = data.draw(st.integers(0, len(lines) - 1))
        lines[at] = json.dumps(mangled(json.loads(lines[at]), data))
        text = "\n".join(lines)
    path = tmp_path / f"log{format_.ending}"
    path.write_text(text, encoding="utf-8")
    read_through(path)


@pytest.mark.parametrize("reader", READERS, ids=lambda one: one.name)
@pytest.mark.parametrize("format_", FORMATS, ids=lambda one: one.name)
def test_nobody_takes_the_logs_of_others(
    reader: SessionReader, format_: Format, tmp_path: Path
) -> None:
    log = log_of(tmp_path, format_.write(BY_NAME["untested"]))
    assert format_.name.startswith(reader.name) or not reader.recognises(log)
