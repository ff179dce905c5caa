"""One cause, one finding: joins what returns together, and what goes round again."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field

from loopwatch.graph.file_watch import is_inside
from loopwatch.graph.returns import Return, TurnKind
from loopwatch.model.finding import Kind, Level
from loopwatch.model.unit import Granularity
from loopwatch.verdicts.verdict import Verdict

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
    level_at: dict[Level, int]
    closing: tuple[Verdict, ...]  # of the version that closed it: what its id is made of
    units: dict[Hashable, Verdict] = field(default_factory=dict)  # latest verdict of each unit
    arrivals: list[int] = field(default_factory=list)  # merges that bring a turn in

    def take(self, version: int, verdicts: Sequence[Verdict]) -> None:
        """Add what returns at one version."""
        self.last_at = version
        level = max((verdict.level for verdict in verdicts), key=lambda found: found.rank)
        for reached in Level:
            if 0 < reached.rank <= level.rank:
                self.level_at.setdefault(reached, version)
        if level.rank > self.level.rank:
            if self.level is Level.NOTE:
                self.closed_at, self.closing = version, tuple(verdicts)
                self.units.clear()
            self.level = level
            self.kind = next(v.kind for v in verdicts if v.level is level)
        for verdict in verdicts:
            self.units[unit_key(verdict.found)] = verdict

    def is_trade_among(self, defects: frozenset[int]) -> bool:
        """Tell whether it is an early warning about no other defects than these."""
        turns = [verdict.found.turn for verdict in self.units.values()]
        return self.kind is Kind.TRADE and all(
            turn is not None and defects.issuperset(turn.defects) for turn in turns
        )

    @property
    def rounds(self) -> int:
        """The most rounds that any of its units has gone."""
        return max(verdict.found.rounds for verdict in self.units.values())


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

    drafts: list[Draft] = field(default_factory=list)
    _owners: dict[Hashable, Draft] = field(default_factory=dict)

    def take(self, version: int, verdicts: Sequence[Verdict]) -> None:
        """Take in what one version returns to, told by the verdicts that carry the finding."""
        told = [verdict for verdict in verdicts if not verdict.is_mechanical]
        loud = [verdict for verdict in told if verdict.is_loud]
        owners = [(v, draft) for v in told if (draft := self.owner(v.found)) is not None]
        for draft in _distinct([draft for _, draft in owners]):
            mine = [v for v, owner in owners if owner is draft]
            draft.take(version, mine)
            self._own(draft, mine)
        owned = [v for v, _ in owners]
        rest = [v for v in (loud or told) if v not in owned]
        if not rest:
            return
        joined = [draft for v, draft in owners if v.is_loud]
        draft = joined[0] if joined else self._begin(version, rest)
        draft.take(version, rest)
        self._own(draft, rest)

    def _own(self, draft: Draft, verdicts: Sequence[Verdict]) -> None:
        for verdict in verdicts:
            for key in owned_by(verdict.found):
                self._owners[key] = draft
            turn = verdict.found.turn
            if turn is not None and turn.kind is TurnKind.CLOSED:
                self._close(frozenset(turn.defects))

    def _close(self, defects: frozenset[int]) -> None:
        """Forget the early warnings of a cycle that is closed now."""
        trades = _distinct(
            [
                draft
                for number in sorted(defects)
                if (draft := self._owners.get((TurnKind.TRADED, number))) is not None
            ]
        )
        for draft in trades:
            if draft.is_trade_among(defects):
                self.drafts = [kept for kept in self.drafts if kept is not draft]

    def forget(self, is_void: Callable[[Return], bool]) -> None:
        """Take out what turned out to be no evidence, such as a check that is flaky."""
        for draft in self.drafts:
            kept = {key: v for key, v in draft.units.items() if not is_void(v.found)}
            if len(kept) < len(draft.units) and not any(v.is_loud for v in kept.values()):
                kept = {}
            draft.units = kept
        self.drafts = [draft for draft in self.drafts if draft.units]

    def arrive(self, merge: int, found: Sequence[Return]) -> None:
        """Note the merge that brings a turn of a cycle into its line."""
        told = {id(d): d for f in found if (d := self.owner(f)) is not None}
        for draft in told.values():
            draft.arrivals.append(merge)

    def owner(self, found: Return) -> Draft | None:
        """Return the draft that a return went into, if any did."""
        owners = (self._owners.get(key) for key in owned_by(found))
        return next((draft for draft in owners if draft is not None), None)

    def _begin(self, version: int, verdicts: Sequence[Verdict]) -> Draft:
        draft = Draft(
            kind=verdicts[0].kind,
            level=Level.NOTE,
            closed_at=version,
            last_at=version,
            level_at={},
            closing=tuple(verdicts),
        )
        self.drafts.append(draft)
        return draft


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
