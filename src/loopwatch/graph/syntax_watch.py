"""Syntax errors, seen with no other tool than the parser that reads symbols."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from loopwatch.detectors.syntax import reports
from loopwatch.diffing.languages import language_of
from loopwatch.graph.contents import name
from loopwatch.graph.coverage import SYNTAX
from loopwatch.graph.edits import FileEdit
from loopwatch.model.evidence import DefectKind, Evidence, Scope

MACROS = frozenset({"c", "cpp"})  # whose preprocessor makes programs of what does not parse

WasBroken = Callable[[bytes, int], bool]  # is a syntax error known in a file before a version?


@dataclass(slots=True)
class SyntaxWatch:
    """Parses a file where an edit may have broken it, and until it is mended."""

    was_broken: WasBroken

    def look(self, version: int, edits: Iterable[FileEdit]) -> Iterator[Evidence]:
        """Yield, of each file that an edit breaks, mends or leaves broken, what is wrong in it.

        A file that was broken before anybody looked is one that the grammar does not
        know well enough: of that nothing is said.
        """
        for edit in edits:
            if language_of(name(edit.path)) in MACROS:
                continue
            is_known = self.was_broken(edit.path, version)
            if not is_known and not edit.may_break:
                continue
            before, after = edit.old.errors, edit.new.errors
            if is_known or (after and not before):
                yield _evidence(edit, after)


def _evidence(edit: FileEdit, errors: Iterable[tuple[int, int]]) -> Evidence:
    path = name(edit.path)
    return Evidence(
        detector=SYNTAX,
        kind=DefectKind.SYNTAX,
        scope=Scope(roots=(path,)),
        defects=tuple(reports(path, edit.new.lines, errors)),
    )
