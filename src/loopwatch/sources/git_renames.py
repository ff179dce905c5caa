"""Asks one ``git diff-tree`` for the renames of many commits."""

import os
import re
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from loopwatch.sources.git_process import CHUNK, Git, stop

if TYPE_CHECKING:
    from loopwatch.model.history import Rename

COMMAND = (
    "diff-tree", "--stdin", "--no-commit-id", "-r", "-z", "-M", "-l400", "--diff-filter=R",
    "--no-ext-diff", "--no-textconv",
)  # fmt: skip
END = b"= end of the answer =\n"  # git repeats a line that is no commit, and flushes


ANSWER = re.compile(rb"((?::[^\0]*\0[^\0]*\0[^\0]*\0)*)" + re.escape(END))
MOST_ASKED = 60  # questions ahead of their answers: they fit in a pipe whatever git does

Question = tuple[str, str]  # a commit, and the parent that it is compared with


@dataclass(slots=True)
class Renames:
    """Renames by commit; started with the first question."""

    git: Git
    _process: "subprocess.Popen[bytes] | None" = field(default=None)
    _asked: "dict[Question, None]" = field(default_factory=dict)  # not answered yet, in this order
    _told: "dict[Question, Sequence[Rename]]" = field(default_factory=dict)  # before it was wanted
    _read: bytes = b""  # of the next answer

    def expect(self, commit: str, parent: str) -> None:
        """Ask for the renames of a commit that are going to be wanted."""
        if len(self._asked) < MOST_ASKED:
            self._ask((commit, parent))

    def of(self, commit: str, parent: str) -> "Sequence[Rename]":
        """Return old and new path of each file that a commit renames; none if git cannot tell."""
        wanted = commit, parent
        if wanted not in self._told and wanted not in self._asked:
            self._ask(wanted)
        while wanted not in self._told:
            first = next(iter(self._asked))
            del self._asked[first]
            self._told[first] = self._next()
        return self._told.pop(wanted)

    def _ask(self, question: Question) -> None:
        """Ask git; where it is gone, the answer tells."""
        if self._process is None:
            self._process = self.git.open(*COMMAND, stdin=subprocess.PIPE)
        assert self._process.stdin is not None
        self._asked[question] = None
        with suppress(BrokenPipeError):
            os.write(self._process.stdin.fileno(), f"{' '.join(question)}\n".encode() + END)

    def _next(self) -> "Sequence[Rename]":
        """Return the next answer; where git dies of a missing object, ask another for the rest."""
        assert self._process is not None and self._process.stdout is not None
        while (answer := ANSWER.match(self._read)) is None:
            # read1: what is there, without waiting for more
            more = self._process.stdout.read1(CHUNK)  # type: ignore[attr-defined]
            if not more:
                rest = list(self._asked)
                self.close()
                for question in rest:
                    self._ask(question)
                return ()
            self._read += more
        self._read = self._read[answer.end() :]
        parts = answer[1].split(b"\0")
        return tuple(zip(parts[1::3], parts[2::3], strict=False))

    def close(self) -> None:
        """End git."""
        if self._process is not None:
            stop(self._process)
            self._process = None
        self._asked.clear()
        self._read = b""
