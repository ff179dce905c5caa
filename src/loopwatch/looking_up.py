"""Looks up what people name: a finding, or a version, wherever it may lie."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from loopwatch.checking import as_checked
from loopwatch.errors import RangeError, UnknownFindingError
from loopwatch.model.finding import Finding, Level
from loopwatch.model.options import INSIDE
from loopwatch.scanning import ScanRequest
from loopwatch.sources.git_process import Git
from loopwatch.sources.repository import (
    INDEX,
    WORKTREE,
    Repository,
    find_repository,
    resolve,
)
from loopwatch.sources.scan_range import open_range

if TYPE_CHECKING:
    from loopwatch.model.explanation import Explanation
    from loopwatch.model.report import Report
    from loopwatch.model.suppression import Suppression
    from loopwatch.sources.git_history import GitHistory

MAY_BE_ID = re.compile(r"[0-9a-f]{4,12}")  # a finding's, or the beginning of one


@dataclass(frozen=True, slots=True)
class Explained:
    """What there is to say of a finding, or of a version."""

    report: Report  # that it was found in
    told: Finding | Explanation
    ignored: Mapping[str, Suppression] = field(default_factory=dict)  # by id of what it accepts

    @property
    def is_undecided(self) -> bool:
        """Tell whether it is a finding that a message may still convict."""
        return isinstance(self.told, Finding) and is_undecided(self.told)


def is_undecided(finding: Finding) -> bool:
    """Tell whether a message may still convict what was found."""
    return finding.level is Level.NOTE and finding.last_at in {INDEX, WORKTREE}


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
    for one in (*_ranges(request, wanted, version_id), *in_checks(request, wanted)):
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
    request = by_anybody(request)
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
        told, cache = stack.enter_context(recall)
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
            cache=cache,
        )
        report = analysis.report()
        if may_be_id and (finding := _found(report, wanted)) is not None:
            return Explained(report, finding, _ignored(repository, history, [finding.id]))
        if explaining.version < 0:
            return None
        explanation = explaining.explanation(analysis.context, report, analysis.start_of)
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


def in_checks(request: ScanRequest, wanted: str) -> Iterator[ScanRequest]:
    """Yield where a finding may lie that was told by the check of a staged change."""
    if not MAY_BE_ID.fullmatch(wanted):
        return
    for one in as_checked(find_repository(request.folder), request.range):
        yield replace(by_anybody(request), range=one)


def by_anybody(request: ScanRequest) -> ScanRequest:
    """Return the request without a look at who took part in a cycle."""
    return replace(request, options=replace(request.options, is_agents_only=False))


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
