"""What loopwatch can do, one function for each thing; every entry point calls these."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from loopwatch.errors import ConfigError, NotARepositoryError, RangeError, UnknownFindingError
from loopwatch.model.finding import Finding, Level
from loopwatch.model.options import ALL_UNITS, INSIDE, Options
from loopwatch.reports.registry import WRITERS
from loopwatch.sources.config_file import Settings, read_settings
from loopwatch.sources.environment import unknown_variables, with_environment
from loopwatch.sources.git_process import Git
from loopwatch.sources.repository import (
    INDEX,
    WORKTREE,
    Repository,
    find_repository,
    resolve,
)
from loopwatch.sources.scan_range import ScanRange, open_range

if TYPE_CHECKING:
    from loopwatch.auditing.audit import AuditRequest
    from loopwatch.checking import CheckRequest
    from loopwatch.keeping.recall import Say
    from loopwatch.model.explanation import Explanation
    from loopwatch.model.report import Report
    from loopwatch.model.suppression import Suppression
    from loopwatch.model.version import Version
    from loopwatch.sources.detector_config import DetectorConfig
    from loopwatch.sources.git_history import GitHistory
    from loopwatch.verdicts.suppression import Accepted

Progress = Callable[[int, int], None]
MAY_BE_ID = re.compile(r"[0-9a-f]{4,12}")  # a finding's, or the beginning of one


def _unheard(line: str) -> None:
    """Drop a line that nobody asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRequest:
    """What to scan, and how."""

    folder: Path
    range: ScanRange = field(default_factory=ScanRange)
    options: Options = field(default_factory=Options)
    tell: Progress | None = None  # is called with how many versions are read, and of how many
    say: Say = _unheard  # is given a line for what could not be done

    @property
    def is_plain(self) -> bool:
        """Tell whether nothing narrows what is looked at, but for the number of commits."""
        is_narrow = self.options.units != ALL_UNITS or self.options.is_agents_only
        return replace(self.range, max_count=0) == ScanRange(max_count=0) and not is_narrow


def settings(folder: Path, say: Say = _unheard) -> Settings:
    """Return what is configured for a folder: by the environment, or else by the nearest file.

    A bare repository has no files.

    Args:
        folder: in a repository.
        say: is given a line for each variable that is meant for us and says nothing.

    Raises:
        LoopwatchError: there is no repository, or its configuration cannot be used.
    """
    found = find_repository(folder)
    for line in unknown_variables(os.environ):
        say(line)
    is_bare = found.is_bare
    told = Settings() if is_bare else read_settings(found.git.folder, WRITERS, found.prefix)
    return with_environment(told, os.environ, WRITERS)


def settings_anywhere(folder: Path, say: Say = _unheard) -> Settings:
    """Do as ``settings``; outside of a repository, return what the environment says.

    Raises:
        LoopwatchError: the configuration cannot be used.
    """
    try:
        return settings(folder, say)
    except NotARepositoryError:
        return with_environment(Settings(), os.environ, WRITERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """A range that is read to its end, before what people accept is left out."""

    repository: Repository
    report: Report
    accepted: Accepted
    newest: Version | None  # the last commit
    is_whole: bool  # from the first commit on


def scan(request: ScanRequest) -> Report:
    """Return what the history of a repository has to say, without what people accept.

    Raises:
        LoopwatchError: it cannot be read.
    """
    scanned = _scanned(request)
    report, accepted = scanned.report, scanned.accepted
    if not (request.is_plain and report.is_complete):
        return accepted.settle(report)
    remarks = accepted.remarks(report.findings if scanned.is_whole else None)
    return accepted.settle(replace(report, notices=(*report.notices, *remarks)))


def check(request: CheckRequest) -> Report:
    """Return what a staged change, or a range of commits, closes or carries on.

    Raises:
        LoopwatchError: the history, the index or the message cannot be read.
    """
    from loopwatch.checking import check as run

    return run(request)


def audit(request: AuditRequest) -> Report:
    """Return what the logs of sessions have to say.

    Raises:
        LoopwatchError: there is nothing that can be read.
    """
    from loopwatch.auditing.audit import audit as run

    return run(request)


def write_baseline(request: ScanRequest) -> tuple[Report, int]:
    """Accept all that a scan raises; return what is left to say, and how many findings that was.

    Raises:
        LoopwatchError: the history cannot be read, or the file not be written.
    """
    from loopwatch.keeping.accepting import accept, see_to_working_tree

    see_to_working_tree(find_repository(request.folder))
    scanned = _scanned(request)
    left = scanned.accepted.settle(scanned.report)
    loud = [one for one in left.findings if one.level is not Level.NOTE]
    if not loud or scanned.newest is None:
        return left, 0
    entries = accept(scanned.repository, loud, f"baseline at {scanned.newest.id[:12]}")
    return replace(scanned.accepted, listed=entries).settle(left), len(loud)


def ignore(
    request: ScanRequest, wanted: str, reason: str, until: str = ""
) -> tuple[Finding, Suppression]:
    """Accept one finding; return it with the entry that says so.

    Args:
        request: where to look for it; who took part in its cycle does not matter here.
        wanted: the beginning of its id.
        reason: why it is accepted.
        until: the last day on which it is, "2026-12-31"; "": for good.

    Raises:
        UnknownFindingError: there is no such finding, or there are several.
        LoopwatchError: the history cannot be read, or the file not be written.
    """
    from loopwatch.keeping import accepting

    accepting.see_to_working_tree(find_repository(request.folder))
    accepting.clean_reason(reason)  # better said before a long scan
    scanned = _scanned_with(wanted, _by_anybody(request))
    if until:
        accepting.check_day(until, scanned.accepted.today)
    known = {one.id: one for one in scanned.report.findings}
    finding = known[accepting.the_one(wanted, known, f"no finding goes by {wanted}")]
    (entry,) = accepting.accept(scanned.repository, [finding], reason, until)
    return finding, entry


def stop_ignoring(folder: Path, wanted: str) -> Suppression:
    """Take an entry out of the file; return it.

    Raises:
        UnknownFindingError: there is no such entry, or there are several.
        LoopwatchError: the file cannot be read or written.
    """
    from loopwatch.keeping.accepting import forget, see_to_working_tree

    repository = find_repository(folder)
    see_to_working_tree(repository)
    return forget(repository, wanted)


def _scanned(request: ScanRequest) -> Scanned:
    repository = find_repository(request.folder)
    with ExitStack() as stack:
        opened = stack.enter_context(open_range(repository, request.range, request.options))
        from loopwatch.keeping.accepting import accepted, listed_in  # while git reads
        from loopwatch.keeping.recall import recalling
        from loopwatch.pipeline import analyse

        listed = listed_in(repository)
        history, topology, frame = opened.read()
        inside = bool(request.options.units & INSIDE)
        recall = recalling(repository, history, request.say, looks_inside=inside)
        told = stack.enter_context(recall)
        report = analyse(history, topology, frame, request.options, request.tell, told)
        return Scanned(
            repository=repository,
            report=report,
            accepted=accepted(listed, history),
            newest=history.newest_commit(),
            is_whole=not topology.outside,
        )


def _scanned_with(wanted: str, request: ScanRequest) -> Scanned:
    """Return the first scan that has the finding, of those that may; else the plain one."""
    plain = _scanned(request)
    rest = map(_scanned, _as_checked(request, wanted))
    for scanned in itertools.chain((plain,), rest):
        if any(one.id.startswith(wanted.lower()) for one in scanned.report.findings):
            return scanned
    return plain


def _as_checked(request: ScanRequest, wanted: str) -> Iterator[ScanRequest]:
    """Yield where a finding may lie that was told by the check of a staged change."""
    if not MAY_BE_ID.fullmatch(wanted):
        return
    from loopwatch.checking import as_checked

    for one in as_checked(find_repository(request.folder), request.range):
        yield replace(_by_anybody(request), range=one)


def detect(request: ScanRequest, configs: Sequence[DetectorConfig], say: Say) -> None:
    """Run the configured detectors over the versions of a range, and keep what they say.

    Args:
        request: which range.
        configs: the detectors.
        say: is told in one line what could not be done.

    Raises:
        LoopwatchError: there are none, or the history or the ledger cannot be used.
    """
    from loopwatch.keeping.detect import detect as run

    if not configs:
        raise ConfigError(
            "no detectors are configured, so there is nothing to run",
            hint="name them in loopwatch.toml, under [[detectors]]",
        )
    run(find_repository(request.folder), request.range, configs, say, request.tell)


@dataclass(frozen=True, slots=True)
class Explained:
    """What there is to say of a finding, or of a version."""

    report: Report  # that it was found in
    told: Finding | Explanation
    ignored: Mapping[str, Suppression] = field(default_factory=dict)  # by id of what it accepts

    @property
    def is_undecided(self) -> bool:
        """Tell whether it is a finding that a message may still convict."""
        told = self.told
        return (
            isinstance(told, Finding)
            and told.level is Level.NOTE
            and told.last_at in {INDEX, WORKTREE}
        )


def explain(request: ScanRequest, wanted: str) -> Explained:
    """Return one finding, or else what one version returned to and what was made of it.

    A version that lies before the newest ones, or on another branch, is read with the
    history that leads up to it.

    Args:
        request: where to look; who took part in a cycle does not matter here.
        wanted: the beginning of a finding's id, a revision, ``index`` or ``worktree``.

    Raises:
        UnknownFindingError: there is no such thing.
        LoopwatchError: the history cannot be read.
    """
    repository = find_repository(request.folder)
    version_id = _version_id(repository.git, wanted)
    undecided: Explained | None = None
    for one in (*_ranges(request, wanted, version_id), *_as_checked(request, wanted)):
        found = _explain_in(repository, one, wanted, version_id)
        if found is not None and not found.is_undecided:
            return found
        undecided = undecided or found
    if undecided is not None:
        return undecided
    raise _unknown(request, wanted, version_id)


def _version_id(git: Git, wanted: str) -> str | None:
    if wanted in {INDEX, WORKTREE}:
        return wanted
    try:
        return resolve(git, wanted)
    except RangeError:
        return None


def _ranges(request: ScanRequest, wanted: str, version_id: str | None) -> Iterator[ScanRequest]:
    """Yield where to look: in the range that was asked for, then in what leads to the version."""
    request = _by_anybody(request)
    if version_id is not None or MAY_BE_ID.fullmatch(wanted):
        yield request
    if version_id not in {None, INDEX, WORKTREE} and not request.range.is_range:
        yield replace(request, range=replace(request.range, revision=version_id, since=None))


def _by_anybody(request: ScanRequest) -> ScanRequest:
    """Return the request without a look at who took part in a cycle."""
    return replace(request, options=replace(request.options, is_agents_only=False))


def _explain_in(
    repository: Repository, request: ScanRequest, wanted: str, version_id: str | None
) -> Explained | None:
    may_be_id = MAY_BE_ID.fullmatch(wanted) is not None
    with ExitStack() as stack:
        opened = stack.enter_context(open_range(repository, request.range, request.options))
        from loopwatch.keeping.recall import recalling
        from loopwatch.pipeline import Analysis
        from loopwatch.verdicts.explaining import Explaining

        history, topology, frame = opened.read()
        inside = bool(request.options.units & INSIDE)
        recall = recalling(repository, history, request.say, looks_inside=inside)
        told = stack.enter_context(recall)
        numbers = (n for n in range(len(topology)) if history.id(n) == version_id)
        explaining = Explaining(next(numbers, -1))
        if explaining.version < 0 and not may_be_id:
            return None
        analysis = Analysis(
            history,
            topology,
            frame,
            request.options,
            explaining=explaining,
            tell=request.tell,
            told=told,
        )
        report = analysis.report()
        if may_be_id and (finding := _found(report, wanted)) is not None:
            return Explained(report, finding, _ignored(repository, history, [finding.id]))
        if explaining.version < 0:
            return None
        explanation = explaining.explanation(analysis.context, report)
        ignored = _ignored(repository, history, explanation.findings)
        return Explained(report, explanation, ignored)


def _ignored(
    repository: Repository, history: GitHistory, findings: Iterable[str]
) -> dict[str, Suppression]:
    """Return what accepts findings, of those that are accepted."""
    from loopwatch.keeping.accepting import accepted, listed_in

    by = accepted(listed_in(repository), history)
    return {one: told for one in findings if (told := by.of(one)) is not None}


def _unknown(request: ScanRequest, wanted: str, version_id: str | None) -> UnknownFindingError:
    if version_id == INDEX:
        return UnknownFindingError(
            "nothing is staged, so the index is no version of its own",
            hint="leave out the range and the paths, if there are any",
        )
    if version_id == WORKTREE:
        return UnknownFindingError(
            "the working tree is as the index, so it is no version of its own",
            hint="leave out the range and the paths, if there are any",
        )
    if version_id is not None:
        return UnknownFindingError(
            f"{wanted} is not in {request.range.revision}", hint="leave out the range"
        )
    return UnknownFindingError(
        f"no finding and no commit goes by {wanted}",
        hint="loopwatch scan -v lists findings; 4 digits of an id are enough",
    )


def demo() -> Report:
    """Build the vibe-coding example in a temporary folder, run its tests, and scan it.

    It is a real repository, and the tests of each version are really run.
    """
    import sys
    import tempfile

    from loopwatch.sources import fixture
    from loopwatch.sources.detector_config import TREE_SCOPE, DetectorConfig

    tests = DetectorConfig(
        name="unittest",
        command=(sys.executable, "-m", "unittest", "-v", "tests.test_dur"),
        format="unittest",
        scope=TREE_SCOPE,
    )
    with tempfile.TemporaryDirectory(prefix="loopwatch-demo-") as folder:
        root = Path(folder) / "demo"
        root.mkdir()
        fixture.build(fixture.demo(), root)
        request = ScanRequest(folder=root)
        detect(request, (tests,), request.say)
        return scan(request)


def _found(report: Report, wanted: str) -> Finding | None:
    """Return the finding whose id begins with ``wanted``, if there is one.

    Raises:
        UnknownFindingError: there are several.
    """
    found = [finding for finding in report.findings if finding.id.startswith(wanted)]
    if len(found) > 1:
        ids = ", ".join(finding.id for finding in found[:5])
        raise UnknownFindingError(f"{wanted} could be any of {ids}", hint="give more of the id")
    return found[0] if found else None
