"""What a verdict may ask of the versions around a return."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from loopwatch.diffing.languages import is_code
from loopwatch.graph.topology import Topology
from loopwatch.model.options import Options
from loopwatch.model.version import Version
from loopwatch.verdicts.intent import Intent, read_intent
from loopwatch.verdicts.quiet import quiet_reason

HOUR = 3600  # seconds


def _no_reason(path: bytes) -> str | None:  # noqa: ARG001
    return None


@dataclass(slots=True)
class Context:
    """Versions by number, with their intents, read once."""

    topology: Topology
    version: Callable[[int], Version]
    parent: Callable[[int], str | None]  # id of the version that a version comes from
    options: Options
    _versions: dict[int, Version] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)  # by id
    quiet_by_content: Callable[[bytes], str | None] = _no_reason  # header, attributes
    _quiet: dict[bytes, str | None] = field(default_factory=dict)
    _code: dict[bytes, bool] = field(default_factory=dict)
    _intents: dict[int, Intent] = field(default_factory=dict)

    def at(self, number: int) -> Version:
        """Return the version of that number."""
        if number not in self._versions:
            version = self._versions[number] = self.version(number)
            self._numbers[version.id] = number
        return self._versions[number]

    def known(self) -> Iterator[Version]:
        """Yield the versions that were asked for, oldest first."""
        return (self._versions[number] for number in sorted(self._versions))

    def number(self, version_id: str) -> int:
        """Return the number of a version that was asked for before."""
        return self._numbers[version_id]

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

    def quiet_reason(self, path: bytes) -> str | None:
        """Return why a path never rises above a note, or None."""
        if path not in self._quiet:
            name = path.decode("utf-8", "surrogateescape")
            reason = quiet_reason(name, self.options.quiet) or self.quiet_by_content(path)
            self._quiet[path] = reason
        return self._quiet[path]

    def is_open_question(self, path: bytes) -> bool:
        """Tell whether it is unknown yet why a path is quiet, and its name does not say so."""
        name = path.decode("utf-8", "surrogateescape")
        return path not in self._quiet and quiet_reason(name, self.options.quiet) is None

    def is_code(self, path: bytes) -> bool:
        """Tell whether a path is a file in a programming language."""
        if path not in self._code:
            self._code[path] = is_code(path.decode("utf-8", "surrogateescape"))
        return self._code[path]
