"""The gate: what a staged change, or a range of commits, closes or carries on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from loopwatch.errors import RangeError
from loopwatch.model.options import INSIDE, Options
from loopwatch.model.report import Checked, Report, Skipped, Source, Summary
from loopwatch.model.saying import Say, unheard
from loopwatch.sources.commit_message import kept_message
from loopwatch.sources.commit_under_way import CommitUnderWay, commit_under_way
from loopwatch.sources.repository import INDEX, Repository, find_repository, resolve
from loopwatch.sources.scan_range import NEWEST, ScanRange, ends, open_range

WIDER = 2  # times the length of a range are read at least, so that it has some memory


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequest:
    """What to check, and how."""

    folder: Path
    revision: str | None = None  # "A..B", or one commit; None: what is staged
    message: Path | None = None  # the file that commit-msg is given
    max_count: int = NEWEST  # commits that are remembered, 0 for all
    options: Options = field(default_factory=Options)
    tell: Callable[[int, int], None] | None = None  # is called with how many versions are read
    say: Say = unheard  # is given a line for what could not be done


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is asked about, and the history that is its memory."""

    checked: Checked
    memory: ScanRange
    ids: frozenset[str]  # of the versions that are asked about
    range: str  # in words, for the report


def check(request: CheckRequest) -> Report:
    """Return the findings that a change closes or carries on; earlier history is memory.

    Each has the id that a scan gives it, and is as loud as its turn in that change.

    Raises:
        LoopwatchError: the history, the index or the message cannot be read.
    """
    repository = find_repository(request.folder)
    if request.revision is not None:
        return _checked(repository, _commits(repository, request, request.revision), request)
    commit = commit_under_way(repository, request.message)
    if commit.replay:
        reason = f"what is staged in the middle of {commit.replay}: check the range it leads to"
        return _nothing(repository, commit, Skipped(path=None, reason=reason))
    if commit.base is None:
        return _nothing(repository, commit)  # there is nothing that it could bring back
    return _checked(repository, _staged(commit, request), request)


def as_checked(repository: Repository, wanted: ScanRange) -> Iterator[ScanRange]:
    """Yield what a check of a staged change has read, and a plain scan does not.

    Git has kept the message of a commit that was refused; and one that was to be amended is
    still there.
    """
    if wanted.revision is not None or repository.is_bare:
        return
    message = kept_message(repository.git)
    if message is not None:
        yield replace(wanted, message=message.told)
    before = repository.git.text("rev-parse", "--verify", "--quiet", "HEAD^1")
    if before is not None:
        commit = CommitUnderWay(base=before, is_amend=True, message=message)
        yield replace(wanted, under_way=commit)


def _staged(commit: CommitUnderWay, request: CheckRequest) -> Part:
    memory = ScanRange(max_count=request.max_count, under_way=commit)
    checked = Checked.STAGED if commit.message is None else Checked.COMMITTING
    return Part(checked=checked, memory=memory, ids=frozenset({INDEX}), range=_range_of(commit))


def _range_of(commit: CommitUnderWay) -> str:
    return f"{commit.base[:12]}..{INDEX}" if commit.base else INDEX


def _commits(repository: Repository, request: CheckRequest, revision: str) -> Part:
    """Return the commits of a range, or the one that is named, and what they remember."""
    git = repository.git
    if ".." not in revision:
        end = resolve(git, revision)
        start = git.text("rev-parse", "--verify", "--quiet", f"{end}^1")
        told = f"{start[:12]}..{end[:12]}" if start else end[:12]
        memory = ScanRange(revision=revision, max_count=request.max_count)
        return Part(checked=Checked.COMMITS, memory=memory, ids=frozenset({end}), range=told)
    start, end = ends(git, revision)
    asked = frozenset(_listed(repository, f"{start}..{end}"))
    count = max(request.max_count, WIDER * len(asked)) if request.max_count else 0
    return Part(
        checked=Checked.COMMITS,
        memory=ScanRange(revision=revision.rpartition("..")[2] or "HEAD", max_count=count),
        ids=asked,
        range=f"{start[:12]}..{end[:12]}",
    )


def _listed(repository: Repository, revision: str) -> list[str]:
    """Return the ids of commits.

    Raises:
        RangeError: git cannot list them.
    """
    told = repository.git.text("rev-list", revision, "--")
    if told is None:
        raise RangeError(f"git cannot list the commits of {revision}")
    return told.split()


def _checked(repository: Repository, part: Part, request: CheckRequest) -> Report:
    """Return the report on one part of a history, without what people accept."""
    options = request.options
    with ExitStack() as stack:
        opened = stack.enter_context(open_range(repository, part.memory, options))
        from loopwatch.keeping.accepting import accepted, listed_in  # while git reads
        from loopwatch.keeping.recall import recalling
        from loopwatch.question import Question
        from loopwatch.verdicts.suppression import ignored_in

        history, topology, frame = opened.read()
        frame = replace(frame, source=replace(frame.source, range=part.range))
        asked = frozenset(n for n in range(len(topology)) if history.id(n) in part.ids)
        commit = part.memory.under_way
        if part.memory.max_count and not commit and len(asked) < len(part.ids):
            # Some lie deep: by their dates, many others come before.
            stack.close()
            everything = replace(part.memory, max_count=0)
            return _checked(repository, replace(part, memory=everything), request)
        if not asked:
            return replace(_nothing(repository, commit), source=frame.source)
        inside = bool(options.units & INSIDE)
        recall = recalling(repository, history, request.say, looks_inside=inside, is_hasty=True)
        told, cache = stack.enter_context(recall)
        question = Question(
            history,
            topology,
            frame,
            options,
            asked=asked,
            tell=request.tell,
            told=told,
            cache=cache,
        )
        report = replace(question.report(), checked=part.checked)
        message = commit.message.text if commit and commit.message else ""
        report = accepted(listed_in(repository), history, message).settle(report)
        # What is wrong with the trailers that were to accept what is told.
        said = ignored_in(message, "the message") if report.findings else ()
        mistakes = (one for one in said if isinstance(one, str))
        return replace(report, notices=(*report.notices, *mistakes))


def _nothing(repository: Repository, commit: CommitUnderWay | None, *skipped: Skipped) -> Report:
    """Return the report on a change in which there is nothing to look at."""
    return Report(
        source=Source(
            kind="git", name=repository.name, range=_range_of(commit) if commit else "(no commits)"
        ),
        trajectories=(),
        findings=(),
        defects=(),
        summary=Summary(
            versions=0,
            edits=0,
            errors=0,
            warnings=0,
            notes=0,
            mechanical=0,
            flaky=0,
            suppressed=0,
        ),
        skipped=skipped,
        is_complete=True,
        checked=Checked.STAGED if commit else Checked.COMMITS,
    )
