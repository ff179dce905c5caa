"""What holds for every reader, whatever it is given."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.detectors import registry
from loopwatch.detectors.api import Run
from loopwatch.model.evidence import Evidence
from tests.detectors.samples import PATHS, Sample, cut, load

SAMPLES = [load(path) for path in PATHS]
ANY_SAMPLE = st.sampled_from(SAMPLES)
COMMANDS = st.sampled_from(
    [(), ("make", "test"), *{sample.run.command for sample in SAMPLES if sample.run.command}]
)
# What these print has no count in it, so that only ``is_cut`` tells that some is missing.
UNCOUNTED = frozenset(
    "ruff/json_lines mypy/json mypy/syntax_error_json tsc/plain tsc/syntax_error go_vet/text"
    " go_vet/json cargo/short".split()
)


def read(run: Run) -> tuple[Evidence, ...]:
    """Return what all readers say, recognised or not."""
    found: list[Evidence] = []
    for reader in registry.readers():
        reader.recognises(run)
        found.extend(registry.read_with(reader, run))
    return (*found, *registry.read(run))


def claims(found: tuple[Evidence, ...]) -> set[tuple[str, str, str]]:
    """Return all that is said to be well, or covered."""
    return {
        (one.detector, kind, name)
        for one in found
        for kind in ("roots", "suites", "passed", "switched_off")
        for name in getattr(one.scope, kind)
    }


def exclusions(found: tuple[Evidence, ...]) -> set[tuple[str, str]]:
    return {(one.detector, path) for one in found if one.scope.roots for path in one.scope.unknown}


def reports(found: tuple[Evidence, ...]) -> set[tuple[str, str | None, str]]:
    """Return what is wrong, by detector, file and name."""
    return {(one.detector, bad.path, bad.subject) for one in found for bad in one.defects}


@given(st.binary(max_size=300), COMMANDS, st.sampled_from([None, 0, 1, 2, 101, -9]))
def test_no_output_is_too_odd(output: bytes, command: tuple[str, ...], status: int | None) -> None:
    read(Run(stdout=output, command=command, exit_status=status, root="/repo"))


@given(ANY_SAMPLE, st.data())
def test_no_change_of_an_output_is_too_odd(sample: Sample, data: st.DataObject) -> None:
    output = bytearray(sample.run.stdout or b" ")
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(output) - 1))
        size = data.draw(st.integers(0, 40))
        output[place : place + size] = data.draw(st.binary(max_size=8))
        output = output or bytearray(b" ")
    read(replace(sample.run, stdout=bytes(output)))


def odd_json(value: object, data: st.DataObject) -> object:
    """Return a document with a part of it replaced by something of another shape."""
    shapes: list[object] = [None, True, -1, 10**30, "", "x", [], {}, [[]], 1.5, "\ud800"]
    if isinstance(value, dict) and value and data.draw(st.integers(0, 4)):
        key = data.draw(st.sampled_from(sorted(value)))
        return {**value, key: odd_json(value[key], data)}
    if isinstance(value, list) and value and data.draw(st.integers(0, 4)):
        place = data.draw(st.integers(0, len(value) - 1))
        return [*value[:place], odd_json(value[place], data), *value[place + 1 :]]
    return data.draw(st.sampled_from(shapes))


JSON_SAMPLES = [one for one in SAMPLES if one.run.stdout.lstrip()[:1] in {b"{", b"["}]


@given(st.sampled_from(JSON_SAMPLES), st.data())
def test_no_shape_of_json_is_too_odd(sample: Sample, data: st.DataObject) -> None:
    try:
        documents = [json.loads(sample.run.stdout)]
    except json.JSONDecodeError:
        documents = [
            json.loads(line) for line in sample.run.stdout.splitlines() if line[:1] == b"{"
        ]
    lines = [json.dumps(odd_json(document, data)) for document in documents]
    for one in read(replace(sample.run, stdout="\n".join(lines).encode())):
        "".join((*one.scope.roots, *one.scope.unknown, *one.scope.suites)).encode("utf-8")
        one.version.encode("utf-8")
        for defect in one.defects:
            for text in (defect.message, defect.rule, defect.path or "", defect.subject):
                text.encode("utf-8")


@given(ANY_SAMPLE, st.data())
def test_what_is_cut_off_is_never_well(sample: Sample, data: st.DataObject) -> None:
    size = data.draw(st.integers(0, len(sample.run.stdout)))
    whole, part = registry.read(sample.run), registry.read(cut(sample.run, size))
    assert claims(part) <= claims(whole)
    assert not any(one.scope.roots or one.scope.suites for one in part)
    assert reports(part) <= reports(whole)


@given(st.sampled_from([one for one in SAMPLES if one.name not in UNCOUNTED]), st.data())
def test_what_breaks_off_unsaid_is_noticed(sample: Sample, data: st.DataObject) -> None:
    """Where a tool counts what it found, a part of its output covers nothing by itself."""
    ends = [place + 1 for place, byte in enumerate(sample.run.stdout) if byte == ord("\n")]
    size = data.draw(st.sampled_from(ends or [0]))
    whole = registry.read(sample.run)
    part = registry.read(replace(sample.run, stdout=sample.run.stdout[:size]))
    covering = [one for one in part if one.scope.roots or one.scope.suites]
    for one in covering:
        same = [other for other in whole if other.detector == one.detector]
        assert len(same) == 1
        known = set(same[0].scope.suites) | set(same[0].scope.roots)
        assert set(one.scope.suites) | set(one.scope.roots) <= known
        if one.scope.roots:
            assert reports((one,)) == reports(tuple(same))


@given(ANY_SAMPLE, st.data())
def test_a_piece_of_the_middle_covers_nothing_more(sample: Sample, data: st.DataObject) -> None:
    lines = sample.run.stdout.split(b"\n")
    first = data.draw(st.integers(0, len(lines)))
    last = data.draw(st.integers(first, len(lines)))
    output = b"\n".join([*lines[:first], b"[... lines left out ...]", *lines[last:]])
    part = registry.read(replace(sample.run, stdout=output, is_cut=True))
    whole = registry.read(sample.run)
    assert {claim for claim in claims(part) if claim[1] in {"roots", "suites"}} == set()
    names = {(one.detector, test) for one in part for test in one.scope.passed}
    bad = {(one.detector, defect.subject) for one in whole for defect in one.defects}
    assert not names & bad


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_ends_of_lines_and_colours_say_nothing(sample: Sample) -> None:
    whole = registry.read(sample.run)
    assert registry.read(changed(sample.run, b"\n", b"\r\n")) == whole
    if sample not in JSON_SAMPLES and not sample.name.startswith("junit/"):
        assert registry.read(changed(sample.run, b"\n", b"\x1b[0m\n\x1b[1;31m")) == whole


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_it_does_not_matter_where_the_repository_is(sample: Sample) -> None:
    moved = changed(sample.run, b"/repo", b"/home/me/src/shop-v2")
    moved = replace(moved, root="/home/me/src/shop-v2")
    command = tuple(word.replace("/repo", moved.root) for word in moved.command)
    before, after = registry.read(sample.run), registry.read(replace(moved, command=command))
    assert claims(after) == claims(before)
    assert exclusions(after) == exclusions(before)
    assert reports(after) == reports(before)


def changed(run: Run, old: bytes, new: bytes) -> Run:
    return replace(run, stdout=run.stdout.replace(old, new), stderr=run.stderr.replace(old, new))


@pytest.mark.parametrize(
    "output",
    [
        b"x" * 10_000_000,
        b"[" * 1_000_000,
        b'{"a":' * 200_000,
        b"\x1b]" * 500_000,
        b"FAILED a.py::b[" + b"[" * 1_000_000,
        b"a:1:1: " * 200_000,
        b" " * 5_000_000,
        b"\n" * 200_000,
        b"<a>" * 200_000,
        b"<testsuite>" + b"<testcase/>" * 100_000,
        b"error: a\n" * 100_000,
        b"1 passed, " * 500_000,
        b"ERROR collecting " * 100_000,
    ],
    ids=lambda output: f"{output[:12]!r}",
)
@pytest.mark.timeout(60)
def test_size_alone_stops_nothing(output: bytes) -> None:
    read(Run(stdout=output, root="/repo"))
    read(Run(stdout=output, root="/repo", command=("make", "test"), is_cut=True))
