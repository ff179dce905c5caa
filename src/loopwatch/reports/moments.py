"""Times as machine formats tell them, in UTC; None where a number of a log is no time."""

from datetime import UTC, datetime


def moment(seconds: int | None) -> str | None:
    """Return seconds since 1970 as RFC 3339 has them."""
    when = _told(seconds)
    return f"{when.replace(tzinfo=None).isoformat()}Z" if when is not None else None


def week(seconds: int | None) -> str | None:
    """Return the ISO week of seconds since 1970: "2026-W02"."""
    when = _told(seconds)
    if when is None:
        return None
    year, number, _ = when.isocalendar()
    return f"{year:04}-W{number:02}"


def _told(seconds: int | None) -> datetime | None:
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None
