"""What a command of a session says about the files as they are then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from loopwatch.detectors import registry
from loopwatch.detectors.api import Reader, Run
from loopwatch.detectors.asked import is_called
from loopwatch.detectors.commands import calls
from loopwatch.detectors.tools import KNOWN
from loopwatch.model.evidence import DefectKind, Evidence, Scope
from loopwatch.sources.session_log.api import Command
from loopwatch.sources.session_log.places import Places, absolute
from loopwatch.sources.session_log.plain_console import PlainConsole
from loopwatch.sources.session_log.shell_effects import Effects

LONGEST_OUTPUT = 4_000_000  # characters; what is longer is taken for cut off
MOST_LINES = 1_000  # command lines whose failures are remembered
SHELL = ("sh", "-c")
# What a script calls, if its output is that of one of these: asked for all there is.
PLAIN: Mapping[str, tuple[str, ...]] = {
    "pytest": ("pytest",),
    "unittest": ("python", "-m", "unittest"),
    "go-test": ("go", "test", "./..."),
    "cargo-test": ("cargo", "test"),
    "jest": ("jest",),
    "vitest": ("vitest", "run"),
}


@dataclass(slots=True)
class Console:
    """Reads outputs by the same readers, and with the same rules, as ``loopwatch record``."""

    others: tuple[Reader, ...] = ()  # of plug-ins
    plain: PlainConsole = field(default_factory=PlainConsole)
    _failed: dict[tuple[str, str], set[str]] = field(default_factory=dict)  # tests, by command

    def evidence(self, command: Command, effects: Effects, places: Places) -> tuple[Evidence, ...]:
        """Return what a command says; nothing where it only shows what was said before.

        What ran in another folder, or on another machine, is about other files. Of files that
        the session wrote there, compilers speak.
        """
        folder = places.folder(command.folder)
        if command.is_remote or effects.is_only_showing:
            return ()
        output = command.output[:LONGEST_OUTPUT]
        line = effects.line or command.line
        run = Run(
            stdout=output.encode("utf-8", "replace"),
            stderr=command.stderr[:LONGEST_OUTPUT].encode("utf-8", "replace"),
            command=(*SHELL, line),
            exit_status=command.exit_status,
            root=absolute(places.root) if places.root else "",
            folder=folder or "",
            is_cut=command.is_cut or len(output) < len(command.output),
        )
        told = () if folder is None else registry.read(run, self.others)
        told = told if folder is None else (*told, *self._passed(line, run, told))
        if told:
            return told
        outside = _outside(command, effects, places)
        if folder is None and not outside:
            return ()
        other = self.plain.evidence(run, line, command.line, places.relative, outside)
        return () if other is None else (other,)

    def _passed(self, line: str, run: Run, told: Iterable[Evidence]) -> Iterable[Evidence]:
        """Yield which tests pass that failed when the very same script ran before.

        What ``make test`` runs is not known, so a test that it does not list may not have been
        run. One that it listed before, it runs: if all that fail are listed, that one passes.
        """
        if is_called(run, *KNOWN) or not all(call.is_whole for call in calls(run)):
            return
        key = (" ".join(line.split()), run.folder)
        before = self._failed.get(key, set())
        for reader in registry.recognised(run):
            plain = PLAIN.get(reader.name)
            found = reader.read(replace(run, command=plain)) if plain and before else None
            if found is not None:
                failing = {defect.subject for defect in found.defects}
                passed = (t for t in before - failing if found.scope.covers_test(t, _file(t)))
                scope = Scope(passed=tuple(sorted(passed)))
                if scope.passed:
                    yield Evidence(detector=reader.name, kind=DefectKind.TEST, scope=scope)
        tests = (d.subject for one in told for d in one.defects if d.kind is DefectKind.TEST)
        failed = before.union(tests)
        if failed and (before or len(self._failed) < MOST_LINES):
            self._failed[key] = failed


def _outside(command: Command, effects: Effects, places: Places) -> str:
    """Return the folder outside of the work that a line has led to, "" if it has not."""
    if effects.folder is None:
        return ""
    whole = absolute(effects.folder, command.folder or places.root)
    is_elsewhere = whole.startswith("/") and places.folder(whole) is None
    return whole if is_elsewhere else ""


def _file(test: str) -> str | None:
    """Return the file in the name of a test, where it begins with one."""
    path, colons, _ = test.partition("::")
    return path if colons else None


def latest(told: Iterable[tuple[int, Evidence]]) -> tuple[Evidence, ...]:
    """Return what holds at the end of a version, of what was said in turn.

    Args:
        told: with how often, before that, a command had run that may have changed anything.
            What a detector said before the last such command is no longer of these files.
    """
    kept: dict[tuple[str, str], int] = {}
    found = [(era, evidence, _source(evidence)) for era, evidence in told]
    for era, _, source in found:
        kept[source] = max(era, kept.get(source, 0))
    return tuple(evidence for era, evidence, source in found if era == kept[source])


def _source(evidence: Evidence) -> tuple[str, str]:
    """Return who says it: a program that is known by its line alone, or a tool."""
    is_plain = evidence.kind is DefectKind.CRASH
    return evidence.detector, evidence.configuration if is_plain else ""
