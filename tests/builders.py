"""Real repositories for tests, small and with dates that never change."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

START = 1_700_000_000  # seconds since 1970; the time of the first commit
PACE = 600  # seconds from one commit to the next
AUTHOR = "Ada Tester <ada@example.com>"

_SETTINGS = {
    "commit.gpgsign": "false",
    "core.autocrlf": "false",
    "core.hooksPath": os.devnull,
    "gc.auto": "0",
    "init.defaultBranch": "main",
    "maintenance.auto": "false",
}


class Repo:
    """A git repository that a test fills.

    It takes nothing from the machine: no configuration, hooks, identity or
    clock. Each commit is made ten minutes after the last, unless ``when``
    says otherwise.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = START - PACE  # the time of the latest commit
        path.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet")

    def git(self, *arguments: str, text: str | None = None, author: str = AUTHOR) -> str:
        """Run git here with ``text`` as its input; return its output without the last newline.

        Raises:
            AssertionError: git failed; the text is what it said.
        """
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.path,
            env=self._environment(author),
            input=(text or "").encode(),
            capture_output=True,
            check=False,
        )
        said = (done.stdout + done.stderr).decode(errors="replace")
        assert done.returncode == 0, f"git {' '.join(arguments)}: {said}"
        return done.stdout.decode().removesuffix("\n")

    def write(self, path: str, text: str | bytes) -> Path:
        """Write a file of the working tree, exactly as given."""
        target = self.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode() if isinstance(text, str) else text)
        return target

    def remove(self, path: str) -> None:
        """Delete a file of the working tree."""
        (self.path / path).unlink()

    def commit(
        self, subject: str, body: str = "", *, when: int | None = None, author: str = AUTHOR
    ) -> str:
        """Commit the whole working tree, even if nothing changed; return the commit id.

        Args:
            subject: the first line of the message.
            body: the rest of it, trailers too.
            when: author's and committer's time, in seconds since 1970.
            author: ``Name <mail>``; the committer is always the same.
        """
        self._tick(when)
        self.git("add", "--all")
        message = f"{subject}\n\n{body}" if body else subject
        options = ("--quiet", "--allow-empty", "--allow-empty-message", "--cleanup=verbatim")
        self.git("commit", *options, "--file=-", text=message, author=author)
        return self.head()

    def change(self, path: str, text: str | bytes, subject: str, *, when: int | None = None) -> str:
        """Write one file and commit it: most steps of most histories."""
        self.write(path, text)
        return self.commit(subject, when=when)

    def head(self, name: str = "HEAD") -> str:
        """Return the commit id that ``name`` stands for."""
        return self.git("rev-parse", "--verify", f"{name}^{{commit}}")

    def branch(self, name: str, start: str = "HEAD") -> None:
        """Make a branch at ``start`` and go there."""
        self.git("checkout", "--quiet", "-b", name, start)

    def checkout(self, name: str) -> None:
        """Go to a branch, or, detached, to a commit."""
        self.git("checkout", "--quiet", name)

    def merge(
        self,
        name: str,
        subject: str = "",
        body: str = "",
        *,
        resolve: Mapping[str, str] | None = None,
        when: int | None = None,
    ) -> str:
        """Merge ``name`` by a merge commit; return its id.

        Args:
            name: a branch or commit.
            subject: the first line of the message; git's own wording if empty.
            body: the rest of the message.
            resolve: texts of files in the merge, against conflicts or to lose
                the other side (an evil merge).
            when: as in ``commit``.
        """
        options = ["--quiet", "--no-ff", "--no-commit"]
        if resolve:
            # No conflict stops us: the files in question are written below.
            options.append("--strategy-option=ours")
        self.git("merge", *options, name)
        for path, text in (resolve or {}).items():
            self.write(path, text)
        return self.commit(subject or f"Merge branch '{name}'", body, when=when)

    def revert(self, name: str, *, when: int | None = None) -> str:
        """Revert a commit with git's own message; return the id of the revert."""
        self._tick(when)
        self.git("revert", "--no-edit", name)
        return self.head()

    def cherry_pick(self, name: str, *, when: int | None = None) -> str:
        """Pick a commit onto the current branch; return the new id."""
        self._tick(when)
        self.git("cherry-pick", "--allow-empty", name)
        return self.head()

    def _tick(self, when: int | None) -> None:
        self.clock = self.clock + PACE if when is None else when

    def _environment(self, author: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        writer, _, mail = author.removesuffix(">").partition(" <")
        kept |= {
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_COUNT": str(len(_SETTINGS)),
            "GIT_AUTHOR_NAME": writer,
            "GIT_AUTHOR_EMAIL": mail,
            "GIT_AUTHOR_DATE": f"{self.clock} +0000",
            "GIT_COMMITTER_NAME": "Ada Tester",
            "GIT_COMMITTER_EMAIL": "ada@example.com",
            "GIT_COMMITTER_DATE": f"{self.clock} +0000",
            "GIT_TERMINAL_PROMPT": "0",
            "LC_ALL": "C.UTF-8",
        }
        for number, (key, value) in enumerate(_SETTINGS.items()):
            kept[f"GIT_CONFIG_KEY_{number}"] = key
            kept[f"GIT_CONFIG_VALUE_{number}"] = value
        return kept
