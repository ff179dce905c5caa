"""What versions that are asked about close or carry on: first a glance, then, if needed, all."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from loopwatch.fingerprints.cache import NO_CACHE, Cache
from loopwatch.graph.contents import name
from loopwatch.graph.kin import names_before, versions_of
from loopwatch.graph.no_evidence import Told, nothing_told
from loopwatch.graph.topology import Topology
from loopwatch.model.finding import Level
from loopwatch.model.history import Frame
from loopwatch.model.options import INSIDE, Options
from loopwatch.model.report import Report
from loopwatch.pipeline import Analysis, Progress
from loopwatch.sources.git_history import GitHistory
from loopwatch.verdicts.context import HOUR
from loopwatch.verdicts.quiet import quiet_reason
from loopwatch.verdicts.rules import WHOLE_FIX_WINDOW

LONGEST_WAR = 4  # turns between leaving a state and the return to it, in a cycle that can be loud


@dataclass(frozen=True, slots=True)
class Question:
    """Some versions of a history, and what there is to say of them."""

    history: GitHistory
    topology: Topology
    frame: Frame
    options: Options
    asked: frozenset[int]
    tell: Progress | None = None
    told: Told = nothing_told
    cache: Cache = NO_CACHE

    def report(self) -> Report:
        """Return what the versions asked about close or carry on.

        One edit is looked at with the history of its own files first. Most often nothing is
        loud there, and that is the answer. Otherwise all is read, so that findings have the
        ids and the units that they have in a scan.
        """
        glance = self._glance() if self._is_small() else None
        if glance is not None:
            return glance
        self.history.only = None
        return self._analysis(self.told).report()

    def _is_small(self) -> bool:
        """Tell whether one edit is asked about, and nobody asks for its notes."""
        is_merge = not self.topology.other_parents.keys().isdisjoint(self.asked)
        options = self.options
        is_all = options.tells_notes or options.is_agents_only or not options.units & INSIDE
        return len(self.asked) == 1 and not is_merge and not is_all

    def _glance(self) -> Report | None:
        """Return the report if the history of the files that changed tells that nothing is loud.

        What is loud has just happened, so a glance at the last versions of these files comes
        first. Where nothing at all returns there, more rounds would not make it loud.
        """
        own = self._own()
        if own is None:
            return None
        report = self._look(own, self._is_recent)
        if report.findings or report.summary.mechanical:
            report = self._look(own, lambda version: True)  # noqa: ARG005
        return None if _is_loud(report) else report

    def _look(self, own: Collection[bytes], counts: Callable[[int], bool]) -> Report:
        """Return the report on the history of some files, and of those that code came from.

        Args:
            own: the files.
            counts: tells whether a version is to be looked at.
        """
        changes = self.history.keep()
        names = names_before(own, changes, self.history.renames)
        analysis = self._among(filter(counts, versions_of(names, changes)))
        report = analysis.report()
        paths = analysis.observer.files.paths
        origins = frozenset(name for path in own for name in paths.origins(path))
        if origins <= names:
            return report
        names = names_before(names | origins, changes, self.history.renames)
        return self._among(filter(counts, versions_of(names, changes))).report()

    def _is_recent(self, version: int) -> bool:
        """Tell whether a state that was left at a version can be loud when it is back now."""
        (now,) = self.asked
        if self.topology.depth[now] - self.topology.depth[version] <= (
            LONGEST_WAR * self.options.window_edits
        ):
            return True
        hours = max(WHOLE_FIX_WINDOW, self.options.window_hours)
        then, here = self.history.version(version), self.history.version(now)
        gap = max(abs(here.authored - then.authored), abs(here.committed - then.committed))
        return gap <= hours * HOUR

    def _own(self) -> list[bytes] | None:
        """Return the files in which something may be back; None: it may lie in any others too."""
        (version,) = self.asked
        changed = self.history.keep()[version]
        is_gone = any(new is None for _, _, new in changed)
        if self.told is not nothing_told and (is_gone or self.told(version, changed)):
            return None
        # What is quiet counts only with what goes as a whole.
        return [path for path, _, _ in changed if is_gone or not quiet_reason(name(path))]

    def _among(self, versions: Iterable[int]) -> Analysis:
        """Return the analysis of some versions, as if the others changed nothing."""
        self.history.only = self.asked.union(versions)
        return self._analysis(nothing_told)

    def _analysis(self, told: Told) -> Analysis:
        return Analysis(
            self.history,
            self.topology,
            self.frame,
            self.options,
            tell=self.tell,
            told=told,
            cache=self.cache,
            asked=self.asked,
        )


def _is_loud(report: Report) -> bool:
    return any(finding.level is not Level.NOTE for finding in report.findings)
