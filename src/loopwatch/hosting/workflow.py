"""How a step of GitHub Actions speaks: commands in its log, and the files that the runner reads.

Source:
    GitHub's "Workflow commands". The runner obeys commands on standard output and on standard
    error; all that is no command of ours is printed while it is told not to.
"""

import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from loopwatch.errors import OutputError
from loopwatch.reports.escape import clipped
from loopwatch.reports.github import command

LONGEST = 1_000  # characters of a line
OUTPUT, SUMMARY = "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"


class Log:
    """The log of one step; in it, nothing that is printed is obeyed unless it is ``obeyed``."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._word = secrets.token_hex(16)  # that nothing which is printed can know

    def __enter__(self) -> "Log":
        self._write(f"::stop-commands::{self._word}\n")
        return self

    def __exit__(self, *_: object) -> None:
        self._write(f"::{self._word}::\n")

    def text(self, text: str) -> None:
        """Print whole lines, whatever is in them."""
        self._write(text if text.endswith("\n") or not text else f"{text}\n")

    def line(self, line: str) -> None:
        """Print one line."""
        self._write(f"{clipped(line, LONGEST)}\n")

    def obeyed(self, commands: str) -> None:
        """Print lines that the runner is to obey, if they are commands."""
        self._write(f"::{self._word}::\n{commands}::stop-commands::{self._word}\n")

    def note(self, line: str, name: str = "notice") -> None:
        """Print one line that is shown beside the result of the job, too."""
        self.obeyed(f"{command(name, {'title': 'loopwatch'}, clipped(line, LONGEST))}\n")

    def _write(self, text: str) -> None:
        sys.stderr.flush()
        self._stream.flush()
        self._stream.buffer.write(text.encode("utf-8", "backslashreplace"))
        self._stream.flush()


def set_outputs(values: Mapping[str, str]) -> None:
    """Give outputs to the steps that follow, whatever is in them; elsewhere, to nobody.

    Raises:
        OutputError: they cannot be written.
    """
    end = f"loopwatch-{secrets.token_hex(16)}"
    _append(OUTPUT, "".join(f"{name}<<{end}\n{value}\n{end}\n" for name, value in values.items()))


def add_summary(text: str) -> None:
    """Add Markdown to the summary of the job; elsewhere, to nothing.

    Raises:
        OutputError: it cannot be written.
    """
    _append(SUMMARY, text)


def _append(variable: str, text: str) -> None:
    name = os.environ.get(variable)
    if not name:
        return
    try:
        with Path(name).open(
            "a", encoding="utf-8", errors="backslashreplace", newline="\n"
        ) as file:
            file.write(text)
    except OSError as error:
        raise OutputError(f"cannot write {variable}: {error.strerror or error}") from error
