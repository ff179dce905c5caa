"""What loopwatch can do, one function for each thing; every entry point calls these."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from loopwatch.errors import UnknownFindingError
from loopwatch.model.finding import Finding
from loopwatch.model.options import Options
from loopwatch.model.report import Report
from loopwatch.pipeline import analyse
from loopwatch.sources import fixture
from loopwatch.sources.git_blobs import Blobs
from loopwatch.sources.repository import find_repository
from loopwatch.sources.scan_range import ScanRange, read_range


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRequest:
    """What to scan, and how."""

    folder: Path
    range: ScanRange = field(default_factory=ScanRange)
    options: Options = field(default_factory=Options)


def scan(request: ScanRequest) -> Report:
    """Return what the history of a repository has to say.

    Raises:
        LoopwatchError: it cannot be read.
    """
    repository = find_repository(request.folder)
    with Blobs(repository.git, request.options.largest_file) as blobs:
        history, topology, frame = read_range(repository, blobs, request.range)
        return analyse(history, topology, frame, request.options)


def demo() -> Report:
    """Build the vibe-coding example as a real repository in a temporary folder, and scan it."""
    with tempfile.TemporaryDirectory(prefix="loopwatch-demo-") as folder:
        root = Path(folder) / "demo"
        root.mkdir()
        fixture.build(fixture.demo(), root)
        return scan(ScanRequest(folder=root))


def find(report: Report, wanted: str) -> Finding:
    """Return the finding whose id begins with ``wanted``.

    Raises:
        UnknownFindingError: none does, or several do.
    """
    found = [finding for finding in report.findings if finding.id.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(finding.id for finding in found[:5])
        raise UnknownFindingError(f"{wanted} could be any of {ids}", hint="give more of the id")
    raise UnknownFindingError(
        f"no finding goes by {wanted}", hint="loopwatch scan lists them; ids are 12 digits long"
    )
