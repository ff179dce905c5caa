"""Reads what pytest prints on a console, in all its lengths."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from loopwatch.detectors.api import Run
from loopwatch.detectors.asked import Asked, asked, is_from
from loopwatch.detectors.console import lines_of
from loopwatch.detectors.failures import Cause, exception, python_cause
from loopwatch.detectors.node_ids import file_of, split_summary, title_of
from loopwatch.detectors.outcomes import Outcomes
from loopwatch.detectors.pytest_options import (
    OPTIONS,
    configuration,
    covering,
    is_no_run,
    is_selection,
    most_failures,
)
from loopwatch.detectors.tools import PYTEST
from loopwatch.model.evidence import Evidence

_WORDS = (
    "failed|passed|skipped|deselected|xfailed|xpassed|errors?|warnings?|rerun"
    "|subtests (?:passed|failed|skipped)"
)
_COUNT = re.compile(rf"(\d{{1,9}}) ({_WORDS})\b")
_TOTAL = re.compile(rf"^=* ?(?:\d+ (?:{_WORDS})(?:, )?)+ in [\d.]+s(?: \([\d:]+\))? ?=*$")
_NO_TESTS = re.compile(r"^=* ?no tests ran in [\d.]+s ?=*$")
_STOPPED = re.compile(r"^!{3,} .* !{3,}$|^INTERNALERROR>")
_VERSION = re.compile(r"^platform .*\bpytest-([\w.]+)")
_SUMMARY = re.compile(
    r"^(?P<outcome>FAILED|ERROR|PASSED|XFAIL|XPASS|XPASSED|XFAILED)"
    r" (?P<rest>(?:\S[^:\n]*?)?\.\w+(?:::.*)?)$"
)
_PART = re.compile(  # of a test, since pytest 9
    r"^SUBFAILED(?P<part>(?:\[.*?\])?(?: ?\(.*?\))?) (?P<rest>\S[^\s:]*\.\w+::.*)$"
)
_FOLDED = re.compile(r"^SKIPPED \[(?P<count>\d{1,9})\] (?P<path>\S[^:]*)(?::\d+)?: ")
_VERBOSE = re.compile(
    r"^(?P<node>\S[^:]*\.\w+::.*?) (?P<outcome>PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)\b"
    r"(?: \(.*\)?)?\s*(?:\[ *\d+%\])?$"
)
_WORKER = re.compile(
    r"^\[gw\d+\] \[ *\d+%\] (?P<outcome>PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)"
    r" (?P<node>\S[^:]*\.\w+::.*?) ?$"
)
_LETTERS = re.compile(r"^(?P<path>\S[^:]*\.\w+ )?(?P<letters>[.FEsxXRu]+) *(?:\[ *\d+%\])?$")
_NO_TEST = frozenset({"warning", "rerun", "subtests passed", "subtests failed", "subtests skipped"})
_TEST_FILE = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_test)\.py$")  # tests skip there themselves
_HEADING = re.compile(r"^_{3,} (?P<title>.+?) _{3,}$")
_RULER = re.compile(r"^(?:={3,}|-{3,}|!{3,}) .* (?:={3,}|-{3,}|!{3,})$")
_COLLECTING = "ERROR collecting "
_PHASE = re.compile(r"^ERROR at (?:setup|teardown|call) of ")
_OUTPUT = re.compile(
    rf"^=+ test session starts =+$|{_TOTAL.pattern}|{_NO_TESTS.pattern}"
    r"|^(?:FAILED|ERROR) \S+\.py::\S",
    re.MULTILINE,
)
_SIGNS = (
    *("passed", "failed", "skipped", "deselected", "error", "warning", "rerun"),
    *("FAILED ", "ERROR ", "test session starts", "no tests ran"),
)


@dataclass(slots=True)
class _Told:
    """What the lines of an output say."""

    outcomes: Outcomes = field(default_factory=Outcomes)
    totals: list[dict[str, int]] = field(default_factory=list)
    is_stopped: bool = False
    version: str = ""
    failed: set[str] = field(default_factory=set)  # named with FAILED
    errors: set[str] = field(default_factory=set)  # named with ERROR, files too
    letters: dict[str, str] = field(default_factory=dict)  # of each file
    folded: dict[str, int] = field(default_factory=dict)  # files of skipped tests, and how many
    is_unnamed: bool = False  # letters without a file


@dataclass(frozen=True, slots=True)
class Pytest:
    """Reads the console of pytest."""

    name: str = "pytest"
    advice: str = "with -rA it names each test, those that passed or were skipped, too"

    def recognises(self, run: Run) -> bool:
        return is_from(run, PYTEST, _OUTPUT, _SIGNS)

    def read(self, run: Run) -> Evidence | None:
        call = asked(run, OPTIONS, *PYTEST)
        if is_no_run(call.arguments):
            return None
        told = _told(call)
        roots, suites, unknown = _covered(call, told)
        return told.outcomes.evidence(
            self.name,
            roots=roots,
            suites=suites,
            unknown=unknown,
            has_passed=_is_listed(told),
            version=told.version,
            configuration=configuration(call),
        )


def _told(call: Asked) -> _Told:
    lines = lines_of(call.run)
    told = _Told()
    causes = _causes(lines, call)
    seen = ""  # the file of the last progress line
    for line in lines:
        seen = _take(line, seen, told, causes, call)
    for name, path, cause in causes.unlisted(told.outcomes):
        told.outcomes.fail(name, cause.message, path=path, reason=cause.reason, frames=cause.frames)
    return told


def _take(line: str, seen: str, told: _Told, causes: "_Causes", call: Asked) -> str:
    """Take in one line; return the file that a line of letters alone would belong to."""
    if found := _SUMMARY.match(line):
        node, message = split_summary(found["rest"], causes.has)
        _outcome(found["outcome"], node, message, told, causes, call)
    elif found := _PART.match(line):
        node, message = split_summary(found["rest"], causes.has)
        _outcome("FAILED", node, message, told, causes, call, part=found["part"])
    elif found := _VERBOSE.match(line) or _WORKER.match(line):
        _outcome(found["outcome"], found["node"], "", told, causes, call)
    elif found := _LETTERS.match(line):
        return _progress(found, seen, told, call)
    elif found := _FOLDED.match(line):
        path = call.path(found["path"]) or ""
        told.folded[path] = told.folded.get(path, 0) + int(found["count"])
    elif _TOTAL.match(line) or _NO_TESTS.match(line):
        counts = {word.removesuffix("s"): int(n) for n, word in _COUNT.findall(line)}
        told.totals.append(counts)
    elif _STOPPED.match(line):
        told.is_stopped = True
    elif found := _VERSION.match(line):
        told.version = found[1]
    return ""


def _progress(found: re.Match[str], seen: str, told: _Told, call: Asked) -> str:
    path = (call.path(found["path"].strip()) or "") if found["path"] else seen
    told.is_unnamed = told.is_unnamed or not path
    told.letters[path] = told.letters.get(path, "") + found["letters"]
    return path


def _outcome(
    outcome: str,
    node: str,
    message: str,
    told: _Told,
    causes: "_Causes",
    call: Asked,
    *,
    part: str = "",
) -> None:
    """Take in what became of one test, or of a file that could not be collected."""
    path = call.path(file_of(node))
    if path is None:
        return
    name = path + node[len(file_of(node)) :]
    if outcome in {"FAILED", "ERROR"}:
        (told.failed if outcome == "FAILED" else told.errors).add(name + part)
        _failure(name, path, message, told.outcomes, causes, part=part)
    else:
        told.outcomes.note(name, is_off=outcome in {"SKIPPED", "XFAIL", "XFAILED"})


def _failure(
    name: str, path: str, message: str, outcomes: Outcomes, causes: "_Causes", *, part: str
) -> None:
    reason, short = exception(message)
    if "::" not in name:
        cause = causes.of_file(path)
        told = cause.reason or reason
        outcomes.break_off(path, cause.message or short, told)
        return
    cause = causes.of_test(name, part)
    if cause.message or short:
        outcomes.fail(
            name,
            cause.message or short,
            path=path,
            reason=cause.reason or reason,
            frames=cause.frames,
        )
    else:
        outcomes.fail(name, path=path)


@dataclass(slots=True)
class _Causes:
    """The sections on failures, by the title that pytest gives them."""

    tests: dict[str, list[Cause]] = field(default_factory=dict)
    files: dict[str, Cause] = field(default_factory=dict)

    def of_file(self, path: str) -> Cause:
        return self.files.get(path, Cause())

    def has(self, name: str) -> bool:
        """Tell whether a test has a section."""
        return title_of(name) in self.tests

    def of_test(self, name: str, part: str) -> Cause:
        """Return the cause of a test; where titles are alike, the one that is in its file."""
        title = f"{title_of(name)} {part.strip()}" if part else title_of(name)
        found = self.tests.get(title, [])
        if len(found) == 1:
            return found[0]
        start = f"{file_of(name)}:"
        own = (cause for cause in found if cause.frames and cause.frames[0].startswith(start))
        return next(own, Cause())

    def unlisted(self, outcomes: Outcomes) -> Iterator[tuple[str, str, Cause]]:
        """Yield the tests that failed, but are not listed: the list is cut off, or not wanted.

        The first frame of such a section is the test itself, which tells its file.
        """
        known = set(map(title_of, outcomes.failed))
        for title, found in self.tests.items():
            names, bracket, parameters = title.partition("[")
            for cause in found:
                path, _, function = cause.frames[0].partition(":") if cause.frames else ("", "", "")
                if title not in known and path and function == names.rpartition(".")[2]:
                    name = "::".join([path, *names.split(".")]) + bracket + parameters
                    yield name, path, cause


def _causes(lines: Iterable[str], call: Asked) -> _Causes:
    causes = _Causes()
    for title, section in _sections(lines):
        cause = python_cause(section, call.path)
        if title.startswith(_COLLECTING):
            path = call.path(title.removeprefix(_COLLECTING))
            if path:
                causes.files[path] = cause
        else:
            causes.tests.setdefault(_PHASE.sub("", title), []).append(cause)
    return causes


def _sections(lines: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield title and lines of each section between underscores."""
    title, section = "", list[str]()
    for line in lines:
        heading = _HEADING.match(line)
        if heading or _RULER.match(line):
            if title:
                yield title, section
            title, section = heading["title"] if heading else "", []
        elif title:
            section.append(line)
    if title:
        yield title, section


def _is_listed(told: _Told) -> bool:
    """Tell whether all failures and errors that are counted are named."""
    if len(told.totals) != 1:
        return False
    (total,) = told.totals
    return len(told.failed) == total.get("failed", 0) and len(told.errors) == total.get("error", 0)


def _covered(call: Asked, told: _Told) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return roots, suites and unknown files: nothing unless the run was whole."""
    if not call.program or not call.is_whole or not call.has_ended(0, 1) or told.is_stopped:
        return (), (), ()
    if is_selection(call.arguments) or not _is_listed(told):
        return (), (), ()
    (total,) = told.totals
    limit = most_failures(call.arguments)
    is_stopped = limit is not None and total.get("failed", 0) + total.get("error", 0) >= limit
    if is_stopped or total.get("deselected") or not sum(total.values()):
        return (), (), ()
    unknown = _unnamed(told, total)
    return (*covering(call), unknown) if unknown is not None else ((), (), ())


def _unnamed(told: _Told, total: dict[str, int]) -> tuple[str, ...] | None:
    """Return the files with tests that were switched off and are not named; None: not known."""
    hidden = total.get("skipped", 0) + total.get("xfailed", 0) - len(told.outcomes.switched_off)
    if hidden <= 0:
        return ()
    run = sum(count for word, count in total.items() if word not in _NO_TEST)
    letters = sum(len(letters.replace("u", "")) for letters in told.letters.values())
    if not told.is_unnamed and letters == run:
        return tuple(path for path, letters in told.letters.items() if set(letters) & set("sx"))
    is_folded = all(map(_TEST_FILE.search, told.folded)) and sum(told.folded.values()) >= hidden
    return tuple(told.folded) if is_folded else None
