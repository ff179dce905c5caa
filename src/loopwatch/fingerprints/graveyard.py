"""Defects that are gone, kept so that they are known when they come back."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from loopwatch.fingerprints.assignment import Edge, assign
from loopwatch.fingerprints.descriptor import Descriptor, Key, Part
from loopwatch.fingerprints.matching import PROBABLE, SAME_BODY, Tier
from loopwatch.fingerprints.neighbours import Index
from loopwatch.fingerprints.node_ids import masked_id
from loopwatch.fingerprints.packing import resemblance
from loopwatch.fingerprints.scopes import (
    NOTHING_KNOWN,
    SOFT,
    Bags,
    Definitions,
    Place,
    kept_likeness,
)
from loopwatch.fingerprints.scoring import SAME_FUNCTION, Scorer, is_short
from loopwatch.model.defect import Grade
from loopwatch.model.evidence import DefectKind

LEAST_BODY = 32  # neighbours in a method; an ``__exit__`` that closes something has 9 to 24
LEAST = 0.70  # score of a return by similarity; stricter than from one version to the next
MOST_EQUAL = 64  # forms that are looked at under one key, the newest first
RECENT = 1e-6  # for each version: of equal ones, the one that left last comes back

Visible = Callable[[int], bool]
Left = Callable[[int], int | None]  # when a track departed; None: it has not


@dataclass(frozen=True, slots=True)
class Form:
    """One way in which a track was reported."""

    track: int
    descriptor: Descriptor


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """A defect that is back."""

    reported: int  # place among the reports
    track: int
    left: int  # the version at which it was gone
    tier: Tier
    score: float
    grade: Grade
    place: Place  # where it was
    is_here: bool  # and there it is again


class Graveyard:
    """Forms of tracks that have departed at least once, by what they can be known by."""

    def __init__(self) -> None:
        self._departures: dict[int, list[int]] = {}
        self._kept: set[tuple[int, Key]] = set()
        self._forms: list[Form] = []
        self._equal: defaultdict[Hashable, list[int]] = defaultdict(list)
        self._alike: defaultdict[Hashable, Index] = defaultdict(Index)
        self._bags = Bags()
        self._scorer = Scorer(self._bags)

    def bury(self, track: int, version: int, forms: Iterable[Descriptor]) -> None:
        """Note that a track departed at a version, and in which forms it was known."""
        self._departures.setdefault(track, []).append(version)
        for form in forms:
            key = track, form.form
            if key not in self._kept:
                self._kept.add(key)
                self._keep(track, form)

    def _keep(self, track: int, form: Descriptor) -> None:
        number = len(self._forms)
        self._forms.append(Form(track, form))
        for key in _keys(form):
            self._equal[key].append(number)
        self._alike[form.bucket].add(number, self._bags(form.alphas))

    def left(self, track: int, sees: Visible) -> int | None:
        """Return the newest version, of those that are seen, at which a track departed."""
        return next((at for at in reversed(self._departures.get(track, ())) if sees(at)), None)

    def returns(
        self,
        reported: Sequence[tuple[int, Descriptor]],
        left: Left,
        standing: Definitions = NOTHING_KNOWN,
    ) -> Iterator[Return]:
        """Yield which reports are defects that were gone, one to one.

        Args:
            reported: places and descriptors of what nothing in the version before explains.
            left: tells of a track when it departed, or None where it cannot return.
            standing: what is there; what left a place of these and appears in another one
                is not certain to be the same, and is another one where it is only alike.
        """
        waiting, back = dict(reported), set[int]()
        for tier in (Tier.EXACT, Tier.ALPHA, Tier.ANYWHERE):
            for found in list(self._tier(tier, waiting, left, back, standing)):
                back.add(found.track)
                del waiting[found.reported]
                is_elsewhere = not found.is_here and found.place in standing
                yield replace(found, grade=Grade.PROBABLE) if is_elsewhere else found

    def _tier(
        self,
        tier: Tier,
        waiting: dict[int, Descriptor],
        left: Left,
        back: set[int],
        standing: Definitions,
    ) -> Iterator[Return]:
        best: dict[tuple[int, int], Return] = {}
        for place, new in waiting.items():
            for form in self._candidates(tier, new):
                at = None if form.track in back else left(form.track)
                found = self._compare(tier, place, new, form, at) if at is not None else None
                key = place, form.track
                if found and tier is Tier.ANYWHERE and not found.is_here:
                    # Where it was stands without it: something like it elsewhere is another one.
                    found = None if found.place in standing else found
                if found and (key not in best or best[key].score < found.score):
                    best[key] = found
        edges = (
            Edge(place, track, 1.0 + found.score + RECENT * found.left)
            for (place, track), found in best.items()
        )
        yield from (best[edge.row, edge.column] for edge in assign(edges))

    def _candidates(self, tier: Tier, new: Descriptor) -> Iterator[Form]:
        if tier is Tier.ANYWHERE:
            numbers = self._alike[new.bucket].nearest(self._bags(new.alphas))
        else:
            key = _keys(new)[tier is Tier.ALPHA]
            numbers = self._equal.get(key, [])[: -MOST_EQUAL - 1 : -1]
        return (self._forms[number] for number in numbers)

    def _compare(
        self, tier: Tier, place: int, new: Descriptor, form: Form, left: int
    ) -> Return | None:
        old = form.descriptor
        bodies = self._bodies(old, new)
        is_here = old.scope.place == new.scope.place or old.scope.state == new.scope.state
        scope = SOFT * bodies
        if is_here:
            scope = kept_likeness(bodies) if old.scope.words and new.scope.words else 1.0
        if new.kind is not DefectKind.TEST and self._is_another(tier, old, new, bodies):
            return None
        likeness = self._scorer.compare(old, new, lambda _old, _new: scope)
        grade = Grade.CERTAIN
        if tier is Tier.ANYWHERE:
            if likeness.score < LEAST:
                return None
            grade = Grade.PROBABLE if likeness.score >= PROBABLE else Grade.WEAK
        elif not (is_here or bodies >= SAME_BODY or new.kind is DefectKind.TEST):
            return None
        elif self._is_common(old, new):
            grade = Grade.PROBABLE
        score = likeness.score + (old.ordinal == new.ordinal and is_here)
        return Return(
            reported=place,
            track=form.track,
            left=left,
            tier=tier,
            score=score,
            grade=grade,
            place=old.scope.place,
            is_here=old.scope.place == new.scope.place,
        )

    def _is_another(self, tier: Tier, old: Descriptor, new: Descriptor, bodies: float) -> bool:
        """Tell whether what stands here now is like the old one by chance."""
        if self._scorer.is_replaced(old, new, bodies, is_back=True):
            return True
        if tier is Tier.ANYWHERE:
            if old.part is Part.HEADER and self._scorer.topic(old) != self._scorer.topic(new):
                return True  # a header has many words: of which it is said decides
            if old.scope.place != new.scope.place and is_short(old):
                return bodies < SAME_FUNCTION
        return tier is Tier.ALPHA and self._scorer.is_contradicted(old, new)

    def _is_common(self, old: Descriptor, new: Descriptor) -> bool:
        """Tell whether it is a small method under the same name elsewhere, as many classes have."""
        if old.scope.place == new.scope.place or old.kind is DefectKind.TEST:
            return False
        own, other = (one.scope.name.rpartition(".")[2] for one in (old, new))
        return bool(own) and own == other and len(self._bags(old.scope.body)) < LEAST_BODY

    def _bodies(self, old: Descriptor, new: Descriptor) -> float:
        one, other = old.scope.body, new.scope.body
        if not one or not other:
            return 0.0
        return 1.0 if one == other else resemblance(self._bags(one), self._bags(other))


def _keys(form: Descriptor) -> tuple[Hashable, Hashable]:
    """Return what is equal when a defect is back as it was, and up to the names of locals."""
    if form.kind is DefectKind.TEST:
        return (form.bucket, form.subject), (form.bucket, masked_id(form.subject), "masked")
    exact = form.bucket, form.exact, form.anchor
    return exact, (form.bucket, form.alpha, form.anchor, "alpha")
