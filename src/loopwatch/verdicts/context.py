"""What a verdict may ask of the versions around a return."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from loopwatch.diffing.fragments import Mark
from loopwatch.diffing.languages import is_code
from loopwatch.diffing.memo import Memo
from loopwatch.graph.before_range import is_before, number_before
from loopwatch.graph.topology import Topology
from loopwatch.model.options import Options
from loopwatch.model.version import Version
from loopwatch.verdicts.changes import Halves, ReadHalves
from loopwatch.verdicts.intent import Intent, read_intent
from loopwatch.verdicts.quiet import quiet_reason

HOUR = 3600  # seconds
KEPT = 1000  # versions, at least; a return asks mostly for versions not long ago


def _no_reason(path: bytes) -> str | None:  # noqa: ARG001
    return None


def _same_place(hunks: Sequence[int]) -> bool:  # noqa: ARG001
    return True


def _not_anew(path: bytes, earlier: int, later: int) -> bool:  # noqa: ARG001
    return False


def _is_marked(hunk: int) -> bool:  # noqa: ARG001
    return False


def _no_marks(hunk: int) -> Mark:  # noqa: ARG001
    return Mark.NOTHING


def _no_halves(hunk: int) -> Halves | None:  # noqa: ARG001
    return None


@dataclass(slots=True)
class Context:
    """Versions by number, with their intents; the recent ones are kept."""

    topology: Topology
    version: Callable[[int], Version]
    parent: Callable[[int], str | None]  # id of the version that a version comes from
    options: Options
    _versions: Memo[int, Version] = field(default_factory=lambda: Memo(KEPT))
    _numbers: dict[str, int] = field(default_factory=dict)  # by id: of versions that were named
    is_same_place: Callable[[Sequence[int]], bool] = _same_place  # of a site's hunks
    is_written_anew: Callable[[bytes, int, int], bool] = _not_anew  # path, two versions: as there
    is_late_move: Callable[[int], bool] = _is_marked  # of a hunk that bears no mark of it
    marks: Callable[[int], Mark] = _no_marks  # what makes a hunk mean less
    halves: ReadHalves = _no_halves  # what a hunk changed; None if that cannot be told any longer
    quiet_by_content: Callable[[bytes], str | None] = _no_reason  # header, attributes
    _quiet: dict[bytes, str | None] = field(default_factory=dict)
    _code: dict[bytes, bool] = field(default_factory=dict)
    _intents: Memo[int, Intent] = field(default_factory=lambda: Memo(KEPT))

    def at(self, number: int) -> Version:
        """Return the version of that number."""
        version = self._versions.get(number)
        if version is None:
            version = self.version(number)
            self._versions.put(number, version)
        return version

    def name(self, number: int) -> str:
        """Return the id of the version of that number, which may lie before the range."""
        if is_before(number):
            return self.parent(number_before(number)) or ""
        name = self.at(number).id
        self._numbers[name] = number
        return name

    def number(self, version_id: str) -> int:
        """Return the number of a version that was named before."""
        return self._numbers[version_id]

    def named(self, version_ids: Iterable[str]) -> list[Version]:
        """Return the versions of the range among those with these ids, oldest first."""
        numbers = (self._numbers.get(one) for one in version_ids)
        return [self.at(number) for number in sorted(n for n in numbers if n is not None)]

    def intent(self, number: int) -> Intent:
        """Return what a version means to do."""
        intent = self._intents.get(number)
        if intent is None:
            options = self.options
            intent = read_intent(self.at(number), options.fix_patterns, options.revert_patterns)
            self._intents.put(number, intent)
        return intent

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
