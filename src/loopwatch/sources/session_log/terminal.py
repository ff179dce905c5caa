"""A terminal that an agent talks to: it keeps its folder, and what runs in it may go on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from loopwatch.sources.session_log.api import Command
from loopwatch.sources.session_log.outputs import is_cut

KEY = re.compile(r"C-[a-z]")
RUNNING = -1  # the exit status of what has not ended
INTERRUPTED = frozenset({"C-c", "C-d", "C-z"})
LEAVES = re.compile(r"(?:^|[;&|(\n])[ \t]*(?:cd|pushd|popd)\b")
LOST = "outputs are truncated"  # in the words that a terminal puts before an output


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the terminal said to a line or a key."""

    step: str
    time: float | None
    line: str
    output: str
    exit_status: int | None  # -1: it runs on
    folder: str = ""  # absolute, where the terminal is afterwards
    is_input: bool = False  # for what runs already
    prefix: str = ""  # put before the output


@dataclass(slots=True)
class Terminal:
    """Follows one terminal."""

    folder: str = ""  # absolute, where it is; "" is where it began
    _running: Command | None = None
    _is_mixed: bool = False  # files were edited while it ran

    def take(self, answer: Answer) -> Iterator[Command]:
        """Take in an answer; yield the command that has ended by it."""
        is_more = answer.is_input or not answer.line.strip() or KEY.fullmatch(answer.line.strip())
        if is_more and self._running is not None:
            yield from self._go_on(self._running, answer)
        elif not is_more:
            yield from self.rest(answer.time)
            yield from self._begin(answer)
        self.folder = answer.folder or self.folder

    def note_edit(self) -> None:
        """Note that files change: what still runs tells of neither the old nor the new ones."""
        self._is_mixed = self._running is not None

    def rest(self, when: float | None) -> Iterator[Command]:
        """Yield what never ended, as far as it was seen."""
        if self._running is not None:
            yield replace(self._running, time=when, is_remote=self._is_mixed)
        self._running, self._is_mixed = None, False

    def _begin(self, answer: Answer) -> Iterator[Command]:
        is_running = answer.exit_status == RUNNING
        is_short = is_cut(answer.output) or LOST in answer.prefix
        command = Command(
            step=answer.step,
            time=answer.time,
            line=answer.line,
            folder=self.folder or ("" if LEAVES.search(answer.line) else answer.folder),
            output=f"{answer.output}\n" if is_short and not is_running else answer.output,
            exit_status=None if is_running else answer.exit_status,
            is_cut=is_running or is_short,
        )
        if is_running:
            self._running = command
        else:
            yield command

    def _go_on(self, command: Command, answer: Answer) -> Iterator[Command]:
        output = command.output + ("\n" if command.output else "") + answer.output
        self._running = command = replace(command, output=output)
        if answer.exit_status == RUNNING:
            return
        is_short = is_cut(output) or LOST in answer.prefix
        is_stopped = answer.line.strip() in INTERRUPTED
        self._running = replace(
            command, exit_status=answer.exit_status, is_cut=is_short or is_stopped
        )
        yield from self.rest(answer.time)
