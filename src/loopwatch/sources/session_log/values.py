"""Looks into JSON values that may be anything."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from math import isfinite

Object = Mapping[str, object]
NOTHING: Object = {}
NUMBERS = (int, float)  # asked for so often that making the union each time would show


def table(value: object) -> Object:
    """Return an object as it is; anything else is an empty one."""
    return value if isinstance(value, dict) else NOTHING


def rows(value: object) -> Sequence[object]:
    """Return a list as it is; anything else is an empty one."""
    return value if isinstance(value, list) else ()


def text(value: object) -> str:
    """Return a string as it is; anything else is an empty one."""
    return value if isinstance(value, str) else ""


def text_or_none(value: object) -> str | None:
    """Return a string as it is; anything else is None."""
    return value if isinstance(value, str) else None


def number(value: object) -> int:
    """Return a whole number that is not below 0; anything else is 0."""
    if type(value) is not int and (isinstance(value, bool) or not isinstance(value, NUMBERS)):
        return 0
    return int(value) if 0 <= value < 2**53 else 0


def whole_or_none(value: object) -> int | None:
    """Return a whole number as it is; anything else is None."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def moment(value: object) -> float | None:
    """Return seconds since 1970 of an ISO date, or of a number of seconds or milliseconds.

    A date without a zone is taken for UTC, whatever the zone of this machine.
    """
    try:
        if isinstance(value, str):
            return _seconds(value) if 10 <= len(value) <= 40 else None
        if isinstance(value, NUMBERS) and not isinstance(value, bool):
            told = value / 1000 if value > 10**11 else float(value)
            return told if isfinite(told) else None
    except (ValueError, OverflowError):
        pass
    return None


def _seconds(date: str) -> float:
    found = datetime.fromisoformat(date)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def joined_text(content: object, *kinds: str) -> str:
    """Return the text of a content that is a string or a list of blocks of some types.

    Args:
        content: as the model's interface has it.
        kinds: types of blocks whose ``text`` counts; without any, all that have one.
    """
    if isinstance(content, str):
        return content
    blocks = (table(block) for block in rows(content))
    said = (text(b.get("text")) for b in blocks if not kinds or b.get("type") in kinds)
    return "\n".join(part for part in said if part)
