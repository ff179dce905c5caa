"""Code Quality of GitLab: an array that its merge request widget reads.

Source:
    GitLab's "Code Quality report format". The widget compares with the report of the target
    branch by ``fingerprint``, and does not show ``check_name``, so the kind is in the text.
"""

import json

from loopwatch.model.finding import Finding, Level
from loopwatch.model.report import Report
from loopwatch.reports.anchor import anchor
from loopwatch.reports.escape import clipped, plain
from loopwatch.reports.json_doc import Object, printed
from loopwatch.reports.kinds import ABOUT
from loopwatch.reports.names import finding_id, is_raised
from loopwatch.reports.passages import sentence
from loopwatch.reports.style import PLAIN, Style

SEVERITIES = {Level.ERROR: "critical", Level.WARNING: "major", Level.NOTE: "info"}
LONGEST_DESCRIPTION = 1_000  # characters


def render(report: Report, style: Style = PLAIN) -> str:
    """Return an entry for each finding that is raised; ``[]`` if there is none."""
    entries = [_entry(one, report) for one in report.findings if is_raised(one, style)]
    return f"{printed(json.dumps(entries, ensure_ascii=False, indent=2))}\n"


def _entry(finding: Finding, report: Report) -> Object:
    place = anchor(finding)
    title = ABOUT[finding.kind].title
    return {
        "description": clipped(f"{title}: {sentence(finding, report)}", LONGEST_DESCRIPTION),
        "check_name": finding.kind.value,
        "fingerprint": finding_id(finding),
        "severity": SEVERITIES[finding.level],
        "location": {
            "path": plain(place.path) if place else ".",
            "lines": {"begin": place.start if place else 1},
        },
    }
