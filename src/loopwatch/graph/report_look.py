"""One version: which of its reports are the defects that stood before, and which turned."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from loopwatch.fingerprints.descriptor import Descriptor
from loopwatch.fingerprints.tracks import How, Link, StepResult
from loopwatch.graph.before_range import newest
from loopwatch.graph.coverage import (
    SYNTAX,
    Basis,
    Reach,
    basis,
    covers,
    unreadable,
)
from loopwatch.graph.flips import Flip
from loopwatch.graph.report_files import ReportFiles
from loopwatch.graph.report_store import ReportStore
from loopwatch.graph.settled import settled
from loopwatch.graph.standing import Occupant, Report, Standing, joined
from loopwatch.graph.topology import NONE
from loopwatch.model.defect import Cause, Grade
from loopwatch.model.evidence import DefectKind, Evidence

Fresh = tuple[int, int, Descriptor]  # family of the file, place among its reports
Formed = tuple[int, Descriptor]  # a track, with its form


@dataclass(slots=True)
class Look:
    """One version."""

    files: ReportFiles
    told: Sequence[Evidence]
    reports: dict[int, list[Report]] = field(default_factory=dict)  # by family of the file
    broken: frozenset[str] = frozenset()
    bases: dict[str, set[Basis]] = field(default_factory=dict)  # of the tools that are asked
    present: list[Formed] = field(default_factory=list)  # what may be gone
    fresh: list[Fresh] = field(default_factory=list)  # what may be new
    kept: dict[int, dict[int, Occupant]] = field(default_factory=dict)  # by file and place
    carried: dict[int, list[Formed]] = field(default_factory=dict)  # not asked for, by file
    clean: dict[tuple[str, str, int], int] = field(default_factory=dict)  # by tool, rule and file

    @property
    def store(self) -> ReportStore:
        """What is remembered of the versions before."""
        return self.files.store

    @property
    def version(self) -> int:
        """The number of the version."""
        return self.files.version

    def flips(self) -> Iterator[Flip]:
        """Yield what turned."""
        self.broken = unreadable(self.told)
        for evidence in self.told:
            self.bases.setdefault(evidence.detector, set()).add(basis(evidence))
        families: dict[str | None, int] = {}
        for report in joined(self.told):
            path = report.defect.path
            if path not in families:
                families[path] = self.files.family(report.path)
            self.reports.setdefault(families[path], []).append(report)
        for file in self._near():
            self._look_at(file)
        forms = [form for _, _, form in self.fresh]
        result = self._step(forms)
        yield from self._come(result)
        yield from self._gone(result)
        self._keep(result)

    def _near(self) -> Iterator[int]:
        """Yield the files that something is told of; what stands in others stands there still."""
        yield from sorted({*self.files.deleted, *self.reports, *self._in_reach()})

    def _in_reach(self) -> Iterator[int]:
        """Yield the files that the runs may have gone through and something stood in."""
        roots = {root for evidence in self.told for root in evidence.scope.roots}
        files = {root: file for root in roots if (file := self.files.named(root)) is not None}
        yield from files.values()
        reach = Reach.of(roots - files.keys())
        for file in self.store.families() if reach.files else ():
            stood = self.files.stood(file)
            if stood is not None and stood.occupants:
                path = self.store.latest_path(stood.occupants[0][0])
                if reach.may_cover(self.files.renames.get(path, path) if path else path):
                    yield file

    def _look_at(self, file: int) -> None:
        """Sort what stood in a file and what is reported of it: what goes on, and what may turn."""
        before = self.files.stood(file)
        occupants = before.occupants if before else ()
        asked = self._asked(file, occupants) if occupants else []
        if not asked and file not in self.reports:
            return
        if before and self._is_unchanged(before, file, len(asked)):
            return
        tracks = {track for track, _ in asked}
        rest = {track for track, _ in occupants} - tracks
        kept = self._settled(file, before) if before and not rest else {}
        tracks -= {track for track, _ in kept.values()}
        self.carried[file], self.kept[file] = [], kept
        if before:
            self.present += self._formed(file, before, tracks)
            self.carried[file] += self._formed(file, before, rest)
        reports = self.reports.get(file, ())
        places = [place for place in range(len(reports)) if place not in kept]
        fresh = [reports[place] for place in places]
        forms = self.files.forms(file, fresh, self.files.blob(file) if fresh else None)
        self.fresh += [(file, place, form) for place, form in zip(places, forms, strict=True)]

    def _settled(self, file: int, before: Standing) -> dict[int, Occupant]:
        """Return the defects on lines that the edit left alone, by place among the reports."""
        reports = self.reports.get(file, ())
        old = self.files.old(file, before)
        if old is None or not reports:
            return {}
        new = self.store.texts.at(self.files.paths[file], self.version)
        blocks = self.files.blocks(file, old, new) if new is not None else None
        kept = settled(blocks, before, reports) if blocks is not None else {}
        for place, (track, _) in kept.items():
            self._see(self.store.known_number(track), reports[place])
        return {place: (track, None) for place, (track, _) in kept.items()}

    def _formed(self, file: int, before: Standing, tracks: set[int]) -> Iterator[Formed]:
        """Yield some of the occupants with their forms; describe those that have none yet."""
        told = list(zip_longest(before.occupants, before.reports))
        bare = [(t, report) for (t, form), report in told if t in tracks and form is None]
        forms = self.files.forms(file, [report for _, report in bare], before.blob)
        described = dict(zip((track for track, _ in bare), forms, strict=True))
        for track, form in before.occupants:
            if track in tracks:
                yield track, form or described[track]

    def _step(self, forms: Sequence[Descriptor]) -> StepResult:
        sees, stands, version = self.store.flips.sees, self.store.stands, self.version
        return self.store.tracks.step(
            version,
            self.present,
            forms,
            sees=lambda at: sees(version, at),
            is_elsewhere=lambda track: stands(track, version),
            around=self.files.surroundings(),
        )

    def _asked(self, family: int, occupants: Sequence[Occupant]) -> list[Occupant]:
        """Return those of the defects in a file that would be reported if they still stood."""
        if family in self.files.deleted:
            return list(occupants)
        path = self.files.name(family, self.store.latest_path(occupants[0][0]))
        covering = [one for one in self.told if covers(one, path)]
        if not covering:
            return []
        return [one for one in occupants if self._is_covered(one[0], family, covering)]

    def _is_covered(self, track: int, family: int, covering: Sequence[Evidence]) -> bool:
        """Tell whether a defect that stood in a file would be reported if it still did."""
        one = self.store.table[self.store.known_number(track)]
        may_hide = bool(self.broken) and not self.store.is_syntax(track)
        if may_hide and self.files.name(family, one.latest.path) in self.broken:
            return False
        return any(
            evidence.detector in one.detectors and evidence.scope.covers_rule(one.first.rule)
            for evidence in covering
        )

    def _is_unchanged(self, before: Standing, family: int, asked: int) -> bool:
        """Tell, and note, that the same reports are told of the same content."""
        reports = tuple(self.reports.get(family, ()))
        if asked != len(before.occupants) or reports != before.reports:
            return False
        if before.blob is None or self.files.blob(family) != before.blob:
            return False
        for (track, _), report in zip(before.occupants, reports, strict=True):
            self._see(self.store.known_number(track), report)
        return True

    # --- what comes ---

    def _come(self, result: StepResult) -> Iterator[Flip]:
        for (family, place, form), link in zip(self.fresh, result.links, strict=True):
            report = self.reports[family][place]
            number = self.store.number(link.track, report, form.scope.name or None)
            if link.how is not How.KEPT:
                yield self._arrival(number, family, report, link)
            self._see(number, report)

    def _arrival(self, number: int, family: int, report: Report, link: Link) -> Flip:
        since = self._known_absent(family, report)
        last = self.store.flips.before(number, self.version)
        if last is not None and last.is_present:
            since = NONE  # another branch's word of it
        is_loose = link.how is How.RETURNED and _is_of_many_lines(report)
        grade = Grade.PROBABLE if is_loose and link.grade is Grade.CERTAIN else link.grade
        return Flip(number, self.version, is_present=True, since=since, grade=grade)

    def _known_absent(self, family: int, report: Report) -> int:
        """Return the newest version before in which the report is known not to be made."""
        return newest(
            self._last_clean(detector, report.defect.rule, family) for detector in report.detectors
        )

    def _last_clean(self, detector: str, rule: str, family: int) -> int:
        """Return the newest version before in which a rule is known not to be broken in a file."""
        key = detector, rule, family
        if key not in self.clean:
            path, coverage = self.files.paths[family], self.store.coverage
            earlier, bases = self.files.earlier_name(path), self.bases.get(detector, ())
            self.clean[key] = (
                coverage.parent(self.version)
                if self.files.is_new(path)
                else coverage.since(detector, rule, earlier, self.version, bases)
            )
        return self.clean[key]

    def _see(self, number: int, report: Report) -> None:
        one = self.store.table[number]
        one.see(self.version, report.defect)
        one.is_flaky |= report.is_doubted
        known = self.store.bases(number)
        for detector in report.detectors:
            if detector in self.bases:
                known[detector] = self.bases[detector]

    # --- what goes ---

    def _gone(self, result: StepResult) -> Iterator[Flip]:
        for track in result.departed:
            number = self.store.known_number(track)
            one = self.store.table[number]
            since = one.last_present(self.version, self.store.flips.sees)
            now = self.files.renames.get(one.latest.path or "", one.latest.path)
            cause, why = self.store.departing.of_report(one, now, since, self.version)
            if cause is not Cause.MASKED and not self._is_same_tool(number):
                cause = Cause.UNKNOWN
            if cause is not Cause.UNKNOWN:
                one.see(self.version, None)
            yield Flip(number, self.version, is_present=False, since=since, cause=cause, why=why)

    def _is_same_tool(self, number: int) -> bool:
        """Tell whether a tool that reported a defect is asked again as it was then."""
        then = self.store.bases(number)
        return SYNTAX in then or any(known & self.bases.get(d, set()) for d, known in then.items())

    def _keep(self, result: StepResult) -> None:
        """Remember what stands now, the occupants in the order of the reports."""
        come: dict[int, dict[int, Occupant]] = {}
        for (file, place, form), link in zip(self.fresh, result.links, strict=True):
            come.setdefault(file, {})[place] = (link.track, form)
        for file, rest in self.carried.items():
            reports = tuple(self.reports.get(file, ()))
            known = self.kept[file] | come.get(file, {})
            occupants = tuple(known[place] for place in range(len(reports)))
            blob = self.files.blob(file) if not rest else None
            is_broken = any(report.defect.kind is DefectKind.SYNTAX for report in reports)
            is_broken |= any(self.store.is_syntax(track) for track, _ in rest)
            standing = Standing(self.version, blob, reports, (*occupants, *rest), is_broken)
            self.store.keep(file, standing)


def _is_of_many_lines(report: Report) -> bool:
    """Tell whether a report is about a whole block, which its first line does not identify."""
    span = report.defect.span
    return span is not None and span.end_line > span.start_line
