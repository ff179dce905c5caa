"""Turns drafts into findings, with their chain of evidence."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from string import ascii_uppercase

from loopwatch.diffing.digests import blake2b
from loopwatch.graph.returns import Return, Turn
from loopwatch.graph.topology import NONE
from loopwatch.model.defect import TrackedDefect
from loopwatch.model.edit import Hunk, Place, Role
from loopwatch.model.finding import Cost, CycleEdit, Finding, Level, StateVisit
from loopwatch.model.unit import Granularity
from loopwatch.verdicts.advice import advice_of
from loopwatch.verdicts.context import HOUR, Context
from loopwatch.verdicts.drafts import Draft, smallest
from loopwatch.verdicts.evidence import Evidence
from loopwatch.verdicts.implied import ImpliedDefects
from loopwatch.verdicts.observed import ObservedDefects
from loopwatch.verdicts.standing_lines import StandingLines
from loopwatch.verdicts.verdict import Verdict

ID_DIGITS = 12
MOST_UNITS = 12  # units of a group whose hunks are told
MOST_EDITS = 60  # edits of a cycle that are told; the first and the last always are
SETTLED_EDITS = 100  # versions that lie between the last turn and the newest version
UNTOLD = Cost(edits=0)


@dataclass(slots=True)
class Findings:
    """Builds findings; ``start_of`` names the version in which a unit's first state began."""

    context: Context
    evidence: Evidence
    trajectory_of: Callable[[int], str]
    start_of: Callable[[Return], str]
    is_open: Callable[[Return], bool]
    newest: int
    observed: ObservedDefects
    standing: StandingLines
    implied: ImpliedDefects = field(default_factory=ImpliedDefects)

    @property
    def defects(self) -> tuple[TrackedDefect, ...]:
        """The defects of all findings so far, in order of their keys."""
        table = self.implied.table | self.observed.told
        return tuple(table[key] for key in sorted(table))

    def all(self, waiting: deque[Draft]) -> Iterator[Finding]:
        """Yield what drafts have become, in their order; each is let go once it is told.

        Of a note that nobody sees there is only what it takes to count it, unless it is the
        same cycle as something loud elsewhere.
        """
        options = self.context.options
        is_whole = options.tells_notes or options.keeps_notes or options.is_agents_only
        loud = set() if is_whole else {self._id_of(one) for one in waiting if one.is_loud}
        while waiting:
            draft = waiting.popleft()
            id_ = "" if is_whole else self._id_of(draft)
            yield self._counted(draft, id_) if id_ and id_ not in loud else self.finding(draft)

    def _counted(self, note: Draft, id_: str) -> Finding:
        """Return a note without the chain of its evidence."""
        lead = smallest(note.units)
        last_at = self._name(note.last_at)
        return Finding(
            id=id_,
            kind=note.kind,
            level=note.level,
            confidence=lead.confidence,
            why=(),
            trajectory="",
            granularity=lead.found.granularity,
            path=None,
            symbol=lead.found.symbol,
            paths=(),
            period=lead.found.period,
            rounds=note.rounds,
            closed_at=last_at if note.closed_at == note.last_at else self._name(note.closed_at),
            last_at=last_at,
            level_at=(),
            is_open=False,
            is_settled=self._is_settled(note.last_at),
            states=(),
            edits=(),
            defects=(),
            cost=UNTOLD,
            advice="",
        )

    def finding(self, draft: Draft) -> Finding:
        """Return the finding that a draft has become."""
        verdicts = draft.units
        lead = smallest([v for v in verdicts if v.level is draft.level] or verdicts)
        found = lead.found
        states = self._states(found)
        versions = self._told_versions(draft, lead)
        edits = self._edits(versions, draft, lead)
        turns = _turns(lead, verdicts)
        if turns:
            walk = [*versions, *(v.version for v in found.visits if v.version >= 0)]
            defects = self.observed.of(turns, walk, self._name)
            edits = self.observed.on(edits, versions, turns)
        else:
            defects = self.implied.of(found, states, edits, self._name)
            edits = self.implied.told(edits, defects)
        path = _path(found)
        finding = Finding(
            id=self._id_of(draft),
            kind=draft.kind,
            level=draft.level,
            confidence=lead.confidence,
            why=_reasons(lead, verdicts),
            trajectory=self.trajectory_of(draft.closed_at),
            granularity=found.granularity,
            path=path,
            symbol=found.symbol,
            paths=_paths(verdicts),
            period=found.period,
            rounds=draft.rounds,
            closed_at=self._name(draft.closed_at),
            last_at=self._name(draft.last_at),
            level_at=tuple(
                (level, self._name(at))
                for level, at in sorted(draft.level_at, key=lambda item: item[0].rank)
            ),
            is_open=self.is_open(_whole(found, verdicts)),
            is_settled=self._is_settled(draft.last_at),
            states=states,
            edits=edits,
            defects=tuple(defect.key for defect in defects),
            cost=self._cost(verdicts, draft.last_at),
            advice="",
        )
        if not self._is_told(draft):
            return finding
        observed = defects if turns else ()
        how = turns[0].why if turns else ""
        return replace(finding, advice=advice_of(finding, observed, how))

    def _is_told(self, draft: Draft) -> bool:
        """Tell whether anybody is going to see more of a finding than that it is there."""
        return draft.is_loud or self.context.options.tells_notes

    def _name(self, version: int) -> str:
        return self.context.name(version)

    def _id_of(self, draft: Draft) -> str:
        """Return the id: of what the cycle is made of, never of where or when it was."""
        closing = [verdict for verdict in draft.closing if verdict.is_loud] or draft.closing
        found = smallest(closing).found
        parts = [
            found.granularity.value,
            found.symbol or "",
            *sorted(self.evidence.fingerprints(found)),
        ]
        return blake2b("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:ID_DIGITS]

    def _states(self, found: Return) -> tuple[StateVisit, ...]:
        visited: dict[object, list[str]] = {}
        for visit in found.visits:
            at = self.start_of(found) if visit.version == NONE else self._name(visit.version)
            visited.setdefault(visit.state, []).append(at)
        return tuple(
            StateVisit(label=label, versions=tuple(versions))
            for label, versions in zip(_labels(), visited.values(), strict=False)
        )

    def _told_versions(self, draft: Draft, lead: Verdict) -> list[int]:
        """Return the versions whose edits are told, oldest first."""
        units = [lead, *(v for v in draft.units if v is not lead)]
        versions = sorted(
            {v for unit in units for v in _versions(unit.found)} | set(draft.arrivals)
        )
        if len(versions) > MOST_EDITS:
            versions = [versions[0], *versions[1 - MOST_EDITS :]]
        return versions

    def _edits(self, versions: Sequence[int], draft: Draft, lead: Verdict) -> tuple[CycleEdit, ...]:
        units = [lead, *(v for v in draft.units if v is not lead)]
        units = units[:MOST_UNITS] if self._is_told(draft) else []
        path = _path(lead.found)
        return tuple(self._edit(version, units, path) for version in versions)

    def _edit(self, number: int, units: Sequence[Verdict], path: str | None) -> CycleEdit:
        version = self.context.at(number)
        parent = self.context.parent(number)
        hunks: dict[Hunk, None] = {}
        for unit in units:
            if number in _versions(unit.found):
                hunks.update(dict.fromkeys(self.evidence.hunks(unit.found, number)))
        return CycleEdit(
            version=self._name(number),
            from_version=parent,
            role=self.context.intent(number).role,
            summary=version.title or version.subject or "",
            hunks=tuple(hunks),
            place=self._place(tuple(hunks), number, path),
        )

    def _place(self, hunks: Sequence[Hunk], number: int, path: str | None) -> Place | None:
        """Return where the first hunk stands now, of those in a file, if there are any."""
        if not hunks or not self.context.options.tells_places:
            return None
        first = next((hunk for hunk in hunks if hunk.path == path), hunks[0])
        return self.standing.place(first, number)

    def _cost(self, verdicts: Sequence[Verdict], last: int) -> Cost:
        first = min(min(_versions(v.found)) for v in verdicts)
        return Cost(
            edits=self.context.edits(first, last) + 1,
            seconds=round(self.context.hours(first, last) * HOUR),
        )

    def _is_settled(self, last: int) -> bool:
        hours = self.context.hours(last, self.newest)
        return self.newest - last > SETTLED_EDITS and hours > self.context.options.window_hours


def _whole(found: Return, verdicts: Sequence[Verdict]) -> Return:
    """Return the symbol that returned with a site, as it tells better whether that goes on."""
    held = (v.found for v in verdicts if v.found.granularity is Granularity.SYMBOL)
    return next(
        (
            symbol
            for symbol in held
            if symbol.version == found.version
            and (symbol.path, symbol.symbol) == (found.path, found.symbol)
        ),
        found,
    )


def _versions(found: Return) -> list[int]:
    return [visit.version for visit in found.visits[1:] if visit.version >= 0]


def _labels() -> Iterator[str]:
    """Yield X, Y, Z, then A to W, then X2, Y2 and so on."""
    letters = ascii_uppercase[23:] + ascii_uppercase[:23]
    yield from letters
    number = 2
    while True:
        yield from (f"{letter}{number}" for letter in letters)
        number += 1


def _path(found: Return) -> str | None:
    """Return the file of a unit; None for the whole tree."""
    return found.path.decode("utf-8", "surrogateescape") or None


def _paths(verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    return tuple(sorted({path for v in verdicts if (path := _path(v.found)) is not None}))


def _turns(lead: Verdict, verdicts: Sequence[Verdict]) -> list[Turn]:
    """Return what observed defects did: first those that explain a finding, then the like."""
    turns = [v.found.turn for v in (lead, *verdicts) if v.found.turn is not None]
    return [turn for turn in turns if lead.found.turn and turn.kind is lead.found.turn.kind]


def _reasons(lead: Verdict, verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    reasons = [lead.why]
    reasons += sorted({v.why for v in verdicts if v.is_loud} - {lead.why})[:3]
    if lead.found.turn is not None:
        if not lead.found.is_exact:
            reasons.append("a test failed for another reason than before")
        return tuple(reasons)
    reasons.append(
        "both halves of the change are equal, line by line"
        if lead.found.is_exact
        else "most of its lines are equal; others were rewritten"
    )
    if lead.found.granularity in {Granularity.FILE, Granularity.SYMBOL}:
        reasons[-1] = f"the whole {lead.found.granularity} is as it was"
    return tuple(reasons)


__all__ = ["Findings", "Level", "Role"]
