"""Whether an edit takes out what another brought into a file, or writes it anew."""

from loopwatch.graph.rereading import Rereading

LEAST_LINES = 3  # that go, and that come in their place: fewer may go with anything


def is_written_anew(path: bytes, earlier: int, later: int, rereading: Rereading) -> bool:
    """Tell whether most lines that a version takes out of an earlier one's are written anew.

    Something stands in their place then that neither of the two versions had taken out.

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
    anew = taken = come = 0  # lines that go, with and without others in their place; those others
    for hunk in edits[1].hunks:
        if gone := len(brought.intersection(hunk.before)):
            new = len(set(hunk.after) - known)
            come += new
            anew, taken = (anew + gone, taken) if new else (anew, taken + gone)
    return min(anew, come) >= LEAST_LINES and anew >= taken
