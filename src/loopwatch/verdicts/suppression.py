"""Findings that people accept: what is said of them, and what is left of a report without them.

An entry reads the same in a file and in a commit message: ``ID: reason``, or
``ID until 2026-12-31: reason``. The colon may be left out.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from loopwatch.model.finding import Finding, Level
from loopwatch.model.report import Report
from loopwatch.model.suppression import Suppression
from loopwatch.verdicts.trailers import trailers

KEY = "loopwatch-ignore"  # of a trailer, in any case
# What begins like a day is one: `until 2026-12-31` without a reason is not a reason itself.
ENTRY = re.compile(
    r"(?P<id>[0-9a-fA-F]{8,12})(?![0-9A-Za-z])"
    r"(?:[ \t]+until[ \t]+(?P<until>\d[^\s:]*))?[ \t]*:?[ \t]*(?P<reason>.*)"
)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
NAMED = 5  # ids that a remark names


class EntryError(ValueError):
    """A text is no entry; says what is expected."""


def parse_entry(text: str, where: str) -> Suppression:
    """Return what an entry says.

    Args:
        text: one line, without blanks around it.
        where: it stands.

    Raises:
        EntryError: it is none.
    """
    found = ENTRY.fullmatch(text)
    if found is None:
        raise EntryError("must be `ID: reason`, with 8 to 12 digits of a finding's id")
    until = found["until"] or ""
    if until and not is_day(until):
        raise EntryError("must name a day such as 2026-12-31 after `until`")
    if not found["reason"]:
        raise EntryError("must give a reason after the id")
    return Suppression(id=found["id"].lower(), reason=found["reason"], until=until, where=where)


def is_day(text: str) -> bool:
    """Tell whether a text is a day of the calendar, as ISO 8601 writes it: 2026-12-31."""
    if not DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def day_of(seconds: int) -> str:
    """Return the day, UTC, of a time in seconds since 1970; of one beyond all calendars, none."""
    try:
        return datetime.fromtimestamp(seconds, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return ""


def ignored_in(message: str, where: str) -> Iterator[Suppression | str]:
    """Yield what the ``Loopwatch-Ignore`` trailers of a message say; a text is what is wrong.

    Args:
        message: the whole of it.
        where: it stands: "commit 71fe0d9c2b1a".
    """
    for key, value in trailers(message):
        if key.lower() == KEY:
            try:
                yield parse_entry(value, where)
            except EntryError as error:
                yield f"Loopwatch-Ignore of {where} is not heeded: it {error}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """All that is accepted in one repository, on one day."""

    listed: tuple[Suppression, ...] = ()  # in the file
    said: tuple[Suppression, ...] = ()  # in commit messages
    mistakes: tuple[str, ...] = ()  # trailers that say nothing, each as a sentence
    today: str = ""  # the day of the newest commit that was read; "": none was

    def has_passed(self, one: Suppression) -> bool:
        """Tell whether an entry counts no more."""
        return bool(one.until) and one.until < self.today

    def of(self, finding: str) -> Suppression | None:
        """Return what accepts a finding, if anything does.

        Args:
            finding: its id.
        """
        return next(
            (
                one
                for one in (*self.listed, *self.said)
                if finding.startswith(one.id) and not self.has_passed(one)
            ),
            None,
        )

    def settle(self, report: Report) -> Report:
        """Return the report without what is accepted, which is only counted."""
        left = tuple(one for one in report.findings if self.of(one.id) is None)
        if len(left) == len(report.findings):
            return report
        levels = [one.level for one in left]
        summary = replace(
            report.summary,
            errors=levels.count(Level.ERROR),
            warnings=levels.count(Level.WARNING),
            notes=levels.count(Level.NOTE),
            suppressed=report.summary.suppressed + len(report.findings) - len(left),
        )
        named = {key for one in left for key in _defects(one)}
        defects = tuple(one for one in report.defects if one.key in named)
        return replace(report, findings=left, defects=defects, summary=summary)

    def remarks(self, findings: Collection[Finding] | None) -> tuple[str, ...]:
        """Return what is to be tidied up, a sentence for each sort.

        Args:
            findings: all that there are in the whole history, accepted or not, so that entries
                which match none are stale; None: some may lie where nobody looked.
        """
        expired = [one for one in self.listed if self.has_passed(one)]
        stale = [
            one
            for one in self.listed
            if findings is not None
            and not self.has_passed(one)
            and not any(finding.id.startswith(one.id) for finding in findings)
        ]
        sorts = (
            (stale, "matches no finding here", "match no finding here"),
            (expired, "has expired and counts no more", "have expired and count no more"),
        )
        told = [_remark(found, one, several) for found, one, several in sorts if found]
        return (*told, *self.mistakes)


def _remark(found: Sequence[Suppression], one: str, several: str) -> str:
    file = found[0].where.rpartition(":")[0]
    ids = list(dict.fromkeys(entry.id for entry in found))
    more = f" and {len(ids) - NAMED:,} more" if len(ids) > NAMED else ""
    does = (
        f"an entry of {file} {one}"
        if len(ids) == 1
        else f"{len(ids):,} entries of {file} {several}"
    )
    return f"{does}: {', '.join(ids[:NAMED])}{more}; loopwatch ignore ID --remove drops one"


def _defects(finding: Finding) -> set[str]:
    edited = {key for edit in finding.edits for key in (*edit.removed, *edit.introduced)}
    return {*finding.defects, *edited}
