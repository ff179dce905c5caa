"""What the memory cannot tell without a parser: whether symbols return, and whether syntax holds.

Few staged edits need it; all that a parser takes is loaded for those alone.
"""

from collections.abc import Iterable, Sequence

from loopwatch.diffing.languages import language_of
from loopwatch.graph.contents import EMPTY, Contents, FileContent, name
from loopwatch.graph.edits import FileEdit
from loopwatch.graph.symbol_changes import changed_symbols
from loopwatch.graph.syntax_watch import MACROS
from loopwatch.graph.taking_back import PastEdit
from loopwatch.sources.git_child import BlobReader

MOST_PARSED = 8  # earlier states of a file; to read more takes as long as to look properly


class ParsedLook:
    """Parses contents as the whole pipeline does."""

    def __init__(self, blobs: BlobReader) -> None:
        self._blobs = blobs
        self._contents = Contents(read=self._read, skip=_skip)

    def _read(self, blob: bytes) -> bytes | str:
        content = self._blobs.read([blob])[0]
        return content if content is not None else "missing object"

    def _content(self, path: bytes, blob: bytes) -> FileContent | None:
        return self._contents.get(path, blob) if blob else EMPTY

    def may_return(
        self, path: bytes, old_path: bytes, states: tuple[bytes, bytes], left: Sequence[PastEdit]
    ) -> bool:
        """Tell whether a symbol of a file is as it was before one of some earlier edits.

        Args:
            path: of the file.
            old_path: another one where it is renamed.
            states: its blob ids, before and after.
            left: the edits.
        """
        old, new = self._content(old_path, states[0]), self._content(path, states[1])
        if old is None or new is None or language_of(name(path)) is None:
            return False
        edit = FileEdit(path=path, old_path=old_path, old=old, new=new, hunks=())
        wanted = {one.name: one.new.shape_state for one in changed_symbols(edit) if one.new}
        if not wanted:
            return False
        if len(left) > MOST_PARSED:
            return True
        return any(self._has_any(path, edit.old, wanted) for edit in left if edit.old)

    def _has_any(self, path: bytes, blob: bytes, wanted: dict[str, bytes]) -> bool:
        has_shape = self._contents.has_shape
        return any(has_shape(path, blob, symbol, shape) for symbol, shape in wanted.items())

    def is_broken(self, sides: Iterable[tuple[bytes, bytes]]) -> bool:
        """Tell whether any of some contents, given by path and blob id, does not parse."""
        return any(self._is_broken(path, blob) for path, blob in sides if blob)

    def _is_broken(self, path: bytes, blob: bytes) -> bool:
        if language_of(name(path)) in {None, *MACROS}:
            return False
        content = self._content(path, blob)
        return content is not None and content.syntax is not None and bool(content.syntax.errors)


def _skip(path: bytes, reason: str) -> None:
    """Drop what the slow way would tell."""
