"""What is typed in an Aider chat, and what the program says to it: prompts, commands, tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from loopwatch.sources.session_log.aider_lint import BEGINS
from loopwatch.sources.session_log.api import Command, Prompt, Usage

BLANK = "<blank>"
CHATS = frozenset({"ask", "code", "architect", "context", "ok"})  # what follows is a prompt
SHELLS = frozenset({"run", "test"})
SLASH = re.compile(r"/(?P<name>[\w-]+)(?:\s+(?P<rest>.*))?$", re.DOTALL)
MAY_RUN = re.compile(r"Run shell commands?\?.* (?:y|a|yes|all)$", re.IGNORECASE)
RUNNING = re.compile(r"Running (.+)")
_SENT = r"(\d[\d,]*(?:\.\d+)?[kM]?)"
TOKENS = re.compile(rf"Tokens: ~?{_SENT} sent(?P<cache>.*?), ~?{_SENT} received")
KEPT = re.compile(rf"{_SENT} cache write")
CACHED = re.compile(rf"{_SENT} cache hit")
USD = re.compile(r"Cost: \$(\d+(?:\.\d+)?) (?:message|request)")
FACTORS = {"k": 1_000, "M": 1_000_000}


@dataclass(slots=True)
class Typed:
    """Follows what is typed: prompts, commands, and what is only told again."""

    start: float | None = None  # seconds since 1970, when the chat began
    _again: str | None = None  # what Aider writes once more, as it hands it on
    _is_helped: bool = False  # the next prompt holds the pages of the manual
    _may_run: bool = False  # the user lets it run what the model proposes

    def began(self, when: float | None, zone: int) -> None:
        """Take in when a chat began, by a clock so many seconds ahead of UTC."""
        self.start = when - zone if when is not None else None

    def take(self, said: str, number: int, answer: str) -> Iterator[Prompt | Command]:
        """Take in what was typed.

        Args:
            said: all its lines.
            number: of the last one, in the chat.
            answer: what the model said before; an architect's plan is handed on as a prompt.
        """
        self._may_run = False
        gist = _gist(said)
        is_manual, self._is_helped = self._is_helped, False
        is_again, self._again = gist == self._again, None
        if said in {"", BLANK} or is_again or is_manual or said.startswith(BEGINS):
            return
        if gist == _gist(answer):
            return
        if said.startswith("!"):
            yield from self._run(said[1:], number)
        elif said.startswith("/"):
            yield from self._command(said, number)
        else:
            yield Prompt(step=f"{number}", time=self.start, text=said)

    def hear(self, said: str, number: int) -> Iterator[Command]:
        """Take in what the program says; yield a command that the model had it run."""
        if MAY_RUN.match(said):
            self._may_run = True
        elif self._may_run and (found := RUNNING.match(said)):
            yield from self._run(found[1], number)

    def priced(self, usage: Usage, usd: float | None) -> Usage:
        """Return the tokens of an answer with its price, which stood in the next line."""
        return replace(usage, usd=usd)

    def _command(self, said: str, number: int) -> Iterator[Prompt | Command]:
        found = SLASH.match(said)
        name, rest = (found["name"], (found["rest"] or "").strip()) if found else ("", "")
        if name in CHATS and rest:
            self._again = _gist(rest)
            yield Prompt(step=f"{number}", time=self.start, text=rest)
        elif name == "undo":
            yield Prompt(step=f"{number}", time=self.start, text=said)
        elif name in SHELLS:
            yield from self._run(rest, number)
        elif name == "git":
            yield from self._run(f"git {rest}", number)
        elif name == "help":
            self._is_helped = bool(rest)

    def _run(self, line: str, number: int) -> Iterator[Command]:
        """Yield a command; what it printed is not kept."""
        if line.strip():
            yield Command(step=f"{number}", time=self.start, line=line.strip(), is_cut=True)


def tokens_of(said: str, message: str, model: str) -> Usage | None:
    """Return the tokens of an answer, if they are told; what was sent holds what was cached."""
    found = TOKENS.match(said)
    if found is None:
        return None
    kept, cached = KEPT.search(found["cache"]), CACHED.search(found["cache"])
    sent, made = _count(found[1]), _count(found[3])
    written, read = _count(kept[1]) if kept else 0, _count(cached[1]) if cached else 0
    return Usage(
        message=message,
        model=model,
        fresh=max(0, sent - written - read),
        cached=read,
        kept=written,
        made=made,
        usd=usd_of(said),
    )


def usd_of(said: str) -> float | None:
    """Return the price of an answer, if it is told."""
    found = USD.search(said)
    return float(found[1]) if found else None


def _count(told: str) -> int:
    factor = FACTORS.get(told[-1], 1)
    return round(float(told.rstrip("kM").replace(",", "")) * factor)


def _gist(said: str) -> str:
    return " ".join(said.split())
