"""Tests: which of them fail at a version, and which turned since it was last known.

A test is known by its node id. That it is not named says nothing, unless a run that
went through whole files says that all which failed are listed.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from loopwatch.diffing.digests import blake2b
from loopwatch.fingerprints.node_ids import node_id
from loopwatch.graph.before_range import newest
from loopwatch.graph.defect_table import DefectTable, Followed
from loopwatch.graph.departing import Departing
from loopwatch.graph.flips import Flip, Flips
from loopwatch.graph.passes import Passes
from loopwatch.graph.places_of_tests import PlacesOfTests
from loopwatch.graph.texts import Texts
from loopwatch.graph.topology import NONE
from loopwatch.model.defect import Cause, Grade
from loopwatch.model.evidence import Defect, DefectKind, Evidence

NO_TESTS: frozenset[int] = frozenset()
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
    places: PlacesOfTests
    parent: Callable[[int], int]  # the first one of a version, or NONE
    _passes: Passes = field(default_factory=Passes)  # of all tests
    # Of tests that failed: versions in which they are known not to, though nobody named them.
    _unnamed: dict[str, list[int]] = field(default_factory=dict)
    _whole: list[tuple[int, SuiteRun]] = field(default_factory=list)
    _followed: dict[str, int] = field(default_factory=dict)  # number of each test that failed
    _flaky: set[str] = field(default_factory=set)
    _standing: dict[int, frozenset[int]] = field(default_factory=dict)  # that fail, by version

    def look(self, version: int, told: Sequence[Evidence]) -> list[Flip]:
        """Take in what was said about a version, and return the tests that turned."""
        run = SuiteRun.of(told)
        self._note_flaky(run.flaky())
        stood = self._stood(version)
        failing = sorted(run.failing.items())
        turned = [flip for found in failing for flip in self._fails(version, *found)]
        for one in map(self.table.__getitem__, sorted(stood)):
            if one.first.subject not in run.failing:
                turned += self._may_be_gone(version, one, run)
        turns = {flip.track for flip in turned}
        self._standing[version] = stood ^ turns if turns else stood
        self._remember(version, run)
        return turned

    def _stood(self, version: int) -> frozenset[int]:
        """Return the tests that are known to fail before a version, by their numbers."""
        before = self.parent(version)
        while before != NONE and before not in self._standing:
            before = self.parent(before)
        return self._standing.get(before, NO_TESTS)

    def _note_flaky(self, subjects: Iterable[str]) -> None:
        self._flaky.update(subjects)
        for subject in subjects:
            if subject in self._followed:
                self.table[self._followed[subject]].is_flaky = True

    def _fails(self, version: int, subject: str, said: tuple[Defect, str]) -> Iterator[Flip]:
        report, detector = said
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
            recent = self._whole[-MOST_LOOKED_AT:]
            unnamed = [at for at, run in recent if self._is_clean(subject, at, run)]
            self._unnamed[subject] = unnamed
            one.clean = partial(self._clean, subject)
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
        found = self.places.place(subject, version)
        return self.texts.form(found.path, ".".join(found.names), version) if found else None

    def _last_passed(self, subject: str, version: int) -> int:
        """Return the newest version before in which the test is known not to fail, or NONE."""
        sees = self.flips.sees
        known = reversed(self._clean(subject))
        passed = next((at for at in known if at < version and sees(version, at)), NONE)
        unnamed = (
            at
            for at, run in reversed(self._whole)
            if at < version and sees(version, at) and self._is_clean(subject, at, run)
        )
        return newest((passed, next(unnamed, NONE)))

    def _clean(self, subject: str) -> list[int]:
        """Return versions in which a test that has failed is known not to fail."""
        return sorted({*self._passes.of(subject), *self._unnamed[subject]})

    def _is_clean(self, subject: str, version: int, run: SuiteRun) -> bool:
        """Tell whether a whole run that does not list the test had it."""
        if subject in run.failing or subject in run.switched_off or not run.would_list(subject):
            return False
        place = self.places.place(subject, version)
        if place is None:
            return False
        content = self.texts.at(place.path, version)
        if content is None:
            return self.texts.is_still(place.path)  # the test was in it then as it is now
        word = place.names[-1].encode("utf-8", "surrogateescape")
        return any(word in line for line in content.lines)

    def _may_be_gone(self, version: int, one: Followed, run: SuiteRun) -> Iterator[Flip]:
        subject = one.first.subject
        is_off = subject in run.switched_off
        has_passed = subject in run.passed
        is_known = has_passed or (not is_off and run.would_list(subject))
        if is_known:
            one.see(version, None)
        since = one.last_present(version, self.flips.sees)
        cause, why = self.departing.of_test(
            one, since, version, is_off=is_off, has_passed=has_passed
        )
        if cause is not Cause.FIXED or is_known:
            yield Flip(one.number, version, is_present=False, since=since, cause=cause, why=why)

    def _remember(self, version: int, run: SuiteRun) -> None:
        for evidence in run.told:
            self._passes.add(version, evidence.scope.passed)
        if any(evidence.scope.roots or evidence.scope.suites for evidence in run.runs):
            self._whole.append((version, run))
            known = run.failing.keys() | run.passed | run.switched_off
            for subject in self._followed.keys() - known:
                if run.would_list(subject):
                    self._unnamed[subject].append(version)


def _key(subject: str) -> str:
    return blake2b(f"lw1:test:{subject}".encode("utf-8", "surrogateescape")).hexdigest()[:12]
