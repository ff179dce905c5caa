"""What merges on side lines only bring in, put off until the next edit of the file.

A branch that takes in the main line again and again brings along all that was done there,
and its own edits touch little of it. What its other side did was looked into where it was
done; here it matters to what comes after, as the branch remembers no more than its own line.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from loopwatch.graph.edits import Step
from loopwatch.graph.file_watch import FileWatch
from loopwatch.graph.topology import NONE, Topology

IsUrgent = Callable[[bytes], bool]


class Arrival(NamedTuple):
    """A file that a merge takes from its other side as it is there."""

    merge: int  # its version
    path: int  # the number of the file's name


@dataclass(slots=True)
class Arrivals:
    """Keeps what was put off, by line and by the number that all names of a file share."""

    topology: Topology
    files: FileWatch
    _waiting: dict[int, dict[int, tuple[Arrival, ...]]] = field(default_factory=dict)
    _last: Sequence[int] = ()  # by line: the last version that remembers any of it

    def put_off(
        self, merge: int, steps: Iterable[Step], merged: frozenset[int], is_urgent: IsUrgent
    ) -> list[Step]:
        """Put off what a merge only brings in.

        Args:
            merge: its version.
            steps: what it does to each file, against its first parent.
            merged: the versions that it brings in.
            is_urgent: tells of a path that it has to be looked into anyway.

        Returns:
            The other steps.
        """
        rest: list[Step] = []
        for step in steps:
            if is_urgent(step.path) or self._is_own(merge, step, merged):
                rest.append(step)
            elif step.old and step.new:  # a file that comes or goes as a whole has no sites
                self._keep(merge, step.path)
        return rest

    def due(self, version: int, files: Iterable[int]) -> list[tuple[Arrival, int]]:
        """Return what was put off of some files and is remembered by a version, oldest first.

        It is put off no longer. With each comes the number that all names of its file share.
        """
        if not self._waiting:
            return []
        found: list[tuple[Arrival, int]] = []
        reach = self.topology.reach(version)
        for line in self._waiting.keys() & reach.keys():
            waiting, newest = self._waiting[line], min(reach[line], version - 1)
            for file in files:
                arrivals = waiting.pop(file, ())
                found.extend((one, file) for one in arrivals if one.merge <= newest)
                if later := tuple(one for one in arrivals if one.merge > newest):
                    waiting[file] = later
        return sorted(found)

    def _is_own(self, merge: int, step: Step, merged: frozenset[int]) -> bool:
        """Tell whether the side that a merge goes on with may have changed a file itself."""
        if step.path != step.old_path:
            return True
        shape, histories = self.topology, self.files.histories
        unit, states = self.files.paths.number(step.path), (step.old, step.new)
        if any(histories.went(unit, v, states, by=merged) for v in shape.other_parents[merge]):
            return False
        trunk = shape.first_parent[merge]
        if trunk == NONE:
            return False
        visit = histories.newest(unit, trunk)
        return visit is not None and visit.version != NONE

    def _keep(self, merge: int, path: bytes) -> None:
        if not self._last:
            self._last = self.topology.last_seen()
        for line in [line for line in self._waiting if self._last[line] < merge]:
            del self._waiting[line]
        waiting = self._waiting.setdefault(self.topology.line[merge], {})
        paths = self.files.paths
        file = paths.family(path)
        waiting[file] = *waiting.get(file, ()), Arrival(merge, paths.number(path))
