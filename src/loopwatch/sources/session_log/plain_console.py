"""What programs say that no reader knows: exceptions, and errors in the manner of compilers.

All that is known of such a program is its command line. What it shows is there; what it does
not show is known not to be there only if the same line ran whole, and ended well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from loopwatch.detectors import compiler_text, exceptions, registry
from loopwatch.detectors.api import Run
from loopwatch.detectors.arguments import Syntax
from loopwatch.detectors.asked import asked
from loopwatch.detectors.console import lines_of, text_of
from loopwatch.model.evidence import Defect, DefectKind, Evidence, Scope
from loopwatch.sources.session_log.places import absolute
from loopwatch.sources.session_log.programs_run import program_run, without_filter
from loopwatch.sources.session_log.scratch_errors import ScratchErrors

PathOf = Callable[[str], str | None]  # None: it lies elsewhere
MOST_PROGRAMS = 1_000  # of one session, that are known again
EVERYTHING = ""  # as a root
NEAR_THE_END = 4  # lines that may follow what a program died of: more of its message, a version


@dataclass(slots=True)
class PlainConsole:
    """Knows the programs that a session has run."""

    _known: set[str] = field(default_factory=set)  # by name
    _scratch: ScratchErrors = field(default_factory=ScratchErrors)

    def evidence(
        self, run: Run, line: str, whole_line: str, path_of: PathOf, outside: str = ""
    ) -> Evidence | None:
        """Return what a run says that no reader knows; None if that is nothing.

        Args:
            run: with a shell line as its command.
            line: that line, without the texts that it writes.
            whole_line: with them.
            path_of: makes an absolute path relative to the session's root.
            outside: absolute, the folder where it ran, if that is not in the session's.
        """
        line, is_filtered = without_filter(line)
        if is_filtered:  # the status is that of the filter
            run = replace(run, command=(*run.command[:-1], line), exit_status=None)
        program = program_run(run, line, whole_line, outside)
        if program is None:
            return None
        is_new = program.name not in self._known
        errors = compiler_text.errors(lines_of(run))
        is_thrown = exceptions.is_told(text_of(run))
        is_silent = not errors and not is_thrown
        if (is_silent and is_new and not program.is_repeatable) or (is_new and self._is_full()):
            return None
        if not is_silent and not program.is_runner and registry.recognised(run):
            return None  # what a test throws is told as a test
        self._known.add(program.name)
        found = () if program.is_well else tuple(_defects(run, errors, path_of, outside))
        defects = tuple(self._scratch.known(found))
        is_listed = program.lists_all and compiler_text.is_whole(errors) and not is_thrown
        is_known = program.seems_well if is_silent else bool(errors) and is_listed
        is_known = is_known and not (is_silent and is_filtered)
        roots = (EVERYTHING,) if is_known and program.is_whole else ()
        if not defects and not roots:
            return None
        return Evidence(
            detector=program.name,
            kind=DefectKind.CRASH,
            configuration=program.configuration,
            scope=Scope(roots=roots),
            defects=defects,
        )

    def _is_full(self) -> bool:
        return len(self._known) >= MOST_PROGRAMS


def is_plain(told: Iterable[Evidence]) -> bool:
    """Tell whether all that was said comes from programs that no reader knows."""
    return all(evidence.kind is DefectKind.CRASH for evidence in told)


def _defects(
    run: Run, errors: Sequence[compiler_text.Error], path_of: PathOf, outside: str
) -> Iterator[Defect]:
    where = asked(run, Syntax())

    def located(path: str) -> str | None:
        path = path.removeprefix("file://")
        if absolute(path).startswith("/"):
            return path_of(path)
        return path_of(absolute(path, outside)) if outside else where.path(path)

    def of_ours(path: str) -> str | None:
        """Leave out what was only written to try something: such a program may well die."""
        found = located(path)
        return None if found is None or found.startswith("/") else found

    lines = lines_of(run)
    if exceptions.is_at_end(lines, NEAR_THE_END):
        yield from exceptions.exceptions(lines, of_ours)
    yield from compiler_text.defects(errors, located)
