"""A detector that can be run, and what it is to be run on."""

from dataclasses import dataclass

from loopwatch.detectors.api import Reader
from loopwatch.sources.detector_config import DetectorConfig
from loopwatch.sources.tool_settings import Settings

File = tuple[bytes, bytes]  # path, blob id


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """A configured detector that can be run here."""

    config: DetectorConfig
    reader: Reader | None = None  # None: known only by what it prints
    version: str = ""  # what the tool says of itself

    @property
    def is_alone(self) -> bool:
        """Tell whether the answer for a file depends on that file alone."""
        return self.config.looks_at_files_alone(self.reader.name if self.reader else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One detector, to be run on one version."""

    detector: Detector
    configuration: str  # digest of what decides the answer, beside the content
    tree: str | None  # id of the version's tree; None: it is not committed
    files: tuple[File, ...]  # those to look at
    settings: Settings  # files that the tool takes its rules from
