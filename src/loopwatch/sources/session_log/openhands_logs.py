"""Where OpenHands keeps the events of a session, and in which shapes.

Source:
    OpenHands up to 1.0 (V0): ``sessions/ID/events/N.json``, with pages of the same events in
    ``event_cache``; a trajectory that is one list; rows of an evaluation, each with the
    ``history`` of one session, where old ones pair an action with its observation; rows of
    data sets, see ``openhands_chat``.
    The agent SDK (V1): ``conversations/ID/base_state.json`` beside ``events/event-N-UUID.json``;
    JSON lines; what its server answers, with the events in ``items``.
"""

import os
import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from loopwatch.sources.session_log.log_file import LogFile, UnreadableLogError, parsed
from loopwatch.sources.session_log.openhands_chat import events_of, is_talk
from loopwatch.sources.session_log.places import SCRATCH
from loopwatch.sources.session_log.values import NOTHING, Object, rows, table, text

EVENTS, PAGES, STATE = "events", "event_cache", "base_state.json"
LISTS = ("history", "trajectory", "items", "events")  # names of a list of events
NUMBER = re.compile(r"\d+")
# Of a log as bytes: a quote inside a string has a backslash before it, so these are structure.
PLACE = re.compile(rb'"(working_dir|path|file_path)": ?("(?:[^"\\]|\\.)*")')
LOOKED_AT = 20  # events by which a format is known


def is_row(value: object) -> bool:
    """Tell whether a value is a row of an evaluation: a session of its own."""
    row = table(value)
    return "instance_id" in row and (isinstance(row.get("history"), list) or is_talk(row))


def samples(log: LogFile) -> list[Object]:
    """Return the first events of a file that holds any."""
    found = _first(log)
    if found is None:
        found = log.document
    events = flat(found) if not is_line(found) else map(table, log.first_lines)
    return [event for event, _ in zip(events, range(LOOKED_AT), strict=False)]


def records(log: LogFile, marks: Sequence[bytes] = ()) -> Iterator[Object]:
    """Yield the events of a log; an empty one for what is damaged.

    Args:
        log: in any of the shapes.
        marks: of JSON lines, those that are whole but hold none of these are passed over.

    Raises:
        UnreadableLogError: a part of it cannot be read.
    """
    if log.path.is_dir():
        for piece in _pieces(log):
            yield table(piece.document)
    elif log.line is None and is_line(_first(log)):
        for line in log.lines():
            is_used = not marks or line[-1:] != b"}" or any(mark in line for mark in marks)
            if is_used and line.strip():
                yield table(parsed(line))
    else:
        document = log.document
        yield from flat(document) if document is not None else [NOTHING]


def flat(value: object) -> Iterator[Object]:
    """Yield the events of a list, or of an object that holds one, or that is one itself."""
    if is_talk(value):
        yield from events_of(table(value))
    elif isinstance(value, dict):
        named = next((value[name] for name in LISTS if isinstance(value.get(name), list)), None)
        yield from flat(named) if named is not None else [value]
    for number, one in enumerate(rows(value)):
        if isinstance(one, list):  # an action and its observation
            action, seen = (table(part) for part in (*one, None, None)[:2])
            step = action.get("id", number)
            yield {**action, "id": step}
            yield {**seen, "cause": step}
        elif is_talk(one):
            yield from events_of(table(one))
        else:
            yield table(one)


def is_line(value: object) -> bool:
    """Tell whether a value is one event, as of JSON lines, and no list of them."""
    named = table(value)
    has_list = any(isinstance(named.get(name), list) for name in LISTS)
    return bool(named) and not has_list and not is_talk(named)


def folder_of(log: LogFile) -> LogFile | None:
    """Return the folder of the session that a file is a piece of, as a log; None if it is whole."""
    above = log.path.parent
    if log.path.name == STATE:
        folder = above
    elif above.name == PAGES or (above.name == EVENTS and _is_piece(log)):
        folder = above.parent
    else:
        return None
    if not (folder / EVENTS).is_dir():
        return None
    steps = 1 if folder is above else 2
    name = "/".join(log.name.split("/")[:-steps]) or folder.name or "."
    return LogFile(folder, name)


def state_of(log: LogFile) -> Object:
    """Return what lies beside the events about the session as a whole."""
    path = log.path / STATE if log.path.is_dir() else None
    try:
        return table(LogFile(path, STATE).document) if path and path.is_file() else NOTHING
    except UnreadableLogError:
        return NOTHING


def root_of(ran_in: Iterable[str], edited: Iterable[str]) -> str:
    """Return the folder that a session works in: what all the places of its work share.

    Args:
        ran_in: folders where commands ran.
        edited: paths of files that were edited.
    """
    ran = [folder for folder in ran_in if folder]
    places = [f for f in ran if f.startswith("/") and not SCRATCH.search(f"{f}/")]
    files = [p for p in edited if p.startswith("/") and not SCRATCH.search(p)]
    for folders in ([*places, *map(posixpath.dirname, files)], places):
        shared = posixpath.commonpath(folders) if folders else ""
        if shared.strip("/"):
            return shared
    return next(iter([*places, *ran]), "")


def root_told(log: LogFile) -> str:
    """Return the folder that a session works in, by what its log says without being parsed.

    Raises:
        UnreadableLogError: a part of it cannot be read.
    """
    found: dict[bytes, list[str]] = {}
    for piece in _pieces(log):
        for line in piece.lines():
            for name, quoted in PLACE.findall(line):
                found.setdefault(name, []).append(text(parsed(quoted)))
    ran = found.get(b"working_dir", [])
    return root_of(ran, [] if ran else [*found.get(b"path", []), *found.get(b"file_path", [])])


def _pieces(log: LogFile) -> Iterator[LogFile]:
    if log.path.is_dir():
        yield from (LogFile(path, path.name) for path in _files(log.path / EVENTS))
    else:
        yield log


def _is_piece(log: LogFile) -> bool:
    return NUMBER.search(log.path.name) is not None and is_line(_first(log) or log.document)


def _first(log: LogFile) -> object:
    return next(iter(log.first_lines), None)


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files of events in their order."""
    found: list[tuple[int, str]] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                number = NUMBER.search(entry.name)
                if number and entry.name.endswith(".json") and entry.is_file():
                    found.append((int(number[0][:18]), entry.name))
    except OSError as error:
        raise UnreadableLogError(error.strerror or "cannot be read") from error
    for _, name in sorted(found):
        yield folder / name


def stamp_of(events: Iterable[Object]) -> str:
    """Return when the first event happened, as the log has it."""
    return next((text(event.get("timestamp")) for event in events if event.get("timestamp")), "")
