"""The formats that a report can be written in; add a writer here and `--format` offers it."""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from loopwatch.reports.style import Style, Writer

if TYPE_CHECKING:
    from loopwatch.model.report import Report

DEFAULT_FORMAT = "text"


def _writer(module: str) -> Writer:
    """Return the writer of a module, which is loaded when a report is written."""

    def write(report: "Report", style: Style) -> str:
        render: Writer = import_module(f"loopwatch.reports.{module}").render
        return render(report, style)

    return write


WRITERS: Mapping[str, Writer] = MappingProxyType(
    {
        "text": _writer("text"),
        "concise": _writer("concise"),
        "json": _writer("json_doc"),
        "jsonl": _writer("jsonl"),
        "sarif": _writer("sarif"),
        "markdown": _writer("markdown"),
        "html": _writer("html_page"),
        "github": _writer("github"),
        "gitlab": _writer("gitlab"),
        "junit": _writer("junit"),
        "dot": _writer("dot"),
    }
)
"""Name of each format, and what writes it."""

NOTED = frozenset({"json", "jsonl"})
PLACED = frozenset({"github", "gitlab", "sarif"})  # shown at lines of the newest version
"""Formats that list notes without being asked; the others only count them, without ``-v``."""
