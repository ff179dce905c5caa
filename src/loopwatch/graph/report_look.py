"""One version: which of its reports are the defects that stood before, and which turned."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, zip_longest

from loopwatch.diffing.languages import language_of
from loopwatch.fingerprints.descriptor import Descriptor
from loopwatch.fingerprints.tracks import How, Link, StepResult
from loopwatch.graph.contents import FileContent
from loopwatch.graph.coverage import SYNTAX, Basis, basis, covers, unreadable
from loopwatch.graph.flips import Flip
from loopwatch.graph.report_store import ReportStore
from loopwatch.graph.settled import settled
from loopwatch.graph.standing import NOWHERE, Occupant, Report, Standing, joined
from loopwatch.graph.topology import NONE
from loopwatch.model.defect import Cause, Grade
from loopwatch.model.evidence import DefectKind, Evidence

Fresh = tuple[int, Report, Descriptor]  # with the family of the file
Formed = tuple[int, Descriptor]  # a track, with its form


@dataclass(slots=True)
class Look:
    """One version."""

    watch: ReportStore
    version: int
    told: Sequence[Evidence]
    renames: Mapping[str, str]
    deleted: frozenset[int]  # families of files
    reports: dict[int, list[Report]] = field(default_factory=dict)  # by family of the file
    paths: dict[int, bytes] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()
    bases: dict[str, set[Basis]] = field(default_factory=dict)  # of the tools that are asked
    present: list[Formed] = field(default_factory=list)  # what may be gone
    fresh: list[Fresh] = field(default_factory=list)  # what may be new
    kept: dict[int, dict[Report, Occupant]] = field(default_factory=dict)  # by file
    carried: dict[int, list[Formed]] = field(default_factory=dict)  # not asked for, by file
    elsewhere: set[int] = field(default_factory=set)  # tracks that stand for other reasons

    def flips(self) -> Iterator[Flip]:
        """Yield what turned."""
        self.broken = unreadable(self.told)
        for evidence in self.told:
            self.bases.setdefault(evidence.detector, set()).add(basis(evidence))
        for report in joined(self.told):
            family = self._family(report.path)
            self.reports.setdefault(family, []).append(report)
        for file in sorted({*self.watch.families(), *self.reports}):
            self._look_at(file)
        forms = [form for _, _, form in self.fresh]
        result = self._step(forms)
        yield from self._come(result)
        yield from self._gone(result)
        self._keep(result)

    def _look_at(self, file: int) -> None:
        """Sort what stood in a file and what is reported of it: what goes on, and what may turn."""
        before = self.watch.standing(file, self.version)
        occupants = before.occupants if before else ()
        covering = self._covering(file, occupants) if occupants else ()
        asked = [one for one in occupants if self._is_covered(one[0], file, covering)]
        is_silent = not asked and file not in self.reports
        if is_silent or (before and self._is_unchanged(before, file, len(asked))):
            self.elsewhere.update(track for track, _ in occupants)
            return
        tracks = {track for track, _ in asked}
        rest = {track for track, _ in occupants} - tracks
        kept = self._settled(file, before) if before and not rest else {}
        tracks -= {track for track, _ in kept.values()}
        self.carried[file], self.kept[file] = [], kept
        if before:
            self.present += self._formed(file, before, tracks)
            self.carried[file] += self._formed(file, before, rest)
        reports = [r for r in self.reports.get(file, ()) if r not in kept]
        forms = self._forms(file, reports, self._blob(file) if reports else None)
        self.fresh += [(file, report, form) for report, form in zip(reports, forms, strict=True)]

    def _settled(self, file: int, before: Standing) -> dict[Report, Occupant]:
        """Return the reports, and their defects, on lines that the edit left alone."""
        reports = self.reports.get(file, ())
        old = self._old(file, before)
        if old is None or not reports:
            return {}
        new = self.watch.texts.at(self.paths[file], self.version)
        kept = settled(old.lines, new.lines, before, reports) if new is not None else {}
        for report, (track, _) in kept.items():
            self._see(self.watch.known_number(track), report)
        return {report: (track, None) for report, (track, _) in kept.items()}

    def _old(self, file: int, before: Standing) -> FileContent | None:
        """Return the file as it was when something stood in it."""
        path = self.paths.get(file) or self.watch.last_path(file)
        if not path or before.blob is None:
            return None
        return self.watch.texts.contents.get(path, before.blob)

    def _formed(self, file: int, before: Standing, tracks: set[int]) -> Iterator[Formed]:
        """Yield some of the occupants with their forms; describe those that have none yet."""
        told = list(zip_longest(before.occupants, before.reports))
        bare = [(t, report) for (t, form), report in told if t in tracks and form is None]
        forms = self._forms(file, [report for _, report in bare], before.blob)
        described = dict(zip((track for track, _ in bare), forms, strict=True))
        for track, form in before.occupants:
            if track in tracks:
                yield track, form or described[track]

    def _forms(
        self, file: int, reports: Sequence[Report], blob: bytes | None
    ) -> tuple[Descriptor, ...]:
        """Describe reports of a file, as it is or was."""
        if not reports:
            return ()
        path = self.paths.get(file) or self.watch.last_path(file)
        name = self.watch.first_name(file, path)
        rules = {id(report.defect): report.family for report in reports}

        def content() -> bytes | None:
            found = self.watch.texts.contents.get(path, blob) if path and blob else None
            return b"\n".join(found.lines) if found is not None else None

        return self.watch.describing.describe(
            blob,
            [report.defect for report in reports],
            content,
            name,
            language_of(name),
            lambda defect: rules[id(defect)],
        )

    def _step(self, forms: Sequence[Descriptor]) -> StepResult:
        sees, version = self.watch.flips.sees, self.version
        standing = chain(
            chain.from_iterable(self.carried.values()),
            chain.from_iterable(kept.values() for kept in self.kept.values()),
        )
        self.elsewhere.update(track for track, _ in standing)
        return self.watch.tracks.step(
            version,
            self.present,
            forms,
            sees=lambda at: sees(version, at),
            elsewhere=self.elsewhere,
        )

    def _family(self, path: bytes) -> int:
        family = self.watch.texts.files.paths.family(path)
        self.paths.setdefault(family, path)
        return family

    def _covering(self, family: int, occupants: Sequence[Occupant]) -> list[Evidence]:
        """Return what looked at a file in which something stood."""
        one = self.watch.table[self.watch.known_number(occupants[0][0])]
        path = self._name(family, one.latest.path)
        return [evidence for evidence in self.told if covers(evidence, path)]

    def _is_covered(self, track: int, family: int, covering: Sequence[Evidence]) -> bool:
        """Tell whether a defect that stood in a file would be reported if it still did."""
        if family in self.deleted:
            return True
        if not covering:
            return False
        one = self.watch.table[self.watch.known_number(track)]
        is_syntax = one.first.kind is DefectKind.SYNTAX
        if not is_syntax and self._name(family, one.latest.path) in self.broken:
            return False
        return any(
            evidence.detector in one.detectors and evidence.scope.covers_rule(one.first.rule)
            for evidence in covering
        )

    def _name(self, family: int, path: str | None) -> str | None:
        """Return how a file is called now."""
        if family in self.paths:
            return self.paths[family].decode("utf-8", "surrogateescape") or None
        return self.renames.get(path, path) if path is not None else None

    def _is_unchanged(self, before: Standing, family: int, asked: int) -> bool:
        """Tell, and note, that the same reports are told of the same content."""
        reports = tuple(self.reports.get(family, ()))
        if asked != len(before.occupants) or reports != before.reports:
            return False
        if before.blob is None or self._blob(family) != before.blob:
            return False
        for (track, _), report in zip(before.occupants, reports, strict=True):
            self._see(self.watch.known_number(track), report)
        return True

    def _blob(self, family: int) -> bytes | None:
        path = self.paths.get(family, NOWHERE)
        return self.watch.texts.blob(path, self.version) if path else None

    # --- what comes ---

    def _come(self, result: StepResult) -> Iterator[Flip]:
        for (family, report, form), link in zip(self.fresh, result.links, strict=True):
            number = self.watch.number(link.track, report, form.scope.name or None)
            if link.how is not How.KEPT:
                yield self._arrival(number, family, report, link)
            self._see(number, report)

    def _arrival(self, number: int, family: int, report: Report, link: Link) -> Flip:
        since = self._known_absent(family, report)
        last = self.watch.flips.before(number, self.version)
        if last is not None and last.is_present:
            since = NONE  # another branch's word of it
        is_loose = link.how is How.RETURNED and _is_of_many_lines(report)
        grade = Grade.PROBABLE if is_loose and link.grade is Grade.CERTAIN else link.grade
        return Flip(number, self.version, is_present=True, since=since, grade=grade)

    def _known_absent(self, family: int, report: Report) -> int:
        """Return the newest version before in which the report is known not to be made."""
        path = self.paths[family]
        name = path.decode("utf-8", "surrogateescape")
        parent = self.watch.coverage.parent(self.version)
        is_new = bool(path) and parent != NONE and name not in self.renames.values()
        if is_new and self.watch.texts.blob(path, parent) is None:
            return parent  # the file was not there
        earlier = {new: old for old, new in self.renames.items()}.get(name, name)
        found = (
            self.watch.coverage.since(
                detector, report.defect.rule, earlier, self.version, self.bases.get(detector, ())
            )
            for detector in report.detectors
        )
        return max(found, default=NONE)

    def _see(self, number: int, report: Report) -> None:
        self.watch.table[number].see(self.version, report.defect)
        known = self.watch.bases(number)
        known.update({d: self.bases[d] for d in report.detectors if d in self.bases})

    # --- what goes ---

    def _gone(self, result: StepResult) -> Iterator[Flip]:
        for track in result.departed:
            number = self.watch.known_number(track)
            one = self.watch.table[number]
            since = one.last_present(self.version, self.watch.flips.sees)
            now = self.renames.get(one.latest.path or "", one.latest.path)
            cause, why = self.watch.departing.of_report(one, now, since, self.version)
            if cause is not Cause.MASKED and not self._is_same_tool(number):
                cause = Cause.UNKNOWN
            if cause is not Cause.UNKNOWN:
                one.see(self.version, None)
            yield Flip(number, self.version, is_present=False, since=since, cause=cause, why=why)

    def _is_same_tool(self, number: int) -> bool:
        """Tell whether a tool that reported a defect is asked again as it was then."""
        then = self.watch.bases(number)
        return SYNTAX in then or any(known & self.bases.get(d, set()) for d, known in then.items())

    def _keep(self, result: StepResult) -> None:
        """Remember what stands now, the occupants in the order of the reports."""
        come: dict[int, dict[Report, Occupant]] = {}
        for (file, report, form), link in zip(self.fresh, result.links, strict=True):
            come.setdefault(file, {})[report] = (link.track, form)
        for file, rest in self.carried.items():
            reports = tuple(self.reports.get(file, ()))
            known = self.kept[file] | come.get(file, {})
            occupants = tuple(known[report] for report in reports)
            blob = self._blob(file) if not rest else None
            standing = Standing(self.version, blob, reports, (*occupants, *rest))
            self.watch.keep(file, standing)


def _is_of_many_lines(report: Report) -> bool:
    """Tell whether a report is about a whole block, which its first line does not identify."""
    span = report.defect.span
    return span is not None and span.end_line > span.start_line
