"""One finding on the page: its defects, its walk, its lines, and how we know."""

from collections.abc import Sequence

from loopwatch.model.finding import Finding
from loopwatch.model.report import Report
from loopwatch.reports.escape import clipped
from loopwatch.reports.explain import sightings
from loopwatch.reports.going_on import hints, to_see_more
from loopwatch.reports.html_parts import Element, add, add_folded, add_lines, add_table, add_text
from loopwatch.reports.hunks import in_full, passages
from loopwatch.reports.ink import Line, Span, Tone, line, unwrapped
from loopwatch.reports.kinds import ABOUT
from loopwatch.reports.names import (
    counted,
    finding_id,
    shape,
    short,
    short_unit_name,
    standing,
    trajectory_name,
    unit_name,
)
from loopwatch.reports.observed import effect, limits
from loopwatch.reports.passages import (
    ending,
    heading_of_defects,
    log_of,
    on_trajectory,
    others,
    since,
    told_defects,
)
from loopwatch.reports.style import UNWRAPPED
from loopwatch.reports.timeline import visits
from loopwatch.reports.walk import Row, Table, ends, table

FIRST_STEPS, LAST_STEPS = 20, 60  # of a long walk
MOST_DEFECTS = 30
MOST_DIFF = 400  # lines of code for each finding
LONGEST_LINE = 500  # characters of one of these
LONGEST_NAME = 300
LONGEST_SUBJECT = 300
BAD = frozenset({"FAIL", "there", "off"})
GOOD = frozenset({"pass", "gone"})


def add_finding(parent: Element, finding: Finding, report: Report) -> None:
    """Add one finding in full; its ``id`` and those of its versions can be linked to."""
    card = add(parent, "article", of_class=finding.level.value, id=anchor_of(finding))
    title = add(card, "h3", f"{ABOUT[finding.kind].title} in ")
    add(title, "code", clipped(unit_name(finding), LONGEST_NAME))
    _add_badges(card, finding)
    log = log_of(finding, report)
    on = f" On {trajectory_name(finding)}." if on_trajectory(finding, report) else ""
    on = f" In {log}." if log else on
    told = f"{short_unit_name(finding)} {shape(finding)}.{on}"
    add(card, "p", clipped(told, LONGEST_NAME))
    _add_defects(card, finding, report)
    _add_walk(card, finding, table(finding, report))
    for told in (
        unwrapped(limits(finding, report, UNWRAPPED)),
        unwrapped(since(finding, UNWRAPPED)),
    ):
        if told:
            add(card, "p", f"{_capital(told)}.")
    if end := ending(finding):
        add(add(card, "p"), "strong", f"{_capital(end)}.")
    _add_flips(card, finding, report)
    _add_diffs(card, finding, report)
    _add_evidence(card, finding, report)
    elsewhere = others(finding, UNWRAPPED)
    if elsewhere:
        add_lines(add_folded(card, "Other files"), elsewhere[1:])
    if finding.advice:
        rows = [line(clipped(row, LONGEST_LINE)) for row in finding.advice.splitlines()]
        add_lines(add_folded(card, "Message for an agent"), rows, "wrapped")
    ways = add(card, "p", of_class="faint")
    for key, command in hints(finding, report).items():
        add_text(ways, f"{key}: ")
        add(ways, "code", command)
        add_text(ways, " ")


def anchor_of(finding: Finding) -> str:
    """Return what a finding is linked by on the page."""
    return f"f-{finding_id(finding)}"


def _add_badges(card: Element, finding: Finding) -> None:
    row = add(card, "p")
    level, *more = standing(finding).split(", ")
    add(row, "span", level, of_class=f"badge {finding.level.value}")
    for told in more:
        add(row, "span", told, of_class="badge")
    add(row, "a", finding_id(finding), of_class="id", href=f"#{anchor_of(finding)}")


def _add_defects(card: Element, finding: Finding, report: Report) -> None:
    named = told_defects(finding, report)
    if not named:
        return
    heading = heading_of_defects(finding, len(named))
    add(card, "h4", _capital(heading))
    items = add(card, "ul")
    for one in named[:MOST_DEFECTS]:
        item = add(items, "li")
        add(item, "strong", one.name)
        add_text(item, f"{one.mark} ")
        add(item, "code", one.title)
        if one.message:
            add(item, "div", one.message, of_class="faint")
    if named[MOST_DEFECTS:]:
        add(items, "li", counted(len(named) - MOST_DEFECTS, "more defect"))


def _add_walk(card: Element, finding: Finding, told: Table) -> None:
    """Add a row for each version: what is known at it, and who did it."""
    columns = told.names or ("state",)
    body = add_table(card, ("version", "when", *columns, "edit", "subject"))
    first, left_out, last = ends(list(enumerate(told.rows, start=1)), FIRST_STEPS, LAST_STEPS)
    for number, row in first:
        _add_row(body, row, f"{anchor_of(finding)}-{number}")
    if left_out:
        cell = add(add(body, "tr"), "td", f"… {left_out:,} more", of_class="faint")
        cell.set("colspan", str(len(columns) + 4))
    for number, row in last:
        _add_row(body, row, f"{anchor_of(finding)}-{number}")
    if told.more:
        add(card, "p", f"And {counted(told.more, 'more defect')} with these.", of_class="faint")


def _add_row(body: Element, row: Row, identity: str) -> None:
    cells = add(body, "tr", id=identity)
    add(cells, "td", clipped(row.version, LONGEST_NAME), of_class="id")
    add(cells, "td", row.date.strip(), of_class="narrow faint")
    for word in row.words or (clipped(row.label, LONGEST_NAME),):
        tone = "bad" if word in BAD else "good" if word in GOOD else ""
        add(cells, "td", word, of_class=f"narrow {tone}".strip())
    add(cells, "td", row.role, of_class="narrow")
    add(cells, "td", clipped(row.subject, LONGEST_SUBJECT))


def _add_flips(card: Element, finding: Finding, report: Report) -> None:
    """Add the few lines that tell most."""
    for title, *lines in passages(finding, report, UNWRAPPED):
        told = unwrapped([title])
        add(card, "h4", clipped(_capital(told).rstrip(":"), LONGEST_SUBJECT))
        add_lines(card, [_moved_left(spans) for spans in lines])


def _moved_left(spans: Line) -> Line:
    """Return a line of the text report without its indentation."""
    head, *rest = spans
    return (Span(head.text.removeprefix("    "), head.tone), *rest)


def _add_diffs(card: Element, finding: Finding, report: Report) -> None:
    """Add what each edit rewrote, up to a number of lines, and how many are left out."""
    edits = [step.edit for step in visits(finding) if step.edit and step.edit.hunks]
    if not edits:
        return
    part = add_folded(card, "All lines, edit by edit")
    room = MOST_DIFF
    for edit in edits:
        told = f"{short(edit.version)} {edit.summary}"
        add(part, "h4", clipped(f"{told}{effect(finding, edit)}", LONGEST_SUBJECT))
        lines = [row for hunk in edit.hunks for row in in_full(hunk, UNWRAPPED, "")]
        add_lines(part, _cut(lines, room, to_see_more(finding, report)))
        room = max(room - len(lines), 0)


def _cut(lines: Sequence[Line], room: int, to_see: str) -> list[Line]:
    more = len(lines) - room
    if more <= 0:
        return list(lines)
    return [*lines[:room], line(f"... {counted(more, 'more line')}{to_see}", Tone.FAINT)]


def _add_evidence(card: Element, finding: Finding, report: Report) -> None:
    part = add_folded(card, f"Evidence, confidence {finding.confidence:.2f}")
    reasons = add(part, "ul")
    for reason in finding.why:
        add(reasons, "li", clipped(reason, LONGEST_LINE))
    seen = sightings(finding, report)
    if seen:
        add_lines(part, seen)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
