"""Inspectors of third parties, which look at each file that a version changes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from loopwatch.detectors.api import Inspector, SourceFile
from loopwatch.detectors.plugins import Source, declared, is_inspector, load_all
from loopwatch.graph.no_evidence import Told
from loopwatch.model.evidence import DefectKind, Evidence, Scope
from loopwatch.model.history import Change, History
from loopwatch.model.saying import Say


def inspectors_here(say: Say, source: Source = declared) -> tuple[Inspector, ...]:
    """Return the inspectors that installed packages declare.

    Args:
        say: is given a line for each that cannot be used.
        source: gives what is declared.
    """
    plugins = load_all(source)
    for error in plugins.skipped:
        say(str(error))
    return tuple(one for one in plugins.found if is_inspector(one))


@dataclass(slots=True)
class Inspecting:
    """What is told of each version, and what inspectors see in it besides."""

    told: Told
    history: History
    inspectors: tuple[Inspector, ...]
    say: Say
    _failed: set[str] = field(default_factory=set)  # names of those that raised

    def __call__(self, version: int, changes: Sequence[Change]) -> Sequence[Evidence]:
        """Return what is known of a version."""
        seen = list(self.told(version, changes))
        for path, _, new in changes:
            name = path.decode("utf-8", "surrogateescape")
            asked = [one for one in self.inspectors if self._is_asked(one, name)] if new else []
            content = self.history.content(new) if asked and new else None
            if isinstance(content, bytes):
                file = SourceFile(path=name, content=content)
                seen.extend(filter(None, (self._look(one, file) for one in asked)))
        return seen

    def _is_asked(self, one: Inspector, path: str) -> bool:
        try:
            return one.name not in self._failed and one.inspects(path)
        except Exception as error:  # noqa: BLE001  whatever the code of others raises
            self._give_up(one, error)
            return False

    def _look(self, one: Inspector, file: SourceFile) -> Evidence | None:
        try:
            defects = tuple(one.inspect(file))
        except Exception as error:  # noqa: BLE001  whatever the code of others raises
            self._give_up(one, error)
            return None
        return Evidence(
            detector=one.name,
            kind=defects[0].kind if defects else DefectKind.LINT,
            version=one.version,
            scope=Scope(roots=(file.path,)),
            defects=defects,
        )

    def _give_up(self, one: Inspector, error: Exception) -> None:
        """Leave out an inspector that failed, and say so once."""
        self._failed.add(one.name)
        self.say(f"the inspector {one.name} is left out: {type(error).__name__}: {error}")
