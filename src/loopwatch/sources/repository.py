"""Finds a repository and says what there is to know before its history is read."""

import os
from dataclasses import dataclass
from pathlib import Path

from loopwatch.errors import NotARepositoryError, RangeError, SourceError
from loopwatch.sources.git_process import Git, last_line

INDEX, WORKTREE = "index", "worktree"  # versions that are not committed
QUESTIONS = (
    "--is-bare-repository", "--is-shallow-repository", "--show-object-format", "--show-toplevel",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """One repository, found from a folder inside it."""

    git: Git
    name: str  # of its folder
    is_bare: bool
    is_shallow: bool
    id_width: int  # bytes of an object id
    prefix: str = ""  # from its root to the folder that it was found from; paths begin there


def find_repository(folder: Path) -> Repository:
    """Return the repository that a folder lies in.

    Raises:
        NotARepositoryError: there is none.
        GitMissingError: there is no git.
        SourceError: git refuses the repository, such as one that another user owns.
    """
    # The last of them fails where there is no working tree, after the others were answered.
    status, output, complaint = Git(folder).ask("rev-parse", *QUESTIONS)
    answers = output.split(b"\n", len(QUESTIONS) - 1)
    if len(answers) < len(QUESTIONS):
        if "not a git repository" in complaint or "not a git repository" in last_line(output):
            raise NotARepositoryError(str(folder))
        raise _refusal(folder, complaint)
    bare, shallow, object_format, top = answers
    root = Path(os.fsdecode(top.removesuffix(b"\n"))) if status == 0 else folder
    return Repository(
        git=Git(root),
        name=_name(root),
        is_bare=bare == b"true",
        is_shallow=shallow == b"true",
        id_width=32 if object_format == b"sha256" else 20,
        prefix="" if bare == b"true" else _prefix(root, folder),
    )


def _refusal(folder: Path, complaint: str) -> SourceError:
    if "safe.directory" in complaint:  # git's last line is the command that allows it
        return SourceError("the repository belongs to another user", hint=complaint.strip())
    return SourceError(f"git refuses {folder}: {complaint}")


def _prefix(root: Path, folder: Path) -> str:
    inner, outer = folder.resolve(), root.resolve()
    return inner.relative_to(outer).as_posix() if inner.is_relative_to(outer) else ""


def _name(root: Path) -> str:
    resolved = root.resolve()
    folder = resolved.parent if resolved.name == ".git" else resolved
    return folder.name.removesuffix(".git") or "repository"


def line_name(git: Git, revision: str) -> str:
    """Return the name of the main line: the branch that a revision stands for, or itself."""
    branch = git.text("symbolic-ref", "--quiet", "--short", revision)
    return branch or revision


def is_unborn(git: Git) -> bool:
    """Tell whether HEAD is a branch without commits: the branch is named, and does not exist."""
    branch = git.text("symbolic-ref", "--quiet", "HEAD")
    if branch is None:
        return False
    status, output, _ = git.ask("for-each-ref", "--format=%(refname)", branch)
    folder = git.text("rev-parse", "--git-path", branch)
    is_file = folder is not None and (git.folder / folder).is_file()
    return status == 0 and not output.strip() and not is_file


def resolve(git: Git, revision: str) -> str:
    """Return the commit id of a revision.

    Raises:
        RangeError: there is none.
    """
    found = git.text(
        "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    if not found:
        raise RangeError(
            f"{revision} is no commit, branch or tag here",
            hint="give a commit, a branch, or a range such as origin/main..HEAD",
        )
    return found
