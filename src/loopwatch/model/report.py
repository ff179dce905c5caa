"""The report: everything that one run has to say. Writers in ``reports/`` turn it into text."""

from dataclasses import dataclass
from enum import StrEnum

from loopwatch.model.defect import TrackedDefect
from loopwatch.model.finding import Finding
from loopwatch.model.fleet import Fleet
from loopwatch.model.version import Trajectory, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the versions came from."""

    kind: str  # "git" or "sessions"
    name: str  # folder of the repository; never an absolute path
    range: str


class Checked(StrEnum):
    """What a check was asked about."""

    STAGED = "staged"  # before it has a message
    COMMITTING = "committing"  # what is staged, with its message
    COMMITS = "commits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Something that could not be looked at, and why."""

    path: str | None
    reason: str
    count: int = 1  # times that this happened to this path


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Counts of one run; see design §5 for what each counts."""

    versions: int
    edits: int
    errors: int
    warnings: int
    notes: int
    mechanical: int
    flaky: int
    suppressed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Findings loudest and newest first, with all that is needed to understand them."""

    source: Source
    trajectories: tuple[Trajectory, ...]
    findings: tuple[Finding, ...]
    defects: tuple[TrackedDefect, ...]
    summary: Summary
    skipped: tuple[Skipped, ...]
    is_complete: bool  # "complete" in JSON
    versions: tuple[Version, ...] = ()  # those that findings name, for writers; not in JSON
    notices: tuple[str, ...] = ()  # for stderr: "shallow clone, history starts at …"
    checked: Checked | None = None  # None: this is no check; not in JSON
    fleet: Fleet | None = None  # of sessions
