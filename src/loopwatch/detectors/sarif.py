"""Reads SARIF 2.1.0, the format that most analysers can write."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from loopwatch.detectors import eslint, ruff
from loopwatch.detectors.api import Run
from loopwatch.detectors.arguments import Syntax, digest
from loopwatch.detectors.asked import Asked, asked
from loopwatch.detectors.columns import from_utf16
from loopwatch.detectors.console import decode, said
from loopwatch.detectors.families import SYNTAX, TYPE_CHECKERS, family
from loopwatch.detectors.json_values import Value, at, document, list_at, number_at, text_at
from loopwatch.detectors.lint import Covering, Row, Rows, evidence, span
from loopwatch.model.evidence import DefectKind, Evidence, Span

_HEAD = re.compile(rb'"\$schema"\s*:\s*"[^"]*sarif|"runs"\s*:\s*\[|"version"\s*:\s*"2\.1\.0"')
_PARSING = "Parsing error: "
_SLOT = re.compile(r"\{(\d{1,2})\}")
_NO_FINDING = frozenset({"pass", "notApplicable", "informational"})
_EXTRACTED = "successfully-extracted-files"  # CodeQL names what it looked at so
_DEEPEST = 5  # bases of addresses on top of one another
LOOKED_AT = 4_000  # bytes in which a document shows that it is one
_CALLS = {
    "ruff": (ruff.call_in, ruff.covering),
    "eslint": (eslint.call_in, eslint.covering),
}


@dataclass(frozen=True, slots=True)
class Sarif:
    """Reads SARIF. Each tool in it is a detector of its own."""

    name: str = "sarif"

    def recognises(self, run: Run) -> bool:
        head = run.stdout[:LOOKED_AT].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t")
        return head[:1] == b"{" and _HEAD.search(head) is not None and b"sarif" in head.lower()

    def read(self, run: Run) -> Evidence | None:
        return next(iter(self.read_each(run)), None)

    def read_each(self, run: Run) -> tuple[Evidence, ...]:
        """Return what each tool says."""
        log = document(decode(run.stdout), lambda value: bool(list_at(value, "runs")))
        if log is None or run.is_cut:
            return ()
        tools: dict[str, list[Value]] = {}
        for one in list_at(log, "runs"):
            tools.setdefault(_tool(one), []).append(one)
        found = (_evidence(tool, runs, run) for tool, runs in tools.items())
        return tuple(one for one in found if one is not None)


def _tool(one: Value) -> str:
    """Return the name of the tool, as its own reader would call it."""
    name = said(text_at(one, "tool", "driver", "name")).lower()[:100]
    return re.sub(r"[^\w.-]+", "-", name).strip("-") or "sarif"


def _evidence(tool: str, runs: list[Value], run: Run) -> Evidence | None:
    call, covering = _covering(tool, runs, run)
    rows = [row for one in runs for row in _rows(one, tool, call)]
    rows.extend(row for one in runs for row in _unparsed(one, call))
    looked_at = [path for one in runs for path in _looked_at(one, call)]
    unread = [path for one in runs for path in _unread(one, call)]
    versions = {_version(one) for one in runs} - {""}
    found = Rows(
        rows=rows,
        told=len(rows),
        looked_at=(*looked_at, *(row.path for row in rows)),
        unread=tuple(unread),
        is_broken=not all(map(_is_done, runs)),
        version=said(min(versions)) if len(versions) == 1 else "",
    )
    return evidence(tool, call, found, covering)


def _version(one: Value) -> str:
    driver = at(one, "tool", "driver")
    return text_at(driver, "version") or text_at(driver, "semanticVersion")


def _covering(tool: str, runs: list[Value], run: Run) -> tuple[Asked, Covering]:
    """Return the call and what it looks for, where the tool is one that is known here."""
    categories = {text_at(one, "automationDetails", "id") for one in runs} - {""}
    if tool in _CALLS:
        find, cover = _CALLS[tool]
        call = find(run)
        if call.program:
            return call, cover(call)
    call = asked(run, Syntax(), tool)
    return call, Covering(
        statuses=tuple(range(128)),
        configuration=digest(categories) if categories else "",
    )


def _is_done(one: Value) -> bool:
    """Tell whether a run did its work, by what it says itself."""
    invocations = list_at(one, "invocations")
    return all(at(item, "executionSuccessful") is not False for item in invocations)


def _rows(one: Value, tool: str, call: Asked) -> Iterator[Row]:
    for result in list_at(one, "results"):
        is_gone = text_at(result, "baselineState") == "absent"
        if is_gone or text_at(result, "kind") in _NO_FINDING:
            continue
        places = list_at(result, "locations")
        physical = at(places[0], "physicalLocation") if places else None
        path = _path(at(physical, "artifactLocation"), one, call)
        if not path:
            continue
        rule = _rule_id(result, one)
        message = _message(result, one)
        yield Row(
            _kind(tool, rule),
            rule,
            message.removesuffix(".") if tool == "eslint" else message,  # as its text does
            path,
            _region(physical, one),
            tuple(_marks(result)),
        )


def _unparsed(one: Value, call: Asked) -> Iterator[Row]:
    """Yield what does not parse, which ESLint tells as a trouble of its own."""
    for notification in _notifications(one):
        text = text_at(notification, "message", "text")
        places = list_at(notification, "locations")
        if text.startswith(_PARSING) and places:
            physical = at(places[0], "physicalLocation")
            path = _path(at(physical, "artifactLocation"), one, call)
            message = text.removeprefix(_PARSING)
            if path:
                where = _region(physical, one)
                yield Row(DefectKind.SYNTAX, SYNTAX, message, path, where)


def _kind(tool: str, rule: str) -> DefectKind:
    if family(tool, rule) == SYNTAX:
        return DefectKind.SYNTAX
    return DefectKind.TYPE if tool in TYPE_CHECKERS else DefectKind.LINT


def _rule_id(result: Value, one: Value) -> str:
    own = text_at(result, "ruleId") or text_at(result, "rule", "id")
    return own or text_at(_rule(result, one), "id") or "sarif"


def _rule(result: Value, one: Value) -> Value:
    """Return the description of a result's rule, or None."""
    index = number_at(result, "ruleIndex")
    index = number_at(result, "rule", "index") if index is None else index
    rules = list_at(one, "tool", "driver", "rules")
    return rules[index] if index is not None and 0 <= index < len(rules) else None


def _message(result: Value, one: Value) -> str:
    """Return the message; it may be a template of the rule, with arguments."""
    message = at(result, "message")
    template = text_at(message, "text")
    if not template:
        key = text_at(message, "id")
        template = text_at(_rule(result, one), "messageStrings", key, "text")
    values = list_at(message, "arguments")

    def filled(slot: re.Match[str]) -> str:
        value = values[int(slot[1])] if int(slot[1]) < len(values) else slot[0]
        return value if isinstance(value, str) else slot[0]

    return _SLOT.sub(filled, template[:4_000]) if values else template


def _marks(result: Value) -> Iterator[tuple[str, str]]:
    """Yield the fingerprints that the tool gave, and that it was told to be silent."""
    for kind in ("fingerprints", "partialFingerprints"):
        prints = at(result, kind)
        for key, value in sorted(prints.items()) if isinstance(prints, dict) else ():
            if isinstance(value, str):
                yield said(str(key))[:200], said(value)[:500]
    for item in list_at(result, "suppressions"):
        if text_at(item, "status") in {"", "accepted"}:
            yield "suppressed", said(text_at(item, "kind"))[:100]


def _region(physical: Value, one: Value) -> Span | None:
    """Return where a result points, its columns in characters."""
    region = at(physical, "region")
    line, end = number_at(region, "startLine"), number_at(region, "endLine")
    columns = [number_at(region, "startColumn"), number_at(region, "endColumn")]
    snippet = text_at(region, "snippet", "text").split("\n")
    if text_at(one, "columnKind") == "utf16CodeUnits" and snippet != [""] and end in {None, line}:
        start = columns[0] or 1  # a snippet begins where its region does, or with the line
        shift = 0 if len(snippet[0]) >= start else start - 1
        columns = [
            from_utf16(snippet[0], column - shift) + shift if column and column > shift else column
            for column in columns
        ]
    return span(line, columns[0], end, columns[1])


def _looked_at(one: Value, call: Asked) -> Iterator[str]:
    """Yield the files that a run says it analysed."""
    for artifact in list_at(one, "artifacts"):
        roles = list_at(artifact, "roles")
        path = _path(at(artifact, "location"), one, call)
        if path and (not roles or "analysisTarget" in roles):
            yield path
    for notification in _notifications(one):
        if _EXTRACTED in text_at(notification, "descriptor", "id"):
            yield from _places(notification, one, call)


def _unread(one: Value, call: Asked) -> Iterator[str]:
    """Yield the files that a run could not analyse."""
    for notification in _notifications(one):
        if text_at(notification, "level") == "error":
            yield from _places(notification, one, call)


def _notifications(one: Value) -> Iterator[Value]:
    for invocation in list_at(one, "invocations"):
        yield from list_at(invocation, "toolExecutionNotifications")
        yield from list_at(invocation, "toolConfigurationNotifications")


def _places(notification: Value, one: Value, call: Asked) -> Iterator[str]:
    for place in list_at(notification, "locations"):
        path = _path(at(place, "physicalLocation", "artifactLocation"), one, call)
        if path:
            yield path


def _path(location: Value, one: Value, call: Asked) -> str:
    """Return the address of a file; a base that is not told is the root of the repository."""
    index = number_at(location, "index")
    artifacts = list_at(one, "artifacts")
    if not text_at(location, "uri") and index is not None and 0 <= index < len(artifacts):
        location = at(artifacts[index], "location")
    uri, base = text_at(location, "uri"), text_at(location, "uriBaseId")
    if not uri or ":/" in uri[:10]:
        return uri
    for _ in range(_DEEPEST):
        if not base:
            return unquote(uri) if not uri.startswith("file:") else uri
        known = at(one, "originalUriBaseIds", base)
        uri, base = text_at(known, "uri") + uri, text_at(known, "uriBaseId")
        if not text_at(known, "uri"):
            break
        if ":/" in uri[:10]:
            return uri
    return f"{call.run.root}/{unquote(uri)}" if call.run.root else unquote(uri)
