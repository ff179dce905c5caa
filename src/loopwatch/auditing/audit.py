"""Reads the logs of many sessions, each by itself: what breaks one, breaks no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from loopwatch.auditing.accepted import without_accepted
from loopwatch.auditing.cluster import on_cluster
from loopwatch.auditing.digest import Digest, Repositories, digest, is_unchanged
from loopwatch.auditing.joining import joined
from loopwatch.auditing.task import Result, Task, packed, result, task_of, unpacked
from loopwatch.auditing.workers import usual_jobs, worked
from loopwatch.errors import SourceError
from loopwatch.model.options import Options
from loopwatch.model.report import Report, Skipped
from loopwatch.model.saying import Say, unheard
from loopwatch.model.suppression import Suppression
from loopwatch.sources.session_log.api import SessionReader
from loopwatch.sources.session_log.discover import discovered
from loopwatch.sources.session_log.registry import readers
from loopwatch.sources.session_log.survey import EMPTY, UNKNOWN, shown, survey
from loopwatch.store.audit_cache import AuditCache, usual_cache

Progress = Callable[[int, int], None]
SMALL = 16_000_000  # bytes that are read before other processes would have begun
TIME_LIMIT = 900  # seconds for one session


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRequest:
    """Which logs to read, and how."""

    paths: tuple[Path, ...]
    is_discovering: bool = False  # the usual places of this machine are read too
    options: Options = field(default_factory=Options)
    is_redacting: bool = True  # secrets are taken out of the report
    jobs: int | None = None  # processes at a time; None: as many as are of use
    time_limit: int | None = None  # seconds for one session, 0 for any; None: the usual
    scheduler: str | None = None  # address of a cluster that reads them instead
    listed: tuple[Suppression, ...] = ()  # findings that are accepted: they are only counted
    reads_commits: bool = True  # of the repositories that they worked in, where these are here
    is_caching: bool = True  # what an earlier audit found in the same logs is taken as it is
    tell: Progress | None = None  # is called with how many sessions are read, and of how many
    say: Say = unheard  # is given a line for what could not be used


def audit(request: AuditRequest) -> Report:
    """Return what the logs have to say, the same whoever reads them and in whatever order.

    Raises:
        SourceError: there is nothing that could be read.
    """
    paths = (*request.paths, *(discovered() if request.is_discovering else ()))
    known = readers(request.say)
    found = survey(paths, known)
    skipped = list(found.skipped)
    if not found.sessions:
        raise _nothing(paths, skipped)
    tasks = [
        task_of(
            session,
            known,
            request.options,
            is_redacting=request.is_redacting,
            reads_commits=request.reads_commits,
        )
        for session in found.sessions
    ]
    done = _Audit(tasks, known, request).results()
    reports = [one for one in done if isinstance(one, Report)]
    skipped += [
        Skipped(path=task.path, reason=one)
        for task, one in zip(tasks, done, strict=True)
        if isinstance(one, str)
    ]
    if not reports:
        raise _nothing(paths, skipped)
    name = shown(paths[0]) if len(paths) == 1 else f"{len(paths)} places"
    left = without_accepted(reports, request.listed)
    return joined(name.rstrip("/").rpartition("/")[2] or name, left, skipped)


@dataclass(slots=True)
class _Audit:
    """Gets the results of some tasks: from the cache, from here, or from elsewhere."""

    tasks: Sequence[Task]
    known: Sequence[SessionReader]
    request: AuditRequest
    cache: AuditCache | None = field(init=False)
    _done: int = 0

    def __post_init__(self) -> None:
        self.cache = usual_cache() if self.request.is_caching else None

    def results(self) -> list[Result]:
        """Return the result of each task, in their order."""
        self._tell()
        digests = self._digests()
        found: dict[int, Result] = {}
        for number, key in enumerate(digests):
            if key is not None and (kept := self._kept(key)) is not None:
                found[number] = kept
                self._count()
        left = [number for number in range(len(self.tasks)) if number not in found]
        for place, one in self._worked([self.tasks[number] for number in left]):
            number = left[place]
            found[number] = one
            self._keep(self.tasks[number], digests[number], one)
            self._count()
        if left and self.cache is not None:
            self.cache.shrink()
        return [_placed(found[number], task.path) for number, task in enumerate(self.tasks)]

    def _worked(self, tasks: Sequence[Task]) -> Iterator[tuple[int, Result]]:
        """Yield the results as they come."""
        if self.request.scheduler is not None and tasks:
            for number, data in on_cluster(tasks, self.request.scheduler):
                yield number, unpacked(data)
            return
        jobs, limit = self.request.jobs, self.request.time_limit
        is_small = sum(task.size for task in tasks) <= SMALL or len(tasks) == 1
        if jobs is None and limit is None and is_small:
            yield from ((number, result(task, self.known)) for number, task in enumerate(tasks))
            return
        limit = TIME_LIMIT if limit is None else limit
        for number, data in worked(tasks, jobs or usual_jobs(), limit):
            yield number, unpacked(data)

    def _digests(self) -> list[Digest | None]:
        if self.cache is None:
            return [None] * len(self.tasks)
        looked = partial(digest, repositories=Repositories())
        with ThreadPoolExecutor(usual_jobs()) as threads:  # hashing lets others go on meanwhile
            return list(threads.map(looked, self.tasks))

    def _kept(self, key: Digest) -> Report | None:
        data = self.cache.get(key.key) if self.cache is not None else None
        try:
            kept = unpacked(data) if data is not None else None
        except ValueError:
            return None
        return kept if isinstance(kept, Report) else None

    def _keep(self, task: Task, key: Digest | None, found: Result) -> None:
        """Keep a report, if the logs have not changed since it was asked for."""
        is_kept = self.cache is not None and key is not None and isinstance(found, Report)
        if is_kept and key is not None and self.cache is not None and is_unchanged(task, key):
            self.cache.put(key.key, packed(found))

    def _count(self) -> None:
        self._done += 1
        self._tell()

    def _tell(self) -> None:
        if self.request.tell is not None:
            self.request.tell(self._done, len(self.tasks))


def _placed(found: Result, path: str) -> Result:
    """Return a result as of a log in that place: what was kept may have been found elsewhere."""
    if isinstance(found, str):
        return found
    return replace(
        found,
        source=replace(found.source, range=path),
        trajectories=tuple(replace(one, path=path) for one in found.trajectories),
        skipped=tuple(replace(one, path=path) for one in found.skipped),
    )


def _nothing(paths: Sequence[Path], skipped: Sequence[Skipped]) -> SourceError:
    if len(paths) == 1 and len(skipped) == 1:
        return SourceError(
            f"{skipped[0].path} cannot be read: {skipped[0].reason}",
            hint="loopwatch audit takes session logs, or folders with some; see docs/sessions.md",
        )
    if any(one.reason not in {UNKNOWN, EMPTY} for one in skipped):
        first = next(one for one in skipped if one.reason not in {UNKNOWN, EMPTY})
        return SourceError(
            f"no session could be read; of {first.path}: {first.reason}",
            hint="the logs may be read one by one: loopwatch audit FILE",
        )
    return SourceError(
        "there is no session log of a known format",
        hint="give files or folders; --discover looks in the usual places",
    )
