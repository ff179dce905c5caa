"""The command that people type."""

import gc
import sys

from loopwatch.exit_codes import ExitCode

RARELY = 20_000  # new objects: nearly all that a scan makes goes without the collector


def main(arguments: list[str] | None = None) -> int:
    """Run loopwatch and return its exit status."""
    gc.set_threshold(RARELY)
    try:
        from loopwatch.entrypoints.cli import run
    except KeyboardInterrupt:  # so early that nobody is there yet to say so
        return ExitCode.FAILED
    return run(sys.argv[1:] if arguments is None else arguments)


__all__ = ["ExitCode", "main"]
