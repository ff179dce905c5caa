"""The readable histories: how they are read, and the repositories made of them."""

import subprocess
from pathlib import Path

import pytest

from loopwatch.errors import LoopwatchError, SourceError
from loopwatch.sources import fixture

FIXTURES = Path(__file__).parents[2] / "fixtures"
GREETING = """\
# About people.

== v1  feat: greet people
--- src/greet.py
def greet(name):
    return "Hello " + name

--- docs/old name.txt
Hello.

== v2  fix: greet people who gave no name  (+25 min)
| See {v1}, not {v9} or {}.
|
| Signed-off-by: Ada
@ by Ada Author <ada@example.com>
@ authored 4 days earlier
--- src/greet.py  edit
-    return "Hello " + name
+    return "Hello " + (name or "you")
--- docs/new name.txt  from docs/old name.txt
"""


def tell(*versions: str) -> fixture.History:
    """Return the history whose second and later versions are ``versions``."""
    first = "== v1  first\n--- a\none\ntwo\n\ntwo\n--- b\nb\n"
    return fixture.parse("\n".join([first, *versions]))


def files(history: fixture.History, label: str) -> dict[str, str]:
    """Return the files of one version."""
    return {v.label: dict(v.files) for v in history.versions}[label]


def git(folder: Path, *arguments: str) -> str:
    """Return what git says in ``folder``."""
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_history_is_read_as_told() -> None:
    history = fixture.parse(GREETING)
    first, second = history.versions
    assert history.about == "About people."
    assert (first.label, first.subject, first.parents) == ("v1", "feat: greet people", ())
    assert first.committed == first.authored == fixture.EPOCH
    assert second.subject == "fix: greet people who gave no name"
    assert second.body == "See {v1}, not {v9} or {}.\n\nSigned-off-by: Ada"
    assert second.author == "Ada Author <ada@example.com>"
    assert second.committed == fixture.EPOCH + 25 * 60
    assert second.authored == second.committed - 4 * 86_400
    assert second.parents == ("v1",)
    assert dict(second.files) == {
        "docs/new name.txt": "Hello.\n",
        "src/greet.py": 'def greet(name):\n    return "Hello " + (name or "you")\n',
    }


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("--- a\nwhole\n\n\n", {"a": "whole\n", "b": "b\n"}),  # blank lines are for the reader
        ("--- a", {"a": "", "b": "b\n"}),
        ("--- a\n\\== no header\n\\\\--- c", {"a": "== no header\n\\--- c\n", "b": "b\n"}),
        ("--- a  edit\n-one", {"a": "two\n\ntwo\n", "b": "b\n"}),
        ("--- a  edit\n one\n+1.5", {"a": "one\n1.5\ntwo\n\ntwo\n", "b": "b\n"}),
        ("--- a  edit\n+0\n one\n...\n\n-two", {"a": "0\none\ntwo\n\n", "b": "b\n"}),
        ("--- a  delete", {"b": "b\n"}),
        ("--- c/d  from b", {"a": "one\ntwo\n\ntwo\n", "c/d": "b\n"}),
        ("--- c  from b\n-b\n+c", {"a": "one\ntwo\n\ntwo\n", "c": "c\n"}),
    ],
)
def test_sections(section: str, expected: dict[str, str]) -> None:
    assert files(tell(f"== v2  next\n{section}"), "v2") == expected


def test_a_file_as_it_was() -> None:
    history = tell("== v2  x\n--- a\nx", "== v3  y\n--- a  delete", "== v4  z\n--- a  as in v2")
    assert files(history, "v4")["a"] == "x\n"


def test_a_merge_takes_over_what_only_the_other_side_changed() -> None:
    side = "== s1  side\n@ on side from v1\n--- b  delete\n--- c\nc"
    ours = "== v2  ours\n--- a\nours"
    history = tell(side, ours, "== v3  merge\n@ merge side", "== s2  on\n@ on side\n--- c\nd")
    merge, later = history.versions[3:]
    assert merge.parents == ("v2", "s1")
    assert dict(merge.files) == {"a": "ours\n", "c": "c\n"}
    assert (later.branch, later.parents) == ("side", ("s1",))


def test_a_merge_may_lose_a_side() -> None:
    side = "== s1  side\n@ on side from v1\n--- b\ntheirs\n--- a\ntheirs"
    ours = "== v2  ours\n--- a\nours"
    history = tell(side, ours, "== v3  merge\n@ merge side\n--- a  as in s1\n--- b  as in v2")
    assert files(history, "v3") == {"a": "theirs\n", "b": "b\n"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: there is no version"),
        ("hello\n", "line 1: there is no version"),
        ("== v1 one space\n", "line 1: a version begins"),
        ("== v1  first  (+3 weeks)", "line 1: '3 weeks' is no time"),
        ("== v1  first\nwhat", "line 2: expected"),
        ("== v1  first\n@ onto main", "line 2: 'onto main'?"),
        ("== v1  first\n@ by me", "line 2: an author"),
        ("== v1  first\n@ authored yesterday", "line 2: 'yesterday' is no time"),
        ("== v1  first\n--- ../a", "line 2: '../a' is no path"),
        ("== v1  first\n--- .git/config", "line 2: '.git/config' is no path"),
        ("== v1  first\n---  a", "line 2: a file begins"),
        ("== v1  first\n--- a  edit\n-x", "line 2: there is no a to edit"),
        ("== v1  first\n--- a  as in v1", "line 2: there is no version v1 before"),
        ("== v1  first\n\n== v1  again", "line 3: there is a version v1 already"),
    ],
)
def test_bad_text(text: str, message: str) -> None:
    with pytest.raises(SourceError, match="line") as caught:
        fixture.parse(text)
    assert str(caught.value).startswith(message)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("--- a  edit\n-two", "line 12: this hunk fits a in 2 places"),
        ("--- a  edit\n-one\n+1\n...\n-three", "line 15: this hunk fits a in 0 places"),
        ("--- a  edit\none", "line 12: a line of a hunk"),
        ("--- a  improve", "line 11: 'improve'?"),
        ("--- a  as in v0", "line 11: there is no version v0"),
        ("--- c  as in v1", "line 11: there is no c in v1"),
        ("@ on side", "line 11: branch side is new"),
        ("@ on side from v7", "line 11: there is no version v7"),
        ("@ on main from v1", "line 11: branch main has begun"),
        ("@ on --force from v1", "line 11: '--force' is no name"),
        ("@ merge side", "line 11: there is no version side"),
    ],
)
def test_bad_second_version(version: str, message: str) -> None:
    with pytest.raises(LoopwatchError, match="line") as caught:
        tell(f"== v2  second\n{version}")
    assert str(caught.value).startswith(message)


def test_a_conflict_must_be_settled() -> None:
    side = "== s1  side\n@ on side from v1\n--- a\ntheirs"
    with pytest.raises(SourceError, match="both sides change a"):
        tell(side, "== v2  ours\n--- a\nours", "== v3  merge\n@ merge side")


def test_the_repository_holds_what_was_told(tmp_path: Path) -> None:
    ids = fixture.build(fixture.parse(GREETING), tmp_path / "new")
    log = git(tmp_path / "new", "log", "--format=%H %an %ae %at %ct%n%B", "main").splitlines()
    assert log == [
        f"{ids['v2']} Ada Author ada@example.com 1767259500 1767605100",
        "fix: greet people who gave no name",
        "",
        f"See {ids['v1']}, not {{v9}} or {{}}.",
        "",
        "Signed-off-by: Ada",
        "",
        f"{ids['v1']} Robin Coder robin@example.com 1767603600 1767603600",
        "feat: greet people",
        "",
    ]
    assert (tmp_path / "new/docs/new name.txt").read_text() == "Hello.\n"
    assert git(tmp_path / "new", "status", "--porcelain") == ""
    assert git(tmp_path / "new", "symbolic-ref", "HEAD") == "refs/heads/main\n"


def test_ids_are_the_same_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "settings").write_text("[core]\n\tautocrlf = true\n[i18n]\n\tcommitEncoding = x\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "settings"))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody Else")
    monkeypatch.setenv("GIT_DEFAULT_HASH", "sha256")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    ids = fixture.build(fixture.parse(GREETING), tmp_path / "new")
    assert ids == {
        "v1": "443e8e186fa6614e7740e867f9b0ef48f98463c9",
        "v2": "7af27a5dadb8fc3802d9acd83446164faf83cf56",
    }
    assert not (tmp_path / "elsewhere").exists()
    assert b"\r" not in (tmp_path / "new/src/greet.py").read_bytes()


def test_branches_and_merges(tmp_path: Path) -> None:
    side = '== s1  side\n@ on a/side from v1\n--- odd "name" \\ ü\nc'
    history = tell(side, "== v2  ours\n--- a\nours", "== v3  merge\n@ merge a/side")
    ids = fixture.build(history, tmp_path)
    parents = git(tmp_path, "log", "-1", "--format=%P", "main").split()
    assert parents == [ids["v2"], ids["s1"]]
    assert git(tmp_path, "rev-parse", "a/side").strip() == ids["s1"]
    assert (tmp_path / 'odd "name" \\ ü').read_text() == "c\n"


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(SourceError, match="is not empty"):
        fixture.build(fixture.parse(GREETING), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_what_git_refuses_is_said(tmp_path: Path) -> None:
    sides = ["== s1  side\n@ on a from v1\n--- c", "== s2  side\n@ on a/b from v1\n--- c"]
    with pytest.raises(SourceError, match="git fast-import failed"):
        fixture.build(tell(*sides), tmp_path)


def test_the_demo_tells_the_story_of_the_vibe_coding_fixture_in_other_code() -> None:
    told = fixture.parse((FIXTURES / "vibe-coding" / "history.txt").read_text(encoding="utf-8"))
    demo = fixture.demo()
    assert [version.subject for version in demo.versions] == [v.subject for v in told.versions]
    codes = [dict(version.files)["src/dur.py"] for version in demo.versions]
    assert len(set(codes)) == len(codes)  # no version is as another was
