"""Detectors of others, found by the entry points that their packages declare.

Nothing of theirs is loaded before it is asked for, and nothing that goes wrong in loading
one keeps loopwatch from its work.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

from loopwatch.detectors.api import GROUP, Detector, Inspector, Reader
from loopwatch.errors import LoopwatchError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

Source = Callable[[], Iterable["EntryPoint"]]


class PluginError(LoopwatchError):
    """A detector of a third party cannot be used."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(
            f"the detector plug-in {name} cannot be used: {why}",
            hint=f"upgrade or uninstall the package that declares it in {GROUP}",
        )


@dataclass(frozen=True, slots=True)
class Plugins:
    """What could be loaded, and why the rest could not."""

    found: tuple[Detector, ...] = ()
    skipped: tuple[PluginError, ...] = ()


def declared() -> Iterable["EntryPoint"]:
    """Return the entry points of the group, none of them loaded."""
    from importlib.metadata import entry_points

    return entry_points(group=GROUP)


def load_all(source: Source = declared) -> Plugins:
    """Return the detectors of all packages that are installed."""
    found: list[Detector] = []
    skipped: list[PluginError] = []
    for entry in sorted(source(), key=lambda entry: entry.name):
        try:
            found.append(load(entry))
        except PluginError as error:
            skipped.append(error)
    return Plugins(tuple(found), tuple(skipped))


def load(entry: "EntryPoint") -> Detector:
    """Return the detector that an entry point names; a class is called without arguments.

    Raises:
        PluginError: it cannot be imported, or is no detector.
    """
    try:
        made: object = entry.load()
        made = made() if isinstance(made, type) else made
        is_usable = is_reader(made) or is_inspector(made)
    except Exception as error:  # whatever the code of others raises
        raise PluginError(entry.name, f"{type(error).__name__}: {error}"[:300]) from error
    if not is_usable:
        raise PluginError(entry.name, f"{entry.value} is neither a reader nor an inspector")
    assert is_reader(made) or is_inspector(made)
    return made


def is_reader(made: object) -> TypeGuard[Reader]:
    """Tell whether an object has what a reader needs."""
    return _has(made, "recognises", "read")


def is_inspector(made: object) -> TypeGuard[Inspector]:
    """Tell whether an object has what an inspector needs."""
    return _has(made, "inspects", "inspect") and isinstance(getattr(made, "version", None), str)


def _has(made: object, *methods: str) -> bool:
    is_named = isinstance(getattr(made, "name", None), str)
    return is_named and all(callable(getattr(made, method, None)) for method in methods)
