"""The seam between where versions come from and what is concluded from them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from loopwatch.model.report import Skipped, Source
from loopwatch.model.version import Version

Change = tuple[bytes, bytes | None, bytes | None]  # path, blob id before, blob id after
Rename = tuple[bytes, bytes]  # path before, path after


class History(Protocol):
    """Versions in an order in which parents come first, each with what it changed.

    Versions are numbered from 0; a change is against the first parent. Paths are
    bytes as git has them, blob ids are binary, None means absent.
    """

    def changes(self) -> Iterator[Sequence[Change]]:
        """Yield what each version changed, in the order of the numbers."""

    def renames(self, version: int, changes: Sequence[Change]) -> Sequence[Rename]:
        """Return which of the paths that appeared were renamed or copied from where."""

    def is_elsewhere(self, path: bytes) -> bool:
        """Tell whether what a path points at lies in another repository."""

    def is_gap(self, number: int) -> bool:
        """Tell whether what a version changed happened unseen, between other versions."""

    def before(self, number: int, path: bytes) -> bytes | None:
        """Return what a version changed a file from, where no version told that state; or None."""

    def is_part(self, blob_id: bytes) -> bool:
        """Tell whether of a content only a part is known, as in the log of a session."""

    def expect(self, blob_ids: Iterable[bytes]) -> None:
        """Have contents read that are going to be asked for."""

    def content(self, blob_id: bytes) -> bytes | str:
        """Return the content of a blob, or the reason why there is none."""

    def files_at_start(self) -> Mapping[bytes, bytes]:
        """Return the blob ids of all files of the first version, by path."""

    def agents(self) -> Mapping[int, str]:
        """Return the coding agents that made versions, by number, where that is told."""

    def tree(self, number: int) -> bytes | None:
        """Return the id of a version's whole tree, if it has one."""

    def version(self, number: int) -> Version:
        """Return the version of that number."""

    def id(self, number: int) -> str:
        """Return the id of a version."""

    def parent(self, number: int) -> str | None:
        """Return the id of the version that a version comes from; None for a root."""

    def skipped(self) -> Sequence[Skipped]:
        """Return what could not be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a source says of the versions that it gives, beside the versions."""

    source: Source
    line_name: str  # of the main line: a branch, or the revision that was asked for
    attributes: str = ""  # text of the .gitattributes file at the root
    id_width: int = 20  # bytes of a blob id
    is_complete: bool = True
    notices: tuple[str, ...] = ()  # for people: what could not be seen, and what to do
