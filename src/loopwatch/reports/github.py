"""Workflow commands of GitHub: annotations on the lines of a pull request.

Source:
    GitHub's "Workflow commands", and how the runner reads them: a line is a command if it
    begins with ``::`` after white space, or holds ``##[`` anywhere.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from loopwatch.model.finding import Finding, Level
from loopwatch.model.report import Report
from loopwatch.reports.anchor import anchor
from loopwatch.reports.closing import closing_line
from loopwatch.reports.escape import clipped
from loopwatch.reports.going_on import hints
from loopwatch.reports.ink import unwrapped
from loopwatch.reports.kinds import ABOUT
from loopwatch.reports.names import counted, is_raised
from loopwatch.reports.observed import limits
from loopwatch.reports.passages import ending, sentence
from loopwatch.reports.style import PLAIN, UNWRAPPED, Style

COMMANDS: Mapping[Level, str] = {
    Level.ERROR: "error",
    Level.WARNING: "warning",
    Level.NOTE: "notice",
}
MOST = 10  # of each level in one step; GitHub drops the rest without a word
LONGEST_MESSAGE = 4_000  # characters
LONGEST_PATH = 4_096  # characters
DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
PROPERTY = DATA | str.maketrans({":": "%3A", ",": "%2C"})


def render(report: Report, style: Style = PLAIN) -> str:
    """Return a command for each finding that is raised, at most ten a level, then the counts.

    Notes are raised only if asked. The last line is no command: it is there also when
    nothing was found, and holds nothing from outside.
    """
    raised = [found for found in report.findings if is_raised(found, style)]
    shown = list(_shown(raised))
    more = len(raised) - len(shown)
    told = [command(COMMANDS[one.level], _properties(one), _message(one, report)) for one in shown]
    if more:
        message = f"{counted(more, 'more finding')}: GitHub shows ten annotations a level"
        told.append(command("notice", {"title": "loopwatch"}, message))
    return "".join(f"{line}\n" for line in (*told, closing_line(report)))


def _shown(findings: list[Finding]) -> Iterator[Finding]:
    """Yield the strongest of each level, and leave room for the notice that there are more."""
    room = Counter(dict.fromkeys(Level, MOST))
    is_full = Counter(found.level for found in findings)
    if any(is_full[level] > MOST for level in Level):
        room[Level.NOTE] -= 1
    for finding in findings:
        room[finding.level] -= 1
        if room[finding.level] >= 0:
            yield finding


def _properties(finding: Finding) -> dict[str, str]:
    """Return where an annotation stands, and its title."""
    title = f"loopwatch: {ABOUT[finding.kind].title.lower()}"
    place = anchor(finding)
    if place is None:
        return {"title": title}
    lines = {"line": str(place.start), "endLine": str(place.end)} if place.is_known else {}
    return {"file": clipped(place.path, LONGEST_PATH), **lines, "title": title}


def _message(finding: Finding, report: Report) -> str:
    lines = [
        f"{sentence(finding, report)}.",
        unwrapped(limits(finding, report, UNWRAPPED)),
        ending(finding),
        *hints(finding, report).values(),
    ]
    return "\n".join(clipped(line, LONGEST_MESSAGE) for line in lines if line)


def command(name: str, properties: Mapping[str, str], message: str) -> str:
    """Return a workflow command; nothing in its values can end it or begin another."""
    told = ",".join(f"{key}={value.translate(PROPERTY)}" for key, value in properties.items())
    return f"::{name} {told}::{message.translate(DATA)}"
