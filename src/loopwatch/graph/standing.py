"""Reports of one version, and what is remembered of them: which defects stand in a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loopwatch.detectors import families
from loopwatch.fingerprints.descriptor import Descriptor
from loopwatch.model.evidence import Defect, Evidence

# Number among the tracks, and the form; None: as before, described when somebody asks.
Occupant = tuple[int, Descriptor | None]
NOWHERE = b""  # where reports are that name no file


@dataclass(frozen=True, slots=True)
class Report:
    """One defect as it is reported of a version, by one detector or by several."""

    defect: Defect
    detectors: tuple[str, ...]
    family: str  # of its rule

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
    reports: dict[tuple[object, ...], Report] = {}
    for evidence in told:
        seen: dict[tuple[object, ...], int] = {}
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
    yield from reports.values()
