"""Patterns of paths mean what they mean in ``.gitignore``."""

import pytest

from loopwatch.sources.globs import covers


@pytest.mark.parametrize(
    ("glob", "yes", "no"),
    [
        ("*.py", "a.py src/b.py", "a.pyi py"),
        ("src", "src/a.py lib/src/b.py", "srcs/a.py"),
        ("src/", "src/a.py", "srcs/a.py"),
        ("/src/*.py", "src/a.py", "src/b/a.py lib/src/a.py"),
        ("src/**/*.py", "src/a.py src/b/c/a.py", "a.py lib/src/a.py"),
        ("**/test_*.py", "test_a.py a/b/test_a.py", "a_test.py"),
        ("src/**", "src/a/b.py", "a/src/b"),
        ("a?.[jt]s", "ab.js ac.ts", "a.js ab.cs"),
        ("a[!b].py", "ac.py", "ab.py"),
        ("a[.py", "a[.py", "a.py"),
    ],
)
def test_globs(glob: str, yes: str, no: str) -> None:
    assert [path for path in yes.split() if not covers(glob, path)] == []
    assert [path for path in no.split() if covers(glob, path)] == []
