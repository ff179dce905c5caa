"""What one version returned to, and why that was raised or not: ``loopwatch explain COMMIT``."""

from dataclasses import dataclass

from loopwatch.model.edit import Role
from loopwatch.model.finding import Kind, Level
from loopwatch.model.report import Source
from loopwatch.model.unit import Unit
from loopwatch.model.version import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One edit, as far as its message tells it."""

    version: Version
    role: Role
    is_admitted: bool  # "admits" in JSON: it says that it takes something back


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldReturn:
    """One unit that is back in an earlier state, and what was made of it."""

    unit: Unit
    line: int | None  # 1-based, where a site returns; None for larger units
    kind: Kind
    level: Level
    confidence: float
    why: str
    is_mechanical: bool  # counted, not listed
    quiet: str | None  # why the file never rises above a note
    is_arrival: bool  # a merge brought it in; it is told on the side branch
    rounds: int
    period: int
    back_to: str | None  # the version that entered the state before; None: older than the range
    left: Step  # the edit that left the state
    hours: float  # from there to the return
    edits: int  # of the trajectory, from there to the return
    finding: str | None  # id of the finding that it belongs to


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One version: what it returned to, loudest first, and the findings that it has a part in."""

    source: Source
    at: Step
    from_version: str | None  # "from" in JSON
    returns: tuple[ToldReturn, ...]
    findings: tuple[str, ...]  # ids, in the order of the report
