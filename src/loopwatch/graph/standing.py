"""Reports of one version, and what is remembered of them: which defects stand in a file."""

from collections.abc import Iterable, Iterator, Sequence
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
    is_broken: bool = False  # one of them is a syntax error


def joined(told: Sequence[Evidence]) -> Iterator[Report]:
    """Yield the reports of a version; what two tools say of one line is one report."""
    reports: dict[tuple[str, str | None, int | None, int], Report] = {}
    for evidence in told:
        seen: dict[Place, int] = {}
        for defect in evidence.defects:
            place = _place(evidence.detector, defect)
            seen[place] = seen.get(place, 0) + 1
            key = *place, seen[place]  # the second of one tool on a line is another one
            known = reports.get(key)
            detectors = (*(known.detectors if known else ()), evidence.detector)
            told_by = tuple(dict.fromkeys(detectors))
            reports[key] = Report(known.defect if known else defect, told_by, place[0])
    doubted = set(_doubted(told))
    if not doubted:
        yield from reports.values()
        return
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
        tool, others = (evidence.detector, *basis(evidence)), {}
        for defect in evidence.defects:
            path = defect.path
            if path not in others:
                runs = [one for root in _roots(path) for one in asked.get((*tool, root), ())]
                others[path] = [one for one in runs if one is not evidence]
            if others[path]:
                place = _place(evidence.detector, defect)
                if any(not _says(one, defect.rule, place) for one in others[path]):
                    yield place


def _roots(path: str | None) -> Iterable[str]:
    return holders(path) if path else (EVERYTHING,)


def _place(detector: str, defect: Defect) -> Place:
    line = defect.span.start_line if defect.span else None
    return families.family(detector, defect.rule), defect.path, line


def _says(evidence: Evidence, rule: str, place: Place) -> bool:
    """Tell whether a run reports something at a place, or did not look for it there."""
    path = place[1]
    if not covers(evidence, path) or not evidence.scope.covers_rule(rule):
        return True
    if path in unreadable([evidence]):
        return True
    return any(_place(evidence.detector, defect) == place for defect in evidence.defects)
