"""Which versions the history of some files lies in, under whatever names they had.

All that a change can bring back at once lies in there: a state belongs to a file, and to
those that code was moved from into it in an edit of both.
"""

from collections.abc import Callable, Iterable, Sequence

from loopwatch.graph.file_watch import Comings
from loopwatch.model.history import Change, Rename

Changes = Sequence[Sequence[Change]]  # of each version, oldest first
Renames = Callable[[int, Sequence[Change]], Iterable[Rename]]


def names_before(paths: Iterable[bytes], changes: Changes, renames: Renames) -> frozenset[bytes]:
    """Return paths with all that they may go on from: earlier names, and what they were copied of.

    Args:
        paths: of files.
        changes: of all versions.
        renames: tells what a version renames, with what it changed.
    """
    names = set(paths)
    for version in range(len(changes) - 1, -1, -1):
        come = [(path, new) for path, old, new in changes[version] if old is None and path in names]
        if not come:
            continue
        comings = Comings.of(changes[version])
        pairs = comings.renames()
        more = renames(version, changes[version]) if comings.has_more(pairs) else ()
        names.update(old for old, new in (*pairs, *more) if new in names)
        blobs = {new for _, new in come}
        names.update(path for path, old, _ in changes[version] if old in blobs)
    return frozenset(names)


def versions_of(names: frozenset[bytes], changes: Changes) -> frozenset[int]:
    """Return the versions that change one of these files."""
    return frozenset(
        version
        for version, changed in enumerate(changes)
        if not names.isdisjoint(path for path, _, _ in changed)
    )
