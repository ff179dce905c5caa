"""What people accept as it is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """One finding that is left out of reports, and why."""

    id: str  # 12 hex digits, or at least the first 8 of them
    reason: str
    until: str = ""  # the last day on which it counts, "2026-12-31"; "": for good
    where: str = ""  # ".loopwatch-ignore:4", "commit 71fe0d9c2b1a"
