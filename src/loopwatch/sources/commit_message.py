"""Reads the message of a commit that is about to be made, as git is going to clean it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from loopwatch.errors import SourceError
from loopwatch.sources.git_headers import parsed
from loopwatch.sources.git_process import Git
from loopwatch.verdicts.intent import ParsedMessage

LARGEST = 1_000_000  # bytes of a message that are read
DEFAULT_MARK = b"#"
MARKS = b"#;@!$%^&|:"  # those that git chooses from where core.commentChar is "auto"
SCISSORS = b" ------------------------ >8 ------------------------"
SETTINGS = r"^(core\.comment(char|string)|commit\.cleanup)$"
NO_EDITOR = ":"  # what git names to its hooks where nobody edits the message


@dataclass(frozen=True, slots=True)
class Message:
    """The message of a commit that is about to be made."""

    text: str
    told: ParsedMessage


def read_message_file(git: Git, file: Path, environment: Mapping[str, str]) -> Message | None:
    """Return the message in a file that git has handed to a hook; None if it is empty.

    Args:
        git: for the settings that say what comments look like.
        file: as it was edited, comments and all.
        environment: what git has set for the hook; tells whether there was an editor.

    Raises:
        SourceError: the file cannot be read.
    """
    try:
        with file.open("rb") as opened:
            text = opened.read(LARGEST)
    except OSError as error:
        raise SourceError(f"cannot read the message in {file}: {error.strerror}") from error
    settings = _settings(git)
    is_edited = environment.get("GIT_EDITOR") != NO_EDITOR
    cleaned = _recoded(cleaned_up(text, settings, is_edited=is_edited))
    return Message(cleaned.decode(), parsed(cleaned)) if cleaned else None


def kept_message(git: Git) -> Message | None:
    """Return the message that git has kept of a commit that was refused; None if none was."""
    named = git.text("rev-parse", "--git-path", "COMMIT_EDITMSG")
    file = git.folder / named if named else None
    if file is None or not file.is_file():
        return None
    message = read_message_file(git, file, {})
    made = git.text("log", "-1", "--format=%B", "HEAD", "--") or ""
    return message if message is not None and message.text != made.strip() else None


def cleaned_up(text: bytes, settings: Mapping[str, str], *, is_edited: bool) -> bytes:
    """Return a message without what git takes out of it: comments, and what scissors cut off.

    Args:
        text: of the file.
        settings: ``commit.cleanup``, ``core.commentchar`` and ``core.commentstring``.
        is_edited: somebody had it in an editor, so that git had put comments in.

    Source:
        ``cleanup_message`` of git, and the description of ``--cleanup`` in git-commit(1).
    """
    lines = [line.rstrip() for line in text.split(b"\n")]
    mark = _mark(lines, settings)
    cut = next((n for n, line in enumerate(lines) if line == mark + SCISSORS), len(lines))
    how = settings.get("commit.cleanup", "default")
    is_kept = how in {"verbatim", "whitespace", "scissors"}
    is_stripped = how == "strip" or (is_edited and not is_kept)
    kept = [line for line in lines[:cut] if not (is_stripped and line.startswith(mark))]
    return b"\n".join(kept).strip()


def _recoded(text: bytes) -> bytes:
    """Return a message in UTF-8; git takes what is none for Latin-1."""
    try:
        text.decode()
    except UnicodeDecodeError:
        return text.decode("latin-1").encode()
    return text


def _mark(lines: Sequence[bytes], settings: Mapping[str, str]) -> bytes:
    """Return what a comment begins with; where git chose it, its own comments come last."""
    named = settings.get("core.commentstring") or settings.get("core.commentchar") or ""
    if named != "auto":
        return named.encode("utf-8", "surrogateescape") or DEFAULT_MARK
    cutting = (line[:1] for line in lines if line[1:] == SCISSORS)
    last = next((line[:1] for line in reversed(lines) if line), b"")
    mark = next(cutting, last)
    return mark if mark and mark in MARKS else DEFAULT_MARK


def _settings(git: Git) -> dict[str, str]:
    """Return what is set, by name in lower case; what is set last counts."""
    told = git.text("config", "--null", "--get-regexp", SETTINGS) or ""
    pairs = (re.split(r"\n", one, maxsplit=1) for one in told.split("\0") if one)
    return {pair[0].lower(): pair[-1] for pair in pairs}
