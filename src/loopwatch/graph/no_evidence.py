"""Stands in for the watch over observed defects where no detector can have said a word."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from loopwatch.graph.defect_table import DefectTable
from loopwatch.graph.flips import Flips
from loopwatch.graph.returns import Return
from loopwatch.model.evidence import Evidence
from loopwatch.model.history import Change

# What is known of a version; one that lies before the range has a number below -1.
Told = Callable[[int, Sequence[Change]], Sequence[Evidence]]


def nothing_told(version: int, changes: Sequence[Change]) -> Sequence[Evidence]:  # noqa: ARG001
    """Say that no detector has looked at a version."""
    return ()


@dataclass(slots=True)
class NoEvidence:
    """An ``EvidenceWatch`` without defects: nothing of what those take is loaded."""

    flips: Flips
    table: DefectTable = field(default_factory=DefectTable)

    @property
    def turns(self) -> "NoEvidence":
        """What tells of the turns of defects: there are none."""
        return self

    def is_open(self, found: Return) -> bool:  # noqa: ARG002
        """Tell whether a defect of a turn is there at its last sighting."""
        return False

    def has_stood(self, path: bytes) -> bool:  # noqa: ARG002
        """Tell whether anything was ever reported of a file."""
        return False

    def is_flaky(self, found: Return) -> bool:  # noqa: ARG002
        """Tell whether a return hangs on a check that both passes and fails on one content."""
        return False
