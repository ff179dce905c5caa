r"""The report as one JSON document, ``loopwatch.report/1``.

The text is UTF-8 without lone surrogates. What git or a log holds that is no
Unicode is written so that it can be had back (``unescaped``):

- a byte that is no UTF-8, as in an odd file name: U+FFFD, ``x`` and two hex
  digits, so the byte E9 is ``�xe9``;
- half of a surrogate pair: U+FFFD, ``u`` and four hex digits;
- a U+FFFD of the text itself is itself, except before something that reads
  like one of these two: there it is ``�ufffd``.

Characters that a terminal obeys or that change the direction of text are
written as JSON escapes; a JSON parser gives them back as they were.
"""

import json
import re
from collections.abc import Iterable, Iterator
from importlib import resources

from loopwatch import __version__
from loopwatch.model.defect import Sighting, TrackedDefect
from loopwatch.model.edit import Hunk
from loopwatch.model.finding import Cost, CycleEdit, Finding
from loopwatch.model.progress import Progress
from loopwatch.model.report import Report, Skipped, Summary
from loopwatch.model.version import Trajectory
from loopwatch.reports.fleet_json import fleet_object
from loopwatch.reports.moments import moment
from loopwatch.reports.style import PLAIN, Style
from loopwatch.verdicts.quoting import HIDDEN

SCHEMA = "loopwatch.report/1"
SCHEMA_FILE = "report.schema.json"
LINES_SCHEMA_FILE = "report.lines.schema.json"
Object = dict[str, object]

NOT_UNICODE = re.compile("[\ud800-\udfff]|\ufffd(?=x[0-9a-f]{2}|u[0-9a-f]{4})")
ESCAPED = re.compile("\ufffd(?:x([0-9a-f]{2})|u([0-9a-f]{4}))")
SURROGATE_OF_BYTE = 0xDC00  # what Python's "surrogateescape" adds to a byte
NEWLINE, INDENT = "\n", "  "  # the layout of the document itself


def render(report: Report, style: Style = PLAIN) -> str:
    """Return the document, indented by two, keys in the order of the contract."""
    return "".join(pieces(report, style))


def pieces(report: Report, style: Style = PLAIN) -> Iterator[str]:
    """Yield the document piece by piece.

    Findings and defects are told one by one: thousands of them take several times their own
    room as one text, and ten times the room of that text as dictionaries.
    """
    del style  # for readers who are people
    findings = (_text(finding_object(one)) for one in report.findings)
    defects = (f"{_text(one.key)}: {_text(_defect(one))}" for one in _by_key(report))
    told = {**head(report), "trajectories": trajectories(report)}
    told |= {"findings": _many("[]", findings), "defects": _many("{}", defects), **_end(report)}
    before = "{"
    for key, value in told.items():
        yield f"{before}{NEWLINE}{INDENT}{_text(key)}: "
        before = ","
        if isinstance(value, Iterator):
            yield from value
        else:
            yield _text(value).replace(NEWLINE, NEWLINE + INDENT)
    yield f"{NEWLINE}}}{NEWLINE}"


def _many(brackets: str, texts: Iterable[str]) -> Iterator[str]:
    """Yield the pieces of a field's list or object; no string holds a line's end as it is."""
    before, end = brackets[0], brackets
    margin = NEWLINE + 2 * INDENT
    for text in texts:
        yield before + margin + text.replace(NEWLINE, margin)
        before, end = ",", NEWLINE + INDENT + brackets[1]
    yield end


def _text(told: object) -> str:
    return printed(json.dumps(told, ensure_ascii=False, indent=len(INDENT), allow_nan=False))


def render_finding(finding: Finding) -> str:
    """Return one finding of the document by itself, laid out as the document is."""
    return f"{_text(finding_object(finding))}\n"


def schema(name: str = SCHEMA_FILE) -> Object:
    """Return the JSON Schema (2020-12) of the document, or of one line of JSON lines."""
    file = resources.files("loopwatch.reports").joinpath(name)
    loaded: Object = json.loads(file.read_text(encoding="utf-8"))
    return loaded


def head(report: Report) -> Object:
    """Return what stands first: the schema, the tool and the source."""
    source = report.source
    return {
        "schema": SCHEMA,
        "tool": tool(),
        "source": {"kind": source.kind, "name": source.name, "range": source.range},
    }


def trajectories(report: Report) -> list[Object]:
    """Return the lines of work as in the document."""
    return [_trajectory(one) for one in report.trajectories]


def tail(report: Report) -> Object:
    """Return what comes after the findings."""
    return {"defects": {one.key: _defect(one) for one in _by_key(report)}, **_end(report)}


def _end(report: Report) -> Object:
    return {
        "summary": summary_object(report.summary),
        "skipped": [_skipped(one) for one in sorted(report.skipped, key=_path_and_reason)],
        "complete": report.is_complete,
        **({"fleet": fleet_object(report.fleet)} if report.fleet is not None else {}),
    }


def tool() -> dict[str, str]:
    """Return what writes the reports."""
    return {"name": "loopwatch", "version": __version__}


def finding_object(finding: Finding) -> Object:
    """Return one finding as in the document."""
    return {
        "id": finding.id,
        "kind": finding.kind.value,
        "level": finding.level.value,
        "confidence": finding.confidence,
        "why": list(finding.why),
        "trajectory": finding.trajectory,
        "granularity": finding.granularity.value,
        "path": finding.path,
        "symbol": finding.symbol,
        "paths": list(finding.paths),
        "period": finding.period,
        "rounds": finding.rounds,
        "closed_at": finding.closed_at,
        "last_at": finding.last_at,
        "level_at": {level.value: version for level, version in finding.level_at},
        "open": finding.is_open,
        "settled": finding.is_settled,
        "states": [{"label": s.label, "versions": list(s.versions)} for s in finding.states],
        "edits": [_edit(edit) for edit in finding.edits],
        "defects": list(finding.defects),
        "cost": _cost(finding.cost),
        "advice": finding.advice,
    }


def summary_object(summary: Summary) -> Object:
    """Return the counts as in the document."""
    return {
        "versions": summary.versions,
        "edits": summary.edits,
        "errors": summary.errors,
        "warnings": summary.warnings,
        "notes": summary.notes,
        "mechanical": summary.mechanical,
        "flaky": summary.flaky,
        "suppressed": summary.suppressed,
    }


def printed(text: str) -> str:
    """Return JSON ``text`` as UTF-8 can hold it and terminals can show it."""
    unicode = NOT_UNICODE.sub(_escape, text)
    return NEWLINE.join(HIDDEN.sub(_json_escape, part) for part in unicode.split(NEWLINE))


def unescaped(text: str) -> str:
    """Return a string of the document as it was, odd bytes as "surrogateescape" has them."""
    return ESCAPED.sub(_original, text)


def _escape(found: re.Match[str]) -> str:
    number = ord(found.group())
    byte = number - SURROGATE_OF_BYTE
    return f"\ufffdx{byte:02x}" if 0x80 <= byte <= 0xFF else f"\ufffdu{number:04x}"


def _original(found: re.Match[str]) -> str:
    byte, other = found.groups()
    return chr(SURROGATE_OF_BYTE + int(byte, 16)) if byte else chr(int(other, 16))


def _json_escape(found: re.Match[str]) -> str:
    """Return a hidden character as JSON writes it: two escapes beyond the first plane."""
    units = found.group().encode("utf-16-be")
    pairs = zip(units[::2], units[1::2], strict=True)
    return "".join(f"\\u{high:02x}{low:02x}" for high, low in pairs)


def _trajectory(one: Trajectory) -> Object:
    told: Object = {
        "id": one.id,
        "versions": one.versions,
        "from": one.start,
        "to": one.end,
        "agent": one.agent,
    }
    if one.path is not None:  # a session
        told["path"] = one.path
    if one.progress is not None:
        told["progress"] = progress_object(one.progress)
    return told


def progress_object(one: Progress) -> Object:
    """Return how a session went on as in the document."""
    return {
        "edits": one.edits,
        "exact": one.exact,
        "taken_back": one.taken_back,
        "in_loops": one.in_loops,
        "turned_at": one.turned_at,
        "defects": list(one.defects),
        "commands": one.commands,
        "checks": one.checks,
        "turns": one.turns,
        "tokens": one.tokens,
        "usd": one.usd,
        "models": list(one.models),
        "subagents": one.subagents,
        "seconds": one.seconds,
        "began": moment(one.began),
        "project": one.project,
        "work": one.work,
        "errors": one.errors,
        "warnings": one.warnings,
        "notes": one.notes,
    }


def _edit(edit: CycleEdit) -> Object:
    return {
        "version": edit.version,
        "from": edit.from_version,
        "role": edit.role.value,
        "summary": edit.summary,
        "removed": list(edit.removed),
        "introduced": list(edit.introduced),
        "hunks": [_hunk(hunk) for hunk in edit.hunks],
    }


def _hunk(hunk: Hunk) -> Object:
    return {
        "path": hunk.path,
        "start_line": hunk.start_line,
        "before": list(hunk.before),
        "after": list(hunk.after),
    }


def _cost(cost: Cost) -> Object:
    return {
        "edits": cost.edits,
        "turns": cost.turns,
        "seconds": cost.seconds,
        "tokens": cost.tokens,
        "usd": cost.usd,
    }


def _defect(defect: TrackedDefect) -> Object:
    return {
        "detector": defect.detector,
        "rule": defect.rule,
        "subject": defect.subject,
        "message": defect.message,
        "path": defect.path,
        "symbol": defect.symbol,
        "implied": defect.is_implied,
        "timeline": [_sighting(seen) for seen in defect.timeline],
    }


def _sighting(seen: Sighting) -> Object:
    told: Object = {"version": seen.version, "state": seen.state.value}
    return told if seen.trajectory is None else told | {"trajectory": seen.trajectory}


def _skipped(one: Skipped) -> Object:
    return {"path": one.path, "reason": one.reason, "count": one.count}


def _by_key(report: Report) -> list[TrackedDefect]:
    return sorted(report.defects, key=lambda defect: defect.key)


def _path_and_reason(one: Skipped) -> tuple[str, str]:
    return one.path or "", one.reason
