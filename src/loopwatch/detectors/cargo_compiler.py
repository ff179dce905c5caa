"""Reads what rustc and clippy find under cargo: JSON messages and text."""

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from loopwatch.detectors import cargo_options
from loopwatch.detectors.api import Run
from loopwatch.detectors.asked import Asked, is_from
from loopwatch.detectors.console import lines_of, text_of
from loopwatch.detectors.json_values import Value, at, list_at, number_at, objects, text_at
from loopwatch.detectors.lint import Covering, Row, Rows, evidence, span
from loopwatch.detectors.tools import CARGO
from loopwatch.model.evidence import DefectKind, Evidence, Span

_HEADING = re.compile(r"^(?P<level>error|warning)(?:\[(?P<code>[\w:]+)\])?: (?P<message>.*)$")
_ARROW = re.compile(r"^ *--> (?P<path>.+?):(?P<line>\d{1,9}):(?P<column>\d{1,9})$")
_SHORT = re.compile(
    r"^(?P<path>[^\s:][^:]*\.rs):(?P<line>\d{1,9}):(?P<column>\d{1,9}): "
    r"(?P<level>error|warning)(?:\[(?P<code>[\w:]+)\])?: (?P<message>.*)$"
)
_LINT = re.compile(r"`(?:#!?\[(?:warn|deny|forbid)\(([\w:-]+)\)\]|-[DWF] ([\w:-]+))`")
_CLIPPY = re.compile(r"rust-clippy/\S+#(\w+)$")
_QUOTED = re.compile(r"`[^`]*`")
_TOLD = re.compile(r"^warning: `.+` \(.+\) generated (\d{1,9}) warnings?(.*)$", re.MULTILINE)
_AGAIN = re.compile(r"\((\d{1,9}) duplicates?\)")
_FINISHED = re.compile(r"^ +Finished ", re.MULTILINE)
_STOPPED = re.compile(r"could not compile|internal compiler error|^error: could not", re.MULTILINE)
_NEAR = 2  # lines between a message and its place
_OUTPUT = re.compile(
    r"^(?:error(?:\[E\d+\])?|warning): [^\n]*\n *--> [^\n]+\.rs:\d+:\d+$"
    r'|^\{"reason":"(?:compiler-message|compiler-artifact|build-finished)"',
    re.MULTILINE,
)
_SIGNS = (".rs:", '{"reason":"')


@dataclass(frozen=True, slots=True)
class Cargo:
    """Reads the compiler and clippy. After an error, lints and other packages are unknown."""

    name: str = "cargo"

    def recognises(self, run: Run) -> bool:
        verb, call = cargo_options.cargo_call(run)
        return is_from(run, CARGO, _OUTPUT, _SIGNS) and (
            not call.program or verb in cargo_options.COMPILING
        )

    def read(self, run: Run) -> Evidence | None:
        verb, call = cargo_options.cargo_call(run)
        messages = [item for item in objects(text_of(run)) if "reason" in item]
        rows = _of_messages(messages, call) if messages else _of_text(call)
        roots = cargo_options.roots(call) if verb in cargo_options.COMPILING else ()
        covering = Covering(
            statuses=(0, 101),
            roots=() if messages else roots,
            configuration=cargo_options.configuration(call),
        )
        return evidence(self.name, call, rows, covering)


def _of_messages(messages: list[dict[str, Value]], call: Asked) -> Rows:
    """Return the findings of JSON messages, which also tell what was compiled."""
    rows: list[Row] = []
    looked_at: list[str] = []
    is_finished = False
    for item in messages:
        reason = text_at(item, "reason")
        if reason == "compiler-message":
            rows.extend(_of_message(item, call))
        elif reason == "compiler-artifact":
            looked_at.append(_folder(text_at(item, "target", "src_path")))
        elif reason == "build-finished":
            is_finished = at(item, "success") is True
    return Rows(
        rows=rows,
        told=len(rows),
        looked_at=tuple(looked_at),
        is_broken=not is_finished,
    )


def _folder(source: str) -> str:
    """Return what the sources of a target are: a crate's folder, or one file."""
    source = source.replace("\\", "/")
    is_crate = source.endswith(("src/lib.rs", "src/main.rs"))
    return posixpath.dirname(source) if is_crate else source


def _of_message(item: Value, call: Asked) -> Iterator[Row]:
    message = at(item, "message")
    level = text_at(message, "level")
    spans = [one for one in list_at(message, "spans") if at(one, "is_primary") is True]
    if level not in {"error", "warning"} or not spans:
        return
    where = span(
        number_at(spans[0], "line_start"),
        number_at(spans[0], "column_start"),
        number_at(spans[0], "line_end"),
        number_at(spans[0], "column_end"),
    )
    path = _from_top(text_at(spans[0], "file_name"), text_at(item, "manifest_path"), call)
    code = text_at(message, "code", "code")
    yield _row(level, code, text_at(message, "message"), path, where)


def _from_top(file: str, manifest: str, call: Asked) -> str:
    """Return an absolute path: rustc names files from the top of the workspace.

    That is the folder of the package, or one above it that the file's own path spells out.
    """
    home = posixpath.dirname(manifest.replace("\\", "/"))
    if not home or posixpath.isabs(file):
        return file
    top, inner = home, ""
    best = posixpath.join(home, file)
    while len(top) > max(1, len(call.run.root.rstrip("/"))) and top != posixpath.dirname(top):
        inner = posixpath.join(posixpath.basename(top), inner) if inner else posixpath.basename(top)
        top = posixpath.dirname(top)
        if file.startswith(f"{inner}/"):
            best = posixpath.join(top, file)
    return best


def _way_up(paths: Iterable[str], folder: str) -> str:
    """Return the way to the top of the workspace, which is above the folder or is it.

    Where it is above, the paths of the package in the folder begin with names of folders.
    """
    names = folder.split("/") if folder else []
    for count in range(1, len(names) + 1):
        inner = "/".join(names[-count:])
        if any(path.startswith(f"{inner}/") for path in paths):
            return "../" * count
    return ""


def _of_text(call: Asked) -> Rows:
    text = text_of(call.run)
    found = list(_of_lines(lines_of(call.run)))
    up = _way_up([row.path for row in found], call.folder or "")
    rows = _named(replace(row, path=up + row.path) for row in found)
    told = _TOLD.findall(text)
    count = sum(int(number) - sum(map(int, _AGAIN.findall(rest))) for number, rest in told)
    is_quiet = call.arguments.has("-q", "--quiet") and call.exit_status == 0
    is_done = bool(_FINISHED.search(text)) or is_quiet
    is_seen = call.has_stderr and is_done and not _STOPPED.search(text)
    return Rows(rows=rows, told=count if told or is_done else None, is_broken=not is_seen)


def _of_lines(lines: tuple[str, ...]) -> Iterator[Row]:
    for place, line in enumerate(lines):
        if found := _SHORT.match(line):
            yield _at(found, found, "")
        elif heading := _HEADING.match(line):
            arrows = map(_ARROW.match, lines[place + 1 : place + 1 + _NEAR])
            arrow = next(filter(None, arrows), None)
            if arrow:
                yield _at(heading, arrow, _lint(lines, place))


def _lint(lines: tuple[str, ...], place: int) -> str:
    """Return the name of the lint, which stands in the notes below, the first time."""
    for line in lines[place + 1 : place + 60]:
        if not line or _HEADING.match(line):
            return ""
        if found := _CLIPPY.search(line):
            return f"clippy::{found[1]}"
        if "= note:" in line and (noted := _LINT.search(line)):
            return (noted[1] or noted[2]).replace("-", "_")
    return ""


def _at(heading: re.Match[str], place: re.Match[str], lint: str) -> Row:
    where = span(int(place["line"]), int(place["column"]))
    return _row(heading["level"], heading["code"] or lint, heading["message"], place["path"], where)


def _row(level: str, code: str, message: str, path: str, where: Span | None) -> Row:
    if level == "error" and not code:
        return Row(DefectKind.SYNTAX, "syntax", message, path, where)
    is_error = re.fullmatch(r"E\d+", code)
    return Row(DefectKind.TYPE if is_error else DefectKind.LINT, code, message, path, where)


def _named(rows: Iterable[Row]) -> list[Row]:
    """Give each lint its name: the text says it only the first time that the lint speaks."""
    found = list(rows)
    names = {_QUOTED.sub("", row.message): row.rule for row in reversed(found) if row.rule}
    return [
        replace(row, rule=row.rule or names.get(_QUOTED.sub("", row.message), "warning"))
        for row in found
    ]
