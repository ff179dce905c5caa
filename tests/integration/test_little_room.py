"""What is kept of contents makes a scan faster, and changes nothing in what it says."""

from pathlib import Path

import pytest

from loopwatch import app, pipeline
from loopwatch.reports.json_doc import render
from loopwatch.sources import fixture

FIXTURES = Path(__file__).parents[2] / "fixtures"
NAMES = sorted(path.parent.name for path in FIXTURES.glob("*/history.txt"))


@pytest.mark.parametrize("name", NAMES)
def test_a_scan_says_the_same_where_nothing_can_be_kept(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (FIXTURES / name / "history.txt").read_text(encoding="utf-8")
    fixture.build(fixture.parse(text), tmp_path / name)
    request = app.ScanRequest(folder=tmp_path / name)
    expected = render(app.scan(request))
    monkeypatch.setattr(pipeline, "ROOM", 0)
    assert render(app.scan(request)) == expected
