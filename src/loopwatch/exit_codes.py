"""What loopwatch's exit status means."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The three answers of a run; "could not look" is never "nothing found"."""

    NOTHING = 0  # nothing at or above --fail-on
    FOUND = 1  # something at or above --fail-on
    FAILED = 2  # the job could not be done
