"""Tests: which of them fail at a version, and which turned since it was last known.

A test is known by its node id. That it is not named says nothing, unless a run that
went through whole files says that all which failed are listed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from loopwatch.diffing.digests import blake2b
from loopwatch.fingerprints.node_ids import node_id
from loopwatch.graph.before_range import newest
from loopwatch.graph.defect_table import DefectTable, Followed
from loopwatch.graph.departing import Departing
from loopwatch.graph.flips import Flip, Flips
from loopwatch.graph.go_tests import GoTests
from loopwatch.graph.passes import Passes
from loopwatch.graph.texts import Texts
from loopwatch.graph.topology import NONE
from loopwatch.model.defect import Cause, Grade
from loopwatch.model.evidence import Defect, DefectKind, Evidence

MOST_LOOKED_AT = 20  # whole runs, for a test that they do not name


@dataclass(slots=True)
class SuiteRun:
    """What all test runs together say about one version."""

    failing: dict[str, tuple[Defect, str]] = field(default_factory=dict)  # with the detector
    passed: set[str] = field(default_factory=set)
    switched_off: set[str] = field(default_factory=set)
    runs: list[Evidence] = field(default_factory=list)  # of tests
    told: Sequence[Evidence] = ()

    @classmethod
    def of(cls, told: Sequence[Evidence]) -> "SuiteRun":
        """Join what several runs said about the same content."""
        run = cls(told=[evidence for evidence in told if evidence.scope.passed])
        for evidence in told:
            run.passed.update(evidence.scope.passed)
            run.switched_off.update(evidence.scope.switched_off)
            if evidence.kind is DefectKind.TEST:
                run.runs.append(evidence)
            for defect in evidence.defects:
                if defect.kind is DefectKind.TEST and defect.subject:
                    run.failing.setdefault(defect.subject, (defect, evidence.detector))
        return run

    def flaky(self) -> set[str]:
        """Return the tests that both passed and failed on the same content."""
        unlisted = {
            subject
            for subject, (_, detector) in self.failing.items()
            for evidence in self.runs
            if evidence.detector == detector and _is_clean(evidence, subject)
        }
        return (self.failing.keys() & self.passed) | unlisted

    def would_list(self, subject: str) -> bool:
        """Tell whether the test would be listed if it failed."""
        return any(_covers(evidence, subject) for evidence in self.runs)


def _covers(evidence: Evidence, subject: str) -> bool:
    return evidence.scope.covers_test(subject, node_id(subject).path or None)


def _is_clean(evidence: Evidence, subject: str) -> bool:
    is_listed = any(defect.subject == subject for defect in evidence.defects)
    return not is_listed and _covers(evidence, subject)


@dataclass(slots=True)
class SuiteWatch:
    """Remembers of each test when it last passed and failed."""

    table: DefectTable
    flips: Flips
    texts: Texts
    departing: Departing
    go_tests: GoTests
    _passes: Passes = field(default_factory=Passes)  # of all tests
    _passed: dict[str, list[int]] = field(default_factory=dict)  # of those that failed: versions
    _whole: list[tuple[int, SuiteRun]] = field(default_factory=list)
    _followed: dict[str, int] = field(default_factory=dict)  # number of each test that failed
    _flaky: set[str] = field(default_factory=set)

    def look(self, version: int, told: Sequence[Evidence]) -> Iterator[Flip]:
        """Take in what was said about a version, and yield the tests that turned."""
        run = SuiteRun.of(told)
        self._note_flaky(run.flaky())
        for subject in sorted(run.failing):
            yield from self._fails(version, subject, *run.failing[subject])
        for subject in self._may_stand(version):
            if subject not in run.failing:
                one = self.table[self._followed[subject]]
                yield from self._may_be_gone(version, subject, one, run)
        self._remember(version, run)

    def _may_stand(self, version: int) -> list[str]:
        """Return, fast, the tests that may be known to fail before a version."""
        flips, sees = self.flips.of_track, self.flips.sees
        seen: dict[int, bool] = {}  # does the version see others?
        found = []
        for subject, number in self._followed.items():
            if number not in flips:
                continue
            newest = flips[number][-1]
            if not newest.is_present:
                at = newest.version
                if at not in seen:
                    seen[at] = sees(version, at)
                if seen[at]:
                    continue
            found.append(subject)
        return found

    def _note_flaky(self, subjects: Iterable[str]) -> None:
        self._flaky.update(subjects)
        for subject in subjects:
            if subject in self._followed:
                self.table[self._followed[subject]].is_flaky = True

    def _fails(self, version: int, subject: str, report: Defect, detector: str) -> Iterator[Flip]:
        one = self._follow(subject, report, detector)
        last = self.flips.before(one.number, version)
        one.see(version, report)
        if last is not None and last.is_present:
            return
        grade = self._grade(one, subject, version) if last is not None else Grade.CERTAIN
        since = self._last_passed(subject, version)
        yield Flip(one.number, version, is_present=True, since=since, grade=grade)

    def _follow(self, subject: str, report: Defect, detector: str) -> Followed:
        number = self._followed.get(subject)
        if number is None:
            key, symbol = _key(subject), ".".join(node_id(subject).names)
            one = self.table.begin(report, detector, key, symbol or None)
            passed = self._passed[subject] = self._known_clean(subject)
            one.clean = passed  # what passes from now on is known of it as well
            one.is_flaky = subject in self._flaky
            number = self._followed[subject] = one.number
        return self.table[number]

    def _grade(self, one: Followed, subject: str, version: int) -> Grade:
        """Return how sure it is that the test fails for what it failed for before.

        A test that was itself rewritten since asks for something else.
        """
        flips = [flip for flip in self.flips.past(one.number, version) if flip.is_present]
        if not flips:
            return Grade.CERTAIN
        asked = {self._form(subject, flip.version) for flip in flips}
        now = self._form(subject, version)
        is_same = now is None or None in asked or now in asked
        return Grade.CERTAIN if is_same else Grade.PROBABLE

    def _form(self, subject: str, version: int) -> bytes | None:
        """Return what a test asks for at a version; None where its file is not known."""
        path, names, _ = node_id(subject)
        place = path.encode("utf-8", "surrogateescape"), ".".join(names)
        found = place if path else self.go_tests.place(subject, version)
        return self.texts.form(*found, version) if found is not None else None

    def _last_passed(self, subject: str, version: int) -> int:
        """Return the newest version before in which the test is known not to fail, or NONE."""
        sees = self.flips.sees
        named = reversed(self._passed.get(subject, ()))
        passed = next((at for at in named if at < version and sees(version, at)), NONE)
        unnamed = (
            at
            for at, run in reversed(self._whole)
            if at < version and sees(version, at) and self._is_clean(subject, at, run)
        )
        return newest((passed, next(unnamed, NONE)))

    def _known_clean(self, subject: str) -> list[int]:
        """Return versions in which a test that never failed yet is known not to fail."""
        recent = self._whole[-MOST_LOOKED_AT:]
        unnamed = (at for at, run in recent if self._is_clean(subject, at, run))
        return sorted({*self._passes.of(subject), *unnamed})

    def _is_clean(self, subject: str, version: int, run: SuiteRun) -> bool:
        """Tell whether a whole run that does not list the test had it."""
        if subject in run.failing or subject in run.switched_off or not run.would_list(subject):
            return False
        path, names, _ = node_id(subject)
        if not path:
            return self.go_tests.place(subject, version) is not None
        file = path.encode("utf-8", "surrogateescape")
        content = self.texts.at(file, version)
        if content is None:
            return self.texts.is_still(file)  # the test was in it then as it is now
        word = names[-1].encode("utf-8", "surrogateescape")
        return any(word in line for line in content.lines)

    def _may_be_gone(
        self, version: int, subject: str, one: Followed, run: SuiteRun
    ) -> Iterator[Flip]:
        last = self.flips.before(one.number, version)
        if last is None:
            return
        is_off = subject in run.switched_off
        is_known = subject in run.passed or (not is_off and run.would_list(subject))
        if is_known:
            one.see(version, None)
        if last.is_present:
            since = one.last_present(version, self.flips.sees)
            cause, why = self.departing.of_test(one, since, version, is_off=is_off)
            if cause is Cause.FIXED and not is_known:
                return
            yield Flip(one.number, version, is_present=False, since=since, cause=cause, why=why)

    def _remember(self, version: int, run: SuiteRun) -> None:
        for evidence in run.told:
            self._passes.add(version, evidence.scope.passed)
        for subject in self._followed.keys() & run.passed:
            self._passed[subject].append(version)
        if any(evidence.scope.roots or evidence.scope.suites for evidence in run.runs):
            self._whole.append((version, run))
            known = run.failing.keys() | run.passed | run.switched_off
            for subject in self._followed.keys() - known:
                if run.would_list(subject):
                    self._passed[subject].append(version)


def _key(subject: str) -> str:
    return blake2b(f"lw1:test:{subject}".encode("utf-8", "surrogateescape")).hexdigest()[:12]
