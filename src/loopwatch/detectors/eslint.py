"""Reads what ESLint prints: JSON and the stylish text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from loopwatch.detectors.api import Run
from loopwatch.detectors.arguments import Syntax, options
from loopwatch.detectors.asked import Asked, asked, is_from
from loopwatch.detectors.columns import from_utf16
from loopwatch.detectors.console import lines_of, text_of
from loopwatch.detectors.json_values import (
    Value,
    at,
    document,
    list_at,
    number_at,
    text_at,
    whole_items,
)
from loopwatch.detectors.lint import Covering, Row, Rows, evidence, span
from loopwatch.detectors.tools import ESLINT
from loopwatch.model.evidence import DefectKind, Evidence, Span

_OPTIONS = Syntax(
    options(
        "-c --config --ext --rule --plugin --parser --parser-options --rulesdir --ignore-path"
        " --resolve-plugins-relative-to --ignore-pattern --env --global -f --format -o"
        " --output-file --max-warnings --cache-location --cache-file --cache-strategy"
        " --stdin-filename --report-unused-disable-directives-severity --fix-type --flag"
        " --concurrency --suppressions-location --suppress-rule"
    )
)
_DECIDING = options(
    "-c --config --ext --rule --plugin --parser --parser-options --rulesdir --ignore-path --env"
    " --global --quiet --no-inline-config --no-config-lookup --no-eslintrc --flag --ignore-pattern"
    " --report-unused-disable-directives --report-unused-disable-directives-severity"
    " --no-warn-ignored --pass-on-no-patterns --suppressions-location --no-ignore"
)
_READ = frozenset({"stylish", "json", "json-with-metadata"})
_PARSING = "Parsing error: "
_HEADING = re.compile(r"^(?P<path>(?:/|[A-Za-z]:[\\/]|\S+[\\/.]).*\.\w{1,10})$")
_ROW = re.compile(
    r"^\s+(?P<line>\d{1,9}):(?P<column>\d{1,9})\s+(?P<severity>error|warning)"
    r"\s+(?P<message>.*?)(?:\s{2,}(?P<rule>[@\w][@\w/-]*))?$"
)
_TOLD = re.compile(r"^[✖×x] (\d{1,9}) problems? \(\d+ errors?, \d+ warnings?\)$", re.MULTILINE)
_OUTPUT = re.compile(rf'{_TOLD.pattern}|"filePath":"[^\n]*"messages":\[', re.MULTILINE)
_SIGNS = (" problem", '"messages":[')


@dataclass(frozen=True, slots=True)
class Eslint:
    """Reads ESLint."""

    name: str = "eslint"

    def recognises(self, run: Run) -> bool:
        return is_from(run, ESLINT, _OUTPUT, _SIGNS)

    def read(self, run: Run) -> Evidence | None:
        call = call_in(run)
        return evidence(self.name, call, _rows(call), covering(call))


def call_in(run: Run) -> Asked:
    """Return how the tool was called."""
    return asked(run, _OPTIONS, *ESLINT)


def covering(call: Asked) -> Covering:
    """Return what a call looks for, and where."""
    given = call.arguments
    is_part = given.has("--ignore-pattern")
    paths = given.values("--stdin-filename") or given.operands
    return Covering(
        roots=() if is_part else call.roots(paths),
        configuration=call.configuration(given.written(_DECIDING)),
    )


def _rows(call: Asked) -> Rows:
    text = text_of(call.run)
    whole = document(text, _is_report)
    if isinstance(whole, list):
        return _of_files(whole, is_whole=True)
    items = [item for item in whole_items(text) if _is_file(item)]
    if items:
        return _of_files(items, is_whole=False)
    found = _TOLD.findall(text)
    rows = list(_of_text(lines_of(call.run)))
    formats = call.arguments.values("-f", "--format")
    is_unseen = call.arguments.has("-o", "--output-file") or not _READ.issuperset(formats)
    told = sum(map(int, found)) if found else None
    return Rows(rows=rows, told=told, is_broken=told is None and (is_unseen or bool(rows)))


def _is_report(value: Value) -> bool:
    return isinstance(value, list) and all(map(_is_file, value))


def _is_file(value: Value) -> bool:
    return isinstance(value, dict) and "filePath" in value and "messages" in value


def _of_files(files: Iterable[Value], *, is_whole: bool) -> Rows:
    rows: list[Row] = []
    unread: list[str] = []
    looked_at: list[str] = []
    for file in files:
        path = text_at(file, "filePath")
        lines = text_at(file, "source").split("\n")
        for message in list_at(file, "messages"):
            row = _of_message(message, path, lines)
            if row is None:
                unread.append(path)
            else:
                rows.append(row)
        looked_at.append(path)
    told = len(rows) if is_whole else None
    return Rows(
        rows=rows,
        told=told,
        looked_at=tuple(looked_at),
        unread=tuple(unread),
        is_broken=not is_whole,
    )


def _of_message(message: Value, path: str, lines: list[str]) -> Row | None:
    """Return one finding; None where it says that the file was not looked at."""
    said, rule = text_at(message, "message"), text_at(message, "ruleId")
    if "parserOptions.project" in said or said.startswith("File ignored"):
        return None
    where = span(
        number_at(message, "line"),
        _column(lines, number_at(message, "line"), number_at(message, "column")),
        number_at(message, "endLine"),
        _column(lines, number_at(message, "endLine"), number_at(message, "endColumn")),
    )
    is_fatal = at(message, "fatal") is True
    return _row(rule, said, path, where, is_fatal=is_fatal)


def _column(lines: list[str], line: int | None, column: int | None) -> int | None:
    """Return a column in characters: ESLint counts UTF-16 units."""
    if line is None or column is None or not 1 <= line <= len(lines) or column < 1:
        return column
    return from_utf16(lines[line - 1], column)


def _of_text(lines: Iterable[str]) -> Iterator[Row]:
    path = ""
    for line in lines:
        found = _ROW.match(line) if path else None
        if found:
            where = span(int(found["line"]), int(found["column"]))
            yield _row(found["rule"] or "", found["message"], path, where)
        elif heading := _HEADING.match(line):
            path = heading["path"]
        elif not line:
            path = ""


def _row(rule: str, message: str, path: str, where: Span | None, *, is_fatal: bool = False) -> Row:
    """Return one finding; the text drops the full stop that JSON has."""
    if is_fatal or (not rule and message.startswith(_PARSING)):
        return Row(DefectKind.SYNTAX, "syntax", message.removeprefix(_PARSING), path, where)
    is_directive = not rule and "eslint-disable" in message
    name = rule or ("unused-disable-directive" if is_directive else "eslint")
    return Row(DefectKind.LINT, name, message.removesuffix("."), path, where)
