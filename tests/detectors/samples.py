"""Samples of what tools really print, with the evidence that is read out of it.

A sample is a text: a head of ``key: value`` lines, then ``--- stdout``, perhaps
``--- stderr``, and ``--- evidence``. The repository is /repo in all of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from loopwatch.detectors.api import Run
from loopwatch.model.evidence import Defect, Evidence, Span

FOLDER = Path(__file__).parent / "samples"
PATHS = sorted(FOLDER.rglob("*.txt"))
EVIDENCE = "--- evidence\n"


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample: the run, and the evidence as it is written in the file."""

    path: Path
    tool: str
    run: Run
    told: str

    @property
    def name(self) -> str:
        return self.path.relative_to(FOLDER).with_suffix("").as_posix()


def load(path: Path) -> Sample:
    """Read a sample."""
    text = path.read_bytes().decode("utf-8")
    rest, _, told = text.partition(EVIDENCE)
    head, _, output = rest.partition("--- stdout\n")
    stdout, _, stderr = output.partition("--- stderr\n")
    keys = dict(line.split(": ", 1) for line in head.splitlines())
    command = keys.get("command", "")
    run = Run(
        stdout=stdout.encode(),
        stderr=stderr.encode(),
        command=("sh", "-c", command) if command else (),
        exit_status=int(keys["exit"]) if "exit" in keys else None,
        root="/repo",
        folder=keys.get("folder", ""),
    )
    return Sample(path, keys["tool"], run, told)


def named(name: str) -> Sample:
    return load(FOLDER / f"{name}.txt")


def cut(run: Run, size: int) -> Run:
    """Return a run whose output breaks off."""
    return replace(run, stdout=run.stdout[:size], stderr=b"", is_cut=True)


def render(found: tuple[Evidence, ...]) -> str:
    """Return evidence as a text to read."""
    if not found:
        return "nothing\n"
    return "\n".join("\n".join(_evidence(evidence)) + "\n" for evidence in found)


def _evidence(evidence: Evidence) -> Iterator[str]:
    scope = evidence.scope
    yield f"detector: {evidence.detector} {evidence.version}".rstrip()
    if evidence.configuration:
        yield f"configuration: {evidence.configuration}"
    for field in ("roots", "suites", "unknown", "rules", "rules_off", "passed", "switched_off"):
        values = getattr(scope, field)
        if values:
            yield f"{field}: " + " | ".join(value or '""' for value in values)
    for defect in evidence.defects:
        yield from _defect(defect)


def _defect(defect: Defect) -> Iterator[str]:
    place = f"{defect.path or '?'}{_span(defect.span)}"
    yield f"{defect.kind} {defect.rule} at {place}"
    for field in ("subject", "message", "reason"):
        if getattr(defect, field):
            yield f"    {field}: {getattr(defect, field)}"
    if defect.frames:
        yield f"    frames: {' < '.join(reversed(defect.frames))}"
    for key, value in defect.marks:
        yield f"    mark: {key} = {value}"


def _span(span: Span | None) -> str:
    if span is None:
        return ""
    start = f":{span.start_line}" + (f":{span.start_column}" if span.start_column else "")
    end = f"{span.end_line}:{span.end_column}" if span.end_column else ""
    return start + (f" to {end}" if end else "")
