"""Whatever git does, it does the same with our hooks as without them, down to the commit ids."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.installing.hooked import HookedRepo

EDITOR = "GIT_SEQUENCE_EDITOR"
OURS = re.compile(r"^(?:error|hint|warning|loopwatch): .*loopwatch.*|.*Traceback.*", re.MULTILINE)
TEN = "".join(f"line {number}\n" for number in range(10))


def commit(repo: HookedRepo) -> None:
    repo.write("b.py", "b = 1\n")
    repo.git("add", "b.py")
    repo.write("b.py", "b = 2\n")
    repo.git("commit", "-q", "-m", "staged only")


def commit_all(repo: HookedRepo) -> None:
    repo.write("a.py", "a = 2\n")
    repo.write("new.py", "n = 1\n")
    repo.git("commit", "-q", "-a", "-m", "all that is tracked")


def commit_path(repo: HookedRepo) -> None:
    repo.write("a.py", "a = 2\n")
    repo.write("c.py", "c = 2\n")
    repo.git("add", "c.py")
    repo.git("commit", "-q", "-m", "one path", "--", "a.py")


def commit_include(repo: HookedRepo) -> None:
    repo.write("a.py", "a = 2\n")
    repo.write("c.py", "c = 2\n")
    repo.git("add", "c.py")
    repo.git("commit", "-q", "-m", "both", "--include", "a.py")


def commit_nothing(repo: HookedRepo) -> None:
    repo.git("commit", "-q", "--allow-empty", "-m", "nothing")
    repo.git("commit", "-q", "--allow-empty", "--allow-empty-message", "-m", "")


def commit_amend(repo: HookedRepo) -> None:
    repo.change("a.py", "a = 2\n", "two")
    repo.write("a.py", "a = 1\n")
    repo.git("commit", "-q", "-a", "--amend", "--allow-empty", "-m", "took it back")
    repo.git("commit", "-q", "--amend", "--allow-empty", "--no-edit")


def commit_unborn(repo: HookedRepo) -> None:
    repo.git("checkout", "-q", "--orphan", "other")
    repo.git("commit", "-q", "-m", "first of all")


def commit_detached(repo: HookedRepo) -> None:
    repo.git("checkout", "-q", "--detach")
    repo.change("a.py", "a = 2\n", "two")


def commit_no_verify(repo: HookedRepo) -> None:
    repo.write("a.py", "a = 2\n")
    repo.git("commit", "-q", "-a", "--no-verify", "-m", "two")


def commit_from_below(repo: HookedRepo) -> None:
    repo.write("x/y/z.py", "z = 1\n")
    assert repo.run("add", ".", folder=repo.path / "x" / "y").returncode == 0
    repo.write("x/y/z.py", "z = 2\n")
    assert repo.run("commit", "-q", "-m", "z", folder=repo.path / "x").returncode == 0
    assert repo.run("commit", "-q", "-m", "z", "y/z.py", folder=repo.path / "x").returncode == 0


def commit_from_outside(repo: HookedRepo) -> None:
    repo.write("a.py", "a = 2\n")
    elsewhere = repo.path.parent
    done = repo.run("-C", str(repo.path), "commit", "-q", "-a", "-m", "two", folder=elsewhere)
    assert done.returncode == 0
    where = {"GIT_DIR": str(repo.path / ".git"), "GIT_WORK_TREE": str(repo.path)}
    repo.write("a.py", "a = 3\n")
    assert repo.run("commit", "-q", "-a", "-m", "3", folder=elsewhere, env=where).returncode == 0


def commit_with_an_index_elsewhere(repo: HookedRepo) -> None:
    index = str(repo.path / ".git" / "private index")
    repo.write("a.py", "a = 2\n")
    for words in (["read-tree", "HEAD"], ["add", "a.py"], ["commit", "-q", "-m", "two"]):
        assert repo.run(*words, env={"GIT_INDEX_FILE": index}).returncode == 0
    Path(index).unlink()


def branched(repo: HookedRepo, theirs: str, ours: str) -> None:
    repo.branch("side")
    repo.change(theirs, TEN.replace("line 2", "two"), "fix: theirs")
    repo.change("side.py", "s = 1\n", "theirs too")
    repo.checkout("main")
    repo.change(ours, TEN.replace("line 2", "zwei"), "fix: ours")


def merge(repo: HookedRepo) -> None:
    branched(repo, "d.py", "e.py")
    repo.git("merge", "-q", "--no-edit", "side")


def merge_fast_forward(repo: HookedRepo) -> None:
    repo.branch("side")
    repo.change("d.py", "d = 1\n", "theirs")
    repo.checkout("main")
    repo.git("merge", "-q", "side")


def merge_squash(repo: HookedRepo) -> None:
    branched(repo, "d.py", "e.py")
    repo.git("merge", "-q", "--squash", "side")
    repo.git("commit", "-q", "-m", "squashed")


def merge_conflict(repo: HookedRepo) -> None:
    branched(repo, "d.py", "d.py")
    assert repo.run("merge", "side").returncode == 1
    repo.write("d.py", TEN)
    repo.git("add", "d.py")
    repo.git("commit", "-q", "--no-edit")


def merge_aborted(repo: HookedRepo) -> None:
    branched(repo, "d.py", "d.py")
    assert repo.run("merge", "side").returncode == 1
    repo.git("merge", "--abort")


def rebase(repo: HookedRepo) -> None:
    branched(repo, "d.py", "e.py")
    repo.git("rebase", "-q", "main", "side")


def rebase_conflict(repo: HookedRepo) -> None:
    branched(repo, "d.py", "d.py")
    assert repo.run("rebase", "main", "side").returncode == 1
    repo.write("d.py", TEN)
    repo.git("add", "d.py")
    repo.git("-c", "core.editor=true", "rebase", "--continue")


def rebase_apply(repo: HookedRepo) -> None:
    branched(repo, "d.py", "e.py")
    repo.git("rebase", "-q", "--apply", "main", "side")


def rebase_rewriting(repo: HookedRepo) -> None:
    for number in range(1, 7):
        repo.change("a.py", f"a = {number}\n", f"fix {number}")
    script = repo.path.parent / "todo"
    script.write_text(
        "#!/bin/sh\n"
        "sed -i -e '2s/pick/reword/' -e '3s/pick/squash/' -e '4s/pick/fixup/'"
        " -e '5s/pick/edit/' -e '2a exec git commit -q --amend --no-edit' \"$1\"\n",
        encoding="utf-8",
    )
    script.chmod(0o755)
    settings = {EDITOR: str(script), "GIT_EDITOR": "sed -i -e '1s/$/ (again)/'"}
    done = repo.run("rebase", "-i", "HEAD~6", env=settings)
    assert done.returncode == 0, done.stderr
    repo.git("commit", "-q", "--amend", "-m", "edited")
    repo.git("rebase", "--continue")


def rebase_autosquash(repo: HookedRepo) -> None:
    repo.change("a.py", "a = 2\n", "two")
    repo.write("a.py", "a = 3\n")
    repo.git("commit", "-q", "-a", "--fixup", "HEAD")
    assert repo.run("rebase", "-i", "--autosquash", "HEAD~2", env={EDITOR: "true"}).returncode == 0


def rebase_with_merges(repo: HookedRepo) -> None:
    branched(repo, "d.py", "e.py")
    repo.git("merge", "-q", "--no-edit", "side")
    repo.git("rebase", "-q", "--rebase-merges", "--force-rebase", "HEAD~1")


def cherry_pick(repo: HookedRepo) -> None:
    branched(repo, "d.py", "e.py")
    repo.git("cherry-pick", "side~1", "side")


def cherry_pick_conflict(repo: HookedRepo) -> None:
    branched(repo, "d.py", "d.py")
    assert repo.run("cherry-pick", "side~1", "side").returncode == 1
    repo.write("d.py", TEN)
    repo.git("add", "d.py")
    repo.git("-c", "core.editor=true", "cherry-pick", "--continue")


def cherry_pick_without_commit(repo: HookedRepo) -> None:
    branched(repo, "d.py", "e.py")
    repo.git("cherry-pick", "--no-commit", "side")
    repo.git("commit", "-q", "-m", "picked")


def revert(repo: HookedRepo) -> None:
    repo.change("a.py", "a = 2\n", "fix: two")
    repo.git("revert", "--no-edit", "HEAD")
    repo.git("-c", "core.editor=true", "revert", "HEAD")


def revert_conflict(repo: HookedRepo) -> None:
    repo.change("a.py", "a = 2\n", "fix: two")
    repo.change("a.py", "a = 3\n", "fix: three")
    assert repo.run("revert", "--no-edit", "HEAD~1").returncode == 1
    repo.write("a.py", "a = 1\n")
    repo.git("add", "a.py")
    repo.git("-c", "core.editor=true", "revert", "--continue")


def stash(repo: HookedRepo) -> None:
    repo.write("a.py", "a = 2\n")
    repo.write("b.py", "b = 2\n")
    repo.git("add", "b.py")
    repo.git("stash", "push", "-q", "--include-untracked")
    repo.change("c.py", "c = 1\n", "between")
    repo.git("stash", "pop", "-q", "--index")
    repo.git("stash", "push", "-q", "--staged")


def am(repo: HookedRepo) -> None:
    repo.branch("side")
    repo.change("d.py", "d = 1\n", "fix: d")
    repo.change("d.py", "d = 2\n", "fix: d again")
    patches = repo.git("format-patch", "--stdout", "main")
    repo.checkout("main")
    repo.git("am", "-q", text=patches)


def linked_working_tree(repo: HookedRepo) -> None:
    repo.git("worktree", "add", "-q", "-b", "side", "../tree of " + repo.path.name)
    tree = repo.path.parent / f"tree of {repo.path.name}"
    (tree / "a.py").write_text("a = 2\n", encoding="utf-8")
    assert repo.run("commit", "-q", "-a", "-m", "two", folder=tree).returncode == 0
    assert repo.run("commit", "-q", "--amend", "-m", "2", folder=tree).returncode == 0


def submodule(repo: HookedRepo) -> None:
    inner = HookedRepo(repo.path.parent / f"inner of {repo.path.name}")
    inner.clock = repo.clock
    inner.change("i.py", "i = 1\n", "inner")
    allowed = ("-c", "protocol.file.allow=always")
    repo.git(*allowed, "submodule", "add", "-q", f"../{inner.path.name}", "sub")
    repo.git("commit", "-q", "-m", "with a submodule")
    if (repo.hooks() / "pre-commit").exists():
        HookedRepo.install(inner_of := _sub(repo))
        assert (repo.path / ".git" / "modules" / "sub" / "hooks" / "pre-commit").exists()
        assert inner_of.path.name == "sub"
    done = repo.run("commit", "-q", "--allow-empty", "-m", "i", folder=repo.path / "sub")
    assert done.returncode == 0
    repo.git("commit", "-q", "-a", "-m", "a newer submodule")


def _sub(repo: HookedRepo) -> HookedRepo:
    sub = HookedRepo.__new__(HookedRepo)
    sub.path, sub.clock, sub.said = repo.path / "sub", repo.clock, ""
    return sub


def tags_and_notes(repo: HookedRepo) -> None:
    repo.git("tag", "-a", "-m", "v1", "v1")
    repo.git("notes", "add", "-m", "a note")
    repo.git("reset", "-q", "--hard", "HEAD")


OPERATIONS = [
    commit, commit_all, commit_path, commit_include, commit_nothing, commit_amend, commit_unborn,
    commit_detached, commit_no_verify, commit_from_below, commit_from_outside,
    commit_with_an_index_elsewhere, merge, merge_fast_forward, merge_squash, merge_conflict,
    merge_aborted, rebase, rebase_conflict, rebase_apply, rebase_rewriting, rebase_autosquash,
    rebase_with_merges, cherry_pick, cherry_pick_conflict, cherry_pick_without_commit, revert,
    revert_conflict, stash, am, linked_working_tree, submodule, tags_and_notes,
]  # fmt: skip


def outcome(repo: HookedRepo) -> dict[str, str]:
    """Return all that an operation leaves."""
    questions = (
        "for-each-ref --format=%(refname)%20%(objectname)", "rev-parse HEAD", "ls-files --stage",
        "status --porcelain=v2 --branch", "stash list", "diff", "diff --cached",
        "log --all --format=%H%n%B",
    )  # fmt: skip
    told = {question: repo.git(*question.split()) for question in questions}
    states = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "index.lock")
    told["state"] = " ".join(name for name in states if (repo.path / ".git" / name).exists())
    return told


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.__name__)
def test_an_operation_is_the_same_with_hooks(
    tmp_path: Path, operation: Callable[[HookedRepo], None]
) -> None:
    told = []
    for name in ("with", "without"):
        repo = HookedRepo(tmp_path / name / "repo")
        repo.change("a.py", "a = 1\n", "one")
        if name == "with":
            repo.install()
        operation(repo)
        told.append(outcome(repo))
        assert not OURS.findall(repo.said)  # no hook failed open
    assert told[0] == told[1]
