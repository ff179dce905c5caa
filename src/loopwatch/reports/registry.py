"""The formats that a report can be written in; add a writer here and `--format` offers it."""

from collections.abc import Mapping
from types import MappingProxyType

from loopwatch.reports import concise, dot, json_doc, text
from loopwatch.reports.style import Writer

DEFAULT_FORMAT = "text"

WRITERS: Mapping[str, Writer] = MappingProxyType(
    {
        "text": text.render,
        "concise": concise.render,
        "json": json_doc.render,
        "dot": dot.render,
    }
)
"""Name of each format, and what writes it."""
