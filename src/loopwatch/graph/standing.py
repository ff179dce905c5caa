"""Reports of one version, and what is remembered of them: which defects stand in a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from loopwatch.detectors import families
from loopwatch.fingerprints.descriptor import Descriptor
from loopwatch.graph.coverage import EVERYTHING, basis, covers, holders, unreadable
from loopwatch.model.evidence import Defect, Evidence

# Number among the tracks, and the form; None: as before, described when somebody asks.
Occupant = tuple[int, Descriptor | None]
Place = tuple[str, str | None, int | None]  # family of the rule, path, line
NOWHERE = b""  # where reports are that name no file


@dataclass(frozen=True, slots=True)
class Report:
    """One defect as it is reported of a version, by one detector or by several."""

    defect: Defect
    detectors: tuple[str, ...]
    family: str  # of its rule
    is_doubted: bool = False  # the same tool says of the same content that it is not there

    @property
    def path(self) -> bytes:
        """The file that it is reported of."""
        return (self.defect.path or "").encode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True)
class Standing:
    """What stood in a file when it was last looked at."""

    version: int
    blob: bytes | None
    reports: tuple[Report, ...]  # that the first occupants were told by, in their order
    occupants: tuple[Occupant, ...]


def joined(told: Sequence[Evidence]) -> Iterator[Report]:
    """Yield the reports of a version; what two tools say of one line is one report."""
    reports: dict[tuple[str, str | None, int | None, int], Report] = {}
    for evidence in told:
        seen: dict[Place, int] = {}
        for defect in evidence.defects:
            name = families.family(evidence.detector, defect.rule)
            line = defect.span.start_line if defect.span else None
            place = name, defect.path, line
            seen[place] = seen.get(place, 0) + 1
            key = *place, seen[place]  # the second of one tool on a line is another one
            known = reports.get(key)
            detectors = (*(known.detectors if known else ()), evidence.detector)
            told_by = tuple(dict.fromkeys(detectors))
            reports[key] = Report(known.defect if known else defect, told_by, name)
    doubted = set(_doubted(told))
    for key, report in reports.items():
        yield replace(report, is_doubted=True) if key[:3] in doubted else report


def _doubted(told: Sequence[Evidence]) -> Iterator[Place]:
    """Yield what one tool, asked twice in the same way, said once and once did not."""
    if len(told) < 2:
        return
    asked: dict[tuple[object, ...], list[Evidence]] = {}
    for evidence in told:
        for root in evidence.scope.roots:
            asked.setdefault((evidence.detector, *basis(evidence), root), []).append(evidence)
    for evidence in told:
        for defect in evidence.defects:
            name = families.family(evidence.detector, defect.rule)
            place = name, defect.path, defect.span.start_line if defect.span else None
            tool = evidence.detector, *basis(evidence)
            roots = holders(defect.path) if defect.path else (EVERYTHING,)
            others = [one for root in roots for one in asked.get((*tool, root), ())]
            if any(not _says(one, defect.rule, place) for one in others if one is not evidence):
                yield place


def _says(evidence: Evidence, rule: str, place: Place) -> bool:
    """Tell whether a run reports something at a place, or did not look for it there."""
    path = place[1]
    if not covers(evidence, path) or not evidence.scope.covers_rule(rule):
        return True
    if path in unreadable([evidence]):
        return True
    return any(
        (families.family(evidence.detector, d.rule), d.path, d.span.start_line if d.span else None)
        == place
        for d in evidence.defects
    )
