"""The pipeline: versions in, report out."""

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from loopwatch.fingerprints.cache import NO_CACHE, Cache
from loopwatch.graph.contents import ROOM, Contents, name
from loopwatch.graph.no_evidence import NoEvidence, Told, nothing_told
from loopwatch.graph.observer import Observer
from loopwatch.graph.returns import Return
from loopwatch.graph.same_place import is_same_place
from loopwatch.graph.topology import NONE, Topology
from loopwatch.graph.tracks import ABSENT
from loopwatch.graph.written_anew import WrittenAnew
from loopwatch.model.finding import Finding, Level
from loopwatch.model.history import Frame, History
from loopwatch.model.options import INSIDE, Options
from loopwatch.model.report import Report, Skipped, Summary
from loopwatch.model.unit import Granularity
from loopwatch.verdicts.context import Context
from loopwatch.verdicts.drafts import Drafts
from loopwatch.verdicts.evidence import Evidence
from loopwatch.verdicts.explaining import Explaining
from loopwatch.verdicts.findings import Findings
from loopwatch.verdicts.observed import ObservedDefects
from loopwatch.verdicts.quiet import (
    Attributes,
    is_version_line_change,
    quiet_reason,
)
from loopwatch.verdicts.quiet_contents import contents_reason
from loopwatch.verdicts.quiet_names import (
    BUNDLED,
    CHANGELOG,
    DOCUMENTATION,
    GENERATED,
    LOCK,
    MINIFIED,
    VENDORED,
)
from loopwatch.verdicts.rules import counting, judge
from loopwatch.verdicts.standing_lines import StandingLines
from loopwatch.verdicts.tally import Tally

FEW_BYTES = 500_000  # of contents that are kept where only files are followed
PACE = 100  # versions between two words of progress
AHEAD = 20  # versions at which something returns, before the first of them is judged
Progress = Callable[[int, int], None]
Returns = tuple[int, list[Return]]  # a version, and what returns at it
PROSE = frozenset({DOCUMENTATION, CHANGELOG})
FLAT_REASONS = frozenset({LOCK, VENDORED, GENERATED, BUNDLED, MINIFIED})


def analyse(
    history: History,
    topology: Topology,
    frame: Frame,
    options: Options,
    tell: Progress | None = None,
    told: Told = nothing_told,
    cache: Cache = NO_CACHE,
    asked: Collection[int] | None = None,
) -> Report:
    """Return what there is to say of the versions of ``history``, oldest first.

    Args:
        history: the versions.
        topology: which comes from which.
        frame: what else the source says of them.
        options: choices of this run.
        tell: is called now and then with how many versions are read, and of how many.
        told: what detectors said of a version.
        cache: what was worked out of these contents before.
        asked: versions that it is about, the others are memory; None: all of them.
    """
    return Analysis(
        history, topology, frame, options, tell=tell, told=told, cache=cache, asked=asked
    ).report()


@dataclass(slots=True)
class Analysis:
    """One run: the observer looks, the rules judge, the drafts grow into findings."""

    history: History
    topology: Topology
    frame: Frame
    options: Options
    explaining: Explaining | None = None  # what is asked of one version, beside the report
    tell: Progress | None = None
    told: Told = nothing_told  # what detectors said of a version
    cache: Cache = NO_CACHE  # what was worked out of these contents before
    asked: Collection[int] | None = None  # versions that a check is about; None: all of them
    skips: Counter[tuple[bytes, str]] = field(default_factory=Counter)
    observer: Observer = field(init=False)
    context: Context = field(init=False)
    _attributes: Attributes = field(init=False)
    _heads: dict[bytes, list[bytes]] = field(default_factory=dict)  # blob ids that are asked for
    _starts: dict[int, str] = field(default_factory=dict)  # of each line
    _tally: Tally = field(init=False)

    def __post_init__(self) -> None:
        self._tally = Tally(self.topology, self.asked)
        self._attributes = Attributes.parse(self.frame.attributes)
        is_inside = bool(self.options.units & INSIDE)
        contents = Contents(
            read=self.history.content,
            skip=self._skip,
            is_elsewhere=self.history.is_elsewhere,
            is_part=self.history.is_part,
            has_symbols=is_inside,
            _room=ROOM if is_inside else FEW_BYTES,
        )
        self.observer = Observer(
            topology=self.topology,
            history=self.history,
            units=self.options.units,
            contents=contents,
            is_flat=self._is_flat,
            is_fix=lambda version: self.context.intent(version).is_fix,
            is_counter=_is_counter,
            told=self.told,
            cache=self.cache,
            is_quiet=lambda path: self.context.quiet_reason(path) is not None,
            is_prose=lambda path: quiet_reason(name(path)) in PROSE,
            id_width=self.frame.id_width,
            explained=NONE if self.explaining is None else self.explaining.version,
        )
        self.context = Context(
            topology=self.topology,
            version=self.history.version,
            parent=self.history.parent,
            options=self.options,
            quiet_by_content=self._told_quiet,
            halves=self.observer.rereading.halves,
            is_late_move=self.observer.late_moves.is_move,
            marks=self.observer.rereading.marks,
            is_same_place=lambda hunks: is_same_place(hunks, self.observer.rereading),
            is_written_anew=WrittenAnew(self.observer.rereading),
        )

    def report(self) -> Report:
        """Read all versions and return the report."""
        findings, told = self._told()
        if self.options.is_agents_only:
            told = [finding for finding in told if self._is_by_agent(finding)]
        told = sorted(_joined(told, self.context.number), key=self._order)
        # Of a note that is only counted there are no states, and nobody asks for its versions.
        named = {version for finding in told if finding.states for version in _versions(finding)}
        return Report(
            source=self.frame.source,
            trajectories=tuple(self._tally.trajectories(self.history, self._line_name)),
            findings=tuple(told),
            defects=findings.defects,
            summary=self._summary(told),
            skipped=self._skipped(),
            is_complete=self.frame.is_complete and not any(map(_is_gap, self.skips)),
            versions=tuple(self.context.named(named)),
            notices=self.frame.notices,
        )

    def _told(self) -> tuple[Findings, list[Finding]]:
        """Read all versions and return what they led to, oldest first."""
        drafts = self._drafts()
        drafts.forget(self.observer.defects.turns.is_flaky)
        if self.asked is not None:
            drafts.narrow()
        findings = self._findings()
        if self.explaining is not None:
            told = [findings.finding(draft) for draft in drafts.drafts]
            self.explaining.settle(drafts, told)
            return findings, told
        waiting = deque(drafts.drafts)
        del drafts  # so that each is let go once it is told: findings need the room
        return findings, list(findings.all(waiting))

    def _drafts(self) -> Drafts:
        drafts = Drafts(asked=() if self.asked is None else self.asked)
        merges = self.topology.other_parents
        for version, returns in self._headed():
            verdicts = drafts.decided(judge(returns, self.context))
            self._tally.count_mechanical(version, sum(v.is_mechanical for v in verdicts))
            drafts.take(version, verdicts)
            if self.explaining is not None:
                self.explaining.take(version, verdicts, returns)
            if version in merges:
                drafts.arrive(version, [found for found in returns if found.is_arrival])
        return drafts

    def _headed(self) -> Iterator[Returns]:
        """Yield versions and what returns there; while more are read, git finds their headers."""
        if not isinstance(self.observer.defects, NoEvidence):
            yield from self._returns()
            return
        waiting: deque[Returns] = deque()
        for at in self._returns():
            self._ask_heads(at[1])
            waiting.append(at)
            if len(waiting) > AHEAD:
                yield waiting.popleft()
        yield from waiting

    def _returns(self) -> Iterator[Returns]:
        """Yield each version at which something returns, with what does."""
        for version, returns in self.observer.returns():
            self._tally.take(version, self.observer.changed)
            if self.tell is not None and version % PACE == 0:
                self.tell(version, len(self.topology))
            if returns:
                yield version, returns

    def _findings(self) -> Findings:
        return Findings(
            context=self.context,
            evidence=Evidence(self.observer),
            standing=StandingLines(self.observer, len(self.topology) - 1),
            observed=ObservedDefects(self.observer.defects.table, self.observer.defects.flips),
            trajectory_of=lambda version: self._line_name(self.topology.line[version]),
            start_of=self._start_of,
            is_open=self._is_open,
            newest=len(self.topology) - 1,
        )

    # what the source cannot tell

    def _skip(self, path: bytes, reason: str) -> None:
        self.skips[path, reason] += 1

    def _is_flat(self, path: bytes) -> bool:
        reason = quiet_reason(name(path)) or ""
        return reason in FLAT_REASONS

    def _told_quiet(self, path: bytes) -> str | None:
        """Return why a file is quiet by its attributes or by what it says of itself."""
        if (reason := self._attributes.reason(name(path))) is not None:
            return reason
        states = self._heads[path] if path in self._heads else self._newest(path)
        for state in states:
            content = self.history.content(state)
            if isinstance(content, bytes) and (reason := contents_reason(path, content)):
                return reason
        return None

    def _ask_heads(self, returns: Sequence[Return]) -> None:
        """Ask for the contents, as they are now, that alone can tell whether a file is quiet."""
        for found in counting(returns, self.context):
            path = found.path
            if not path or path in self._heads or not self.context.is_open_question(path):
                continue
            if not self._attributes.reason(name(path)):
                self._heads[path] = self._newest(path)
                self.history.expect(self._heads[path])

    def _newest(self, path: bytes) -> list[bytes]:
        """Return the last two blob ids of a file, where it was there."""
        track = self.observer.files.histories.tracks.get(self.observer.files.paths.number(path))
        states = [track.state(index) for index in range(len(track))[-2:]] if track else []
        return [state for state in states if state]

    def _line_name(self, line: int) -> str:
        if line == 0:
            return self.frame.line_name
        merge = self.topology.tip_of[line]
        return f"side of {self.history.id(merge)[:12]}" if merge != NONE else f"side {line}"

    def _start_of(self, found: Return) -> str:
        """Return the version in which a unit's first state of a cycle began, as far as is known."""
        start = self.start_of(found)
        if start != NONE:
            return self.context.name(start)
        return self._range_start(next(v.version for v in found.visits if v.version >= 0))

    def start_of(self, found: Return) -> int:
        """Return the same as a number; ``NONE`` if it is not known to be in the range."""
        first = next(visit.version for visit in found.visits if visit.version >= 0)
        visits = self.observer.files.histories.visits(
            self.observer.files.paths.number(found.path), found.version
        )
        before = [v.version for v in visits if 0 <= v.version < first and v.state != ABSENT]
        if found.granularity is Granularity.SITE:
            bare = self.observer.rereading.bare(found.hunks[0])
            before = [self.observer.sites.index.came(found.hunks[0], bare), *before]
        return next((version for version in before if version != NONE), NONE)

    def _range_start(self, version: int) -> str:
        """Return the version that the first-parent history of a version starts from."""
        line = self.topology.line[version]
        if line not in self._starts:
            oldest = next(reversed([version, *self.topology.ancestors(version)]))
            self._starts[line] = self.history.parent(oldest) or self.context.name(oldest)
        return self._starts[line]

    def _is_open(self, found: Return) -> bool:
        """Tell whether the unit is, at the end of the range, in a state of its cycle."""
        if found.turn is not None:
            return self.observer.defects.turns.is_open(found)
        newest = len(self.topology) - 1
        number = self.observer.files.paths.number(found.path)
        files = self.observer.files.histories.last(number, newest)
        states = {visit.state for visit in found.visits}
        if found.granularity is Granularity.TREE:
            return self.observer.trees.now() in states
        if found.granularity is Granularity.FILE:
            return bool(files) and files[-1].state in states
        if found.granularity is Granularity.SYMBOL:
            return self.observer.symbols.now(found.path, found.symbol or "") in states
        if not files or files[-1].state == ABSENT:
            return False
        family, hunk = self.observer.files.paths.family(found.path), found.hunks[-1]
        bare = self.observer.rereading.bare(hunk)
        return not self.observer.sites.index.is_left(hunk, family, bare)

    def _is_by_agent(self, finding: Finding) -> bool:
        return any(version.agent for version in self.context.named(_edited(finding)))

    # the frame of the report

    def _order(self, finding: Finding) -> tuple[bool, int, int, str]:
        at = self.context.number(finding.last_at)
        return finding.is_settled, -finding.level.rank, -at, finding.id

    def _summary(self, findings: Sequence[Finding]) -> Summary:
        levels = Counter(finding.level for finding in findings)
        return Summary(
            versions=self._tally.versions,
            edits=self._tally.edits,
            errors=levels[Level.ERROR],
            warnings=levels[Level.WARNING],
            notes=levels[Level.NOTE],
            mechanical=self._tally.mechanical,
            flaky=self.observer.defects.table.flaky,
            suppressed=0,
        )

    def _skipped(self) -> tuple[Skipped, ...]:
        mine = (
            Skipped(path=name(path), reason=reason, count=count)
            for (path, reason), count in sorted(self.skips.items())
        )
        told = (*self.history.skipped(), *mine)
        return tuple(skip for skip in told if self._tally.has_path(skip.path))


def _is_counter(path: bytes, before: Sequence[bytes], after: Sequence[bytes]) -> bool:
    return is_version_line_change(
        name(path),
        [line.decode("utf-8", "replace") for line in before],
        [line.decode("utf-8", "replace") for line in after],
    )


def _is_gap(skip: tuple[bytes, str]) -> bool:
    return skip[1].startswith("missing")


def _versions(finding: Finding) -> set[str]:
    named = {finding.closed_at, finding.last_at, *_edited(finding)}
    return named | {version for state in finding.states for version in state.versions}


def _edited(finding: Finding) -> Iterator[str]:
    return (edit.version for edit in finding.edits)


def _joined(findings: Sequence[Finding], number: Callable[[str], int]) -> Iterator[Finding]:
    """Yield the findings, each id once: the same cycle elsewhere is told with the first."""
    by_id: dict[str, list[Finding]] = {}
    for finding in findings:
        by_id.setdefault(finding.id, []).append(finding)
    for same in by_id.values():
        loud = [finding for finding in same if finding.level is not Level.NOTE]
        first = min(loud or same, key=lambda finding: number(finding.closed_at))
        if len(same) == 1:
            yield first
            continue
        edits = {edit.version: edit for finding in (*same, first) for edit in finding.edits}
        last = max(same, key=lambda finding: number(finding.last_at))
        yield replace(
            first,
            paths=tuple(sorted({path for finding in same for path in finding.paths})),
            edits=tuple(sorted(edits.values(), key=lambda edit: number(edit.version))),
            last_at=last.last_at,
            is_settled=last.is_settled,
            is_open=any(finding.is_open for finding in same),
        )
