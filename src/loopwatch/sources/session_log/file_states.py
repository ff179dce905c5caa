"""What a session's files are, as far as the log lets one know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from loopwatch.model.history import Change
from loopwatch.sources.session_log.api import FileChange, Provenance, Replacement
from loopwatch.sources.session_log.contents import Contents

BY_COMMAND = "changed by a command, and the log does not show how"
NOT_SHOWN = "changed in a way that the log does not show"
NOT_SEEN = "its content before the edit is not shown in the log"
MOST_PLACES = 1_000  # where a text stands in a file, that are looked at


@dataclass(slots=True)
class FileState:
    """One file as it is now."""

    content: bytes | None = None  # None: not known, or not there
    blob: bytes | None = None  # its state as it was told last; None: it is not there
    is_told: bool = False  # a version has changed it


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
        return self._at(path).content

    def edit(self, path: str, change: FileChange, step: str) -> Move | None:
        """Take in an edit; None if it changes nothing."""
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
        before = self._id(self._at(path).content, step, path)
        return self._moved(path, before, content, self.contents.add(content), Provenance.EXACT)

    def lose(self, path: str, step: str, reason: str = BY_COMMAND) -> Move | None:
        """Take in that a file was changed, and how is not known."""
        before = self._id(self._at(path).content, step, path)
        after = self.contents.add_unknown(reason, step, path, "after")
        return self._moved(path, before, None, after, Provenance.UNKNOWN)

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
            is_found = not (self._is_whole(state.blob) and self._is_whole(before))
            gap = None if is_found else (name, state.blob, before)
        state.content = content
        if before == after and gap is None:
            return None
        state.blob, state.is_told = after, True
        return Move((name, before, after), gap, is_found, provenance)

    def _is_whole(self, blob: bytes | None) -> bool:
        return blob is None or self.contents.is_whole(blob)


def applied(content: bytes | None, parts: Sequence[Replacement]) -> bytes | None:
    """Return a content with its parts replaced; None if one of them is not in it."""
    if content is None or not parts:
        return None
    for part in parts:
        old, new = _bytes(part.old), _bytes(part.new)
        if not old and part.line is not None:
            content = _inserted(content, new, part.line)
        elif not old or old not in content:
            return None
        elif part.is_all:
            content = content.replace(old, new)
        else:
            content = _once(content, old, new, part.line)
    return content


def _inserted(content: bytes, new: bytes, line: int) -> bytes:
    """Put a text after a line; 0 is before the first."""
    lines = content.split(b"\n")
    head, rest = b"\n".join(lines[:line]), b"\n".join(lines[line:])
    return head + (b"\n" if line else b"") + new + rest


def _once(content: bytes, old: bytes, new: bytes, line: int | None) -> bytes:
    """Replace the place that is nearest to a line, else the first."""
    at = content.find(old)
    places: list[int] = []
    start = at if line is not None else -1
    while start >= 0 and len(places) < MOST_PLACES:
        places.append(start)
        start = content.find(old, start + 1)
    if line is not None and len(places) > 1:
        at = min(places, key=lambda place: abs(content.count(b"\n", 0, place) + 1 - line))
    return content[:at] + new + content[at + len(old) :]


def _ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
