"""Repositories whose hooks run, and what stands in for loopwatch in them."""

import os
import shutil
import stat
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from loopwatch.installing.changes import make
from loopwatch.installing.git_hooks import install
from loopwatch.installing.hook_script import NAMES, script
from loopwatch.sources.repository import find_repository
from tests.builders import AUTHOR, Repo

# Writes down how it is called, and ends with the status that a file beside it says.
STAND_IN = """\
#!/bin/sh
shift 4 # -E -P -c CODE
here=$(dirname "$0")
printf '%s\\n' "$*" >>"$here/calls"
echo "a report"
cat # what git says to its hooks is not for us
[ ! -f "$here/sleeps" ] || { : >"$here/asleep"; sleep 20; }
read -r status <"$here/$2$3" 2>/dev/null || status=0
exit "$status"
"""
SECONDS = 60  # for git to end

Said = tuple[int, str, str]  # exit status, standard output, standard error
Run = Callable[..., Said]


class HookedRepo(Repo):
    """A repository whose hooks run, unlike those of ``Repo``."""

    def __init__(self, path: Path) -> None:
        self.said = ""  # all that git and hooks wrote to standard error
        super().__init__(path)

    def git(self, *arguments: str, text: str | None = None, author: str = AUTHOR) -> str:
        """Run git as ``Repo`` does, and keep what it says."""
        done = self.run(*arguments, text=text or "", env=self._environment(author))
        assert done.returncode == 0, f"git {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout.removesuffix("\n")

    def _environment(self, author: str) -> dict[str, str]:
        kept = super()._environment(author)
        number = next(n for n, value in kept.items() if value == "core.hooksPath")
        kept[number] = "core.safecrlf"  # some setting that changes nothing
        kept[number.replace("KEY", "VALUE")] = "false"
        return kept

    def run(
        self,
        *arguments: str,
        folder: Path | None = None,
        text: str = "",
        env: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run git, whatever comes of it, with more in the environment."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=folder or self.path,
            env=self.environment() | dict(env or {}),
            input=text,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=SECONDS,
            check=False,
        )
        self.said += done.stderr
        return done

    def environment(self) -> dict[str, str]:
        """Return what git gets from the machine."""
        return self._environment(AUTHOR)

    def hooks(self) -> Path:
        """Return the folder of hooks."""
        return self.path / ".git" / "hooks"

    def hook(self, name: str, text: str, mode: int = 0o755) -> Path:
        """Write a hook of the user's own."""
        self.hooks().mkdir(exist_ok=True)
        path = self.hooks() / name
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        return path

    def install(self) -> None:
        """Put loopwatch into the hooks."""
        plan = install(find_repository(self.path))
        assert plan.failure is None
        make(plan.changes)


class StandIn:
    """A program that hooks take for the Python that has loopwatch."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.path = folder / "python"
        self.path.write_text(STAND_IN, encoding="utf-8")
        self.path.chmod(0o755)

    def put_into(self, repo: HookedRepo) -> None:
        """Write the three hooks, as ``install`` does, with this for a Python."""
        for name in NAMES:
            text = os.fsdecode(script(name, str(self.path)))
            repo.hooks().mkdir(exist_ok=True)
            path = repo.hooks() / name
            path.write_bytes(os.fsencode(text))
            path.chmod(0o755)

    def ends(self, call: str, status: int) -> None:
        """Say how a call ends: ``--staged--hook``, ``--staged--message`` or ``HEAD--hook``."""
        (self.folder / call).write_text(f"{status}\n", encoding="utf-8")

    def sleeps(self) -> Path:
        """Make it sleep when it is called; return the file that is there as soon as it does."""
        (self.folder / "sleeps").touch()
        return self.folder / "asleep"

    def calls(self) -> list[str]:
        """Return how it was called since the last time that was asked."""
        path = self.folder / "calls"
        found = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return found


Look = Mapping[str, tuple[str, int, bytes | str]]


def look(folder: Path) -> Look:
    """Return all that a folder holds: of each name, its sort, permissions and content."""
    found: dict[str, tuple[str, int, bytes | str]] = {}
    for path in sorted(folder.rglob("*")):
        mode = stat.S_IMODE(path.lstat().st_mode)
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = ("link", mode, str(path.readlink()))
        elif path.is_dir():
            found[name] = ("folder", mode, "")
        else:
            found[name] = ("file", mode, path.read_bytes())
    return found


def tools(folder: Path, *names: str) -> str:
    """Return a PATH with nothing but some programs."""
    folder.mkdir(exist_ok=True)
    for name in names:
        found = shutil.which(name)
        assert found is not None, f"there is no {name}"
        (folder / name).symlink_to(found)
    return str(folder)
