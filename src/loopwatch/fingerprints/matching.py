"""Which defect of one version is which of the next: exact first, then alike, one to one.

Tiers, each over what the ones before have left; rules of one family only:

1. same scope, same statement, same token of it;
2. ... with local names replaced by numbers;
3. same scope, statements alike;
4. same scope, and the same is said of what the scope has once: its header, a name;
5. any scope, statements alike: moved, extracted, renamed.

Scopes are resolved first (``scopes``). Within a tier the best sum of scores decides.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from loopwatch.fingerprints.assignment import LARGEST, Edge, assign
from loopwatch.fingerprints.descriptor import Descriptor, Part
from loopwatch.fingerprints.neighbours import candidate_pairs
from loopwatch.fingerprints.node_ids import masked_id
from loopwatch.fingerprints.scopes import NOTHING_KNOWN, Bags, Definitions, Place, ScopeMap
from loopwatch.fingerprints.scoring import Likeness, Scorer
from loopwatch.model.defect import Grade
from loopwatch.model.evidence import DefectKind

LEAST = 0.62  # score of a match by similarity
PROBABLE = 0.75
CERTAIN = 0.85
ALPHA_LEAST = 0.50  # score where only the names of locals differ
SAME_BODY = 0.85  # of two scopes, where a defect that moved is certain to be the same
ORDER = 1e-4  # taken off for each rank that two twins are apart


class Tier(IntEnum):
    """By what two reports were matched."""

    EXACT = 1
    ALPHA = 2
    SCOPED = 3
    TOPIC = 4
    ANYWHERE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One defect in two versions."""

    old: int  # place in what was given
    new: int
    tier: Tier
    score: float  # 0 to 1
    grade: Grade
    is_twin: bool = False  # one of several that are equal: which of them is not certain


def match(
    olds: Sequence[Descriptor],
    news: Sequence[Descriptor],
    *,
    renames: Mapping[str, str] | None = None,
    standing: Definitions = NOTHING_KNOWN,
    stood: Definitions = NOTHING_KNOWN,
) -> tuple[Match, ...]:
    """Match the defects of two versions, one to one.

    Args:
        olds: of the version before, from the files that were looked at in both.
        news: of the version after.
        renames: paths of files that were renamed, old to new.
        standing: what is there in the new version, also where no defect is: what still
            stands was not renamed.
        stood: what was there in the old version, by its new paths.

    Returns:
        Matches in order of ``olds``. What is left of ``olds`` is removed, what is left
        of ``news`` introduced, unless it was there longer ago (``tracks``).
    """
    if not olds or not news:
        return ()  # and nobody has to know what stands where
    matcher = _Matcher(olds, news, renames or {}, standing, stood)
    return tuple(sorted(matcher.run(), key=lambda found: found.old))


class _Matcher:
    def __init__(
        self,
        olds: Sequence[Descriptor],
        news: Sequence[Descriptor],
        renames: Mapping[str, str],
        standing: Definitions,
        stood: Definitions,
    ) -> None:
        self.olds, self.news = olds, news
        self.free_olds, self.free_news = set(range(len(olds))), set(range(len(news)))
        self.renames = renames
        bags = Bags()
        self.scorer = Scorer(bags)
        old_scopes = dict.fromkeys(old.scope for old in olds)
        new_scopes = dict.fromkeys(new.scope for new in news)
        self.scopes = ScopeMap(old_scopes, new_scopes, renames, standing, stood, bags)
        self.bags = bags

    def run(self) -> Iterator[Match]:
        """Yield the matches of each tier in turn."""
        yield from self._equal(Tier.EXACT, self._old_exact, _new_exact)
        yield from self._equal(Tier.ALPHA, self._old_alpha, _new_alpha)
        yield from self._similar(Tier.SCOPED, self._old_scope, _new_scope)
        yield from self._same_topic()
        yield from self._similar(Tier.ANYWHERE, _bucket, _bucket)

    # What has to be equal in each tier.

    def _old_exact(self, old: Descriptor) -> Hashable:
        if old.kind is DefectKind.TEST:
            return old.bucket, old.subject
        return old.bucket, self.scopes.now(old.scope), old.exact, old.anchor

    def _old_alpha(self, old: Descriptor) -> Hashable:
        if old.kind is DefectKind.TEST:
            return old.bucket, masked_id(old.subject)
        return old.bucket, self.scopes.now(old.scope), old.alpha, old.anchor

    def _old_scope(self, old: Descriptor) -> Hashable:
        return old.bucket, self.scopes.now(old.scope)

    # Equal ones.

    def _equal(self, tier: Tier, old_key: "_KeyOf", new_key: "_KeyOf") -> Iterator[Match]:
        for olds, news in self._groups(old_key, new_key):
            is_twin = len(olds) > 1 or len(news) > 1
            for old, new in list(self._pairs_of_twins(olds, news)):
                score = self._equal_score(tier, old, new)
                if score >= ALPHA_LEAST:
                    yield self._take(old, new, tier, score, Grade.CERTAIN, is_twin)

    def _equal_score(self, tier: Tier, old: int, new: int) -> float:
        one, other = self.olds[old], self.news[new]
        if one.kind is DefectKind.TEST:
            return 1.0  # its name is its identity, also when it is rewritten
        if self._is_replaced(one, other):
            return 0.0
        if tier is Tier.EXACT:
            return 1.0
        return 0.0 if self.scorer.is_contradicted(one, other) else self._likeness(old, new).score

    def _is_replaced(self, old: Descriptor, new: Descriptor) -> bool:
        """Tell whether a function has kept its name, and nothing else."""
        bodies = self.scopes.bodies(old.scope, new.scope)
        return self.scorer.is_replaced(old, new, bodies)

    def _pairs_of_twins(
        self, olds: Sequence[int], news: Sequence[int]
    ) -> Iterator[tuple[int, int]]:
        """Pair twins in order; where some are gone or new, by what stands around them."""
        said = {(one.message, one.names) for one in self._all(olds, news)}
        is_even = len(olds) == len(news) and len(said) == 1
        if is_even or max(len(olds), len(news)) > LARGEST:
            yield from zip(olds, news, strict=False)
            return
        edges = []
        for row, old in enumerate(olds):
            for column, new in enumerate(news):
                around = self.scorer.twins(self.olds[old], self.news[new])
                edges.append(Edge(row, column, 1.0 + around - ORDER * abs(row - column)))
        yield from ((olds[edge.row], news[edge.column]) for edge in assign(edges))

    def _all(self, olds: Sequence[int], news: Sequence[int]) -> Iterator[Descriptor]:
        yield from (self.olds[old] for old in olds)
        yield from (self.news[new] for new in news)

    # Worded anew.

    def _same_topic(self) -> Iterator[Match]:
        """Yield what is said once more of one thing, whatever became of its statement."""
        for olds, news in self._groups(self._old_topic, self._new_topic):
            if len(olds) != len(news):
                continue
            for old, new in zip(olds, news, strict=True):
                one, other = self.olds[old], self.news[new]
                is_inside = one.part in (Part.NONE, Part.DOCUMENT)
                if is_inside and self._is_replaced(one, other):
                    continue
                grade = Grade.PROBABLE if one.part else Grade.WEAK
                score = self._likeness(old, new).score
                yield self._take(old, new, Tier.TOPIC, score, grade, is_twin=len(olds) > 1)

    def _old_topic(self, old: Descriptor) -> Hashable:
        return self._topic(old, self.scopes.now(old.scope))

    def _new_topic(self, new: Descriptor) -> Hashable:
        return self._topic(new, new.scope.place)

    def _topic(self, one: Descriptor, place: Place) -> Hashable:
        found = self.scorer.topic(one)
        if found is None:
            return None
        return one.bucket, place[0] if one.part is Part.FILE else place, found

    # Similar ones.

    def _similar(self, tier: Tier, old_key: "_KeyOf", new_key: "_KeyOf") -> Iterator[Match]:
        for olds, news in self._groups(old_key, new_key):
            known: dict[tuple[int, int], Likeness] = {}
            edges = []
            for row, column in self._candidates(olds, news):
                if tier is Tier.ANYWHERE and self._is_copied(olds[row], news[column]):
                    continue
                likeness = self._likeness(olds[row], news[column])
                if likeness.score >= LEAST and not self._is_replaced(
                    self.olds[olds[row]], self.news[news[column]]
                ):
                    known[row, column] = likeness
                    worth = likeness.score - ORDER * abs(row - column)
                    edges.append(Edge(row, column, max(worth, ORDER)))
            for row, column, _ in assign(edges):
                old, new, likeness = olds[row], news[column], known[row, column]
                grade = self._grade(tier, old, new, likeness)
                yield self._take(old, new, tier, likeness.score, grade, is_twin=False)

    def _candidates(self, olds: Sequence[int], news: Sequence[int]) -> Iterator[tuple[int, int]]:
        old_bags = [self.bags(self.olds[old].alphas) for old in olds]
        new_bags = [self.bags(self.news[new].alphas) for new in news]
        return candidate_pairs(old_bags, new_bags)

    def _is_copied(self, old: int, new: int) -> bool:
        """Tell whether a defect was mended where it stood, and is in a copy of its function."""
        return self.scopes.is_copied(self.olds[old].scope, self.news[new].scope)

    def _likeness(self, old: int, new: int) -> Likeness:
        one, other = self.olds[old], self.news[new]
        return self.scorer.compare(one, other, self.scopes.likeness)

    def _grade(self, tier: Tier, old: int, new: int, likeness: Likeness) -> Grade:
        if likeness.score < PROBABLE:
            return Grade.WEAK
        one, other = self.olds[old], self.news[new]
        if likeness.is_other_subject or likeness.score < CERTAIN:
            return Grade.PROBABLE
        if tier is Tier.SCOPED:
            return Grade.CERTAIN
        if self.scopes.is_still_there(one.scope):
            return Grade.PROBABLE  # mended there, and made again here, for all one knows
        is_same_file = self.renames.get(one.scope.path) == other.scope.path
        is_sure = is_same_file or self.scopes.bodies(one.scope, other.scope) >= SAME_BODY
        return Grade.CERTAIN if is_sure and one.alpha == other.alpha else Grade.PROBABLE

    # Bookkeeping.

    def _groups(
        self, old_key: "_KeyOf", new_key: "_KeyOf"
    ) -> Iterator[tuple[list[int], list[int]]]:
        """Yield what is free on both sides under equal keys, in the order given; None is no key."""
        if not self.free_olds or not self.free_news:
            return
        groups: defaultdict[Hashable, tuple[list[int], list[int]]]
        groups = defaultdict(lambda: ([], []))
        for old in sorted(self.free_olds):
            groups[old_key(self.olds[old])][0].append(old)
        for new in sorted(self.free_news):
            groups[new_key(self.news[new])][1].append(new)
        groups.pop(None, None)
        yield from [(olds, news) for olds, news in groups.values() if olds and news]

    def _take(
        self, old: int, new: int, tier: Tier, score: float, grade: Grade, is_twin: bool
    ) -> Match:
        self.free_olds.remove(old)
        self.free_news.remove(new)
        return Match(old=old, new=new, tier=tier, score=score, grade=grade, is_twin=is_twin)


_KeyOf = Callable[[Descriptor], Hashable]


def _new_exact(new: Descriptor) -> Hashable:
    if new.kind is DefectKind.TEST:
        return new.bucket, new.subject
    return new.bucket, new.scope.place, new.exact, new.anchor


def _new_alpha(new: Descriptor) -> Hashable:
    if new.kind is DefectKind.TEST:
        return new.bucket, masked_id(new.subject)
    return new.bucket, new.scope.place, new.alpha, new.anchor


def _new_scope(new: Descriptor) -> Hashable:
    return new.bucket, new.scope.place


def _bucket(one: Descriptor) -> Hashable:
    return one.bucket
