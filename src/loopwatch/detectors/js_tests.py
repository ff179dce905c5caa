"""What jest and vitest have in common: names, the JSON report, calls."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from loopwatch.detectors.arguments import Syntax, options
from loopwatch.detectors.asked import Asked
from loopwatch.detectors.console import plain, text_of
from loopwatch.detectors.failures import exception
from loopwatch.detectors.json_values import Value, at, document, list_at, text_at
from loopwatch.detectors.outcomes import Outcomes
from loopwatch.model.evidence import Evidence

OPTIONS = Syntax(
    options(
        "-c --config -t --testNamePattern --testPathPattern --testPathPatterns --rootDir --roots"
        " --reporters --reporter --outputFile --bail -b --shard --changedSince --changed --project"
        " --selectProjects --ignoreProjects --maxWorkers -w --workers --testTimeout --env"
        " --environment --coverageDirectory --coverageProvider --coverageReporters --testMatch"
        " --testPathIgnorePatterns --testRegex --seed --pool --mode --dir --root -r --exclude"
        " --retry --testResultsProcessor --maxConcurrency --transform --cacheDirectory"
        " --testEnvironment --setupFiles --collectCoverageFrom --preset --runner --logHeapUsage"
        " --minWorkers --tagsFilter"
    )
)
_SELECTING = (
    *("-t", "--testNamePattern", "--onlyChanged", "-o", "--onlyFailures", "-f", "--changedSince"),
    *("--changed", "--findRelatedTests", "--shard", "--lastCommit", "--tagsFilter", "related"),
    *("--testPathPattern", "--testPathPatterns", "--selectProjects", "--ignoreProjects"),
    *("--testMatch", "--testPathIgnorePatterns", "--testRegex", "--project", "--exclude"),
    *("--dir", "--root", "-r", "--rootDir", "--roots", "--passWithNoTests"),
)
_NAMING = ("-t", "--testNamePattern", "--tagsFilter")
_FILES = re.compile(r"\.[cm]?[jt]sx?$")
_OFF = frozenset({"pending", "skipped", "todo", "disabled"})


@dataclass(frozen=True, slots=True)
class Suites:
    """What is known of the files of a run."""

    whole: tuple[str, ...] = ()  # all tests in them ran, or are named as switched off
    unknown: tuple[str, ...] = ()  # some tests in them were switched off and are not named
    is_listed: bool = False  # all failures that are counted are named


def name_of(path: str, titles: Iterable[str]) -> str:
    """Return the name of a test: its file, the describes around it, and its title."""
    return " > ".join((path, *titles))


def covered(call: Asked, suites: Suites) -> tuple[str, ...]:
    """Return the roots: files that ran whole, and the folder if all of its files did.

    Words of the call are parts of names, so they tell of no folder.
    """
    given = call.arguments
    is_done = call.is_whole and call.has_stderr and call.has_ended(0, 1) and suites.is_listed
    if not call.program or not is_done or is_narrowed(call):
        return ()
    words = [word for word in given.operands if word != "run"]
    is_stopping = given.has("--bail", "-b", "--watch", "--watchAll")
    if words or is_stopping or given.has(*_SELECTING) or call.folder is None:
        return suites.whole
    return (call.folder, *suites.whole)


def report(call: Asked, outcomes: Outcomes, not_run: tuple[str, ...] = ()) -> Suites | None:
    """Read a JSON report; None where there is none.

    Args:
        call: the call that printed it.
        outcomes: take in what it says of tests.
        not_run: what it calls a test that was neither run nor skipped.
    """
    found = document(text_of(call.run), _is_report)
    if found is None:
        return None
    whole: list[str] = []
    for suite in list_at(found, "testResults"):
        path = call.path(text_at(suite, "name"))
        if path and _suite(suite, path, outcomes, not_run):
            whole.append(path)
    is_whole = not at(found, "wasInterrupted")
    return Suites(whole=tuple(whole) if is_whole else (), is_listed=is_whole)


def evidence_of(
    detector: str, call: Asked, outcomes: Outcomes, suites: Suites, version: str = ""
) -> Evidence | None:
    """Return what a run says; None if that is nothing."""
    if is_narrowed(call):
        outcomes.switched_off.clear()  # left out by the call, not by a change
    return outcomes.evidence(
        detector,
        roots=covered(call, suites),
        unknown=suites.unknown,
        has_passed=suites.is_listed,
        version=version,
    )


def _is_report(value: Value) -> bool:
    return isinstance(value, dict) and "testResults" in value and "numTotalTests" in value


def is_narrowed(call: Asked) -> bool:
    """Tell whether the call chose tests by their names."""
    return call.arguments.has(*_NAMING)


def _suite(suite: Value, path: str, outcomes: Outcomes, not_run: tuple[str, ...]) -> bool:
    """Take in one file; tell whether all of its tests are told."""
    every = list_at(suite, "assertionResults")
    tests = [test for test in every if text_at(test, "status") not in not_run]
    failed = [test for test in tests if text_at(test, "status") == "failed"]
    for test in tests:
        _test(test, path, outcomes)
    if text_at(suite, "status") == "failed" and not failed:
        break_off(path, text_at(suite, "message"), outcomes)
        return False
    return bool(tests) and len(tests) == len(every)


def _test(test: Value, path: str, outcomes: Outcomes) -> None:
    titles = [title for title in list_at(test, "ancestorTitles") if isinstance(title, str)]
    name = name_of(path, [*filter(None, titles), text_at(test, "title")])
    status = text_at(test, "status")
    if status == "failed":
        said = next((one for one in list_at(test, "failureMessages") if isinstance(one, str)), "")
        fail(name, path, plain(said), outcomes)
    elif status == "passed":
        outcomes.note(name)
    elif status in _OFF:
        outcomes.note(name, is_off=True)


def fail(name: str, path: str, said: str, outcomes: Outcomes) -> None:
    """Take in a test that failed."""
    reason, message = exception(said)
    outcomes.fail(name, message.removeprefix("Error: "), path=path, reason=reason or "Error")


def break_off(path: str, text: str, outcomes: Outcomes) -> None:
    """Take in a file whose tests could not be run."""
    lines = [line.strip() for line in plain(text).split("\n")]
    typed = [line for line in lines if re.match(r"^\w*Error: ", line)]
    reason, message = exception(typed[0] if typed else "")
    said = message or next(filter(None, lines), "")
    outcomes.break_off(path, said.removeprefix("Error: "), reason)


def is_file(word: str) -> bool:
    """Tell whether a word is the name of a file with tests."""
    return _FILES.search(word) is not None
