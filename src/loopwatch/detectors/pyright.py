"""Reads what pyright and basedpyright print: ``--outputjson`` and text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from loopwatch.detectors.api import Run
from loopwatch.detectors.arguments import Syntax, options
from loopwatch.detectors.asked import Asked, asked, is_from
from loopwatch.detectors.console import first_line, lines_of, text_of
from loopwatch.detectors.json_values import Value, document, list_at, number_at, saying_at, text_at
from loopwatch.detectors.lint import Covering, Row, Rows, evidence, span
from loopwatch.detectors.tools import PYRIGHT
from loopwatch.model.evidence import DefectKind, Evidence, Span

_OPTIONS = Syntax(
    options(
        "-p --project --pythonversion --pythonplatform --pythonpath -v --venvpath -t"
        " --typeshedpath --level --threads --verifytypes --baselinefile"
    )
)
_FORM = options("--outputjson --stats --verbose --threads --gitlabcodequality")
_ROW = re.compile(
    r"^\s+(?P<path>\S.*?):(?P<line>\d{1,9}):(?P<column>\d{1,9})"
    r" - (?P<severity>error|warning|information|note): (?P<message>.*)$"
)
_RULE = re.compile(r"^(?P<message>.*?) \((?P<rule>report\w+)\)$", re.DOTALL)
_TOLD = re.compile(
    r"^(\d{1,9}) errors?, (\d{1,9}) warnings?, (\d{1,9}) (informations?|notes?) ?$", re.MULTILINE
)
_OUTPUT = re.compile(rf'{_TOLD.pattern}|^ *"generalDiagnostics": \[', re.MULTILINE)
_SIGNS = (" warning", "generalDiagnostics")


@dataclass(frozen=True, slots=True)
class Pyright:
    """Reads pyright, and basedpyright, which is a detector of its own."""

    name: str = "pyright"

    def recognises(self, run: Run) -> bool:
        return is_from(run, PYRIGHT, _OUTPUT, _SIGNS)

    def read(self, run: Run) -> Evidence | None:
        call = asked(run, _OPTIONS, *PYRIGHT)
        told = _TOLD.search(text_of(run))
        is_based = call.program == "basedpyright" or bool(told and told[4].startswith("note"))
        return evidence(
            "basedpyright" if is_based else self.name, call, _rows(run), _covering(call)
        )


def _covering(call: Asked) -> Covering:
    given = call.arguments
    settings = [f"{name}={value}" for name, value in given.options if name not in _FORM]
    project = [path for path in given.values("-p", "--project") if not path.endswith(".json")]
    paths = given.operands or tuple(project)
    if not given.operands:
        settings.append("files by configuration")
    is_part = given.has("--verifytypes", "--watch", "-w", "--createstub") or "-" in paths
    return Covering(
        roots=() if is_part else call.roots(paths), configuration=call.configuration(settings)
    )


def _rows(run: Run) -> Rows:
    text = text_of(run)
    whole = document(text, lambda value: isinstance(value, dict) and "generalDiagnostics" in value)
    if whole is not None:
        rows = list(map(_of_object, list_at(whole, "generalDiagnostics")))
        return _weighed(rows, len(rows), saying_at(whole, "version"))
    counts = [sum(map(int, found[:3])) for found in _TOLD.findall(text)]
    return _weighed(list(_of_text(lines_of(run))), sum(counts) if counts else None, "")


def _weighed(rows: Iterable[tuple[str, Row]], told: int | None, version: str) -> Rows:
    """Leave out what is said for information; without a count, pyright broke off."""
    every = list(rows)
    found = [row for severity, row in every if severity in {"error", "warning"}]
    left = None if told is None else told - (len(every) - len(found))
    return Rows(rows=found, told=left, version=version, is_broken=told is None)


def _of_object(item: Value) -> tuple[str, Row]:
    """Return severity and finding; lines and columns count from 0 there."""
    start, end = ("range", "start"), ("range", "end")
    numbers = [number_at(item, *place, name) for place in (start, end) for name in _PLACE]
    where = span(*(None if number is None else number + 1 for number in numbers))
    rule, message = text_at(item, "rule"), text_at(item, "message")
    return text_at(item, "severity"), _row(rule, message, text_at(item, "file"), where)


_PLACE = ("line", "character")


def _of_text(lines: Iterable[str]) -> Iterator[tuple[str, Row]]:
    """Yield severity and finding; a message may go on in the lines below, set in deeper."""
    held: re.Match[str] | None = None
    message: list[str] = []
    for line in (*lines, ""):
        found = _ROW.match(line)
        if held and (found or not line[:4].isspace()):
            yield _told(held, "\n".join(message))
            held = None
        if found:
            held, message = found, [found["message"]]
        elif held:
            message.append(line)


def _told(found: re.Match[str], message: str) -> tuple[str, Row]:
    ruled = _RULE.match(message)
    rule, said = (ruled["rule"], ruled["message"]) if ruled else ("", message)
    where = span(int(found["line"]), int(found["column"]))
    return found["severity"], _row(rule, said, found["path"], where)


def _row(rule: str, message: str, path: str, where: Span | None) -> Row:
    """Return one finding; what has no rule is wrong in its syntax."""
    if not rule:
        return Row(DefectKind.SYNTAX, "syntax", first_line(message), path, where)
    return Row(DefectKind.TYPE, rule, first_line(message), path, where)
