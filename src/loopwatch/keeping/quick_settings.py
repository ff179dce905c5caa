"""Settings as the quick look needs them: asked for once, and noted in the memory."""

from pathlib import Path

from loopwatch.detectors.plugins import declared
from loopwatch.errors import ConfigError
from loopwatch.model.options import Options
from loopwatch.reports.registry import WRITERS
from loopwatch.sources.config_file import read_settings
from loopwatch.sources.scan_range import ScanRange
from loopwatch.verdicts.rules import LONG_WINDOW, WHOLE_FIX_WINDOW

PLAIN = {"format": "text", "verbose": False}  # what the quick look can print
UNKNOWN = ""  # something is set, or installed, that it does not know of


def quick_settings(top: str) -> str:
    """Return the windows in edits and hours (short and long) and how many commits count, or "".

    Args:
        top: the root of the working tree.
    """
    if any(declared()):
        return UNKNOWN  # detectors of others may look at anything
    try:
        settings = read_settings(Path(top), WRITERS)
    except ConfigError:
        return UNKNOWN
    values = settings.values
    options, count = settings.options(Options()), values.get("max-count", ScanRange().max_count)
    is_plain = all(values.get(key, plain) == plain for key, plain in PLAIN.items())
    is_usual = values.get("fail-on") != "note" and options.largest_file == Options().largest_file
    if not (is_plain and is_usual and count):
        return UNKNOWN
    hours = options.window_hours
    long_hours = max(LONG_WINDOW, WHOLE_FIX_WINDOW, hours)
    return f"{options.window_edits} {hours} {long_hours} {count}"
