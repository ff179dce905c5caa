"""Trades of defects, and the closed walks that they make.

An edit that removes A and introduces B trades A for B. The spell of a defect runs
from the edit that introduced it to the edit that removed it; spells that follow
one another, from the edit that removed A to the edit that brings A back, make a
closed walk A, B, ..., A. Edits are few where defects flip, so the walk is looked
for among edits: the shortest one is told.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from loopwatch.graph.flips import Flip, Flips

MOST_STEPS = 12  # defects that take turns in one cycle
MOST_EDITS_LOOKED_AT = 2_000  # in the search for one walk

Related = Callable[[int, int], bool]  # may one edit have changed both defects at once?
Group = tuple[int, ...]  # defects that come and go together


@dataclass(frozen=True, slots=True)
class Walk:
    """Defects that take turns.

    ``groups[0]`` is what ``edits[0]`` removed and what is back at ``edits[-1]``; each other
    group came with the edit of its place before, and went with the edit of its place.
    """

    edits: tuple[int, ...]
    groups: tuple[Group, ...]

    @property
    def defects(self) -> Group:
        """All its defects, in the order of their turns."""
        return tuple(track for group in self.groups for track in group)


def trade(version: int, flips: Flips, related: Related) -> Iterator[Walk]:
    """Yield what an edit removed and what it introduced for it, as walks that are still open."""
    gone = [flip.track for flip in flips.removed_at(version) if not flip.is_arrival]
    come = [flip.track for flip in flips.introduced_at(version) if not flip.is_arrival]
    for groups in _components((tuple(gone), tuple(come)), related):
        yield Walk(edits=(version,), groups=groups)


def closed_walks(version: int, flips: Flips, related: Related) -> Iterator[Walk]:
    """Yield the walks that the edit of a version closes, one for each set of related defects."""
    for left, back in sorted(_back(version, flips).items()):
        path = _path(version, left, flips)
        if path is None:
            continue
        spells = [_spells(end, start, flips) for start, end in path]
        edits = (left, *(end for _, end in path))
        for groups in _components((tuple(back), *map(tuple, spells)), related):
            yield Walk(edits=edits, groups=groups)


def _back(version: int, flips: Flips) -> dict[int, list[int]]:
    """Return the defects that are back, by the edit that had removed them.

    They come back with this edit, or were back already when this edit removed what
    they had been traded for.
    """
    back: dict[int, list[int]] = {}
    for flip in flips.introduced_at(version):
        _note_removal(flip, flips, back)
    for gone in flips.removed_at(version):
        came = flips.before(gone.track, version)
        if came is None or not came.is_introduction:
            continue
        for other in flips.removed_at(came.version):
            last = flips.before(other.track, version)
            if last is not None and last.is_introduction and last.version > came.version:
                back.setdefault(came.version, []).append(other.track)
    return {left: list(dict.fromkeys(tracks)) for left, tracks in back.items()}


def _note_removal(flip: Flip, flips: Flips, back: dict[int, list[int]]) -> None:
    if flip.is_arrival:
        return
    removal = flips.before(flip.track, flip.version)
    if removal is not None and removal.is_removal:
        back.setdefault(removal.version, []).append(flip.track)


def _path(version: int, left: int, flips: Flips) -> list[tuple[int, int]] | None:
    """Return the fewest spells that lead from the edit ``left`` to this one, each (start, end)."""
    came_from: dict[int, int] = {}
    layer = [version]
    for _ in range(MOST_STEPS):
        following: list[int] = []
        for end in layer:
            for start in sorted({came.version for came in _starts(end, flips)}, reverse=True):
                if start < left or start in came_from:
                    continue
                came_from[start] = end
                following.append(start)
        if left in came_from:
            return list(_steps(left, version, came_from))
        if not following or len(came_from) > MOST_EDITS_LOOKED_AT:
            return None
        layer = following
    return None


def _steps(start: int, end: int, came_from: dict[int, int]) -> Iterator[tuple[int, int]]:
    while start != end:
        yield start, came_from[start]
        start = came_from[start]


def _starts(end: int, flips: Flips) -> Iterator[Flip]:
    """Yield the introductions of what an edit removes."""
    for gone in flips.removed_at(end):
        came = flips.before(gone.track, end)
        if not gone.is_arrival and came is not None and came.is_introduction:
            yield came


def _spells(end: int, start: int, flips: Flips) -> list[int]:
    """Return the defects that came with one edit and went with another."""
    return [came.track for came in _starts(end, flips) if came.version == start]


def _components(groups: Sequence[Group], related: Related) -> Iterator[tuple[Group, ...]]:
    """Split groups so that only what is related stands together; each part needs all places.

    Two defects of one place are together where both are related to one of the next.
    """
    tracks = [(place, track) for place, group in enumerate(groups) for track in group]
    left = dict.fromkeys(tracks)
    while left:
        part, todo = [], [next(iter(left))]
        del left[todo[0]]
        while todo:
            place, track = todo.pop()
            part.append((place, track))
            for other in [o for o in left if o[0] != place and related(track, o[1])]:
                del left[other]
                todo.append(other)
        told = tuple(_ordered(track for p, track in part if p == n) for n in range(len(groups)))
        if all(told):
            yield told


def _ordered(tracks: Iterable[int]) -> Group:
    return tuple(sorted(tracks))
