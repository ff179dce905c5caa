"""Says of one version what it returned to and why each return was raised or not."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from loopwatch.graph.returns import Return
from loopwatch.graph.topology import NONE
from loopwatch.model.explanation import Explanation, Step, ToldReturn
from loopwatch.model.finding import Finding, Kind, Level
from loopwatch.model.report import Report
from loopwatch.model.unit import Granularity, Unit
from loopwatch.verdicts.context import Context
from loopwatch.verdicts.drafts import SIZES, Drafts
from loopwatch.verdicts.verdict import Verdict

ARRIVED = "a merge brings it in; what it means is told on the side branch"


@dataclass(slots=True)
class Explaining:
    """Keeps what was made of one version while a range is read.

    Quiet, mechanical and merged-in returns are kept too, which no draft keeps.
    """

    version: int  # its number
    verdicts: list[Verdict] = field(default_factory=list)
    owners: list[str | None] = field(default_factory=list)  # finding of each verdict

    def take(self, version: int, verdicts: Iterable[Verdict], returns: Iterable[Return]) -> None:
        """Keep what was made of a version, if it is the one that was asked for."""
        if version == self.version:
            arrivals = (found for found in returns if found.is_arrival)
            merged = (Verdict(f, Kind.BACKTRACK, Level.NOTE, ARRIVED, 0.5) for f in arrivals)
            self.verdicts = [*verdicts, *merged]

    def settle(self, drafts: Drafts, findings: Sequence[Finding]) -> None:
        """Note which finding each return went into, now that the drafts are ``findings``."""
        ids = {id(draft): one.id for draft, one in zip(drafts.drafts, findings, strict=True)}
        owners = (drafts.owner(verdict.found) for verdict in self.verdicts)
        self.owners = [ids.get(id(owner)) if owner is not None else None for owner in owners]

    def explanation(
        self, context: Context, report: Report, start_of: Callable[[Return], int]
    ) -> Explanation:
        """Return what there is to say, once all versions are read.

        Args:
            context: what is known of versions.
            report: what was found in all of them.
            start_of: gives the version in which a unit's first state began; ``NONE``: before them.
        """
        at = context.at(self.version).id
        told = (
            _told(verdict, owner, context, start_of)
            for verdict, owner in zip(self.verdicts, self.owners, strict=True)
        )
        return Explanation(
            source=report.source,
            at=_step(self.version, context),
            from_version=context.parent(self.version),
            returns=tuple(sorted(told, key=_loudest_first)),
            findings=tuple(one.id for one in report.findings if _has_part(at, one)),
        )


def _told(
    verdict: Verdict, finding: str | None, context: Context, start_of: Callable[[Return], int]
) -> ToldReturn:
    found = verdict.found
    before = found.visits[found.since].version
    if before == NONE and found.turn is None:
        before = start_of(found)
    return ToldReturn(
        unit=Unit(
            granularity=found.granularity,
            path=found.path.decode("utf-8", "surrogateescape"),
            symbol=found.symbol,
        ),
        line=found.new_line if found.granularity is Granularity.SITE else None,
        kind=verdict.kind,
        level=verdict.level,
        confidence=verdict.confidence,
        why=verdict.why,
        is_mechanical=verdict.is_mechanical,
        quiet=context.quiet_reason(found.path),
        is_arrival=found.is_arrival,
        rounds=found.rounds,
        period=found.period,
        back_to=context.at(before).id if before >= 0 else None,
        left=_step(found.left, context),
        hours=context.hours(found.left, found.version),
        edits=context.edits(found.left, found.version),
        finding=finding,
    )


def _step(number: int, context: Context) -> Step:
    intent = context.intent(number)
    return Step(version=context.at(number), role=intent.role, is_admitted=intent.is_admitted)


def _has_part(version: str, finding: Finding) -> bool:
    entered = {at for state in finding.states for at in state.versions}
    return version in entered or any(edit.version == version for edit in finding.edits)


def _loudest_first(told: ToldReturn) -> tuple[int, bool, int, str, str, str]:
    unit, left = told.unit, told.left.version.id
    size = SIZES.index(unit.granularity)
    return -told.level.rank, told.is_mechanical, size, unit.path or "", unit.symbol or "", left
