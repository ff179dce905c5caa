"""Why a defect is no longer reported: fixed, deleted, moved, or its check switched off."""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property
from typing import NamedTuple

from loopwatch.fingerprints.code_reading import CodeReader
from loopwatch.fingerprints.node_ids import case_of
from loopwatch.fingerprints.places import Lines
from loopwatch.fingerprints.rule_switches import Switch
from loopwatch.fingerprints.source_tree import SourceTree, plain, source_tree
from loopwatch.fingerprints.suppressions import Reach, Suppression, code_of, suppressions
from loopwatch.fingerprints.test_outcomes import why_test_left
from loopwatch.model.defect import Cause
from loopwatch.model.evidence import Defect, DefectKind

ALIKE = 0.6  # similarity of a line that was edited when it was given a suppression
LONGEST_LINE = 500  # characters that are compared

_BROAD = re.compile(
    r"\bexcept\s*(?:\(?\s*(?:Base)?Exception\b[^:\n]*)?:|\bcatch\s*(?:\(\s*\w*(?::\s*(?:any|unknown))?\s*\))?"
    r"\s*\{|\bcatch\s*\(\s*(?:final\s+)?(?:Exception|Throwable)\s+\w+\s*\)|\bsuppress\(\s*Exception\b"
    r"|\brecover\(\)"
)


class Departure(NamedTuple):
    """Why a defect is gone, in words."""

    cause: Cause
    reason: str


class File:
    """One version of the file that a defect was in; what is asked for is made once."""

    def __init__(self, path: str, content: bytes | None, language: str | None) -> None:
        """Hold a file; ``content`` is None where there is none."""
        self.path, self.language = path, language
        self.content = plain(content) if content is not None else b""

    @cached_property
    def text(self) -> str:
        """Return its text."""
        return self.content.decode("utf-8", "replace") if b"\0" not in self.content else ""

    @cached_property
    def lines(self) -> list[str]:
        """Return its lines."""
        return self.text.split("\n")  # as tools count: a form feed ends no line

    @cached_property
    def codes(self) -> list[str]:
        """Return its lines without suppressions and layout."""
        return [code_of(line) for line in self.lines]

    @cached_property
    def lines_of(self) -> dict[str, list[int]]:
        """Return on which lines each piece of code stands."""
        found: dict[str, list[int]] = {}
        for number, code in enumerate(self.codes, start=1):
            found.setdefault(code, []).append(number)
        return found

    @cached_property
    def added_up(self) -> Counter[tuple[object, ...]]:
        """Return how often it holds each suppression."""
        return Counter(_identity(found, self) for found in self.suppressions)

    @cached_property
    def line_starts(self) -> list[int]:
        """Return the byte at which each line begins."""
        return Lines(self.content).starts

    @cached_property
    def tree(self) -> SourceTree | None:
        """Return its syntax tree."""
        return source_tree(self.language, self.content)

    @cached_property
    def reader(self) -> CodeReader | None:
        """Return what reads its statements."""
        if self.tree is None or self.language is None:
            return None
        return CodeReader(self.tree, self.path, self.language)

    @cached_property
    def suppressions(self) -> tuple[Suppression, ...]:
        """Return what switches checks off in it."""
        return tuple(suppressions(self.text))

    @property
    def is_broken(self) -> bool:
        """Tell whether it has a syntax error."""
        return self.tree is not None and self.tree.root.has_error


@dataclass(frozen=True, slots=True, kw_only=True)
class Departed:
    """A defect that is no longer reported, and what its file was and is."""

    defect: Defect  # as it was last reported
    old: File
    new: File | None  # None: the file is gone
    scope: str = ""  # qualified name of the symbol that it was in
    names: tuple[str, ...] = ()  # of a test: its classes or suites, and its own
    has_passed: bool = False  # of a test: a run names it among those that passed
    switched_off: Collection[Switch] = field(default=())  # by configuration, in this edit
    is_only_tests: bool = False  # the edit changed nothing but tests


def departure(one: Departed) -> Departure:
    """Tell why a defect is gone.

    A check that was switched off is told before all else: whether the code was also
    mended, nobody has looked.
    """
    switch = _switch(one)
    if switch is not None:
        return Departure(Cause.MASKED, f"{switch.rule} was switched off for {switch.tool}")
    if one.defect.kind is DefectKind.TEST:
        told = why_test_left(
            one.names,
            case_of(one.defect.subject, one.names),
            (one.old.reader, one.old.text),
            (one.new.reader, one.new.text) if one.new is not None else None,
            has_passed=one.has_passed,
            is_only_tests=one.is_only_tests,
        )
        return Departure(*told)
    if one.new is None:
        return Departure(Cause.DELETED, "the file was deleted")
    return _from_code(one, one.new)


def _switch(one: Departed) -> Switch | None:
    path = one.new.path if one.new is not None else one.old.path
    return next((s for s in one.switched_off if s.covers(one.defect.rule, path)), None)


def _from_code(one: Departed, new: File) -> Departure:
    found = _new_suppression(one, new)
    if found is not None:
        return Departure(Cause.MASKED, f"{found.text} was added on line {found.line}")
    if one.defect.kind is DefectKind.CRASH and _has_broad_except(one, new):
        return Departure(Cause.MASKED, "it is caught by a broad except")
    is_syntax = one.defect.kind is DefectKind.SYNTAX
    if new.is_broken and not one.old.is_broken and not is_syntax:
        return Departure(Cause.UNKNOWN, "the file does not parse")
    return _from_scope(one, new)


# Suppressions.


def _new_suppression(one: Departed, new: File) -> Suppression | None:
    """Return the suppression that was added and speaks for a defect."""
    defect = one.defect
    had = one.old.added_up.copy()
    fresh = []
    for found in new.suppressions:
        key = _identity(found, new)
        if had[key]:
            had[key] -= 1
        elif found.covers(defect.kind, defect.rule):
            fresh.append(found)
    here = _place(one, new) if fresh else range(0)
    return next((found for found in fresh if _reaches(found, here)), None)


def _identity(found: Suppression, file: File) -> tuple[object, ...]:
    """Return what is the same for a suppression that was there before."""
    return found.reach, found.rules, found.kinds, code_of(file.lines[found.line - 1])


def _reaches(found: Suppression, here: range) -> bool:
    """Tell whether a suppression speaks for lines of the new file."""
    match found.reach:
        case Reach.FILE:
            return True
        case Reach.LINE:
            return found.line in here
        case Reach.NEXT:
            return found.line + 1 in here
        case Reach.REST:
            return bool(here) and found.line <= here[-1]


def _place(one: Departed, new: File) -> range:
    """Return the lines of the new file on which the code of a defect stands; empty: on none."""
    span = one.defect.span
    if span is None or span.start_line > len(one.old.lines):
        return range(0)
    first = span.start_line
    line = _line_of(one.old.codes[first - 1][:LONGEST_LINE], first, new)
    if line is None:
        return range(0)
    return range(line, line + _height(new, line) + 1)


def _line_of(wanted: str, line: int, new: File) -> int | None:
    """Return the line of the new file that is most like one of the old; the nearest of equals."""
    equal = new.lines_of.get(wanted)
    if equal:
        return min(equal, key=lambda at: (abs(at - line), at))
    matcher = SequenceMatcher(b=wanted, autojunk=False)
    best: tuple[float, int, int] = (ALIKE, 0, 0)
    for first, last in _marked(new):
        joined = "".join(new.codes[first - 1 : last])
        matcher.set_seq1(joined[:LONGEST_LINE])
        if matcher.quick_ratio() >= best[0]:
            best = max(best, (matcher.ratio(), -abs(first - line), first))
    return best[2] or None


def _marked(new: File) -> Iterator[tuple[int, int]]:
    """Yield the first and last lines of the statements that suppressions stand at."""
    for found in new.suppressions:
        line = found.line + (found.reach is Reach.NEXT)
        if line <= len(new.lines):
            first = _statement_rows(new, line)[0]
            yield first, max(first, line)


def _height(new: File, line: int) -> int:
    """Return how many lines the statement goes on after the one that it begins on."""
    first, last = _statement_rows(new, line)
    return last - first if first == line else 0


def _statement_rows(new: File, line: int) -> tuple[int, int]:
    """Return the lines of the innermost simple statement that a line belongs to."""
    if new.tree is None:
        return line, line
    begin = new.line_starts[line - 1]
    end = new.content.find(b"\n", begin)
    text = new.content[begin : end if end >= 0 else None]
    offset = begin + len(text) - len(text.lstrip())
    for node in reversed(new.tree.path_to(offset)):
        if node.type.endswith(("block", "body", "module", "program", "definition")):
            break
        if node.type.endswith(("statement", "declaration")):
            return node.start_point.row + 1, node.end_point.row + 1
    return line, line


# Code.


def _has_broad_except(one: Departed, new: File) -> bool:
    """Tell whether a function has more handlers that catch everything than it had."""
    function = one.defect.frames[-1].rpartition(":")[2] if one.defect.frames else one.scope
    return _broad(new, function) > _broad(one.old, function)


def _broad(file: File, name: str) -> int:
    return len(_BROAD.findall(_scope_text(file, name)))


def _scope_text(file: File, name: str) -> str:
    for definition in file.tree.definitions if file.tree is not None else ():
        if name in (definition.name, definition.own):
            return file.content[definition.start : definition.end].decode("utf-8", "replace")
    return file.text if not name else ""


def _from_scope(one: Departed, new: File) -> Departure:
    """Tell by what became of the symbol and of the statement."""
    if one.scope and new.tree is not None and not _has(new.tree, one.scope):
        if _stands(one, new):
            return Departure(Cause.MOVED, "its code stands elsewhere in the file")
        return Departure(Cause.DELETED, f"{one.scope} is gone")
    if _stands(one, new):
        return Departure(Cause.FIXED, "its code is as it was; what was wrong was elsewhere")
    return Departure(Cause.FIXED, "its code was changed")


def _has(tree: SourceTree, name: str) -> bool:
    return any(definition.name == name for definition in tree.definitions)


def _stands(one: Departed, new: File) -> bool:
    span = one.defect.span
    if span is None or span.start_line > len(one.old.lines):
        return False
    wanted = one.old.codes[span.start_line - 1]
    return bool(wanted) and wanted in new.lines_of
