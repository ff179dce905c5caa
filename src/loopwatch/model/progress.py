"""How a session went on: what was wrong over time, and how much of it went in circles."""

from dataclasses import dataclass
from enum import StrEnum


class Work(StrEnum):
    """A kind of work, as far as prompts tell."""

    FIX = "fix"
    FEATURE = "feature"
    REFACTOR = "refactor"
    TESTS = "tests"
    DOCS = "docs"
    UPKEEP = "upkeep"  # dependencies, settings, commits and the like


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One session in numbers."""

    edits: int
    exact: int  # edits after which the whole file is known
    taken_back: int  # edits that brought something back which an earlier edit had changed
    in_loops: float  # share of the effort between first and last edit of its loops, 0 to 1
    turned_at: str | None  # the version at which the first loop closed
    defects: tuple[int, ...]  # how many were told of, at each version that was checked
    commands: int
    checks: int  # commands that said something about the files
    turns: int  # prompts of the user
    tokens: int | None
    usd: float | None
    models: tuple[str, ...]  # the one that took most tokens first
    subagents: int
    seconds: int  # from the first version to the last
    began: int | None  # seconds since 1970, UTC; None: the log tells no time
    project: str | None  # the name of the folder that it worked in, never its path
    work: Work | None  # what most of its edits were asked for; None: its prompts do not tell
    errors: int  # findings
    warnings: int
    notes: int
