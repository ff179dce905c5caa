"""Which of many bags could be alike, without comparing each with each.

Bags that share a rare member are candidates. Members that many bags have say little and
are not looked up, unless nothing rarer is known of a bag.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from loopwatch.fingerprints.packing import Bag

FEW = 256  # pairs; so many are all looked at
COMMON = 24  # bags; a member that more of them have is not looked up
MOST_CANDIDATES = 12  # for each bag
RAREST = 3  # members of a bag that are looked up however common they are
MOST_SHARING = 64  # bags that are looked at for one common member


class Index:
    """Bags that can be asked for by what they share with another one."""

    def __init__(self) -> None:
        self._holders: defaultdict[int, list[int]] = defaultdict(list)

    def add(self, number: int, bag: Bag) -> None:
        """Keep a bag under a number."""
        for member in bag:
            self._holders[member].append(number)

    def nearest(self, bag: Bag, most: int = MOST_CANDIDATES) -> list[int]:
        """Return the numbers of the bags that share most with one, the best first."""
        holders = self._holders
        known = sorted([(len(holders[member]), member) for member in bag if member in holders])
        shared: Counter[int] = Counter()
        for place, (count, member) in enumerate(known):
            if count > COMMON and place >= RAREST:
                break
            shared.update(holders[member][-MOST_SHARING:])
        return [number for number, _ in shared.most_common(most)]


def candidate_pairs(olds: Sequence[Bag], news: Sequence[Bag]) -> Iterator[tuple[int, int]]:
    """Yield the pairs, old and new, that are worth a closer look."""
    if len(olds) * len(news) <= FEW:
        yield from ((old, new) for new in range(len(news)) for old in range(len(olds)))
        return
    index = Index()
    for number, bag in enumerate(olds):
        index.add(number, bag)
    for new, bag in enumerate(news):
        yield from ((old, new) for old in index.nearest(bag))
