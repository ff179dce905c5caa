"""Runs a tool for a limited time, and ends it with all that it started."""

import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

LARGEST = 64_000_000  # bytes of output that are read


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRun:
    """What a tool said."""

    status: int | None  # None: it took too long; negative: killed by that signal
    stdout: bytes = b""
    stderr: bytes = b""
    is_cut: bool = False


class ToolRunner:
    """Runs tools, in several threads if need be; ``stop`` ends all of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self.is_stopped = False

    def run(
        self, command: Sequence[str], folder: Path, environment: Mapping[str, str], seconds: float
    ) -> ToolRun:
        """Run a tool in a folder.

        Raises:
            OSError: it cannot be started.
        """
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            process = self._started(command, folder, environment, out, err)
            try:
                status: int | None = process.wait(seconds)
            except subprocess.TimeoutExpired:
                status = None
            finally:
                end(process)
                with self._lock:
                    self._running.discard(process)
            stdout, stderr = _content(out), _content(err)
        is_cut = max(len(stdout), len(stderr)) > LARGEST
        return ToolRun(
            status=status, stdout=stdout[:LARGEST], stderr=stderr[:LARGEST], is_cut=is_cut
        )

    def stop(self) -> None:
        """End all tools, and start no more."""
        with self._lock:
            self.is_stopped = True
            for process in self._running:
                _kill(process)

    def _started(
        self,
        command: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        out: IO[bytes],
        err: IO[bytes],
    ) -> subprocess.Popen[bytes]:
        with self._lock:
            if self.is_stopped:
                raise InterruptedError("stopped")
            process = subprocess.Popen(
                list(command),
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,  # so that all it starts can be ended with it
            )
            self._running.add(process)
        return process


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and all of its group, and take leave of it."""
    _kill(process)
    process.wait()


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read(LARGEST + 1)
