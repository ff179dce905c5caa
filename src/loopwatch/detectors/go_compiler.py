"""Reads what ``go vet`` finds, and what keeps ``go build`` and ``go test`` from compiling."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from loopwatch.detectors import go_options
from loopwatch.detectors.api import Run
from loopwatch.detectors.asked import Asked, is_from
from loopwatch.detectors.console import lines_of, text_of
from loopwatch.detectors.json_values import Value, at, list_at, objects, text_at
from loopwatch.detectors.lint import Covering, Row, Rows, evidence, span
from loopwatch.detectors.tools import GO
from loopwatch.model.evidence import DefectKind, Evidence

COMPILE, VET, SYNTAX = "compile", "vet", "syntax"

_ROW = re.compile(
    r"^(?P<vet>vet: )?(?P<path>(?:[A-Za-z]:)?[^\s:][^:]*\.go):(?P<line>\d{1,9})"
    r"(?::(?P<column>\d{1,9}))?: (?P<message>.+)$"
)
_POSITION = re.compile(r"^(?P<path>.+?):(?P<line>\d{1,9}):(?P<column>\d{1,9})$")
_PACKAGE = re.compile(r"^# \S+(?: \[\S+\])?$")
_PARSING = re.compile(r"^(?:syntax error: |expected |missing )")
_BROKEN = re.compile(
    r"^too many errors$|\[setup failed\]|^go: |^package \S+ is not in", re.MULTILINE
)
_FAILED = re.compile(r"\[build failed\]")
_RAN = re.compile(r'^(?:ok  |FAIL|\?   )\t|"Action":"(?:pass|fail|skip)"', re.MULTILINE)
_DOCUMENT = re.compile(r"^\{\n.*?^\}$", re.MULTILINE | re.DOTALL)
_OUTPUT = re.compile(r"^# \S+(?: \[\S+\])?\n(?:vet: )?\S+\.go:\d+:\d+: ", re.MULTILINE)
_SIGNS = (".go:",)


@dataclass(frozen=True, slots=True)
class Go:
    """Reads the compiler of go and vet."""

    name: str = "go"

    def recognises(self, run: Run) -> bool:
        verb, call = go_options.go_call(run)
        return is_from(run, GO, _OUTPUT, _SIGNS) and (not call.program or verb in go_options.VERBS)

    def read(self, run: Run) -> Evidence | None:
        verb, call = go_options.go_call(run)
        return evidence(self.name, call, _rows(call, verb), _covering(call, verb))


def _covering(call: Asked, verb: str) -> Covering:
    return Covering(
        statuses=(0, 1, 2),
        roots=go_options.roots(call) if verb in go_options.VERBS else (),
        configuration=go_options.configuration(call),
        rules=None if verb == VET or not call.program else (COMPILE, SYNTAX),
    )


def _rows(call: Asked, verb: str) -> Rows:
    """Return findings. A package that does not compile hides what is wrong behind it."""
    text = text_of(call.run)
    if call.arguments.has("-json", "--json"):
        rows = list(_of_vet_json(text)) if verb == VET else []
        rows.extend(_of_lines(_build_output(text), verb))
    else:
        rows = []
    rows.extend(_of_lines(lines_of(call.run), verb))
    is_stopped = any(row.rule in {COMPILE, SYNTAX} for row in rows) or _BROKEN.search(text)
    if verb == "test" and not is_stopped and _RAN.search(text):
        return Rows(rows=rows, told=-1 if _FAILED.search(text) else len(rows))
    return Rows(rows=rows, is_broken=bool(is_stopped) or not call.has_stderr)


def _of_lines(lines: Iterable[str], verb: str) -> Iterator[Row]:
    is_open = False  # below a line that names a package
    for line in lines:
        found = _ROW.match(line)
        if found and is_open:
            yield _row(found, found["message"], COMPILE if found["vet"] or verb != VET else VET)
        else:
            is_open = bool(_PACKAGE.match(line)) or (is_open and line[:1].isspace())


def _row(found: re.Match[str], message: str, rule: str) -> Row:
    """Return one finding; go counts columns in bytes, so only the line is kept."""
    where = span(int(found["line"]))
    if rule == COMPILE and _PARSING.match(message):
        return Row(DefectKind.SYNTAX, SYNTAX, message, found["path"], where)
    kind = DefectKind.TYPE if rule == COMPILE else DefectKind.LINT
    return Row(kind, rule, message, found["path"], where)


def _of_vet_json(text: str) -> Iterator[Row]:
    """Yield the findings of ``go vet -json``: package, analyzer, list of findings."""
    for found in _DOCUMENT.finditer(text):
        for document in objects(found.group().replace("\n", " ")):
            for package in document.values():
                yield from _of_package(package)


def _of_package(package: Value) -> Iterator[Row]:
    if not isinstance(package, dict):
        return
    for analyzer, items in package.items():
        for item in list_at({"items": items}, "items"):
            place = _POSITION.match(text_at(item, "posn"))
            if place:
                yield _row(place, text_at(item, "message"), str(analyzer))


def _build_output(text: str) -> list[str]:
    """Return the lines that ``go test -json`` wraps, since Go 1.24."""
    built = (event for event in objects(text) if at(event, "Action") == "build-output")
    return "".join(text_at(event, "Output") for event in built).split("\n")
