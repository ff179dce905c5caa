"""The seam for session logs: one reader for each format, and the one stream that all yield.

A third party adds a reader by an entry point of the group ``loopwatch.sessions`` that names
an object with the attributes of :class:`SessionReader`. ``docs/sessions.md`` shows how.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias, runtime_checkable

from loopwatch.model.history import Change
from loopwatch.model.version import Version
from loopwatch.sources.session_log.log_file import LogFile

GROUP = "loopwatch.sessions"


class Provenance(StrEnum):
    """How well the content of a file is known after an edit."""

    EXACT = "exact"  # the log gives the whole file
    REPLAYED = "replayed"  # the edit was applied to content that was known
    PARTIAL = "partial"  # only what was replaced by what
    UNKNOWN = "unknown"  # it changed, and that is all


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What a session began at, in the repository of its folder: one of the last two is told."""

    folder: str  # absolute, where it works
    time: float | None  # seconds since 1970
    branch: str = ""  # that was checked out
    commit: str = ""  # its id


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Which session a log belongs to. Logs that share a key are read as one."""

    session: str  # the session's id; "" where the log has none
    keys: tuple[str, ...] = ()  # further ids: of the session that it goes on with, or is part of
    is_part: bool = False  # a subagent's log, a continuation: another log gives the session
    beginning: Beginning | None = None  # None: the log ties it to no repository


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """A session begins, or a log says more about it; what is empty is not told."""

    agent: str = ""  # "claude-code"
    folder: str = ""  # absolute, where it works; the first one is the session's root
    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What the user said: a new turn. Never what a tool or another agent said."""

    step: str
    time: float | None  # seconds since 1970
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the agent says, to the user or to itself."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A part of a file that was replaced by another text.

    Without an old text, the new one is put in after ``line``; 0 is before the first.
    """

    old: str
    new: str
    is_all: bool = False  # wherever it stands, not only the first time
    line: int | None = None  # 1-based, where the old text begins, if that is told


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """What one edit did to one file, as far as the log tells: give all that is known.

    ``before`` and ``after`` are whole contents. A file that was created has ``is_new``, one
    that was deleted ``is_gone``. Without contents, ``parts`` are applied to what is known.
    """

    path: str  # as the log has it: absolute, or relative to the folder
    before: str | None = None
    after: str | None = None
    parts: tuple[Replacement, ...] = ()
    is_new: bool = False
    is_gone: bool = False
    moved_from: str | None = None  # the path that it had before


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """An edit that succeeded: the result says so, a call alone is none."""

    step: str  # the id of the call; the same call told twice counts once
    time: float | None
    files: tuple[FileChange, ...]
    folder: str = ""  # absolute; "" is the session's


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A whole file as the log shows it, such as what the agent read."""

    path: str
    content: str
    folder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command that was run, with all that it printed."""

    step: str
    time: float | None
    line: str  # as a shell would take it
    folder: str = ""  # absolute, where it ran; "" is the session's
    output: str = ""
    stderr: str = ""
    exit_status: int | None = None  # None: not told
    is_cut: bool = False  # a part of the output is missing, or it is still running
    is_remote: bool = False  # it did not run on the session's files


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """A commit that was made; no reader yields it, the repository at hand does."""

    version: Version
    changes: tuple[Change, ...]  # paths are relative to the session's folder
    is_written: bool = False  # git has written the files too, as it does for ``git revert``
    is_next: bool = True  # its parent is the commit before; else it came about unseen


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens that one answer of a model took."""

    message: str  # id of the answer: told twice, it counts once, and the last word holds
    model: str
    fresh: int = 0  # input that was in no cache
    cached: int = 0  # input read from a cache
    kept: int = 0  # input written to a cache
    made: int = 0  # output, with what was only thought
    usd: float | None = None  # where the log tells the price itself


@dataclass(frozen=True, slots=True, kw_only=True)
class SubSession:
    """Another agent works for this one, on the same files; its work follows, or has its own log."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A record that could not be used, and why; counted by reason."""

    reason: str


Event: TypeAlias = (
    Begin | Prompt | Said | Edit | Seen | Command | Committed | Usage | SubSession | Passed
)


class SessionReader(Protocol):
    """Turns the logs of one format into the stream of what happened, in that order.

    A reader guesses nothing: what the log does not tell stays None. It applies no edit and
    knows no other version of a file. It runs through a log once and keeps little of it.
    """

    @property
    def name(self) -> str:
        """Return the name of the format, as reports have it: ``claude-code``."""

    def recognises(self, log: LogFile) -> bool:
        """Tell by the beginning of a log whether it has this format."""

    def identity(self, log: LogFile) -> Identity:
        """Return which session a log belongs to, by its beginning."""

    def events(self, log: LogFile) -> Iterator[Event]:
        """Yield what happened, in the order of the log."""


@runtime_checkable
class Divided(Protocol):
    """What a reader has besides, if a file is not one log: it holds several, or is a piece."""

    def logs(self, log: LogFile) -> Iterable[LogFile]:
        """Return the logs that a file holds, or the folder that it is a piece of.

        A folder that is a log is only handed to the reader's own methods.
        """
