"""Finds the logs in files and folders, and which of them belong to one session."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from loopwatch.model.report import Skipped
from loopwatch.sources.session_log.api import Beginning, Divided, SessionReader
from loopwatch.sources.session_log.log_file import LogFile, UnreadableLogError
from loopwatch.sources.session_log.registry import recognise

ENDINGS = (".jsonl", ".json", ".traj", ".md", ".db")  # of logs; others have to be named
SAYS_LITTLE = (".md", ".db")  # most of these are no logs, and nobody wants to hear so
LEFT_OUT = frozenset({".git", "node_modules", ".venv", "__pycache__"})
UNKNOWN = "no session log of a known format"
EMPTY = "empty"
SAME = "the same session as in another log, which tells more"
POORER = ("atif", "specstory")  # formats that tell a session less well than its agent's own
DOCUMENTS = 16_000_000  # bytes of logs that are one document, and are not read a second time
SHORTEST = 8  # characters of an id that is one of a kind


@dataclass(frozen=True, slots=True)
class Log:
    """A log whose format is known."""

    file: LogFile
    reader: SessionReader
    is_part: bool = False
    beginning: Beginning | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """The logs of one session, the one that gives it its name first."""

    id: str
    logs: tuple[Log, ...]

    @property
    def format(self) -> str:
        """The name of the format."""
        return self.logs[0].reader.name

    @property
    def path(self) -> str:
        """The log, as reports show it."""
        return self.logs[0].file.name

    @property
    def beginning(self) -> Beginning | None:
        """What it began at, if the log tells."""
        return self.logs[0].beginning


@dataclass(slots=True)
class Survey:
    """What was found."""

    sessions: list[Session] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def survey(paths: Iterable[Path], readers: Sequence[SessionReader]) -> Survey:
    """Return the sessions whose logs are among some files and folders, in the order of names.

    Args:
        paths: files, and folders whose files are looked at, links to folders left out.
        readers: those of the formats that are known.
    """
    found = Survey()
    groups = _Groups()
    for file, is_named in _files(paths, found):
        is_taken = False
        try:
            reader = recognise(file, readers) if file.head.strip() else None
            if reader is not None:
                for log in reader.logs(file) if isinstance(reader, Divided) else (file,):
                    groups.take(log, reader)
                    is_taken = is_taken or log is file
            elif is_named or not file.name.endswith(SAYS_LITTLE):
                reason = UNKNOWN if file.head.strip() else EMPTY
                found.skipped.append(Skipped(path=file.name, reason=reason))
        except UnreadableLogError as error:
            found.skipped.append(Skipped(path=file.name, reason=str(error)))
        if not is_taken:
            file.forget()
    for session in groups.sessions():
        richest = min(map(_rank, session.logs))
        logs = [log for log in session.logs if _rank(log) == richest]
        found.sessions.append(Session(session.id, tuple(logs)))
        others = (log.file.name for log in session.logs if _rank(log) != richest)
        found.skipped += [Skipped(path=name, reason=SAME) for name in others]
    found.sessions.sort(key=lambda session: (session.path, session.id))
    return found


def _rank(log: Log) -> int:
    """Return how much less a log tells than the agent's own."""
    name = log.reader.name
    return POORER.index(name) + 1 if name in POORER else 0


def _files(paths: Iterable[Path], found: Survey) -> Iterator[tuple[LogFile, bool]]:
    """Yield each file once, and whether it was named itself."""
    seen: set[str] = set()
    for path in paths:
        listed = [(path, True)] if not path.is_dir() else ((one, False) for one in _walk(path))
        for one, is_named in listed:
            key = os.path.realpath(one)
            if key in seen:
                continue
            seen.add(key)
            if one.is_file():
                yield LogFile(one, shown(one)), is_named
            elif is_named:
                reason = "there is no such file" if not one.exists() else "no regular file"
                found.skipped.append(Skipped(path=shown(one), reason=reason))


def _walk(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in LEFT_OUT)
        for name in sorted(files):
            if name.endswith(ENDINGS):
                yield Path(place, name)


def shown(path: Path) -> str:
    """Return a path as reports show it: from here or from home, never of a machine."""
    try:
        if not path.is_absolute():
            return path.as_posix()
        if path.is_relative_to(Path.cwd()):
            return path.relative_to(Path.cwd()).as_posix()
        if path.is_relative_to(Path.home()):
            return "~/" + path.relative_to(Path.home()).as_posix()
    except (OSError, RuntimeError):  # no folder of its own, no home
        pass
    return path.as_posix()


@dataclass(slots=True)
class _Groups:
    """Joins the logs that share a key."""

    _logs: list[tuple[Log, str]] = field(default_factory=list)
    _group: list[int] = field(default_factory=list)  # of each log: the first one of its group
    _by_key: dict[str, int] = field(default_factory=dict)
    _taken: set[tuple[str, object, str]] = field(default_factory=set)
    _room: int = DOCUMENTS

    def take(self, file: LogFile, reader: SessionReader) -> None:
        """Take in a log, once even if several files are pieces of it."""
        place = (os.path.realpath(file.path), file.line, file.part)
        if place in self._taken:
            return
        self._taken.add(place)
        identity = reader.identity(file)
        keys = [key for key in (identity.session, *identity.keys) if len(key) >= SHORTEST]
        log = Log(file, reader, identity.is_part, identity.beginning)
        self.add(log, identity.session, keys)
        size = file.stamp[0] if file.line is None else file.line[1]
        is_kept = file.has_document() and size <= self._room
        self._room -= size if is_kept else 0
        file.forget(but_document=is_kept)

    def add(self, log: Log, session: str, keys: Iterable[str]) -> None:
        """Take in a log."""
        number = len(self._logs)
        self._logs.append((log, session))
        self._group.append(number)
        for key in keys:
            other = self._root(self._by_key.setdefault(key, number))
            mine = self._root(number)
            self._group[max(mine, other)] = min(mine, other)

    def sessions(self) -> Iterator[Session]:
        """Yield the groups."""
        groups: dict[int, list[tuple[Log, str]]] = {}
        for number, entry in enumerate(self._logs):
            groups.setdefault(self._root(number), []).append(entry)
        for group in groups.values():
            group.sort(key=lambda entry: (entry[0].is_part, entry[0].file.name))
            session = group[0][1] or _stem(group[0][0].file.name)
            yield Session(session, tuple(log for log, _ in group))

    def _root(self, number: int) -> int:
        while self._group[number] != number:
            number = self._group[number]
        return number


def _stem(name: str) -> str:
    last = name.rpartition("/")[2]
    for ending in (".messages.json", ".traj.json", *ENDINGS):
        if last.endswith(ending) and last != ending:
            return last.removesuffix(ending)
    return last
