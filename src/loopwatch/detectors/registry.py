"""The list of detectors: which there are, and which one a run needs."""

from collections.abc import Iterable, Iterator

from loopwatch.detectors import plugins
from loopwatch.detectors.api import Detector, Inspector, Reader, Run
from loopwatch.detectors.cargo_compiler import Cargo
from loopwatch.detectors.cargo_tests import CargoTest
from loopwatch.detectors.eslint import Eslint
from loopwatch.detectors.go_compiler import Go
from loopwatch.detectors.go_tests import GoTest
from loopwatch.detectors.jest import Jest
from loopwatch.detectors.junit import Junit
from loopwatch.detectors.mypy import Mypy
from loopwatch.detectors.pyright import Pyright
from loopwatch.detectors.pytest_console import Pytest
from loopwatch.detectors.pytest_json import PytestJson
from loopwatch.detectors.ruff import Ruff
from loopwatch.detectors.sarif import Sarif
from loopwatch.detectors.syntax import Syntax
from loopwatch.detectors.tsc import Tsc
from loopwatch.detectors.unittest_console import Unittest
from loopwatch.detectors.vitest import Vitest
from loopwatch.errors import LoopwatchError
from loopwatch.model.evidence import Evidence

_FORMATS: tuple[Reader, ...] = (Sarif(), Junit(), PytestJson())  # a document shows what it is
_TOOLS: tuple[Reader, ...] = (
    Pytest(),
    Unittest(),
    Ruff(),
    Mypy(),
    Pyright(),
    Eslint(),
    Tsc(),
    GoTest(),
    Go(),
    CargoTest(),
    Cargo(),
    Jest(),
    Vitest(),
)
_INSPECTORS: tuple[Inspector, ...] = (Syntax(),)
_OTHER_NAMES = {"basedpyright": "pyright", "clippy": "cargo", "go-vet": "go", "py.test": "pytest"}


class UnknownDetectorError(LoopwatchError):
    """No detector goes by that name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        from difflib import get_close_matches

        names = sorted(known)
        near = get_close_matches(name.lower(), names, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(names)}"
        super().__init__(f"there is no detector {name}", hint=hint)


def readers() -> tuple[Reader, ...]:
    """Return the built-in readers, in the order in which they are tried."""
    return _FORMATS + _TOOLS


def inspectors() -> tuple[Inspector, ...]:
    """Return the built-in inspectors."""
    return _INSPECTORS


def lookup(name: str, source: plugins.Source = plugins.declared) -> Detector:
    """Return a detector by its name; a plug-in is loaded only if no built-in has that name.

    Raises:
        UnknownDetectorError: there is none.
        PluginError: it is a plug-in that cannot be loaded.
    """
    every: tuple[Detector, ...] = (*readers(), *inspectors())
    built_in = {one.name: one for one in every}
    known = built_in.get(_OTHER_NAMES.get(name, name))
    if known is not None:
        return known
    entries = {entry.name: entry for entry in source()}
    if name in entries:
        return plugins.load(entries[name])
    raise UnknownDetectorError(name, [*built_in, *entries])


def reader_named(name: str, source: plugins.Source = plugins.declared) -> Reader:
    """Return a reader by its name; see :func:`lookup`.

    Raises:
        UnknownDetectorError: there is none, or it is an inspector, which reads no output.
        PluginError: it is a plug-in that cannot be loaded.
    """
    found = lookup(name, source)
    if not plugins.is_reader(found):
        raise UnknownDetectorError(name, [reader.name for reader in readers()])
    return found


def recognise(run: Run, others: Iterable[Reader] = ()) -> Reader | None:
    """Return the reader of what a run printed: by its command, else by its output.

    Args:
        run: what was called and what it answered.
        others: readers of plug-ins, tried after the built-in ones.
    """
    return next(_recognising(run, others), None)


def recognised(run: Run) -> tuple[Reader, ...]:
    """Return all built-in readers that know what a run printed."""
    return tuple(_recognising(run, ()))


def read(run: Run, others: Iterable[Reader] = ()) -> tuple[Evidence, ...]:
    """Return all that a run says; a command may call several tools."""
    found: list[Evidence] = []
    for reader in _recognising(run, others):
        found.extend(read_with(reader, run))
        if reader in _FORMATS:
            break
    return tuple(found)


def read_with(reader: Reader, run: Run) -> tuple[Evidence, ...]:
    """Return all that one reader makes of a run; a SARIF file may hold several tools."""
    if isinstance(reader, Sarif):
        return reader.read_each(run)
    evidence = reader.read(run)
    return () if evidence is None else (evidence,)


def _recognising(run: Run, others: Iterable[Reader]) -> Iterator[Reader]:
    return (reader for reader in (*readers(), *others) if reader.recognises(run))
