"""Blocks of rewritten lines, shown as ``-`` and ``+``."""

from collections.abc import Sequence

from loopwatch.model.edit import Hunk
from loopwatch.model.finding import CycleEdit, Finding, Kind
from loopwatch.model.report import Report
from loopwatch.reports.escape import TAB, clipped, plain
from loopwatch.reports.going_on import to_see_more
from loopwatch.reports.ink import Line, Span, Tone, line, wrapped
from loopwatch.reports.names import counted, short
from loopwatch.reports.observed import defects_of, effect, is_observed
from loopwatch.reports.style import Style
from loopwatch.reports.timeline import visits

MOST_LINES = 12  # of code in the short form
MOST_EDITS = 2  # edits whose code is shown where defects take turns
LONGEST_LINE = 200  # characters of a line of code in the short form
MOST_LINES_IN_FULL = 400  # of one hunk in full; -v has no limit
LONGEST_LINE_IN_FULL = 2_000  # characters


def flips(finding: Finding, report: Report, style: Style, most: int = MOST_LINES) -> list[Line]:
    """Return the passages one after another."""
    return [row for passage in passages(finding, report, style, most) for row in passage]


def passages(
    finding: Finding, report: Report, style: Style, most: int = MOST_LINES
) -> list[list[Line]]:
    """Return the lines that keep flipping, as the first edit that shows them has them.

    Where defects were observed, the code may be new each time: then what the newest
    edits did to them, a passage for each.

    Returns:
        A heading, wrapped to the width, and about ``most`` lines in all.
    """
    shown = [edit for edit in finding.edits if edit.hunks]
    if is_observed(finding):
        newest = [edit for edit in shown if edit.removed or edit.introduced][-MOST_EDITS:]
        room = most // max(len(newest), 1)
        return [_shown(finding, edit, room, report, style) for edit in newest]
    return [_shown(finding, edit, most, report, style) for edit in shown[:1]]


def _shown(
    finding: Finding, edit: CycleEdit, room: int, report: Report, style: Style
) -> list[Line]:
    """Return a heading, and about ``room`` lines of what an edit rewrote."""
    hunks = _telling(edit, finding, report)
    lines = wrapped(line("  "), f"{_title(finding, edit, hunks)}:", style.width)
    for number, hunk in enumerate(hunks):
        if room <= 0:
            more = counted(len(hunks) - number, "more block")
            told = f"    ... {more}{to_see_more(finding, report)}"
            return [*lines, line(told, Tone.FAINT)]
        if number:
            lines.append(line(f"    {plain(hunk.path)}:{hunk.start_line}", Tone.FAINT))
        shown = min(room, len(hunk.before) + len(hunk.after))
        lines += _short_form(hunk, shown)
        room -= shown
    return lines


def in_full(hunk: Hunk, style: Style, indent: str) -> list[Line]:
    """Return one hunk with its place, as it is but for what a terminal obeys."""
    before, after = _without_carriage_returns(hunk)
    most = len(before) + len(after) if style.verbose else MOST_LINES_IN_FULL
    return [
        line(f"{indent}{plain(hunk.path)}:{hunk.start_line}", Tone.FAINT),
        *_block(before, "-", most, LONGEST_LINE_IN_FULL, indent),
        *_block(after, "+", most, LONGEST_LINE_IN_FULL, indent),
    ]


def _telling(edit: CycleEdit, finding: Finding, report: Report) -> Sequence[Hunk]:
    """Return the hunks in the file that matters, or all of them if there is none.

    That is the path of the finding; of a masked check, where the check stands.
    """
    paths = [finding.path]
    if finding.kind is Kind.MASKED:
        paths = [*(defect.path for _, defect in defects_of(finding, report)), *paths]
    told = ([hunk for hunk in edit.hunks if hunk.path == path] for path in paths)
    return next((hunks for hunks in told if hunks), edit.hunks)


def _title(finding: Finding, edit: CycleEdit, hunks: Sequence[Hunk]) -> str:
    place = f"{plain(hunks[0].path)}:{hunks[0].start_line}"
    if is_observed(finding):
        return f"what {short(edit.version)} changed{effect(finding, edit)} ({place})"
    if finding.kind is Kind.OSCILLATION:
        return f"the lines that keep flipping{_way(finding, edit)} ({place})"
    if finding.kind is Kind.RELAPSE and edit is not finding.edits[-1]:
        lost_at = short(finding.edits[-1].version)
        return f"what {short(edit.version)} did and {lost_at} took out again ({place})"
    return f"what {short(edit.version)} did ({place})"


def _way(finding: Finding, edit: CycleEdit) -> str:
    """Return ", X to Y": the states on both sides of ``edit``."""
    for step in visits(finding):
        if step.edit is edit and step.came_from and step.label:
            return f", {plain(step.came_from)} to {plain(step.label)}"
    return ""


def _short_form(hunk: Hunk, room: int) -> list[Line]:
    """Return at most ``room`` lines of a hunk, a fair share of each side."""
    before, after = _without_indent(*_without_carriage_returns(hunk))
    for_after = min(len(after), max(room // 2, room - len(before)))
    indent = " " * 4
    return [
        *_block(before, "-", room - for_after, LONGEST_LINE, indent),
        *_block(after, "+", for_after, LONGEST_LINE, indent),
    ]


def _block(lines: Sequence[str], sign: str, most: int, longest: int, indent: str) -> list[Line]:
    """Return one side of a hunk, and how many lines of it are left out."""
    tone = Tone.OLD if sign == "-" else Tone.NEW
    shown: list[Line] = [
        (Span(indent), Span(f"{sign} {clipped(text, longest)}".rstrip(" "), tone))
        for text in lines[:most]
    ]
    left_out = len(lines) - most
    if left_out > 0:
        more = f"{indent}{sign} ... {counted(left_out, 'more line')}"
        return [*shown, line(more, Tone.FAINT)]
    return shown


def _without_carriage_returns(hunk: Hunk) -> tuple[list[str], list[str]]:
    """Return both sides; of CRLF files without CR, unless only some lines have one."""
    lines = (*hunk.before, *hunk.after)
    if not all(text.endswith("\r") for text in lines):
        return list(hunk.before), list(hunk.after)
    return [text[:-1] for text in hunk.before], [text[:-1] for text in hunk.after]


def _without_indent(before: Sequence[str], after: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return both sides moved left by the indentation that all lines share."""
    lines = [text.expandtabs(TAB) for text in (*before, *after)]
    common = min((len(text) - len(text.lstrip(" ")) for text in lines if text.strip()), default=0)
    moved = [text[common:] for text in lines]
    return moved[: len(before)], moved[len(before) :]
