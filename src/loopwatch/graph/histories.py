"""The histories of units: which states each file and symbol has been in."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from loopwatch.graph.before_range import is_before, number_before
from loopwatch.graph.returns import Visit, distinct, walk_back
from loopwatch.graph.topology import NONE, Topology
from loopwatch.graph.tracks import ABSENT, Track
from loopwatch.model.history import Change

UNKNOWN_BEFORE = Visit(NONE, ABSENT)  # a unit that the range creates
MET_SLOTS = 1 << 21  # bits; with 300,000 states, one in 8 new ones is looked for in vain
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
    _met: bytearray = field(default_factory=lambda: bytearray(MET_SLOTS >> 3))  # a bit a state
    # Where lines begin before the range, each with a state of its own:
    _roots: Sequence[int] = ()  # of each line: the one that it comes from in the end
    _begun: dict[int, int] = field(default_factory=dict)  # of units: whose state their track has
    _starts: dict[tuple[int, int], bytes] = field(default_factory=dict)  # of other lines

    def __post_init__(self) -> None:
        if self.topology.outside and sum(fork == NONE for fork in self.topology.fork) > 1:
            self._roots = self.topology.roots()

    def begin_as(self, unit: int, origin: int, version: int) -> None:
        """Note that ``unit`` was ``origin`` before ``version``."""
        if unit != origin:
            self.origins.setdefault(unit, []).append((origin, version))

    def enter(self, unit: int, version: int, old: bytes, new: bytes) -> bool:
        """Note that ``version`` took ``unit`` from one state to another.

        Returns:
            Whether the unit may have been in the new state before: told fast, and
            never no where ``returns`` has something to tell.
        """
        return bool(self.enter_all(version, [(b"", old, new)], {b"": unit}))

    def enter_all(
        self, version: int, changes: Iterable[Change], numbers: Mapping[bytes, int]
    ) -> list[Change]:
        """Do as ``enter`` for each unit that a version changes.

        Args:
            version: its number.
            changes: name of each unit, its state before and after; None: it is not there.
            numbers: of the units, by name.

        Returns:
            Those that may have been in the new state before.
        """
        met, tracks, lines = self._met, self.tracks, self.topology.line
        is_merge = version in self.topology.other_parents
        reach = self.topology.reach(version) if is_merge else {}
        nothing, last_slot = bytes(self.width), MET_SLOTS - 1
        has_roots = bool(self._roots)
        told: list[Change] = []
        for change in changes:
            name, old, new = change
            unit, state = numbers[name], new or nothing
            track = tracks.get(unit)
            # Most states are new to all units, which a slot for each state tells fast.
            slot = hash(state) & last_slot
            byte, bit = slot >> 3, 1 << (slot & 7)
            if not met[byte] & bit:
                met[byte] |= bit
            elif is_merge and track is not None and track.states.endswith(state):
                last = track.versions[-1]  # most often on the side that the merge brings in
                if last == NONE or last <= reach.get(lines[last], NONE):
                    told.append(change)
            elif self.has_been(unit, version, new or ABSENT):
                told.append(change)
            if track is None:
                track = tracks[unit] = self._track(old or nothing)
            if has_roots:
                self._note_start(unit, version, old or nothing)
            track.versions.append(version)
            track.states += state
        return told

    def _track(self, state: bytes) -> Track:
        """Return the track of a unit that was in a state before the range."""
        self._meet(state)
        track = Track(self.width)
        track.append(NONE, state)
        return track

    def _meet(self, state: bytes) -> None:
        slot = hash(state) & MET_SLOTS - 1
        self._met[slot >> 3] |= 1 << (slot & 7)

    def _note_start(self, unit: int, version: int, state: bytes) -> None:
        """Note which state a line had before the range, as the first change of it tells."""
        root = self._roots[self.topology.line[version]]
        if self._begun.setdefault(unit, root) != root and (unit, root) not in self._starts:
            self._starts[unit, root] = state
            self._meet(state)

    def _start(self, unit: int, version: int) -> bytes | None:
        """Return the state of a unit before the range; None where that is not known."""
        at = number_before(version) if is_before(version) else version
        root = self._roots[self.topology.line[at]] if self._roots else 0
        if self._begun.get(unit, root) == root:
            return bytes(self.tracks[unit].states[: self.width])
        return self._starts.get((unit, root))

    def has_been(self, unit: int, version: int, state: bytes) -> bool:
        """Tell, fast, whether the unit may have been in a state before.

        A merge that enters the state which its other side entered last brings it,
        and does not return to it.
        """
        track, shape = self.tracks.get(unit), self.topology
        place = track.place(state) if track is not None else NONE
        while track is not None and place != NONE:
            at = track.version(place)
            if at == NONE:
                break
            if at <= version and shape.sees(version, at):
                return True
            if version in shape.other_parents:
                return False
            place = track.place(state, place)
        if track is not None and self._start(unit, version) == (state or bytes(self.width)):
            return True
        if unit not in self.origins:
            return False
        return any(
            self.has_been(o, v, state) for o, v in self.origins[unit] if v <= version and o != unit
        )

    def was_entered_by(self, versions: frozenset[int], unit: int, state: bytes) -> bool:
        """Tell whether one of ``versions``, which a merge brings in, put the unit into a state."""
        track = self.tracks.get(unit)
        if not versions or track is None:
            return False
        place = track.place(state)
        while place != NONE:
            if track.version(place) in versions:
                return True
            place = track.place(state, place)
        return False

    def went(
        self, unit: int, version: int, states: tuple[bytes | None, bytes | None], by: frozenset[int]
    ) -> bool:
        """Tell whether the unit is in the second state, and some versions alone took it there.

        Args:
            unit: its number.
            version: the one that remembers.
            states: a state that it was in, and the one that it is in now.
            by: the versions.
        """
        old, new = (state or ABSENT for state in states)
        is_now = False
        for visit in self._backwards(unit, version):
            if is_now and visit.state == old:
                return True
            if visit.version not in by or not (is_now or visit.state == new):
                return False
            is_now = True
        return False

    def visits(self, unit: int, version: int, since: int = NONE) -> list[Visit]:
        """Return the states that the unit was in, as remembered at ``version``, oldest first.

        The first one is that before ``since``, or the oldest: a file that changes often
        has a long history, of which a return mostly needs the end.
        """
        found: list[Visit] = []  # newest first
        for visit in self._backwards(unit, version):
            if found and found[-1].version < since and found[-1].state != visit.state:
                break
            found.append(visit)
        return distinct(found[::-1])

    def last(self, unit: int, version: int) -> list[Visit]:
        """Return the last two states that the unit was in, as remembered at ``version``."""
        found: list[Visit] = []
        for visit in self._backwards(unit, version):
            if found and found[-1].state == visit.state:
                found[-1] = visit
            elif len(found) == 2:
                break
            else:
                found.append(visit)
        return found[::-1]

    def newest(self, unit: int, version: int) -> Visit | None:
        """Return the last state that the unit was in, as remembered at ``version``."""
        return next(self._backwards(unit, version), None)

    def own_returns(self, unit: int, version: int) -> tuple[list[Visit], int] | None:
        """Return what a unit returns to by that name: a file that moved away is back."""
        visits = distinct([*self._own(unit, version)][::-1])
        found = walk_back([visit.state for visit in visits])
        return (visits[found[0] :], found[1] - found[0]) if found and found[1] else None

    def returns(self, unit: int, version: int) -> tuple[list[Visit], int] | None:
        """Return the run through the cycle that ``version`` closes, or None.

        The second value is the index of the latest equal visit, as in ``Return``.
        The history is read backwards, and only as far as the cycle goes.
        """
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
        """Yield what ``version`` remembers of the unit, under all its names, newest first."""
        end = version + 1
        while (origin := self._origin(unit, version)) is not None:
            # What it was before is told by its origin, not by its own first entry.
            yield from self._own(unit, version, origin[1], end)
            unit, version = origin
            end = version
        yield from self._own(unit, version, NONE, end)

    def _origin(self, unit: int, version: int) -> Place | None:
        """Return what the unit was before, and until when; the latest that is remembered."""
        for place in reversed(self.origins.get(unit, ())):
            if place[1] <= version and self.topology.sees(version, place[1]):
                return place
        return None

    def _own(
        self, unit: int, version: int, start: int = NONE, end: int | None = None
    ) -> Iterator[Visit]:
        """Yield what ``version`` remembers of the unit by this name, newest first.

        Args:
            unit: its number.
            version: the one that remembers.
            start: the first version that counts; ``NONE``: what was before the range too.
            end: the version before which entries count.
        """
        track = self.tracks.get(unit)
        if track is None:
            return
        shape, versions, states = self.topology, track.versions, track.states
        width, nothing = self.width, bytes(self.width)
        lines = shape.line
        line = lines[version]
        end = version + 1 if end is None else end
        for index in range(max(bisect_left(versions, end), 1) - 1, -1, -1):
            at = versions[index]
            if at < start:
                return
            if at == NONE:
                state = self._start(unit, version)
            elif lines[at] == line or shape.sees(version, at):
                state = bytes(states[index * width : (index + 1) * width])
            else:
                continue
            if state is not None:
                yield Visit(at, state if state != nothing else ABSENT)
