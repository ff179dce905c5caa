"""What is kept of an edit once it was looked at: nothing but what stands in the tables."""

import gc
from collections.abc import Sequence
from pathlib import Path

import pytest

from loopwatch import app
from loopwatch.graph.edits import FileEdit
from loopwatch.graph.observer import Observer
from loopwatch.graph.returns import Return
from loopwatch.model.history import Change
from tests.builders import Repo


def alive() -> int:
    """Return how many edits of files there are in memory."""
    gc.collect()
    return sum(type(one) is FileEdit for one in gc.get_objects())


def test_no_edit_is_kept_once_it_was_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = Repo(tmp_path / "repo")
    for number, body in enumerate(["return (1)", "return (2", "return (2)", "return (3)"]):
        repo.write("a.py", f"def one():\n    {body}\n")
        repo.write("b.py", f"def two():\n    return {number}\n")
        repo.commit(f"Change {number}")
    before, look = alive(), Observer.look
    kept: list[int] = []

    def counted(self: Observer, version: int, changes: Sequence[Change]) -> list[Return]:
        returns = look(self, version, changes)
        kept.append(alive() - before)
        return returns

    monkeypatch.setattr(Observer, "look", counted)
    app.scan(app.ScanRequest(folder=repo.path))
    assert kept == [0] * 4
