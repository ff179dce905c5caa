"""What a quick look is asked about: what is staged, or the newest commit; git is asked at once."""

import os

from loopwatch.keeping.quick_ground import MEMORY, Perhaps, earliest, index_variable, lines_told
from loopwatch.sources.git_child import GitChild
from loopwatch.sources.git_log import NEWEST, ids_of, parse_log
from loopwatch.sources.raw_changes import DIFF_TREE, RENAMED, STAGED, entries, renames

TYPE_CHECKING = False  # as that of ``typing``, which the hook does not load
if TYPE_CHECKING:
    from collections.abc import Sequence

    from loopwatch.keeping.remembering import History
    from loopwatch.model.history import Change
    from loopwatch.sources.git_log import LoggedCommit

PLACE = (
    "rev-parse", "--path-format=absolute", "--git-common-dir", "--absolute-git-dir",
    "--show-toplevel", "HEAD^{commit}",
)  # fmt: skip


class AskedChange:
    """One change, and where it lies. Git begins to work when it is made, and says all in ``find``.

    Whatever asks git raises ``GitFailedError`` where git cannot tell.
    """

    def __init__(self, place: "Sequence[str]", *, has_message: bool) -> None:
        self.has_message = has_message  # it is known, so that it may decide
        self.is_made = False  # it is a commit already
        self.index: dict[str, str] = {}  # the variable that names the index, if it is another one
        self.common = self.git_folder = self.top = ""
        self.head = b""  # id of the newest commit
        self.base = b""  # id of the commit that it is made on; empty: of one that is no base
        self.changes: Sequence[Change] = ()
        self._children: list[GitChild] = []
        self._place = self._git(*place)
        self._newest: GitChild | None = None
        self._logged: list[LoggedCommit] | None = None

    def _git(self, *arguments: str) -> GitChild:
        child = GitChild(arguments, environment=self.index)
        self._children.append(child)
        return child

    def close(self) -> None:
        """End what was started."""
        for child in self._children:
            child.end()

    def find(self) -> None:
        """Take in what git says of the place, and of the change.

        Raises:
            Perhaps: it is not as expected.
        """
        raise NotImplementedError

    def _take_place(self, more: int = 0) -> list[str]:
        """Take in where it lies; return so many lines more that were asked for."""
        told = lines_told(self._place.answer(), 4 + more)
        self.common, self.git_folder, self.top, head = told[:4]
        self.head = bytes.fromhex(head)
        return told[4:]

    def newest(self) -> "Sequence[LoggedCommit]":
        """Return the newest commit, if git was asked for it early and it is that still."""
        if self._logged is None:
            told = self._newest.answer() if self._newest is not None else b""
            logged = parse_log([told.split(b"\0")], {})
            self._logged = [one for one in logged if ids_of(one[0])[0] == self.head]
        return self._logged

    def renamed(self) -> "Sequence[tuple[bytes, bytes]]":
        """Return old and new paths of the files that are renamed in it."""
        raise NotImplementedError

    def tree(self) -> bytes:
        """Return the id of the tree that it leads to.

        Raises:
            OSError: there is no room to ask for it.
        """
        raise NotImplementedError

    def earliest(self, history: "History") -> int:
        """Return the earliest time that it may have, in seconds since 1970.

        Raises:
            Perhaps: it takes the place of the newest commit.
        """
        raise NotImplementedError


class StagedChange(AskedChange):
    """What is staged, on the newest commit."""

    def __init__(self, *, has_message: bool) -> None:
        super().__init__(PLACE, has_message=has_message)
        self.index = index_variable()
        self._staged = self._git(*STAGED, "--no-renames", "HEAD", "--")
        if _may_have_moved():
            self._newest = self._git(*NEWEST, "HEAD", "--")

    def find(self) -> None:
        self._take_place()
        self.base = self.head
        self.changes = tuple(entries(self._staged.answer()))

    def renamed(self) -> "Sequence[tuple[bytes, bytes]]":
        return renames(self._git(*STAGED, *RENAMED, "HEAD", "--").answer())

    def tree(self) -> bytes:
        from loopwatch.keeping.quick_evidence import staged_tree

        return staged_tree(self.common, self.index)

    def earliest(self, history: "History") -> int:
        return earliest(self, history)


class NewestCommit(AskedChange):
    """The newest commit, on its only parent."""

    def __init__(self) -> None:
        super().__init__((*PLACE, "HEAD^{tree}"), has_message=True)
        self.is_made = True
        self._newest = self._git(*NEWEST, "HEAD", "--")
        self._tree = self._committed = ""

    def find(self) -> None:
        (self._tree,) = self._take_place(more=1)
        if not self.newest():
            raise Perhaps("another commit by now")
        header, self.changes = self.newest()[0]
        parents = ids_of(header)[1:]
        self.base = parents[0] if len(parents) == 1 else b""
        self._committed = header.split(b"\n")[2].decode()

    def renamed(self) -> "Sequence[tuple[bytes, bytes]]":
        return renames(self._git(*DIFF_TREE, *RENAMED, self.base.hex(), self.head.hex()).answer())

    def tree(self) -> bytes:
        return bytes.fromhex(self._tree)

    def earliest(self, history: "History") -> int:
        del history
        return int(self._committed)


def _may_have_moved() -> bool:
    """Guess by the times of two files whether there is a commit that is not remembered yet."""
    try:
        moved, remembered = (os.stat(f".git/{name}").st_mtime_ns for name in ("logs/HEAD", MEMORY))  # noqa: PTH116  paths take long to load
    except OSError:
        return False
    return moved >= remembered
