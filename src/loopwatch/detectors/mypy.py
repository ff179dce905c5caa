"""Reads what mypy prints: JSON lines and text, ``--pretty`` too."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loopwatch.detectors.api import Run
from loopwatch.detectors.arguments import Syntax, options
from loopwatch.detectors.asked import Asked, asked, is_from
from loopwatch.detectors.console import lines_of, text_of
from loopwatch.detectors.json_values import Value, number_at, objects, text_at
from loopwatch.detectors.lint import Covering, Row, Rows, evidence, span
from loopwatch.detectors.tools import MYPY
from loopwatch.model.evidence import DefectKind, Evidence, Span

_OPTIONS = Syntax(
    options(
        "--config-file -p --package -m --module -c --command --python-version --platform"
        " --python-executable --exclude --output -O --cache-dir --disable-error-code"
        " --enable-error-code --follow-imports --always-true --always-false --junit-xml"
        " --junit-format --package-root --custom-typeshed-dir --soft-error-limit -n --num-workers"
        " --any-exprs-report --html-report --linecount-report --txt-report --xml-report"
        " --timeout --status-file --log-file"
    )
)
# What changes the form of the output, and not what is in it.
_FORM = options(
    "--output -O --pretty --no-pretty --show-column-numbers --hide-column-numbers"
    " --show-error-end --hide-error-codes --show-error-codes --show-error-context"
    " --hide-error-context --no-color-output --color-output --no-error-summary --error-summary"
    " --show-absolute-path --hide-absolute-path -v --verbose --cache-dir --no-incremental"
    " --incremental --sqlite-cache --skip-cache-mtime-checks --junit-xml --junit-format"
    " -n --num-workers --cache-fine-grained --timeout --status-file --log-file --install-types"
    " --non-interactive"
)
_BY_NAME = ("-p", "--package", "-m", "--module", "-c", "--command")
_NUMBER = r"\d{1,9}"
_ROW = re.compile(
    rf"^(?P<path>[^\s:][^:]*|[A-Za-z]:[\\/][^:]*):(?P<line>{_NUMBER})"
    rf"(?::(?P<column>{_NUMBER}))?(?::(?P<end_line>{_NUMBER}):(?P<end_column>{_NUMBER}))?"
    r": (?P<severity>error|note|warning): (?P<message>.*)$"
)
_CODE = re.compile(r"^(?P<message>.*?)\s*\[(?P<code>[a-z][\w-]*)\]$", re.DOTALL)
_FOUND = re.compile(r"^Found (\d{1,9}) errors? in \d+ files?\b", re.MULTILINE)
_CLEAN = re.compile(r"^Success: no issues found in \d+ source files?", re.MULTILINE)
_STOPPED = re.compile(r"errors prevented further checking|INTERNAL ERROR|^Traceback ", re.MULTILINE)
_OUTPUT = re.compile(
    rf"{_FOUND.pattern}|{_CLEAN.pattern}"
    r'|^\{"file": "[^\n]*"hint": [^\n]*"severity": "(?:error|note)"\}$'
    r"|^[^\s:][^:\n]*:\d+: error: [^\n]*  \[[a-z][\w-]*\]$",
    re.MULTILINE,
)
_SIGNS = ("Found ", "Success: no issues", '"hint": ', ": error: ")
_WRAPPED = 6  # lines that one message of --pretty may take


@dataclass(frozen=True, slots=True)
class Mypy:
    """Reads mypy. An error that stops it leaves everything else unknown."""

    name: str = "mypy"

    def recognises(self, run: Run) -> bool:
        return is_from(run, MYPY, _OUTPUT, _SIGNS)

    def read(self, run: Run) -> Evidence | None:
        call = asked(run, _OPTIONS, *MYPY)
        has_summary = not call.arguments.has("--no-error-summary")
        return evidence(self.name, call, _rows(run, has_summary=has_summary), _covering(call))


def _covering(call: Asked) -> Covering:
    given = call.arguments
    paths = given.operands
    if call.program == "dmypy":
        paths = tuple(word for word in paths if word not in {"run", "check", "--"})
    settings = [f"{name}={value}" for name, value in given.options if name not in _FORM]
    if not paths:
        settings.append("files by configuration")
    is_part = given.has(*_BY_NAME, "--exclude", "--shadow-file")
    return Covering(
        roots=() if is_part else call.roots(paths),
        configuration=call.configuration(settings),
    )


def _rows(run: Run, *, has_summary: bool) -> Rows:
    text = text_of(run)
    lines = [line for line in objects(text) if "severity" in line and "file" in line]
    if lines:
        rows = [_of_object(line) for line in lines if text_at(line, "severity") == "error"]
        return _checked(rows, text)
    found = _FOUND.findall(text)
    told = sum(map(int, found)) if found else 0 if _CLEAN.search(text) else None
    rows = list(_of_text(lines_of(run)))
    return _checked(rows, text, told, is_cut=bool(rows) and told is None and has_summary)


def _checked(rows: list[Row], text: str, told: int | None = None, *, is_cut: bool = False) -> Rows:
    """Return rows; a syntax error keeps mypy from looking at anything else."""
    is_stopped = any(row.kind is DefectKind.SYNTAX for row in rows) or _STOPPED.search(text)
    return Rows(rows=rows, told=told, is_broken=bool(is_stopped) or is_cut)


def _of_object(line: Value) -> Row:
    """Return one error; columns count from 0 there."""
    where = span(
        number_at(line, "line"),
        _next(number_at(line, "column")),
        number_at(line, "end_line"),
        _next(number_at(line, "end_column")),
    )
    return _row(text_at(line, "code"), text_at(line, "message"), text_at(line, "file"), where)


def _next(column: int | None) -> int | None:
    return None if column is None else column + 1


def _of_text(lines: Sequence[str]) -> Iterator[Row]:
    for place, line in enumerate(lines):
        found = _ROW.match(line)
        if found is None or found["severity"] != "error":
            continue
        message = _unwrapped(found["message"], lines[place + 1 : place + 1 + _WRAPPED])
        coded = _CODE.match(message)
        code, told = (coded["code"], coded["message"]) if coded else ("", message)
        yield _row(code, told, found["path"], _where(found))


def _unwrapped(message: str, following: Sequence[str]) -> str:
    """Return a message that --pretty may have spread over lines."""
    whole = message
    for line in following:
        if _CODE.match(whole):
            return whole
        if not line or line.startswith((" ", "Found ")) or _ROW.match(line):
            return message
        whole = f"{whole.rstrip()} {line}"
    return whole if _CODE.match(whole) else message


def _where(found: re.Match[str]) -> Span | None:
    numbers = [int(found[name]) if found[name] else None for name in ("line", "column")]
    ends = [int(found[name]) if found[name] else None for name in ("end_line", "end_column")]
    end = _next(ends[1])  # inclusive in the text
    return span(numbers[0], numbers[1], ends[0], end)


def _row(code: str, message: str, path: str, where: Span | None) -> Row:
    is_syntax = code == "syntax" or message.startswith("invalid syntax")
    kind = DefectKind.SYNTAX if is_syntax else DefectKind.TYPE
    return Row(kind, code or ("syntax" if is_syntax else "misc"), message, path, where)
