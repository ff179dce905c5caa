"""JSON from elsewhere: found in an output, and read without trust in its shape."""

import json
import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from loopwatch.detectors.console import said

Value: TypeAlias = object  # of any shape, so that every use has to look

_DECODER = json.JSONDecoder()
_SIGN = re.compile(r"\S")
MOST_TRIES = 8  # places where a document may begin


def document(text: str, is_wanted: Callable[[Value], bool]) -> Value:
    """Return the first whole JSON document in a text that is wanted, or None.

    Other output may stand before and after it. A document begins a line.
    """
    for start in _starts(text):
        value, _ = _decode(text, start)
        if value is not None and is_wanted(value):
            return value
    return None


def objects(text: str) -> Iterator[dict[str, Value]]:
    """Yield the objects of JSON lines, one in each line; other lines are passed over."""
    for line in text.split("\n"):
        if line.lstrip()[:1] == "{":
            value, _ = _decode(line, line.index("{"))
            if isinstance(value, dict):
                yield value


def whole_items(text: str) -> Iterator[Value]:
    """Yield the whole items of an array that breaks off."""
    start = next((start for start in _starts(text) if text[start] == "["), None)
    while start is not None:
        value, end = _decode(text, _after_space(text, start + 1))
        if end is None:
            return
        yield value
        comma = _after_space(text, end)
        start = comma if text[comma : comma + 1] == "," else None


def at(value: Value, *keys: str) -> Value:
    """Return what lies under a path of keys, or None."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def text_at(value: Value, *keys: str) -> str:
    """Return the text under a path of keys; empty where there is none."""
    found = at(value, *keys)
    return found if isinstance(found, str) else ""


def saying_at(value: Value, *keys: str) -> str:
    """Return the text under a path of keys, fit to be kept."""
    return said(text_at(value, *keys))


def number_at(value: Value, *keys: str) -> int | None:
    """Return the whole number under a path of keys, or None."""
    found = at(value, *keys)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def list_at(value: Value, *keys: str) -> list[Value]:
    """Return the list under a path of keys; empty where there is none."""
    found = at(value, *keys)
    return found if isinstance(found, list) else []


def _decode(text: str, start: int) -> tuple[Value, int | None]:
    """Return a value and its end; the end is None where there is no whole value."""
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError, IndexError):
        return None, None


def _starts(text: str) -> Iterator[int]:
    """Yield the places where a line begins with a bracket, the first few."""
    found, start = 0, 0
    while found < MOST_TRIES and start < len(text):
        place = _after_space(text, start)
        if text[place : place + 1] in {"{", "["}:
            yield place
            found += 1
        newline = text.find("\n", place)
        start = newline + 1 if newline >= 0 else len(text)


def _after_space(text: str, start: int) -> int:
    found = _SIGN.search(text, start)
    return found.start() if found else len(text)
