"""One session as a history: its steps, numbered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from loopwatch.graph.topology import Topology, topology
from loopwatch.model.evidence import Evidence
from loopwatch.model.history import Change, Rename
from loopwatch.model.report import Skipped
from loopwatch.model.version import Version
from loopwatch.sources.session_log.api import Event
from loopwatch.sources.session_log.at_hand import AtHand
from loopwatch.sources.session_log.contents import Contents
from loopwatch.sources.session_log.evidence import Console, latest
from loopwatch.sources.session_log.file_moves import FileMoves
from loopwatch.sources.session_log.replay import Replay, Step
from loopwatch.sources.session_log.spending import Spending

OUTSIDE = "outside the session's folder"
KEPT = 3  # versions whose evidence may still be asked for


@dataclass(slots=True)
class SessionHistory:
    """A ``History``. It can be read once; the topology grows as it is read."""

    events: Iterable[Event]
    name: str = ""  # of the session
    console: Console = field(default_factory=Console)
    spending: Spending = field(default_factory=Spending)
    topology: Topology = field(default_factory=lambda: topology(())[0])
    contents: Contents = field(default_factory=Contents)
    at_hand: AtHand = field(default_factory=AtHand)  # the repository that it worked in
    replay: Replay = field(init=False)
    told_defects: list[int] = field(default_factory=list)  # at each version that was checked
    _by_detector: dict[str, int] = field(default_factory=dict)  # defects that it told of last
    _versions: list[Version] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)  # by id
    _found: dict[tuple[int, bytes], bytes] = field(default_factory=dict)
    _gaps: set[int] = field(default_factory=set)
    _evidence: dict[int, tuple[Evidence, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        files = FileMoves(self.contents, at_hand=self.at_hand)
        self.replay = Replay(self.name, files, self.console, self.spending)
        if self.at_hand.start:
            oldest = self.at_hand.before[0].parent if self.at_hand.before else self.at_hand.start
            self.topology.outside.update({self.topology.append(): oldest} if oldest else {})

    @property
    def first(self) -> int:
        """The number of the first version that is the session's; what comes before are commits."""
        return len(self.at_hand.before)

    def changes(self) -> Iterator[Sequence[Change]]:
        """Yield what each version changed; evidence is complete when a version is yielded."""
        for step in self.replay.steps(self.at_hand.joined(self.events)):
            self._take(step)
            yield step.changes

    def _take(self, step: Step) -> None:
        number = len(self._versions)
        if number == len(self.topology):  # the first one may be there: see above
            self.topology.append()
        self._versions.append(step.version)
        self._numbers[step.version.id] = number
        self._found.update({(number, path): blob for path, blob in step.found.items()})
        if step.is_gap:
            self._gaps.add(number)
        if step.told:
            told = self._evidence[number] = latest(step.told)
            self._by_detector.update({one.detector: 0 for one in told})
            for one in told:
                self._by_detector[one.detector] += len(one.defects)
            self.told_defects.append(sum(self._by_detector.values()))
        self._evidence.pop(number - KEPT, None)

    def told(self, version: int, changes: Sequence[Change]) -> Sequence[Evidence]:  # noqa: ARG002
        """Return what was said about a version before the next one began."""
        return self._evidence.get(version, ())

    def renames(self, version: int, changes: Sequence[Change]) -> Sequence[Rename]:  # noqa: ARG002
        """Return nothing: a file that moves keeps its content, and shows by that."""
        return ()

    def is_elsewhere(self, path: bytes) -> bool:  # noqa: ARG002
        """Tell that nothing lies in another repository."""
        return False

    def is_gap(self, number: int) -> bool:
        """Tell whether what a version changed was only found out when the next one came."""
        return number in self._gaps

    def before(self, number: int, path: bytes) -> bytes | None:
        """Return what an edit found, where what was known of the file before was no whole state."""
        return self._found.get((number, path))

    def is_part(self, blob_id: bytes) -> bool:
        """Tell whether of a content only the part is known that an edit replaced."""
        return self.contents.is_part(blob_id)

    def expect(self, blob_ids: Iterable[bytes]) -> None:
        """Do nothing: contents are at hand."""

    def content(self, blob_id: bytes) -> bytes | str:
        """Return a content, or the reason why there is none."""
        return self.contents.read(blob_id)

    def files_at_start(self) -> Mapping[bytes, bytes]:
        """Return the files that no edit has changed so far."""
        return self.replay.files.unchanged

    def agents(self) -> Mapping[int, str]:
        """Return the agent, for every version."""
        agent = self.replay.agent
        return dict.fromkeys(range(len(self._versions)), agent) if agent else {}

    def tree(self, number: int) -> bytes | None:  # noqa: ARG002
        """Return None: a log never tells all files."""
        return None

    def version(self, number: int) -> Version:
        """Return the version of that number."""
        return self._versions[number]

    def id(self, number: int) -> str:
        """Return the id of a version."""
        return self._versions[number].id

    def number(self, version_id: str) -> int | None:
        """Return the number of a version; None if there is none of that id."""
        return self._numbers.get(version_id)

    def parent(self, number: int) -> str | None:
        """Return the id of the version before; None for the first, without a repository."""
        return self._versions[number - 1].id if number else self.topology.outside.get(0)

    def skipped(self) -> Sequence[Skipped]:
        """Return what could not be used, by reason."""
        counts = dict(self.replay.passed)
        if self.replay.files.outside:
            counts[OUTSIDE] = self.replay.files.outside
        return [Skipped(path=None, reason=r, count=n) for r, n in sorted(counts.items())]
