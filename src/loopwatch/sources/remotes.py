"""Which remote of a repository is meant."""

from loopwatch.errors import SourceError
from loopwatch.sources.git_process import Git

USUAL = "origin"


def remote_named(git: Git, name: str | None) -> str:
    """Return a remote as git takes it: a name, an address, or the one of this branch.

    Raises:
        SourceError: there is none.
    """
    if name is not None:
        if name.startswith("-") or not name:
            raise SourceError(f"{name!r} is no remote", hint="give its name or its address")
        return name
    branch = git.text("symbolic-ref", "--quiet", "--short", "HEAD")
    own = git.text("config", "--get", f"branch.{branch}.remote") if branch else None
    if own:
        return own
    remotes = (git.text("remote") or "").split()
    if len(remotes) == 1:
        return remotes[0]
    if USUAL in remotes:
        return USUAL
    raise SourceError(
        "no remote to share with" if not remotes else "there are several remotes",
        hint="give one: its name or its address",
    )
