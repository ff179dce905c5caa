"""Defects and where they were seen."""

from dataclasses import dataclass
from enum import StrEnum


class Presence(StrEnum):
    """What is known of a defect at a version; where nothing is known there is no sighting."""

    PRESENT = "present"
    ABSENT = "absent"


class Grade(StrEnum):
    """How sure it is that two reports are of the same defect."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    WEAK = "weak"


class Cause(StrEnum):
    """Why a defect is no longer reported."""

    FIXED = "fixed"  # what it was about is still there, and is right
    DELETED = "deleted"  # what it was about is gone
    MOVED = "moved"
    MASKED = "masked"  # its check was switched off
    UNKNOWN = "unknown"  # its check could not run


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One entry of a defect's timeline."""

    version: str
    state: Presence
    trajectory: str | None = None  # that the version is of, where a report joins several sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedDefect:
    """One thing wrong, followed through the versions."""

    key: str  # its fingerprint
    detector: str
    rule: str
    subject: str
    message: str
    path: str | None
    symbol: str | None
    is_implied: bool  # "implied" in JSON: no detector saw it, a fix removed it
    timeline: tuple[Sighting, ...]
