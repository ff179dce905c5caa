"""Hands signals on to a command, which is to behave as if nobody stood in between."""

import os
import signal
import threading
from collections.abc import Callable, Collection
from contextlib import suppress

FROM_TERMINAL = ("SIGINT", "SIGQUIT", "SIGWINCH", "SIGHUP")  # sent to all that run in it
OTHERS = ("SIGTERM", "SIGUSR1", "SIGUSR2", "SIGALRM")


def _here(names: Collection[str]) -> frozenset[int]:
    return frozenset(getattr(signal, name) for name in names if hasattr(signal, name))


RELAYED = _here((*FROM_TERMINAL, *OTHERS))


class SignalRelay:
    """Takes the signals of this process and sends them to another one.

    The terminal sends Ctrl-C to all processes in it, so to the command too; sent on, the
    command would get it twice, which kills some while they clean up.
    """

    def __init__(self) -> None:
        self._process: int | None = None
        self._thread: threading.Thread | None = None
        self._before = signal.pthread_sigmask(signal.SIG_BLOCK, RELAYED)

    def unblock(self) -> None:
        """Take signals as before; a child does so between fork and exec."""
        signal.pthread_sigmask(signal.SIG_SETMASK, self._before)

    def start(self, process: int, resized: Callable[[], None]) -> None:
        """Begin to hand signals on.

        Args:
            process: id of the command.
            resized: is called when the terminal has another size.
        """
        self._process = process
        self._thread = threading.Thread(target=self._relay, args=(resized,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Hand on nothing more: the command has ended."""
        self._process = None
        if self._thread is not None and self._thread.ident is not None:
            signal.pthread_kill(self._thread.ident, signal.SIGWINCH)  # wakes it up
            self._thread.join()
        _drop_late_ones()
        self.unblock()

    def _relay(self, resized: Callable[[], None]) -> None:
        while True:
            number, is_theirs = _next()
            process = self._process
            if process is None:
                return
            if number == signal.SIGWINCH:
                resized()  # then tell it again, for it may have asked too early
            elif is_theirs:
                continue
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process, number)


def _drop_late_ones() -> None:
    """Take what the terminal sent and nobody has heard yet: the command has ended by it.

    Heard later, it would end us, and the result of the command would be lost.
    """
    while pending := signal.sigpending() & _here(FROM_TERMINAL):
        signal.sigwait(pending)


def _next() -> tuple[int, bool]:
    """Wait for a signal; return its number, and whether the command has got it as well."""
    if hasattr(signal, "sigwaitinfo"):
        told = signal.sigwaitinfo(RELAYED)
        return told.si_signo, told.si_code > 0  # the system sent it: a key was pressed
    number = signal.sigwait(RELAYED)  # macOS: who sent it is not told
    return number, number in {signal.SIGINT, signal.SIGQUIT} and _is_in_front()


def _is_in_front() -> bool:
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False


def die_by(number: int) -> None:
    """End this process by a signal, as a shell expects of a command that a signal ended."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # the core file is the command's
    with suppress(OSError):  # SIGKILL has no other way
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
    os.kill(os.getpid(), number)
