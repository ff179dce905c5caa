"""``loopwatch install``, ``uninstall`` and ``doctor`` as people call them."""

import importlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from time import sleep
from typing import Any

import pytest

import dev
from loopwatch import __version__
from loopwatch.entrypoints.install import WAITING
from loopwatch.installing import ci_files, managers
from loopwatch.installing.hook_script import ARGUMENTS, NAMES
from loopwatch.installing.targets import AGENTS, TARGETS
from loopwatch.keeping.quick_ground import MEMORY
from tests.builders import PACE
from tests.installing.hooked import HookedRepo, Run, Said, look

BIN = Path(sys.executable).parent
yaml: Any = importlib.import_module("yaml")
MINUTES = "def parse(text):\n    return int(text) * 60\n"
UNITS = "def parse(text):\n    return int(text[:-1]) * UNIT[text[-1]]\n"


@pytest.mark.parametrize("target", TARGETS)
def test_install_again_and_uninstall(repo: HookedRepo, run: Run, target: str) -> None:
    before = look(repo.path)
    status, shown, err = run("install", target, "--dry-run")
    assert (status, err) == (0, "")
    assert "would be written" in shown
    assert look(repo.path) == before
    status, told, err = run("install", target)
    assert (status, err) == (0, "")
    assert ": written\n" in told
    after = look(repo.path)
    status, told, err = run("install", target)
    assert (status, err) == (0, "")
    assert "already" in told
    assert look(repo.path) == after
    status, told, _ = run("uninstall", target, "--dry-run")
    assert status == 0
    assert "would be removed" in told
    assert look(repo.path) == after
    assert run("uninstall", target)[0] == 0
    assert look(repo.path) == before
    assert run("uninstall", target)[0] == 0


@pytest.mark.parametrize("target", ["github", "gitlab"])
def test_a_folder_with_something_else_in_it_stays(repo: HookedRepo, run: Run, target: str) -> None:
    run("install", target)
    folder = repo.path / (ci_files.GITHUB_FILE if target == "github" else ci_files.GITLAB_FILE)
    other = folder.with_name("other.yml")
    other.touch()
    status, told, _ = run("uninstall", target)
    assert (status, told.count("removed")) == (0, 1)
    assert list(folder.parent.iterdir()) == [other]


def memory(repo: HookedRepo) -> Path:
    return repo.path / ".git" / MEMORY


def test_the_hooks_of_git_begin_with_a_memory(repo: HookedRepo, run: Run) -> None:
    run("install", "git", "--dry-run")
    run("install", "github")
    assert not memory(repo).exists()
    assert run("install", "git")[::2] == (0, "")
    with sqlite3.connect(memory(repo)) as database:
        assert database.execute("SELECT count(*) FROM versions").fetchone() == (1,)
    assert ".git/loopwatch/memory.sqlite3: removed\n" in run("uninstall", "git")[1]
    assert not memory(repo).exists()


@pytest.mark.parametrize("is_file", [True, False])
def test_without_a_memory_they_are_installed_all_the_same(
    repo: HookedRepo, run: Run, monkeypatch: pytest.MonkeyPatch, is_file: bool
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a bug")

    if is_file:
        (repo.path / ".git" / "loopwatch").write_text("in the way\n", encoding="utf-8")
    else:
        monkeypatch.setattr("loopwatch.keeping.priming.prime", fail)
    assert run("install", "git")[::2] == (0, "")
    assert (repo.hooks() / "pre-commit").is_file()


@pytest.mark.parametrize("is_terminal", [True, False])
def test_people_are_told_what_takes_so_long(
    repo: HookedRepo, run: Run, monkeypatch: pytest.MonkeyPatch, is_terminal: bool
) -> None:
    monkeypatch.setattr("loopwatch.entrypoints.install.PATIENCE", 0.01)
    monkeypatch.setattr("loopwatch.keeping.priming.prime", lambda _: sleep(0.3))
    monkeypatch.setattr("sys.stderr.isatty", lambda: is_terminal)
    assert run("install", "git")[2] == (WAITING if is_terminal else "")


@pytest.mark.parametrize(
    ("target", "expected"),
    [("gti", "did you mean git?"), ("Git", "did you mean git?"), ("svn", "there are git, ")]
    + [(name, "is no target yet") for name in sorted(AGENTS)],
)
def test_other_targets(run: Run, target: str, expected: str) -> None:
    for command in ("install", "uninstall"):
        status, out, err = run(command, target)
        assert (status, out) == (2, "")
        assert expected in err


@pytest.mark.parametrize("target", TARGETS)
def test_where_nothing_can_be_installed(run: Run, tmp_path: Path, target: str) -> None:
    status, _, err = run("install", target, folder=tmp_path)
    assert (status, "not inside a git repository" in err) == (2, True)
    bare = tmp_path / "bare.git"
    subprocess.run(["git", "init", "-q", "--bare", bare], check=True)
    status, _, err = run("install", target, folder=bare)
    assert (status, "bare" in err) == (2, True)


def test_what_to_add_by_hand_is_printed(repo: HookedRepo, run: Run) -> None:
    repo.git("config", "core.hooksPath", ".husky/_")
    status, out, err = run("install", "git")
    assert status == 2
    assert out.startswith("to add by hand:\n\n# in .husky/pre-commit\n")
    assert err.startswith("error: the folder of hooks, .husky, ")
    assert len(err.splitlines()) == 2


@pytest.mark.parametrize("target", ["github", "gitlab"])
def test_a_file_of_somebody_elses_stays(repo: HookedRepo, run: Run, target: str) -> None:
    name = str(getattr(ci_files, f"{target.upper()}_FILE"))
    repo.write(name, "mine\n")
    assert run("install", target)[0] == 2
    assert run("uninstall", target)[0] == 2
    assert (repo.path / name).read_text(encoding="utf-8") == "mine\n"


def test_a_link_out_of_the_repository_is_not_followed(
    repo: HookedRepo, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    (repo.path / ".github").symlink_to(tmp_path / "outside")
    status, _, err = run("install", "github")
    assert (status, "leads out of the repository" in err) == (2, True)
    assert list((tmp_path / "outside").iterdir()) == []


def last_step(target: str, text: str) -> str:
    """Return the script of a job that checks, after the one that installs."""
    job = yaml.safe_load(text)
    if target == "gitlab":
        steps: list[str] = job["loopwatch"]["script"]
    else:
        steps = [step["run"] for step in job["jobs"]["loopwatch"]["steps"] if "run" in step]
    assert [step.startswith("python -I -m pip install ") for step in steps] == [True, False]
    return steps[1]


@pytest.mark.parametrize("target", ["github", "gitlab"])
def test_jobs_check_what_a_request_brings(repo: HookedRepo, run: Run, target: str) -> None:
    """The script of the job is run here, word for word, with what the host gives it."""
    run("install", target)
    text = (repo.path / str(getattr(ci_files, f"{target.upper()}_FILE"))).read_text()
    script = last_step(target, text)
    repo.change("dur.py", MINUTES, "feat: durations")
    base = repo.change("dur.py", UNITS, "fix: units are read")
    home = repo.path.parent

    def call(head: str, branch: str = "") -> Said:
        event = {"pull_request": {"number": 7, "base": {"sha": base}, "head": {"sha": head}}}
        (home / "event.json").write_text(json.dumps(event), encoding="utf-8")
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", script],
            cwd=repo.path,
            env=repo.environment()
            | {
                "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
                "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
                "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": branch,
                "GITHUB_EVENT_PATH": str(home / "event.json"),
                "GITHUB_STEP_SUMMARY": str(home / "summary.md"),
                "RUNNER_TEMP": str(home),
            },
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    healthy = repo.change("b.py", "b = 1\n", "healthy")
    assert call(healthy)[0] == 0
    status, out, _ = call(repo.change("dur.py", MINUTES, "fix: plain numbers are read"))
    assert status == 1
    assert "dur.py::parse" in out
    if target == "github":
        assert "\n::warning file=dur.py," in out
        assert "**Fix loop** in `parse`" in (home / "summary.md").read_text(encoding="utf-8")
        return
    assert call(repo.head(), branch=healthy)[0] == 0  # merged results: HEAD is not the branch
    assert call(repo.head())[0] == 1
    for report in ("gl-code-quality-report.json", "loopwatch.xml", "loopwatch.html"):
        assert report in text.partition("artifacts:")[2]
        assert "parse" in (repo.path / report).read_text(encoding="utf-8")


def test_gitlab_has_something_to_compare_with() -> None:
    job = yaml.safe_load(ci_files.GITLAB)["loopwatch-target"]
    (script,) = job["script"]
    done = subprocess.run(["sh", "-ec", script.partition(">")[0]], capture_output=True, check=True)
    assert json.loads(done.stdout) == []
    assert script.partition(">")[2] == job["artifacts"]["reports"]["codequality"]


def test_the_template_is_what_is_installed() -> None:
    template = (dev.ROOT / "templates" / "loopwatch.yml").read_text(encoding="utf-8")
    installed = ci_files.GITLAB.format(version=__version__)
    assert template.partition("\n")[2] == installed.partition("\n")[2]


def test_the_workflow_reads_only_and_is_safe_on_forks() -> None:
    job = yaml.safe_load(ci_files.GITHUB.format(version="1"))
    assert job["permissions"] == {"contents": "read"}
    assert job[True] == "pull_request"  # "on", as YAML 1.1 reads it
    steps = job["jobs"]["loopwatch"]["steps"]
    assert steps[0]["with"]["fetch-depth"] == 0
    assert not any("${{" in step.get("run", "") for step in steps)  # nothing can be injected


# husky and lefthook


def gate(repo: HookedRepo, home: Path | None = None) -> None:
    """See a repository's hooks refuse what closes a loop, and nothing else."""
    path = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}

    def commit(text: str, subject: str, *options: str) -> tuple[int, str]:
        repo.clock += PACE
        repo.write("dur.py", text)
        repo.git("add", "dur.py")
        done = repo.run("commit", *options, "-m", subject, env=path)
        return done.returncode, done.stdout + done.stderr

    assert commit(MINUTES, "feat: durations")[0] == 0
    assert commit(UNITS, "fix: units are read")[0] == 0
    status, said = commit(MINUTES, "fix: plain numbers are read")
    assert (status, "dur.py::parse" in said) == (1, True)
    status, said = commit(MINUTES, "fix: plain numbers are read", "--no-verify")
    assert (status, "dur.py::parse" in said) == (0, True)
    status, said = commit(UNITS, "again")
    assert (status, "dur.py::parse" in said) == (1, True)
    path["PATH"] = os.pathsep.join(p for p in os.environ["PATH"].split(":") if p != str(BIN))
    for name in ("lefthook", "git", "sh"):  # without loopwatch, a commit passes
        (repo.path.parent / "bin").mkdir(exist_ok=True)
        found = shutil.which(name, path=f"{BIN}{os.pathsep}{os.environ['PATH']}")
        assert found is not None
        (repo.path.parent / "bin" / name).symlink_to(found)
    path["PATH"] = f"{repo.path.parent / 'bin'}{os.pathsep}{os.defpath}"
    status, said = commit(UNITS, "again")
    assert status == 0
    assert "loopwatch" in said


# What husky 9 puts into .husky/_, without what is for its own older versions.
HUSKY = """\
#!/usr/bin/env sh
n=$(basename "$0")
s=$(dirname "$(dirname "$0")")/$n
[ ! -f "$s" ] && exit 0
[ "${HUSKY-}" = "0" ] && exit 0
export PATH="node_modules/.bin:$PATH"
sh -e "$s" "$@"
c=$?
[ $c != 0 ] && echo "husky - $n script failed (code $c)"
exit $c
"""


def test_what_is_shown_for_husky_works(repo: HookedRepo, run: Run) -> None:
    repo.git("config", "core.hooksPath", ".husky/_")
    for name in NAMES:
        repo.write(f".husky/_/{name}", '#!/usr/bin/env sh\n. "$(dirname "$0")/h"').chmod(0o755)
    repo.write(".husky/_/h", HUSKY)
    _, out, _ = run("install", "git")
    parts = out.partition("\n\n")[2].splitlines()
    for where, line in zip(parts[::2], parts[1::2], strict=True):
        repo.write(where.removeprefix("# in "), f"echo seen >>seen\n{line}\ntrue\n")
    gate(repo)
    assert (repo.path / "seen").exists()
    assert "commit-msg, post-commit in .husky" in run("doctor")[1]


def test_what_is_shown_for_lefthook_works(repo: HookedRepo, run: Run) -> None:
    repo.write("lefthook.yml", managers.LEFTHOOK_TEXT)
    variables = repo.environment() | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run([BIN / "lefthook", "install"], cwd=repo.path, env=variables, check=True)
    gate(repo)
    status, out, _ = run("install", "git")
    assert (status, out) == (2, f"to add by hand:\n\n{managers.LEFTHOOK_TEXT}")
    assert "ok   lefthook calls loopwatch" in run("doctor")[1]


def test_the_page_shows_what_is_printed() -> None:
    page = (dev.ROOT / "docs" / "hooks.md").read_text(encoding="utf-8")
    assert managers.LEFTHOOK_TEXT in page
    assert managers.lines(".husky") in page
    for name in NAMES:
        call = ARGUMENTS[name].replace('"$1"', "FILE")
        assert f"`loopwatch {call}`" in page
    manifest = (dev.ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    for hook in yaml.safe_load(manifest):
        assert f"- id: {hook['id']}\n" in page
    pages = (dev.ROOT / "docs" / "commands" / "install.md").read_text(encoding="utf-8")
    assert ci_files.GITLAB_BY_HAND.partition("\n")[2] in pages
    assert {f"| `{name}` |" in pages for name in TARGETS} == {True}
