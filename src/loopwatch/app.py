"""What loopwatch can do, one function for each thing; every entry point calls these."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from loopwatch.errors import ConfigError, RangeError, UnknownFindingError
from loopwatch.model.options import INSIDE, Options
from loopwatch.reports.registry import WRITERS
from loopwatch.sources.config_file import Settings, read_settings
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
    from loopwatch.keeping.recall import Say
    from loopwatch.model.explanation import Explanation
    from loopwatch.model.finding import Finding
    from loopwatch.model.report import Report
    from loopwatch.sources.detector_config import DetectorConfig

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


def settings(folder: Path) -> Settings:
    """Return what the configuration of the repository around a folder says; a bare one has none.

    Raises:
        LoopwatchError: there is no repository, or its configuration cannot be used.
    """
    repository = find_repository(folder)
    return Settings() if repository.is_bare else read_settings(repository.git.folder, WRITERS)


def scan(request: ScanRequest) -> Report:
    """Return what the history of a repository has to say.

    Raises:
        LoopwatchError: it cannot be read.
    """
    repository = find_repository(request.folder)
    with ExitStack() as stack:
        opened = stack.enter_context(open_range(repository, request.range, request.options))
        from loopwatch.keeping.recall import recalling  # while git reads
        from loopwatch.pipeline import analyse

        history, topology, frame = opened.read()
        inside = bool(request.options.units & INSIDE)
        recall = recalling(repository, history, request.say, looks_inside=inside)
        told = stack.enter_context(recall)
        return analyse(history, topology, frame, request.options, request.tell, told)


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
    for one in _ranges(request, wanted, version_id):
        found = _explain_in(repository, one, wanted, version_id)
        if found is not None:
            return found
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
    request = replace(request, options=replace(request.options, is_agents_only=False))
    if version_id is not None or MAY_BE_ID.fullmatch(wanted):
        yield request
    if version_id not in {None, INDEX, WORKTREE} and not request.range.is_range:
        yield replace(request, range=replace(request.range, revision=version_id, since=None))


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
            return Explained(report, finding)
        if explaining.version < 0:
            return None
        return Explained(report, explaining.explanation(analysis.context, report))


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
