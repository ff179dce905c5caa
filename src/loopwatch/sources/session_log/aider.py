"""Reads the chat histories of Aider: Markdown, one file for all the sessions in a repository.

A session begins where Aider was started. What was typed stands after ``#### ``, what the
program says after ``> ``, and what the model says as it is.

Source:
    Aider 0.50 to 0.86: ``io.py``, ``base_coder.py``, ``commands.py``; there is no official
    schema. Each line that Aider writes itself ends in two spaces, which tells it from a
    heading or a quotation of the model. What is run is printed, and not kept: of the output
    of commands only that of linters is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

from loopwatch.sources.session_log.aider_chat import Chat, is_plain
from loopwatch.sources.session_log.aider_commits import commits_beside
from loopwatch.sources.session_log.api import Begin, Event, Identity
from loopwatch.sources.session_log.log_file import LONGEST_LINE, LogFile, UnreadableLogError

AGENT = "aider"
BEGINS = re.compile(rb"# aider chat started at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\s*$")
COMMIT = re.compile(r"^> (?:Commit|Removed:) ([0-9a-f]{7,40})\b", re.MULTILINE)
ASKED = re.compile(r"^#### +(?!/|<blank>)\S.*$", re.MULTILINE)
PIECE = 1 << 20  # bytes of a line that are looked at at once


@dataclass(frozen=True, slots=True)
class Aider:
    """The reader."""

    name: str = AGENT

    def recognises(self, log: LogFile) -> bool:
        return BEGINS.match(_first_line(log)) is not None

    def logs(self, log: LogFile) -> Iterator[LogFile]:
        """Yield the sessions of a chat history; what is too long is cut off, and counted."""
        for number, start, size in _sections(log):
            one = LogFile(log.path, f"{log.name}:{number}", (start, min(size, LONGEST_LINE)))
            one.overlong = int(size > LONGEST_LINE)
            yield one

    def identity(self, log: LogFile) -> Identity:
        """Return when it began and what was asked first: two may begin in the same second."""
        begins, asked = BEGINS.match(_first_line(log)), ASKED.search(log.text)
        when = begins[1].decode() if begins else ""
        said = f"{when}\n{asked[0].strip() if asked else ''}"
        mark = blake2b(said.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
        return Identity(session=f"{mark} {when}")

    def events(self, log: LogFile) -> Iterator[Event]:
        yield Begin(agent=AGENT)
        text = b"\n".join(log.lines()).decode("utf-8", "replace").removeprefix("\ufeff")
        with commits_beside(log.path, COMMIT.findall(text)) as commits:
            chat = Chat(commits=commits, is_plain=is_plain(text))
            for line in text.split("\n"):
                yield from chat.take(line)
            yield from chat.end()


def _first_line(log: LogFile) -> bytes:
    """Return the first line that is not empty."""
    return log.head.removeprefix(b"\xef\xbb\xbf").lstrip().split(b"\n", 1)[0]


def _sections(log: LogFile) -> Iterator[tuple[int, int, int]]:
    """Yield where each session is: the number of its first line, its place and size in bytes.

    Raises:
        UnreadableLogError: it cannot be read to its end.
    """
    place, number, is_new_line = 0, 0, True
    begun: tuple[int, int] | None = None
    try:
        with log.path.open("rb") as file:
            while piece := file.readline(PIECE):
                number += is_new_line
                if is_new_line and BEGINS.match(piece.removeprefix(b"\xef\xbb\xbf")):
                    if begun is not None:
                        yield (*begun, place - begun[1])
                    begun = number, place
                is_new_line = piece.endswith(b"\n")
                place += len(piece)
    except OSError as error:
        raise UnreadableLogError(error.strerror or "cannot be read") from error
    if begun is not None:
        yield (*begun, place - begun[1])
