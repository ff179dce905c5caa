"""A lock that lies beside a file, shared by those who use it, held alone to replace it.

The system gives it up when its holder dies. Where there are no such locks (Windows, some
network folders, a folder that cannot be written), there is none: a file in use cannot be
renamed on Windows anyway, and nobody renames anything in a folder that cannot be written.
"""

import os
import time
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

PAUSE = 0.02  # seconds between two attempts


class FileLock:
    """One process's hold on a lock file; held from ``share`` or ``take`` to ``release``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def share(self, patience: float) -> None:
        """Hold the lock together with others; goes on without it after ``patience`` seconds."""
        if fcntl is not None:
            self._hold(fcntl.LOCK_SH, patience)

    def take(self, patience: float) -> bool:
        """Hold the lock alone; return False if others still have it after so many seconds."""
        return fcntl is None or self._hold(fcntl.LOCK_EX, patience)

    def release(self) -> None:
        """Let go."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _hold(self, kind: int, patience: float) -> bool:
        if self._file is None:
            try:
                flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
                self._file = os.open(self._path, flags, 0o666)
            except OSError:
                return True
        until = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(self._file, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    return False
                time.sleep(PAUSE)
            except OSError:
                return True  # no locks here
            else:
                return True
