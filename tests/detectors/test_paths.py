"""Paths of tools, made relative to the repository."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.detectors.api import Run
from loopwatch.detectors.columns import from_bytes, from_utf16
from loopwatch.detectors.paths import joined, located, under


@pytest.mark.parametrize(
    ("path", "root", "folder", "found"),
    [
        ("src/a.py", "/repo", "", "src/a.py"),
        ("./src//a.py", "/repo", "", "src/a.py"),
        ("a.py", "/repo", "src", "src/a.py"),
        ("../a.py", "/repo", "src", "a.py"),
        ("../../a.py", "/repo", "src", None),
        ("..", "/repo", "", None),
        (".", "/repo", "", ""),
        (".github/x.yml", "/repo", "", ".github/x.yml"),
        ("..a/x.py", "/repo", "", "..a/x.py"),
        ("/repo/src/a.py", "/repo", "", "src/a.py"),
        ("/repo/src/a.py", "/repo/", "deep", "src/a.py"),
        ("/repo", "/repo", "", ""),
        ("/repository/a.py", "/repo", "", None),
        ("/repo/../etc/passwd", "/repo", "", None),
        ("/a.py", "/", "", "a.py"),
        ("/repo/a.py", "", "", None),
        ("file:///repo/a%20b.py", "/repo", "", "a b.py"),
        ("file://localhost/repo/a.py", "/repo", "", "a.py"),
        ("FILE:///repo/a.py", "/repo", "", "a.py"),
        ("file:///C:/work/repo/a.py", r"C:\work\repo", "", "a.py"),
        (r"C:\work\repo\src\a.py", "C:/work/repo", "", "src/a.py"),
        (r"c:\Work\repo\src\a.py", r"C:\work\repo", "", "src/a.py"),
        (r"D:\work\repo\a.py", r"C:\work\repo", "", None),
        (r"src\a.py", r"C:\work\repo", "", "src/a.py"),
        (r"odd\name/a.py", "/repo", "", r"odd\name/a.py"),
        ("https://example.com/a.py", "/repo", "", None),
        ("webpack:src/a.js", "/repo", "", None),
        ("", "/repo", "", None),
        ("a\nb", "/repo", "", None),
        ("a\0b", "/repo", "", None),
        ("a" * 2_000, "/repo", "", None),
    ],
)
def test_paths(path: str, root: str, folder: str, found: str | None) -> None:
    assert located(path, Run(root=root, folder=folder)) == found


def test_paths_from_the_top_of_a_project() -> None:
    run = Run(root="/repo", folder="crates/a")
    assert under("src/lib.rs", run, run.folder) == "crates/a/src/lib.rs"
    assert under("crates/a/src/lib.rs", run, run.folder) == "crates/a/src/lib.rs"


@given(st.text(max_size=40), st.sampled_from(["", "/repo", r"C:\repo"]))
def test_no_path_leads_out(path: str, root: str) -> None:
    found = joined("sub", path, root)
    assert found is None or not found.startswith(("/", "../"))


@pytest.mark.parametrize(
    ("column", "character"), [(1, 1), (2, 2), (4, 3), (5, 4), (6, 5), (7, 6), (9, 8)]
)
def test_columns_of_utf16(column: int, character: int) -> None:
    assert from_utf16('"😀" é', column) == character


def test_columns_of_bytes() -> None:
    assert from_bytes("é = 1", 4) == 3
    assert from_bytes("abc", 9) == 9


@given(st.text(max_size=20))
def test_columns_are_those_of_the_text_before(before: str) -> None:
    line = f"{before}x"
    units = len(before.encode("utf-16-le", "surrogatepass")) // 2
    assert from_utf16(line, units + 1) == len(before) + 1
    assert from_bytes(line, len(before.encode("utf-8", "surrogatepass")) + 1) == len(before) + 1
