"""Reports on lines that an edit left alone: the same as before, without a comparison."""

from bisect import bisect_right
from collections.abc import Sequence

from loopwatch.diffing.lines import Block
from loopwatch.graph.standing import Occupant, Report, Standing

AROUND = 3  # lines before and after a report that have to be as they were, too

Known = tuple[str, str, int, int | None]  # rule, message, line, column


def settled(
    blocks: Sequence[Block], before: Standing, reports: Sequence[Report]
) -> dict[int, Occupant]:
    """Return which reports are defects that stood on the same lines, by place among the reports.

    Args:
        blocks: in what the file differs from when it was last looked at.
        before: what stood in it then.
        reports: what is reported now.
    """
    stood = {
        place: one
        for report, one in zip(before.reports, before.occupants, strict=False)
        if (place := known(report)) is not None
    }
    starts = [block[2] for block in blocks]
    found: dict[int, Occupant] = {}
    for number, report in enumerate(reports):
        place = known(report)
        shift = _shift(report, blocks, starts) if place is not None else None
        if place is None or shift is None:
            continue
        one = stood.pop((*place[:2], place[2] - shift, place[3]), None)
        if one is not None:
            found[number] = one
    return found


def known(report: Report) -> Known | None:
    """Return what a report says and where; None if it does not say where."""
    defect = report.defect
    if defect.span is None:
        return None
    return report.family, defect.message, defect.span.start_line, defect.span.start_column


def _shift(report: Report, blocks: Sequence[Block], starts: Sequence[int]) -> int | None:
    """Return by how many lines the code of a report stands lower; None if it was touched."""
    span = report.defect.span
    assert span is not None
    first, last = span.start_line - 1 - AROUND, span.end_line + AROUND  # 0-based, half open
    place = bisect_right(starts, first)
    before = blocks[place - 1] if place else None
    if before is not None and max(before[3], before[2] + 1) > first:
        return None
    if place < len(blocks) and blocks[place][2] < last:
        return None
    return before[3] - before[1] if before is not None else 0
