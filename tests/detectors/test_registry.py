"""The list of detectors, and how one is found."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint

import pytest

from loopwatch.detectors import plugins, registry
from loopwatch.detectors.api import GROUP, Run, SourceFile
from loopwatch.model.evidence import Defect, Evidence, Scope
from tests.detectors.samples import PATHS, Sample, load, named

SAMPLES = [load(path) for path in PATHS]
FOLDERS = {
    "go_build": "go",
    "go_vet": "go",
    "go_test": "go-test",
    "cargo_test": "cargo-test",
    "pytest_json": "pytest-json",
}


@dataclass
class Shouting:
    """A reader of a third party."""

    name: str = "shouting"

    def recognises(self, run: Run) -> bool:
        return run.stdout.startswith(b"SHOUT")

    def read(self, run: Run) -> Evidence | None:
        return Evidence(detector=self.name, scope=Scope(roots=("",)))


@dataclass
class Looking:
    """An inspector of a third party."""

    name: str = "looking"
    version: str = "1"

    def inspects(self, path: str) -> bool:
        return False

    def inspect(self, file: SourceFile) -> Iterator[Defect]:
        return iter(())


class Half:
    name = "half"

    def read(self, run: Run) -> None:
        return None


class Explosive:
    def __init__(self) -> None:
        raise RuntimeError("boom")


def entry(name: str, target: str = "") -> EntryPoint:
    value = target if ":" in target else f"{__name__}:{target}"
    return EntryPoint(name=name, value=value, group=GROUP)


def source(*entries: EntryPoint) -> plugins.Source:
    return lambda: entries


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_every_sample_is_recognised(sample: Sample) -> None:
    folder = sample.name.partition("/")[0]
    reader = registry.recognise(sample.run)
    assert reader is not None
    names = {FOLDERS.get(folder, folder)} | ({"go"} if folder == "go_test" else set())
    assert reader.name in names


@pytest.mark.parametrize(
    ("name", "reader"),
    [
        ("pytest/quiet", "pytest"),
        ("pytest/passed", "pytest"),
        ("pytest/default", "pytest"),
        ("unittest/text", "unittest"),
        ("ruff/concise", "ruff"),
        ("ruff/full", "ruff"),
        ("ruff/json", "ruff"),
        ("ruff/json_lines", "ruff"),
        ("ruff/clean", "ruff"),
        ("mypy/text", "mypy"),
        ("mypy/json", "mypy"),
        ("mypy/clean", "mypy"),
        ("pyright/text", "pyright"),
        ("pyright/json", "pyright"),
        ("eslint/stylish", "eslint"),
        ("eslint/json", "eslint"),
        ("tsc/plain", "tsc"),
        ("tsc/pretty", "tsc"),
        ("go_test/text", "go-test"),
        ("go_test/json", "go-test"),
        ("go_vet/text", "go"),
        ("go_build/compile_error", "go"),
        ("cargo/check", "cargo"),
        ("cargo/check_json", "cargo"),
        ("cargo_test/failed", "cargo-test"),
        ("jest/console", "jest"),
        ("jest/json", "jest"),
        ("vitest/console", "vitest"),
        ("vitest/json", "vitest"),
    ],
)
@pytest.mark.parametrize("command", [("make", "check"), ("npm", "test"), ()])
def test_a_tool_is_known_by_its_output(name: str, reader: str, command: tuple[str, ...]) -> None:
    run = named(name).run
    found = registry.recognise(Run(stdout=run.stdout, stderr=run.stderr, command=command))
    assert found is not None
    assert found.name == reader


def test_the_command_decides() -> None:
    output = named("mypy/text").run.stdout
    found = registry.recognise(Run(stdout=output, command=("ruff", "check")))
    assert found is not None
    assert found.name == "ruff"


def test_nothing_is_recognised_in_a_letter() -> None:
    assert registry.recognise(Run(stdout=b"Dear Ada,\n2 of 3 passed the exam.\n")) is None
    assert registry.recognise(Run(command=("git", "push"))) is None


def test_several_tools_in_one_line() -> None:
    outputs = [named(name).run.stdout for name in ("ruff/clean", "mypy/clean", "pytest/passed")]
    line = "ruff check src && mypy src && pytest -q tests"
    run = Run(stdout=b"".join(outputs), command=("sh", "-c", line), exit_status=0, root="/repo")
    found = {evidence.detector: evidence.scope.roots for evidence in registry.read(run)}
    assert found == {"ruff": ("src",), "mypy": ("src",), "pytest": ("tests",)}


def test_names_are_unique() -> None:
    names = [one.name for one in registry.readers()]
    names.extend(one.name for one in registry.inspectors())
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", ["ruff", "go-vet", "clippy", "basedpyright", "syntax"])
def test_lookup(name: str) -> None:
    assert registry.lookup(name, source()).name in {"ruff", "go", "cargo", "pyright", "syntax"}


@pytest.mark.parametrize(
    ("name", "hint"), [("ruf", "ruff"), ("PyTest", "pytest"), ("zzz", "there are: cargo")]
)
def test_an_unknown_name_brings_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(registry.UnknownDetectorError, match=name) as raised:
        registry.lookup(name, source())
    assert hint in raised.value.hint


def test_an_inspector_reads_nothing() -> None:
    assert registry.reader_named("ruff").name == "ruff"
    with pytest.raises(registry.UnknownDetectorError):
        registry.reader_named("syntax")


def test_a_plugin_is_found_by_its_name() -> None:
    reader = registry.reader_named("shouting", source(entry("shouting", "Shouting")))
    assert reader.name == "shouting"
    assert registry.recognise(Run(stdout=b"SHOUT"), [reader]) is reader
    assert registry.read(Run(stdout=b"SHOUT"), [reader])[0].detector == "shouting"


def test_a_built_in_needs_no_plugin() -> None:
    def forbidden() -> Iterator[EntryPoint]:
        raise AssertionError("plug-ins were asked for")

    assert registry.lookup("ruff", forbidden).name == "ruff"


def test_broken_plugins_are_told_and_left_out() -> None:
    entries = [
        entry("broken", "Explosive"),
        entry("half", "Half"),
        entry("looking", "Looking"),
        entry("gone", "no_such_module:Reader"),
        entry("absent", "Nothing"),
        entry("shouting", "Shouting"),
    ]
    found = plugins.load_all(source(*entries))
    assert [one.name for one in found.found] == ["looking", "shouting"]
    told = [str(error) for error in found.skipped]
    assert [line.split()[3] for line in told] == ["absent", "broken", "gone", "half"]
    assert all("\n" not in line for line in told)
    assert "RuntimeError: boom" in told[1]


def test_a_broken_plugin_that_is_asked_for() -> None:
    with pytest.raises(plugins.PluginError, match="boom") as raised:
        registry.lookup("broken", source(entry("broken", "Explosive")))
    assert GROUP in raised.value.hint


def test_those_that_are_installed_can_be_listed() -> None:
    assert isinstance(plugins.load_all(), plugins.Plugins)
