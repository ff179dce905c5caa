"""Where opencode keeps its sessions, and in which shapes.

Source:
    ``opencode export`` (1.2.5): one document with ``info`` and ``messages``.
    ``opencode run --format json``: JSON lines, one for each part of a message of the agent.
    Storage up to early 2026: ``session/PROJECT/SESSION.json``, ``message/SESSION/MESSAGE.json``,
    ``part/MESSAGE/PART.json``. The ids are those of the files, whatever is in them.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from loopwatch.sources.session_log import opencode_database
from loopwatch.sources.session_log.log_file import LogFile, UnreadableLogError
from loopwatch.sources.session_log.values import NOTHING, Object, rows, table, text

SESSION = re.compile(r"ses_\w{1,60}")
MESSAGE = re.compile(r"msg_\w{1,60}")
PART = re.compile(r"prt_\w{1,60}")
MARK = re.compile(rb'"ses_\w+"')
STREAMED = frozenset({"step_start", "step_finish", "text", "tool_use", "reasoning"})
SESSIONS, MESSAGES, PARTS = "session", "message", "part"
Message = tuple[Object, Iterable[Object]]  # what it is, and its parts


def is_export(value: object) -> bool:
    """Tell whether a document is a session that was exported."""
    said = table(value)
    info = table(said.get("info"))
    return SESSION.fullmatch(text(info.get("id"))) is not None and "messages" in said


def is_streamed(value: object) -> bool:
    """Tell whether a line is of a stream."""
    line = table(value)
    is_named = SESSION.fullmatch(text(line.get("sessionID"))) is not None
    return is_named and text(line.get("type")) in STREAMED and isinstance(line.get("part"), dict)


def is_stored(value: object) -> bool:
    """Tell whether a document is a session, a message, or a part of one, as they are stored."""
    said = table(value)
    if SESSION.fullmatch(text(said.get("sessionID"))):
        name = text(said.get("id"))
        is_part = PART.fullmatch(name) is not None and "messageID" in said
        return is_part or (MESSAGE.fullmatch(name) is not None and "role" in said)
    return SESSION.fullmatch(text(said.get("id"))) is not None and "directory" in said


def session_of(log: LogFile) -> LogFile | None:
    """Return the session that a stored file is a piece of, as a log; None if it is none.

    That is the file of the session, or, where it is missing, the folder of its messages.
    """
    said = table(log.document)
    if not is_stored(said):
        return None
    path = log.path
    if text(said.get("id")).startswith("ses_"):
        return log if path.parent.parent.name == SESSIONS else None
    depth = 2 if path.parent.parent.name in {MESSAGES, PARTS} else 0
    if not depth:
        return None
    storage, name = path.parents[depth], text(said.get("sessionID"))
    for found in _listed(storage / SESSIONS):
        if (found / f"{name}.json").is_file():
            return _below(log, depth, SESSIONS, found.name, f"{name}.json")
    is_there = (storage / MESSAGES / name).is_dir()
    return _below(log, depth, MESSAGES, name) if is_there else None


def _below(log: LogFile, depth: int, *names: str) -> LogFile:
    """Return what lies below the folder that is some steps above a file."""
    shown = log.name.split("/")
    head = shown[: -(depth + 1)] if len(shown) > depth + 1 else []
    return LogFile(log.path.parents[depth].joinpath(*names), "/".join((*head, *names)))


def info_of(log: LogFile) -> Object:
    """Return what is told of a session as a whole.

    Raises:
        UnreadableLogError: the log cannot be read.
    """
    if log.part:
        return opencode_database.info(log)
    if log.path.is_dir():
        return {"id": log.path.name}
    first = next(iter(log.first_lines), None)
    if is_streamed(first):
        return {"id": table(first).get("sessionID")}
    said = table(log.document)
    return table(said.get("info")) if is_export(said) else {**said, "id": log.path.stem}


def is_stream(log: LogFile) -> bool:
    """Tell whether a log is a stream."""
    is_file = not log.part and not log.path.is_dir()
    return is_file and any(map(is_streamed, log.first_lines))


def messages(log: LogFile) -> Iterator[Message]:
    """Yield the messages with their parts, in order.

    Raises:
        UnreadableLogError: the log cannot be read.
    """
    if log.part:
        yield from opencode_database.messages(log)
        return
    said = NOTHING if log.path.is_dir() else table(log.document)
    if is_export(said):
        for message in map(table, rows(said.get("messages"))):
            yield (
                table(message.get("info")),
                sorted(map(table, rows(message.get("parts"))), key=_name),
            )
        return
    folder = log.path if log.path.is_dir() else log.path.parents[2] / MESSAGES / log.path.stem
    found = [(_read(path), path.stem) for path in _listed(folder)]
    # By time first: the ids, which are made of it, begin anew every two years.
    for message, name in sorted(found, key=lambda one: (_created(one[0]), one[1])):
        parts = _listed(folder.parents[1] / PARTS / name)
        yield {**message, "id": name}, ({**_read(path), "id": path.stem} for path in parts)


def _created(message: Object) -> float:
    when = table(message.get("time")).get("created")
    return float(when) if isinstance(when, int | float) else 0.0


def _name(part: Object) -> str:
    return text(part.get("id"))


def _listed(folder: Path) -> list[Path]:
    """Return what is in a folder, by name; nothing if there is no such folder."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _read(path: Path) -> Object:
    """Return a piece; an empty one if it is damaged."""
    try:
        return table(LogFile(path, path.name).document)
    except UnreadableLogError:
        return NOTHING
