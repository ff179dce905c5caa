"""Reads what ``ruff check`` prints: JSON, JSON lines, and its texts."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from loopwatch.detectors.api import Run
from loopwatch.detectors.arguments import Syntax, options
from loopwatch.detectors.asked import Asked, asked, is_from
from loopwatch.detectors.console import lines_of, text_of
from loopwatch.detectors.json_values import (
    Value,
    document,
    number_at,
    objects,
    text_at,
    whole_items,
)
from loopwatch.detectors.lint import Covering, Row, Rows, evidence, span
from loopwatch.detectors.tools import RUFF
from loopwatch.model.evidence import DefectKind, Evidence, Span

SYNTAX = "invalid-syntax"
UNREADABLE = "E902"  # the file could not be read

_OPTIONS = Syntax(
    options(
        "--config --select --ignore --extend-select --extend-ignore --per-file-ignores"
        " --extend-per-file-ignores --fixable --unfixable --extend-fixable --target-version"
        " --output-format --output-file -o --exclude --extend-exclude --stdin-filename --extension"
        " --cache-dir --line-length --format"
    )
)
_DECIDING = options(
    "--config --select --ignore --extend-select --extend-ignore --per-file-ignores --isolated"
    " --extend-per-file-ignores --target-version --line-length --preview --no-preview"
    " --ignore-noqa --exclude --extend-exclude --extension"
)
_OTHER_WORK = options("--statistics --diff --show-files --show-settings --add-noqa --watch -w -h")
_RULE = r"(?P<rule>[A-Z]+[0-9]+|invalid-syntax|SyntaxError):? (?:\[[*-]\] )?(?P<message>.*)"
_AT = r"(?P<line>\d{1,9}):(?P<column>\d{1,9})"
_CONCISE = re.compile(rf"^(?P<path>\S.*?):{_AT}: {_RULE}$")
_FULL = re.compile(rf"^{_RULE}$")
_ARROW = re.compile(rf"^ *--> (?P<path>.+):{_AT}$")
_GROUP = re.compile(r"^(?P<path>\S.*):$")
_GROUPED = re.compile(rf"^ +{_AT} +{_RULE}$")
_FOUND = re.compile(
    r"^Found (\d{1,9}) errors?(?: \(\d+ fixed, (\d{1,9}) remaining\))?\.$", re.MULTILINE
)
_CLEAN = re.compile(r"^All checks passed!$", re.MULTILINE)
_OUTPUT = re.compile(
    r'"noqa_row": ?(?:null|\d)|^(?:All checks passed!$'
    r"|\S[^\n:]*:\d+:\d+: (?:[A-Z]+\d+ |invalid-syntax: )"
    r"|(?:[A-Z]+\d+|invalid-syntax:?) [^\n]*\n +--> [^\n]+:\d+:\d+$)",
    re.MULTILINE,
)
_SIGNS = ("noqa_row", "All checks passed!", "--> ", ": ")


@dataclass(frozen=True, slots=True)
class Ruff:
    """Reads ruff's linter; its formatter finds no defects."""

    name: str = "ruff"

    def recognises(self, run: Run) -> bool:
        return is_from(run, RUFF, _OUTPUT, _SIGNS)

    def read(self, run: Run) -> Evidence | None:
        call = call_in(run)
        is_check = call.arguments.operands[:1] not in {("format",), ("rule",), ("clean",)}
        if not is_check or call.arguments.has(*_OTHER_WORK):
            return None
        return evidence(self.name, call, _rows(call), covering(call))


def _is_silent(call: Asked) -> bool:
    """Tell whether findings may go unseen although the exit status says that all is well."""
    is_elsewhere = call.arguments.has("-s", "--silent", "-o", "--output-file")
    return is_elsewhere or call.arguments.has("--exit-zero", "-e")


def call_in(run: Run) -> Asked:
    """Return how the tool was called."""
    return asked(run, _OPTIONS, *RUFF)


def covering(call: Asked) -> Covering:
    """Return what a call looks for, and where."""
    given = call.arguments
    paths = given.operands[1:] if given.operands[:1] == ("check",) else given.operands
    is_part = given.has("--exclude", "--extend-exclude")
    chosen = given.parts("--select")
    chosen = (*chosen, *given.parts("--extend-select")) if chosen else ()
    return Covering(
        roots=() if is_part else call.roots(given.values("--stdin-filename") or paths),
        configuration=call.configuration(given.written(_DECIDING)),
        rules=(*map(_prefix, chosen), SYNTAX) if chosen else None,
        rules_off=tuple(map(_prefix, given.parts("--ignore", "--extend-ignore"))),
    )


def _prefix(selector: str) -> str:
    return "*" if selector == "ALL" else f"{selector}*"


def _rows(call: Asked) -> Rows:
    text = text_of(call.run)
    whole = document(text, _is_report)
    if isinstance(whole, list):
        return _sorted_out(_of_objects(whole), len(whole))
    items: list[Value] = [line for line in objects(text) if _is_row(line)]
    items = items or [item for item in whole_items(text) if _is_row(item)]
    if items:
        return _sorted_out(_of_objects(items))
    found = _FOUND.findall(text)
    told = sum(int(left or every) for every, left in found) if found else None
    told = 0 if _CLEAN.search(text) else told
    rows = _sorted_out(_of_text(lines_of(call.run)), told)
    is_cut = bool(rows.rows) and not call.arguments.has("-q", "--quiet")
    is_unsure = told is None and (is_cut or _is_silent(call))
    return replace(rows, is_broken=True) if is_unsure else rows


def _sorted_out(rows: Iterable[Row], told: int | None = None) -> Rows:
    """Set files that could not be read apart from findings."""
    every = list(rows)
    found = [row for row in every if row.rule != UNREADABLE]
    unread = tuple(row.path for row in every if row.rule == UNREADABLE)
    return Rows(rows=found, told=None if told is None else told - len(unread), unread=unread)


def _is_report(value: Value) -> bool:
    return isinstance(value, list) and all(map(_is_row, value))


def _is_row(value: Value) -> bool:
    return isinstance(value, dict) and "filename" in value and "code" in value


def _of_objects(rows: Iterable[Value]) -> Iterator[Row]:
    for row in rows:
        where = span(
            number_at(row, "location", "row"),
            number_at(row, "location", "column"),
            number_at(row, "end_location", "row"),
            number_at(row, "end_location", "column"),
        )
        yield _row(text_at(row, "code"), text_at(row, "message"), text_at(row, "filename"), where)


def _of_text(lines: Iterable[str]) -> Iterator[Row]:
    """Yield the findings of the concise, the full and the grouped text."""
    above: re.Match[str] | None = None  # of the full text: rule and message
    group = ""
    for line in lines:
        if found := _CONCISE.match(line):
            yield _row(found["rule"], found["message"], found["path"], _where(found))
        elif above and (found := _ARROW.match(line)):
            yield _row(above["rule"], above["message"], found["path"], _where(found))
        elif group and (found := _GROUPED.match(line)):
            yield _row(found["rule"], found["message"], group, _where(found))
        above = _FULL.match(line)
        heading = _GROUP.match(line)
        group = heading["path"] if heading else group if line.startswith(" ") else ""


def _where(found: re.Match[str]) -> Span | None:
    return span(int(found["line"]), int(found["column"]))


def _row(code: str, message: str, path: str, where: Span | None) -> Row:
    """Return one finding; older versions write syntax errors in other ways."""
    is_syntax = code in {"", SYNTAX, "SyntaxError", "E999"}
    if not is_syntax:
        return Row(DefectKind.LINT, code, message, path, where)
    return Row(DefectKind.SYNTAX, SYNTAX, message.removeprefix("SyntaxError: "), path, where)
