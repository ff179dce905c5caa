"""A repository whose hooks run loopwatch, and real git that tries to commit there."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.builders import AUTHOR, Repo

HOOKS = {
    "pre-commit": "check --staged --hook",
    "commit-msg": 'check --staged --message "$1" --hook',
    "post-commit": "check HEAD --hook",
}
SCRIPT = """\
#!/bin/sh
PYTHONPATH={path}
export PYTHONPATH
echo {name} >> {log}
exec {python} -m loopwatch {command}
"""


@dataclass(frozen=True)
class Tried:
    """What came of a git command."""

    status: int
    said: str

    @property
    def is_refused(self) -> bool:
        return self.status != 0 and ("LOOP" in self.said or "LOST FIX" in self.said)


class Hooked:
    """Lets git run in a repository, hooks and all."""

    def __init__(self, repo: Repo, *names: str) -> None:
        self.repo = repo
        self.log = repo.path.parent / "hooks.log"  # the names of the hooks that ran
        folder = repo.path / ".git" / "hooks"
        folder.mkdir(exist_ok=True)
        for name in names or HOOKS:
            script = SCRIPT.format(
                path=os.pathsep.join(sys.path),
                name=name,
                log=self.log,
                python=sys.executable,
                command=HOOKS[name],
            )
            (folder / name).write_text(script, encoding="utf-8")
            (folder / name).chmod(0o755)

    def git(self, *arguments: str, folder: str | Path = "", **more: str) -> Tried:
        """Run git with hooks, as time goes on; ``more`` is added to the environment."""
        self.repo._tick(None)
        hooks = self.repo.path / ".git" / "hooks"
        environment = self.repo._environment(AUTHOR)
        environment |= {"GIT_EDITOR": "true"} | more
        done = subprocess.run(
            ["git", "-c", f"core.hooksPath={hooks}", *arguments],
            cwd=folder or self.repo.path,
            env={name: value for name, value in environment.items() if value},
            capture_output=True,
            check=False,
        )
        return Tried(done.returncode, (done.stdout + done.stderr).decode(errors="replace"))

    def commit(self, message: str, *options: str, **more: str) -> Tried:
        """Commit what is staged."""
        return self.git("commit", "-m", message, *options, **more)

    def ran(self) -> list[str]:
        """Return the hooks that ran since it was last asked."""
        names = self.log.read_text(encoding="utf-8").split() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return names
