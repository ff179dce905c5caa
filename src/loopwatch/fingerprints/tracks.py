"""Identity over a sequence of versions: a track is one defect, also after it was gone.

The caller walks the history, which may branch. For each version it says what was
present at the parent, and which versions lie in its past; identities are global.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from loopwatch.fingerprints.descriptor import Descriptor, Key
from loopwatch.fingerprints.fingerprint import fingerprint, track_key
from loopwatch.fingerprints.graveyard import Graveyard
from loopwatch.fingerprints.matching import Match, Tier, match
from loopwatch.fingerprints.scopes import NOTHING_KNOWN, Definitions
from loopwatch.model.defect import Grade

MOST_FORMS = 24  # of one track: the first, and the newest


class How(StrEnum):
    """How a report came to its track."""

    KEPT = "kept"  # it was present at the parent
    RETURNED = "returned"  # it was gone, and is back
    NEW = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Which track one report belongs to."""

    track: int
    how: How
    grade: Grade = Grade.CERTAIN
    tier: Tier | None = None  # None: new
    score: float = 1.0
    left: int | None = None  # of a return: the version at which it was gone
    is_twin: bool = False  # one of several that are equal: which of them is not certain


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """What one version did to the tracks."""

    links: tuple[Link, ...]  # one for each report, in the order given
    departed: tuple[int, ...]  # tracks that were present and are no longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is known of two neighbouring versions, beside their defects; see ``matching.match``."""

    renames: Mapping[str, str] = field(default_factory=dict)
    standing: Definitions = NOTHING_KNOWN
    stood: Definitions = NOTHING_KNOWN


NO_SURROUNDINGS = Surroundings()


class Tracks:
    """All defects of a history, numbered from 0 in order of first sight."""

    def __init__(self) -> None:
        self._forms: list[dict[Key, Descriptor]] = []
        self._graveyard = Graveyard()
        self._keys: list[str] = []
        self._begun: Counter[str] = Counter()  # tracks by the fingerprint of their first form

    def __len__(self) -> int:
        return len(self._forms)

    def first(self, track: int) -> Descriptor:
        """Return the form in which a track was first seen; its key rests on it."""
        return next(iter(self._forms[track].values()))

    def key(self, track: int) -> str:
        """Return the 12 hex digits by which reports name a track."""
        return self._keys[track]

    def forms(self, track: int) -> tuple[Descriptor, ...]:
        """Return the distinct forms of a track, the first one first."""
        return tuple(self._forms[track].values())

    def step(
        self,
        version: int,
        present: Sequence[tuple[int, Descriptor]],
        reported: Sequence[Descriptor],
        *,
        sees: Callable[[int], bool] = lambda _: True,
        is_elsewhere: Callable[[int], bool] = lambda _: False,
        around: Surroundings = NO_SURROUNDINGS,
    ) -> StepResult:
        """Say of each report of a version which defect it is.

        Args:
            version: its number; what departs here is remembered under it.
            present: tracks that were present at the parent, with their descriptors there,
                as far as this version's evidence covers them.
            reported: what is reported of this version in the same places.
            sees: tells whether a version is this one or in its past:
                ``lambda at: topology.sees(version, at)``.
            is_elsewhere: tells of a track whether it is present, or may be, where this
                evidence does not look; none of them returns here.
            around: renamed files, and scopes that stand without a defect.
        """
        found = match(
            [descriptor for _, descriptor in present],
            reported,
            renames=around.renames,
            standing=around.standing,
            stood=around.stood,
        )
        links = {one.new: _kept(one, present) for one in found}
        standing = {track for track, _ in present}

        def left(track: int) -> int | None:
            at = self._graveyard.left(track, sees) if track not in standing else None
            return None if at is None or is_elsewhere(track) else at

        fresh = [(at, one) for at, one in enumerate(reported) if at not in links]
        for back in self._graveyard.returns(fresh, left, around.standing):
            links[back.reported] = Link(
                track=back.track,
                how=How.RETURNED,
                grade=back.grade,
                tier=back.tier,
                score=min(1.0, back.score),
                left=back.left,
            )
        for at, one in enumerate(reported):
            if at not in links:
                links[at] = Link(track=len(self._forms), how=How.NEW)
                self._begin(one)
            self._learn(links[at].track, one)
        departed = self._depart(version, present, {one.old for one in found})
        return StepResult(
            links=tuple(links[at] for at in range(len(reported))), departed=tuple(departed)
        )

    def _begin(self, form: Descriptor) -> None:
        text = fingerprint(form)
        self._forms.append({})
        self._keys.append(track_key(text, self._begun[text]))
        self._begun[text] += 1

    def _learn(self, track: int, form: Descriptor) -> None:
        forms = self._forms[track]
        if len(forms) > 1 and form.form != self.first(track).form:
            forms.pop(form.form, None)  # so that it is the newest
        forms.setdefault(form.form, form)
        if len(forms) > MOST_FORMS:
            del forms[list(forms)[1]]

    def _depart(
        self, version: int, present: Sequence[tuple[int, Descriptor]], kept: Collection[int]
    ) -> list[int]:
        gone = [(track, form) for at, (track, form) in enumerate(present) if at not in kept]
        for track, form in gone:
            self._graveyard.bury(track, version, [*self.forms(track), form])
        return [track for track, _ in gone]


def _kept(one: Match, present: Sequence[tuple[int, Descriptor]]) -> Link:
    return Link(
        track=present[one.old][0],
        how=How.KEPT,
        grade=one.grade,
        tier=one.tier,
        score=one.score,
        is_twin=one.is_twin,
    )
