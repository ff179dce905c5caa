"""What made a workflow of GitHub run: which commits it is about, and which pull request.

Source:
    GitHub's "Webhook events and payloads"; the runner puts the payload into a file.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from loopwatch.errors import SourceError
from loopwatch.sources.notes import is_id

LARGEST = 32_000_000  # bytes of a payload; GitHub's own limit is 25 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The part of a payload that is needed; nothing in it is a name that people chose."""

    base: str = ""  # commit id; "": the event has none
    head: str = ""
    number: int | None = None  # of the pull request
    is_push: bool = False  # the base is what the branch was before, and may be gone


def read_event(path: Path) -> Event:
    """Return what a payload says.

    Raises:
        SourceError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise SourceError(f"the payload of the event is larger than {LARGEST:,} bytes")
        return event_of(json.loads(content))
    except OSError as error:
        raise SourceError(f"cannot read the payload: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise SourceError("the payload of the event is not JSON") from error


def event_of(payload: object) -> Event:
    """Return what a payload says; what is missing or of another type is not there."""
    if request := _inner(payload, "pull_request"):
        number = request.get("number")
        return Event(
            base=_id(_inner(request, "base").get("sha")),
            head=_id(_inner(request, "head").get("sha")),
            number=number if type(number) is int and number > 0 else None,
        )
    if group := _inner(payload, "merge_group"):
        return Event(base=_id(group.get("base_sha")), head=_id(group.get("head_sha")))
    told = payload if isinstance(payload, dict) else {}
    return Event(base=_id(told.get("before")), head=_id(told.get("after")), is_push="after" in told)


def _inner(node: object, key: str) -> Mapping[str, object]:
    inner = node.get(key) if isinstance(node, dict) else None
    return inner if isinstance(inner, dict) else {}


def _id(value: object) -> str:
    """Return a commit id; "" for anything else, and for the zeros that mean no commit."""
    return value if isinstance(value, str) and is_id(value) and value.strip("0") else ""
