"""The tables of an audit in the JSON report, and how it tells a time."""

from datetime import UTC, datetime

from loopwatch.model.fleet import Fleet, FleetRow


def moment(seconds: int | None) -> str | None:
    """Return seconds since 1970 as RFC 3339 has them; None where that is no time."""
    if seconds is None:
        return None
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):  # a log may hold any number
        return None
    return f"{moment.replace(tzinfo=None).isoformat()}Z"


def fleet_object(one: Fleet) -> dict[str, object]:
    """Return the tables by their names."""
    tables = {
        "agents": one.agents,
        "models": one.models,
        "projects": one.projects,
        "weeks": one.weeks,
    }
    return {name: [_row(row) for row in rows] for name, rows in tables.items()}


def _row(row: FleetRow) -> dict[str, object]:
    return {
        "name": row.name,
        "sessions": row.sessions,
        "looped": row.looped,
        "edits": row.edits,
        "errors": row.errors,
        "warnings": row.warnings,
        "notes": row.notes,
        "in_loops": row.in_loops,
        "tokens": row.tokens,
        "usd": row.usd,
        "unpriced": row.unpriced,
    }
