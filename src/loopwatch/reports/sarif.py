"""SARIF 2.1.0, as code scanning reads it: the kinds are rules, the cycle is a code flow.

Source:
    SARIF 2.1.0 (OASIS, errata 01), and GitHub's "SARIF support for code scanning": only the
    first location counts, a code flow is shown step by step, graphs are not.
"""

import json
from collections.abc import Sequence
from urllib.parse import quote

from loopwatch.model.finding import Finding, Kind, Level
from loopwatch.model.report import Report
from loopwatch.reports.anchor import Anchor, anchor, anchor_of_edit
from loopwatch.reports.escape import clipped, plain
from loopwatch.reports.going_on import hints
from loopwatch.reports.ink import unwrapped
from loopwatch.reports.json_doc import Object, printed, tool
from loopwatch.reports.kinds import ABOUT
from loopwatch.reports.names import finding_id, is_raised, trajectory_name
from loopwatch.reports.observed import effect, limits
from loopwatch.reports.passages import sentence
from loopwatch.reports.style import PLAIN, UNWRAPPED, Style
from loopwatch.reports.walk import Row, Table, ends, table

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
KEY = "loopwatch/v1"  # of our fingerprint; another recipe takes another key
GITHUB_KEY = "primaryLocationLineHash"  # the only one that GitHub tells alerts apart by
CATEGORY = "loopwatch/"
ROOT = "%SRCROOT%"
LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "note"}
MOST_RESULTS = 5_000  # that GitHub shows
MOST_STEPS = 1_000  # of one code flow
MOST_RELATED = 100  # locations of one result
MOST_NOTICES = 100
LONGEST_MESSAGE = 4_000  # characters
RULES = list(Kind)


def render(report: Report, style: Style = PLAIN) -> str:
    """Return a log with a result for each finding that is raised, the strongest first."""
    text = json.dumps(_log(report, style), ensure_ascii=False, indent=2, allow_nan=False)
    return f"{printed(text)}\n"


def _log(report: Report, style: Style) -> Object:
    raised = [found for found in report.findings if is_raised(found, style)]
    run: Object = {
        "tool": {"driver": _driver()},
        "automationDetails": {"id": CATEGORY},
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
        "invocations": [_invocation(report)],
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, report) for one in raised[:MOST_RESULTS]],
    }
    if len(raised) > MOST_RESULTS:
        run["properties"] = {"truncated": {"results": len(raised) - MOST_RESULTS}}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _driver() -> Object:
    said = tool()
    return {
        "name": said["name"],
        "version": said["version"],
        "rules": [_rule(kind) for kind in RULES],
    }


def _rule(kind: Kind) -> Object:
    about = ABOUT[kind]
    return {
        "id": kind.value,
        "shortDescription": {"text": f"{about.title}: {about.says}."},
        "fullDescription": {"text": about.meaning},
        "help": {"text": f"{about.meaning} {about.to_do}"},
        "properties": {"tags": ["loopwatch", "maintainability"]},
    }


def _invocation(report: Report) -> Object:
    """Return how the run went: what people should know of how much could be seen."""
    notices = report.notices[:MOST_NOTICES]
    if not report.is_complete and not notices:
        notices = ("some versions could not be read whole",)
    return {
        "executionSuccessful": True,
        "toolExecutionNotifications": [
            {"level": "warning", "message": _message(notice or "not complete")}
            for notice in notices
        ],
    }


def _result(finding: Finding, report: Report) -> Object:
    place = anchor(finding)
    result: Object = {
        "ruleId": finding.kind.value,
        "ruleIndex": RULES.index(finding.kind),
        "level": LEVELS[finding.level],
        "rank": round(finding.confidence * 100, 1),
        "message": _message(_said(finding, report)),
        "locations": [_location(place)] if place else [],
        "partialFingerprints": {
            KEY: finding_id(finding),
            GITHUB_KEY: f"{finding_id(finding)}:1",
        },
    }
    walk = table(finding, report)
    if place and walk.rows:
        result["codeFlows"] = [{"threadFlows": [{"locations": _flow(finding, walk)}]}]
    related = [path for path in finding.paths if place and path != place.path]
    if related:
        result["relatedLocations"] = [_file(path) for path in related[:MOST_RELATED]]
    result["properties"] = _properties(finding, len(walk.rows), len(related))
    return result


def _said(finding: Finding, report: Report) -> str:
    why = hints(finding, report).get("why", "")
    parts = [sentence(finding, report), unwrapped(limits(finding, report, UNWRAPPED)), why]
    return "; ".join(part for part in parts if part)


def _properties(finding: Finding, steps: int, related: int) -> Object:
    """Return what the standard has no word for, and how much was left out."""
    cut = {"steps": steps - MOST_STEPS, "relatedLocations": related - MOST_RELATED}
    left_out = {name: number for name, number in cut.items() if number > 0}
    return {
        "confidence": finding.confidence,
        "rounds": finding.rounds,
        "period": finding.period,
        "open": finding.is_open,
        "settled": finding.is_settled,
        "granularity": finding.granularity.value,
        "trajectory": trajectory_name(finding),
        "closedAt": plain(finding.closed_at),
        "lastAt": plain(finding.last_at),
        **({"truncated": left_out} if left_out else {}),
    }


def _flow(finding: Finding, walk: Table) -> list[Object]:
    """Return the walk through the cycle, a location for each version."""
    numbered = list(enumerate(walk.rows, start=1))
    first, _, last = ends(numbered, 1, MOST_STEPS - 1)
    return [_step(finding, number, row, walk.names) for number, row in (*first, *last)]


def _step(finding: Finding, number: int, row: Row, names: Sequence[str]) -> Object:
    edit = row.visit.edit or next(iter(finding.edits), None)
    place = anchor_of_edit(finding, edit) if edit else anchor(finding)
    location = _location(place) if place else {}
    return {
        "executionOrder": number,
        "importance": "essential",
        "location": {**location, "message": _message(_told(finding, number, row, names))},
    }


def _told(finding: Finding, number: int, row: Row, names: Sequence[str]) -> str:
    """Return "2: 9be7713 fix: plain numbers, removing A and introducing B"."""
    did = row.visit.edit
    state = f"state {row.label}" if row.label else ""
    words = ", ".join(f"{name} {word}" for name, word in zip(names, row.words, strict=True))
    effects = effect(finding, did).removeprefix(", ") if did else ""
    about = "; ".join(part for part in (state, words, effects) if part)
    role = f" ({row.role})" if row.role else ""
    return f"{number}: {row.version}{role} {row.subject}" + (f" [{about}]" if about else "")


def _location(place: Anchor) -> Object:
    region = {"region": {"startLine": place.start, "endLine": place.end}} if place.is_known else {}
    return {"physicalLocation": {"artifactLocation": _artifact(place.path), **region}}


def _file(path: str) -> Object:
    return {
        "physicalLocation": {"artifactLocation": _artifact(path)},
        "message": _message(f"{plain(path)} went with it"),
    }


def _artifact(path: str) -> Object:
    return {"uri": _uri(path), "uriBaseId": ROOT}


def _uri(path: str) -> str:
    """Return a path as a relative reference: bytes that are no UTF-8 are had back from it."""
    try:
        told = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half of a pair, which no file name of git holds
        told = path.encode("utf-8", "surrogatepass")
    uri = quote(told, safe="/")
    return f"%2F{uri[1:]}" if uri.startswith("/") else uri


def _message(text: str) -> Object:
    """Return a message in which nothing is a placeholder or a link."""
    shown = clipped(text, LONGEST_MESSAGE).replace("](", "] (")
    return {"text": shown.replace("{", "{{").replace("}", "}}")}
