"""What is kept of commits, small: a hundred thousand of them have to fit in memory."""

from __future__ import annotations

import re
from array import array
from binascii import unhexlify
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from loopwatch.model.object_ids import ObjectIds
from loopwatch.model.version import Version
from loopwatch.verdicts.agents import AGENTS, Agent, agents_in, hints_in
from loopwatch.verdicts.intent import ParsedMessage, parse_message
from loopwatch.verdicts.suppression import KEY

# The only lines of a body that say what an edit means to do; agents write whole essays around them.
TOLD = re.compile(rb"(?im)^.*\b(?:reverts? |reverting |reappl|reland|cherry.pick).*$")
TELLING = (b"revert", b"reappl", b"reland", b"cherry")  # one of them is in every such line
LONGEST_DATE = 13  # digits, of seconds; enough for 30,000 years
KEPT_LINES, KEPT_BYTES = 3, 400  # of each message; a merge names its pull request on line 3
IGNORE = KEY.encode()
MOST_PEOPLE = 1000  # whose names and addresses are kept, to be looked at once
TOGETHER = 256  # headers that are read at once: what none of them holds is looked for once


@dataclass(slots=True)
class Headers:
    """The headers of commits by number, their messages cut down to what tells their intent."""

    known_agents: Sequence[Agent] = AGENTS
    _trees: ObjectIds = field(default_factory=ObjectIds)
    _messages: bytearray = field(default_factory=bytearray)  # end to end
    _ends: array[int] = field(default_factory=lambda: array("Q"))
    _times: array[int] = field(default_factory=lambda: array("q"))
    _agents: dict[int, str] = field(default_factory=dict)
    _ignoring: dict[int, str] = field(default_factory=dict)  # whole messages that may ignore
    _new: list[bytes] = field(default_factory=list)  # as they came, to be read together
    _people: set[tuple[bytes, bytes]] = field(default_factory=set)  # who are surely no agents

    def __len__(self) -> int:
        return len(self._ends) + len(self._new)

    def add(self, header: bytes) -> None:
        """Take in the header of the next commit, as ``HEADER_FORMAT`` says it."""
        self._new.append(header)
        if len(self._new) == TOGETHER:
            self._read()

    def _read(self) -> None:
        """Read the headers that came since it was last asked for any."""
        first, new = len(self._ends), self._new
        self._new = []
        rows = (header.split(b"\n", 5) for header in new)
        trees, authored, committed, names, addresses, messages = zip(*rows, strict=True)
        self._trees.extend(unhexlify(b"".join(trees)), len(trees))
        times = zip(_seconds(authored), _seconds(committed), strict=True)
        self._times.extend(chain.from_iterable(times))
        for message in messages:
            self._messages += _shortened(message)
            self._ends.append(len(self._messages))
        people = set(zip(names, addresses, strict=True)) - self._people
        text = b"\0".join((*messages, *chain.from_iterable(people))).lower()
        if not (hints := hints_in(text, self.known_agents)):
            self._remember(people)
        else:
            told = [header.split(b"\n", 3)[3] for header in new]
            agents = agents_in(told, hints, self.known_agents)
            self._agents |= {first + place: agent for place, agent in agents.items()}
        if IGNORE in text:
            self._ignoring |= {
                first + place: message.decode("utf-8", "replace")
                for place, message in enumerate(messages)
                if IGNORE in message.lower()
            }

    def _remember(self, people: set[tuple[bytes, bytes]]) -> None:
        """Note that nothing in these names and addresses hints at an agent."""
        if len(self._people) > MOST_PEOPLE:
            self._people.clear()
        self._people |= people

    def version(self, number: int, id_: str) -> Version:
        """Return the version that a commit is."""
        if number >= len(self._ends):
            self._read()
        start = self._ends[number - 1] if number else 0
        message = self._messages[start : self._ends[number]].decode("utf-8", "replace")
        told = parse_message(message)
        return Version(
            id=id_,
            authored=self._times[2 * number],
            committed=self._times[2 * number + 1],
            subject=told.subject,
            title=told.title,
            names=told.names,
            reapplies=told.reapplies,
            agent=self._agents.get(number),
        )

    def tree(self, number: int) -> bytes:
        """Return the id of a commit's tree; empty beyond the last one."""
        if len(self._ends) <= number < len(self):
            self._read()
        return self._trees[number]

    def agents(self) -> Mapping[int, str]:
        """Return the coding agents that made commits, by number, where a trailer tells."""
        if self._new:
            self._read()
        return self._agents

    def ignoring(self) -> Mapping[int, str]:
        """Return the messages, by number, that hold the key of a trailer that ignores findings."""
        if self._new:
            self._read()
        return self._ignoring


def parsed(message: bytes) -> ParsedMessage:
    """Return the parts of a message that tell its intent, as they are read of a commit."""
    return parse_message(_shortened(message).decode("utf-8", "replace"))


def _shortened(message: bytes) -> bytes:
    """Return the first lines of a message, and all those that say what an edit means to do."""
    lines = message.split(b"\n", KEPT_LINES)
    if len(lines) <= KEPT_LINES:
        return message[:KEPT_BYTES]
    rest = lines[KEPT_LINES]
    short = message[: -1 - len(rest)][:KEPT_BYTES]
    if not any(map(rest.lower().__contains__, TELLING)):
        return short
    return b"\n".join([short, *TOLD.findall(rest)])


def _seconds(dates: Sequence[bytes]) -> list[int]:
    """Return dates as git prints them; one that nobody can have meant is 1970."""
    if b"".join(dates).isdigit() and len(max(dates, key=len)) < LONGEST_DATE and all(dates):
        return list(map(int, dates))
    return [
        int(date) if date.isdigit() and len(date) < LONGEST_DATE else 0
        for date in map(bytes.strip, dates)
    ]
