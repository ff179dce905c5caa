"""What was reported of each file, and which defects these reports are."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from loopwatch.fingerprints.describing import Describing
from loopwatch.fingerprints.tracks import Tracks
from loopwatch.graph.coverage import Basis, Coverage
from loopwatch.graph.defect_table import DefectTable
from loopwatch.graph.departing import Departing
from loopwatch.graph.flips import Flips
from loopwatch.graph.standing import NOWHERE, Report, Standing
from loopwatch.graph.texts import Texts
from loopwatch.model.evidence import DefectKind


@dataclass(slots=True)
class ReportStore:
    """What stands in each file, at each version that was looked at."""

    table: DefectTable
    flips: Flips
    texts: Texts
    departing: Departing
    coverage: Coverage
    tracks: Tracks = field(default_factory=Tracks)
    describing: Describing = field(default_factory=Describing)
    _standing: dict[int, list[Standing]] = field(default_factory=dict)  # by family of the file
    _names: dict[int, str] = field(default_factory=dict)  # by family of the file
    _families: dict[str, int] = field(default_factory=dict)  # by that name
    _paths: dict[int, bytes] = field(default_factory=dict)  # the newest, by family of the file
    _numbers: dict[int, int] = field(default_factory=dict)  # in the table, by track
    _homes: dict[int, set[int]] = field(default_factory=dict)  # families of files, by track
    _basis: dict[int, dict[str, set[Basis]]] = field(default_factory=dict)  # of the last sighting

    def standing(self, family: int, version: int) -> Standing | None:
        """Return what is known to have stood in a file before a version."""
        for standing in reversed(self._standing.get(family, ())):
            if standing.version < version and self.flips.sees(version, standing.version):
                return standing
        return None

    def stands(self, track: int, version: int) -> bool:
        """Tell whether a track is known to have stood in some file before a version."""
        found = (self.standing(family, version) for family in self._homes.get(track, ()))
        return any(track == one for stood in found if stood for one, _ in stood.occupants)

    def families(self) -> Iterable[int]:
        """Return the families of all files that anything was ever reported of."""
        return self._standing.keys()

    def has_stood(self, paths: frozenset[bytes]) -> bool:
        """Tell whether anything was ever reported of one of some files."""
        return any(self.texts.files.paths.family(path) in self._standing for path in paths)

    def is_broken(self, path: bytes, version: int) -> bool:
        """Tell whether a syntax error is known in a file before a version."""
        standing = self.standing(self.texts.files.paths.family(path), version)
        return standing is not None and standing.is_broken

    def is_syntax(self, track: int) -> bool:
        """Tell whether a track is a syntax error."""
        return self.table[self.known_number(track)].first.kind is DefectKind.SYNTAX

    def meet(self, family: int, path: bytes) -> None:
        """Note by which name a file is reported now."""
        self._paths[family] = path

    def first_name(self, family: int, path: bytes) -> str:
        """Return the name that a file was first reported by, so that a rename changes nothing."""
        if family not in self._names:
            name = self._names[family] = path.decode("utf-8", "surrogateescape")
            self._families.setdefault(name, family)
        return self._names[family]

    def named(self, name: str) -> int | None:
        """Return the family of the file that was first reported by a name."""
        return self._families.get(name)

    def last_path(self, family: int) -> bytes:
        """Return the name that a file was last reported by."""
        return self._paths.get(family, NOWHERE)

    def keep(self, family: int, standing: Standing) -> None:
        """Remember what stands in a file."""
        self._standing.setdefault(family, []).append(standing)
        for track, _ in standing.occupants:
            self._homes.setdefault(track, set()).add(family)

    def number(self, track: int, report: Report, symbol: str | None) -> int:
        """Return the number in the table of a track."""
        if track not in self._numbers:
            one = self.table.begin(
                report.defect, report.detectors[0], self.tracks.key(track), symbol
            )
            self._numbers[track] = one.number
        number = self._numbers[track]
        self.table[number].detectors.update(report.detectors)
        return number

    def known_number(self, track: int) -> int:
        """Return the number in the table of a track that was seen before."""
        return self._numbers[track]

    def latest_path(self, track: int) -> str | None:
        """Return the file that a track was reported of last, as it was called then."""
        return self.table.followed[self._numbers[track]].latest.path

    def bases(self, number: int) -> dict[str, set[Basis]]:
        """Return which tools, in what version and configuration, reported a defect last."""
        return self._basis.setdefault(number, {})
