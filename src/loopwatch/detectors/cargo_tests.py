"""Reads what ``cargo test`` prints."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from loopwatch.detectors import cargo_options
from loopwatch.detectors.api import Run
from loopwatch.detectors.asked import Asked, is_from
from loopwatch.detectors.console import lines_of
from loopwatch.detectors.outcomes import Outcomes
from loopwatch.detectors.tools import CARGO
from loopwatch.model.evidence import Evidence

_TARGET = re.compile(
    r"^ +(?:Running (?:unittests )?(?P<source>\S+) \((?P<binary>.+)\)|Doc-tests (?P<crate>\S+))$"
)
_HASH = re.compile(r"-[0-9a-f]{16}(?:\.exe)?$")
_START = re.compile(r"^running \d+ tests?$")
_TEST = re.compile(r"^test (?P<test>\S.*?) \.\.\. (?P<outcome>ok|FAILED|ignored)(?:, .*)?$")
_NOTE = re.compile(r" - (?:should panic|compile|compile fail)$| \(line \d+\)")
_RESULT = re.compile(
    r"^test result: (?:ok|FAILED)\. (\d{1,9}) passed; (\d{1,9}) failed; (\d{1,9}) ignored;"
)
_OUTPUT_OF = re.compile(r"^---- (?P<test>\S.*?) stdout ----$")
_PANIC = re.compile(r"^thread '(?P<thread>[^']*)'.* panicked at (?P<rest>.*)$")
_OLD_PANIC = re.compile(r"^'(?P<said>.*)', \S+:\d+:\d+$")
_OUTPUT = re.compile(r"^test result: (?:ok|FAILED)\. \d+ passed;", re.MULTILINE)
_SIGNS = ("test result: ",)


@dataclass(slots=True)
class _Block:
    """What one test program prints."""

    outcomes: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    is_done: bool = False  # its result is there and agrees with the tests named
    test: str = ""  # whose output comes
    is_next: bool = False  # the next line says why it panicked

    def hear(self, line: str) -> None:
        """Take in one line."""
        panic, self.is_next = self.is_next, False
        if found := _TEST.match(line):
            self.outcomes[found["test"]] = found["outcome"]
        elif found := _RESULT.match(line):
            self.is_done = list(map(int, found.groups())) == _counts(self)
        elif found := _OUTPUT_OF.match(line):
            self.test = found["test"]
        elif self.test and panic:
            self.said.setdefault(self.test, line)
        elif self.test and (found := _PANIC.match(line)):
            old = _OLD_PANIC.match(found["rest"])
            self.is_next = old is None
            if old:
                self.said.setdefault(self.test, old["said"])


@dataclass(frozen=True, slots=True)
class CargoTest:
    """Reads the tests of cargo, all of which are named."""

    name: str = "cargo-test"

    def recognises(self, run: Run) -> bool:
        verb, call = cargo_options.cargo_call(run)
        return is_from(run, CARGO, _OUTPUT, _SIGNS) and (
            not call.program or verb in cargo_options.TESTING
        )

    def read(self, run: Run) -> Evidence | None:
        _, call = cargo_options.cargo_call(run)
        outcomes = Outcomes()
        for target, block in _programs(call):
            _take(_name(target), _path(target, call), block, outcomes)
        return outcomes.evidence(self.name)


def _programs(call: Asked) -> list[tuple[re.Match[str], _Block]]:
    """Return each test program and what it prints.

    Cargo names the programs on the error stream. Where that comes by itself, they are
    paired in order, if none is missing; else the name stands right above the tests. Tests
    whose program is not known are left out: another may have one of the same name.
    """
    lines = lines_of(call.run)
    blocks = list(_blocks(lines))
    paired = [(target, block) for target, block in blocks if target]
    targets = [found for found in map(_TARGET.match, lines) if found]
    if paired or len(targets) != len(blocks) or not (call.is_whole and call.has_stderr):
        return paired
    return [(target, block) for target, (_, block) in zip(targets, blocks, strict=True)]


def _name(target: re.Match[str]) -> str:
    """Return the name of a test program: the crate, or the file in ``tests``."""
    if target["crate"]:
        return target["crate"]
    return _HASH.sub("", target["binary"].replace("\\", "/").rpartition("/")[2])


def _path(target: re.Match[str], call: Asked) -> str | None:
    """Return the file of a test program under ``tests``; a crate has its tests in many."""
    source = (target["source"] or "").replace("\\", "/")
    return call.path(source) if source.startswith("tests/") else None


def _take(program: str, path: str | None, block: _Block, outcomes: Outcomes) -> None:
    for test, outcome in block.outcomes.items():
        name = f"{program} > {_NOTE.sub('', test)}"
        if outcome == "FAILED":
            said = block.said.get(test, "")
            outcomes.fail(name, said, path=path, reason="panic" if said else "")
        elif block.is_done:
            outcomes.note(name, is_off=outcome == "ignored")


def _blocks(lines: Iterable[str]) -> Iterator[tuple[re.Match[str] | None, _Block]]:
    """Yield what each test program prints, with the line above that names it."""
    block: _Block | None = None
    target: re.Match[str] | None = None
    for line in lines:
        if _START.match(line):
            block = _Block()
            yield target, block  # it goes on being filled
            target = None
        elif found := _TARGET.match(line):
            target = found
        elif block is not None:
            block.hear(line)


def _counts(block: _Block) -> list[int]:
    outcomes = list(block.outcomes.values())
    return [outcomes.count(word) for word in ("ok", "FAILED", "ignored")]
