"""``loopwatch doctor``: each line of it, in a repository where it is so."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import dev
from loopwatch.installing import checkup_tools
from loopwatch.installing.hook_script import NAMES, is_ours, script
from loopwatch.keeping.place import ledger_path
from loopwatch.sources.repository import find_repository
from tests.installing.hooked import HookedRepo, Run, look

BIN = Path(sys.executable).parent


def checks(run: Run, folder: Path | None = None) -> dict[str, tuple[str, str, str]]:
    status, out, err = run("doctor", "--format", "json", folder=folder)
    assert err == ""
    told = json.loads(out)
    assert told["schema"] == "loopwatch.doctor/1"
    found = {one["name"]: (one["state"], one["told"], one["to_do"]) for one in told["checks"]}
    assert status == any(state == "error" for state, _, _ in found.values())
    return found


def test_a_new_repository(run: Run) -> None:
    status, out, _ = run("doctor")
    assert status == 0
    page = (dev.ROOT / "docs" / "commands" / "doctor.md").read_text(encoding="utf-8")
    shown = page.partition("```text\n")[2].partition("```")[0].splitlines()
    assert shown[2:] == out.splitlines()[2:]
    for number in (0, 1):
        assert shown[number].split()[:2] == out.splitlines()[number].split()[:2]


def test_no_repository(run: Run, tmp_path: Path) -> None:
    found = checks(run, tmp_path)
    assert found["repository"][0] == "error"
    assert found["languages"][0] == "ok"


def test_no_git(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert checks(run)["git"][0] == "error"


def test_an_old_git(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    real = shutil.which("git")
    old = tmp_path / "git"
    answer = "case $* in *--version) echo git version 2.30.9; exit ;; esac"
    old.write_text(f'#!/bin/sh\n{answer}\nexec {real} "$@"\n', encoding="utf-8")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert checks(run)["git"][:2] == ("error", "2.30.9, which is too old")


def test_a_bare_repository(run: Run, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", "--bare", tmp_path / "bare.git"], check=True)
    assert checks(run, tmp_path / "bare.git")["repository"] == ("ok", "bare, bare", "")


def test_a_shallow_clone(repo: HookedRepo, run: Run, tmp_path: Path) -> None:
    repo.change("a.py", "a = 2\n", "two")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--depth=1", repo.path.as_uri(), clone], check=True)
    assert checks(run, clone)["repository"][0] == "warning"


def test_settings(repo: HookedRepo, run: Run) -> None:
    repo.write("loopwatch.toml", 'fail-on = "error"\n')
    assert checks(run)["settings"] == ("ok", "1 from loopwatch.toml", "")
    repo.write("loopwatch.toml", "fail-on = 7\n")
    state, told, _ = checks(run)["settings"]
    assert (state, "fail-on" in told) == ("error", True)


def test_accepted_findings(repo: HookedRepo, run: Run) -> None:
    repo.write(".loopwatch-ignore", "<<<<<<< ours\n")
    assert checks(run)["ignored"][0] == "error"


def test_hooks(repo: HookedRepo, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.hook("commit-msg", "#!/bin/sh\n")
    assert checks(run)["git hooks"][0] == "off"
    repo.install()
    assert checks(run)["git hooks"][:2] == (
        "ok",
        "pre-commit, commit-msg, post-commit, after what was there before (commit-msg)",
    )
    hook = repo.hooks() / "pre-commit"
    hook.chmod(0o644)
    assert "git does not run them" in checks(run)["git hooks"][1]
    hook.chmod(0o755)
    hook.write_bytes(script("pre-commit", "/nowhere/python"))
    monkeypatch.setenv("PATH", os.defpath)
    state, told, to_do = checks(run)["git hooks"]
    assert (state, to_do) == ("warning", "loopwatch install git")
    assert "their Python is gone (/nowhere/python)" in told
    hook.unlink()
    assert checks(run)["git hooks"][:2] == ("warning", "loopwatch is not called at pre-commit")


def test_hooks_that_somebody_edited(repo: HookedRepo, run: Run) -> None:
    repo.install()
    with (repo.hooks() / "pre-commit").open("a", encoding="utf-8") as file:
        file.write("# mine\n")
    assert "edited: pre-commit" in checks(run)["git hooks"][1]


def test_hooks_that_another_tool_runs(repo: HookedRepo, run: Run) -> None:
    repo.write("lefthook.yml", "pre-commit:\n  jobs:\n    - run: make\n")
    assert checks(run)["git hooks"][:2] == ("off", "lefthook sees to them")


def test_the_framework(repo: HookedRepo, run: Run) -> None:
    assert checks(run)["pre-commit"][0] == "off"
    repo.write(".pre-commit-config.yaml", "repos:\n- repo: local # no loopwatch\n  hooks: []\n")
    assert checks(run)["pre-commit"][2].startswith("loopwatch install pre-commit")
    run("install", "pre-commit")
    state, _, to_do = checks(run)["pre-commit"]
    assert (state, to_do) == (
        "warning", "pre-commit install -t pre-commit -t commit-msg -t post-commit"
    )  # fmt: skip
    subprocess.run([BIN / "pre-commit", *to_do.split()[1:]], cwd=repo.path, check=True)
    assert checks(run)["pre-commit"][0] == "ok"
    repo.install()
    assert all(is_ours((repo.hooks() / f"{name}.legacy").read_bytes()) for name in NAMES)
    assert checks(run)["pre-commit"][::2] == ("warning", "loopwatch uninstall git")


def test_jobs(repo: HookedRepo, run: Run) -> None:
    repo.write(".github/workflows/ci.yml", "# loopwatch comes later\non: push\n")
    assert checks(run)["CI"][0] == "off"
    run("install", "github")
    run("install", "gitlab")
    assert checks(run)["CI"][1] == ".github/workflows/loopwatch.yml, .gitlab/loopwatch.yml"


def test_the_ledger_is_told_of_and_not_touched(repo: HookedRepo, run: Run) -> None:
    assert checks(run)["ledger"][0] == "off"
    report = '<testsuite><testcase classname="t" name="a"/></testsuite>'
    (repo.path.parent / "r.xml").write_text(report, encoding="utf-8")
    assert run("record", "--version", "HEAD", "--junit", "../r.xml")[0] == 0
    state, told, _ = checks(run)["ledger"]
    assert (state, told.startswith("1 results of ")) == ("ok", True)
    path = ledger_path(find_repository(repo.path))
    path.write_bytes(b"something else entirely" * 100)
    before = look(path.parent)
    state, told, _ = checks(run)["ledger"]
    assert (state, told.startswith("damaged")) == ("warning", True)
    assert look(path.parent) == before


def test_detectors(repo: HookedRepo, run: Run) -> None:
    repo.write(
        "loopwatch.toml",
        f'[[detectors]]\nname = "one"\ncommand = [{json.dumps(sys.executable)}, "-m", "ruff"]\n'
        '[[detectors]]\nname = "two"\ncommand = "nowhere-to-be-found {files}"\n',
    )
    assert checks(run)["detectors"][:2] == ("warning", "not found: two (nowhere-to-be-found)")


def test_grammars_that_are_not_there(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup_tools, "is_installed", lambda name: name != "tree_sitter_lua")
    state, told, to_do = checks(run)["languages"]
    assert (state, told) == ("off", "17 of 18; by lines only: lua")
    assert "languages" in to_do
    monkeypatch.setattr(checkup_tools, "is_installed", lambda name: name != "tree_sitter")
    assert checks(run)["languages"][0] == "warning"


def test_logs_of_agents(run: Run) -> None:
    (Path.home() / ".claude" / "projects").mkdir(parents=True)
    assert checks(run)["agents"][:2] == ("ok", "logs in ~/.claude/projects")


def test_nothing_that_is_told_reaches_the_terminal_raw(run: Run, tmp_path: Path) -> None:
    hostile = HookedRepo(tmp_path / "a\x1b[31m\nb")
    hostile.write("loopwatch.toml", '"\\u001b[31m" = 1\n')
    _, out, _ = run("doctor", folder=hostile.path)
    assert "\x1b" not in out
    assert "\\x1b[31m\\x0ab" in out
