"""From what a log tells to versions: each edit of a session is one, on one line of work.

Subagents edit the same files, so theirs are among the others, in the order in which they
happened. What the log does not show is never guessed: see ``docs/sessions.md``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

from loopwatch.model.evidence import Evidence
from loopwatch.model.history import Change
from loopwatch.model.version import Version
from loopwatch.sources.session_log.api import (
    Begin,
    Command,
    Committed,
    Edit,
    Event,
    Passed,
    Prompt,
    Provenance,
    Said,
    Seen,
    SubSession,
    Usage,
)
from loopwatch.sources.session_log.evidence import Console
from loopwatch.sources.session_log.file_moves import FileMoves
from loopwatch.sources.session_log.file_states import Move
from loopwatch.sources.session_log.looking import is_look
from loopwatch.sources.session_log.plain_console import is_plain
from loopwatch.sources.session_log.shell_effects import Effects, effects
from loopwatch.sources.session_log.spending import Spending
from loopwatch.sources.session_log.words import Words

START = ":start"  # ends the id of the version before the first edit
SHORT = 8  # characters of a session's id that tell it from others
BEFORE_ALL = "before the first edit"
UNSEEN = "~"  # ends the id of what happened unseen before an edit
AGAIN = "a record told twice"
NOT_WRITTEN = "a command that failed to change a file"
BY_OTHERS = "changed outside of the edits that the log tells"


@dataclass(slots=True)
class Step:
    """A version; its evidence is complete when the next one begins."""

    version: Version
    changes: Sequence[Change]
    is_gap: bool = False  # what it changed happened unseen
    found: Mapping[bytes, bytes] = field(default_factory=dict)  # by path; see ``History.before``
    told: list[tuple[int, Evidence]] = field(default_factory=list)


@dataclass(slots=True)
class Replay:
    """Runs through the stream of one session, once."""

    name: str  # of the session
    files: FileMoves
    console: Console
    spending: Spending
    words: Words = field(default_factory=Words)
    agent: str = ""
    provenances: Counter[Provenance] = field(default_factory=Counter)
    commands: int = 0
    checks: int = 0  # commands that said something about the files
    failures: int = 0  # defects that they told
    subagents: set[str] = field(default_factory=set)
    passed: Counter[str] = field(default_factory=Counter)  # records that were not used, by reason
    _steps: set[str] = field(default_factory=set)
    _open: Step = field(init=False)
    _era: int = 0  # how often a command may have changed anything
    _last_unsure: str = ""  # the last such command: once more in a row, it is the same program
    _is_elsewhere: bool = False  # another branch is checked out, or the work is put away
    _was_elsewhere: bool = False  # ... before the last command
    _now: float = 0.0  # seconds since 1970, as the log last told

    def __post_init__(self) -> None:
        start = Version(id=f"{self.name[:SHORT]}{START}", subject=BEFORE_ALL, turn=0)
        self._open = Step(start, ())

    def steps(self, events: Iterable[Event]) -> Iterator[Step]:
        """Yield the versions, each when all that was said of it is known.

        Commits before the session come first: what is said before the first edit is said of the
        last of them, or else of a version that stands for it.
        """
        *before, self._open = [*map(self._before, self.files.at_hand.earlier())] or [self._open]
        for step in before:
            self.spending.note()
            yield step
        self.spending.note()
        for event in events:
            yield from self._take(event)
        yield self._open

    def _take(self, event: Event) -> Iterator[Step]:
        """Take in an event; yield the versions that are complete by it."""
        match event:
            case Edit():
                if self._is_new(event.step, event.time):
                    self._is_elsewhere = False  # who goes on to edit works on what is there
                    yield from self._enter(event.step, self.files.edited(event))
            case Command():
                if self._is_new(event.step, event.time):
                    yield from self._ran(event)
            case Committed():
                if self._is_new(event.version.id, None):
                    yield from self._commit(event)
            case Prompt():
                if self._is_new(event.step, event.time):
                    self.words.ask(event.text)
            case _:
                self._note(event)

    def _note(self, event: Begin | Said | Seen | Usage | SubSession | Passed) -> None:
        """Take in what makes no version."""
        match event:
            case Begin():
                self.agent = self.agent or event.agent
                self.files.work_in(event.folder)
            case Said():
                self.words.say(event.text)
            case Seen():
                self.files.see(event)
            case Usage():
                self.spending.take(event)
            case SubSession():
                self.subagents.add(event.id)
            case Passed():
                self.passed[event.reason] += 1
            case _:
                assert_never(event)

    # --- commands ---

    def _ran(self, command: Command) -> Iterator[Step]:
        self.commands += 1
        self._was_elsewhere = self._is_elsewhere
        if is_look(command.line):  # most do, and that is all
            return
        done = effects(command.line, is_windows=self.files.places.is_windows)
        yield from self._write(command, done)
        if done.puts_back:
            self._is_elsewhere = False
        elif done.moves_tree:
            self._is_elsewhere = True
            self.files.lose_sight()
        told = () if self._is_elsewhere else self.console.evidence(command, done, self.files.places)
        is_unsure = done.is_unsure or done.moves_tree or done.puts_back
        if not is_plain(told):
            self._last_unsure = ""
        elif is_unsure and command.line != self._last_unsure:
            self._era += 1
            self._last_unsure = command.line
        if told:
            self._tell(told)

    def _tell(self, told: Sequence[Evidence]) -> None:
        failures = sum(len(evidence.defects) for evidence in told)
        self.checks += bool(failures) or not is_plain(told)
        self.failures += failures
        self._open.told += [(self._era, evidence) for evidence in told]

    def _before(self, commit: Committed) -> Step:
        moves = self.files.committed(commit, is_written=True)
        return Step(commit.version, [move.change for move in moves])

    def _commit(self, commit: Committed) -> Iterator[Step]:
        """Take in what a commit holds that was not known, as an edit of its own.

        One that was made on another branch is none of this line of work. Where it is not known
        what a commit was made on, it shows what its files are, and not what it did.
        """
        if self._was_elsewhere:
            return
        self._is_elsewhere = False
        if not commit.is_next:
            self.files.show(commit)
            return
        moves = self.files.committed(commit, is_written=commit.is_written)
        if moves:
            self.provenances.update(move.provenance for move in moves)
            self.words.edit()
            told = replace(commit.version, turn=self.words.turn, is_admitted=self.words.is_admitted)
            yield self._next(Step(told, [move.change for move in moves]))

    def _write(self, command: Command, done: Effects) -> Iterator[Step]:
        """Take in the files that a command changes, as one edit."""
        has_failed = command.exit_status not in {None, 0}
        if has_failed and done.parts == 1 and done.files:
            self.passed[NOT_WRITTEN] += 1
            return
        is_back = any(file.is_taken_back for file in done.files)
        moves = self.files.written(command, done.files, has_failed=has_failed)
        yield from self._enter(command.step, moves, is_back=is_back)

    # --- versions ---

    def _is_new(self, step: str, when: float | None) -> bool:
        """Tell whether a step is met for the first time: logs copy what went before."""
        if when is not None:
            self._now = max(self._now, when)
        if step in self._steps:
            self.passed[AGAIN] += 1
            return False
        if step:
            self._steps.add(step)
        return True

    def _enter(self, step: str, moves: Sequence[Move], *, is_back: bool = False) -> Iterator[Step]:
        """Begin a version, and before it, where needed, one for what was not seen."""
        self.words.is_admitted = self.words.is_admitted or is_back
        if not moves:
            return
        gaps = [move.gap for move in moves if move.gap is not None]
        if gaps:
            when = int(self._now)
            unseen = Version(
                id=f"{step}{UNSEEN}",
                subject=BY_OTHERS,
                authored=when,
                committed=when,
                turn=self.words.turn,
                is_fix=False,
                is_admitted=True,  # perhaps: what nobody saw convicts nobody
            )
            yield self._next(Step(unseen, _distinct(gaps), is_gap=True))
        self.provenances.update(move.provenance for move in moves)
        first = {move.change[0]: move for move in reversed(moves)}
        found = {path: move.change[1] for path, move in first.items() if move.is_found}
        known = {path: blob for path, blob in found.items() if blob is not None}
        changes = _distinct([move.change for move in moves])
        yield self._next(Step(self._version(step), changes, found=known))

    def _next(self, following: Step) -> Step:
        """Return the version that ends as another begins."""
        done, self._open, self._last_unsure = self._open, following, ""
        self.spending.note()
        return done

    def _version(self, step: str) -> Version:
        when = int(self._now)
        self.words.edit()
        return Version(
            id=step,
            authored=when,
            committed=when,
            subject=self.words.subject,
            is_fix=self.words.is_fix,
            is_admitted=self.words.is_admitted,
            turn=self.words.turn,
        )


def _distinct(changes: Sequence[Change]) -> Sequence[Change]:
    """Return the changes with one for each path: from its first state to its last."""
    found: dict[bytes, Change] = {}
    for path, old, new in changes:
        found[path] = (path, found[path][1] if path in found else old, new)
    return tuple(found.values())
