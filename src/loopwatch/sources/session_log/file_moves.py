"""What the edits and commands of a session do to its files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from loopwatch.sources.session_log.api import Command, Committed, Edit, FileChange, Seen
from loopwatch.sources.session_log.at_hand import AtHand
from loopwatch.sources.session_log.contents import Contents
from loopwatch.sources.session_log.file_states import FileStates, Move
from loopwatch.sources.session_log.places import Places
from loopwatch.sources.session_log.shell_effects import Written

NOT_WRITTEN = re.compile(r"no such file|permission denied|read-only|no space", re.IGNORECASE)
NEVER_SHOWN = "never shown in the log"  # nor changed: nothing is missing for that


class Unchanged(dict[bytes, bytes]):
    """Files that no edit has changed: their contents where the log or a repository has them.

    A file that is not shown is not known to be missing: it has a content that nobody knows.
    """

    unknown: bytes | None = None  # None: any file may have been changed unseen

    def __init__(self, contents: Contents, at_hand: AtHand) -> None:
        super().__init__()
        self._contents, self._at_hand = contents, at_hand
        self.unknown = contents.add_unknown(NEVER_SHOWN, "start")

    def get(self, path: bytes, default: object = None) -> bytes | None:  # type: ignore[override]
        """Return the content of a file, by its id."""
        del default
        if (found := super().get(path)) is not None or self.unknown is None:
            return found
        if (blob := self._at_hand.blob(path)) is None:
            return self.unknown
        self._contents.lend(blob)
        return blob


@dataclass(slots=True)
class FileMoves:
    """Knows where the session works, and leads what happens there to the states of files."""

    contents: Contents
    places: Places = field(default_factory=Places)
    at_hand: AtHand = field(default_factory=AtHand)
    unchanged: Unchanged = field(init=False)
    outside: int = 0  # changes of files that lie elsewhere
    _states: FileStates = field(init=False)

    def __post_init__(self) -> None:
        self._states = FileStates(self.contents, self.at_hand.content)
        self.contents.lender = self.at_hand.read
        self.unchanged = Unchanged(self.contents, self.at_hand)

    def work_in(self, folder: str) -> None:
        """Take in where the session works; the first folder is its root."""
        if folder and not self.places.root:
            self.places = Places(folder)

    def see(self, event: Seen) -> None:
        """Take in a file that the log shows whole."""
        path = self.places.relative(event.path, event.folder)
        if path is not None and self._states.see(path, event.content):
            content = event.content.encode("utf-8", "surrogatepass")
            self.unchanged[_name(path)] = self.contents.add(content)

    def lose_sight(self) -> None:
        """Take in that any file may be another one now."""
        self.unchanged.unknown = None
        self.at_hand.lose()

    def committed(self, commit: Committed, *, is_written: bool) -> list[Move]:
        """Take in a commit; return what was not known to have changed."""
        moves = (self._states.commit(one, is_written=is_written) for one in commit.changes)
        return self._noted([move for move in moves if move is not None])

    def edited(self, edit: Edit) -> list[Move]:
        """Take in an edit; return what it changed."""
        moves = [move for change in edit.files for move in self._moves(change, edit)]
        return self._noted(moves)

    def written(
        self, command: Command, files: Iterable[Written], *, has_failed: bool
    ) -> list[Move]:
        """Take in the files that a command changes.

        Args:
            command: where, and as which step.
            files: what it does to them.
            has_failed: only some of it may have been done.
        """
        moves: list[Move] = []
        for file in files:
            is_early = file.is_early and file.content is not None
            is_sure = not has_failed or (is_early and not NOT_WRITTEN.search(command.output))
            if is_sure and file.content is not None and not file.is_added:
                self.places.follow(file.path, command.folder)
            path = self.places.relative(file.path, command.folder)
            if path is None:
                self.outside += 1
            else:
                known = file if is_sure else Written(file.path)
                moves += self._written(known, path, command)
        return self._noted(moves)

    def show(self, commit: Committed) -> None:
        """Take in a commit as what its files are now."""
        for change in commit.changes:
            self._states.show(change)

    def _noted(self, moves: list[Move]) -> list[Move]:
        for move in moves:
            self.unchanged.pop(move.change[0], None)
        return moves

    def _moves(self, change: FileChange, edit: Edit) -> Iterator[Move]:
        if change.after is not None:
            self.places.follow(change.path, edit.folder)
        path = self.places.relative(change.path, edit.folder)
        if path is None:
            self.outside += 1
            return
        origin = change.moved_from and self.places.relative(change.moved_from, edit.folder)
        if origin and origin != path:
            known = self._states.known(origin)
            yield from self._gone(origin, edit.step)
            if known is not None and change.before is None:
                self._states.begin(path, known)
        move = self._states.edit(path, change, edit.step)
        yield from [move] if move else []

    def _gone(self, path: str, step: str) -> Iterator[Move]:
        move = self._states.edit(path, FileChange(path=path, is_gone=True), step)
        yield from [move] if move else []

    def _written(self, file: Written, path: str, command: Command) -> Iterator[Move]:
        step = command.step
        if file.is_gone:
            yield from self._gone(path, step)
            return
        content = (
            file.content.encode("utf-8", "surrogatepass") if file.content is not None else None
        )
        if file.is_added and content is not None:
            known = self._states.known(path)
            content = known + content if known is not None else None
        if file.moved_from:
            origin = self.places.relative(file.moved_from, command.folder)
            content = self._states.known(origin) if origin else None
            yield from self._gone(origin, step) if origin else ()
        move = self._states.write(path, content, step) if content is not None else None
        move = self._states.lose(path, step) if content is None else move
        yield from [move] if move else []


def _name(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")
