"""One finding in full: every edit with its lines, how we know, and the message for an agent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from loopwatch.model.defect import Sighting, TrackedDefect
from loopwatch.model.finding import CycleEdit, Finding, Kind
from loopwatch.model.report import Report
from loopwatch.model.suppression import Suppression
from loopwatch.reports.escape import clipped, plain
from loopwatch.reports.hunks import in_full
from loopwatch.reports.ink import BLANK, Line, Span, Tone, line, wrapped, written
from loopwatch.reports.names import NOUNS, counted, dates, short, trajectory_name
from loopwatch.reports.observed import defects_of, is_observed, limits, word
from loopwatch.reports.passages import (
    cost,
    defects,
    headline,
    others,
    paragraphs,
)
from loopwatch.reports.style import PLAIN, Style
from loopwatch.reports.timeline import Visit, visits
from loopwatch.reports.walk import walk

LONGEST_WORD = 2_000  # characters of a message or a reason


@dataclass(frozen=True, slots=True)
class Names:
    """What the edits of a finding call its defects."""

    of: Mapping[str, str]  # by key
    is_observed: bool
    gone: str  # what is said of defects that an edit made go

    @classmethod
    def of_finding(cls, finding: Finding, report: Report) -> "Names":
        """Return the names for one finding."""
        letters = {defect.key: name for name, defect in defects_of(finding, report)}
        gone = "switched off" if finding.kind is Kind.MASKED else "removed"
        return cls(of=letters, is_observed=is_observed(finding), gone=gone)


def render(
    report: Report, finding: Finding, style: Style = PLAIN, ignored: Suppression | None = None
) -> str:
    """Return all that is known of ``finding``, which is one of ``report``, ``ignored`` or not."""
    all_of_it = Style(verbose=True, colour=style.colour, width=style.width)
    lines = [
        *headline(finding, NOUNS[finding.kind][0].upper(), style),
        line(f"  on {trajectory_name(finding)}, seen at the level of: {finding.granularity}"),
        *why_ignored(ignored, style),
        *paragraphs(
            defects(finding, report, all_of_it),
            [*walk(finding, report, all_of_it), *limits(finding, report, style)],
            _levels(finding, report),
            _confidence(finding, style),
            others(finding, all_of_it),
            _edits(finding, report, style),
            sightings(finding, report),
            _advice(finding),
        ),
    ]
    return written(lines, colour=style.colour)


def why_ignored(by: Suppression | None, style: Style, start: str = "  ") -> list[Line]:
    """Return why reports leave it out, and where that is said."""
    if by is None:
        return []
    until = f" until {by.until}" if by.until else ""
    told = f"{clipped(by.reason, LONGEST_WORD)} ({plain(by.where)})"
    return wrapped(line(f"{start}ignored{until}: ", Tone.WARNING), told, style.width)


def _levels(finding: Finding, report: Report) -> list[Line]:
    """Return when it became what it is, and what it cost."""
    when = dates(report.versions)
    facts = [
        *((level.value, version) for level, version in finding.level_at),
        ("closed", finding.closed_at),
        ("last turn", finding.last_at),
    ]
    told = [
        line(f"  {f'{name}:':<12}{short(version)}  {when.get(version, '')}".rstrip())
        for name, version in facts
    ]
    return [*told, line(f"  {'cost:':<12}{cost(finding.cost)}")]


def _confidence(finding: Finding, style: Style) -> list[Line]:
    lines = [line(f"  confidence {finding.confidence:.2f}")]
    for reason in finding.why:
        lines += wrapped(line("    - "), clipped(reason, LONGEST_WORD), style.width)
    return lines


def _edits(finding: Finding, report: Report, style: Style) -> list[Line]:
    """Return each edit of the cycle with the lines that it rewrote."""
    names = Names.of_finding(finding, report)
    lines: list[Line] = []
    for step in visits(finding):
        if step.edit is not None:
            lines += [*([BLANK] if lines else []), *_edit(step, step.edit, names, style)]
    return lines


def _edit(step: Visit, edit: CycleEdit, names: Names, style: Style) -> list[Line]:
    head = (Span("  "), Span(short(edit.version), Tone.ID), Span(f"  {edit.role.value}  "))
    return [
        *wrapped(head, clipped(edit.summary, LONGEST_WORD) or "(no message)", style.width),
        *_way(step, edit, names),
        *_trade(names.gone, edit.removed, names, style),
        *_trade("introduced", edit.introduced, names, style),
        *(row for hunk in edit.hunks for row in in_full(hunk, style, "    ")),
    ]


def _way(step: Visit, edit: CycleEdit, names: Names) -> list[Line]:
    """Return between which states the edit leads, unless defects say it, and its parent."""
    states = f"{plain(step.came_from or '-')} to {plain(step.label or '-')}"
    base = f"from {short(edit.from_version)}" if edit.from_version else ""
    told = ", ".join(part for part in ("" if names.is_observed else states, base) if part)
    return [line(f"    {told}")] if told else []


def _trade(verb: str, keys: tuple[str, ...], names: Names, style: Style) -> list[Line]:
    if not keys:
        return []
    told = ", ".join(names.of.get(key, plain(key)) for key in keys)
    return wrapped(line(f"    {verb}: "), told, style.width)


def sightings(finding: Finding, report: Report) -> list[Line]:
    """Return where each defect is known to be present or absent."""
    named = defects_of(finding, report)
    lines = [row for name, defect in named for row in _sighting(name, defect)]
    return [line("  where each defect was seen:"), *lines] if lines else []


def _sighting(name: str, defect: TrackedDefect) -> list[Line]:
    seen_by = "implied" if defect.is_implied else clipped(defect.detector, LONGEST_WORD)
    where = "::".join(plain(part) for part in (defect.path, defect.symbol) if part)
    head = f"    {name}  {seen_by}, rule {clipped(defect.rule, LONGEST_WORD)}"
    runs = [tuple(run) for _, run in groupby(defect.timeline, key=lambda seen: seen.state)]
    return [
        line(f"{head}, {where}" if where else head),
        *(line(f"       {_run(defect, run)}") for run in runs),
    ]


def _run(defect: TrackedDefect, seen: Sequence[Sighting]) -> str:
    """Return what is known of a defect at versions that follow one another."""
    first, last = seen[0], seen[-1]
    told = f"{short(first.version)}  {word(defect, first.state)}"
    if len(seen) == 1:
        return told
    return f"{told}, up to {short(last.version)} ({counted(len(seen), 'version')})"


def _advice(finding: Finding) -> list[Line]:
    """Return the message, as it would be handed to a coding agent."""
    if not finding.advice:
        return []
    rows = [line(f"    | {plain(row)}".rstrip()) for row in finding.advice.splitlines()]
    return [line("  message for an agent:"), *rows]
