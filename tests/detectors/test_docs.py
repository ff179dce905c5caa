"""The page on detectors names all of them, and its example works."""

import re
import sys
import tomllib
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest

import dev
from loopwatch.detectors import registry
from loopwatch.detectors.api import GROUP, Run
from loopwatch.model.evidence import Span

PAGE = (dev.ROOT / "docs" / "detectors.md").read_text(encoding="utf-8")
OUTPUT = b"run.sh:3:6: warning: Quote this to prevent splitting. [SC2086]\n"


def block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert found
    return found[1]


def test_every_detector_has_its_row() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \|", PAGE, re.MULTILINE)
    assert rows == sorted(set(rows), key=rows.index)
    names = {one.name for one in registry.readers()} | {one.name for one in registry.inspectors()}
    assert set(rows) == names


def test_the_example_works(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("loopwatch_shellcheck")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(block("python"), module.__dict__)  # noqa: S102  # our own page
    declared = tomllib.loads(block("toml"))["project"]["entry-points"][GROUP]
    entries = [EntryPoint(name, value, GROUP) for name, value in declared.items()]

    reader = registry.reader_named("shellcheck", lambda: entries)
    command = ("shellcheck", "-f", "gcc", "run.sh")
    run = Run(stdout=OUTPUT, command=command, exit_status=1)
    assert registry.recognise(run, [reader]) is reader
    (found,) = registry.read(run, [reader])
    assert found.scope.roots == ("run.sh",)
    (defect,) = found.defects
    assert (defect.rule, defect.path) == ("SC2086", "run.sh")
    assert defect.span == Span(start_line=3, end_line=3)
    assert registry.read(Run(command=command, exit_status=2), [reader]) == ()
