"""Elements of a page. They are built as a tree, so that no text can become markup."""

from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET

from loopwatch.reports.ink import Line, Tone

Element = ET.Element
BLOCKS = frozenset(
    "head body header main section article footer nav table thead tbody tr td th ul li p h1 h2 h3 "
    "h4 details summary pre div meta title style".split()
)
CLASSES = {Tone.OLD: "old", Tone.NEW: "new", Tone.FAINT: "faint"}


def add(parent: Element, tag: str, text: str = "", of_class: str = "", **more: str) -> Element:
    """Add an element with a text to another and return it."""
    child = ET.SubElement(parent, tag, {**({"class": of_class} if of_class else {}), **more})
    child.text = text
    if tag in BLOCKS:
        child.tail = "\n"  # the source of the page can be read too
    return child


def add_text(parent: Element, text: str) -> None:
    """Add a text behind all that an element has."""
    if len(parent):
        last = parent[-1]
        last.tail = (last.tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def add_folded(parent: Element, title: str) -> Element:
    """Add a part that is shown on demand."""
    details = add(parent, "details")
    add(details, "summary", title)
    return details


def add_lines(parent: Element, lines: Iterable[Line], of_class: str = "") -> None:
    """Add lines of a text report as they are, with their tones."""
    block = add(parent, "pre", of_class=of_class)
    for number, spans in enumerate(lines):
        if number:
            add_text(block, "\n")
        for span in spans:
            if span.tone in CLASSES:
                add(block, "span", span.text, of_class=CLASSES[span.tone])
            else:
                add_text(block, span.text)


def add_table(parent: Element, heads: Sequence[str]) -> Element:
    """Add a table that can be wider than the page, and return its body."""
    table = add(add(parent, "div", of_class="scroll"), "table")
    row = add(add(table, "thead"), "tr")
    for head in heads:
        add(row, "th", head, scope="col")
    return add(table, "tbody")


def page_text(root: Element) -> str:
    """Return a whole page as HTML."""
    return f"<!DOCTYPE html>\n{ET.tostring(root, encoding='unicode', method='html')}\n"
