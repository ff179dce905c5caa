"""What one tool was asked in a run, and how it ended."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from loopwatch.detectors.api import Run
from loopwatch.detectors.arguments import Arguments, Syntax, digest, is_known, parse
from loopwatch.detectors.commands import call_of, calls
from loopwatch.detectors.console import text_of
from loopwatch.detectors.paths import located
from loopwatch.detectors.tools import KNOWN

NO_ARGUMENTS = Arguments()
LOOKED_AT = 2_000_000  # characters of an output in which a tool is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The call of a tool; without a call, what can be said all the same."""

    run: Run
    program: str = ""  # empty: the command is not known, or runs the tool unseen (``make``)
    arguments: Arguments = NO_ARGUMENTS
    folder: str | None = ""
    exit_status: int | None = None
    is_whole: bool = True  # all of standard output has reached us
    has_stderr: bool = True

    def has_ended(self, *statuses: int) -> bool:
        """Tell whether it ended in one of some ways, as far as is known."""
        return self.exit_status is None or self.exit_status in statuses

    def path(self, path: str) -> str | None:
        """Return a path of the output relative to the repository, or None if it is outside."""
        return (
            located(path, self.run, self.folder)
            if self.folder is not None
            else (located(path, self.run) if path.startswith("/") else None)
        )

    def roots(self, operands: Iterable[str]) -> tuple[str, ...]:
        """Return the files and folders that some operands name; without any, its own folder."""
        words = tuple(operands)
        if not words:
            return () if self.folder is None else (self.folder,)
        found = (self.path(word) for word in words if is_known(word))
        return tuple(dict.fromkeys(path for path in found if path is not None))

    def configuration(self, words: Iterable[str]) -> str:
        """Return the digest of what decides which rules are on.

        Where another program runs the tool, its own command stands for that.
        """
        if self.program:
            return digest(words)
        return digest(("by", *self.run.command)) if self.run.command else ""


def asked(run: Run, syntax: Syntax, *programs: str) -> Asked:
    """Return what one of some programs was asked in a run."""
    call = call_of(run, *programs)
    if call is None:
        return _unseen(run)
    return Asked(
        run=run,
        program=call.program,
        arguments=parse(call.arguments, syntax),
        folder=call.folder,
        exit_status=call.exit_status,
        is_whole=call.is_whole,
        has_stderr=call.has_stderr,
    )


def _unseen(run: Run) -> Asked:
    """Return what is known where the command does not name the tool.

    The exit status is then that of another program, such as make.
    """
    found = calls(run)
    return Asked(
        run=run,
        folder=found[-1].folder if found else run.folder,
        exit_status=None if run.command else run.exit_status,
        is_whole=all(call.is_whole for call in found) and not run.is_cut,
        has_stderr=all(call.has_stderr for call in found) and not run.is_cut,
    )


def is_called(run: Run, *programs: str) -> bool:
    """Tell whether a run calls one of some programs by its name."""
    return any(call.program in programs for call in calls(run))


def is_from(
    run: Run, programs: tuple[str, ...], output: re.Pattern[str], signs: tuple[str, ...]
) -> bool:
    """Tell whether one of some programs printed the output of a run.

    The command decides where it names a tool that is known here, else the output.

    Args:
        run: what was called and what it answered.
        programs: names of the tool.
        output: what it prints, and no other.
        signs: texts of which each such output has one; they are found much faster.
    """
    called, text = _called_and_said(run)
    if not called.isdisjoint(programs):
        return True
    return any(sign in text for sign in signs) and output.search(text) is not None


@lru_cache(maxsize=4)
def _called_and_said(run: Run) -> tuple[frozenset[str], str]:
    """Return the names of the programs that a run called, and what tells who printed it.

    That is what it printed, unless the names say so.
    """
    called = frozenset(call.program for call in calls(run))
    return called, text_of(run)[:LOOKED_AT] if called.isdisjoint(KNOWN) else ""
