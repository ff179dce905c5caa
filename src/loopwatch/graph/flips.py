"""Flips: at which versions a defect turned from absent to present, and back.

What is recorded of a side branch is seen from that branch only, and from where
it was merged by what the merge itself says.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from loopwatch.graph.topology import NONE
from loopwatch.model.defect import Cause, Grade

Sees = Callable[[int, int], bool]  # does the first version have the second in its past?


@dataclass(frozen=True, slots=True)
class Flip:
    """One turn of one defect."""

    track: int  # number of the defect
    version: int
    is_present: bool  # what it turned to
    since: int = NONE  # newest version of which the opposite is known; NONE: there is none
    grade: Grade = Grade.CERTAIN  # how sure it is that this is the same defect as before
    cause: Cause = Cause.FIXED  # of a departure
    is_arrival: bool = False  # a merge brings it in
    why: str = ""  # of a departure: how its check was switched off

    @property
    def is_introduction(self) -> bool:
        """Tell whether the edit brought the defect: it is known to have been absent before."""
        return self.is_present and self.since != NONE

    @property
    def is_removal(self) -> bool:
        """Tell whether the edit made the defect go, and not only its check."""
        return not self.is_present and self.cause in {Cause.FIXED, Cause.DELETED}


@dataclass(slots=True)
class Flips:
    """All flips of all defects."""

    sees: Sees
    is_flaky: Callable[[int], bool] = lambda _: False  # by number; what comes and goes by chance
    of_track: dict[int, list[Flip]] = field(default_factory=dict)
    at: dict[int, list[Flip]] = field(default_factory=dict)  # by version
    _seen_by: int = NONE  # the version that was asked last
    _seen: dict[int, bool] = field(default_factory=dict)  # which others it sees

    def add(self, flip: Flip) -> None:
        """Take in a flip; versions come in order."""
        self.of_track.setdefault(flip.track, []).append(flip)
        self.at.setdefault(flip.version, []).append(flip)

    def before(self, track: int, version: int) -> Flip | None:
        """Return the newest flip of a defect that lies in the past of a version."""
        if version != self._seen_by:
            self._seen_by, self._seen = version, {}
        seen = self._seen
        for flip in reversed(self.of_track.get(track, ())):
            at = flip.version
            if at >= version:
                continue
            if at not in seen:
                seen[at] = self.sees(version, at)
            if seen[at]:
                return flip
        return None

    def past(self, track: int, version: int) -> list[Flip]:
        """Return the flips of a defect up to a version, oldest first."""
        flips = self.of_track.get(track, ())
        return [f for f in flips if f.version <= version and self.sees(version, f.version)]

    def removed_at(self, version: int) -> Sequence[Flip]:
        """Return the defects that an edit removed; none that are flaky, as far as is known."""
        return [f for f in self.at.get(version, ()) if f.is_removal and not self.is_flaky(f.track)]

    def introduced_at(self, version: int) -> Sequence[Flip]:
        """Return the defects that an edit introduced, again or for the first time; none flaky."""
        came = (flip for flip in self.at.get(version, ()) if flip.is_introduction)
        return [flip for flip in came if not self.is_flaky(flip.track)]
