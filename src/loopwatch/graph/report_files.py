"""The files of one version that reports are about, as they are and as they were."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from loopwatch.diffing.languages import language_of
from loopwatch.diffing.lines import Block, changed_blocks
from loopwatch.fingerprints.describing import DescribedFile
from loopwatch.fingerprints.descriptor import Descriptor
from loopwatch.fingerprints.scopes import Definitions
from loopwatch.fingerprints.tracks import Surroundings
from loopwatch.graph.contents import FileContent
from loopwatch.graph.edits import FileEdit
from loopwatch.graph.report_store import ReportStore
from loopwatch.graph.standing import NOWHERE, Report, Standing
from loopwatch.graph.topology import NONE


@dataclass(slots=True)
class ReportFiles:
    """Finds files by their family, and describes what is reported of them."""

    store: ReportStore
    version: int
    renames: Mapping[str, str]  # files that go on under another name, old to new
    deleted: frozenset[int]  # families of files
    edits: Mapping[bytes, FileEdit]  # what the version did to files, by their new path
    paths: dict[int, bytes] = field(default_factory=dict)  # of what is reported, by family
    _stood: dict[int, Standing | None] = field(default_factory=dict)  # by family
    _earlier: dict[str, str] = field(init=False)  # new to old

    def __post_init__(self) -> None:
        self._earlier = {new: old for old, new in self.renames.items()}

    def stood(self, family: int) -> Standing | None:
        """Return what is known to have stood in a file before."""
        if family not in self._stood:
            self._stood[family] = self.store.standing(family, self.version)
        return self._stood[family]

    def family(self, path: bytes) -> int:
        """Return the number that all names of a file share."""
        family = self.store.texts.files.paths.family(path)
        if family not in self.paths:
            self.paths[family] = path
            self.store.meet(family, path)
        return family

    def named(self, path: str) -> int | None:
        """Return the number of a path, if a file is there now; None for what may be a folder."""
        raw, texts = path.encode("utf-8", "surrogateescape"), self.store.texts
        is_file = raw in texts.files.paths.numbers and texts.blob(raw, self.version) is not None
        return texts.files.paths.family(raw) if is_file else None

    def name(self, family: int, path: str | None) -> str | None:
        """Return how a file that was reported under a path is called now."""
        if family in self.paths:
            return self.paths[family].decode("utf-8", "surrogateescape") or None
        return self.renames.get(path, path) if path is not None else None

    def earlier_name(self, path: bytes) -> str:
        """Return how a file was called before this version."""
        name = path.decode("utf-8", "surrogateescape")
        return self._earlier.get(name, name)

    def is_new(self, path: bytes) -> bool:
        """Tell whether a file is known not to have been there before this version."""
        parent = self.store.coverage.parent(self.version)
        is_renamed = path.decode("utf-8", "surrogateescape") in self._earlier
        if not path or parent == NONE or is_renamed:
            return False
        return self.store.texts.blob(path, parent) is None

    def blob(self, family: int) -> bytes | None:
        """Return the content of a file now, by the name that it is reported under."""
        path = self.paths.get(family, NOWHERE)
        return self.store.texts.blob(path, self.version) if path else None

    def old(self, family: int, before: Standing) -> FileContent | None:
        """Return the file as it was when something stood in it."""
        path = self._path(family)
        if not path or before.blob is None:
            return None
        return self.store.texts.contents.get(path, before.blob)

    def blocks(self, family: int, old: FileContent, new: FileContent) -> Sequence[Block]:
        """Return in which lines two contents of a file differ; mostly, the edit has told."""
        edit = self.edits.get(self._path(family))
        if edit is not None and edit.old is old and edit.new is new:
            return edit.blocks()
        return changed_blocks(old.lines, new.lines)

    def forms(
        self, family: int, reports: Sequence[Report], blob: bytes | None
    ) -> tuple[Descriptor, ...]:
        """Describe reports of a file, as it is or was."""
        if not reports:
            return ()
        rules = {id(report.defect): report.family for report in reports}
        file = self._file(family, blob)
        return file.describe_all([r.defect for r in reports], lambda defect: rules[id(defect)])

    def surroundings(self) -> Surroundings:
        """Return what stands in files now, and what stood in them, with defects or not."""
        return Surroundings(standing=Definitions(self._now), stood=Definitions(self._then))

    def _now(self, name: str) -> DescribedFile | None:
        family = self.store.named(name)
        if family is None or family in self.deleted:
            return None
        last = self.name(family, self.store.last_path(family).decode("utf-8", "surrogateescape"))
        path = (last or "").encode("utf-8", "surrogateescape")
        return self._there(family, self.store.texts.blob(path, self.version))

    def _then(self, name: str) -> DescribedFile | None:
        family = self.store.named(name)
        if family is None:
            return None
        stood = self.stood(family)
        if stood is not None and stood.blob is not None:
            return self._there(family, stood.blob)
        parent, path = self.store.coverage.parent(self.version), self._path(family)
        if parent == NONE:
            return None
        earlier = self.earlier_name(path).encode("utf-8", "surrogateescape")
        return self._there(family, self.store.texts.blob(earlier, parent))

    def _there(self, family: int, blob: bytes | None) -> DescribedFile | None:
        return self._file(family, blob) if blob is not None else None

    def _path(self, family: int) -> bytes:
        return self.paths.get(family) or self.store.last_path(family)

    def _file(self, family: int, blob: bytes | None) -> DescribedFile:
        path = self._path(family)
        name = self.store.first_name(family, path)
        contents = self.store.texts.contents  # what is kept for long must not hold the edits here

        def content() -> bytes | None:
            found = contents.get(path, blob) if path and blob else None
            return b"\n".join(found.lines) if found is not None else None

        return self.store.describing.file(blob, content, name, language_of(name))
