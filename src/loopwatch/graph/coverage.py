"""What was looked for where, and when: only what was looked for can be known to be absent."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from loopwatch.graph.before_range import newest
from loopwatch.graph.topology import NONE
from loopwatch.model.evidence import DefectKind, Evidence

SYNTAX = "syntax"  # looks at every edit that may break a file, so that its silence is known
Basis = tuple[str, str]  # version and configuration of a tool: another one has another opinion
EVERYTHING = ""  # as a root


def basis(evidence: Evidence) -> Basis:
    """Return what has to be equal for two runs of a tool to be compared."""
    return evidence.version, evidence.configuration


@dataclass(slots=True)
class Coverage:
    """The runs of all detectors that look at files, by what they went through."""

    sees: Callable[[int, int], bool]
    parent: Callable[[int], int]
    _runs: dict[tuple[str, str], list[tuple[int, Evidence]]] = field(default_factory=dict)

    def take(self, version: int, told: Iterable[Evidence]) -> None:
        """Remember which detectors looked at a version."""
        for evidence in told:
            for root in evidence.scope.roots:
                self._runs.setdefault((evidence.detector, root), []).append((version, evidence))

    def since(
        self, detector: str, rule: str, path: str, version: int, of: Collection[Basis]
    ) -> int:
        """Return the newest version before in which a rule was looked for in a file, or NONE.

        Args:
            detector: that looks for it.
            rule: as the detector calls it.
            path: of the file, as it was called then.
            version: the version that it is asked for.
            of: versions and configurations of the tool that are asked again.
        """
        if detector == SYNTAX:
            return self.parent(version)
        return newest(
            self._newest(detector, root, rule, path, version, of) for root in holders(path)
        )

    def _newest(
        self,
        detector: str,
        root: str,
        rule: str,
        path: str,
        version: int,
        of: Collection[Basis],
    ) -> int:
        for at, evidence in reversed(self._runs.get((detector, root), ())):
            is_before = at < version and self.sees(version, at)
            looked = covers(evidence, path) and evidence.scope.covers_rule(rule)
            if is_before and looked and basis(evidence) in of:
                return at
        return NONE


def holders(path: str) -> Iterator[str]:
    """Yield the roots that a path may lie in, as runs write them."""
    yield EVERYTHING
    yield path
    folder = path.rpartition("/")[0]
    yield f"{folder}/*" if folder else "*"
    while folder:
        yield folder
        yield f"{folder}/"
        folder = folder.rpartition("/")[0]


def covers(evidence: Evidence, path: str | None) -> bool:
    """Tell whether a run went through a file; None stands for what is in no file."""
    return evidence.scope.covers(path) if path else EVERYTHING in evidence.scope.roots


@dataclass(frozen=True, slots=True)
class Reach:
    """Which files some runs may have gone through, told at once for all of their roots."""

    files: frozenset[str]
    folders: tuple[str, ...]  # how what lies in them begins

    @classmethod
    def of(cls, roots: Iterable[str]) -> "Reach":
        """Return the reach of runs, given what they went through."""
        known = frozenset(roots)
        return cls(known, tuple(map(_folder, known)))

    def may_cover(self, path: str | None) -> bool:
        """Tell whether one of the runs may have gone through a file, or through everything."""
        if path is None:
            return EVERYTHING in self.files
        return path in self.files or path.startswith(self.folders)


def _folder(root: str) -> str:
    if not root or root.endswith("*"):
        return root[:-1]
    return f"{root.rstrip('/')}/"


def unreadable(told: Sequence[Evidence]) -> frozenset[str]:
    """Return the files that do not parse: of these, only that is known."""
    broken = {path for evidence in told for path in evidence.scope.unknown}
    reports = (defect for evidence in told for defect in evidence.defects)
    broken |= {d.path for d in reports if d.kind is DefectKind.SYNTAX and d.path is not None}
    return frozenset(broken)
