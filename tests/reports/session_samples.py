"""Sessions made by hand, and a report of two of them."""

from dataclasses import replace

from loopwatch.model.progress import Progress, Work
from loopwatch.model.report import Source
from loopwatch.model.version import Trajectory
from tests.reports.samples import FULL

HOW = Progress(
    edits=4,
    exact=4,
    taken_back=0,
    in_loops=0.0,
    turned_at=None,
    defects=(),
    commands=2,
    checks=1,
    turns=1,
    tokens=1_000,
    usd=0.5,
    models=("model-a",),
    subagents=0,
    seconds=60,
    began=1_767_603_600,  # 2026-01-05 09:00 UTC
    project="shop",
    work=Work.FIX,
    errors=0,
    warnings=0,
    notes=0,
)

TOLD = replace(HOW, models=("model-b", "model-a"), work=Work.TESTS, defects=(2, 1, 0))
UNTOLD = replace(HOW, tokens=None, usd=None, models=(), project=None, began=None, work=None)
AUDITED = replace(
    FULL,
    source=Source(kind="sessions", name="logs", range="2 sessions"),
    trajectories=tuple(
        Trajectory(id=name, versions=5, start=None, end="e", agent=agent, path=path, progress=how)
        for name, agent, path, how in (
            ("s0", "agent-a", "shop/0.jsonl", TOLD),
            ("s1", None, "shop/\u2028.jsonl", UNTOLD),
        )
    ),
)
