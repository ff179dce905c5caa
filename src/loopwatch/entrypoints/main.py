"""The command that people type, and the hook, for which nothing is loaded before it is needed."""

import gc
import os
import sys

RARELY = 20_000  # new objects: nearly all that a scan makes goes without the collector


def main(arguments: list[str] | None = None) -> int:
    """Run loopwatch and return its exit status."""
    gc.set_threshold(RARELY)
    given = sys.argv[1:] if arguments is None else arguments
    try:
        if given[:1] == ["check"]:
            from loopwatch.entrypoints.fast_check import answer

            if (status := answer(given[1:])) is not None:
                return _left(status) if arguments is None else status
        from loopwatch.entrypoints.cli import run
    except KeyboardInterrupt:  # so early that nobody is there yet to say so
        from loopwatch.exit_codes import ExitCode

        return ExitCode.FAILED
    return run(given)


def _left(status: int) -> int:
    """Leave without the tidying up that takes Python as long as half of the work."""
    try:
        sys.stdout.flush()
    except OSError:  # nobody listens: as Python says it
        return status
    os._exit(status)
