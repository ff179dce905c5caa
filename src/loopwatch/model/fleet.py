"""Many sessions in one table: which agent, model and kind of work went in circles most."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetRow:
    """The sessions of one agent, model, kind of work, project or week, added up."""

    name: str | None  # None: their logs do not tell
    sessions: int
    looped: int  # of these, sessions with a loop at warning or above
    edits: int
    errors: int  # findings
    warnings: int
    notes: int
    in_loops: float  # share of the tokens, or else of the edits, that went into loops, 0 to 1
    tokens: int | None  # None: no session tells
    usd: float | None  # of the sessions whose price is known; None: of none
    unpriced: int  # sessions whose price is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """One table for each thing that sessions differ in; each session is in one row of each."""

    agents: tuple[FleetRow, ...]
    models: tuple[FleetRow, ...]  # a session is counted under the one that took most tokens
    work: tuple[FleetRow, ...]  # by what most edits of a session were asked for
    projects: tuple[FleetRow, ...]  # by the name of the folder that was worked in
    weeks: tuple[FleetRow, ...]  # "2026-W02", in UTC, in which a session began
