"""Runs git on a repository that may be hostile: no hooks, shell, network or user settings."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from loopwatch.errors import GitMissingError, SourceError
from loopwatch.sources.git_safety import clean_environment, safe_command

CHUNK = 1 << 18  # bytes; performance note §2: larger brings nothing
PIPE_BYTES = 1 << 20  # as much as Linux gives to anybody

# What git adds where it cannot read from a remote, after it has said why.
OF_ANY_REMOTE = (
    "fatal: Could not read from remote repository.",
    "Please make sure you have the correct access rights",
    "and the repository exists.",
)


@dataclass(frozen=True, slots=True)
class Git:
    """git, bound to one folder."""

    folder: Path
    settings: tuple[str, ...] = ()  # beside the safe ones
    environment: tuple[tuple[str, str], ...] = ()  # beside the clean one: a private index

    def command(self, *arguments: str) -> list[str]:
        """Return the whole command line for ``arguments``."""
        return safe_command(str(self.folder), arguments, self.settings)

    def open(
        self,
        *arguments: str,
        stdin: int | None = subprocess.DEVNULL,
        stderr: int | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start git with its output on a pipe, and its complaints unless it is asked questions."""
        if stderr is None:
            stderr = subprocess.DEVNULL if stdin == subprocess.PIPE else subprocess.PIPE
        try:
            return subprocess.Popen(
                self.command(*arguments),
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=clean_environment() | dict(self.environment),
            )
        except (FileNotFoundError, PermissionError) as error:
            raise GitMissingError(
                "git is not installed, or not on PATH", hint="install git 2.31 or newer"
            ) from error

    def ask(self, *arguments: str, given: bytes | None = None) -> tuple[int, bytes, str]:
        """Run git to its end; return exit status, output, and the last line of complaint."""
        process = self.open(*arguments, stdin=None if given is None else subprocess.PIPE)
        output, complaint = process.communicate(given)
        return process.returncode, output, last_line(complaint or b"")

    def read(self, what: str, *arguments: str) -> bytes:
        """Return what git prints.

        Args:
            what: is read by that.
            arguments: of git.

        Raises:
            SourceError: git failed; says how.
        """
        status, output, complaint = self.ask(*arguments)
        if status != 0:
            raise SourceError(f"git could not read {what}: {complaint}")
        return output

    def text(self, *arguments: str) -> str | None:
        """Return what git prints, without the last line end; None if it failed."""
        status, output, _ = self.ask(*arguments)
        return os.fsdecode(output).removesuffix("\n") if status == 0 else None


def widen(stream: IO[bytes] | None) -> None:
    """Let git write far ahead of what is read from a pipe, where the system allows that."""
    with suppress(ImportError, AttributeError, OSError):  # only Linux does, and up to a limit
        import fcntl

        assert stream is not None
        fcntl.fcntl(stream.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)


def last_line(complaint: bytes) -> str:
    """Return the last line of git's complaint, without ``fatal:`` in front."""
    lines = complaint.decode("utf-8", "replace").strip().splitlines()
    lines = [line for line in lines if line.strip() and line not in OF_ANY_REMOTE] or lines
    return lines[-1].removeprefix("fatal: ").removeprefix("error: ") if lines else ""


def fields(stream: IO[bytes], separator: bytes = b"\0") -> Iterator[list[bytes]]:
    """Yield runs of whole fields from a stream whose fields end with ``separator``."""
    rest = b""
    while chunk := stream.read(CHUNK):
        *whole, rest = (rest + chunk).split(separator)
        if whole:
            yield whole
    if rest:
        yield [rest]


def finish(process: subprocess.Popen[bytes], what: str) -> None:
    """Wait for git to end.

    Raises:
        SourceError: git failed; says how.
    """
    complaint = process.stderr.read() if process.stderr else b""
    if process.wait() != 0:
        raise SourceError(f"git could not read {what}: {last_line(complaint)}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a git that is not needed any longer; its answer does not matter."""
    process.kill()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream:
            stream.close()
    process.wait()


def paths_after_dashes(paths: Sequence[str]) -> list[str]:
    """Return pathspecs as arguments, or nothing where none are given."""
    return ["--", *paths] if paths else ["--"]
