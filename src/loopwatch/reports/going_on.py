"""Which commands go on from a finding. None of them knows what was found in a session."""

from loopwatch.model.finding import Finding
from loopwatch.model.report import Report
from loopwatch.reports.names import finding_id

HINTS = {
    "why": "loopwatch explain {id}",
    "accept": 'loopwatch ignore {id} --reason "..."',
}


def hints(finding: Finding, report: Report) -> dict[str, str]:
    """Return which commands go on from here, by what they are for."""
    if report.source.kind != "git":
        return {}
    return {key: command.format(id=finding_id(finding)) for key, command in HINTS.items()}


def to_see_more(finding: Finding, report: Report) -> str:
    """Return what follows "3 more": the command that shows them, "" where there is none."""
    why = hints(finding, report).get("why")
    return f": {why}" if why else ""
