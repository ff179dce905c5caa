"""Whatever the history: a glance at the files of an edit says what the whole history says."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from loopwatch import app
from loopwatch.checking import CheckRequest
from loopwatch.model.finding import Level
from loopwatch.model.options import Options
from tests.integration.test_properties import Told, built, function, planted

SUBJECTS = ("fix: it is wrong", "fix: right again", "feat: more", "wip", 'Revert "feat: more"')
LINES = tuple(f"    return {word}(items, {word}_of(items))" for word in ("sum", "max", "exact"))
NAMES = ("total", "share", "rest")
FILES = ("src/a.py", "src/b.py", "src/renamed.py")

Shape = Mapping[str, tuple[str, str]]  # of each function: its file, and the line in it


def files_of(shape: Shape) -> dict[str, str]:
    """Return the files: a few functions, one below the other."""
    parts: dict[str, list[str]] = {"src/c.py": ["KEPT = 1\n"]}
    for name, (path, line) in shape.items():
        extra = [f"    {name}_{number} = checked(items)" for number in range(4)]
        parts.setdefault(path, []).append(function(name, line, extra))
    return {path: "\n\n".join(texts) for path, texts in parts.items()}


@st.composite
def shuffled(draw: st.DrawFn) -> list[Told]:
    """Draw a history in which functions change, come back, and move from file to file."""
    shape = dict.fromkeys(NAMES, (FILES[0], LINES[0]))
    told = [Told("feat: a shop", files_of(shape))]
    for _ in range(draw(st.integers(3, 9))):
        for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True)):
            path = shape[name][0]
            if draw(st.integers(0, 3)) == 0:
                path = draw(st.sampled_from(FILES))
            shape[name] = path, draw(st.sampled_from(LINES))
        if draw(st.integers(0, 5)) == 0:  # a whole file under another name
            old, new = draw(st.permutations(FILES))[:2]
            shape = {n: (new if path == old else path, line) for n, (path, line) in shape.items()}
        told.append(Told(draw(st.sampled_from(SUBJECTS)), files_of(shape)))
    return told


def loud(folder: Path, commit: str, *, is_whole: bool) -> dict[str, Level]:
    options = Options(tells_notes=is_whole)  # who wants notes gets the whole history read
    report = app.check(CheckRequest(folder=folder, revision=commit, options=options))
    return {one.id: one.level for one in report.findings if one.level is not Level.NOTE}


@settings(max_examples=12)
@given(st.one_of(shuffled(), planted("XYXY"), planted("XYZXYZ")))
def test_a_glance_misses_nothing_and_adds_nothing(told: list[Told]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "drawn"
        for commit in built(told, folder):
            assert loud(folder, commit, is_whole=False) == loud(folder, commit, is_whole=True)
