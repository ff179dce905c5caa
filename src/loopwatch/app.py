"""What loopwatch can do, one function for each thing; every entry point calls these."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from loopwatch.errors import ConfigError, NotARepositoryError
from loopwatch.model.saying import Say, unheard
from loopwatch.reports.registry import WRITERS
from loopwatch.scanning import ScanRequest, scanned
from loopwatch.sources.config_file import Settings, read_settings
from loopwatch.sources.environment import unknown_variables, with_environment
from loopwatch.sources.repository import find_repository

if TYPE_CHECKING:
    from loopwatch.auditing.audit import AuditRequest
    from loopwatch.checking import CheckRequest
    from loopwatch.looking_up import Explained
    from loopwatch.model.finding import Finding
    from loopwatch.model.report import Report
    from loopwatch.model.suppression import Suppression
    from loopwatch.sources.detector_config import DetectorConfig

__all__ = ["ScanRequest"]


def settings(folder: Path, say: Say = unheard) -> Settings:
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


def settings_anywhere(folder: Path, say: Say = unheard) -> Settings:
    """Do as ``settings``; outside of a repository, return what the environment says.

    Raises:
        LoopwatchError: the configuration cannot be used.
    """
    try:
        return settings(folder, say)
    except NotARepositoryError:
        return with_environment(Settings(), os.environ, WRITERS)


def scan(request: ScanRequest) -> Report:
    """Return what the history of a repository has to say, without what people accept.

    Raises:
        LoopwatchError: it cannot be read.
    """
    read = scanned(request)
    report, accepted = read.report, read.accepted
    if not (request.is_plain and report.is_complete):
        return accepted.settle(report)
    remarks = accepted.remarks(report.findings if read.is_whole else None)
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


def listed_anywhere(folder: Path) -> tuple[Suppression, ...]:
    """Return what the file of a repository accepts; outside of one, nothing.

    Raises:
        LoopwatchError: the file cannot be used.
    """
    from loopwatch.keeping.accepting import listed_in

    try:
        return listed_in(find_repository(folder))
    except NotARepositoryError:
        return ()


def write_baseline(request: ScanRequest) -> tuple[Report, int]:
    """Accept all that a scan raises; return what is left to say, and how many findings that was.

    Raises:
        LoopwatchError: the history cannot be read, or the file not be written.
    """
    from loopwatch.ignoring import write_baseline as run

    return run(request)


def ignore(
    request: ScanRequest, wanted: str, reason: str, until: str = ""
) -> tuple[Finding, Suppression]:
    """Accept one finding; return it with the entry that says so. See ``ignoring.ignore``.

    Raises:
        UnknownFindingError: there is no such finding, or there are several.
        LoopwatchError: the history cannot be read, or the file not be written.
    """
    from loopwatch.ignoring import ignore as run

    return run(request, wanted, reason, until)


def stop_ignoring(folder: Path, wanted: str) -> Suppression:
    """Take an entry out of the file; return it.

    Raises:
        UnknownFindingError: there is no such entry, or there are several.
        LoopwatchError: the file cannot be read or written.
    """
    from loopwatch.ignoring import stop_ignoring as run

    return run(folder, wanted)


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


def explain(request: ScanRequest, wanted: str) -> Explained:
    """Return one finding, or what one version returned to. See ``looking_up.explain``.

    Raises:
        UnknownFindingError: there is no such thing.
        LoopwatchError: the history cannot be read.
    """
    from loopwatch.looking_up import explain as run

    return run(request, wanted)


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
