"""Reports made by hand: nothing found, one of each kind, and one that is hostile throughout."""

from dataclasses import replace

from loopwatch.model.defect import Presence, Sighting, TrackedDefect
from loopwatch.model.edit import Hunk, Role
from loopwatch.model.finding import Cost, CycleEdit, Finding, Kind, Level, StateVisit
from loopwatch.model.report import Report, Skipped, Source, Summary
from loopwatch.model.unit import Granularity
from loopwatch.model.version import Trajectory, Version
from loopwatch.verdicts.advice import advice_of

START = 1_794_823_320  # 2026-11-16 10:02 UTC
MINUTE = 60

V1 = "a41f0c2d" + "0" * 32
V2 = "9be77130" + "1" * 32
V3 = "c02d5aa1" + "2" * 32
V4 = "71fe0d9b" + "3" * 32
OLD = "0b5e55ed" + "4" * 32

MINUTES = "    return int(text) * 60"
UNITS = "    return int(text[:-1]) * UNIT[text[-1]]"


def version(identity: str, subject: str, minutes: int) -> Version:
    seconds = START + minutes * MINUTE
    return Version(id=identity, authored=seconds, committed=seconds, subject=subject)


def hunk(before: str, after: str, path: str = "src/dur.py", start_line: int = 14) -> Hunk:
    return Hunk(
        path=path,
        start_line=start_line,
        before=tuple(before.splitlines()),
        after=tuple(after.splitlines()),
    )


def edit(identity: str, parent: str | None, summary: str, *hunks: Hunk) -> CycleEdit:
    return CycleEdit(
        version=identity, from_version=parent, role=Role.FIX, summary=summary, hunks=hunks
    )


def with_advice(finding: Finding, *observed: TrackedDefect) -> Finding:
    return replace(finding, advice=advice_of(finding, observed))


LOOP = with_advice(
    Finding(
        id="7c1e9a0b4d21",
        kind=Kind.OSCILLATION,
        level=Level.ERROR,
        confidence=0.97,
        why=("4 of 4 edits mean to fix", "the same code by its tokens"),
        trajectory="main",
        granularity=Granularity.SYMBOL,
        path="src/dur.py",
        symbol="parse_duration",
        paths=("src/dur.py", "tests/test_dur.py"),
        period=2,
        rounds=2,
        closed_at=V3,
        last_at=V4,
        level_at=((Level.WARNING, V3), (Level.ERROR, V4)),
        is_open=True,
        is_settled=False,
        states=(
            StateVisit(label="X", versions=(V1, V3)),
            StateVisit(label="Y", versions=(V2, V4)),
        ),
        edits=(
            edit(V2, V1, "fix: plain numbers", hunk(MINUTES, UNITS)),
            edit(V3, V2, "fix: hours and days are read again", hunk(UNITS, MINUTES)),
            edit(
                V4,
                V3,
                "fix: plain numbers, this time for good, and a test that says so",
                hunk(MINUTES, UNITS),
                hunk("", "def test_plain(): ...", path="tests/test_dur.py", start_line=3),
            ),
        ),
        defects=("0" * 32,),
        cost=Cost(edits=5, seconds=28 * MINUTE),
        advice="",
    )
)

LOST_FIX = with_advice(
    Finding(
        id="51d0c0ffee02",
        kind=Kind.RELAPSE,
        level=Level.WARNING,
        confidence=0.8,
        why=("every line of the fix went",),
        trajectory="side of " + V4,
        granularity=Granularity.FILE,
        path="web/retry.ts",
        symbol=None,
        paths=("web/retry.ts", *(f"web/vendor/part{number}.ts" for number in range(8))),
        period=2,
        rounds=1,
        closed_at=V4,
        last_at=V4,
        level_at=((Level.WARNING, V4),),
        is_open=True,
        is_settled=False,
        states=(StateVisit(label="X", versions=(V1, V4)), StateVisit(label="Y", versions=(V2,))),
        edits=(
            edit(
                V2,
                V1,
                "Fix the endless retry [#12]",
                hunk(
                    "\n".join(f"\twhile (true) attempt({number});" for number in range(20)),
                    "\tfor (const wait of WAITS) {\n\t\tattempt(wait);\n\t}",
                    path="web/retry.ts",
                ),
            ),
            edit(V4, V3, "Add the new look", hunk("", "x", path="web/vendor/part3.ts")),
        ),
        defects=(),
        cost=Cost(edits=2, turns=1, seconds=7_500, tokens=120_000, usd=1.5),
        advice="",
    )
)

DEFECTS = TrackedDefect(
    key="0" * 32,
    detector="loopwatch",
    rule="implied",
    subject="what 9be7713 took out of parse_duration",
    message="return int(text) * 60",
    path="src/dur.py",
    symbol="parse_duration",
    is_implied=True,
    timeline=(
        Sighting(version=V1, state=Presence.PRESENT),
        Sighting(version=V2, state=Presence.ABSENT),
    ),
)

TEST_A = TrackedDefect(
    key="a" * 32,
    detector="pytest",
    rule="test",
    subject="tests/test_dur.py::test_units[1h]",
    message="ValueError: invalid literal for int() with base 10: '1h'",
    path="tests/test_dur.py",
    symbol="test_units",
    is_implied=False,
    timeline=(
        Sighting(version=V1, state=Presence.PRESENT),
        Sighting(version=V2, state=Presence.ABSENT),
        Sighting(version=V3, state=Presence.PRESENT),
        Sighting(version=V4, state=Presence.ABSENT),
    ),
)
TEST_B = replace(
    TEST_A,
    key="b" * 32,
    subject="tests/test_dur.py::test_plain[90]",
    message="",
    timeline=(
        Sighting(version=V2, state=Presence.PRESENT),
        Sighting(version=V3, state=Presence.ABSENT),
        Sighting(version=V4, state=Presence.PRESENT),
    ),
)

TRADED = with_advice(
    replace(
        LOOP,
        id="7e57ab1e0003",
        granularity=Granularity.DEFECT,
        why=("two observed defects take turns: removing one brings another back",),
        period=2,
        defects=(TEST_A.key, TEST_B.key),
        edits=tuple(
            replace(one, removed=(gone.key,), introduced=(come.key,))
            for one, gone, come in zip(
                LOOP.edits, (TEST_A, TEST_B, TEST_A), (TEST_B, TEST_A, TEST_B), strict=True
            )
        ),
    ),
    TEST_A,
    TEST_B,
)

SETTLED = replace(
    LOOP, id="01dbadc0de01", is_settled=True, is_open=False, symbol="css_order", last_at=OLD
)

NOTE = replace(
    LOST_FIX,
    id="facefeed0001",
    kind=Kind.BACKTRACK,
    level=Level.NOTE,
    level_at=(),
    path="README.md",
    paths=("README.md",),
    is_open=False,
)

EMPTY = Report(
    source=Source(kind="git", name="shop", range="3f2a91c..71fe0d9"),
    trajectories=(Trajectory(id="main", versions=413, start=V1, end=V4),),
    findings=(),
    defects=(),
    summary=Summary(
        versions=413,
        edits=412,
        errors=0,
        warnings=0,
        notes=0,
        mechanical=0,
        flaky=0,
        suppressed=0,
    ),
    skipped=(),
    is_complete=True,
)

FULL = Report(
    source=Source(kind="git", name="shop", range="HEAD"),
    trajectories=(
        Trajectory(id="main", versions=1_207, start=None, end=V4, agent="claude-code"),
        Trajectory(id="side of " + V4, versions=2, start=V1, end=V3),
    ),
    findings=(LOOP, TRADED, LOST_FIX, SETTLED, NOTE),
    defects=(DEFECTS, TEST_A, TEST_B),
    summary=Summary(
        versions=1_209,
        edits=1_207,
        errors=3,
        warnings=1,
        notes=1,
        mechanical=4,
        flaky=1,
        suppressed=2,
    ),
    skipped=(
        Skipped(path="data.bin", reason="binary", count=3),
        Skipped(path="logo.png", reason="binary"),
        Skipped(path="big.sql", reason="over 1 MB"),
        Skipped(path=None, reason="no parser for .kt: compared by lines", count=14),
    ),
    is_complete=False,
    versions=(
        version(OLD, "css: order again", -600_000),
        version(V1, "first try", 0),
        version(V2, "fix: plain numbers", 7),
        version(V3, "fix: hours and days are read again", 19),
        version(V4, "fix: plain numbers, this time for good, and a test that says so", 28),
    ),
    notices=("shallow clone, history starts at a41f0c2",),
)


def hostile(text: str) -> Report:
    """Return a report in which everything that comes from outside is ``text``."""
    step = edit(text, text, text, Hunk(path=text, start_line=1, before=(text,), after=(text,)))
    finding = replace(
        LOOP,
        why=(text,),
        trajectory=text,
        path=text,
        symbol=text,
        paths=(text, f"{text}2"),
        closed_at=text,
        last_at=text,
        level_at=((Level.WARNING, text),),
        states=(StateVisit(label="X", versions=(text, V1)), StateVisit(label="Y", versions=(V2,))),
        edits=(step, replace(step, version=V2, removed=(text,), introduced=(text,))),
        defects=(text,),
    )
    defect = TrackedDefect(
        key=text,
        detector=text,
        rule=text,
        subject=text,
        message=f"{text}!",
        path=text,
        symbol=text,
        is_implied=False,
        timeline=(Sighting(version=text, state=Presence.PRESENT),),
    )
    finding = with_advice(finding)
    observed = with_advice(replace(finding, granularity=Granularity.DEFECT), defect)
    return replace(
        EMPTY,
        source=Source(kind="git", name=text, range=text),
        trajectories=(
            Trajectory(id=text, versions=1, start=text, end=text, agent=text),
            Trajectory(id="b", versions=1, start=None, end=text),
        ),
        findings=(
            finding,
            observed,
            replace(finding, kind=Kind.RELAPSE),
            with_advice(replace(observed, kind=Kind.MASKED), defect),
            replace(finding, is_settled=True),
            replace(finding, level=Level.NOTE, kind=Kind.BACKTRACK),
        ),
        defects=(defect,),
        skipped=(Skipped(path=text, reason=text),),
        is_complete=False,
        versions=(Version(id=text, authored=1, subject=text), version(V2, text, 0)),
        notices=(text,),
    )
