"""Edits: what changes from one version to the next."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunk:
    """One block of lines that an edit rewrites."""

    path: str
    start_line: int  # 1-based, of the new side; of the old side if nothing is left
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where lines that an edit wrote stand in the newest version."""

    path: str  # the name that their file has there
    start_line: int | None = None  # 1-based, inclusive; None: they are not there any more
    end_line: int | None = None  # the same


class Role(StrEnum):
    """What an edit means to do."""

    FIX = "fix"
    REVERT = "revert"
    REAPPLY = "reapply"
    OTHER = "other"
