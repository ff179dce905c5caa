"""Reads what Python's own unittest prints."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from loopwatch.detectors.api import Run
from loopwatch.detectors.arguments import Syntax, options
from loopwatch.detectors.asked import Asked, asked, is_from
from loopwatch.detectors.console import lines_of
from loopwatch.detectors.failures import python_cause
from loopwatch.detectors.node_ids import file_of, from_dotted
from loopwatch.detectors.outcomes import Outcomes
from loopwatch.detectors.tools import UNITTEST
from loopwatch.model.evidence import Evidence

_OPTIONS = Syntax(options("-k -s --start-directory -p --pattern -t --top-level-directory"))
_NAME = r"(?P<test>[\w.]+) \((?P<where>[\w.]+)\)"
_HEADING = re.compile(rf"^(?P<outcome>FAIL|ERROR): {_NAME}(?: .*)?$")
_NAMED = re.compile(rf"^{_NAME}(?: \.\.\. |$)")
_OUTCOME = re.compile(r" \.\.\. (?P<outcome>ok|skipped|expected failure)(?: .*)?$")
_RAN = re.compile(r"^Ran (\d{1,9}) tests? in [\d.]+s$")
_RESULT = re.compile(r"^(?P<result>OK|FAILED)(?: \((?P<counts>[\w =,]+)\))?$")
_COUNT = re.compile(r"(failures|errors|skipped|expected failures|unexpected successes)=(\d{1,9})")
_RULER = re.compile(r"^(?:={70}|-{70})$")
_LOADER = re.compile(r"^unittest\.loader\._FailedTest\.?")
_OUTPUT = re.compile(r"^Ran \d+ tests? in [\d.]+s$", re.MULTILINE)
_SIGNS = ("Ran ",)


@dataclass(frozen=True, slots=True)
class Unittest:
    """Reads the console of unittest."""

    name: str = "unittest"

    def recognises(self, run: Run) -> bool:
        return is_from(run, UNITTEST, _OUTPUT, _SIGNS)

    def read(self, run: Run) -> Evidence | None:
        call = asked(run, _OPTIONS, *UNITTEST)
        outcomes, told = Outcomes(), _totals(lines_of(run))
        sections = list(_sections(lines_of(run)))
        for heading, section in sections:
            _fail(heading, section, outcomes, call)
        _note(lines_of(run), outcomes, call)
        bad = told.get("failures", 0) + told.get("errors", 0) if told else -1
        is_listed = bad == len(sections)
        return outcomes.evidence(
            self.name, roots=_roots(call, told) if is_listed else (), has_passed=is_listed
        )


def _totals(lines: Iterable[str]) -> dict[str, int] | None:
    """Return the counts of the one result; None if there is none, or more than one."""
    found = [match for match in map(_RESULT.match, lines) if match]
    ran = [int(match[1]) for match in map(_RAN.match, lines) if match]
    if len(found) != 1 or len(ran) != 1:
        return None
    counts = {word: int(number) for word, number in _COUNT.findall(found[0]["counts"] or "")}
    return {**counts, "ran": ran[0]}


def _note(lines: Iterable[str], outcomes: Outcomes, call: Asked) -> None:
    """Take in the tests that ``-v`` names; its outcome may follow the first line of a doc."""
    named: re.Match[str] | None = None
    for line in lines:
        named = _NAMED.match(line) or named
        found = _OUTCOME.search(line)
        name = _node(named["test"], named["where"], call) if named and found else ""
        if name and found:
            outcomes.note(name, is_off=found["outcome"] != "ok")
        named = None if found else named


def _roots(call: Asked, told: dict[str, int] | None) -> tuple[str, ...]:
    """Return what was looked at: the folder, if nothing was chosen and nothing is hidden."""
    given = call.arguments
    words = [word for word in given.operands if word != "discover"]
    is_part = bool(words) or given.has("-k", "-f", "--failfast", "-p", "--pattern")
    hidden = told and (told.get("skipped") or told.get("expected failures"))
    is_ended = call.is_whole and call.has_stderr and call.has_ended(0, 1)
    if not call.program or is_part or hidden or not is_ended or not (told and told["ran"]):
        return ()
    return call.roots(given.values("-s", "--start-directory"))


def _sections(lines: Iterable[str]) -> Iterator[tuple[re.Match[str], list[str]]]:
    heading: re.Match[str] | None = None
    section: list[str] = []
    for line in lines:
        found = _HEADING.match(line)
        if (found or _RAN.match(line)) and heading:
            yield heading, section
            heading = None
        if found:
            heading, section = found, []
        elif heading and not _RULER.match(line):
            section.append(line)
    if heading:
        yield heading, section


def _fail(heading: re.Match[str], section: list[str], outcomes: Outcomes, call: Asked) -> None:
    cause = python_cause(section, call.path)
    if _LOADER.match(heading["where"]):
        module = _LOADER.sub("", heading["where"]) or heading["test"]
        path = call.path(module.replace(".", "/") + ".py")
        if path:
            outcomes.break_off(path, cause.message, cause.reason)
        return
    name = _node(heading["test"], heading["where"], call)
    if name:
        outcomes.fail(
            name,
            cause.message,
            path=file_of(name),
            reason=cause.reason,
            frames=cause.frames,
        )


def _node(test: str, where: str, call: Asked) -> str:
    """Return the node id; since Python 3.11 the test's own name ends what is in brackets."""
    classname = where.removesuffix(f".{test}") if where.count(".") > 1 else where
    node = from_dotted(classname, test)
    path = call.path(file_of(node))
    return path + node[len(file_of(node)) :] if path else ""
