"""Messages of commits under way: what git is going to make of a file, told against git itself."""

from collections.abc import Mapping

import pytest

from loopwatch.sources.commit_message import cleaned_up, kept_message, read_message_file
from loopwatch.sources.git_process import Git
from tests.builders import Repo

SCISSORS = "# ------------------------ >8 ------------------------\n"
TEXTS = {
    "plain": "fix: units\n\nBody.\n",
    "blank lines": "\n\n  \nfix: units\n\n\n",
    "comments": "fix: units\n# Please enter\n# On branch main\n\nBody.\n#end\n",
    "only comments": "# fix: units\n#\n\n",
    "a number first": "#12 fix units\n\nBody.\n",
    "other mark": "; said by git\nfix: units\n# kept\n",
    "cut": f"fix: units\n\nBody.\n{SCISSORS}# Do not touch\ndiff --git a/f b/f\n+fix: no\n",
    "line ends": "fix: units\r\n\r\nBody.\r\n",
    "no utf-8": "fix: unités\n",
}


@pytest.mark.parametrize("how", ["", "strip", "whitespace", "verbatim", "scissors"])
@pytest.mark.parametrize("name", TEXTS)
def test_it_is_cleaned_as_git_does(repo: Repo, name: str, how: str) -> None:
    """Git commits what an editor has left; a hook gets to see it before it is cleaned."""
    editor = repo.path.parent / "text"
    editor.write_text(TEXTS[name], encoding="latin-1" if name == "no utf-8" else "utf-8")
    if how:
        repo.git("config", "commit.cleanup", how)
    hook = repo.path / ".git" / "hooks" / "commit-msg"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text('#!/bin/sh\ncp "$1" ../seen\n', encoding="utf-8")
    hook.chmod(0o755)
    options = ("-c", f"core.hooksPath={hook.parent}", "-c", f"core.editor=cp '{editor}'")
    is_cut = name == "cut" and how in {"", "strip"}
    verbose = ("-v",) if is_cut else ()  # else git cuts only where it has put the scissors itself
    arguments = ("commit", "--allow-empty", "--allow-empty-message", "--quiet", *verbose)
    repo.git(*options, *arguments)
    made = repo.git("log", "-1", "--format=%B").strip()
    seen = repo.path.parent / "seen"
    message = read_message_file(Git(repo.path), seen, {"GIT_EDITOR": "vi"})
    text = message.text if message else ""
    if name == "cut" and how in {"whitespace", "verbatim"}:
        assert made.startswith(text)  # nobody reads a diff for its intent
    else:
        assert [row.rstrip() for row in text.splitlines()] == [
            row.rstrip() for row in made.splitlines()
        ]


def test_a_message_that_nobody_edited_has_no_comments(repo: Repo) -> None:
    file = repo.path / "m"
    file.write_text("#12 fix units\n", encoding="utf-8")
    message = read_message_file(Git(repo.path), file, {"GIT_EDITOR": ":"})
    assert message is not None
    assert message.told.subject == "#12 fix units"
    assert read_message_file(Git(repo.path), file, {"GIT_EDITOR": "vi"}) is None


@pytest.mark.parametrize(
    ("settings", "text", "expected"),
    [
        ({"core.commentchar": ";"}, "; git\n#1 fix\n", "#1 fix"),
        ({"core.commentstring": "//"}, "// git\n# fix\n", "# fix"),
        ({"core.commentchar": "auto"}, "#1 fix\n; git\n; said\n", "#1 fix"),
        ({"core.commentchar": "auto"}, "fix\n\n# git\n", "fix"),
        ({"core.commentchar": "auto"}, "fix units\n", "fix units"),
        ({"core.commentchar": "auto"}, f"fix\n;{SCISSORS[1:]}diff\n", "fix"),
    ],
)
def test_marks_of_comments(settings: Mapping[str, str], text: str, expected: str) -> None:
    assert cleaned_up(text.encode(), settings, is_edited=True).decode() == expected


def test_the_message_of_a_refused_commit_is_kept(repo: Repo) -> None:
    git = Git(repo.path)
    assert kept_message(git) is None
    repo.change("a", "a\n", "feat: a")
    assert kept_message(git) is None  # it was made
    (repo.path / ".git" / "COMMIT_EDITMSG").write_text("fix: b\n", encoding="utf-8")
    message = kept_message(git)
    assert message is not None and message.told.subject == "fix: b"
