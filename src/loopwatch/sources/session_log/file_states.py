"""What a session's files are, as far as the log lets one know."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from loopwatch.model.history import Change
from loopwatch.sources.session_log.api import FileChange, Provenance, Replacement
from loopwatch.sources.session_log.contents import Contents

BY_COMMAND = "changed by a command, and the log does not show how"
NOT_SHOWN = "changed in a way that the log does not show"
NOT_SEEN = "its content before the edit is not shown in the log"
LINE_END = re.compile(rb"\n")
MOST_PLACES = 1_000  # where a text stands in a file, that are looked at


@dataclass(slots=True)
class FileState:
    """One file as it is now."""

    content: bytes | None = None  # None: not known, or not there
    blob: bytes | None = None  # its state as it was told last; None: it is not there
    is_told: bool = False  # a version has changed it
    is_committed: bool = False  # ... and that was a commit, of which the log says nothing


@dataclass(frozen=True, slots=True)
class Move:
    """What one edit does to one file, and how well both sides are known."""

    change: Change
    gap: Change | None  # what had happened to the file unseen before
    is_found: bool  # what was there before is told by this edit only: nothing whole was known
    provenance: Provenance


@dataclass(slots=True)
class FileStates:
    """Follows every file of a session; paths are relative to its root."""

    contents: Contents
    at_base: Callable[[str], bytes | None]  # a file, as the repository at hand has it
    _files: dict[str, FileState] = field(default_factory=dict)

    def see(self, path: str, content: str) -> bool:
        """Take in a whole content that the log shows; tell whether no edit has changed the file."""
        state = self._at(path)
        state.content = _bytes(content)
        return not state.is_told

    def begin(self, path: str, content: bytes) -> None:
        """Take in that a file is another one that was moved."""
        self._at(path).content = content

    def known(self, path: str) -> bytes | None:
        """Return the content of a file, where it is known."""
        self._recall(path)
        return self._at(path).content

    def edit(self, path: str, change: FileChange, step: str) -> Move | None:
        """Take in an edit; None if it changes nothing."""
        if change.before is None:
            self._recall(path, change.parts)
        state = self._at(path)
        old = _bytes(change.before) if change.before is not None else state.content
        if change.is_gone:
            return self._moved(path, self._id(old, step, path), None, None, Provenance.EXACT)
        if change.after is not None:
            new: bytes | None = _bytes(change.after)
        else:
            new = applied(old, change.parts)
        if new is None:
            told = self._partly(path, change.parts, step) if change.parts else None
            return told or self.lose(path, step, NOT_SHOWN)
        is_created = change.is_new and (old is None or not state.is_told or state.blob is None)
        before = None if is_created and change.before is None else self._id(old, step, path)
        is_exact = change.after is not None or change.before is not None
        found = Provenance.EXACT if is_exact else Provenance.REPLAYED
        return self._moved(path, before, new, self.contents.add(new), found)

    def write(self, path: str, content: bytes, step: str) -> Move | None:
        """Take in a whole content that a command wrote."""
        self._recall(path)
        before = self._id(self._at(path).content, step, path)
        return self._moved(path, before, content, self.contents.add(content), Provenance.EXACT)

    def lose(self, path: str, step: str, reason: str = BY_COMMAND) -> Move | None:
        """Take in that a file was changed, and how is not known."""
        self._recall(path)
        before = self._id(self._at(path).content, step, path)
        after = self.contents.add_unknown(reason, step, path, "after")
        return self._moved(path, before, None, after, Provenance.UNKNOWN)

    def commit(self, change: Change, *, is_written: bool) -> Move | None:
        """Take in what a commit did to a file; None if that is no news.

        Args:
            change: by the path from the session's folder.
            is_written: the file is as in the commit. Else it may have been edited again since
                what is committed was staged.
        """
        path, new = change[0].decode("utf-8", "surrogateescape"), change[2]
        state, is_known = self._at(path), new is not None and self.contents.is_whole(new)
        if state.content is not None:
            now: bytes | None = self.contents.add(state.content)
        else:
            now = state.blob if state.is_told else change[1]
        for blob in change[1:]:
            if blob is not None:
                self.contents.lend(blob)
        if now == new or (new is None and not is_written):  # that may be left alone by git
            return None
        if now is not None and self.contents.is_part(now):
            self.show(change)
            return None
        if is_known and not is_written and self._is_whole(now):
            return None
        state.content, state.blob, state.is_told, state.is_committed = None, new, True, True
        return Move((change[0], now, new), None, is_found=False, provenance=Provenance.EXACT)

    def show(self, change: Change) -> None:
        """Take in what a file is by a commit, where the log does not tell."""
        state = self._at(change[0].decode("utf-8", "surrogateescape"))
        if change[2] is not None and state.is_told and state.content is None:
            self.contents.lend(change[2])
            content = self.contents.read(change[2])
            state.content = content if isinstance(content, bytes) else None

    def _recall(self, path: str, parts: Sequence[Replacement] = ()) -> None:
        """Take a content from the repository at hand, where the log tells none and it fits."""
        state = self._at(path)
        is_lent = state.blob is not None and self.contents.is_lent(state.blob)
        if state.content is None and (is_lent or not state.is_told):
            content = self.at_base(path)
            state.content = content if content is not None and fits(content, parts) else None

    def _at(self, path: str) -> FileState:
        return self._files.setdefault(path, FileState())

    def _id(self, content: bytes | None, step: str, path: str) -> bytes:
        if content is not None:
            return self.contents.add(content)
        state = self._at(path)
        if state.is_told and state.blob is not None:
            return state.blob
        return self.contents.add_unknown(NOT_SEEN, step, path, "before")

    def _partly(self, path: str, parts: Sequence[Replacement], step: str) -> Move | None:
        """Tell an edit by its parts: what was replaced, by what."""
        old = _bytes("\n".join(_ended(part.old) for part in parts))
        new = _bytes("\n".join(_ended(part.new) for part in parts))
        before = self.contents.add_part(old, step, path, "before")
        after = self.contents.add_part(new, step, path, "after")
        return None if old == new else self._moved(path, before, None, after, Provenance.PARTIAL)

    def _moved(
        self,
        path: str,
        before: bytes | None,
        content: bytes | None,
        after: bytes | None,
        provenance: Provenance,
    ) -> Move | None:
        state, name = self._at(path), path.encode("utf-8", "surrogateescape")
        gap, is_found = None, False
        if state.is_told and state.blob != before:
            is_whole = self._is_whole(state.blob) and self._is_whole(before)
            is_found = state.is_committed or not is_whole  # it was another one all along
            gap = None if is_found else (name, state.blob, before)
        state.content = content
        if before == after and gap is None:
            return None
        state.blob, state.is_told, state.is_committed = after, True, False
        return Move((name, before, after), gap, is_found, provenance)

    def _is_whole(self, blob: bytes | None) -> bool:
        return blob is None or self.contents.is_whole(blob)


def applied(content: bytes | None, parts: Sequence[Replacement]) -> bytes | None:
    """Return a content with its parts replaced; None if one of them is not in it.

    Lines are told as they were before: what earlier parts add above moves them.
    """
    if content is None or not parts:
        return None
    added, last = 0, 0
    for part in parts:
        old, new, line = _bytes(part.old), _bytes(part.new), part.line
        if line is not None and line >= last:
            last, line = line, line + added if line else 0
        if line is not None:
            added += new.count(b"\n") - old.count(b"\n")
        if not old and line is not None:
            content = _inserted(content, new, line)
        elif not old or old not in content:
            return None
        elif part.is_all:
            content = content.replace(old, new)
        else:
            content = _once(content, old, new, line)
    return content


def fits(content: bytes, parts: Sequence[Replacement]) -> bool:
    """Tell whether there is no doubt where in a content the parts are to be replaced."""
    now, starts = content, list[int]()
    for part in parts:
        old, line = _bytes(part.old), part.line or 0
        if line and not starts:
            starts = [0, *(found.end() for found in LINE_END.finditer(content))]
        if old and 0 < line <= len(starts) and content.startswith(old, starts[line - 1]):
            continue
        times = now.count(old) if old else 0
        if not times or (times > 1 and not part.is_all):
            return False
        now = applied(now, (part,)) or b""
    return True


def _inserted(content: bytes, new: bytes, line: int) -> bytes:
    """Put a text after a line; 0 is before the first."""
    lines = content.split(b"\n")
    head, rest = b"\n".join(lines[:line]), b"\n".join(lines[line:])
    return head + (b"\n" if line else b"") + new + rest


def _once(content: bytes, old: bytes, new: bytes, line: int | None) -> bytes:
    """Replace the place that is nearest to a line, else the first."""
    at = content.find(old)
    if line is not None:
        at = _nearest(content, old, at, line)
    return content[:at] + new + content[at + len(old) :]


def _nearest(content: bytes, text: bytes, first: int, line: int) -> int:
    """Return where a text begins that stands near a line; ``first`` is where it does first."""
    here = 1 + content.count(b"\n", 0, first)  # the line of the place that is looked at
    nearest, distance, place = first, abs(here - line), first
    for _ in range(MOST_PLACES - 1):
        following = content.find(text, place + 1)
        if following < 0 or here > line:  # the others are further away
            break
        here += content.count(b"\n", place, following)
        place = following
        if abs(here - line) < distance:
            nearest, distance = place, abs(here - line)
    return nearest


def _ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
