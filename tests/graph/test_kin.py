"""Which versions the history of some files lies in."""

from collections.abc import Sequence

from loopwatch.graph.kin import names_before, versions_of
from loopwatch.model.history import Change, Rename

HISTORY: list[list[Change]] = [
    [(b"a.py", None, b"1"), (b"z.py", None, b"9")],
    [(b"a.py", b"1", b"2")],
    [(b"a.py", b"2", None), (b"b.py", None, b"2")],  # renamed as it is
    [(b"b.py", b"2", None), (b"c.py", None, b"3")],  # renamed and edited
    [(b"c.py", b"3", b"4"), (b"d.py", None, b"3")],  # copied
    [(b"z.py", b"9", b"8")],
    [(b"d.py", b"3", b"5")],
]


def renames(version: int, changes: Sequence[Change]) -> Sequence[Rename]:
    assert changes is HISTORY[version]
    return [(b"b.py", b"c.py")] if version == 3 else []


def test_earlier_names_and_copies_are_followed() -> None:
    assert names_before([b"d.py"], HISTORY, renames) == {b"d.py", b"c.py", b"b.py", b"a.py"}
    assert names_before([b"z.py"], HISTORY, renames) == {b"z.py"}


def test_versions_are_those_that_change_a_name() -> None:
    names = names_before([b"d.py"], HISTORY, renames)
    assert versions_of(names, HISTORY) == {0, 1, 2, 3, 4, 6}
    assert versions_of(frozenset(), HISTORY) == frozenset()
