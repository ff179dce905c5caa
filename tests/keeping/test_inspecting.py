"""Inspectors of third parties take part in a scan like every other detector."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from loopwatch.detectors.api import SourceFile
from loopwatch.graph.no_evidence import nothing_told
from loopwatch.keeping.inspecting import Inspecting
from loopwatch.model.evidence import Defect, DefectKind, Span
from loopwatch.model.finding import Kind, Level
from loopwatch.model.options import Options
from loopwatch.pipeline import analyse
from loopwatch.sources.repository import find_repository
from loopwatch.sources.scan_range import ScanRange, open_range
from tests.builders import Repo

MARK = re.compile(rb"FIXME|HACK")


@dataclass(frozen=True)
class Marks:
    """Reports what somebody left to be mended."""

    name: str = "marks"
    version: str = "1"

    def inspects(self, path: str) -> bool:
        return path.endswith(".py")

    def inspect(self, file: SourceFile) -> Iterator[Defect]:
        for number, line in enumerate(file.content.split(b"\n"), start=1):
            for found in MARK.findall(line):
                yield Defect(
                    kind=DefectKind.LINT,
                    rule=found.decode(),
                    message=f"{found.decode()} left",
                    path=file.path,
                    span=Span(start_line=number, end_line=number),
                )


class Broken(Marks):
    """Fails at whatever it is given."""

    def inspect(self, file: SourceFile) -> Iterator[Defect]:
        raise RuntimeError("no")


def scan(repo: Repo, said: list[str], inspectors: Sequence[Marks]) -> list[tuple[Kind, Level]]:
    repository = find_repository(repo.path)
    with open_range(repository, ScanRange(), Options()) as opened:
        history, topology, frame = opened.read()
        told = Inspecting(nothing_told, history, tuple(inspectors), said.append)
        report = analyse(history, topology, frame, Options(), told=told)
    return [(f.kind, f.level) for f in report.findings if f.granularity.value == "defect"]


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Return a history in which one mark is put in the place of the other, in new words."""
    repo = Repo(tmp_path / "repo")
    for number, mark in enumerate(("FIXME", "HACK", "FIXME", "HACK")):
        line = f"    odd(x)  # {mark}" if mark == "FIXME" else f"    even(x)  # {mark}"
        head = "".join(f"WORD_{number}_{n} = {n}\n" for n in range(number))
        text = f"{head}def f(x):\n    step = {number * 7919}\n{line}\n    return x + {number}\n"
        repo.write("src/f.py", text)
        repo.commit(f"fix: take {number}")
    return repo


def test_what_an_inspector_sees_is_followed(repo: Repo) -> None:
    said: list[str] = []
    assert (Kind.OSCILLATION, Level.ERROR) in scan(repo, said, [Marks()])
    assert said == []


def test_an_inspector_that_fails_is_left_out_and_named_once(repo: Repo) -> None:
    said: list[str] = []
    assert scan(repo, said, [Broken()]) == []
    assert said == ["the inspector marks is left out: RuntimeError: no"]
