"""``install git`` and ``uninstall git``: where hooks go, and that nothing is lost."""

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from loopwatch.errors import InstallError, LoopwatchError
from loopwatch.installing import git_hooks
from loopwatch.installing.changes import Plan, foretold, make, told
from loopwatch.installing.hook_script import KEPT, MARK, NAMES, is_ours, script
from loopwatch.installing.targets import repository_here
from loopwatch.sources.repository import find_repository
from tests.installing.hooked import HookedRepo, look

MINE = "#!/bin/sh\nexit 0\n"
BIN = Path(sys.executable).parent


@pytest.fixture
def repo(tmp_path: Path) -> HookedRepo:
    made = HookedRepo(tmp_path / "repo")
    made.change("a.py", "a = 1\n", "one")
    for sample in made.hooks().glob("*.sample"):
        sample.unlink()
    return made


def planned(folder: Path) -> Plan:
    return git_hooks.install(find_repository(folder))


def install(folder: Path) -> Plan:
    plan = planned(folder)
    assert plan.failure is None, plan.failure
    make(plan.changes)
    return plan


def uninstall(folder: Path) -> Plan:
    plan = git_hooks.uninstall(find_repository(folder))
    assert plan.failure is None, plan.failure
    make(plan.changes)
    return plan


def refusal(plan: Plan) -> str:
    assert plan.failure is not None
    assert not plan.changes
    return str(plan.failure)


def nothing(repo: HookedRepo) -> None:
    pass


def no_folder(repo: HookedRepo) -> None:
    repo.hooks().rmdir()


def all_three(repo: HookedRepo) -> None:
    for name in NAMES:
        repo.hook(name, MINE, mode=0o750)


def not_run(repo: HookedRepo) -> None:
    repo.hook("pre-commit", MINE, mode=0o600)


def odd_bytes(repo: HookedRepo) -> None:
    repo.hook("commit-msg", MINE).write_bytes(b"#!/bin/sh\r\n\xff\x00\r\n")


def a_link(repo: HookedRepo) -> None:
    repo.write("tools/check.sh", MINE).chmod(0o755)
    (repo.hooks() / "pre-commit").symlink_to("../../tools/check.sh")


def a_broken_link(repo: HookedRepo) -> None:
    (repo.hooks() / "post-commit").symlink_to("nowhere")


def others(repo: HookedRepo) -> None:
    repo.hook("pre-push", MINE)
    repo.hook("pre-commit.sample", MINE)
    repo.hook("pre-commit.mine", MINE)


CASES = [nothing, all_three, not_run, odd_bytes, a_link, a_broken_link, others]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_uninstall_restores_what_was_there(
    repo: HookedRepo, case: Callable[[HookedRepo], None]
) -> None:
    case(repo)
    before = look(repo.path)
    install(repo.path)
    for name in NAMES:
        assert is_ours((repo.hooks() / name).read_bytes())
        assert os.access(repo.hooks() / name, os.X_OK)
    after = look(repo.path)
    assert install(repo.path).changes == ()
    assert look(repo.path) == after
    uninstall(repo.path)
    assert look(repo.path) == before
    assert uninstall(repo.path).changes == ()


def test_a_missing_folder_is_made(repo: HookedRepo) -> None:
    no_folder(repo)
    install(repo.path)
    assert sorted(path.name for path in repo.hooks().iterdir()) == sorted(NAMES)
    uninstall(repo.path)
    assert list(repo.hooks().iterdir()) == []


@pytest.mark.parametrize("case", [*CASES, no_folder], ids=lambda case: case.__name__)
def test_a_dry_run_shows_all_and_changes_nothing(
    repo: HookedRepo, case: Callable[[HookedRepo], None]
) -> None:
    case(repo)
    before = look(repo.path)
    plan = planned(repo.path)
    text = foretold(plan.changes, repo.path)
    assert look(repo.path) == before
    for name in NAMES:
        assert f".git/hooks/{name}: would be written\n    +#!/bin/sh\n" in text
    assert text.count("would be renamed") == told(plan.changes, repo.path).count("renamed")


class Break:
    """Lets so many file operations through, then fails."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
        self.left = after
        for name in ("rename", "replace", "unlink", "mkdir", "chmod"):
            monkeypatch.setattr(Path, name, self.breaking(getattr(Path, name)))

    def breaking(self, call: Callable[..., object]) -> Callable[..., object]:
        def broken(path: Path, *arguments: object, **more: object) -> object:
            self.left -= 1
            if self.left == -1:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
            return call(path, *arguments, **more)

        return broken


@pytest.mark.parametrize("does", ["install", "uninstall"])
@pytest.mark.parametrize("case", [*CASES, no_folder], ids=lambda case: case.__name__)
def test_half_way_failures_leave_everything_as_it_was(
    repo: HookedRepo, case: Callable[[HookedRepo], None], does: str
) -> None:
    case(repo)
    if does == "uninstall":
        install(repo.path)
    before = look(repo.path)
    plan = getattr(git_hooks, does)(find_repository(repo.path))
    failures = 0
    for step in range(40):
        with pytest.MonkeyPatch.context() as patch:
            broken = Break(patch, step)
            with suppress(InstallError):
                make(plan.changes)
        if broken.left >= 0:
            break  # so many operations there are
        failures += 1
        assert look(repo.path) == before, step
    assert failures >= 3
    assert look(repo.path) != before


def test_a_stop_by_the_user_leaves_everything_as_it_was(
    repo: HookedRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_three(repo)
    before = look(repo.path)
    plan = planned(repo.path)
    calls = []

    def stopped(mask: int) -> int:
        calls.append(mask)
        if len(calls) > 3:
            raise KeyboardInterrupt
        return 0o022

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "umask", stopped)
        with pytest.raises(KeyboardInterrupt):
            make(plan.changes)
    assert look(repo.path) == before


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_in_the_way(repo: HookedRepo, name: str) -> None:
    (repo.hooks() / name).mkdir()
    before = look(repo.path)
    assert "is a folder" in refusal(planned(repo.path))
    assert look(repo.path) == before


def test_a_file_where_the_folder_should_be(repo: HookedRepo) -> None:
    repo.hooks().rmdir()
    repo.hooks().write_text("", encoding="utf-8")
    before = look(repo.path)
    with pytest.raises(InstallError, match=r"cannot change .*/hooks/pre-commit: Not a directory"):
        make(planned(repo.path).changes)
    assert look(repo.path) == before


def test_the_permissions_are_those_of_the_umask(repo: HookedRepo) -> None:
    before = os.umask(0o027)
    try:
        install(repo.path)
    finally:
        os.umask(before)
    assert (repo.hooks() / "pre-commit").stat().st_mode & 0o777 == 0o750


def test_a_hook_that_lost_its_permission_gets_it_back(repo: HookedRepo) -> None:
    install(repo.path)
    (repo.hooks() / "pre-commit").chmod(0o644)
    install(repo.path)
    assert os.access(repo.hooks() / "pre-commit", os.X_OK)


def test_an_older_hook_of_ours_is_brought_up_to_date(repo: HookedRepo) -> None:
    all_three(repo)
    before = look(repo.path)
    install(repo.path)
    (repo.hooks() / "pre-commit").write_bytes(script("pre-commit", "/elsewhere/python"))
    assert len(install(repo.path).changes) == 1
    assert sys.executable.encode() in (repo.hooks() / "pre-commit").read_bytes()
    uninstall(repo.path)
    assert look(repo.path) == before


@pytest.mark.parametrize("does", [git_hooks.install, git_hooks.uninstall])
def test_an_edited_hook_is_left_alone(repo: HookedRepo, does: Callable[..., Plan]) -> None:
    install(repo.path)
    with (repo.hooks() / "commit-msg").open("a", encoding="utf-8") as file:
        file.write("make check\n")
    assert "edited loopwatch's hook commit-msg" in refusal(does(find_repository(repo.path)))


def test_a_hook_put_over_ours_is_nobodys_to_lose(repo: HookedRepo) -> None:
    all_three(repo)
    install(repo.path)
    repo.hook("pre-commit", "#!/bin/sh\nexit 7\n")
    assert "neither is loopwatch's" in refusal(planned(repo.path))
    plan = uninstall(repo.path)
    assert any("pre-commit.loopwatch-orig: left there" in line for line in plan.remarks)
    assert (repo.hooks() / "pre-commit").read_text(encoding="utf-8") == "#!/bin/sh\nexit 7\n"
    assert (repo.hooks() / f"pre-commit.{KEPT}").read_text(encoding="utf-8") == MINE
    assert (repo.hooks() / "commit-msg").read_text(encoding="utf-8") == MINE


def test_an_install_that_was_killed_is_done_again(repo: HookedRepo) -> None:
    all_three(repo)
    before = look(repo.path)
    (repo.hooks() / "pre-commit").rename(repo.hooks() / f"pre-commit.{KEPT}")
    killed = look(repo.path)
    plan = install(repo.path)
    assert any("runs pre-commit.loopwatch-orig first" in line for line in plan.remarks)
    uninstall(repo.path)
    assert look(repo.path) == before
    (repo.hooks() / "pre-commit").rename(repo.hooks() / f"pre-commit.{KEPT}")
    assert look(repo.path) == killed
    uninstall(repo.path)
    assert look(repo.path) == before


@pytest.mark.parametrize(
    "line",
    [
        'name=$(basename "$0")',
        "name=`basename -- $0`",
        "name=${0##*/}",
        "hook_type = File.basename($0)",
        "name = os.path.basename(sys.argv[0])",
        "const name = path.basename(__filename)",
    ],
)
def test_a_hook_that_asks_for_its_name_is_not_renamed(repo: HookedRepo, line: str) -> None:
    repo.hook("commit-msg", f"#!/bin/sh\n{line}\n")
    plan = planned(repo.path)
    assert "asks for its own name" in refusal(plan)
    assert '--message "$1" --hook || exit 1' in plan.by_hand


def test_a_hook_that_asks_for_its_folder_is_chained(repo: HookedRepo) -> None:
    repo.hook("helper", "echo helped >helped\n")
    repo.hook("pre-commit", '#!/bin/sh\n. "$(dirname "$0")/helper"\n')
    install(repo.path)
    repo.change("b.py", "b = 1\n", "two")
    assert (repo.path / "helped").exists()


def test_the_hook_before_still_refuses(repo: HookedRepo) -> None:
    repo.hook("commit-msg", "#!/bin/sh\necho no >&2\nexit 3\n")
    install(repo.path)
    done = repo.run("commit", "--allow-empty", "-m", "two")
    assert (done.returncode, done.stderr) == (1, "no\n")


def test_marks_are_taken_away(repo: HookedRepo) -> None:
    repo.git("worktree", "add", "-q", "../tree")
    before = look(repo.path)
    install(repo.path)
    for folder in (repo.path / ".git", repo.path / ".git" / "worktrees" / "tree"):
        (folder / MARK).write_text("1\n", encoding="utf-8")
    uninstall(repo.path)
    assert look(repo.path) == before


# Where hooks are


def test_linked_working_trees_share_hooks(repo: HookedRepo) -> None:
    repo.git("worktree", "add", "-q", "../tree")
    install(repo.path.parent / "tree")
    assert is_ours((repo.hooks() / "pre-commit").read_bytes())
    assert planned(repo.path).changes == ()
    uninstall(repo.path)
    assert not (repo.hooks() / "pre-commit").exists()


def test_a_submodule_has_hooks_of_its_own(repo: HookedRepo, tmp_path: Path) -> None:
    inner = HookedRepo(tmp_path / "inner")
    inner.change("b.py", "b = 1\n", "one")
    repo.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.path), "sub")
    install(repo.path / "sub")
    assert is_ours((repo.path / ".git" / "modules" / "sub" / "hooks" / "pre-commit").read_bytes())
    assert not (repo.hooks() / "pre-commit").exists()


def test_a_folder_deep_inside_will_do(repo: HookedRepo) -> None:
    (repo.path / "x" / "y").mkdir(parents=True)
    install(repo.path / "x" / "y")
    assert is_ours((repo.hooks() / "pre-commit").read_bytes())


def test_a_separate_git_folder(tmp_path: Path) -> None:
    repo = HookedRepo(tmp_path / "repo")
    repo.git("init", "-q", f"--separate-git-dir={tmp_path / 'git folder'}")
    install(repo.path)
    assert is_ours((tmp_path / "git folder" / "hooks" / "pre-commit").read_bytes())


def test_a_bare_repository_is_refused(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", "--bare", tmp_path / "bare.git"], check=True)
    with pytest.raises(InstallError, match="bare"):
        repository_here(tmp_path / "bare.git")


def test_a_working_tree_of_a_bare_repository(repo: HookedRepo, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    repo.git("clone", "-q", "--bare", str(repo.path), str(bare))
    repo.git("-C", str(bare), "worktree", "add", "-q", str(tmp_path / "tree"))
    assert not repository_here(tmp_path / "tree").is_bare
    install(tmp_path / "tree")
    assert is_ours((bare / "hooks" / "pre-commit").read_bytes())


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(LoopwatchError, match="not inside a git repository"):
        repository_here(tmp_path)


def test_a_folder_of_hooks_in_the_working_tree_is_not_written_to(repo: HookedRepo) -> None:
    repo.write("ci/hooks/pre-commit", MINE)
    repo.git("config", "core.hooksPath", "ci/hooks")
    before = look(repo.path)
    plan = planned(repo.path)
    assert "ci/hooks, is not among git's own files" in refusal(plan)
    assert "# in ci/hooks/pre-commit\nif command -v loopwatch " in plan.by_hand
    assert look(repo.path) == before
    assert "no hook of loopwatch's" in uninstall(repo.path).remarks[0]
    assert look(repo.path) == before


def test_a_link_from_git_to_the_working_tree_is_not_written_through(repo: HookedRepo) -> None:
    repo.write("ci/hooks/pre-commit", MINE)
    repo.hooks().rmdir()
    repo.hooks().symlink_to("../ci/hooks")
    assert "ci/hooks, is not among" in refusal(planned(repo.path))


def test_hooks_for_all_repositories_are_not_written_to(repo: HookedRepo, tmp_path: Path) -> None:
    shared = tmp_path / "all hooks"
    shared.mkdir()
    config = Path(os.environ["HOME"]) / ".gitconfig"
    config.write_text(f'[core]\n hooksPath = "{shared}"\n', encoding="utf-8")
    assert "is not this repository's alone" in refusal(planned(repo.path))
    assert list(shared.iterdir()) == []
    repo.git("config", "core.hooksPath", ".git/hooks")  # what is nearer goes first
    install(repo.path)
    assert is_ours((repo.hooks() / "pre-commit").read_bytes())


@pytest.mark.parametrize("scope", ["local", "global"])
def test_a_folder_of_hooks_inside_gits_own(repo: HookedRepo, scope: str) -> None:
    """It is this repository's alone, even if all others have one of that name, too."""
    home = str(Path(os.environ["HOME"]) / ".gitconfig")
    where = ("--local",) if scope == "local" else ("--file", home)
    repo.git("config", *where, "core.hooksPath", ".git/other")
    install(repo.path)
    assert is_ours((repo.path / ".git" / "other" / "pre-commit").read_bytes())


@pytest.mark.parametrize("value", ["", os.devnull])
def test_hooks_that_are_switched_off(repo: HookedRepo, value: str) -> None:
    repo.git("config", "core.hooksPath", value)
    assert "switches all hooks off" in refusal(planned(repo.path))


# Other programs that see to hooks


def tool(repo: HookedRepo, name: str, *arguments: str) -> str:
    """Run a tool that sees to hooks, with loopwatch on PATH."""
    done = subprocess.run(
        [BIN / name, *arguments],
        cwd=repo.path,
        env=repo.environment() | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


LOCAL = """\
repos:
- repo: local
  hooks:
  - {id: seen, name: seen, entry: touch seen, language: system, always_run: true,
     pass_filenames: false}
"""


def is_run(repo: HookedRepo) -> bool:
    """Tell whether loopwatch is run at a commit, by having it say that it is missing."""
    text = {path: path.read_bytes() for path in repo.hooks().iterdir()}
    try:
        for path, content in text.items():
            if is_ours(content):
                path.write_bytes(content.replace(os.fsencode(sys.executable), b"/nowhere/python"))
        folders = os.environ["PATH"].split(os.pathsep)
        path_of = os.pathsep.join(p for p in folders if not shutil.which("loopwatch", path=p))
        done = repo.run("commit", "--allow-empty", "-m", "x", env={"PATH": path_of})
    finally:
        for path, content in text.items():
            path.write_bytes(content)
    assert done.returncode == 0, done.stderr
    return "nothing was checked" in done.stderr


@pytest.fixture
def framework(repo: HookedRepo) -> HookedRepo:
    """Give a repository with a hook of the pre-commit framework, which touches a file."""
    repo.change(".pre-commit-config.yaml", LOCAL, "two")
    repo.write(".gitignore", "seen\n")
    return repo


@pytest.mark.parametrize("has_own", [False, True])
@pytest.mark.parametrize("is_first", [False, True])
def test_beside_pre_commit(framework: HookedRepo, has_own: bool, is_first: bool) -> None:
    repo = framework
    if has_own:
        repo.hook("pre-commit", "#!/bin/sh\n: >mine\n")
        repo.write(".gitignore", "seen\nmine\n")
    types = ("-t", "pre-commit", "-t", "commit-msg")
    if is_first:
        tool(repo, "pre-commit", "install", *types)
        before = look(repo.hooks())
        install(repo.path)
    else:
        install(repo.path)
        tool(repo, "pre-commit", "install", *types)
        before = None
    assert install(repo.path).changes == ()
    tool(repo, "pre-commit", "install", *types)  # as people do now and then
    assert is_run(repo)
    assert (repo.path / "seen").exists()
    assert (repo.path / "mine").exists() == has_own
    uninstall(repo.path)
    if before is not None:
        assert look(repo.hooks()) == before
    for name in ("seen", "mine"):
        (repo.path / name).unlink(missing_ok=True)
    assert not is_run(repo)
    assert (repo.path / "seen").exists()
    assert (repo.path / "mine").exists() == has_own


def test_pre_commit_taken_away(framework: HookedRepo) -> None:
    repo = framework
    repo.hook("pre-commit", "#!/bin/sh\n: >mine\n")
    repo.write(".gitignore", "mine\n")
    before = look(repo.hooks())
    tool(repo, "pre-commit", "install")
    install(repo.path)
    tool(repo, "pre-commit", "uninstall")
    assert is_run(repo)
    assert (repo.path / "mine").exists()
    uninstall(repo.path)
    assert look(repo.hooks()) == before


LEFTHOOK = "pre-commit:\n  jobs:\n    - name: seen\n      run: touch seen\n"


def test_beside_lefthook(repo: HookedRepo) -> None:
    repo.write("lefthook.yml", LEFTHOOK)
    tool(repo, "lefthook", "install")
    before = look(repo.path)
    plan = planned(repo.path)
    assert "lefthook sees to pre-commit" in refusal(plan)
    assert "run: loopwatch check --staged --message {1} --hook" in plan.by_hand
    assert look(repo.path) == before


def test_lefthook_put_over_ours(repo: HookedRepo) -> None:
    install(repo.path)
    repo.write("lefthook.yml", LEFTHOOK)
    tool(repo, "lefthook", "install")
    assert (repo.hooks() / "pre-commit.old").exists()
    assert "lefthook sees to pre-commit" in refusal(planned(repo.path))
    uninstall(repo.path)
    assert [path.name for path in repo.hooks().iterdir() if is_ours(path.read_bytes())] == []
    assert b"call_lefthook" in (repo.hooks() / "pre-commit").read_bytes()
