"""The lines that a finding, or one edit of it, is shown at."""

from collections.abc import Iterable
from dataclasses import dataclass

from loopwatch.model.edit import Hunk, Place
from loopwatch.model.finding import CycleEdit, Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A run of lines in one file."""

    path: str  # as git has it: not made plain
    start: int  # 1-based, inclusive
    end: int  # 1-based, inclusive
    is_known: bool = True  # False: only the file is known


def anchor(finding: Finding) -> Anchor | None:
    """Return the lines that the newest edit of a finding wrote in its file; None: no file.

    They are those of the newest version, if it was looked for them there; where they have
    changed, only the file is known. Else they are numbered as that edit left them.
    """
    hunks = [hunk for edit in reversed(finding.edits) for hunk in edit.hunks]
    path = finding.path or next((hunk.path for hunk in hunks), "") or next(iter(finding.paths), "")
    for edit in reversed(finding.edits):
        if edit.place is not None and any(hunk.path == path for hunk in edit.hunks):
            return _standing(edit.place)
    return _in_file(hunks, path) if path else None


def anchor_of_edit(finding: Finding, edit: CycleEdit) -> Anchor | None:
    """Return the lines that one edit wrote, if it can be in the file of the finding.

    Where they have changed since, they are those of the finding.
    """
    whole = anchor(finding)
    if whole is None:
        return None
    if edit.place is not None:
        here = _standing(edit.place)
        return whole if here.path == whole.path and not here.is_known else here
    here = _in_file(edit.hunks, whole.path)
    if here.is_known or not edit.hunks:
        return here
    return _in_file(edit.hunks, edit.hunks[0].path)


def _standing(place: Place) -> Anchor:
    if place.start_line is None or place.end_line is None:
        return Anchor(path=place.path, start=1, end=1, is_known=False)
    return Anchor(path=place.path, start=place.start_line, end=place.end_line)


def _in_file(hunks: Iterable[Hunk], path: str) -> Anchor:
    for hunk in hunks:
        if hunk.path == path:
            start = max(hunk.start_line, 1)
            return Anchor(path=path, start=start, end=start + max(len(hunk.after), 1) - 1)
    return Anchor(path=path, start=1, end=1, is_known=False)
