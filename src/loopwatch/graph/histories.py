"""The histories of units: which states each file and symbol has been in."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from loopwatch.graph.returns import Visit, distinct, walk_back
from loopwatch.graph.topology import NONE, Topology
from loopwatch.graph.tracks import ABSENT, Track

UNKNOWN_BEFORE = Visit(NONE, ABSENT)  # a unit that the range creates
Place = tuple[int, int]  # a unit's number, and the version up to which it counts


@dataclass(slots=True)
class Histories:
    """Tracks of many units over one topology; units are numbered by the caller.

    A unit may have begun as another one (renamed, moved, copied): its history up
    to that version is then part of its own.
    """

    topology: Topology
    width: int  # bytes of a state
    tracks: dict[int, Track] = field(default_factory=dict)
    origins: dict[int, list[Place]] = field(default_factory=dict)

    def begin_as(self, unit: int, origin: int, version: int) -> None:
        """Note that ``unit`` was ``origin`` before ``version``."""
        if unit != origin:
            self.origins.setdefault(unit, []).append((origin, version))

    def enter(self, unit: int, version: int, old: bytes, new: bytes) -> None:
        """Note that ``version`` took ``unit`` from one state to another."""
        track = self.tracks.get(unit)
        if track is None:
            track = self.tracks[unit] = Track(self.width)
            track.append(NONE, old)
        track.append(version, new)

    def has_been(self, unit: int, version: int, state: bytes) -> bool:
        """Tell, fast, whether the unit may have been in a state before.

        A merge that enters the state which its other side entered last brings it,
        and does not return to it.
        """
        track = self.tracks.get(unit)
        if track is not None:
            is_merge = version in self.topology.other_parents
            for place in track.places(state):
                at = track.version(place)
                if at == NONE or (at <= version and self.topology.sees(version, at)):
                    return True
                if is_merge:
                    return False
        if unit not in self.origins:
            return False
        return any(
            self.has_been(o, v, state)
            for o, v in self.origins.get(unit, ())
            if v <= version and o != unit
        )

    def was_entered_by(self, versions: frozenset[int], unit: int, state: bytes) -> bool:
        """Tell whether one of ``versions``, which a merge brings in, put the unit into a state."""
        track = self.tracks.get(unit)
        if not versions or track is None:
            return False
        return any(track.version(index) in versions for index in track.places(state))

    def visits(self, unit: int, version: int) -> list[Visit]:
        """Return the states that the unit was in, as remembered at ``version``, oldest first."""
        found = self._own(unit, version)
        for origin, until in self.origins.get(unit, ()):
            if until <= version and self.topology.sees(version, until):
                # What it was before is told by its origin, not by its own first entry.
                found = [visit for visit in found if visit.version >= until]
                found.extend(v for v in self.visits(origin, until) if v.version < until)
        found.sort(key=lambda visit: visit.version)
        return distinct(found)

    def _own(self, unit: int, version: int) -> list[Visit]:
        track = self.tracks.get(unit)
        if track is None:
            return []
        sees = self.topology.sees
        return [
            Visit(at, track.state(index))
            for index in range(len(track))
            if (at := track.version(index)) == NONE or (at <= version and sees(version, at))
        ]

    def last(self, unit: int, version: int) -> list[Visit]:
        """Return the last two states that the unit was in, as remembered at ``version``."""
        if unit in self.origins:
            return self.visits(unit, version)[-2:]
        found: list[Visit] = []
        for visit in self._backwards(unit, version):
            if found and found[-1].state == visit.state:
                found[-1] = visit
            elif len(found) == 2:
                break
            else:
                found.append(visit)
        return found[::-1]

    def own_returns(self, unit: int, version: int) -> tuple[list[Visit], int] | None:
        """Return what a unit returns to by that name: a file that moved away is back."""
        visits = distinct(self._own(unit, version))
        found = walk_back([visit.state for visit in visits])
        return (visits[found[0] :], found[1] - found[0]) if found and found[1] else None

    def returns(self, unit: int, version: int) -> tuple[list[Visit], int] | None:
        """Return the run through the cycle that ``version`` closes, or None.

        The second value is the index of the latest equal visit, as in ``Return``.
        """
        if unit not in self.origins:
            return self._recent(unit, version)
        visits = self.visits(unit, version)
        if not visits or visits[-1].version != version:
            return None
        found = walk_back([visit.state for visit in visits])
        if found is not None and found[1] > 0 and visits[0] == UNKNOWN_BEFORE:
            visits = visits[1:]  # to have been created is no turn of a cycle
            found = walk_back([visit.state for visit in visits])
        if found is None:
            return None
        start, since = found
        return visits[start:], since - start

    def _recent(self, unit: int, version: int) -> tuple[list[Visit], int] | None:
        """Do what ``returns`` does for a unit without origins, reading only as far as needed."""
        run: list[Visit] = []  # newest first
        since = 0  # index in ``run`` of the latest equal visit
        cycle: set[object] = set()
        for visit in self._backwards(unit, version):
            if run and run[-1].state == visit.state:
                run[-1] = visit  # nothing changed there: the state began earlier
            elif since and visit.state not in cycle:
                break
            else:
                run.append(visit)
                if not since and len(run) > 1 and visit.state == run[0].state:
                    since, cycle = len(run) - 1, {v.state for v in run}
        if not since or run[0].version != version:
            return None
        if run[-1] == UNKNOWN_BEFORE and since < len(run) - 1:
            run.pop()  # to have been created is no turn of a cycle
        return run[::-1], len(run) - 1 - since

    def _backwards(self, unit: int, version: int) -> Iterator[Visit]:
        """Yield the unit's own entries that ``version`` remembers, newest first."""
        track = self.tracks.get(unit)
        sees = self.topology.sees
        for index in range(len(track) - 1 if track else -1, -1, -1):
            assert track is not None
            at = track.version(index)
            if at == NONE or (at <= version and sees(version, at)):
                yield Visit(at, track.state(index))
