"""Whether an edit takes out what another brought into a file, or writes it anew."""

from loopwatch.graph.rereading import Rereading

LEAST_LINES = 3  # that are written anew: fewer may go with anything


def is_written_anew(path: bytes, earlier: int, later: int, rereading: Rereading) -> bool:
    """Tell whether a version writes anew most of what it takes out of an earlier one's lines.

    As many lines stand in their place then that neither of the two versions had taken out.

    Args:
        path: of the file.
        earlier: the version that brought the lines in.
        later: the version that takes them out.
        rereading: reads what the two did to the file.
    """
    edits = rereading.edit(path, earlier), rereading.edit(path, later)
    if edits[0] is None or edits[1] is None:
        return False
    brought = {line for hunk in edits[0].hunks for line in hunk.after}
    known = brought.union(*(hunk.before for edit in edits if edit for hunk in edit.hunks))
    anew = taken = 0
    for hunk in edits[1].hunks:
        gone = len(brought.intersection(hunk.before))
        come = min(gone, len(set(hunk.after) - known))
        anew, taken = anew + come, taken + gone - come
    return anew >= max(LEAST_LINES, taken)
