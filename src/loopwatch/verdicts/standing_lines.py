"""Where the lines that an edit wrote stand at the end of the range."""

from dataclasses import dataclass, field

from loopwatch.diffing.carrying import carried
from loopwatch.graph.contents import FileContent
from loopwatch.graph.observer import Observer
from loopwatch.graph.tracks import ABSENT
from loopwatch.model.edit import Hunk, Place


@dataclass(slots=True)
class StandingLines:
    """Carries lines forward to the newest version, through renames of their file."""

    observer: Observer
    newest: int  # number of the version
    _renamed: dict[bytes, bytes] = field(default_factory=dict)  # what each path was renamed to

    def place(self, hunk: Hunk, version: int) -> Place:
        """Return where a hunk of a version stands; its lines are None where they have changed."""
        path = hunk.path.encode("utf-8", "surrogateescape")
        now_path = self._now(path)
        told = now_path.decode("utf-8", "surrogateescape")
        then, now = self._content(path, version), self._content(now_path, self.newest)
        if then is None or now is None:
            return Place(path=told)
        start, count = self._lines(hunk, path, version, len(then.lines))
        at = carried(then.lines, now.lines, start, start + count)
        if at is None or not count:
            return Place(path=told)
        return Place(path=told, start_line=at + 1, end_line=at + count)

    def _lines(self, hunk: Hunk, path: bytes, version: int, most: int) -> tuple[int, int]:
        """Return the first line, from 0, that a hunk wrote, and how many.

        Where lines went and none came, it is the one that is there now, or the last.
        """
        if hunk.after:
            return hunk.start_line - 1, len(hunk.after)
        edit = self.observer.rereading.edit(path, version)
        starts = (
            one.new_start
            for one in (edit.hunks if edit else ())
            if (one.old_start, one.new_count) == (hunk.start_line, 0)
        )
        return max(min(next(starts, 1), most) - 1, 0), min(most, 1)

    def _content(self, path: bytes, version: int) -> FileContent | None:
        """Return a file at a version; None where it is not there, or cannot be looked into."""
        state = self._state(path, version)
        return self.observer.contents.get(path, state) if state else None

    def _state(self, path: bytes, version: int) -> bytes:
        visits = self.observer.files.histories.last(self.observer.files.paths.number(path), version)
        state = visits[-1].state if visits else ABSENT
        assert isinstance(state, bytes)
        return state

    def _now(self, path: bytes) -> bytes:
        """Return the name that a file has in the newest version, or the last that is known."""
        if not self._renamed:
            renamed = self.observer.files.renamed_from
            self._renamed = {old: new for new, old in renamed.items()}
        seen = {path}
        while self._state(path, self.newest) == ABSENT:
            path = self._renamed.get(path, path)
            if path in seen:
                break
            seen.add(path)
        return path
