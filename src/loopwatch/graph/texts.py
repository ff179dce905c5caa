"""What a file was at a version, whether or not a version of the range changed it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from loopwatch.graph.contents import Contents, FileContent
from loopwatch.graph.file_watch import FileWatch
from loopwatch.graph.tracks import ABSENT


@dataclass(slots=True)
class Texts:
    """Finds the content of a path at a version that was looked at already."""

    files: FileWatch
    contents: Contents
    files_at_start: Callable[[], Mapping[bytes, bytes]]  # blob ids of the first version, by path
    _at_start: Mapping[bytes, bytes] | None = None

    def blob(self, path: bytes, version: int) -> bytes | None:
        """Return the blob id of a path at a version; None where it is not there."""
        visit = self.files.histories.newest(self.files.paths.number(path), version)
        if visit is not None:
            state = visit.state
            assert isinstance(state, bytes)
            return state if state != ABSENT else None
        if self._at_start is None:
            self._at_start = self.files_at_start()
        return self._at_start.get(path)

    def at(self, path: bytes, version: int) -> FileContent | None:
        """Return the content of a path at a version; None where it cannot be looked into."""
        blob = self.blob(path, version)
        return self.contents.get(path, blob) if blob is not None else None

    def now(self, path: bytes, version: int) -> bytes:
        """Return how a file is called at a version; the same name where it is gone."""
        if self.blob(path, version) is not None:
            return path
        names = {path}
        for new, old in self.files.renamed_from.items():  # in the order of the renames
            if old in names:
                names.add(new)
        there = [name for name in names if self.blob(name, version) is not None]
        return there[0] if len(there) == 1 else path

    def paths(self) -> set[bytes]:
        """Return all paths that are known: of the first version, and those that changed since."""
        if self._at_start is None:
            self._at_start = self.files_at_start()
        return {*self._at_start, *self.files.paths.names}

    def is_still(self, path: bytes) -> bool:
        """Tell whether a file that cannot be looked into is there, and never changed so far."""
        if self.files.paths.number(path) in self.files.histories.tracks:
            return False
        if self._at_start is None:
            self._at_start = self.files_at_start()
        return self._at_start.get(path) is not None

    def form(self, path: bytes, symbol: str, version: int) -> bytes | None:
        """Return the tokens of a symbol, as one state; None where it is not there."""
        content = self.at(path, version)
        if content is None or content.syntax is None:
            return None
        symbols = content.syntax.symbols
        return next((found.token_state for found in symbols if found.name == symbol), None)
