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
    of_track: dict[int, list[Flip]] = field(default_factory=dict)
    at: dict[int, list[Flip]] = field(default_factory=dict)  # by version

    def add(self, flip: Flip) -> None:
        """Take in a flip; versions come in order."""
        self.of_track.setdefault(flip.track, []).append(flip)
        self.at.setdefault(flip.version, []).append(flip)

    def before(self, track: int, version: int) -> Flip | None:
        """Return the newest flip of a defect that lies in the past of a version."""
        flips = reversed(self.of_track.get(track, ()))
        return next(
            (f for f in flips if f.version < version and self.sees(version, f.version)), None
        )

    def past(self, track: int, version: int) -> list[Flip]:
        """Return the flips of a defect up to a version, oldest first."""
        flips = self.of_track.get(track, ())
        return [f for f in flips if f.version <= version and self.sees(version, f.version)]

    def removed_at(self, version: int) -> Sequence[Flip]:
        """Return the defects that an edit removed."""
        return [flip for flip in self.at.get(version, ()) if flip.is_removal]

    def introduced_at(self, version: int) -> Sequence[Flip]:
        """Return the defects that an edit introduced, again or for the first time."""
        return [flip for flip in self.at.get(version, ()) if flip.is_introduction]
