"""One cause, one finding: joins what returns together, and what goes round again."""

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from loopwatch.graph.file_watch import is_inside
from loopwatch.graph.returns import Return, Turn, TurnKind
from loopwatch.model.finding import Kind, Level
from loopwatch.model.unit import Granularity
from loopwatch.verdicts.verdict import UNSAID, Verdict

SIZES = (
    Granularity.DEFECT,
    Granularity.SITE,
    Granularity.SYMBOL,
    Granularity.FILE,
    Granularity.TREE,
)


@dataclass(slots=True)
class Draft:
    """A finding in the making."""

    kind: Kind
    level: Level
    closed_at: int
    last_at: int
    closing: tuple[Verdict, ...] = ()  # of the version that closed it: what its id is made of
    level_at: tuple[tuple[Level, int], ...] = ()  # since when it is as loud as that
    units: tuple[Verdict, ...] = ()  # latest verdict of each unit
    arrivals: tuple[int, ...] = ()  # merges that bring a turn in
    asked_level: Level | None = None  # how loud it is at the versions that are asked about
    is_over: bool = False  # a note that another finding has taken the place of

    def take(self, version: int, verdicts: Sequence[Verdict], *, is_asked: bool) -> None:
        """Add what returns at one version."""
        verdicts = tuple(verdict.packed() for verdict in verdicts)
        self.last_at = version
        self.closing = self.closing or verdicts
        level = _loudest(verdict.level for verdict in verdicts)
        if is_asked:
            self.asked_level = _loudest((level, self.asked_level or level))
        if level is not Level.NOTE:
            reached = {at: version for at in Level if 0 < at.rank <= level.rank}
            self.level_at = tuple((reached | dict(self.level_at)).items())
        if level.rank > self.level.rank:
            if self.level is Level.NOTE:
                self.closed_at, self.closing = version, verdicts
                self.units = ()
            self.level = level
            self.kind = next(v.kind for v in verdicts if v.level is level)
        units: dict[Hashable, Verdict] = {}
        for verdict in (*self.units, *verdicts):
            key = unit_key(verdict.found)
            units[key] = verdict.after(units.get(key))
        is_first = not self.units and len(units) == len(verdicts)
        self.units = verdicts if is_first else tuple(units.values())

    def goes_on_with(self, verdict: Verdict) -> bool:
        """Tell whether a verdict about what was ever its own is a further turn of it.

        What returned with it while it was a note may be none of its units any more.
        """
        if not self.is_loud or verdict.is_loud or verdict.found.turn is not None:
            return True
        return unit_key(verdict.found) in {unit_key(one.found) for one in self.units}

    def lower(self, level: Level) -> None:
        """Be no louder than this."""
        if level.rank < self.level.rank:
            self.level = level
            self.level_at = tuple(told for told in self.level_at if told[0].rank <= level.rank)

    def is_within(self, turn: Turn) -> bool:
        """Tell whether it is about code that a walk of defects took back and forth."""
        return self.is_loud and any(
            unit.found.turn is None
            and unit.found.path in turn.paths
            and set(turn.edits).issuperset(unit.found.steps)
            for unit in self.units
        )

    def is_trade_among(self, defects: frozenset[int]) -> bool:
        """Tell whether it is an early warning about no other defects than these."""
        turns = [verdict.found.turn for verdict in self.units]
        return self.kind is Kind.TRADE and all(
            turn is not None and defects.issuperset(turn.defects) for turn in turns
        )

    @property
    def is_loud(self) -> bool:
        """Tell whether it is a warning or an error."""
        return self.level is not Level.NOTE

    def is_near(self, found: Return) -> bool:
        """Tell whether a return is in one of its files, or takes back one of its edits."""
        mine = [verdict.found for verdict in self.units]
        return any(one.path == found.path for one in mine) or any(
            visit.version == found.left for one in mine for visit in one.visits
        )

    @property
    def rounds(self) -> int:
        """The most rounds that any of its units has gone."""
        return max(verdict.found.rounds for verdict in self.units)


def unit_key(found: Return) -> Hashable:
    """Return what identifies a unit in its cycle, from turn to turn."""
    if found.turn is not None:
        return found.granularity, found.turn.kind, frozenset(found.turn.defects)
    if found.granularity is Granularity.SITE:
        return found.granularity, found.hunks[0]
    states = frozenset(visit.state for visit in found.visits)
    return found.granularity, found.path, found.symbol, states


def owned_by(found: Return) -> tuple[Hashable, ...]:
    """Return the keys under which later turns find the draft of a return.

    Defects that have taken turns, or came back, go on with whatever one of them does next.
    """
    turn = found.turn
    if turn is None:
        return (unit_key(found),)
    if turn.kind in {TurnKind.CLOSED, TurnKind.BACK}:
        return tuple((Granularity.DEFECT, number) for number in turn.defects)
    return tuple((turn.kind, number) for number in turn.defects)


@dataclass(slots=True)
class Drafts:
    """All findings so far, in the order in which they began."""

    asked: Collection[int] = ()  # versions that a check is about
    drafts: list[Draft] = field(default_factory=list)
    _owners: dict[int, Draft] = field(default_factory=dict)  # by hash: a key takes 300 bytes

    def take(self, version: int, verdicts: Sequence[Verdict]) -> None:
        """Take in what one version returns to, told by the verdicts that carry the finding."""
        told = [verdict for verdict in verdicts if not verdict.is_mechanical]
        loud = [verdict for verdict in told if verdict.is_loud]
        owners = [
            (v, draft)
            for v in told
            if (draft := self.owner(v.found) or self._prelude(v)) and draft.goes_on_with(v)
        ]
        owners = self._without_risen(owners)
        for draft in _distinct([draft for _, draft in owners]):
            mine = [v for v, owner in owners if owner is draft]
            self._add(draft, version, mine)
        owned = [v for v, _ in owners]
        rest = [v for v in (loud or told) if v not in owned]
        masked = [v for v in rest if v.kind is Kind.MASKED]  # something else is to be done there
        rest = [v for v in rest if v.kind is not Kind.MASKED]
        if joined := next((draft for v, draft in owners if v.is_loud), None):
            near = [v for v in rest if joined.is_near(v.found)]
            self._add(joined, version, near)
            rest = [v for v in rest if v not in near]
        for some in (rest, masked):
            if some:
                self._add(self._begin(version, some[0].kind), version, some)

    def _prelude(self, verdict: Verdict) -> Draft | None:
        """Return the finding about code that only went back on the way of these defects."""
        turn = verdict.found.turn
        if turn is None or turn.kind is not TurnKind.CLOSED or not verdict.is_loud:
            return None
        return next((draft for draft in self.drafts if draft.is_within(turn)), None)

    def _without_risen(
        self, owners: Sequence[tuple[Verdict, Draft]]
    ) -> list[tuple[Verdict, Draft]]:
        """Give up notes that would become loud: they are a part of what closes now."""
        for verdict, draft in owners:
            if verdict.is_loud and verdict.found.turn is None:
                draft.is_over |= not draft.is_loud
        if any(draft.is_over for _, draft in owners):
            self.drafts = [draft for draft in self.drafts if not draft.is_over]
        return [(verdict, draft) for verdict, draft in owners if not draft.is_over]

    def decided(self, verdicts: Iterable[Verdict]) -> list[Verdict]:
        """Return verdicts as they stand while there is no message.

        What goes on with a loud finding is loud; what would be the first to be, waits.
        """
        return [
            replace(v, kind=Kind.BACKTRACK, level=Level.NOTE, why=UNSAID, confidence=0.5)
            if v.is_excusable and not self._goes_on(v)
            else v
            for v in verdicts
        ]

    def _goes_on(self, verdict: Verdict) -> bool:
        owner = self.owner(verdict.found)
        return owner is not None and owner.is_loud

    def _add(self, draft: Draft, version: int, verdicts: Sequence[Verdict]) -> None:
        if not verdicts:
            return
        draft.take(version, verdicts, is_asked=version in self.asked)
        for verdict in verdicts:
            for key in owned_by(verdict.found):
                self._owners[hash(key)] = draft
            turn = verdict.found.turn
            if turn is not None and turn.kind is TurnKind.CLOSED:
                self._close(frozenset(turn.defects))

    def _close(self, defects: frozenset[int]) -> None:
        """Forget the early warnings of a cycle that is closed now."""
        trades = _distinct(
            [
                draft
                for number in sorted(defects)
                if (draft := self._owners.get(hash((TurnKind.TRADED, number)))) is not None
            ]
        )
        for draft in trades:
            if draft.is_trade_among(defects):
                self.drafts = [kept for kept in self.drafts if kept is not draft]

    def narrow(self) -> None:
        """Keep what has a turn at a version that is asked about, as loud as it is there."""
        for draft in self.drafts:
            if draft.asked_level is not None:
                draft.lower(draft.asked_level)
        self.drafts = [draft for draft in self.drafts if draft.asked_level is not None]

    def forget(self, is_void: Callable[[Return], bool]) -> None:
        """Take out what turned out to be no evidence, such as a check that is flaky."""
        for draft in self.drafts:
            kept = tuple(v for v in draft.units if not is_void(v.found))
            if len(kept) < len(draft.units):
                draft.units = kept if any(v.is_loud for v in kept) else ()
        self.drafts = [draft for draft in self.drafts if draft.units]

    def arrive(self, merge: int, found: Sequence[Return]) -> None:
        """Note the merge that brings a turn of a cycle into its line."""
        told = {id(d): d for f in found if (d := self.owner(f)) is not None}
        for draft in told.values():
            draft.arrivals += (merge,)

    def owner(self, found: Return) -> Draft | None:
        """Return the draft that a return went into, if any did."""
        owners = (self._owners.get(hash(key)) for key in owned_by(found))
        return next((one for one in owners if one is not None and not one.is_over), None)

    def _begin(self, version: int, kind: Kind) -> Draft:
        draft = Draft(kind=kind, level=Level.NOTE, closed_at=version, last_at=version)
        self.drafts.append(draft)
        return draft


def _loudest(levels: Iterable[Level]) -> Level:
    return max(levels, key=lambda level: level.rank)


def _distinct(drafts: Sequence[Draft]) -> list[Draft]:
    return list({id(draft): draft for draft in drafts}.values())


def smallest(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the verdict of the smallest unit that explains the others.

    One site explains the symbol and the file that return with it; several sites
    of one symbol are explained by that symbol, and so on; where nothing explains
    all, the weightiest site stands for the rest.
    """
    for size in SIZES:
        for verdict in verdicts:
            unit = verdict.found
            if unit.granularity is size and all(_explains(unit, v.found) for v in verdicts):
                return verdict
    return min(verdicts, key=_weakness)


def _explains(unit: Return, other: Return) -> bool:
    if unit.turn is not None:
        return True  # what is wrong is why the code goes back and forth
    return _holds(unit, other) or _holds(other, unit)


def _holds(holder: Return, unit: Return) -> bool:
    """Tell whether a unit lies inside another, or is the same place."""
    if holder.path != unit.path or SIZES.index(holder.granularity) < SIZES.index(unit.granularity):
        return False
    if holder.granularity is Granularity.FILE:
        return True
    if holder.granularity is Granularity.SITE:
        return holder.new_line == unit.new_line
    return holder.new_line <= unit.new_line <= holder.last_line or is_inside(
        unit.symbol, holder.symbol or ""
    )


def _weakness(verdict: Verdict) -> tuple[int, int, int, bytes, int]:
    found = verdict.found
    size = SIZES.index(found.granularity)
    return -verdict.level.rank, size, -found.weight, found.path, found.new_line
