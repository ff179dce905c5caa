"""What merges on side lines only bring in, put off until the next edit of the file.

A branch that takes in the main line again and again brings along all that was done there,
and its own edits touch little of it. What its other side did was looked into where it was
done; here it matters to what comes after, as the branch remembers no more than its own line.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from loopwatch.graph.edits import Step
from loopwatch.graph.file_watch import FileWatch
from loopwatch.graph.returns import Visit
from loopwatch.graph.topology import NONE, Topology
from loopwatch.graph.tracks import ABSENT

IsUrgent = Callable[[bytes], bool]


class Arrival(NamedTuple):
    """What a merge did to a file that its own line had not changed, or not alone."""

    merge: int  # its version
    path: int  # the number of the file's name


@dataclass(slots=True)
class Arrivals:
    """Keeps what was put off, by line and by the number that all names of a file share."""

    topology: Topology
    files: FileWatch
    is_in_conflict: Callable[[bytes], bool]  # does a content, by its id, hold one unresolved?
    changed: dict[int, array[int]] = field(default_factory=dict)  # paths, by merges put off
    _waiting: dict[int, dict[int, list[Arrival]]] = field(default_factory=dict)
    _last: Sequence[int] = ()  # by line: the last version that remembers any of it

    def put_off(
        self, merge: int, steps: Sequence[Step], merged: frozenset[int], is_urgent: IsUrgent
    ) -> Sequence[Step]:
        """Put off what a merge only brings in.

        Args:
            merge: its version.
            steps: what it does to each file, against its first parent.
            merged: the versions that it brings in.
            is_urgent: tells of a path that it has to be looked into anyway.

        Returns:
            The other steps.
        """
        rest = [s for s in steps if is_urgent(s.path) or self._is_own(merge, s, merged)]
        if len(rest) == len(steps):
            return steps
        self._forget_lines_before(merge)
        waiting = self._waiting.setdefault(self.topology.line[merge], {})
        paths, left = self.files.paths, {step.path for step in rest}
        self.changed[merge] = array("i", (paths.number(step.path) for step in steps))
        for step in steps:
            if step.path not in left and step.old and step.new:  # what comes or goes has no sites
                arrival = Arrival(merge, paths.number(step.path))
                waiting.setdefault(paths.family(step.path), []).append(arrival)
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
                arrivals = waiting.pop(file, [])
                found.extend((one, file) for one in arrivals if one.merge <= newest)
                if later := [one for one in arrivals if one.merge > newest]:
                    waiting[file] = later
        return sorted(found)

    def _is_own(self, merge: int, step: Step, merged: frozenset[int]) -> bool:
        """Tell whether the line that a merge goes on with may have a part in a file.

        It has none where ``merged`` alone took the file to what it is in the merge, or where
        the line has not changed it in the range, nor the merge itself.
        """
        if step.path != step.old_path:
            return True
        shape, histories = self.topology, self.files.histories
        unit, states = self.files.paths.number(step.path), (step.old, step.new)
        others = shape.other_parents[merge]
        if any(histories.went(unit, other, states, by=merged) for other in others):
            return False
        trunk = shape.first_parent[merge]
        if trunk != NONE and _is_known(histories.newest(unit, trunk)):
            return True
        there = [visit for other in others if (visit := histories.newest(unit, other)) is not None]
        if there:
            return all(visit.state != (step.new or ABSENT) for visit in there)
        # It came from before the range, and what merges write themselves is mostly a conflict.
        return step.new is not None and self.is_in_conflict(step.new)

    def _forget_lines_before(self, merge: int) -> None:
        """Forget what no version remembers any more."""
        if not self._last:
            self._last = self.topology.last_seen()
        for line in [line for line in self._waiting if self._last[line] < merge]:
            del self._waiting[line]


def _is_known(visit: Visit | None) -> bool:
    return visit is not None and visit.version != NONE
