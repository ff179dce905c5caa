"""Evidence as compact JSON, and back; the same evidence always gives the same text.

Texts may come from elsewhere (a note, a file), so reading refuses what is no evidence.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from loopwatch.diffing.digests import blake2b
from loopwatch.model.evidence import Defect, DefectKind, Evidence, Scope, Span

LARGEST_NUMBER = 1 << 31  # of a line or column
# What differs from run to run on the same content: addresses, durations, process ids.
PASSING = re.compile(r"0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?")
SCOPE_LISTS = ("roots", "passed", "switched_off", "unknown", "suites", "rules_off")


def dumps(value: object) -> str:
    """Return JSON without blanks, in ASCII: every text survives, and every tool reads it."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def loads(text: str | bytes) -> Any:
    """Return what JSON says.

    Raises:
        ValueError: it is no JSON, or nested too deeply.
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def to_document(evidence: Evidence) -> dict[str, Any]:
    """Return evidence as JSON has it; what is empty is left out."""
    scope = _filled(**{name: list(getattr(evidence.scope, name)) for name in SCOPE_LISTS})
    if evidence.scope.rules is not None:
        scope["rules"] = list(evidence.scope.rules)  # none at all is not "the usual"
    return _filled(
        detector=evidence.detector,
        kind=evidence.kind.value,
        version=evidence.version,
        configuration=evidence.configuration,
        scope=scope,
        defects=[_defect_document(defect) for defect in evidence.defects],
    )


def _defect_document(defect: Defect) -> dict[str, Any]:
    span = defect.span
    document = _filled(
        kind=defect.kind.value,
        rule=defect.rule,
        message=defect.message,
        subject=defect.subject,
        reason=defect.reason,
        frames=list(defect.frames),
        marks=[list(mark) for mark in defect.marks],
    )
    if defect.path is not None:
        document["path"] = defect.path
    if span is not None:
        document["span"] = [span.start_line, span.end_line, span.start_column, span.end_column]
    return document


def _filled(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}


def of_document(document: object) -> Evidence:
    """Return the evidence that a JSON value holds.

    Raises:
        ValueError: it holds none.
    """
    told = _table(document)
    detector = _text(told, "detector")
    if not detector:
        raise ValueError("evidence needs a detector")
    return Evidence(
        detector=detector,
        kind=DefectKind(_text(told, "kind") or DefectKind.LINT),
        version=_text(told, "version"),
        configuration=_text(told, "configuration"),
        scope=_scope(_table(told.get("scope", {}))),
        defects=tuple(map(_defect, _list(told, "defects"))),
    )


def _scope(told: Mapping[str, object]) -> Scope:
    rules = _texts(told, "rules") if "rules" in told else None
    return Scope(rules=rules, **{name: _texts(told, name) for name in SCOPE_LISTS})


def _defect(document: object) -> Defect:
    told = _table(document)
    return Defect(
        kind=DefectKind(_text(told, "kind")),
        rule=_text(told, "rule"),
        message=_text(told, "message"),
        path=_text(told, "path") if told.get("path") is not None else None,
        span=_span(_list(told, "span")) if "span" in told else None,
        subject=_text(told, "subject"),
        reason=_text(told, "reason"),
        frames=_texts(told, "frames"),
        marks=tuple(map(_mark, _list(told, "marks"))) if "marks" in told else (),
    )


def _span(numbers: Sequence[object]) -> Span:
    known = [
        number if type(number) is int and 0 <= number < LARGEST_NUMBER else None
        for number in numbers
    ]
    if len(numbers) != 4 or known != numbers:
        raise ValueError("a span has four numbers")
    start, end, first, last = known
    if start is None or end is None:
        raise ValueError("a span has lines")
    return Span(start_line=start, end_line=end, start_column=first, end_column=last)


def _mark(value: object) -> tuple[str, str]:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("a mark has a key and a value")
    key, mark = value
    if not isinstance(key, str) or not isinstance(mark, str):
        raise ValueError("a mark has two texts")
    return key, mark


def _table(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ValueError("expected an object")
    return value


def _list(told: Mapping[str, object], name: str) -> list[object]:
    value = told.get(name, [])
    if not isinstance(value, list):
        raise ValueError(f"{name} is not a list")
    return value


def _text(told: Mapping[str, object], name: str) -> str:
    value = told.get(name, "")
    if not isinstance(value, str):
        raise ValueError(f"{name} is not a text")
    return value


def _texts(told: Mapping[str, object], name: str) -> tuple[str, ...]:
    if name not in told:
        return ()
    values = _list(told, name)
    if not set(map(type, values)) <= {str}:
        raise ValueError(f"{name} are not texts")
    return tuple(values)  # type: ignore[arg-type]  # all of them have been looked at


def sameness(evidence: Evidence) -> bytes:
    """Return 16 bytes that are equal for results that say the same thing.

    The order of tests and defects does not matter, nor do numbers in messages: a
    test run twice reports other addresses and other durations for the same failure.
    """
    document = to_document(evidence)
    scope = {name: sorted(values) for name, values in document.get("scope", {}).items()}
    defects = []
    for defect in document.get("defects", ()):
        masked = defect | {"message": PASSING.sub("#", defect.get("message", ""))}
        defects.append(dumps(masked))
    return digest(dumps([document | {"scope": scope, "defects": sorted(defects)}]))


def digest(text: str) -> bytes:
    """Return 16 bytes of BLAKE2b over a text."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
