"""Adds sessions up by agent, model, kind of work, project and week."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from loopwatch.model.fleet import Fleet, FleetRow
from loopwatch.model.progress import Progress
from loopwatch.model.report import Report
from loopwatch.reports.moments import week

Told = tuple[Report, Progress]  # one session
Name = Callable[[Told], str | None]


def fleet(reports: Iterable[Report]) -> Fleet:
    """Return the tables of some sessions.

    Args:
        reports: of one session each.
    """
    told = [(one, how) for one in reports if (how := one.trajectories[0].progress) is not None]
    return Fleet(
        agents=_table(told, lambda one: one[0].trajectories[0].agent),
        models=_table(told, lambda one: next(iter(one[1].models), None)),
        work=_table(told, lambda one: one[1].work),
        projects=_table(told, lambda one: one[1].project),
        weeks=tuple(sorted(_table(told, lambda one: week(one[1].began)), key=_by_name)),
    )


def _table(told: Iterable[Told], name: Name) -> tuple[FleetRow, ...]:
    """Return a row for each name, the one with most findings first."""
    groups: dict[str | None, list[Told]] = {}
    for one in told:
        groups.setdefault(name(one) or None, []).append(one)
    return tuple(sorted((_row(key, group) for key, group in groups.items()), key=_by_findings))


def _row(name: str | None, told: Sequence[Told]) -> FleetRow:
    hows = [how for _, how in told]
    tokens = [how.tokens for how in hows if how.tokens is not None]
    prices = [how.usd for how in hows if how.usd is not None]
    return FleetRow(
        name=name,
        sessions=len(told),
        looped=sum(bool(how.errors or how.warnings) for how in hows),
        edits=sum(how.edits for how in hows),
        errors=sum(how.errors for how in hows),
        warnings=sum(how.warnings for how in hows),
        notes=sum(how.notes for how in hows),
        in_loops=round(_share(hows), 3),
        tokens=sum(tokens) if tokens else None,
        usd=round(sum(prices), 4) if prices else None,
        unpriced=len(hows) - len(prices),
    )


def _share(hows: Sequence[Progress]) -> float:
    """Return the share of the effort that went into loops.

    By tokens, if all sessions that edited tell theirs; else by edits, as one measure has to do
    for all of them.
    """
    edited = [how for how in hows if how.edits]
    weights = [how.tokens or 0 for how in hows]
    if not all(how.tokens for how in edited):
        weights = [how.edits for how in hows]
    total = sum(weights)
    spent = sum(how.in_loops * weight for how, weight in zip(hows, weights, strict=True))
    return spent / total if total else 0.0


def _by_findings(row: FleetRow) -> tuple[object, ...]:
    return (-row.errors, -row.warnings, -row.sessions, *_by_name(row))


def _by_name(row: FleetRow) -> tuple[bool, str]:
    return row.name is None, row.name or ""
