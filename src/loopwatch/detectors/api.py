"""The seam for detectors: what finds defects, or reads what another tool found.

A third party adds one by an entry point of the group ``loopwatch.detectors`` that
names an object with the attributes of :class:`Reader` or of :class:`Inspector`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from loopwatch.model.evidence import Defect, Evidence

GROUP = "loopwatch.detectors"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a tool was asked and what it answered, or a result file from elsewhere."""

    stdout: bytes = b""  # or the content of the file
    stderr: bytes = b""
    command: tuple[str, ...] = ()  # as it was called; empty: not known
    exit_status: int | None = None  # None: not known; negative: killed by that signal
    root: str = ""  # absolute folder of the repository when it ran, to make paths relative
    folder: str = ""  # where it ran, relative to the root, with forward slashes; "" is the root
    is_cut: bool = False  # a part of the output is missing


class Reader(Protocol):
    """Turns what one tool printed into evidence.

    A reader is pure: the same run gives the same evidence. It reads no disk, network or
    clock. What the run did not check it leaves unknown. It may have an attribute ``advice``:
    how the tool is made to tell more, in half a sentence.
    """

    @property
    def name(self) -> str:
        """Return what ``--format`` and the configuration call it: ``ruff``."""

    def recognises(self, run: Run) -> bool:
        """Tell, by the command or else by the output, whether this tool printed it."""

    def read(self, run: Run) -> Evidence | None:
        """Return what the run says; None if it says nothing that can be relied on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One file of one version."""

    path: str  # repository-relative, with forward slashes
    content: bytes


class Inspector(Protocol):
    """Finds defects of one kind by looking at a file, with no other tool.

    An inspector is pure, and knows nothing of other files and versions.
    """

    @property
    def name(self) -> str:
        """Return what the configuration calls it: ``syntax``."""

    @property
    def version(self) -> str:
        """Return what changes when the same file may get another answer."""

    def inspects(self, path: str) -> bool:
        """Tell whether files of that name are looked at."""

    def inspect(self, file: SourceFile) -> Iterator[Defect]:
        """Yield what is wrong in a file, in the order of lines."""


Detector: TypeAlias = Reader | Inspector
