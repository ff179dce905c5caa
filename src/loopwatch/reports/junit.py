"""JUnit XML: a suite in which each finding is a test that fails, for CI that shows tests."""

import re
from xml.etree import ElementTree as ET

from loopwatch.model.finding import Finding
from loopwatch.model.report import Report
from loopwatch.reports.closing import closing_lines
from loopwatch.reports.escape import clipped, plain
from loopwatch.reports.ink import written
from loopwatch.reports.kinds import ABOUT
from loopwatch.reports.names import NOUNS, finding_id, is_listed, is_raised, unit_name
from loopwatch.reports.passages import sentence
from loopwatch.reports.style import PLAIN, Style
from loopwatch.reports.text import in_full

SUITE = "loopwatch"
LONGEST_NAME = 300  # characters
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""A character that XML 1.0 cannot hold, however it is escaped."""


def render(report: Report, style: Style = PLAIN) -> str:
    """Return a suite: findings that are raised fail, notes pass, and "no loops" passes alone."""
    raised = [found for found in report.findings if is_raised(found, style)]
    failing = sum(map(is_listed, raised))
    numbers = {
        "name": SUITE,
        "tests": str(max(len(raised), 1)),
        "failures": str(failing),
        "errors": "0",
        "skipped": "0",
        "time": "0",
    }
    suites = ET.Element("testsuites", numbers)
    suite = ET.SubElement(suites, "testsuite", numbers)
    for finding in raised:
        _add(suite, finding, report, style)
    if not raised:
        ET.SubElement(suite, "testcase", classname=SUITE, name="no loops", time="0")
    _child(suite, "system-out", written(closing_lines(report, style), colour=False))
    ET.indent(suites)
    return f"{DECLARATION}{ET.tostring(suites, encoding='unicode')}\n"


def _add(suite: ET.Element, finding: Finding, report: Report, style: Style) -> None:
    """Add one finding to a suite."""
    name = clipped(f"{unit_name(finding)} [{finding_id(finding)}]", LONGEST_NAME)
    case = ET.SubElement(
        suite, "testcase", classname=f"{SUITE}.{finding.kind}", name=_xml(name), time="0"
    )
    if finding.path:
        case.set("file", _xml(plain(finding.path)))
    told = written(in_full(finding, NOUNS[finding.kind][0].upper(), report, style), colour=False)
    if not is_listed(finding):
        _child(case, "system-out", told)
        return
    failure = _child(case, "failure", told)
    failure.set("type", f"{SUITE}.{finding.kind}")
    failure.set("message", _xml(f"{ABOUT[finding.kind].title}: {sentence(finding, report)}"))


def _child(parent: ET.Element, tag: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, tag)
    child.text = _xml(text)
    return child


def _xml(text: str) -> str:
    """Return plain text without the few characters that XML cannot hold."""
    return NO_XML.sub("\ufffd", text)
