"""What reports call things: versions, dates, findings, numbers of things."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import assert_never

from loopwatch.model.finding import Finding, Kind, Level
from loopwatch.model.unit import Granularity
from loopwatch.model.version import Version
from loopwatch.reports.escape import plain
from loopwatch.reports.style import Style

SHORT_ID = 7  # hex digits, as git prints them
COMMIT = re.compile(r"\b[0-9a-f]{40}(?:[0-9a-f]{24})?\b")
NO_DATE = " " * len("2026-11-16 10:02")
UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))  # seconds of each

NOUNS: Mapping[Kind, tuple[str, str]] = {
    Kind.OSCILLATION: ("loop", "loops"),
    Kind.RELAPSE: ("lost fix", "lost fixes"),
    Kind.MASKED: ("masked check", "masked checks"),
    Kind.TRADE: ("trade", "trades"),
    Kind.BACKTRACK: ("backtrack", "backtracks"),
}


def short(version: str) -> str:
    """Return a commit id by its first digits, any other version by its name."""
    return version[:SHORT_ID] if COMMIT.fullmatch(version) else plain(version)


def trajectory_name(finding: Finding) -> str:
    """Return the line of work, commits in its name shortened."""
    return COMMIT.sub(lambda found: found.group()[:SHORT_ID], plain(finding.trajectory))


def finding_id(finding: Finding) -> str:
    """Return the id, whole."""
    return plain(finding.id)


def counted(number: int, one: str, many: str = "") -> str:
    """Return "1 note", "3 notes", "1,207 versions"."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def unit_name(finding: Finding) -> str:
    """Return ``path::symbol``, or as much of it as there is."""
    parts = [plain(part) for part in (finding.path, finding.symbol) if part]
    return "::".join(parts) or "the whole tree"


def short_unit_name(finding: Finding) -> str:
    """Return the symbol, or else the file, or else the tree."""
    return plain(finding.symbol or finding.path or "the whole tree")


def standing(finding: Finding) -> str:
    """Return "error, 2 rounds, still open"."""
    parts = [finding.level.value]
    if finding.kind is Kind.OSCILLATION or finding.rounds > 1:
        parts.append(counted(finding.rounds, "round"))
    if finding.is_settled:
        parts.append("settled")
    else:
        parts.append("still open" if finding.is_open else "no longer open")
    return ", ".join(parts)


def shape(finding: Finding) -> str:
    """Return what the unit does, as the end of a sentence about it."""
    if finding.granularity is Granularity.DEFECT:
        return _shape_of_defects(finding)
    match finding.kind:
        case Kind.OSCILLATION:
            way = "flips between" if finding.period == 2 else "goes round"
            return f"{way} {counted(finding.period, 'state')}"
        case Kind.RELAPSE:
            return "is back in a state that it was taken out of"
        case Kind.MASKED:
            return "has a check switched off"
        case Kind.TRADE:
            return "had one defect traded for another"
        case Kind.BACKTRACK:
            return "is back in an earlier state"
        case _:
            assert_never(finding.kind)


def _shape_of_defects(finding: Finding) -> str:
    """Return what the unit does where defects were observed: its code may be new each time."""
    number = max(len(finding.defects), 1)
    match finding.kind:
        case Kind.OSCILLATION:
            return f"trades {counted(finding.period, 'defect')} for each other"
        case Kind.RELAPSE | Kind.BACKTRACK:
            is_one = number == 1 or finding.kind is Kind.BACKTRACK
            what = "a defect" if is_one else f"{number:,} defects"
            return f"has {what} again that it was rid of"
        case Kind.MASKED:
            what = "a check" if number == 1 else f"{number:,} checks"
            return f"has {what} switched off"
        case Kind.TRADE:
            return "had one defect traded for another"
        case _:
            assert_never(finding.kind)


def is_listed(finding: Finding) -> bool:
    """Is this loud enough to be shown without ``-v``?"""
    return finding.level is not Level.NOTE


def is_raised(finding: Finding, style: Style) -> bool:
    """Is this one that formats for CI raise: loud and live, or else asked for?"""
    return style.verbose or (is_listed(finding) and (style.has_settled or not finding.is_settled))


def line_of(finding: Finding) -> int | None:
    """Return where the newest edit touched the path of the finding, None if unknown."""
    for edit in reversed(finding.edits):
        for hunk in edit.hunks:
            if hunk.path == finding.path:
                return hunk.start_line
    return None


def place(finding: Finding) -> str:
    """Return ``path:line`` as editors understand it, or the path alone."""
    number = line_of(finding)
    path = plain(finding.path or ".")
    return path if number is None else f"{path}:{number}"


def letter(index: int) -> str:
    """Return the name of the defect at ``index``: A to Z, then A2 to Z2."""
    turn, place_in_turn = divmod(index, 26)
    return chr(ord("A") + place_in_turn) + (str(turn + 1) if turn else "")


def dates(versions: Iterable[Version]) -> dict[str, str]:
    """Return when each version was made, "2026-11-16 10:02" in UTC, as far as it is known.

    The later of author and committer time: that is what windows go by.
    """
    return {version.id: date(max(version.authored, version.committed)) for version in versions}


def date(seconds: int) -> str:
    """Return seconds since 1970 as a date and time in UTC; blanks where there is none."""
    if not seconds:
        return NO_DATE
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):  # git keeps any number that it is given
        return NO_DATE
    return moment.replace(tzinfo=None).isoformat(" ", "minutes")


def duration(seconds: int) -> str:
    """Return "21 min", "2 h 5 min", "3 d 4 h": the two largest units."""
    parts = []
    rest = max(seconds, 0)
    for size, unit in UNITS:
        number, rest = divmod(rest, size)
        if number:
            parts.append(f"{number:,} {unit}")
    return " ".join(parts[:2]) or "0 s"
