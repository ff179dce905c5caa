"""Which scope of one version is which of another: by place, by name, then by what it holds."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from loopwatch.fingerprints.assignment import Edge, greedy
from loopwatch.fingerprints.descriptor import ScopeForm
from loopwatch.fingerprints.neighbours import candidate_pairs
from loopwatch.fingerprints.packing import Bag, bag, resemblance

MOST_NEW = 64  # functions of one class that are tried for one that has gone

Place: TypeAlias = tuple[str, str]  # path and qualified name

SAME_NAME = 0.30  # body similarity of a scope that moved under its name
OTHER_NAME = 0.65  # ... of one that was renamed; both measured in the research note, section 3
SAME_OUTER = 0.30  # ... of one that is new, where one has gone from the same class or file
FOREIGN = 0.35  # below that, what stands under a name may have been replaced
SOFT = 0.9  # of the similarity, where two scopes are not one and the same
COPY = 0.75  # ... of two with one before: more than a part can have, where each has taken one


class FileScopes(Protocol):
    """What one file of one version defines; ``descriptors.FileDescriber`` is one."""

    def defines(self, name: str) -> bool:
        """Tell whether there is a definition of that qualified name; "" is the file."""

    def scope(self, name: str) -> ScopeForm | None:
        """Return it; None if it is not there."""


@dataclass(frozen=True, slots=True)
class Definitions:
    """What stands in the files of one version, with a defect in it or not."""

    file: Callable[[str], FileScopes | None]  # by path, read when somebody asks

    def __contains__(self, place: Place) -> bool:
        file = self.file(place[0])
        return file is not None and file.defines(place[1])

    def scope(self, place: Place) -> ScopeForm | None:
        """Return what stands at a place."""
        file = self.file(place[0])
        return file.scope(place[1]) if file is not None else None


def _no_file(_path: str) -> None:
    """Tell of no file what it defines."""


NOTHING_KNOWN = Definitions(_no_file)


class Bags:
    """Opens packed bags, each once."""

    def __init__(self) -> None:
        self._open: dict[bytes, Bag] = {}

    def __call__(self, packed: bytes) -> Bag:
        found = self._open.get(packed)
        if found is None:
            found = self._open[packed] = bag(packed)
        return found


class ScopeMap:
    """Scopes of an old and of a new version, paired one to one."""

    def __init__(
        self,
        olds: Iterable[ScopeForm],
        news: Iterable[ScopeForm],
        renames: Mapping[str, str] | None = None,
        standing: Definitions = NOTHING_KNOWN,
        stood: Definitions = NOTHING_KNOWN,
        bags: Bags | None = None,
    ) -> None:
        """Pair the scopes.

        Args:
            olds: of the old version; those in which there is something to follow.
            news: of the new version.
            renames: paths of files that were renamed, old to new.
            standing: what is there in the new version, also without anything to follow:
                what stands there has not become something else.
            stood: what was there in the old version, by its new paths.
            bags: shared with others, to save time.
        """
        self._renames = renames or {}
        self._standing, self._stood = standing, stood
        self._bags = bags or Bags()
        self._soft: dict[tuple[bytes, bytes], float] = {}
        self.new_of: dict[Place, ScopeForm] = {}
        self.score_of: dict[Place, float] = {}
        old_at = {self.place(scope): scope for scope in olds}
        new_at = {scope.place: scope for scope in news}
        self._pair_overloads(old_at, new_at)
        for place in [place for place in old_at if place in new_at]:
            self._link(old_at.pop(place), new_at.pop(place), 1.0)
        if not old_at or not new_at:
            return  # and nobody has to know what stands where
        left = [scope for place, scope in sorted(old_at.items()) if place not in standing]
        come = [scope for place, scope in sorted(new_at.items()) if place not in stood]
        self._pair(_same_names(left, come), SAME_NAME)
        self._pair(self._candidates(left, come), OTHER_NAME)
        if NOTHING_KNOWN not in (standing, stood):
            self._pair(self._same_outers(left, come), SAME_OUTER)

    def place(self, old: ScopeForm) -> Place:
        """Return where an old scope would be if nothing had happened to it."""
        return self._renames.get(old.path, old.path), old.name

    def now(self, old: ScopeForm) -> Place:
        """Return the place in the new version of an old scope."""
        new = self.new_of.get(old.place)
        return new.place if new is not None else self.place(old)

    def is_still_there(self, old: ScopeForm) -> bool:
        """Tell whether an old scope is known to stand where it stood."""
        return self.place(old) in self._standing

    def is_copied(self, old: ScopeForm, new: ScopeForm) -> bool:
        """Tell whether an old scope stands where it stood, and a new one is a copy of it.

        Of code that was moved out of a function, or a file, only one of the two has it.
        """
        if new.place in self._stood or self.bodies(old, new) < COPY:
            return False
        now = self._standing.scope(self.place(old))
        return now is not None and now.place != new.place and self.bodies(old, now) >= COPY

    def likeness(self, old: ScopeForm, new: ScopeForm) -> float:
        """Return how likely it is that two scopes are one, 0 to 1."""
        if self.now(old) != new.place:
            return SOFT * self.bodies(old, new)
        return kept_likeness(self.bodies(old, new)) if old.words and new.words else 1.0

    def bodies(self, old: ScopeForm, new: ScopeForm) -> float:
        """Return how alike is what two scopes hold, 0 to 1."""
        if old.body and old.body == new.body:
            return 1.0
        key = old.body, new.body
        found = self._soft.get(key)
        if found is None:
            is_known = bool(old.body and new.body)
            found = resemblance(self._bags(old.body), self._bags(new.body)) if is_known else 0.0
            self._soft[key] = found
        return found

    def _link(self, old: ScopeForm, new: ScopeForm, score: float) -> None:
        self.new_of[old.place] = new
        self.score_of[old.place] = score

    def _pair(self, pairs: Iterable[tuple[ScopeForm, ScopeForm]], least: float) -> None:
        """Pair the most alike first, down to a least similarity."""
        taken = {scope.place for scope in self.new_of.values()}
        every = [pair for pair in pairs if pair[0].place not in self.new_of]
        every = [pair for pair in every if pair[1].place not in taken]
        olds = list(dict.fromkeys(old for old, _ in every))
        news = list(dict.fromkeys(new for _, new in every))
        old_at = {scope: number for number, scope in enumerate(olds)}
        new_at = {scope: number for number, scope in enumerate(news)}
        edges = (Edge(old_at[old], new_at[new], self.bodies(old, new)) for old, new in every)
        for edge in greedy(edge for edge in edges if edge.worth >= least):
            self._link(olds[edge.row], news[edge.column], edge.worth)

    def _pair_overloads(
        self, old_at: dict[Place, ScopeForm], new_at: dict[Place, ScopeForm]
    ) -> None:
        """Pair those of one name, of which there are several, by their bytes before their order."""
        several = {_base(place) for place in (*old_at, *new_at) if "#" in place[1]}
        by_state = {
            (_base(place), scope.state): place
            for place, scope in new_at.items()
            if _base(place) in several
        }
        for place, scope in list(old_at.items()):
            found = by_state.pop((_base(place), scope.state), None)
            if found is not None:
                self._link(old_at.pop(place), new_at.pop(found), 1.0)

    def _same_outers(
        self, olds: Iterable[ScopeForm], news: Iterable[ScopeForm]
    ) -> Iterator[tuple[ScopeForm, ScopeForm]]:
        """Yield what has gone with what is new, in the same class or file."""
        come: defaultdict[Place, list[ScopeForm]] = defaultdict(list)
        for new in news:
            come[new.path, new.name.rpartition(".")[0]].append(new)
        for old in olds:
            path, name = self.place(old)
            for new in come.get((path, name.rpartition(".")[0]), ())[:MOST_NEW]:
                if name and new.name:
                    yield old, new

    def _candidates(
        self, olds: list[ScopeForm], news: list[ScopeForm]
    ) -> Iterator[tuple[ScopeForm, ScopeForm]]:
        old_bags = [self._bags(scope.body) for scope in olds]
        new_bags = [self._bags(scope.body) for scope in news]
        for old, new in candidate_pairs(old_bags, new_bags):
            if bool(olds[old].name) == bool(news[new].name):
                yield olds[old], news[new]


def kept_likeness(bodies: float) -> float:
    """Return how likely it is that what stands under a name is what stood under it."""
    return 1.0 if bodies >= FOREIGN else 0.5 + 0.5 * bodies / FOREIGN


def _base(place: Place) -> Place:
    return place[0], place[1].partition("#")[0]


def _same_names(
    olds: Iterable[ScopeForm], news: Iterable[ScopeForm]
) -> Iterator[tuple[ScopeForm, ScopeForm]]:
    """Yield the scopes that bear the same name in different places."""
    named: defaultdict[str, list[ScopeForm]] = defaultdict(list)
    for new in news:
        named[new.name].append(new)
    for old in olds:
        yield from ((old, new) for new in named.get(old.name, ()) if old.name)
