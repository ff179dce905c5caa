"""What a run of a detector says, cut to the contents that it is kept for."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from loopwatch.detectors.api import Run
from loopwatch.model.evidence import Evidence, Scope
from loopwatch.sources.detector_jobs import Job
from loopwatch.sources.run_reading import read_run
from loopwatch.sources.tool_run import ToolRun


def evidence_of(
    job: Job, command: Sequence[str], told: ToolRun, folder: Path
) -> tuple[Evidence, ...]:
    """Return what a run said; evidence about nothing, where it said nothing for certain."""
    run = Run(
        stdout=told.stdout,
        stderr=told.stderr,
        command=tuple(command),
        exit_status=told.status,
        root=str(folder),
        is_cut=told.is_cut,
    )
    detector = job.detector
    reading = read_run(run, detector.config.format)
    nothing = Evidence(detector=reading.reader or detector.config.name, scope=Scope())
    return tuple(
        replace(
            found,
            version=found.version or detector.version,
            configuration=job.configuration,
        )
        for found in reading.said or (nothing,)
    )


def of_one(evidence: Evidence, path: str) -> Evidence:
    """Return what is said of one file."""
    scope = evidence.scope
    if not scope.covers(path):
        return replace(evidence, scope=Scope(unknown=(path,)), defects=())
    defects = tuple(defect for defect in evidence.defects if defect.path == path)
    return replace(
        evidence,
        scope=Scope(roots=(path,), rules=scope.rules, rules_off=scope.rules_off),
        defects=defects,
    )


def tried(evidence: Evidence, paths: Sequence[bytes]) -> Evidence:
    """Return evidence that names the files it says nothing of as unknown, so not to ask again."""
    scope = evidence.scope
    names = [os.fsdecode(path) for path in paths]
    unknown = [name for name in names if not scope.covers(name) and name not in scope.unknown]
    return replace(evidence, scope=replace(scope, unknown=(*scope.unknown, *unknown)))
