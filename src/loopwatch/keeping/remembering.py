"""Keeps the memory of the hook up with the history: what each new commit did to each file."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from loopwatch.graph.taking_back import PastEdit
from loopwatch.keeping.steps import Step, copied, lines_of, look_into, may_rename, moved, steps_of
from loopwatch.sources.git_child import BlobReader, GitChild, GitFailedError
from loopwatch.sources.git_log import LOG, NEWEST, PARENTS_FORMAT, ids_of, parse_log
from loopwatch.sources.raw_changes import DIFF_TREE, RENAMED, renames
from loopwatch.store.memory import HEADS, Memory

TYPE_CHECKING = False  # as that of ``typing``, which the hook does not load
if TYPE_CHECKING:
    from typing import TypeAlias

    from loopwatch.model.history import Change, Rename
    from loopwatch.sources.git_log import LoggedCommit

    Renaming: TypeAlias = Sequence[Rename]
    Logged: TypeAlias = Sequence[LoggedCommit]

MOST_HEADS = 8
MARGIN = 50  # commits more than are asked for, as their order may change with new ones
MOST_REMEMBERED = 6  # times the commits that are asked for; with more, all is read anew
KEPT_BYTES = 64_000_000  # of contents, while many commits are taken in
NO_RENAMES: "Renaming" = ()


class History:
    """The first-parent history of the version that something is staged on."""

    __slots__ = ("ages", "authored", "committed", "committed_at")

    def __init__(self, memory: Memory, head: bytes, without: bytes = b"") -> None:
        """Read it.

        Args:
            memory: the memory.
            head: id of that version.
            without: id of the version that is looked at, where it is remembered already.

        Raises:
            LookupError: the version is not remembered.
        """
        known = {row[1]: row for row in memory.versions() if row[1] != without}
        _, _, _, self.authored, self.committed = known[head]
        self.committed_at = {row[0]: row[4] for row in known.values()}  # by number
        self.ages: dict[int, int] = {}  # first-parent steps from what is staged, by number
        at: bytes | None = head
        while at in known and known[at][0] not in self.ages:
            number, _, parents, _, _ = known[at]
            self.ages[number] = len(self.ages) + 1
            at = parents[: len(head)]

    def past(
        self, memory: Memory, files: Iterable[int], *, is_certain: bool = False
    ) -> list[PastEdit]:
        """Return what is remembered of some files."""
        return [
            PastEdit(
                age=self.ages.get(version),
                when=self.committed_at[version],
                old=old,
                new=new,
                lines=lines,
                words=words,
                is_certain=is_certain,
            )
            for version, old, new, _, lines, words in memory.edits(files)
            if version in self.committed_at
        ]


def catch_up(
    memory: Memory,
    folder: str,
    blobs: BlobReader,
    head: bytes,
    count: int,
    newest: "Callable[[], Logged]" = tuple,
) -> None:
    """Take in what is new, so that the newest ``count`` commits of a head are remembered.

    Args:
        memory: the memory.
        folder: the top of the repository.
        blobs: reads its contents.
        head: id of a commit.
        count: at least 1.
        newest: returns the commit that is the head, if git was asked for it before.

    Raises:
        GitFailedError: git cannot tell.
        MemoryUnusableError: the memory cannot be written, or is written by another process.
    """
    wanted = f"{head.hex()}:{count}"
    if wanted in memory.said(HEADS).split():
        return
    memory.begin()
    try:
        Catching(memory, folder, blobs, newest).catch_up(head, count)
        heads = [one for one in memory.said(HEADS).split() if one != wanted]
        memory.say(HEADS, " ".join([wanted, *heads][:MOST_HEADS]))
        memory.commit()
    except BaseException:
        memory.roll_back()
        raise


class Catching:
    """One catch-up: reads what git tells of commits, and writes what is kept of them."""

    def __init__(
        self, memory: Memory, folder: str, blobs: BlobReader, newest: "Callable[[], Logged]"
    ) -> None:
        self._memory = memory
        self._asked = newest
        self._folder = folder
        self._blobs = blobs
        self._kept: dict[bytes, list[bytes] | None] = {}  # lines by blob id, latest last
        self._room = KEPT_BYTES

    def catch_up(self, head: bytes, count: int) -> None:
        """Take in what is not remembered yet of the newest commits of a head."""
        known = {row[1]: row[2] for row in self._memory.versions()}
        if len(known) > MOST_REMEMBERED * (count + MARGIN):
            self._memory.forget()
            known = {}
        heads = self._heads(known, count)
        for ask in (self._newest, self._new, self._all) if heads else (self._all,):
            new = ask(head, count, heads)
            if ask == self._all or self._is_whole(head, new, known, heads):
                self._take(new, known)
                return

    def _heads(self, known: Collection[bytes], count: int) -> list[bytes]:
        """Return the heads whose history is remembered as far as is asked for, latest first."""
        pairs = (one.partition(":") for one in self._memory.said(HEADS).split())
        ids = [bytes.fromhex(id_) for id_, _, far in pairs if int(far) >= count]
        return [id_ for id_ in ids if id_ in known]

    def _newest(self, head: bytes, count: int, heads: Sequence[bytes]) -> "Logged":
        """Return the newest commit: mostly, nothing else is new."""
        del count, heads
        return self._asked() or self._logged(*NEWEST, head.hex(), "--")

    def _new(self, head: bytes, count: int, heads: Sequence[bytes]) -> "Logged":
        """Return the commits that none of some heads leads back to; none if git cannot tell."""
        without = [one.hex() for one in heads]
        try:
            return self._logged(
                *LOG, PARENTS_FORMAT, f"--max-count={count}", head.hex(), "--not", *without, "--"
            )
        except GitFailedError:  # one of them may be gone for good
            return []

    def _all(self, head: bytes, count: int, heads: Sequence[bytes]) -> "Logged":
        """Return the newest commits, and some more."""
        del heads
        return self._logged(*LOG, PARENTS_FORMAT, f"--max-count={count + MARGIN}", head.hex(), "--")

    def _logged(self, *arguments: str) -> "Logged":
        """Return commits with their changes, oldest first.

        Raises:
            GitFailedError: git cannot tell.
        """
        told = GitChild(arguments, folder=self._folder).answer()
        return list(parse_log([told.split(b"\0")], {}))

    def _is_whole(
        self,
        head: bytes,
        new: "Logged",
        known: Mapping[bytes, bytes],
        heads: Collection[bytes],
    ) -> bool:
        """Tell whether with new commits all is remembered that leads up to a head.

        It is if every way back ends at a head whose own history is, or at a root.
        """
        parents = dict(known)
        for header, _ in new:
            id_, *others = ids_of(header)
            parents[id_] = b"".join(others)
        seen: set[bytes] = set()
        todo = [head]
        while todo:
            id_ = todo.pop()
            if id_ in seen or id_ in heads:
                continue
            if id_ not in parents:
                return False
            seen.add(id_)
            todo += _cut(parents[id_], len(head))
        return True

    def _take(self, commits: "Logged", known: Mapping[bytes, bytes]) -> None:
        for header, changes in commits:
            id_, *parents = ids_of(header)
            if id_ in known:
                continue
            _, authored, committed = header.split(b"\n")
            number = self._memory.add_version(id_, b"".join(parents), int(authored), int(committed))
            told = self._renames(id_, parents, changes)
            self._take_steps(number, steps_of(changes, told, is_merge=len(parents) > 1), changes)

    def _renames(
        self, id_: bytes, parents: Sequence[bytes], changes: "Sequence[Change]"
    ) -> "Renaming":
        """Return the renames of a commit; of a merge, all that there may be."""
        if not (parents and may_rename(changes)):
            return NO_RENAMES
        asked = *DIFF_TREE, *RENAMED, parents[0].hex(), id_.hex()
        told = renames(GitChild(asked, folder=self._folder).answer())
        if len(parents) == 1:
            return told
        come = {path for path, old, _ in changes if old is None}
        gone = [path for path, _, new in changes if new is None]
        sides = [(old, new) for old in gone for new in self._memory.renames_of(old) if new in come]
        return list(dict.fromkeys([*told, *sides]))

    def _take_steps(self, version: int, steps: Sequence[Step], changes: "Sequence[Change]") -> None:
        memory = self._memory
        look_into(steps, self._lines_of)
        for step in steps:
            file, old_file = memory.file(step.path), memory.file(step.old_path)
            if file != old_file:
                memory.join(old_file, file)
                memory.add_rename(step.old_path, step.path)
            told = step.sketch
            is_suspect = False
            lines = words = b""
            if told is not None and not memory.is_sound(step.new):
                is_suspect = told.may_break or memory.is_suspect(old_file, step.old)
            if told is not None and not step.is_whole:
                lines, words = told.packed_lines(), told.packed_words()
            memory.add_edit(file, (version, step.old, step.new, is_suspect, lines, words))
        for source, target in (*moved(steps), *copied(changes)):
            memory.add_move(memory.file(source), memory.file(target))

    def _lines_of(self, ids: Sequence[bytes]) -> list[list[bytes] | None]:
        """Return the lines of contents; None where there are none to look into."""
        missing = [one for one in dict.fromkeys(ids) if one not in self._kept]
        for id_, content in zip(missing, self._blobs.read(missing), strict=True):
            self._kept[id_] = lines_of(content)
            self._room -= len(content or b"")
        found = [self._kept[one] for one in ids]
        if self._room < 0:
            self._kept.clear()
            self._room = KEPT_BYTES
        return found


def _cut(ids: bytes, width: int) -> list[bytes]:
    return [ids[at : at + width] for at in range(0, len(ids), width)]
