"""Reads what the TypeScript compiler prints, plain and pretty."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from loopwatch.detectors.api import Run
from loopwatch.detectors.arguments import Syntax, options
from loopwatch.detectors.asked import Asked, asked, is_from
from loopwatch.detectors.console import lines_of, text_of
from loopwatch.detectors.lint import Covering, Row, Rows, evidence, span
from loopwatch.detectors.tools import TSC
from loopwatch.model.evidence import DefectKind, Evidence

_OPTIONS = Syntax(
    options(
        "-p --project -t --target -m --module --lib --jsx --outDir --outFile --rootDir --baseUrl"
        " --types --typeRoots --moduleResolution --declarationDir --tsBuildInfoFile -outDir"
        " --moduleDetection --customConditions --generateTrace --jsxImportSource --locale"
    ),
    is_go=True,
)
_FORM = options("--pretty --noEmit -noEmit --outDir -outDir --listFiles --diagnostics --locale")
_PROJECT = ("-p", "--project")
_USUAL = frozenset({".", "./", "tsconfig.json", "./tsconfig.json"})
_ROW = re.compile(
    r"^(?P<path>\S.*?)(?:\((?P<line>\d{1,9}),(?P<column>\d{1,9})\): "
    r"|:(?P<line2>\d{1,9}):(?P<column2>\d{1,9}) - )"
    r"(?:error|warning) (?P<rule>TS\d{1,6}): (?P<message>.*)$"
)
_GLOBAL = re.compile(r"^error TS\d+: ", re.MULTILINE)
_TOLD = re.compile(r"^Found (\d{1,9}) errors?[. ]", re.MULTILINE)
_SYNTAX = re.compile(r"TS1\d{3}$")  # and what the grammar forbids
_OUTPUT = re.compile(r"(?:\(\d+,\d+\): |:\d+:\d+ - |^)error TS\d+: ", re.MULTILINE)
_SIGNS = ("error TS",)


@dataclass(frozen=True, slots=True)
class Tsc:
    """Reads tsc. Where one file does not parse, it looks at no types at all."""

    name: str = "tsc"

    def recognises(self, run: Run) -> bool:
        return is_from(run, TSC, _OUTPUT, _SIGNS)

    def read(self, run: Run) -> Evidence | None:
        call = asked(run, _OPTIONS, *TSC)
        return evidence(self.name, call, _rows(call), _covering(call))


def _covering(call: Asked) -> Covering:
    given = call.arguments
    paths = tuple(word for word in given.operands if word not in {"true", "false"})
    settings = [
        f"{name}={value}"
        for name, value in given.options
        if name not in _FORM and not (name in _PROJECT and value in _USUAL)
    ]
    if not paths:
        settings.append("files by configuration")
        paths = tuple(map(_folder, given.values(*_PROJECT)))
    return Covering(
        statuses=(0, 1, 2), roots=call.roots(paths), configuration=call.configuration(settings)
    )


def _folder(project: str) -> str:
    """Return the folder of a project, which may be named by its file."""
    if not project.endswith(".json"):
        return project
    return project.rpartition("/")[0] or "."


def _rows(call: Asked) -> Rows:
    text = text_of(call.run)
    rows = list(_of_text(lines_of(call.run)))
    told = _TOLD.findall(text)
    is_stopped = any(row.kind is DefectKind.SYNTAX for row in rows) or bool(_GLOBAL.search(text))
    return Rows(
        rows=rows,
        told=sum(map(int, told)) if told else None,
        is_broken=is_stopped or call.arguments.has("-w", "--watch", "-watch"),
    )


def _of_text(lines: Iterable[str]) -> Iterator[Row]:
    for line in lines:
        if found := _ROW.match(line):
            where = span(
                int(found["line"] or found["line2"]), int(found["column"] or found["column2"])
            )
            kind = DefectKind.SYNTAX if _SYNTAX.match(found["rule"]) else DefectKind.TYPE
            yield Row(kind, found["rule"], found["message"], found["path"], where)
