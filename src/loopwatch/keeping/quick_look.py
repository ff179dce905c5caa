"""A quick look at a change, staged or just made: can anything that would be raised come of it?

"No" is an answer and nearly always the one; everything else is left to the whole pipeline. It
follows the design of a bloom filter: a "no" is sure. Git is asked while the rest still loads.
"""

import os

from loopwatch.keeping.quick_ground import (
    MEMORY,
    Perhaps,
    see_to_evidence,
    see_to_place,
    settings_here,
)
from loopwatch.sources.git_child import BlobReader

TYPE_CHECKING = False  # as that of ``typing``, which the hook does not load
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from loopwatch.graph.sketch import SketchHunk
    from loopwatch.graph.taking_back import PastEdit, Windows
    from loopwatch.keeping.quick_change import AskedChange
    from loopwatch.keeping.remembering import History
    from loopwatch.keeping.steps import Step
    from loopwatch.store.memory import Memory

LARGEST = 1_000_000  # bytes of a file that is looked into
MOST_FILES = 300  # staged; more are no ordinary commit
HOUR = 3600  # seconds


class QuickLook:
    """One look at a change that git was asked for."""

    def __init__(self, change: "AskedChange") -> None:
        """Start the reader of contents.

        Raises:
            GitFailedError: it cannot be started.
        """
        self._change = change
        self._blobs = BlobReader(".", LARGEST)
        self.files = 0  # that are changed
        self.count = 0  # commits that are remembered

    def close(self) -> None:
        """End what was started for it."""
        self._blobs.close()

    def look(self) -> None:
        """Look; that it returns is the answer "no".

        Raises:
            Perhaps: something may be raised, or it cannot be told quickly.
            GitFailedError: git cannot tell.
            MemoryUnusableError: the memory cannot be used now.
        """
        from loopwatch.keeping.remembering import History, catch_up
        from loopwatch.store.memory import Memory

        change = self._change
        change.find()
        see_to_place(change.git_folder, change.top, change.index)
        os.makedirs(f"{change.common}/loopwatch", exist_ok=True)  # noqa: PTH103  paths take long to load
        memory = Memory.open(f"{change.common}/{MEMORY}")
        try:
            edits, hours, long_hours, self.count = settings_here(memory, change.top)
            catch_up(memory, change.top, self._blobs, change.head, self.count, change.newest)
            self._see_to_change()
            history = History(memory, change.base, change.head if change.is_made else b"")
            now = change.earliest(history)
            from loopwatch.graph.taking_back import Windows

            windows = Windows(
                edits=edits, since=now - hours * HOUR, long_since=now - long_hours * HOUR
            )
            self._see_to_files(memory, history, windows)
        finally:
            memory.close()

    def _see_to_change(self) -> None:
        """See to it that the change is one that can be told quickly.

        Raises:
            Perhaps: it is not.
        """
        self.files = len(self._change.changes)
        if not self._change.base:
            raise Perhaps("a merge, or a commit without a parent")
        if self.files > MOST_FILES:
            raise Perhaps("many files")
        see_to_evidence(self._change)

    def _see_to_files(self, memory: "Memory", history: "History", windows: "Windows") -> None:
        from loopwatch.keeping.steps import copied, look_into, may_rename, moved, steps_of

        changes = self._change.changes
        steps = steps_of(changes, self._change.renamed() if may_rename(changes) else ())
        look_into(steps, self._lines_of)
        sources: dict[bytes, list[bytes]] = {}
        for source, target in (*moved(steps), *copied(changes)):
            sources.setdefault(target, []).append(source)
        known = Known(memory, history)
        for step in steps:
            own, around = known.past(step, sources.get(step.path, ()))
            why = self._may_take_back(step, own, around, windows)
            if why and not _is_quiet(step.path):
                raise Perhaps(why)
            self._see_to_syntax(memory, step)

    def _lines_of(self, ids: "Sequence[bytes]") -> "list[list[bytes] | None]":
        from loopwatch.keeping.steps import lines_of

        return [lines_of(content) for content in self._blobs.read(ids)]

    def _may_take_back(
        self,
        step: "Step",
        own: "Sequence[PastEdit]",
        around: "Sequence[PastEdit]",
        windows: "Windows",
    ) -> str:
        """Return what in a staged file may take something back and be raised; empty if nothing."""
        from loopwatch.graph.taking_back import may_be_raised, may_go_on

        if step.old == step.new:
            return ""  # it is renamed, and nothing else
        states = {edit.new for edit in around if edit.age is not None}
        states |= {edit.old for edit in around if edit.age is not None and step.new}
        if step.new in states:
            return "a file as it was, or gone again"
        if step.sketch is None or step.is_whole:
            return ""
        hunks = step.sketch.hunks
        if may_go_on(hunks, around, windows):
            hunks = _without_counters(step.path, hunks)
            if may_go_on(hunks, around, windows):
                return "lines for another time"
        if self._change.has_message and may_be_raised(hunks, around, windows):
            hunks = _without_counters(step.path, hunks)
            if may_be_raised(hunks, around, windows):
                return "lines that were changed not long ago"
        return "a symbol as it was" if self._may_return(step, own, around, windows) else ""

    def _may_return(
        self,
        step: "Step",
        own: "Sequence[PastEdit]",
        around: "Sequence[PastEdit]",
        windows: "Windows",
    ) -> bool:
        """Tell whether a symbol of a staged file may return and be raised."""
        from loopwatch.graph.taking_back import has_run, left_by

        assert step.sketch is not None
        has_left = any(edit.when >= windows.long_since for edit in around)
        if not (self._change.has_message and has_left) and not has_run(around, windows):
            return False
        left = left_by(step.sketch.words, own)
        if not left:
            return False
        from loopwatch.keeping.parsed_look import ParsedLook

        states = step.old, step.new
        return ParsedLook(self._blobs).may_return(step.path, step.old_path, states, left)

    def _see_to_syntax(self, memory: "Memory", step: "Step") -> None:
        """See to it that no syntax error comes or goes.

        Raises:
            Perhaps: one may.
        """
        if step.sketch is None:
            return
        file = memory.file_known(step.old_path)
        is_suspect = file is not None and memory.is_suspect(file, step.old)
        if not (is_suspect or step.sketch.may_break):
            return
        from loopwatch.keeping.parsed_look import ParsedLook

        sides = ((step.old_path, step.old if is_suspect else b""), (step.path, step.new))
        if ParsedLook(self._blobs).is_broken(sides):
            raise Perhaps("a syntax error")
        for blob in (step.old, step.new):
            memory.add_sound(blob)


class Known:
    """Finds what is remembered of staged files."""

    def __init__(self, memory: "Memory", history: "History") -> None:
        self._memory = memory
        self._history = history

    def past(
        self, step: "Step", sources: "Sequence[bytes]"
    ) -> "tuple[Sequence[PastEdit], Sequence[PastEdit]]":
        """Return what is remembered of a file; and that, with the files that lines came from."""
        own = self._families(dict.fromkeys((step.path, step.old_path)))
        others = {*self._families(sources), *self._memory.sources(own)} - set(own)
        past = self._of(step.path, own)
        return past, [*past, *self._history.past(self._memory, sorted(others))]

    def _of(self, path: bytes, family: "Sequence[int]") -> "list[PastEdit]":
        """Return what is remembered of a family of files, one of which is the file itself.

        Where a file of that name went on under another one, it may not be the same.
        """
        memory, past = self._memory, self._history.past
        itself = memory.file_known(path) if not memory.renames_of(path) else None
        others = [file for file in family if file != itself]
        found = past(memory, others)
        return found if itself is None else [*found, *past(memory, [itself], is_certain=True)]

    def _families(self, paths: "Iterable[bytes]") -> list[int]:
        found: dict[int, None] = {}
        for path in paths:
            number = self._memory.file_known(path)
            if number is not None:
                found.update(dict.fromkeys(self._memory.family(number)))
        return list(found)


def _without_counters(path: bytes, hunks: "Sequence[SketchHunk]") -> "list[SketchHunk]":
    """Return hunks without those of version numbers and counters, which are never raised."""
    from loopwatch.verdicts.quiet import is_version_line_change

    return [
        hunk
        for hunk in hunks
        if hunk.halves is None
        or not is_version_line_change(os.fsdecode(path), *map(_text_of, hunk.halves))
    ]


def _text_of(lines: "Sequence[bytes]") -> list[str]:
    return [line.decode("utf-8", "replace") for line in lines]


def _is_quiet(path: bytes) -> bool:
    """Tell whether a file never rises above a note, by its name."""
    from loopwatch.verdicts.quiet import quiet_reason

    return quiet_reason(os.fsdecode(path)) is not None
