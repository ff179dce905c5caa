"""Short ways to read a log in a test."""

import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from loopwatch.sources.session_log.api import Event, SessionReader
from loopwatch.sources.session_log.history import SessionHistory
from loopwatch.sources.session_log.log_file import LogFile

One = TypeVar("One")


def lines(*records: object) -> str:
    """Return JSON lines."""
    return "".join(json.dumps(record, separators=(",", ":")) + "\n" for record in records)


def log_of(folder: Path, text: str | bytes, name: str = "log.jsonl") -> LogFile:
    """Write a log and return it."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return LogFile(path, name)


def events_of(reader: SessionReader, folder: Path, text: str | bytes) -> list[Event]:
    """Return all that a reader yields of a log."""
    return list(reader.events(log_of(folder, text)))


def some(events: Iterable[Event], kind: type[One]) -> list[One]:
    """Return the events of one kind."""
    return [event for event in events if isinstance(event, kind)]


def versions(*events: Event) -> list[tuple[str, dict[str, str | None]]]:
    """Return the versions of a stream: id, and the files after it, as far as they are known."""
    history = SessionHistory(events=events, name="s")
    told = []
    with closing(history.contents):
        for number, changes in enumerate(history.changes()):
            files = {path.decode(): _text(history, new) for path, _, new in changes}
            told.append((history.id(number) + ("!" if history.is_gap(number) else ""), files))
    return told


def _text(history: SessionHistory, blob: bytes | None) -> str | None:
    content = history.content(blob) if blob is not None else None
    if isinstance(content, bytes):
        return ("part: " if blob and history.is_part(blob) else "") + content.decode()
    return content and f"({content})"


# What a field may hold where a log is damaged, or comes from somebody who means no good.
ODD: tuple[object, ...] = (None, True, -7, 1e300, "x", [], [[]], {}, {"command": []}, [{"a": 1}])


def spoilt(value: object, odd: object) -> Iterator[object]:
    """Yield a JSON value with each of its parts, however deep, replaced by another in turn."""
    yield odd
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from ({**value, key: one} for one in spoilt(inner, odd))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from ([*value[:place], one, *value[place + 1 :]] for one in spoilt(inner, odd))
