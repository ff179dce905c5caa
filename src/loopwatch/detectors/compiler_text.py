"""Errors as most compilers print them: gcc, clang, rustc, go, javac, Lean.

Source: GNU Coding Standards, "Formatting Error Messages" (``file:line:column: message``);
rustc puts the place into the line below.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from loopwatch.detectors.console import said
from loopwatch.detectors.lint import span
from loopwatch.model.evidence import Defect, DefectKind

MOST_ERRORS = 200  # of one run; a compiler that says more has lost its way
RULE = "error"  # of all that bear no name

_GNU = re.compile(
    r"^(?P<path>(?:[A-Za-z]:)?[^\s:][^:]{0,400}\.\w{1,12}):(?P<line>\d{1,9})"
    r"(?::(?P<column>\d{1,9}))?: (?P<fatal>fatal )?error(?:\((?P<code>[\w.-]{1,100})\))?: ?"
    r"(?P<message>.*)$"
)
_GO = re.compile(  # go names no severity
    r"^(?P<path>[^\s:][^:]{0,400}\.go):(?P<line>\d{1,9}):(?P<column>\d{1,9}): (?P<message>\S.*)$"
)
_LINTER = re.compile(r"^(?P<message>.*\S) \((?P<name>[a-z][\w-]{1,40})\)$")  # golangci-lint
_COMPILING = frozenset({RULE, "typecheck"})
_RUST = re.compile(r"^error(?:\[(?P<code>E\d{1,6})\])?: (?P<message>.*)$")
_ARROW = re.compile(r"^ *--> (?P<path>.+?):(?P<line>\d{1,9}):(?P<column>\d{1,9})$")
_NEAR = 2  # lines between a message of rustc and its place


@dataclass(frozen=True, slots=True)
class Error:
    """One error, as it is printed."""

    path: str
    line: int
    column: int | None
    rule: str
    message: str
    is_fatal: bool = False  # the compiler went no further
    is_of_linter: bool = False  # a matter of taste; linters have readers of their own


def errors(lines: Sequence[str]) -> tuple[Error, ...]:
    """Return the errors in an output, in order, each once."""
    found: dict[Error, None] = {}
    for place, line in enumerate(lines):
        is_likely = "error" in line or ".go:" in line  # as all of them have: found much faster
        one = _error(line, lines[place + 1 : place + 1 + _NEAR]) if is_likely else None
        if one is not None:
            found[one] = None
            if len(found) == MOST_ERRORS:
                break
    return tuple(found)


def is_whole(found: Sequence[Error]) -> bool:
    """Tell whether a compiler that lists all errors has done so."""
    return len(found) < MOST_ERRORS and not any(one.is_fatal for one in found)


def defects(found: Sequence[Error], path_of: Callable[[str], str | None]) -> Iterator[Defect]:
    """Yield errors of a compiler in files of ours as defects."""
    for one in found:
        path = None if one.is_of_linter else path_of(one.path)
        if path:
            yield Defect(
                kind=DefectKind.TYPE,
                rule=said(one.rule),
                message=said(one.message),
                path=path,
                span=span(one.line, one.column),
            )


def _error(line: str, following: Sequence[str]) -> Error | None:
    if found := _GNU.match(line):
        column = int(found["column"]) if found["column"] else None
        rule, is_fatal = found["code"] or RULE, bool(found["fatal"])
        return Error(found["path"], int(found["line"]), column, rule, found["message"], is_fatal)
    if found := _GO.match(line):
        return _of_go(found)
    if not (found := _RUST.match(line)):
        return None
    arrow = next(filter(None, map(_ARROW.match, following)), None)
    if arrow is None:
        return None
    rule = found["code"] or RULE
    return Error(arrow["path"], int(arrow["line"]), int(arrow["column"]), rule, found["message"])


def _of_go(found: re.Match[str]) -> Error:
    """Return an error of the compiler, or of a linter, which gives its name at the end."""
    named = _LINTER.match(found["message"])
    rule, message = (named["name"], named["message"]) if named else (RULE, found["message"])
    line, column = int(found["line"]), int(found["column"])
    if rule in _COMPILING:
        return Error(found["path"], line, column, RULE, message)
    return Error(found["path"], line, column, rule, message, is_of_linter=True)
