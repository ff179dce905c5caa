"""Lint findings, type and syntax errors: which stand in each file, and which turned.

Reports are matched with those of the newest known version before, file by file, whatever
lines they stand on. What no detector looked for stays as it was last known.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from loopwatch.graph.edits import FileEdit
from loopwatch.graph.flips import Flip
from loopwatch.graph.report_files import ReportFiles
from loopwatch.graph.report_look import Look
from loopwatch.graph.report_store import ReportStore
from loopwatch.model.evidence import DefectKind, Evidence

NO_EDITS: Mapping[bytes, FileEdit] = MappingProxyType({})


@dataclass(slots=True)
class ReportWatch:
    """Takes in reports, version by version."""

    store: ReportStore

    def look(
        self,
        version: int,
        told: Sequence[Evidence],
        renames: Mapping[str, str],
        gone: frozenset[bytes] = frozenset(),
        edits: Mapping[bytes, FileEdit] = NO_EDITS,
    ) -> Iterator[Flip]:
        """Take in what was said about a version, and yield the defects that turned.

        Args:
            version: its number.
            told: what detectors said.
            renames: files that go on under another name, old to new.
            gone: files that the version deletes.
            edits: what the version did to the files that were looked into, by path.
        """
        told = [evidence for evidence in told if evidence.kind is not DefectKind.TEST]
        if not told and not self.store.has_stood(gone):
            return
        families = frozenset(map(self.store.texts.files.paths.family, gone))
        look = Look(ReportFiles(self.store, version, renames, families, edits), told)
        yield from look.flips()
        self.store.coverage.take(version, told)

    def has_stood(self, paths: frozenset[bytes]) -> bool:
        """Tell whether anything was ever reported of one of some files."""
        return self.store.has_stood(paths)

    def is_broken(self, path: bytes, version: int) -> bool:
        """Tell whether a syntax error is known in a file before a version."""
        return self.store.is_broken(path, version)
