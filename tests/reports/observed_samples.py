"""A report made by hand of defects that tools observed: one finding of each kind."""

from collections.abc import Sequence
from dataclasses import replace

from loopwatch.model.defect import Presence, Sighting, TrackedDefect
from loopwatch.model.edit import Hunk, Role
from loopwatch.model.finding import Cost, CycleEdit, Finding, Kind, Level, StateVisit
from loopwatch.model.report import Report
from loopwatch.model.unit import Granularity
from loopwatch.verdicts.advice import advice_of
from tests.reports.samples import EMPTY, MINUTE, V1, V2, V3, V4, version

WALK = (V1, V2, V3, V4)
SUBJECTS = (
    "first try",
    "fix: hours are read",
    "fix: plain numbers",
    "fix: hours again, and this time the plain numbers stay as they were",
)
CODE = (
    "    return int(text) * 60",
    "    return int(text[:-1]) * UNIT[text[-1]]",
    "    value = text.rstrip('smh')\n    return int(value) * 60",
    "    head, unit = text[:-1], text[-1:]\n    return int(head) * UNIT[unit]",
)
WORDS = {"F": Presence.PRESENT, "p": Presence.ABSENT}


def defect(key: str, row: str, **told: object) -> TrackedDefect:
    """Return a defect; ``row`` has F, p or ? for each version of the walk."""
    seen = [(at, WORDS[mark]) for at, mark in zip(WALK, row, strict=False) if mark in WORDS]
    plain = TrackedDefect(
        key=key * 12,
        detector="pytest",
        rule="test",
        subject=f"tests/test_dur.py::test_{key}",
        message="",
        path="tests/test_dur.py",
        symbol=f"test_{key}",
        is_implied=False,
        timeline=tuple(Sighting(version=at, state=state) for at, state in seen),
    )
    return replace(plain, **told)  # type: ignore[arg-type]


def finding(
    kind: Kind, identity: str, defects: Sequence[TrackedDefect], how: str = "", **told: object
) -> Finding:
    """Return a finding whose states and edits are read off the timelines of its defects."""
    turns = [frozenset(d.key for d in defects if at in _there(d)) for at in WALK]
    length = min(max(len(d.timeline) for d in defects) + (kind is Kind.MASKED), len(WALK))
    states: dict[frozenset[str], list[str]] = {}
    for at, there in list(zip(WALK, turns, strict=True))[:length]:
        states.setdefault(there, []).append(at)
    plain = Finding(
        id=identity,
        kind=kind,
        level=Level.ERROR if kind is Kind.OSCILLATION else Level.WARNING,
        confidence=0.97,
        why=("two observed defects take turns: removing one brings another back",),
        trajectory="main",
        granularity=Granularity.DEFECT,
        path="src/dur.py",
        symbol="parse_duration",
        paths=("src/dur.py",),
        period=len(states),
        rounds=length // len(states),
        closed_at=WALK[length - 1],
        last_at=WALK[length - 1],
        level_at=((Level.WARNING, WALK[length - 1]),),
        is_open=True,
        is_settled=False,
        states=tuple(
            StateVisit(label=label, versions=tuple(at))
            for label, at in zip("XYZ", states.values(), strict=False)
        ),
        edits=tuple(_edit(n, turns[n - 1], turns[n]) for n in range(1, length)),
        defects=tuple(d.key for d in defects),
        cost=Cost(edits=length - 1, seconds=9 * (length - 1) * MINUTE),
        advice="",
    )
    whole = replace(plain, **told)  # type: ignore[arg-type]
    return replace(whole, advice=advice_of(whole, defects, how))


def _there(one: TrackedDefect) -> set[str]:
    return {seen.version for seen in one.timeline if seen.state is Presence.PRESENT}


def _edit(number: int, before: frozenset[str], after: frozenset[str]) -> CycleEdit:
    lines = [tuple(CODE[place].splitlines()) for place in (number - 1, number)]
    hunk = Hunk(path="src/dur.py", start_line=14, before=lines[0], after=lines[1])
    return CycleEdit(
        version=WALK[number],
        from_version=WALK[number - 1],
        role=Role.FIX,
        summary=SUBJECTS[number],
        removed=tuple(sorted(before - after)),
        introduced=tuple(sorted(after - before)),
        hunks=(hunk,),
    )


HOURS = defect(
    "a",
    "FpFp",
    subject="tests/test_dur.py::test_units[1h]",
    message="ValueError: invalid literal for int() with base 10: '1h'",
    symbol="test_units",
)
NUMBERS = defect("b", "pFpF", subject="tests/test_dur.py::test_plain[90]", message="90 != 5400")
LOOP_OF_TESTS = finding(Kind.OSCILLATION, "7e57ab1e0002", (HOURS, NUMBERS))

TYPE = defect(
    "c",
    "FppF",
    detector="mypy",
    rule="arg-type",
    subject='arg-type Argument <int> to "int" has incompatible type "str | None"',
    message='Argument 1 to "int" has incompatible type "str | None"; expected "str"',
    path="src/dur.py",
    symbol="parse_duration",
)
LINT = defect(
    "d",
    "?Fpp",
    detector="ruff",
    rule="F821",
    subject="F821 Undefined name `UNIT`",
    message="Undefined name `UNIT`",
    path="src/dur.py",
    symbol="parse_duration",
)
ROUNDING = defect("e", "?pFp", subject="tests/test_dur.py::test_rounding", symbol="test_rounding")
LOOP_OF_THREE = finding(
    Kind.OSCILLATION,
    "7e57ab1e0003",
    (TYPE, LINT, ROUNDING),
    why=("3 observed defects take turns: removing one brings another back",),
)

EMPTY_TEXT = defect(
    "f",
    "FpF",
    subject="tests/test_dur.py::test_empty",
    message="IndexError: string index out of range",
)
RELAPSE = finding(
    Kind.RELAPSE,
    "7e57ab1e0004",
    (EMPTY_TEXT,),
    why=("an observed defect that was removed 9 minutes before is back",),
)

SKIPPED = defect(
    "g",
    "F?",
    subject="tests/test_dur.py::test_years",
    message="OverflowError: date value out of range",
)
HOW = "the test is skipped, or expected to fail"
SKIP = Hunk(
    path="tests/test_dur.py",
    start_line=31,
    before=(),
    after=('@pytest.mark.skip(reason="later")',),
)
BARE = finding(
    Kind.MASKED, "7e57ab1e0005", (SKIPPED,), HOW, why=(f"its check was switched off: {HOW}",)
)
MASKED = replace(BARE, edits=tuple(replace(one, hunks=(*one.hunks, SKIP)) for one in BARE.edits))

OLD = defect("h", "Fp", subject="tests/test_dur.py::test_minutes")
NEW = defect("i", "pF", subject="tests/test_dur.py::test_zero", message="assert '' == '0 s'")
TRADE = finding(
    Kind.TRADE,
    "7e57ab1e0006",
    (OLD, NEW),
    level=Level.NOTE,
    level_at=(),
    why=("it removes one defect and introduces another",),
)

OBSERVED = replace(
    EMPTY,
    findings=(LOOP_OF_TESTS, LOOP_OF_THREE, RELAPSE, MASKED, TRADE),
    defects=(HOURS, NUMBERS, TYPE, LINT, ROUNDING, EMPTY_TEXT, SKIPPED, OLD, NEW),
    summary=replace(EMPTY.summary, errors=2, warnings=2, notes=1),
    versions=tuple(
        version(at, subject, 9 * number)
        for number, (at, subject) in enumerate(zip(WALK, SUBJECTS, strict=True))
    ),
)


def of(told: Finding, *defects: TrackedDefect) -> Report:
    """Return a report of one finding."""
    return replace(OBSERVED, findings=(told,), defects=defects)
