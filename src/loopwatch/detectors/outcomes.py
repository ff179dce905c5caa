"""What became of the tests of a run."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from loopwatch.detectors.console import first_line, said
from loopwatch.detectors.lint import telling
from loopwatch.model.evidence import Defect, DefectKind, Evidence, Scope, Span

TEST = "test"  # the rule of every test
LONGEST_NAME = 1_000  # characters


@dataclass(slots=True)
class Outcomes:
    """Tests by name, as they are read. A failure outweighs all else that is said of a test."""

    failed: dict[str, Defect] = field(default_factory=dict)
    passed: set[str] = field(default_factory=set)
    switched_off: set[str] = field(default_factory=set)
    broken: dict[str, Defect] = field(default_factory=dict)  # files that could not be run

    def fail(
        self,
        name: str,
        message: str = "",
        *,
        path: str | None = None,
        reason: str = "",
        frames: tuple[str, ...] = (),
        where: Span | None = None,
    ) -> None:
        """Take in a test that failed; of two reports, the one that says more stays."""
        name = said(name)[:LONGEST_NAME]
        known = self.failed.get(name)
        if name and (known is None or (not known.message and message)):
            self.failed[name] = Defect(
                kind=DefectKind.TEST,
                rule=TEST,
                message=said(first_line(message)),
                path=path,
                span=where,
                subject=name,
                reason=said(reason)[:200],
                frames=tuple(map(said, frames)),
            )

    def break_off(self, path: str, message: str, reason: str = "") -> None:
        """Take in a file whose tests could not be run at all."""
        known = self.broken.get(path)
        reason = "" if reason == "Error" else reason
        if known is None or (not known.reason and reason) or not known.message:
            self.broken[path] = Defect(
                kind=DefectKind.CRASH,
                rule=said(reason or "collection")[:200],
                message=said(first_line(message)),
                path=path,
                subject=path,
                reason=said(reason)[:200],
            )

    def note(self, name: str, *, is_off: bool = False) -> None:
        """Take in a test that passed, or was switched off."""
        (self.switched_off if is_off else self.passed).add(said(name)[:LONGEST_NAME])

    def evidence(
        self,
        detector: str,
        *,
        roots: Iterable[str] = (),
        suites: Iterable[str] = (),
        unknown: Iterable[str] = (),
        has_passed: bool = True,
        version: str = "",
        configuration: str = "",
    ) -> Evidence | None:
        """Return what the tests say; None if that is nothing.

        Args:
            detector: what ran them.
            roots: see :class:`Scope`.
            suites: see :class:`Scope`.
            unknown: see :class:`Scope`; files that could not be run are added. Where nothing
                is covered, nothing has to be taken out of it.
            has_passed: what is said to have passed did so for good; false where the output
                breaks off, and might have said more about a test.
            version: see :class:`Evidence`.
            configuration: see :class:`Evidence`.
        """
        off = self.switched_off - self.failed.keys()
        passed = self.passed - self.failed.keys() - off if has_passed else set()
        covered = tuple(dict.fromkeys(roots))
        scope = Scope(
            roots=covered,
            passed=tuple(sorted(passed)),
            switched_off=tuple(sorted(off)),
            unknown=tuple(sorted({*(unknown if covered else ()), *self.broken})),
            suites=tuple(dict.fromkeys(map(said, suites))),
        )
        return telling(
            Evidence(
                detector=detector,
                kind=DefectKind.TEST,
                version=version,
                configuration=configuration,
                scope=scope,
                defects=(*self.broken.values(), *self.failed.values()),
            )
        )
