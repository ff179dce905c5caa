"""Findings: what loopwatch concludes, with its evidence. Field by field as in the JSON report."""

from dataclasses import dataclass
from enum import StrEnum

from loopwatch.model.edit import Hunk, Place, Role
from loopwatch.model.unit import Granularity


class Kind(StrEnum):
    """What was found; the rule id in every report."""

    OSCILLATION = "oscillation"
    RELAPSE = "relapse"
    MASKED = "masked"
    TRADE = "trade"
    BACKTRACK = "backtrack"


class Level(StrEnum):
    """How loud a finding is."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        """0 for a note, 1 for a warning, 2 for an error."""
        return list(Level).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateVisit:
    """One state of a cycle and the versions that entered it."""

    label: str  # X, Y, Z … in order of first visit
    versions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleEdit:
    """One edit of a cycle."""

    version: str
    from_version: str | None  # "from" in JSON
    role: Role
    summary: str
    removed: tuple[str, ...] = ()  # keys of the report's table of defects
    introduced: tuple[str, ...] = ()
    hunks: tuple[Hunk, ...] = ()
    place: Place | None = None  # of the first hunk in the finding's file; None: nobody has asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What the edits of a cycle cost, over all edits of the trajectory between its ends."""

    edits: int
    turns: int | None = None
    seconds: int | None = None
    tokens: int | None = None
    usd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One cause, told once."""

    id: str  # 12 hex digits
    kind: Kind
    level: Level
    confidence: float  # 0 to 1
    why: tuple[str, ...]
    trajectory: str
    granularity: Granularity
    path: str | None
    symbol: str | None
    paths: tuple[str, ...]
    period: int
    rounds: int
    closed_at: str
    last_at: str
    level_at: tuple[tuple[Level, str], ...]  # a mapping in JSON
    is_open: bool  # "open" in JSON
    is_settled: bool  # "settled" in JSON
    states: tuple[StateVisit, ...]
    edits: tuple[CycleEdit, ...]
    defects: tuple[str, ...]
    cost: Cost
    advice: str
