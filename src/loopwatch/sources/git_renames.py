"""Asks one ``git diff-tree`` for the renames of many commits."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field

from loopwatch.model.history import Rename
from loopwatch.sources.git_process import CHUNK, Git, stop

COMMAND = (
    "diff-tree", "--stdin", "--no-commit-id", "-r", "-z", "-M", "-l400", "--diff-filter=R",
    "--no-ext-diff", "--no-textconv",
)  # fmt: skip
END = b"= end of the answer =\n"  # git repeats a line that is no commit, and flushes


@dataclass(slots=True)
class Renames:
    """Renames by commit; started with the first question."""

    git: Git
    _process: "subprocess.Popen[bytes] | None" = field(default=None)

    def of(self, commit: str, parent: str) -> Sequence[Rename]:
        """Return old and new path of each file that a commit renames; none if git cannot tell."""
        if self._process is None:
            self._process = self.git.open(*COMMAND, stdin=subprocess.PIPE)
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        answer = b""
        try:
            stdin.write(f"{commit} {parent}\n".encode() + END)
            stdin.flush()
            while not answer.endswith(END):
                # read1: what is there, without waiting for more
                more = stdout.read1(CHUNK)  # type: ignore[attr-defined]
                if not more:
                    break
                answer += more
        except BrokenPipeError:
            pass
        if not answer.endswith(END):  # an object is missing: the next question starts git again
            self.close()
            return ()
        parts = answer.removesuffix(END).split(b"\0")
        return tuple(zip(parts[1::3], parts[2::3], strict=False))

    def close(self) -> None:
        """End git."""
        if self._process is not None:
            stop(self._process)
            self._process = None
