"""The defects that were seen, by number, with what is known of each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from loopwatch.graph.topology import NONE
from loopwatch.model.evidence import Defect


@dataclass(slots=True)
class Followed:
    """One defect, followed through the versions."""

    number: int
    key: str  # its fingerprint, of its first form
    first: Defect
    detector: str
    symbol: str | None
    latest: Defect
    sightings: list[tuple[int, bool]] = field(default_factory=list)  # version, is it present?
    clean: Callable[[], Iterable[int]] = tuple  # versions besides in which it is not there
    detectors: set[str] = field(default_factory=set)  # all that reported it
    reasons: set[str] = field(default_factory=set)  # why a test failed
    is_flaky: bool = False  # it was both there and not there on the same content

    def last_present(self, version: int, sees: Callable[[int, int], bool]) -> int:
        """Return the newest version before in which it was reported, or NONE."""
        seen = (at for at, is_present in reversed(self.sightings) if is_present and at < version)
        return next((at for at in seen if sees(version, at)), NONE)

    def see(self, version: int, report: Defect | None) -> None:
        """Note that it is reported at a version, or that it is known not to be there."""
        if not self.sightings or self.sightings[-1][0] != version:
            self.sightings.append((version, report is not None))
        if report is not None:
            self.latest = report
            self.reasons.add(report.reason)


@dataclass(slots=True)
class DefectTable:
    """All followed defects."""

    followed: list[Followed] = field(default_factory=list)

    def __getitem__(self, number: int) -> Followed:
        return self.followed[number]

    def begin(self, report: Defect, detector: str, key: str, symbol: str | None) -> Followed:
        """Take in a defect that was not seen before."""
        one = Followed(
            number=len(self.followed),
            key=key,
            first=report,
            detector=detector,
            symbol=symbol,
            latest=report,
            detectors={detector},
        )
        self.followed.append(one)
        return one

    @property
    def flaky(self) -> int:
        """How many checks are flaky."""
        return sum(one.is_flaky for one in self.followed)
