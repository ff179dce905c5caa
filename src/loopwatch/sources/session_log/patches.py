"""Patches as agents write them: which text they replace by which, in which files.

Three kinds: the envelope ``*** Begin Patch``, unified diffs, and SEARCH/REPLACE blocks.
None of them is applied here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from loopwatch.sources.session_log.api import FileChange, Replacement

BEGIN, END = "*** Begin Patch", "*** End Patch"
FILE = re.compile(r"\*\*\* (?P<what>Add|Delete|Update) File: (?P<path>.+)")
MOVE = "*** Move to: "
END_OF_FILE = "*** End of File"
HUNK = re.compile(r"@@ -(?P<line>\d+)(?:,\d+)? \+\d+(?:,\d+)? @@")
OLD_NAME = re.compile(r"--- (?:a/)?(?P<path>[^\t\n]+)")
NEW_NAME = re.compile(r"\+\+\+ (?:b/)?(?P<path>[^\t\n]+)")
NOWHERE = "/dev/null"
NO_NEWLINE = "\\ No newline at end of file"
SEARCH = re.compile(r"^(?:<{5,9} ?SEARCH>?|-{5,9} ?SEARCH>?)\s*$")
MIDDLE = re.compile(r"^={5,9}\s*$")
REPLACE = re.compile(r"^(?:>{5,9} ?REPLACE|\+{5,9} ?REPLACE>?)\s*$")
START_LINE = re.compile(r"^:start_line:\s*(\d+)\s*$")
RULER = re.compile(r"^-{5,9}\s*$")


@dataclass(slots=True)
class _File:
    """One file of an envelope, as its lines are read."""

    what: str
    path: str
    moved_to: str = ""
    parts: list[Replacement] = field(default_factory=list)
    old: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)

    def take(self, line: str) -> None:
        """Take in a line of a hunk."""
        sign, rest = line[:1], line[1:]
        if sign == "+":
            self.new.append(rest)
        elif sign == "-":
            self.old.append(rest)
        elif sign in {"", " "}:
            self.old.append(rest)
            self.new.append(rest)

    def end_hunk(self) -> None:
        """Note the replacement that the lines so far make."""
        if self.old != self.new:
            self.parts.append(Replacement(old=_text(self.old), new=_text(self.new)))
        self.old, self.new = [], []

    def change(self) -> FileChange:
        """Return what it does to the file."""
        if self.what == "Add":
            return FileChange(path=self.path, after=_text(self.new), is_new=True)
        if self.what == "Delete":
            return FileChange(path=self.path, is_gone=True)
        self.end_hunk()
        path, origin = (self.moved_to, self.path) if self.moved_to else (self.path, None)
        return FileChange(path=path, parts=tuple(self.parts), moved_from=origin)


def has_envelope(text: str) -> bool:
    """Tell whether a text holds a patch in an envelope."""
    return BEGIN in text


def enveloped(text: str) -> tuple[FileChange, ...]:
    """Return the changes of a patch between ``*** Begin Patch`` and ``*** End Patch``.

    A file that is deleted and added in one patch is rewritten.
    """
    start = text.find(BEGIN)
    if start < 0:
        return ()
    body = text[start + len(BEGIN) :].partition(END)[0]
    files: dict[str, FileChange] = {}
    for one in _files(body.split("\n")[1:]):
        change = one.change()
        known = files.get(change.path)
        if known is not None and known.is_gone and change.is_new:
            change = FileChange(path=change.path, after=change.after)
        elif known is not None and known.parts and change.parts:
            change = FileChange(path=change.path, parts=(*known.parts, *change.parts))
        files[change.path] = change
    return tuple(files.values())


def _files(lines: Sequence[str]) -> Iterator[_File]:
    file: _File | None = None
    for ended in lines:
        line = ended.rstrip("\r")
        is_mark = line[:1] == "*"
        if is_mark and (found := FILE.match(line)):
            if file is not None:
                yield file
            file = _File(found["what"], found["path"].strip())
        elif file is None or line == END_OF_FILE:
            continue
        elif is_mark and line.startswith(MOVE):
            file.moved_to = line.removeprefix(MOVE).strip()
        elif file.what == "Update" and line.startswith("@@"):
            file.end_hunk()
        elif file.what != "Add" or line.startswith("+"):
            file.take(line)
    if file is not None:
        # The envelope's last line end is no empty line of the file.
        if file.old[-1:] == [""] and file.new[-1:] == [""]:
            file.old.pop(), file.new.pop()
        yield file


def unified_parts(diff: str) -> tuple[Replacement, ...]:
    """Return what the hunks of a unified diff of one file replace."""
    return tuple(part for part, _ in _hunks(diff.split("\n")))


def unified(diff: str) -> tuple[FileChange, ...]:
    """Return the changes of a diff of several files, as git writes it."""
    return tuple(_unified(diff.split("\n")))


def _unified(lines: Sequence[str]) -> Iterator[FileChange]:
    starts = [n for n, line in enumerate(lines[:-1]) if _is_heading(line, lines[n + 1])]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=False):  # or no heading at all
        old, new = OLD_NAME.match(lines[start]), NEW_NAME.match(lines[start + 1])
        assert old is not None
        assert new is not None
        parts = tuple(part for part, _ in _hunks(lines[start + 2 : end]))
        if new["path"] == NOWHERE:
            yield FileChange(path=old["path"], is_gone=True)
        elif old["path"] == NOWHERE:
            yield FileChange(path=new["path"], after="".join(p.new for p in parts), is_new=True)
        else:
            origin = old["path"] if old["path"] != new["path"] else None
            yield FileChange(path=new["path"], parts=parts, moved_from=origin)


def _is_heading(line: str, following: str) -> bool:
    return OLD_NAME.match(line) is not None and NEW_NAME.match(following) is not None


def _hunks(lines: Sequence[str]) -> Iterator[tuple[Replacement, int]]:
    """Yield replacements, each with the lines of context that make it certain."""
    line: int | None = None
    old: list[str] = []
    new: list[str] = []
    ends = ["\n", "\n"]
    last = ""
    for text in (*lines, "@@ -0,0 +0,0 @@"):
        if found := HUNK.match(text):
            if line is not None and (old != new or ends[0] != ends[1]):
                told = (_text(side, end) for side, end in zip((old, new), ends, strict=True))
                yield Replacement(old=next(told), new=next(told), line=line), len(old)
            line, old, new, ends = int(found["line"]), [], [], ["\n", "\n"]
        elif line is None or text.startswith(("diff --git ", "Index: ", "index ")):
            continue
        elif text.rstrip("\r") == NO_NEWLINE:
            ends = ["" if last in " -" else ends[0], "" if last in " +" else ends[1]]
        elif text[:1] in {" ", "-", "+"}:
            last, rest = text[:1], text[1:].rstrip("\r")
            if last in " -":
                old.append(rest)
            if last in " +":
                new.append(rest)


def search_replace(text: str) -> tuple[Replacement, ...]:
    """Return the SEARCH/REPLACE blocks of a text, in any of their dialects."""
    found: list[Replacement] = []
    sides: list[list[str]] = []
    line: int | None = None
    for row in text.split("\n"):
        if SEARCH.match(row):
            sides, line = [[]], None
        elif sides and len(sides) == 1 and MIDDLE.match(row):
            sides.append([])
        elif len(sides) == 2 and REPLACE.match(row):
            old, new = (_text(side) for side in sides)
            found.append(Replacement(old=old, new=new, line=line))
            sides = []
        elif len(sides) == 1 and not sides[0] and (told := START_LINE.match(row)):
            line = int(told[1])
        elif sides and not (len(sides) == 1 and not sides[0] and RULER.match(row)):
            sides[-1].append(row.rstrip("\r"))
    return tuple(found)


def _text(lines: Sequence[str], end: str = "\n") -> str:
    return "\n".join(lines) + end if lines else ""
