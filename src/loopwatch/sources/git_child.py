"""A git process that is started at once, with nothing loaded for it, and read when it is time.

Only where the system has ``posix_spawn``: elsewhere the hook goes the slow way.
"""

import os

from loopwatch.sources.git_safety import clean_environment, safe_command

TYPE_CHECKING = False  # as that of ``typing``, which the hook does not load
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CAN_SPAWN = hasattr(os, "posix_spawnp")
READ = 1 << 18  # bytes
SIGPIPE = 13  # which Python ignores, and git should not


class GitFailedError(Exception):
    """Git could not be started, or did not answer. Never leaves the fast path."""


class GitChild:
    """One git process, with its output on a pipe, and its input on another if it has one."""

    __slots__ = ("_input", "_output", "_pid", "_rest")

    def __init__(
        self,
        arguments: "Sequence[str]",
        *,
        folder: str = ".",
        settings: "Sequence[str]" = (),
        environment: "Mapping[str, str] | None" = None,
        has_input: bool = False,
    ) -> None:
        """Start git.

        Args:
            arguments: after the settings that keep it safe.
            folder: where it runs.
            settings: beside the safe ones.
            environment: beside the clean one.
            has_input: it is going to be asked through its input.

        Raises:
            GitFailedError: it cannot be started.
        """
        self._rest = b""
        self._input = -1
        output, theirs = os.pipe()
        actions: list[tuple[object, ...]] = [(os.POSIX_SPAWN_DUP2, theirs, 1)]
        actions.append((os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0))
        source = -1
        if has_input:
            source, self._input = os.pipe()
            actions.append((os.POSIX_SPAWN_DUP2, source, 0))
        else:
            actions.append((os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0))
        command = safe_command(folder, arguments, settings)
        try:
            self._pid = os.posix_spawnp(
                command[0],
                command,
                {**clean_environment(), **(environment or {})},
                file_actions=actions,
                setsigdef=(SIGPIPE,),
            )
        except OSError as error:
            os.close(output)
            if has_input:
                os.close(self._input)
            raise GitFailedError from error
        finally:
            os.close(theirs)
            if has_input:
                os.close(source)
        self._output = output

    def answer(self) -> bytes:
        """Return all that it says, once it has ended.

        Raises:
            GitFailedError: it failed.
        """
        parts = [self._rest]
        while part := os.read(self._output, READ):
            parts.append(part)
        if self.end() != 0:
            raise GitFailedError
        return b"".join(parts)

    def ask(self, question: bytes) -> None:
        """Write to its input; no more than a pipe holds.

        Raises:
            GitFailedError: it is gone.
        """
        try:
            while question:
                question = question[os.write(self._input, question) :]
        except OSError as error:
            raise GitFailedError from error

    def line(self) -> bytes:
        """Return the next line of its output, without its end.

        Raises:
            GitFailedError: there is none.
        """
        while (at := self._rest.find(b"\n")) < 0:
            self._more()
        found, self._rest = self._rest[:at], self._rest[at + 1 :]
        return found

    def take(self, size: int) -> bytes:
        """Return so many bytes of its output.

        Raises:
            GitFailedError: there are fewer.
        """
        parts, missing = [self._rest[:size]], size - len(self._rest)
        self._rest = self._rest[size:]
        while missing > 0:
            part = os.read(self._output, min(missing, READ))
            if not part:
                raise GitFailedError
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def _more(self) -> None:
        part = os.read(self._output, READ)
        if not part:
            raise GitFailedError
        self._rest += part

    def end(self) -> int:
        """Close its pipes and wait for it; return its exit status, -1 if it was killed."""
        if self._pid <= 0:
            return -1
        for pipe in (self._input, self._output):
            if pipe >= 0:
                os.close(pipe)
        self._input = self._output = -1
        pid, self._pid = self._pid, 0
        try:
            status = os.waitpid(pid, 0)[1]
        except ChildProcessError:  # somebody else has waited for it
            return -1
        return os.waitstatus_to_exitcode(status)


class BlobReader:
    """Contents by blob id, through one ``git cat-file --batch`` that is started at once."""

    __slots__ = ("_child", "_largest")

    def __init__(self, folder: str, largest: int) -> None:
        self._child = GitChild(("cat-file", "--batch"), folder=folder, has_input=True)
        self._largest = largest  # bytes

    def read(self, ids: "Sequence[bytes]") -> list[bytes | None]:
        """Return contents in the order of their ids; None where there is none to look into.

        Raises:
            GitFailedError: git is gone.
        """
        found: list[bytes | None] = []
        for start in range(0, len(ids), 500):  # questions that fit in a pipe
            part = ids[start : start + 500]
            self._child.ask(b"".join(b"%s\n" % one.hex().encode() for one in part))
            found += [self._next() for _ in part]
        return found

    def _next(self) -> bytes | None:
        header = self._child.line().split()
        if len(header) != 3:
            return None  # it is missing
        content = self._child.take(int(header[2]))
        self._child.take(1)
        is_one = header[1] == b"blob" and len(content) <= self._largest
        return content if is_one else None

    def close(self) -> None:
        """End git."""
        self._child.end()
