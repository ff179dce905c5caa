"""What linters said in an Aider chat: of all that is run, only this is kept, and only errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from loopwatch.sources.session_log.api import Command

BEGINS = "# Fix any errors below, if possible."
RUNNING = re.compile(r"## Running: (.+)")
SHOWN = re.compile(r"## See relevant lines? below")
ENDS = re.compile(r"Attempt to fix lint errors\?|Fix lint errors in|Commit [0-9a-f]{7}|Tokens: ")


@dataclass(slots=True)
class Lint:
    """Takes the output of linters out of what the program says."""

    _is_open: bool = False
    _step: str = ""
    _line: str = ""
    _output: list[str] = field(default_factory=list)

    def is_about(self, said: str) -> bool:
        """Tell whether something that the program says is of a linter."""
        if said == BEGINS:
            self._is_open = True
        elif ENDS.match(said):
            return self._is_open and bool(self._line)
        return self._is_open

    def take(self, said: str, number: int) -> Iterator[Command]:
        """Take in what is said, in that line of the chat; yield a command when it has ended."""
        found = RUNNING.match(said)
        if said == BEGINS or found or SHOWN.match(said) or ENDS.match(said):
            yield from self._done()
        if found:
            self._line, self._step = found[1].strip(), f"{number}"
        elif ENDS.match(said):
            self._is_open = False
        elif self._line:
            self._output.append(said)

    def end(self) -> Iterator[Command]:
        """Yield the last command, as the program says no more."""
        yield from self._done()
        self._is_open = False

    def _done(self) -> Iterator[Command]:
        if self._line:
            output = "".join(f"{line}\n" for line in self._output)
            yield Command(step=self._step, time=None, line=self._line, output=output)
        self._line, self._output = "", []
