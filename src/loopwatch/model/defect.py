"""Defects and where they were seen."""

from dataclasses import dataclass
from enum import StrEnum


class Presence(StrEnum):
    """What is known of a defect at a version; where nothing is known there is no sighting."""

    PRESENT = "present"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One entry of a defect's timeline."""

    version: str
    state: Presence


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
