"""The file ``.loopwatch-ignore``: what people accept, a line each, sorted by id.

It is made to be read, edited by hand and merged. Lines that loopwatch does not
have to touch stay byte for byte as they are; comments stay where they are.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from loopwatch.errors import ConfigError, OutputError
from loopwatch.model.suppression import Suppression
from loopwatch.sources.text_file import LARGEST, read_text
from loopwatch.verdicts.suppression import EntryError, parse_entry

NAME = ".loopwatch-ignore"
COMMENT = "#"
ABOUT = "  # "  # before what an entry is about; no reason that we write has two blanks in it
CONFLICT = re.compile(r"(?:<{7}|\|{7}|={7}|>{7})(?: .*)?")
HEADER = (
    "# Findings that loopwatch leaves out, one a line: `ID: reason` or `ID until DATE: reason`.",
    "# Lines from two branches merge by themselves if .gitattributes says:",
    f"#   {NAME} merge=union",
)
WRITABLE = 0o222
Edit = Callable[["IgnoreFile"], "IgnoreFile"]


@dataclass(frozen=True, slots=True)
class IgnoreFile:
    """Lines as they are, without the line feeds that end them."""

    lines: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "IgnoreFile":
        """Return the lines of a file."""
        return cls(tuple(text.removesuffix("\n").split("\n")) if text else ())

    def text(self) -> str:
        """Return the content of the file; its last line has an end too."""
        return "".join(f"{line}\n" for line in self.lines)

    def entries(self) -> Iterator[tuple[int, Suppression]]:
        """Yield each entry with the place of its line.

        Raises:
            ConfigError: a line is none; says which.
        """
        for place, line in enumerate(self.lines):
            bare = line.removeprefix("\ufeff").strip()
            if bare and not bare.startswith(COMMENT):
                yield place, _entry(bare, f"{NAME}:{place + 1}")

    def suppressions(self) -> tuple[Suppression, ...]:
        """Return all entries.

        Raises:
            ConfigError: a line is none.
        """
        return tuple(entry for _, entry in self.entries())

    def with_entry(self, entry: Suppression, about: str = "") -> "IgnoreFile":
        """Return the file with an entry for an id, in the place of those that it has had."""
        lines = list(self.lines) or [*HEADER, ""]
        ends = sum(line.endswith("\r") for line in lines)
        line = entry_line(entry, about) + ("\r" if ends * 2 > len(lines) else "")
        old = self._places(entry.id)
        if not old:
            lines.insert(self._place_for(entry.id, len(lines)), line)
            return IgnoreFile(tuple(lines))
        lines[old[0]] = line
        return IgnoreFile(tuple(one for at, one in enumerate(lines) if at not in old[1:]))

    def without(self, id_: str) -> "IgnoreFile":
        """Return the file without the entries for an id."""
        old = self._places(id_)
        return IgnoreFile(tuple(one for at, one in enumerate(self.lines) if at not in old))

    def _places(self, id_: str) -> list[int]:
        """Return where the entries for an id are."""
        return [place for place, entry in self.entries() if entry.id == id_]

    def _place_for(self, id_: str, end: int) -> int:
        """Return where a new id goes: behind the last smaller one, or before all others."""
        entries = list(self.entries())
        before = [place for place, entry in entries if entry.id < id_]
        if before:
            return max(before) + 1
        if not entries:
            return end
        first = entries[0][0]
        own = first  # a comment right above an entry belongs to it, unless the file begins so
        while own and self.lines[own - 1].lstrip().startswith(COMMENT):
            own -= 1
        return own or first


def _entry(bare: str, where: str) -> Suppression:
    if CONFLICT.fullmatch(bare):
        raise ConfigError(
            f"{where} is the mark of a merge conflict",
            hint=f"keep the lines of both sides in {NAME}, and take the marks out",
        )
    try:
        return parse_entry(bare.partition(ABOUT)[0].rstrip(), where)
    except EntryError as error:
        raise ConfigError(
            f"{where} {error}", hint="mend the line, or put # in front of it"
        ) from error


def entry_line(entry: Suppression, about: str = "") -> str:
    """Return an entry as a line; ``about`` is for the reader, and read by nobody else."""
    until = f" until {entry.until}" if entry.until else ""
    return f"{entry.id}{until}: {entry.reason}{ABOUT if about else ''}{about}"


def read_ignore_file(root: Path) -> IgnoreFile:
    """Return the file at the root of a working tree; an empty one if there is none.

    Raises:
        ConfigError: it cannot be read, or leads out of the working tree.
    """
    text = read_text(_target(root), NAME, "keep it in UTF-8")
    return IgnoreFile() if text is None else IgnoreFile.parse(text)


def rewrite_ignore_file(root: Path, edit: Edit) -> IgnoreFile:
    """Replace the file by what ``edit`` makes of it, in one step; return what it is now.

    Raises:
        ConfigError: it cannot be read, or is no such file.
        OutputError: it cannot be written; it is as it was.
    """
    before = read_ignore_file(root)
    after = edit(before)
    after.suppressions()  # what cannot be read again is not written
    if after != before:
        _replace(_target(root), after.text().encode())
    return after


def _target(root: Path) -> Path:
    """Return the file itself: links are followed as long as they stay in the working tree."""
    path = root / NAME
    if not path.is_symlink():
        return path
    try:
        target, inside = path.resolve(), root.resolve()
    except (OSError, RuntimeError):  # a circle; newer Pythons give the link itself
        target, inside = path, root
    if target.is_symlink():
        raise ConfigError(f"{NAME} is a link that leads nowhere", hint="make it a file")
    is_inside = target.is_relative_to(inside)
    if not is_inside or ".git" in map(str.lower, target.relative_to(inside).parts):
        raise ConfigError(
            f"{NAME} is a link that leads out of the working tree", hint="make it a file"
        )
    return target


def _replace(path: Path, content: bytes) -> None:
    """Write a file beside the old one and move it there: readers see either, never a half."""
    if len(content) > LARGEST:
        raise OutputError(f"{NAME} would be larger than {LARGEST:,} bytes")
    fresh = path.with_name(f"{NAME}.{os.getpid()}.tmp")
    try:
        mode = path.stat().st_mode & 0o7777 if path.exists() else None
        if mode is not None and not mode & WRITABLE:
            raise PermissionError(13, "it is read-only")
        fresh.unlink(missing_ok=True)  # of a process of that number that was killed
        with fresh.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            fresh.chmod(mode)
        fresh.replace(path)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise OutputError(
            f"cannot write {NAME}: {error.strerror or error}", hint="see to its permissions"
        ) from error
