"""``install pre-commit``: our hooks get into the configuration, and nothing else changes in it."""

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import dev
from loopwatch.errors import InstallError
from loopwatch.installing import framework_config
from loopwatch.installing.changes import make
from loopwatch.installing.framework_config import ENTRY, FILE, NEW, added, taken_out
from loopwatch.sources.repository import find_repository
from tests.builders import PACE
from tests.installing.hooked import HookedRepo, look

BIN = Path(sys.executable).parent
PRE_COMMIT = BIN / "pre-commit"
yaml: Any = importlib.import_module("yaml")  # pre-commit reads its configuration by it

PLAIN = "repos:\n- repo: https://example.com/a\n  rev: v1\n  hooks:\n  - id: a\n"
INDENTED = "# ours\nrepos: # all of them\n    - repo: local\n      hooks:\n        - id: a\n"
LAYOUTS = {
    "plain": PLAIN,
    "indented": INDENTED,
    "last line without end": PLAIN.rstrip("\n"),
    "begun by a marker": f"---\n{PLAIN}",
    "with a key after it": f"{PLAIN}\n# more\nci:\n  autofix_prs: false\n",
    "with a key before it": f"default_stages: [pre-commit]\n{PLAIN}",
    "with comments": f"{PLAIN}  # - id: b\n# the end\n",
    "line ends of Windows": PLAIN.replace("\n", "\r\n"),
    "with a block of text": f"{PLAIN}    entry: |\n      repos:\n      - x\n\n      y\n",
    "two": PLAIN + PLAIN.removeprefix("repos:\n"),
}
NOT_SAFE = [
    "",
    "repos: []\n",
    "repos: [{repo: local, hooks: []}]\n",
    "repos:\n",
    "repos: &all\n- repo: local\n",
    "repos:\n  {repo: x}\n",
    f"{PLAIN}---\n{PLAIN}",
    f"{PLAIN}\trepo\n",
    f"{PLAIN}{PLAIN}",
    f"x: 1\n---\n{PLAIN}",
    f"{INDENTED}  strange: 1\n",
    "'repos':\n- repo: local\n",
    f"{PLAIN}\rx",
]


@pytest.fixture
def repo(tmp_path: Path) -> HookedRepo:
    return HookedRepo(tmp_path / "repo")


@pytest.mark.parametrize("name", LAYOUTS)
def test_our_hooks_come_last_and_all_else_stays(name: str) -> None:
    text = LAYOUTS[name]
    after = added(text)
    assert after is not None
    before_, after_ = yaml.safe_load(text), yaml.safe_load(after)
    assert after_.pop("repos") == before_.pop("repos") + yaml.safe_load(ENTRY)
    assert after_ == before_
    whole = text if text.endswith("\n") else f"{text}\n"
    assert taken_out(after) == whole


@pytest.mark.parametrize("text", NOT_SAFE)
def test_what_is_laid_out_otherwise_is_left_alone(text: str) -> None:
    assert added(text) is None


@pytest.mark.parametrize("name", LAYOUTS)
def test_uninstall_restores_the_file(repo: HookedRepo, name: str) -> None:
    text = LAYOUTS[name] if LAYOUTS[name].endswith("\n") else LAYOUTS[name] + "\n"
    repo.write(FILE, text).chmod(0o640)
    before = look(repo.path)
    here = find_repository(repo.path)
    make(framework_config.install(here).changes)
    again = framework_config.install(here)
    assert again.changes == () and again.failure is None
    make(framework_config.uninstall(here).changes)
    assert look(repo.path) == before


def test_a_new_file(repo: HookedRepo) -> None:
    before = look(repo.path)
    here = find_repository(repo.path)
    make(framework_config.install(here).changes)
    assert (repo.path / FILE).read_text(encoding="utf-8") == NEW
    done = subprocess.run([PRE_COMMIT, "validate-config", repo.path / FILE], check=False)
    assert done.returncode == 0
    make(framework_config.uninstall(here).changes)
    assert look(repo.path) == before
    assert framework_config.uninstall(here).changes == ()


def test_what_is_not_safe_is_shown(repo: HookedRepo) -> None:
    repo.write(FILE, "repos: []\n")
    plan = framework_config.install(find_repository(repo.path))
    assert plan.changes == () and plan.by_hand == ENTRY
    assert "not safe to change" in str(plan.failure)


def test_what_was_edited_is_left_alone(repo: HookedRepo) -> None:
    repo.write(FILE, NEW.replace("verbose: true", "verbose: false"))
    plan = framework_config.uninstall(find_repository(repo.path))
    assert plan.changes == ()
    assert "in other words" in str(plan.failure)


def test_files_that_cannot_be_changed(repo: HookedRepo) -> None:
    here = find_repository(repo.path)
    repo.write(FILE, b"repos:\n- repo: \xff\n")
    with pytest.raises(InstallError, match="not UTF-8"):
        framework_config.install(here)
    repo.write(FILE, "#" * (framework_config.LARGEST + 1))
    with pytest.raises(InstallError, match="larger than"):
        framework_config.install(here)
    (repo.path / FILE).unlink()
    (repo.path / FILE).symlink_to("../elsewhere.yaml")
    with pytest.raises(InstallError, match="is a link"):
        framework_config.install(here)


# The framework itself

MINUTES = "def parse(text):\n    return int(text) * 60\n"
UNITS = "def parse(text):\n    return int(text[:-1]) * UNIT[text[-1]]\n"


def with_framework(repo: HookedRepo, home: Path) -> dict[str, str]:
    """Install the framework's hooks; return the environment that git needs for them."""
    variables = repo.environment() | {"PRE_COMMIT_HOME": str(home)}
    variables["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    types = [word for name in ("pre-commit", "commit-msg", "post-commit") for word in ("-t", name)]
    done = subprocess.run(
        [PRE_COMMIT, "install", *types], cwd=repo.path, env=variables, check=False
    )
    assert done.returncode == 0
    return variables


def gate(repo: HookedRepo, variables: dict[str, str]) -> None:
    """See the framework refuse what closes a loop, and nothing else."""

    def commit(text: str, subject: str, *options: str) -> tuple[int, str]:
        repo.clock += PACE
        repo.write("dur.py", text)
        repo.git("add", "--all")
        done = repo.run("commit", *options, "-m", subject, env=variables)
        return done.returncode, done.stdout + done.stderr

    variables = {"PRE_COMMIT_HOME": variables["PRE_COMMIT_HOME"], "PATH": variables["PATH"]}
    status, said = commit(MINUTES, "feat: durations")
    assert status == 0, said
    assert said.count("Passed") >= 2
    assert commit(UNITS, "fix: units are read")[0] == 0
    status, said = commit(MINUTES, "fix: plain numbers are read")
    assert status == 1
    assert "dur.py::parse" in said
    status, said = commit(MINUTES, "fix: plain numbers are read", "--no-verify")
    assert status == 0
    assert "dur.py::parse" in said  # post-commit
    status, said = commit(UNITS, "whatever")
    assert status == 1
    assert "dur.py::parse" in said
    assert commit(UNITS, "whatever", "--no-verify")[0] == 0


def test_the_framework_runs_what_install_writes(repo: HookedRepo, tmp_path: Path) -> None:
    make(framework_config.install(find_repository(repo.path)).changes)
    gate(repo, with_framework(repo, tmp_path / "home"))


@pytest.mark.timeout(600)
def test_the_framework_runs_it_from_a_clone_of_this_repository(
    repo: HookedRepo, tmp_path: Path
) -> None:
    """It builds loopwatch into an environment of its own, which takes half a minute."""
    source = HookedRepo(tmp_path / "source")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=dev.ROOT, capture_output=True, check=True)
    for name in filter(None, os.fsdecode(listed.stdout).split("\0")):
        if (dev.ROOT / name).is_file() and not name.startswith(("tests/", "fixtures/", "docs/")):
            (source.path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(dev.ROOT / name, source.path / name)
    source.commit("all of it")
    repo.write(
        FILE,
        f"repos:\n- repo: '{source.path}'\n  rev: {source.head()}\n  hooks:\n"
        "  - id: loopwatch\n  - id: loopwatch-message\n  - id: loopwatch-commit\n",
    )
    gate(repo, with_framework(repo, tmp_path / "home"))


def test_the_manifest_is_one() -> None:
    manifest = dev.ROOT / ".pre-commit-hooks.yaml"
    done = subprocess.run([PRE_COMMIT, "validate-manifest", manifest], check=False)
    assert done.returncode == 0
    ours = {hook["id"]: hook for hook in yaml.safe_load(manifest.read_text(encoding="utf-8"))}
    written = {hook["id"]: hook for hook in yaml.safe_load(ENTRY)[0]["hooks"]}
    assert ours.keys() == written.keys()
    for name, hook in written.items():
        same = ("entry", "pass_filenames", "always_run", "verbose")
        assert [ours[name].get(key) for key in same] == [hook.get(key) for key in same]
