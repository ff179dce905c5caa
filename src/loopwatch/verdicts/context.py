"""What a verdict may ask of the versions around a return."""

from collections.abc import Callable
from dataclasses import dataclass, field

from loopwatch.graph.topology import Topology
from loopwatch.model.options import Options
from loopwatch.model.version import Version
from loopwatch.verdicts.intent import Intent, read_intent

HOUR = 3600  # seconds


@dataclass(slots=True)
class Context:
    """Versions by number, with their intents, read once."""

    topology: Topology
    version: Callable[[int], Version]
    options: Options
    _versions: dict[int, Version] = field(default_factory=dict)
    _intents: dict[int, Intent] = field(default_factory=dict)

    def at(self, number: int) -> Version:
        """Return the version of that number."""
        if number not in self._versions:
            self._versions[number] = self.version(number)
        return self._versions[number]

    def intent(self, number: int) -> Intent:
        """Return what a version means to do."""
        if number not in self._intents:
            options = self.options
            self._intents[number] = read_intent(
                self.at(number), options.fix_patterns, options.revert_patterns
            )
        return self._intents[number]

    def hours(self, earlier: int, later: int) -> float:
        """Return the time between two versions: the larger of author's and committer's."""
        a, b = self.at(earlier), self.at(later)
        return max(abs(b.authored - a.authored), abs(b.committed - a.committed)) / HOUR

    def edits(self, earlier: int, later: int) -> int:
        """Return how many first-parent steps lie between two versions."""
        return self.topology.depth[later] - self.topology.depth[earlier]
