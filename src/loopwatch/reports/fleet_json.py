"""The tables of an audit in the JSON report."""

from loopwatch.model.fleet import Fleet, FleetRow


def fleet_object(one: Fleet) -> dict[str, object]:
    """Return the tables by their names."""
    tables = {
        "agents": one.agents,
        "models": one.models,
        "work": one.work,
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
