"""Calls of tools that wait for their result."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from loopwatch.sources.session_log.api import Passed
from loopwatch.sources.session_log.values import Object

NO_LINE = "a line that is no record: cut off or damaged"
NO_RESULT = "a call without a result"
MOST_WAITING = 10_000  # calls; the oldest are given up


def is_cut_off(line: bytes) -> bool:
    """Tell whether a line that is to be one record of JSON ends in the middle of it."""
    return not line.endswith(b"}") and line.rstrip()[-1:] not in {b"", b"}"}


@dataclass(frozen=True, slots=True)
class Call:
    """What a tool was asked."""

    name: str
    said: Object  # its arguments
    folder: str


@dataclass(slots=True)
class Calls:
    """Joins calls and results by the id of the call."""

    given_up: int = 0
    _waiting: dict[str, Call] = field(default_factory=dict)

    def add(self, step: str, name: str, said: Object, folder: str) -> None:
        """Note a call."""
        self._waiting[step] = Call(name, said, folder)
        if len(self._waiting) > MOST_WAITING:
            del self._waiting[next(iter(self._waiting))]
            self.given_up += 1

    def name(self, step: str) -> str | None:
        """Return the tool that was called; None if there is no such call, or it was answered."""
        call = self._waiting.get(step)
        return call.name if call else None

    def get(self, step: str) -> Call | None:
        """Return a call that waits for its result."""
        return self._waiting.get(step)

    def take(self, step: str) -> Call | None:
        """Return a call whose result is there."""
        return self._waiting.pop(step, None)

    def unanswered(self) -> Iterator[Passed]:
        """Yield, at the end of a log, the calls that have no result."""
        for _ in range(len(self._waiting) + self.given_up):
            yield Passed(reason=NO_RESULT)
        self._waiting.clear()
        self.given_up = 0
