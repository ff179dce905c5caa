"""The command that people type, and the hook, for which nothing is loaded before it is needed."""

import gc
import os
import sys

RARELY = 100_000  # new objects: nearly all that a scan makes goes without the collector
LOOKING = frozenset({"check", "explain", "scan"})  # commands that have nothing to tidy up


def main(arguments: list[str] | None = None) -> int:
    """Run loopwatch and return its exit status."""
    gc.set_threshold(RARELY)
    is_alone = arguments is None
    given = sys.argv[1:] if is_alone else arguments or []
    if is_alone:
        gc.disable()
    try:
        if given[:1] == ["check"]:
            from loopwatch.entrypoints.fast_check import answer

            if (status := answer(given[1:])) is not None:
                return _left(status) if is_alone else status
        from loopwatch.entrypoints.cli import run
    except KeyboardInterrupt:  # so early that nobody is there yet to say so
        from loopwatch.exit_codes import ExitCode

        return ExitCode.FAILED
    if is_alone:
        gc.freeze()  # what was loaded is there to stay
        gc.enable()
    status = run(given)
    return _left(status) if is_alone and given[:1] and given[0] in LOOKING else status


def _left(status: int) -> int:
    """Leave without the tidying up that takes Python long, with so many objects to let go."""
    try:
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
    except (OSError, ValueError):  # nobody listens: as Python says it
        return status
    os._exit(status)
