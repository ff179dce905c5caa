"""The formats that a report can be written in; add a writer here and `--format` offers it."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from loopwatch.reports.style import PieceWriter, Style, Writer

if TYPE_CHECKING:
    from loopwatch.model.report import Report

DEFAULT_FORMAT = "text"


class LateWriter:
    """The writer of a module, which is loaded when a report is written."""

    def __init__(self, module: str) -> None:
        """Take the name of the module in this package."""
        self._name = f"loopwatch.reports.{module}"

    def __call__(self, report: "Report", style: Style) -> str:
        """Return a report as text."""
        render: Writer = import_module(self._name).render
        return render(report, style)

    def pieces(self, report: "Report", style: Style) -> Iterator[str]:
        """Yield the same text, in many pieces where that saves the room for all of it at once."""
        told: PieceWriter | None = getattr(import_module(self._name), "pieces", None)
        yield from told(report, style) if told is not None else (self(report, style),)


WRITERS: Mapping[str, LateWriter] = MappingProxyType(
    {
        "text": LateWriter("text"),
        "concise": LateWriter("concise"),
        "json": LateWriter("json_doc"),
        "jsonl": LateWriter("jsonl"),
        "sarif": LateWriter("sarif"),
        "markdown": LateWriter("markdown"),
        "html": LateWriter("html_page"),
        "github": LateWriter("github"),
        "gitlab": LateWriter("gitlab"),
        "junit": LateWriter("junit"),
        "dot": LateWriter("dot"),
    }
)
"""Name of each format, and what writes it."""

NOTED = frozenset({"json", "jsonl"})
PLACED = frozenset({"github", "gitlab", "sarif"})  # shown at lines of the newest version
"""Formats that list notes without being asked; the others only count them, without ``-v``."""
