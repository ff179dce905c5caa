"""What detectors are to be run on: the files of each edit, before and after it, not yet known."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from loopwatch.graph.topology import NONE
from loopwatch.keeping.comparing import Comparing, Opinion
from loopwatch.model.evidence import Evidence
from loopwatch.model.options import Options
from loopwatch.model.unit import Granularity
from loopwatch.sources.detector_jobs import Detector, File, Job
from loopwatch.sources.git_history import GitHistory
from loopwatch.sources.git_process import Git
from loopwatch.sources.repository import Repository
from loopwatch.sources.scan_range import ScanRange, open_range
from loopwatch.sources.tool_settings import is_setting, settings_of
from loopwatch.store.ledger import Ledger

LARGEST = 10_000_000  # bytes of a file that is not committed


@dataclass(slots=True)
class Stop:
    """One version, with the files that an edit to it or from it changes."""

    tree: str | None
    settings: Mapping[bytes, bytes]
    files: dict[bytes, bytes] = field(default_factory=dict)  # path to blob id
    absent: set[bytes] = field(default_factory=set)  # files that such an edit adds or removes


def stops_of(repository: Repository, wanted: ScanRange) -> tuple[list[Stop], dict[str, bytes]]:
    """Return the versions of a range, and contents that git does not hold, by blob id."""
    found: list[Stop] = []
    outside: dict[str, Stop] = {}
    lent: dict[str, bytes] = {}
    options = Options(units=frozenset({Granularity.FILE}), largest_file=LARGEST)
    with open_range(repository, wanted, options) as opened:
        history, shape, _ = opened.read()
        for number, changes in enumerate(history.changes()):
            parent = shape.first_parent[number]
            name = shape.outside.get(number)
            before = found[parent] if parent != NONE else _outside(repository.git, name, outside)
            found.append(_after(history, number, before))
            for path, old, new in changes:
                if history.is_elsewhere(path):
                    continue
                _change(before, found[-1], path, old, new)
                if new is not None and found[-1].tree is None:
                    content = opened.blobs.read(new.hex())
                    lent |= {new.hex(): content} if isinstance(content, bytes) else {}
    return [*outside.values(), *found], lent


def _outside(git: Git, name: str | None, known: dict[str, Stop]) -> Stop | None:
    if name is None:
        return None
    if name not in known:
        tree = git.text("rev-parse", "--verify", "--quiet", f"{name}^{{tree}}")
        if tree is None:  # beyond the end of a shallow clone
            return None
        known[name] = Stop(tree=tree, settings=settings_of(git, tree))
    return known[name]


def _after(history: GitHistory, number: int, before: Stop | None) -> Stop:
    tree = history.tree(number)
    return Stop(tree=tree.hex() if tree else None, settings=before.settings if before else {})


def _change(
    before: Stop | None, after: Stop, path: bytes, old: bytes | None, new: bytes | None
) -> None:
    if is_setting(path):
        kept = {**after.settings, path: new} if new else dict(after.settings)
        if new is None:
            kept.pop(path, None)
        after.settings = kept
    for stop, blob in ((before, old), (after, new)):
        if stop is not None and blob is not None:
            stop.files[path] = blob
        elif stop is not None:
            stop.absent.add(path)


@dataclass(slots=True)
class Plan:
    """Finds out what has to be run."""

    detectors: Sequence[Detector]
    comparing: Comparing
    _opinions: dict[str, Opinion] = field(default_factory=dict)  # by name of the detector
    _asked: set[tuple[str, File]] = field(default_factory=set)

    def jobs(self, stops: Sequence[Stop], ledger: Ledger) -> Iterator[Job]:
        """Yield what the ledger does not know, in the order of the history."""
        files = {(path, blob) for stop in stops for path, blob in stop.files.items()}
        of_files = ledger.of_files(files) if any(one.is_alone for one in self.detectors) else {}
        of_trees = ledger.of_trees(bytes.fromhex(stop.tree) for stop in stops if stop.tree)
        for stop in _merged(stops):
            said = of_trees.get(bytes.fromhex(stop.tree), ()) if stop.tree else ()
            for detector in self.detectors:
                configuration = self._configuration(detector, stop)
                fit = _fitting(detector, stop.files.items())
                if detector.is_alone:
                    fit = self._unseen(fit, of_files, configuration)
                elif stop.tree is None:
                    continue
                else:
                    left = _unasked(fit, said, configuration)
                    if detector.config.names_files:
                        fit = left
                    elif not left and _is_known(said, configuration):
                        continue
                    else:
                        fit += _fitting(detector, ((path, b"") for path in stop.absent))
                if fit:
                    yield Job(
                        detector=detector,
                        configuration=configuration,
                        tree=stop.tree,
                        files=tuple(fit),
                        settings=stop.settings,
                    )

    def _configuration(self, detector: Detector, stop: Stop) -> str:
        name = detector.config.name
        if name not in self._opinions:
            self._opinions[name] = Opinion.expected(detector)
        return self.comparing.configuration(stop.settings, self._opinions[name])

    def _unseen(
        self,
        files: Sequence[File],
        known: Mapping[File, Sequence[Evidence]],
        configuration: str,
    ) -> list[File]:
        """Return files that nobody has looked at, in this version or another one."""
        left = [
            file
            for file in files
            if (configuration, file) not in self._asked
            and not _is_known(known.get(file, ()), configuration)
        ]
        self._asked.update((configuration, file) for file in left)
        return left


def _fitting(detector: Detector, files: Iterable[File]) -> list[File]:
    """Return those of the files that a detector is for, in the order of their paths."""
    name = detector.reader.name if detector.reader else None
    return [file for file in sorted(files) if detector.config.is_for(os.fsdecode(file[0]), name)]


def _merged(stops: Iterable[Stop]) -> list[Stop]:
    """Return the versions, those with the same tree as one."""
    found: dict[object, Stop] = {}
    for number, stop in enumerate(stops):
        same = found.setdefault(stop.tree or number, stop)
        if same is not stop:
            same.files |= stop.files
            same.absent |= stop.absent
    return list(found.values())


def _is_known(said: Iterable[Evidence], configuration: str) -> bool:
    return any(evidence.configuration == configuration for evidence in said)


def _unasked(files: Sequence[File], said: Iterable[Evidence], configuration: str) -> list[File]:
    """Return the files of a tree that a detector has not been asked about."""
    known = [evidence for evidence in said if evidence.configuration == configuration]
    return [(path, blob) for path, blob in files if not _is_told(known, os.fsdecode(path))]


def _is_told(known: Iterable[Evidence], path: str) -> bool:
    return any(one.scope.covers(path) or path in one.scope.unknown for one in known)
