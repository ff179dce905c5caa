"""Keeps what a command, or a file of results, says about one content."""

import os
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from loopwatch.detectors.api import Run
from loopwatch.errors import LoopwatchError, RangeError, RecordError
from loopwatch.keeping.comparing import comparable, known_tool, version_of
from loopwatch.keeping.place import ledger_path
from loopwatch.model.entry import Content, Entry
from loopwatch.model.evidence import DefectKind, Evidence
from loopwatch.model.saying import Say
from loopwatch.sources.command_run import CommandRun, run_command
from loopwatch.sources.content_tree import ContentTrees, content_trees
from loopwatch.sources.repository import Repository, find_repository
from loopwatch.sources.run_reading import read_run
from loopwatch.store.ledger import Ledger

GUARD = "LOOPWATCH_RECORDING"  # of a command: the repository for which it is being recorded
LARGEST = 256_000_000  # bytes of a file of results


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultFile:
    """A file of results from elsewhere."""

    path: Path
    format: str | None = None  # name of its reader; None: it is known by its content


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRequest:
    """What to record."""

    folder: Path
    command: tuple[str, ...] = ()
    format: str | None = None  # name of the reader of the command's output
    files: tuple[ResultFile, ...] = ()  # written by the command, where there is one
    version: str | None = None  # a revision; None: the working tree as it is

    @property
    def results(self) -> tuple[Path, ...]:
        """Where the files of results lie."""
        return tuple(self.folder / file.path for file in self.files)


def record_command(request: RecordRequest, say: Say, tell: Say) -> CommandRun:
    """Run a command as if loopwatch were not there, and keep what it says about this content.

    No trouble of ours changes how the command runs and ends.

    Args:
        request: the command, and where.
        say: is given a line for what could not be done.
        tell: is given a line for what was done.
    """
    with ExitStack() as stack:
        recorder = Recorder(request, stack, say)
        started = time.time()
        done = run_command(request.command, recorder.environment)
        if done.complaint:
            say(done.complaint)
        else:
            recorder.finish(done, started, tell)
        return done


class Recorder:
    """What is to be kept of one command, as far as that is possible."""

    def __init__(self, request: RecordRequest, stack: ExitStack, say: Say) -> None:
        self.environment = dict(os.environ)
        self._request = request
        self._say = say
        self._repository: Repository | None = None
        self._trees: ContentTrees | None = None
        self._before: tuple[str, ...] = ()
        try:
            self._begin(stack)
        except LoopwatchError as error:
            say(f"nothing is recorded: {error}")

    def _begin(self, stack: ExitStack) -> None:
        repository = find_repository(self._request.folder)
        root = str(repository.git.folder)
        if self.environment.get(GUARD) == root:
            return  # whoever started us records it
        trees = stack.enter_context(content_trees(repository))
        self._before = trees.ids(self._request.results)
        self.environment[GUARD] = root
        self._repository, self._trees = repository, trees

    def finish(self, done: CommandRun, started: float, tell: Say) -> None:
        """Keep what the command said, if it was about the content that is there."""
        if self._repository is None or self._trees is None:
            return
        try:
            after = self._trees.id()
            if after != self._before[0]:
                self._say(_changed(self._trees.differing(self._before[0], after)))
                return
            said = self._read(self._repository, done, started)
            said = comparable(said, self._repository, None, self._version(said))
            _keep(self._repository, self._before, said, self._say)
            for evidence in said:
                tell(_summary(evidence))
        except LoopwatchError as error:
            self._say(f"nothing is recorded: {error}")
        except KeyboardInterrupt:
            self._say("nothing is recorded: stopped")

    def _version(self, said: Sequence[Evidence]) -> str:
        """Return the version of the tool, asked only where a result needs it."""
        needs = any(one.kind is not DefectKind.TEST and not one.version for one in said)
        if not needs or not known_tool(self._request.command):
            return ""
        return version_of(self._request.command, self.environment, self._request.folder)

    def _read(self, repository: Repository, done: CommandRun, started: float) -> list[Evidence]:
        request = self._request
        said = [
            evidence
            for file in request.files
            for evidence in _of_file(repository, request.folder, file, started)
        ]
        run = Run(
            stdout=done.stdout,
            stderr=done.stderr,
            command=request.command,
            exit_status=done.status,
            root=str(repository.git.folder),
            folder=_prefix(repository),
            is_cut=done.is_cut,
        )
        reading = read_run(run, request.format)
        said += reading.said
        if not said and reading.reader is None:
            raise RecordError("no tool is known by this output", hint="--format names one")
        if not said:
            advice = f"; {reading.advice}" if reading.advice and done.status == 0 else ""
            raise RecordError(f"this output of {reading.reader} tells nothing for certain{advice}")
        return said


def record_files(request: RecordRequest, say: Say) -> tuple[Evidence, ...]:
    """Keep results from elsewhere for a version, or for the working tree as it is.

    Returns:
        what is kept.

    Raises:
        LoopwatchError: a file cannot be read or tells nothing, or there is no such version.
    """
    repository = find_repository(request.folder)
    trees = _trees(repository, request)
    said = tuple(
        evidence
        for file in request.files
        for evidence in _of_file(repository, request.folder, file)
    )
    said = tuple(comparable(said, repository, trees[0] if request.version else None, ""))
    _keep(repository, trees, said, say)
    return said


def _trees(repository: Repository, request: RecordRequest) -> tuple[str, ...]:
    version = request.version
    if version is None:
        with content_trees(repository) as trees:
            return trees.ids(request.results)
    name = f"{version}^{{tree}}"
    tree = repository.git.text("rev-parse", "--verify", "--quiet", "--end-of-options", name)
    if not tree:
        raise RangeError(f"{version} is no version here", hint="give a commit, a branch or a tag")
    return (tree,)


def _of_file(
    repository: Repository, folder: Path, file: ResultFile, since: float | None = None
) -> tuple[Evidence, ...]:
    """Return what a file of results says; it may hold those of several tools."""
    content = _content(folder / file.path, since)
    run = Run(stdout=content, root=str(repository.git.folder), folder=_prefix(repository))
    reading = read_run(run, file.format)
    if reading.reader is None:
        raise RecordError(f"no tool is known by what is in {file.path}", hint="--format names one")
    if not reading.said:
        raise RecordError(f"{file.path} tells nothing for certain, read as {reading.reader}")
    return reading.said


def _content(path: Path, since: float | None) -> bytes:
    try:
        with path.open("rb") as file:
            # Some disks count whole seconds, or even two.
            if since is not None and os.fstat(file.fileno()).st_mtime < since - 2:
                raise RecordError(f"{path.name} is older than this run")
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise RecordError(f"cannot read {path.name}: {error.strerror or error}") from error
    if len(content) > LARGEST:
        raise RecordError(f"{path.name} is larger than {LARGEST:,} bytes")
    return content


def _keep(repository: Repository, trees: Sequence[str], said: Sequence[Evidence], say: Say) -> None:
    contents = [Content(id=bytes.fromhex(tree)) for tree in trees]
    with Ledger.open(ledger_path(repository), warn=say) as ledger:
        ledger.keep(Entry(content=one, evidence=evidence) for one in contents for evidence in said)


def _prefix(repository: Repository) -> str:
    return "" if repository.prefix == "." else repository.prefix


def _changed(paths: Sequence[str]) -> str:
    names = ", ".join(paths)
    return f"nothing is recorded: {names} changed while the command ran"


def _summary(evidence: Evidence) -> str:
    count = len(evidence.defects)
    told = f"recorded what {evidence.detector} said: {count} defect{'' if count == 1 else 's'}"
    scope = evidence.scope
    is_known = scope.passed or scope.roots or scope.suites
    return (
        told
        if is_known
        else f"{told}; what passed is not told, so that a fix of it will not be seen"
    )
