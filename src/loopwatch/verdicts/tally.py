"""Counts what a run was asked about: all versions, or those that a check is about."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from loopwatch.graph.contents import name
from loopwatch.graph.topology import NONE, Topology
from loopwatch.model.history import Change, History
from loopwatch.model.version import Trajectory


@dataclass(slots=True)
class Tally:
    """The versions that are asked about, and how much they changed."""

    topology: Topology
    asked: Collection[int] | None = None  # None: all of them
    edits: int = 0  # that change something
    mechanical: int = 0  # returns that mean nothing
    _paths: set[str] = field(default_factory=set)  # that changed, if not all versions are asked

    def __contains__(self, version: int) -> bool:
        return self.asked is None or version in self.asked

    def take(self, version: int, changes: Sequence[Change]) -> None:
        """Take in what a version changed."""
        if self.asked is None:
            self.edits += bool(changes)
        elif version in self.asked:
            self.edits += bool(changes)
            self._paths.update(name(path) for path, _, _ in changes)

    def count_mechanical(self, version: int, number: int) -> None:
        """Take in how many returns of a version mean nothing."""
        self.mechanical += number if version in self else 0

    def has_path(self, path: str | None) -> bool:
        """Tell whether a version that is asked about changed a file."""
        return self.asked is None or path is None or path in self._paths

    @property
    def versions(self) -> int:
        """How many states there are: edits, and what they start from, roots or one before all."""
        outside, trunk = self.topology.outside, self.topology.first_parent
        asked = self._versions()
        roots = sum(trunk[version] == NONE and version not in outside for version in asked)
        if self.asked is None:
            return self.edits + roots + bool(outside)
        before = ((version, trunk[version]) for version in asked)
        has_start = any(v in outside if p == NONE else p not in self for v, p in before)
        return self.edits + roots + has_start

    def trajectories(
        self, history: History, line_name: Callable[[int], str]
    ) -> Iterator[Trajectory]:
        """Yield the lines of work, the main line first.

        Args:
            history: the versions.
            line_name: returns the name of a line by its number.
        """
        asked, line = self._versions(), self.topology.line
        last = {line[version]: version for version in asked}
        first = {line[version]: version for version in reversed(asked)}
        agents = self._agents(history.agents())
        for own, count in sorted(Counter(line[version] for version in asked).items()):
            yield Trajectory(
                id=line_name(own),
                versions=count,
                start=history.parent(first[own]),
                end=history.id(last[own]),
                agent=_most_frequent(agents.get(own)),
            )

    def _versions(self) -> Sequence[int]:
        return range(len(self.topology)) if self.asked is None else sorted(self.asked)

    def _agents(self, told: Mapping[int, str]) -> dict[int, Counter[str]]:
        """Return how often each agent made a version, by line."""
        agents: dict[int, Counter[str]] = {}
        for version, agent in told.items():
            if version in self:
                agents.setdefault(self.topology.line[version], Counter())[agent] += 1
        return agents


def _most_frequent(agents: Counter[str] | None) -> str | None:
    return max(agents, key=lambda agent: (agents[agent], agent)) if agents else None
