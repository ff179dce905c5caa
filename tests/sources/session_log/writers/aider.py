"""Tells a story as Aider 0.86 writes its chat history."""

from collections.abc import Callable
from datetime import UTC, datetime
from difflib import unified_diff

from tests.sources.session_log.stories import (
    START,
    Ask,
    Read,
    Replace,
    Run,
    Say,
    Step,
    Story,
    Write,
    identity,
)

ENDING = ".md"
MODEL = "openrouter/anthropic/claude-3.7-sonnet"
PAGE = "https://aider.chat/docs/troubleshooting/edit-errors.html"
Commit = Callable[[str, str], str]  # of a file and its new content, to the short id


def heading(edit_format: str = "diff") -> str:
    """Return what Aider begins a session with."""
    second = edit_format != "diff"  # each format is another session
    began = datetime.fromtimestamp(START + second, UTC).isoformat(" ")[:19]
    told = console(
        "/home/robin/.local/bin/aider --model sonnet",
        "Aider v0.86.1",
        f"Main model: {MODEL} with {edit_format} edit format, infinite output",
        "Weak model: openrouter/anthropic/claude-3-5-haiku",
        "Git repo: .git with 2 files",
        "Repo-map: using 4096 tokens, auto refresh",
    )
    return f"\n# aider chat started at {began}\n\n{told}"


def console(*lines: str) -> str:
    """Return lines that the program says."""
    return "".join(f"> {line}  \n" for line in lines)


def typed(text: str) -> str:
    """Return what the user typed."""
    return "\n" + "".join(f"#### {line}  \n" for line in text.split("\n"))


def answer(text: str) -> str:
    """Return what the model said, and what that took."""
    told = "Tokens: 2.4k sent, 1.2k cache hit, 104 received. Cost: $0.01 message, $0.05 session."
    return f"\n{text.strip()}\n\n{console(told)}"


def block(path: str, old: str, new: str) -> str:
    """Return a SEARCH/REPLACE block."""
    return f"{path}\n```python\n<<<<<<< SEARCH\n{old}=======\n{new}>>>>>>> REPLACE\n```\n"


def misfit(path: str, old: str, new: str, *, others: int = 0) -> str:
    """Return what Aider says if a block does not fit: only the first line has a mark."""
    said = (
        "# 1 SEARCH/REPLACE block failed to match!\n\n"
        f"## SearchReplaceNoExactMatch: This SEARCH block failed to exactly match lines in {path}\n"
        f"<<<<<<< SEARCH\n{old}=======\n{new}>>>>>>> REPLACE\n\n"
        "The SEARCH section must exactly match an existing block of lines including all white"
        " space, comments, indentation, docstrings, etc\n"
    )
    if others:
        said += (
            f"\n# The other {others} SEARCH/REPLACE blocks were applied successfully.\n"
            "Don't re-send them.\n"
            "Just reply with fixed versions of the block above that failed to match.\n"
        )
    first = "The LLM did not conform to the edit format."
    return console(first, PAGE) + console(said.strip())


def log(story: Story, *, edit_format: str = "diff", commit: Commit | None = None) -> str:
    """Return the chat history of a session."""
    files, said = dict(story.files), [heading(edit_format)]
    for number, step in enumerate(story.steps):
        said.append(_said(step, number, files, edit_format, commit))
    return "".join(said)


def _said(
    step: Step, number: int, files: dict[str, str], edit_format: str, commit: Commit | None
) -> str:
    if isinstance(step, Ask):
        return typed(step.text)
    if isinstance(step, Say):
        return answer(step.text)
    if isinstance(step, Run):  # what it prints is not kept
        return typed(f"/run {step.line}") + console("Added 12 lines of output to the chat.")
    if isinstance(step, Read):
        return typed(f"/add {step.path}") + console(f"Added {step.path} to the chat")
    before = files.get(step.path, "")
    if isinstance(step, Write):
        after, proposal = step.content, block(step.path, "", step.content)
    else:
        assert isinstance(step, Replace)
        after = before.replace(step.old, step.new)
        proposal = block(step.path, step.old, step.new)
        if step.is_refused:
            said = answer(f"I'll change it.\n\n{proposal}")
            return said + misfit(step.path, step.old, step.new)
    if edit_format == "whole":
        proposal = f"{step.path}\n```\n{after}```\n"
    elif edit_format == "udiff":
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
        diff = unified_diff(old, new, f"a/{step.path}", f"b/{step.path}")
        lines = ("@@ ... @@\n" if line.startswith("@@") else line for line in diff)
        proposal = f"```diff\n{''.join(lines)}```\n"
    files[step.path] = after
    named = commit(step.path, after) if commit else identity(f"{number}")[:7]
    is_new = [step.path, "Create new file? (Y)es/(N)o [Yes]: y"] if not before else []
    return answer(f"Here is the change:\n\n{proposal}") + console(
        *is_new,
        f"Applied edit to {step.path}",
        f"Commit {named} fix: change {step.path}",
        "You can use /undo to undo and discard each aider commit.",
    )
