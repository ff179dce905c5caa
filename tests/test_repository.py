"""The repository itself: what is in it, and what must not be."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

import dev

ROOT = dev.ROOT
LOCKS = {"Pipfile.lock", "pdm.lock", "poetry.lock", "pylock.toml", "requirements.lock", "uv.lock"}
# Names that samples may use; any other home is somebody's.
NOBODY = "alice|bob|dev|me|robin|runner|user|you"
# Written in pieces, so that this page is not guilty itself.
LOCAL = {
    "an address of a local file": re.compile(
        r"file:/{2}(?![{\"]|(?:localhost)?/(?:C:/work/)?repo\b|/usr/lib/|/etc/passwd)"  # samples
    ),
    "somebody's home": re.compile(
        rf"(?<![\w.])/(?:home|Users)/(?!(?:{NOBODY})\b)\w[\w.-]*/"
        r"|(?<![\w./])/[r]oot/[\w.]"
        rf"|[A-Z]:\\Users\\(?!(?:{NOBODY})\b)\w"
    ),
}


def committable_files() -> list[Path]:
    """List what is in git and what the next ``git add --all`` would put there."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("not a clone")
    names = {name for name in done.stdout.decode().split("\0") if name}
    return [ROOT / name for name in sorted(names) if (ROOT / name).is_file()]


def local_addresses(text: str) -> list[str]:
    """Return what in ``text`` makes sense on one machine only."""
    return [what for what, pattern in LOCAL.items() if pattern.search(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("file:" + "///opt/x", ["an address of a local file"]),
        ("/home/" + "erika/x", ["somebody's home"]),
        ("/ro" + "ot/x", ["somebody's home"]),
        ("/home/user/x and /Users/me/y", []),  # samples
        ("https://example.com/home/erika/", []),
        ("src/root/x and a/root/y", []),
    ],
)
def test_local_addresses(text: str, expected: list[str]) -> None:
    assert local_addresses(text) == expected


def test_no_file_names_this_machine() -> None:
    guilty = [
        f"{path.relative_to(ROOT)}: {what}"
        for path in committable_files()
        for what in local_addresses(path.read_bytes().decode("utf-8", errors="replace"))
    ]
    assert guilty == []


def test_there_is_no_lock_file() -> None:
    assert [path.name for path in committable_files() if path.name in LOCKS] == []


def test_every_module_says_what_it_is_for() -> None:
    modules = [path for path in sorted((ROOT / "src").rglob("*.py")) if path.stat().st_size]
    silent = [
        str(path.relative_to(ROOT))
        for path in modules
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert modules
    assert silent == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_documented_commands_exist(page: str) -> None:
    named = re.findall(r"python3? dev\.py (\w+)", (ROOT / page).read_text(encoding="utf-8"))
    assert {"demo", "test"} <= set(named) <= set(dev.COMMANDS)


def test_dev_py_documents_each_command() -> None:
    assert dev.__doc__ is not None
    assert set(re.findall(r"dev\.py (\w+)", dev.__doc__)) == set(dev.COMMANDS)


def test_the_changelog_has_a_place_for_the_next_change() -> None:
    assert "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_decisions_are_numbered_one_by_one() -> None:
    names = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
