"""Readers of third parties, such as the one that the documents show."""

import json
import re
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

import dev
from loopwatch.auditing.session import audit_session
from loopwatch.model.options import Options
from loopwatch.sources.session_log import api
from loopwatch.sources.session_log.registry import readers
from loopwatch.sources.session_log.survey import survey
from tests.sources.session_log.reading import lines

PAGE = dev.ROOT / "docs" / "sessions.md"


class Declared(EntryPoint):
    """An entry point whose object is at hand."""

    def load(self) -> object:
        return MADE[self.name]


MADE: dict[str, object] = {}


def declared(name: str, made: object) -> Declared:
    MADE[name] = made
    return Declared(name=name, value="x:y", group=api.GROUP)


def test_the_reader_of_the_documents_works(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    known = {**vars(api), "json": json}
    exec(code, known)  # noqa: S102  it is our own page
    found = readers(pytest.fail, lambda: [declared("our-agent", known["OurAgent"])])
    records = [
        {
            "our_session": "session-1",
            "edited": True,
            "path": "a.py",
            "time": n,
            "old": old,
            "new": n,
        }
        for n, old in enumerate("xyxy")
    ]
    steps = [{**one, "new": new} for one, new in zip(records, "yxyx", strict=True)]
    path = tmp_path / "log.jsonl"
    path.write_text(lines(*steps))
    (session,) = survey([path], found).sessions
    assert session.format == "our-agent"
    report = audit_session(session, Options())
    assert [finding.level.value for finding in report.findings] == ["error"]


@pytest.mark.parametrize("made", [object(), 7, type("Half", (), {"name": "x"})])
def test_a_reader_that_is_none_costs_a_line(made: object) -> None:
    said: list[str] = []
    found = readers(said.append, lambda: [declared("bad", made)])
    assert len(found) == len(readers(said.append, list))
    assert said == ["the session reader bad cannot be used: it has not what a reader needs"]
