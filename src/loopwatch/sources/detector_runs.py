"""Runs configured detectors on versions, in private folders and in parallel."""

import os
import queue
import shutil
import tempfile
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from loopwatch.errors import SourceError
from loopwatch.model.entry import Content, Entry
from loopwatch.model.evidence import Evidence
from loopwatch.model.saying import Say
from loopwatch.sources.detector_config import DetectorConfig
from loopwatch.sources.detector_jobs import Job
from loopwatch.sources.git_blobs import Blobs
from loopwatch.sources.git_process import Git
from loopwatch.sources.tool_evidence import evidence_of, of_one, tried
from loopwatch.sources.tool_run import ToolRunner
from loopwatch.sources.tool_settings import Settings
from loopwatch.sources.version_folder import VersionFolder, lay_out

TOGETHER = 400  # files in one run of a tool
LARGEST = 10_000_000  # bytes of a file that a tool is given alone
PATIENCE = 3  # runs that took too long, one after another, before a detector is given up

Result = list[Entry] | BaseException | None  # of a job; None: a thread has ended


class DetectorRuns:
    """Runs jobs and yields what came of them."""

    def __init__(self, git: Git, environment: Mapping[str, str], say: Say) -> None:
        """Prepare.

        Args:
            git: of the repository, which is only read.
            environment: that the tools get.
            say: is told in a line what could not be done; each thing once.
        """
        self._git = git
        self._environment = environment
        self._say = say
        self._said: set[str] = set()
        self._runner = ToolRunner()
        self._late: dict[str, int] = {}  # runs that took too long, by detector

    def results(
        self, jobs: Sequence[Job], workers: int, lent: Mapping[str, bytes]
    ) -> Generator[list[Entry], None, None]:
        """Yield the entries of each job as it ends; neighbours share a folder.

        Args:
            jobs: versions in the order of the history.
            workers: how many run at once.
            lent: contents that git does not hold, by blob id (hex).
        """
        done: queue.Queue[Result] = queue.Queue(workers * 8)
        with tempfile.TemporaryDirectory(prefix="loopwatch-", ignore_cleanup_errors=True) as name:
            parts = _parts(jobs, workers)
            threads = [
                threading.Thread(
                    target=self._work, args=(part, Path(name).resolve() / str(n), lent, done)
                )
                for n, part in enumerate(parts)
            ]
            try:
                for thread in threads:
                    thread.start()
                yield from _taken(done, len(threads))
            finally:
                self._runner.stop()
                while any(thread.is_alive() for thread in threads):
                    _empty(done)
                    threads[0].join(0.01)

    def _work(
        self,
        jobs: Sequence[Job],
        folder: Path,
        lent: Mapping[str, bytes],
        done: "queue.Queue[Result]",
    ) -> None:
        try:
            with Blobs(self._git, LARGEST) as blobs:
                for blob_id, content in lent.items():
                    blobs.add(blob_id, content)
                worker = _Worker(VersionFolder(self._git, folder / "tree"), folder / "files", blobs)
                for job in jobs:
                    if self._runner.is_stopped:
                        break
                    done.put(self._entries(job, worker))
        except BaseException as error:  # noqa: BLE001  told in the thread that waits
            done.put(error)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            done.put(None)

    def _entries(self, job: Job, worker: "_Worker") -> list[Entry]:
        try:
            folder, paths = worker.folder_of(job)
            found: list[Entry] = []
            size = TOGETHER if job.detector.config.names_files else max(len(paths), 1)
            for start in range(0, max(len(paths), 1), size):
                found += self._entries_of(job, folder, paths[start : start + size])
        except SourceError as error:
            self._tell(str(error))
            return []
        except InterruptedError:
            return []
        except OSError as error:
            name = job.detector.config.name
            self._tell(f"the detector {name} cannot be run: {error.strerror or error}")
            return []
        return found

    def _entries_of(self, job: Job, folder: Path, paths: Sequence[bytes]) -> Iterator[Entry]:
        config = job.detector.config
        if self._late.get(config.name, 0) >= PATIENCE:
            return
        command = config.words(tuple(os.fsdecode(path) for path in paths))
        told = self._runner.run(command, folder, self._environment, config.timeout)
        if self._runner.is_stopped:
            return
        if told.status is None:
            self._count_late(config)
            return
        self._late[config.name] = 0
        for evidence in evidence_of(job, command, told, folder):
            yield from _kept(job, evidence, paths)

    def _count_late(self, config: DetectorConfig) -> None:
        late = self._late[config.name] = self._late.get(config.name, 0) + 1
        self._tell(f"the detector {config.name} took more than {config.timeout} seconds")
        if late >= PATIENCE:
            self._tell(f"the detector {config.name} is given up: it took too long again and again")

    def _tell(self, line: str) -> None:
        if line not in self._said:
            self._said.add(line)
            self._say(line)


@dataclass(slots=True)
class _Worker:
    """The folders and the reader of contents of one thread."""

    tree: VersionFolder
    files: Path
    blobs: Blobs

    def folder_of(self, job: Job) -> tuple[Path, list[bytes]]:
        """Lay out what a job needs; return the folder, and the paths that are there to look at."""
        wanted = [path for path, _ in job.files]
        if folder := self._around(job):
            return folder, [path for path in wanted if (folder / os.fsdecode(path)).is_file()]
        laid = lay_out(self.files, self._contents({**job.settings, **dict(job.files)}))
        return self.files, [path for path in wanted if path in laid]

    def _around(self, job: Job) -> Path | None:
        """Lay out all of a version; None where it cannot be had, and a file may do alone.

        Even of tools that read a file by itself, some rules ask which other files there are:
        whether a folder is a package, and a module the project's own.
        """
        if job.tree is None:
            assert job.detector.is_alone
            return None
        try:
            return self.tree.become(job.tree)
        except SourceError:
            if not job.detector.is_alone:
                raise
            return None

    def _contents(self, files: Settings) -> Iterator[tuple[bytes, bytes]]:
        for path, blob in files.items():
            content = self.blobs.read(blob.hex())
            if isinstance(content, bytes):
                yield path, content


def _kept(job: Job, evidence: Evidence, paths: Sequence[bytes]) -> Iterator[Entry]:
    """Yield what is kept of a run: an entry for each file, or one for the tree."""
    if not job.detector.is_alone:
        assert job.tree is not None
        content = Content(id=bytes.fromhex(job.tree))
        yield Entry(content=content, evidence=tried(evidence, paths))
        return
    blobs = dict(job.files)
    for path in paths:
        content = Content(id=blobs[path], path=path)
        yield Entry(content=content, evidence=of_one(evidence, os.fsdecode(path)))


def _parts(jobs: Sequence[Job], workers: int) -> list[Sequence[Job]]:
    """Split jobs into runs of neighbours, so that little changes from one to the next."""
    size = max(1, -(-len(jobs) // max(workers, 1)))
    return [jobs[start : start + size] for start in range(0, len(jobs), size)]


def _taken(done: "queue.Queue[Result]", threads: int) -> Iterator[list[Entry]]:
    while threads:
        result = done.get()
        if result is None:
            threads -= 1
        elif isinstance(result, BaseException):
            raise result
        else:
            yield result


def _empty(done: "queue.Queue[Result]") -> None:
    try:
        while True:
            done.get_nowait()
    except queue.Empty:
        return
