"""The ends that a command writes to in place of our output: pseudo-terminals, or else pipes."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

try:
    import fcntl
    import termios
except ImportError:  # Windows has no pseudo-terminals of this kind
    termios = None  # type: ignore[assignment]

STDOUT, STDERR = 1, 2


@dataclass(frozen=True, slots=True)
class End:
    """What stands for one of our outputs, or for both where they are the same."""

    ours: int  # to read
    theirs: int  # for the command to write
    target: int  # our own output
    is_terminal: bool

    def resize(self) -> None:
        """Give the pseudo-terminal the size of the terminal that it stands for."""
        if self.is_terminal:
            with suppress(OSError):
                size = fcntl.ioctl(self.target, termios.TIOCGWINSZ, b"\0" * 8)
                fcntl.ioctl(self.ours, termios.TIOCSWINSZ, size)


def output_ends() -> dict[int, End]:
    """Return an end for standard output and one for standard error, by number.

    They are one and the same where ours are, so that the order of lines is kept. An output
    that is closed has none.
    """
    ends: dict[int, End] = {}
    for target in _open_outputs():
        same = ends.get(STDOUT)
        ends[target] = same if same and _is_same(STDOUT, target) else _end(target)
    return ends


def _open_outputs() -> Iterator[int]:
    for target in (STDOUT, STDERR):
        with suppress(OSError):
            os.fstat(target)
            yield target


def _is_same(first: int, second: int) -> bool:
    one, other = os.fstat(first), os.fstat(second)
    # Two terminals differ by device; /dev/tty and the terminal behind it count as two, which
    # costs no more than the order of lines between them.
    return os.path.samestat(one, other) and one.st_rdev == other.st_rdev


def _end(target: int) -> End:
    if termios is not None and os.isatty(target):
        with suppress(OSError):
            return _terminal(target)
    ours, theirs = os.pipe()
    return End(ours, theirs, target, is_terminal=False)


def _terminal(target: int) -> End:
    """Return a pseudo-terminal that changes nothing: the terminal itself ends lines."""
    ours, theirs = os.openpty()
    end = End(ours, theirs, target, is_terminal=True)
    with suppress(termios.error):
        modes = termios.tcgetattr(target)
        modes[1] &= ~termios.OPOST
        termios.tcsetattr(theirs, termios.TCSANOW, modes)
    end.resize()
    return end
