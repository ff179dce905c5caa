"""The sessions of an audit, one by one and added up, for the page."""

from loopwatch.model.report import Report
from loopwatch.reports import sessions
from loopwatch.reports.escape import clipped
from loopwatch.reports.fleet import HEADS, LONGEST_NAME, NOT_TOLD, cells, plus, tables
from loopwatch.reports.html_parts import Element, add, add_table


def add_sessions(main: Element, report: Report) -> None:
    """Add how the sessions went on, those that went in circles first."""
    told = sessions.table(report)
    if not told:
        return
    section = add(main, "section")
    add(section, "h2", "How the sessions went on")
    body = add_table(section, sessions.HEADS)
    for each in told:
        row = add(body, "tr")
        for one in each:
            add(row, "td", one)
    if more := sessions.number(report) - len(told):
        add(section, "p", f"… {more:,} more", of_class="faint")


def add_fleet(main: Element, report: Report) -> None:
    """Add the tables that have more than one row."""
    found = list(tables(report, is_verbose=False))
    if not found:
        return
    section = add(main, "section")
    add(section, "h2", "The same sessions, added up")
    for title, rows in found:
        body = add_table(section, (title, *HEADS))
        for one in rows:
            row = add(body, "tr")
            add(row, "td", clipped(one.name, LONGEST_NAME) if one.name else NOT_TOLD)
            for told in cells(one):
                add(row, "td", told, of_class="narrow")
    if said := plus(rows for _, rows in found):
        add(section, "p", said, of_class="faint")
