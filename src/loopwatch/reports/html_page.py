"""One page for the browser: it stands alone, asks for nothing, and works without script."""

from collections.abc import Sequence
from importlib import resources
from xml.etree import ElementTree as ET

from loopwatch.model.finding import Finding
from loopwatch.model.report import Report
from loopwatch.reports.closing import closing_line, closing_lines
from loopwatch.reports.escape import clipped, plain
from loopwatch.reports.html_finding import LONGEST_NAME, add_finding, anchor_of
from loopwatch.reports.html_fleet import add_fleet, add_sessions
from loopwatch.reports.html_parts import Element, add, add_folded, add_lines, add_table, page_text
from loopwatch.reports.json_doc import tool
from loopwatch.reports.kinds import ABOUT
from loopwatch.reports.names import counted, dates, finding_id, is_listed, shape, short, unit_name
from loopwatch.reports.style import PLAIN, Style

STYLE_FILE = "html_page.css"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
MOST_IN_FULL = 100  # findings; more are told on one line each


def render(report: Report, style: Style = PLAIN) -> str:
    """Return the page: live findings, then history, notes if asked, and what was left out."""
    listed = [found for found in report.findings if is_listed(found)]
    live = [found for found in listed if not found.is_settled]
    settled = [found for found in listed if found.is_settled]
    notes = [found for found in report.findings if not is_listed(found)]
    page = ET.Element("html", lang="en")
    _add_head(page, report)
    body = add(page, "body")
    _add_top(body, report, live)
    main = add(body, "main")
    room = MOST_IN_FULL
    for title, findings in (("Now", live), ("History: long past", settled)):
        _add_section(main, title, findings, room, report)
        room = max(room - len(findings), 0)
    _add_notes(main, notes, report, style)
    add_sessions(main, report)
    add_fleet(main, report)
    _add_left_out(main, report)
    _add_kinds(main, report.findings if style.verbose else listed)
    said = tool()
    add(body, "footer", f"{said['name']} {said['version']}. Times are UTC.")
    return page_text(page)


def _add_head(page: Element, report: Report) -> None:
    head = add(page, "head")
    add(head, "meta", charset="utf-8")
    add(head, "meta", **{"http-equiv": "Content-Security-Policy", "content": POLICY})
    add(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    add(head, "meta", name="referrer", content="no-referrer")
    add(head, "title", f"loopwatch: {clipped(report.source.name, LONGEST_NAME)}")
    css = resources.files("loopwatch.reports").joinpath(STYLE_FILE).read_text(encoding="utf-8")
    add(head, "style", f"\n{css}")


def _add_top(body: Element, report: Report, live: Sequence[Finding]) -> None:
    """Add what was read, what was found, and a list that leads to each live finding."""
    header = add(body, "header")
    add(header, "h1", f"loopwatch: {clipped(report.source.name, LONGEST_NAME)}")
    add(header, "p", f"{clipped(report.source.range, LONGEST_NAME)}", of_class="faint")
    add(header, "p", closing_line(report))
    if not report.is_complete:
        why = "; ".join(clipped(notice, LONGEST_NAME) for notice in report.notices)
        why = why or "some versions could not be read whole"
        add(header, "p", f"Not complete: {why}.", of_class="bad")
    if len(live) > 1:
        _add_rows(add(body, "nav"), live, report)


def _add_section(
    main: Element, title: str, findings: Sequence[Finding], room: int, report: Report
) -> None:
    """Add findings in full as far as there is room, the others in short."""
    if not findings:
        return
    section = add(main, "section")
    add(section, "h2", f"{title} ({len(findings):,})")
    for finding in findings[:room]:
        add_finding(section, finding, report)
    if findings[room:]:
        add(section, "p", f"{counted(len(findings[room:]), 'more finding')} in short:")
        _add_rows(section, findings[room:], report)


def _add_rows(parent: Element, findings: Sequence[Finding], report: Report) -> None:
    """Add a table with one line for each finding, which leads to it."""
    body = add_table(parent, ("level", "what", "where", "last", "id"))
    when = dates(report.versions)
    for finding in findings:
        row = add(body, "tr")
        add(add(row, "td"), "span", finding.level.value, of_class=f"badge {finding.level.value}")
        add(row, "td", f"{ABOUT[finding.kind].title}: {shape(finding)}")
        add(add(row, "td"), "code", clipped(unit_name(finding), LONGEST_NAME))
        last = f"{short(finding.last_at)} {when.get(finding.last_at, '')}"
        add(row, "td", clipped(last.strip(), LONGEST_NAME))
        add(add(row, "td", of_class="id"), "a", finding_id(finding), href=f"#{anchor_of(finding)}")


def _add_notes(main: Element, notes: Sequence[Finding], report: Report, style: Style) -> None:
    if not notes:
        return
    section = add(main, "section")
    add(section, "h2", f"Notes ({len(notes):,})")
    add(section, "p", "These may well be healthy work.", of_class="faint")
    if style.verbose:
        _add_rows(add_folded(section, "List them"), notes, report)
    else:
        add(section, "p", "With -v they are listed here.")


def _add_left_out(main: Element, report: Report) -> None:
    """Add what could not be looked at."""
    if not report.skipped:
        return
    section = add(main, "section")
    add(section, "h2", "Not analysed")
    lines = closing_lines(report, Style(verbose=True))
    add_lines(add_folded(section, "What, and why"), lines[1:], "wrapped")


def _add_kinds(main: Element, findings: Sequence[Finding]) -> None:
    """Add what the kinds on this page mean."""
    kinds = {found.kind for found in findings}
    if not kinds:
        return
    section = add(main, "section")
    add(section, "h2", "What it means")
    for kind, about in ABOUT.items():
        if kind in kinds:
            line = add(section, "p")
            add(line, "strong", f"{about.title}. ")
            line[-1].tail = plain(f"{about.meaning} {about.to_do}")
