"""Reads the trajectories of SWE-agent: actions, each with what was observed after it.

What is edited, is told by ``trajectory`` alone: the messages in ``history`` hold examples of
other sessions. There are no times, and no exit statuses.

Source:
    Trajectories of SWE-agent 0.5 to 1.1, and its tools. ``state`` is told before an action
    where it is a string, after it where it is an object.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from loopwatch.sources.session_log.api import (
    Begin,
    Command,
    Edit,
    Event,
    FileChange,
    Identity,
    Passed,
    Prompt,
    Replacement,
    Said,
    Seen,
    Usage,
)
from loopwatch.sources.session_log.dataset_rows import each_row
from loopwatch.sources.session_log.log_file import LogFile, parsed
from loopwatch.sources.session_log.outputs import is_cut
from loopwatch.sources.session_log.patches import unified
from loopwatch.sources.session_log.shell_effects import effects
from loopwatch.sources.session_log.swe_agent_chat import is_talk, trajectory_of
from loopwatch.sources.session_log.swe_agent_edits import (
    EDITOR,
    EDITS,
    change_of,
    editor_call,
    is_done,
)
from loopwatch.sources.session_log.task_text import task_of
from loopwatch.sources.session_log.values import Object, joined_text, number, rows, table, text
from loopwatch.sources.session_log.views import Window, numbered, window

AGENT = "swe-agent"
NOT_EDITED = "an edit that failed or was refused"
NOT_RUN = "a command that was not run"
# Tools that only show, move the window, or end the session.
LOOKS = frozenset(
    "open goto scroll_up scroll_down set_cursors search_dir search_file find_file filemap"
    " view_image submit submit_review exit_cost exit_context exit_forfeit exit_format".split()
)
FIRST_WORD = re.compile(r"\s*([\w.-]+)")
UNRUN = re.compile(
    r"\s*(?:Your bash command contained syntax errors and was NOT executed"
    r"|Interactive operation '|Operation '.*' is not supported by this environment)"
)
STOPPED = re.compile(r"EXECUTION TIMED OUT|was cancelled because it took more than", re.IGNORECASE)
BACK = "\x08"  # a spinner goes back, and writes over its last sign


@dataclass(frozen=True, slots=True)
class SweAgent:
    """The reader."""

    name: str = AGENT

    def recognises(self, log: LogFile) -> bool:
        marks = (b'"trajectory"', b'"history"', b'"environment"')
        if not log.is_json or not any(mark in log.head for mark in marks):
            return False
        return _is_trajectory(whole(log)) or any(map(is_talk, _rows(log)))

    def logs(self, log: LogFile) -> Iterable[LogFile]:
        """Return the sessions of a data set, each a row."""
        if any(map(is_talk, log.first_lines)):
            return log.each_line()
        return each_row(log) if any(map(is_talk, _rows(log))) else (log,)

    def identity(self, log: LogFile) -> Identity:
        """Return the name of a row; a file of its own is named after its session."""
        row = table(log.document) if log.line is not None else {}
        words = text(row.get("instance_id")), text(row.get("model_name"))
        return Identity(session=" ".join(filter(None, words)))

    def events(self, log: LogFile) -> Iterator[Event]:
        said = trajectory_of(whole(log)) if is_talk(whole(log)) else whole(log)
        history = [one for one in map(table, rows(said.get("history"))) if not one.get("is_demo")]
        steps = [table(step) for step in rows(said.get("trajectory"))]
        places = (text(_state(step).get("working_dir")) for step in steps)
        config = table(parsed(text(said.get("replay_config"))))
        model = text(table(table(config.get("agent")).get("model")).get("name"))
        yield Begin(agent=AGENT, folder=next(filter(None, places), ""), model=model)
        asked = next((one for one in history if one.get("role") == "user"), {})
        if task := task_of(joined_text(asked.get("content"))):
            yield Prompt(step="task", time=None, text=task)
        yield from _Reading(calls=_calls(history)).events(steps)
        yield from _spent(table(table(said.get("info")).get("model_stats")), model)


def whole(log: LogFile) -> Object:
    """Return the one object that a log is, without reading on where its first line is JSON."""
    first = table(next(iter(log.first_lines), None))
    return first or table(log.document)


def _rows(log: LogFile) -> Sequence[object]:
    """Return the first rows of a file that may be a list of them, or the one that it is."""
    first = next(iter(log.first_lines), None)
    found = first if first is not None else log.document
    return rows(found)[:1] if isinstance(found, list) else (found,)


def _is_trajectory(said: Object) -> bool:
    has_lists = isinstance(said.get("trajectory"), list) and isinstance(said.get("history"), list)
    return has_lists and isinstance(said.get("info"), dict)


def _state(step: Object) -> Object:
    state = step.get("state")
    if isinstance(state, str):
        return table(parsed(state))
    return table(state)


def _calls(history: list[Object]) -> Mapping[str, Object]:
    """Return the arguments of calls of the editor, by the action that they were made to."""
    found: dict[str, Object] = {}
    for message in history:
        calls = [table(table(call).get("function")) for call in rows(message.get("tool_calls"))]
        if len(calls) == 1 and calls[0].get("name") == EDITOR:
            told = text(calls[0].get("arguments")).encode("utf-8", "surrogatepass")
            found[text(message.get("action")).strip()] = table(parsed(told))
    return found


def _spent(stats: Object, model: str) -> Iterator[Usage]:
    cost = stats.get("instance_cost")
    used = Usage(
        message="all",
        model=model,
        fresh=number(stats.get("tokens_sent")),
        made=number(stats.get("tokens_received")),
        usd=float(cost) if isinstance(cost, int | float) and cost > 0 else None,
    )
    if used.fresh or used.made or used.usd:
        yield used


@dataclass(slots=True)
class _Reading:
    """One run through one trajectory."""

    calls: Mapping[str, Object]
    folder: str = ""  # absolute, where the next action begins
    shown: Window | None = None
    diffs: Mapping[str, FileChange] = field(default_factory=dict)  # from the commit, by path

    def events(self, steps: list[Object]) -> Iterator[Event]:
        for place, step in enumerate(steps):
            state, is_before = _state(step), isinstance(step.get("state"), str)
            if is_before:
                self.folder = text(state.get("working_dir")) or self.folder
            if text(step.get("thought")).strip():
                yield Said(text=text(step.get("thought")).strip())
            action = text(step.get("action")).replace("\r\n", "\n").strip()
            yield from self._step(f"step {place}", action, plain(text(step.get("observation"))))
            if not is_before:
                yield from self._seen_in(state, f"step {place}", action)
                self.folder = text(state.get("working_dir")) or self.folder

    def _step(self, step: str, action: str, answer: str) -> Iterator[Event]:
        found = FIRST_WORD.match(action)
        tool = found[1] if found else ""
        if tool in EDITS:
            yield from self._edited(step, action, answer)
        elif action and tool not in LOOKS:
            if UNRUN.match(answer):
                yield Passed(reason=NOT_RUN)
            else:
                yield self._ran(step, action, answer)
            return
        self.shown = window(answer) or self.shown  # of a refused edit, the last: as it was

    def _edited(self, step: str, action: str, answer: str) -> Iterator[Event]:
        said = editor_call(action) if action.startswith(EDITOR) else {}
        said = said if len(said) > 2 else self.calls.get(action, said)
        if said.get("command") == "view":
            content = numbered(answer) if not said.get("view_range") else None
            if content is not None:
                yield Seen(path=text(said.get("path")), content=content, folder=self.folder)
            return
        change = change_of(action, said, answer, self.shown) if is_done(action, answer) else None
        if change is None:
            yield Passed(reason=NOT_EDITED)
        else:
            yield Edit(step=step, time=None, files=(change,), folder=self.folder)

    def _ran(self, step: str, action: str, answer: str) -> Command:
        is_stopped = STOPPED.search(answer) is not None
        is_short = is_cut(answer)
        return Command(
            step=step,
            time=None,
            line=action,
            folder=self.folder,
            output=f"{answer}\n" if is_short else answer,
            is_cut=is_stopped or is_short,
        )

    def _seen_in(self, state: Object, step: str, action: str) -> Iterator[Edit]:
        """Yield what a command has changed, by the differences to the commit; told by some."""
        if not isinstance(state.get("diff"), str):
            return
        before, now = self.diffs, {one.path: one for one in unified(text(state["diff"]))}
        self.diffs = now
        found = FIRST_WORD.match(action)
        if found is None or found[1] in EDITS | LOOKS or effects(action).files:
            return  # what they do is told already
        files = [_between(p, before.get(p), now.get(p)) for p in sorted({*before, *now})]
        changed = tuple(one for one in files if one is not None)
        if changed:
            yield Edit(step=f"{step} diff", time=None, files=changed)


def plain(said: str) -> str:
    """Return a text as a terminal shows it at last: what was written over is gone."""
    said = said.replace("\r\n", "\n")
    if BACK not in said and "\r" not in said:
        return said
    return "\n".join(map(_last_written, said.split("\n")))


def _last_written(line: str) -> str:
    line = line.rstrip("\r").rpartition("\r")[2]
    if BACK not in line:
        return line
    signs: list[str] = []
    for sign in line:
        if sign != BACK:
            signs.append(sign)
        elif signs:
            signs.pop()
    return "".join(signs)


def _between(path: str, before: FileChange | None, now: FileChange | None) -> FileChange | None:
    """Return what was changed from one difference to another; None if nothing was."""
    if before == now:
        return None
    if now is not None and (now.is_gone or now.after is not None):
        return now
    if before is None or now is None:
        told = now or before
        parts = told.parts if told else ()
        if now is None and before is not None and before.after is not None:
            return FileChange(path=path, is_gone=True)
        back = tuple(Replacement(old=p.new, new=p.old, line=p.line) for p in parts)
        return FileChange(path=path, parts=parts if now else back)
    pairs = list(zip(before.parts, now.parts, strict=False))
    if len(before.parts) != len(now.parts) or any(b.old != n.old for b, n in pairs):
        return FileChange(path=path)
    parts = tuple(Replacement(old=b.new, new=n.new, line=n.line) for b, n in pairs if b != n)
    return FileChange(path=path, parts=parts)
