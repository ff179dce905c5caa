"""Reads the trajectories of mini-swe-agent: a conversation, whose only tool is a shell.

Each command runs in a shell of its own, in the same folder. What it printed is told whole
since the format 1.1; before that, in the text that the model was given.

Source:
    mini-swe-agent 1.0 to 2.4: ``mini-swe-agent-1`` (commands in fences), ``-1.1`` (commands
    in ``extra``), and bare lists of messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from loopwatch.sources.session_log.api import (
    Begin,
    Command,
    Event,
    Identity,
    Passed,
    Prompt,
    Said,
    Seen,
    Usage,
)
from loopwatch.sources.session_log.calls import NO_RESULT
from loopwatch.sources.session_log.edit_tools import command_line
from loopwatch.sources.session_log.log_file import LogFile, parsed
from loopwatch.sources.session_log.meter import answer_usage
from loopwatch.sources.session_log.mini_swe_outputs import ANSWERED, UNRUN, output_told
from loopwatch.sources.session_log.outputs import Output
from loopwatch.sources.session_log.swe_agent import whole
from loopwatch.sources.session_log.task_text import task_of
from loopwatch.sources.session_log.values import (
    Object,
    joined_text,
    moment,
    rows,
    table,
    text,
)

AGENT = "mini-swe-agent"
FORMAT = "mini-swe-agent-"
NOT_RUN = "a command that was not run"
LOOKED_AT = 50  # messages of a bare list
FENCED = re.compile(r"```(?:bash|sh|mswea_bash_command)[ \t]*\n(.*?)\n```", re.DOTALL)
TAGGED = re.compile(r"<mswea_bash_command>(.*?)</mswea_bash_command>", re.DOTALL)
MOST_FENCES = 200  # of one answer, that are looked at
FINISHED = ("COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT", "MINI_SWE_AGENT_FINAL_OUTPUT")
# What the user says later comes in these words.
LATER = re.compile(
    r"(?:The user added a new task|Interrupted by user"
    r"|Commands? not executed\. The user rejected your commands? with the following message):\s*"
)
BREAK = "Temporary interruption caught."
LEADS_TO = re.compile(r"\s*cd\s+(/[^\s;&|$`'\"]*)\s*(?:&&|;|\n)")
SHOWS = re.compile(
    r"\s*(?:cd\s+(/[^\s;&|$`'\"]*)\s*&&\s*)?cat\s+([^\s;&|<>$`'\"*?{}~-][^\s;&|<>$`'\"*?{}]*)\s*"
)


@dataclass(frozen=True, slots=True)
class MiniSweAgent:
    """The reader."""

    name: str = AGENT

    def recognises(self, log: LogFile) -> bool:
        if not log.is_json or b'"' not in log.head:
            return False
        if any(mark in log.head for mark in (b'"trajectory_format"', b'"mini_version"')):
            return _is_document(whole(log))
        if b'"trajectory_format"' in log.tail:  # it comes after all messages
            return _is_document(whole(log))
        return b'"role"' in log.head and _is_bare(_messages(log))

    def identity(self, log: LogFile) -> Identity:  # noqa: ARG002  the file is named after it
        return Identity(session="")

    def events(self, log: LogFile) -> Iterator[Event]:
        info = table(whole(log).get("info"))
        config = table(info.get("config"))
        model = text(table(config.get("model")).get("model_name"))
        messages = _messages(log)
        folder = text(table(config.get("environment")).get("cwd"))
        yield Begin(agent=AGENT, folder=folder if _is_absolute(folder) else _led_to(messages))
        reading = _Reading(model=model)
        yield from reading.events(messages)
        cost = table(info.get("model_stats")).get("instance_cost")
        if not reading.has_cost and isinstance(cost, int | float) and cost > 0:
            yield Usage(message="all", model=model, usd=float(cost))


def _is_document(said: Object) -> bool:
    has_name = text(said.get("trajectory_format")).startswith(FORMAT)
    has_name = has_name or "mini_version" in table(said.get("info"))
    return has_name and isinstance(said.get("messages"), list)


def _messages(log: LogFile) -> Sequence[Object]:
    told = whole(log).get("messages") if whole(log) else log.document
    return [table(message) for message in rows(told)]


def _is_bare(messages: Sequence[Object]) -> bool:
    """Tell whether a list is a conversation of this agent, by commands and their answers."""
    first = messages[:LOOKED_AT]
    if not first or first[0].get("role") != "system":
        return False
    has_command = any(m.get("role") == "assistant" and _commands(m) for m in first)
    return has_command and any(ANSWERED.match(joined_text(m.get("content"))) for m in first[2:])


def _is_absolute(folder: str) -> bool:
    return folder.startswith("/") or folder[1:3] in (":\\", ":/")


def _led_to(messages: Sequence[Object]) -> str:
    """Return the folder that the first commands go to before all else."""
    for message in messages:
        for _, line in _commands(message):
            if found := LEADS_TO.match(line):
                return found[1]
    return ""


def _commands(message: Object) -> list[tuple[str, str]]:
    """Return the commands of an answer, each with the id of its call."""
    given = table(message.get("extra")).get("actions")
    if isinstance(given, list):
        actions = map(table, given)
        return [(text(one.get("tool_call_id")), text(one.get("command"))) for one in actions]
    found: list[tuple[str, str]] = []
    for call in map(table, rows(message.get("tool_calls"))):
        told = table(call.get("function"))
        said = table(parsed(text(told.get("arguments"))))
        line = command_line(text(told.get("name")), said)
        found += [(text(call.get("id")), line)] if line else []
    if message.get("role") == "assistant" and not found:
        content = joined_text(message.get("content"))
        fences = [] if _has_many(content) else FENCED.findall(content) or TAGGED.findall(content)
        found = [("", fences[0].strip())] if len(fences) == 1 else []
    return found


def _has_many(content: str) -> bool:
    """Tell whether there are more fences than an answer has: they take long to be paired."""
    return max(content.count("```"), content.count("<mswea_")) > MOST_FENCES


@dataclass(slots=True)
class _Reading:
    """One run through one conversation."""

    model: str = ""
    has_cost: bool = False
    waiting: dict[str, tuple[str, str]] = field(default_factory=dict)  # step, line; by id or step
    is_asked: bool = False

    def events(self, messages: Sequence[Object]) -> Iterator[Event]:
        for place, message in enumerate(messages):
            role, commands = message.get("role"), _commands(message)
            is_answer = role == "assistant" or message.get("object") == "response" or commands
            if is_answer:
                yield from self._given_up()
                yield from self._answer(message, commands, f"step {place}")
            elif role != "system":
                yield from self._told(message, f"step {place}")
        yield from self._given_up()

    def _answer(
        self, message: Object, commands: list[tuple[str, str]], step: str
    ) -> Iterator[Event]:
        yield from self._usage(message, step)
        if message.get("role") != "user":
            words = joined_text(message.get("content"))
            said = words if _has_many(words) else TAGGED.sub("", FENCED.sub("", words))
            if said := said.strip():
                yield Said(text=said)
        for number, (call, line) in enumerate(commands):
            name = f"{step}/{number}"
            self.waiting[call or name] = (name, line)

    def _usage(self, message: Object, step: str) -> Iterator[Usage]:
        extra = table(message.get("extra"))
        answer, cost = table(extra.get("response")), extra.get("cost")
        usage = table(answer.get("usage")) or table(extra.get("usage"))
        has_cost = isinstance(cost, int | float) and cost > 0
        if usage or has_cost:
            self.has_cost = self.has_cost or has_cost
            model = text(answer.get("model")) or self.model
            used = answer_usage(text(answer.get("id")) or step, model, usage)
            usd = float(cost) if has_cost and isinstance(cost, int | float) else None
            yield replace(used, usd=usd)

    def _told(self, message: Object, step: str) -> Iterator[Event]:
        """Yield what the user said, or what a command printed."""
        content = joined_text(message.get("content")) or text(message.get("output"))
        when = moment(table(message.get("extra")).get("timestamp"))
        if later := LATER.match(content):
            yield from self._given_up(NOT_RUN)
            if content[later.end() :].strip() != BREAK:
                yield Prompt(step=step, time=when, text=content[later.end() :].strip())
        elif not self.is_asked and message.get("role") == "user" and not self.waiting:
            self.is_asked = True
            if asked := task_of(content):
                yield Prompt(step=step, time=when, text=asked)
        elif self.waiting and (found := output_told(message, content)) is not None:
            call = text(message.get("tool_call_id")) or text(message.get("call_id"))
            key = call if call in self.waiting else next(iter(self.waiting))
            name, line = self.waiting.pop(key)
            if found.is_cut and found.text == UNRUN:
                yield from () if _is_last(line) else [Passed(reason=NOT_RUN)]
            else:
                yield from _ran(name, when, line, found)

    def _given_up(self, reason: str = NO_RESULT) -> Iterator[Event]:
        for _, line in self.waiting.values():
            if not _is_last(line):
                yield Passed(reason=reason)
        self.waiting.clear()


def _is_last(line: str) -> bool:
    """Tell whether a command hands the work in: it has no answer."""
    return any(word in line for word in FINISHED)


def _ran(step: str, when: float | None, line: str, found: Output) -> Iterator[Event]:
    yield Command(
        step=step,
        time=when,
        line=line,
        output=f"{found.text}\n" if found.is_cut else found.text,
        exit_status=found.exit_status,
        is_cut=found.is_cut,
    )
    shows = SHOWS.fullmatch(line)
    if shows and found.exit_status == 0 and not found.is_cut:
        yield Seen(path=shows[2], content=found.text, folder=shows[1] or "")
