"""The command line: what is printed where, and what the exit status says."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click
import pytest

from loopwatch import __version__, app, looking_up, pipeline
from loopwatch.entrypoints import cli, main, output, progress
from loopwatch.exit_codes import ExitCode
from loopwatch.model.finding import Finding
from loopwatch.model.report import Report
from tests.builders import Repo
from tests.conftest import Run, Said

MINUTES = "def parse(text):\n    return int(text) * 60\n"
UNITS = "def parse(text):\n    return int(text[:-1]) * UNIT[text[-1]]\n"
BROKEN = "broken on purpose"


@pytest.fixture
def loop(repo: Repo) -> Repo:
    """Give a history in which two fixes undo each other, twice; it is tagged v1 at its start."""
    repo.change("dur.py", MINUTES, "feat: durations")
    repo.git("tag", "v1")
    repo.change("dur.py", UNITS, "fix: units are read")
    repo.change("dur.py", MINUTES, "fix: plain numbers are read")
    repo.change("dur.py", UNITS, "fix: units are read again")
    return repo


def loopwatch(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run loopwatch as users do, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "loopwatch", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)} | more,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def is_failure(said: Said, expected: str) -> bool:
    """Tell whether it is status 2, one line of error and at most one hint, and no output."""
    status, out, err = said
    lines = err.splitlines()
    first, rest = lines[0], lines[1:]
    is_short = len(rest) <= 1 and all(line.startswith("hint: ") for line in rest)
    assert expected in first, err
    return status == 2 and not out and first.startswith("error: ") and is_short


def the_id(run: Run, repo: Repo) -> str:
    _, out, _ = run(repo.path, "scan", "--format", "json")
    identity: str = json.loads(out)["findings"][0]["id"]
    return identity


# the exit status


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ((), 1),
        (("--fail-on", "error"), 1),
        (("--fail-on", "never"), 0),
        (("--exit-zero",), 0),
        (("-q",), 1),
        (("v1..HEAD~1",), 1),  # two fixes that contradict each other
        (("v1..HEAD~2",), 0),
        (("--", "other.py"), 0),
        (("--max-count", "1"), 0),
    ],
)
def test_the_status_of_a_scan(loop: Repo, run: Run, options: Sequence[str], status: int) -> None:
    assert run(loop.path, "scan", *options)[0] == status


def test_nothing_committed_yet(repo: Repo, run: Run) -> None:
    status, out, _ = run(repo.path, "scan")
    assert (status, "0 loops" in out) == (0, True)


def test_the_process_exits_with_the_status(loop: Repo) -> None:
    done = loopwatch(loop.path, "scan", "--format", "concise")
    assert (done.returncode, done.stderr) == (1, "")
    assert "dur.py" in done.stdout
    assert loopwatch(loop.path, "scan", "--exit-zero").returncode == 0
    assert loopwatch(loop.path, "scan", "nowhere").returncode == 2


def test_both_ways_in_which_click_tells_the_status(monkeypatch: pytest.MonkeyPatch) -> None:
    def raises(*arguments: object, **more: object) -> None:
        raise click.exceptions.Exit(1)

    monkeypatch.setattr(cli.main, "main", raises)
    assert cli.run(["scan"]) == 1
    monkeypatch.setattr(cli.main, "main", lambda *arguments, **more: 1)
    assert cli.run(["scan"]) == 1
    monkeypatch.setattr(cli.main, "main", lambda *arguments, **more: None)
    assert cli.run(["scan"]) == 0


# scan


def test_a_quiet_scan_prints_nothing_but_writes_its_files(loop: Repo, run: Run) -> None:
    target = loop.path / "out.json"
    assert run(loop.path, "scan", "-q", "--output", f"json={target}") == (1, "", "")
    assert json.loads(target.read_text(encoding="utf-8"))["summary"]["errors"] == 1


def test_output_leaves_standard_output_as_it_is(loop: Repo, run: Run) -> None:
    plain = run(loop.path, "scan")
    assert run(loop.path, "scan", "--output", "json=out.json", "--output", "dot=out.dot") == plain
    assert (loop.path / "out.dot").read_text(encoding="utf-8").startswith("digraph")


def test_paths_begin_at_the_folder_that_one_is_in(repo: Repo, run: Run) -> None:
    for subject, text in zip("abcd", (MINUTES, UNITS, MINUTES, UNITS), strict=True):
        repo.change("src/dur.py", text, f"fix: {subject}")
    assert run(repo.path / "src", "scan", "--", "dur.py")[0] == 1
    assert run(repo.path, "scan", "--", "dur.py")[0] == 0
    assert run(repo.path / "src", "scan", "--", ":/src/dur.py")[0] == 1


def test_a_bare_repository(loop: Repo, run: Run, tmp_path: Path) -> None:
    loop.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    (tmp_path / "bare.git" / "loopwatch.toml").write_text("nonsense", encoding="utf-8")
    assert run(tmp_path / "bare.git", "scan")[0] == 1


def test_the_demo_finds_its_loop_and_exits_with_0(run: Run, tmp_path: Path) -> None:
    (tmp_path / "loopwatch.toml").write_text("nonsense", encoding="utf-8")
    status, out, err = run(tmp_path, "demo")
    assert (status, out.startswith("LOOP 1"), err) == (0, True, "")


def test_colour_only_if_asked(loop: Repo, run: Run) -> None:
    assert "\x1b" not in run(loop.path, "scan")[1]
    assert "\x1b" in run(loop.path, "scan", "--color", "always")[1]


# explain


def test_a_finding_goes_by_the_beginning_of_its_id(loop: Repo, run: Run) -> None:
    identity = the_id(run, loop)
    whole = run(loop.path, "explain", identity)
    assert whole[0] == 0 and "message for an agent:" in whole[1]
    assert run(loop.path, "explain", identity[:4]) == whole
    assert is_failure(run(loop.path, "explain", identity[:3]), "no finding and no commit")


def test_a_finding_as_json_is_that_of_the_report(loop: Repo, run: Run) -> None:
    _, out, _ = run(loop.path, "scan", "--format", "json")
    finding = json.loads(out)["findings"][0]
    _, out, _ = run(loop.path, "explain", finding["id"], "--format", "json")
    assert json.loads(out) == finding


def test_a_finding_goes_before_a_commit(loop: Repo, run: Run) -> None:
    identity = the_id(run, loop)
    loop.git("tag", identity[:6])
    assert run(loop.path, "explain", identity[:6]) == run(loop.path, "explain", identity)
    loop.git("tag", "abba")  # reads like an id, and no finding has it
    assert "VERSION" in run(loop.path, "explain", "abba")[1]


@pytest.mark.parametrize("name", ["HEAD", "main", "main~0", "@", "short", "whole"])
def test_a_commit_goes_by_any_revision(loop: Repo, run: Run, name: str) -> None:
    head = loop.head()
    wanted = {"short": head[:7], "whole": head}.get(name, name)
    status, out, _ = run(loop.path, "explain", wanted, "--format", "json")
    told = json.loads(out)
    assert (status, told["schema"], told["version"]) == (0, "loopwatch.explain/1", head)
    assert told["findings"] == [the_id(run, loop)]
    assert told["returns"][0]["left"]["version"] == loop.head("HEAD~1")
    assert told["returns"][0]["left"]["role"] == "fix"


def test_a_commit_that_returned_nothing_still_names_its_finding(loop: Repo, run: Run) -> None:
    _, out, _ = run(loop.path, "explain", "v1")
    assert "Nothing is back in an earlier state here." in out
    assert f"loopwatch explain {the_id(run, loop)}" in out


def test_why_a_revert_stays_quiet(repo: Repo, run: Run) -> None:
    repo.change("dur.py", MINUTES, "feat: durations")
    repo.revert(repo.change("dur.py", UNITS, "feat: units"))
    _, out, _ = run(repo.path, "explain", "HEAD")
    assert "none of them raised" in out
    assert "why:   it says that it takes something back" in out
    assert "10 min and 1 edit before" in out


def test_why_a_lock_file_stays_quiet(repo: Repo, run: Run) -> None:
    for text in "xyxy":
        repo.change("uv.lock", f"version = {text}\n", "fix: the lock")
    told = json.loads(run(repo.path, "explain", "HEAD", "--format", "json")[1])
    assert {(one["quiet"], one["level"]) for one in told["returns"]} == {("lock file", "note")}


def test_a_commit_before_the_newest_ones(loop: Repo, run: Run) -> None:
    wanted = loop.head()
    for number in range(5):
        loop.change("other.py", f"x = {number}\n", "feat: more")
    status, out, _ = run(loop.path, "explain", wanted, "--max-count", "4", "--format", "json")
    told = json.loads(out)
    assert (status, told["version"], told["source"]["range"][:12]) == (0, wanted, wanted[:12])
    assert told["returns"][0]["kind"] == "oscillation"


def test_a_commit_before_the_date_that_was_asked_for(loop: Repo, run: Run) -> None:
    status, out, _ = run(loop.path, "explain", "HEAD", "--since", "2100-01-01")
    assert (status, "error, loop" in out) == (0, True)


def test_what_a_merge_brings_in_is_told_on_its_branch(repo: Repo, run: Run) -> None:
    repo.change("dur.py", MINUTES, "feat: durations")
    repo.change("dur.py", UNITS, "fix: units are read")
    repo.branch("side")
    side = repo.change("dur.py", MINUTES, "fix: plain numbers are read")
    repo.checkout("main")
    repo.change("other.py", "x = 1\n", "feat: more")
    repo.merge("side")
    status, out, _ = run(repo.path, "explain", "HEAD")
    assert (status, "not judged here" in out, "none of them raised" in out) == (0, True, True)
    assert "warning, loop" in run(repo.path, "explain", side)[1]


def test_a_commit_of_another_branch(loop: Repo, run: Run) -> None:
    wanted = loop.head()
    loop.checkout("v1")
    loop.branch("other")
    status, out, _ = run(loop.path, "explain", wanted)
    assert (status, "error, loop" in out) == (0, True)


def test_a_commit_outside_the_range_that_was_asked_for(loop: Repo, run: Run) -> None:
    said = run(loop.path, "explain", "v1", "--range", "HEAD~2..HEAD")
    assert is_failure(said, "v1 is not in HEAD~2..HEAD")


def test_the_index_and_the_working_tree(loop: Repo, run: Run) -> None:
    assert is_failure(run(loop.path, "explain", "index"), "nothing is staged")
    assert is_failure(run(loop.path, "explain", "worktree"), "the working tree is as the index")
    loop.write("dur.py", MINUTES)
    status, out, _ = run(loop.path, "explain", "worktree")
    assert (status, "VERSION worktree  not committed yet" in out) == (0, True)
    assert "error, loop" in out
    loop.git("add", "--all")
    assert run(loop.path, "explain", "index")[0] == 0


def test_an_ambiguous_id(loop: Repo, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    identity = the_id(run, loop)
    twice = looking_up._found

    def doubled(report: Report, wanted: str) -> Finding | None:
        return twice(replace(report, findings=report.findings * 2), wanted)

    monkeypatch.setattr(looking_up, "_found", doubled)
    assert is_failure(run(loop.path, "explain", identity[:4]), f"could be any of {identity}")


def test_what_a_repository_says_is_made_safe(loop: Repo, run: Run) -> None:
    loop.change("dur.py", MINUTES, "fix: \x1b[31mred\x1b[0m \u202e")
    _, out, _ = run(loop.path, "explain", "HEAD")
    assert "\x1b" not in out and "\u202e" not in out and "\\x1b[31mred" in out


# settings


@pytest.mark.parametrize(
    ("text", "options", "status"),
    [
        ('fail-on = "never"', (), 0),
        ('fail-on = "never"', ("--fail-on", "warning"), 1),
        ("exit-zero = true", (), 0),
        ("exit-zero = true", ("--no-exit-zero",), 1),
        ("max-count = 1", (), 0),
        ("max-count = 1", ("--max-count", "1000"), 1),
        ('quiet = ["dur.py"]', (), 0),
        ("agents-only = true", (), 0),
        ("agents-only = true", ("--no-agents-only",), 1),
        ('units = ["file"]', (), 1),
    ],
)
def test_flags_go_before_the_file_and_that_before_the_default(
    loop: Repo, run: Run, text: str, options: Sequence[str], status: int
) -> None:
    loop.write("loopwatch.toml", text)
    assert run(loop.path, "scan", *options)[0] == status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("", 0),
        ('fix-patterns = ["^korrigiert"]', 1),
        ('fix-patterns = ["^korrigiert"]\nrevert-patterns = ["zurück"]', 0),
    ],
)
def test_words_of_another_language(repo: Repo, run: Run, text: str, status: int) -> None:
    repo.change("dur.py", MINUTES, "Dauern")
    repo.change("dur.py", UNITS, "korrigiert: Einheiten")
    repo.change("dur.py", MINUTES, "korrigiert: zurück zu Minuten")
    repo.write("loopwatch.toml", text)
    assert run(repo.path, "scan")[0] == status


def test_the_format_of_the_file_is_for_commands_that_have_it(loop: Repo, run: Run) -> None:
    loop.write("loopwatch.toml", 'format = "dot"')
    assert run(loop.path, "scan")[1].startswith("digraph")
    assert run(loop.path, "explain", "HEAD")[1].startswith("VERSION")


def test_explain_does_not_ask_for_agents(loop: Repo, run: Run) -> None:
    identity = the_id(run, loop)
    loop.write("loopwatch.toml", "agents-only = true")
    assert run(loop.path, "explain", identity)[0] == 0


def test_settings_are_found_from_a_folder_inside(loop: Repo, run: Run) -> None:
    loop.write("pyproject.toml", "[tool.loopwatch]\nmin_turn = 1\n")
    (loop.path / "inside").mkdir()
    said = run(loop.path / "inside", "scan")
    assert is_failure(said, "unknown key `min_turn` in pyproject.toml:2")
    assert is_failure(run(loop.path, "explain", "HEAD"), "unknown key")
    assert run(loop.path, "scan", "--help")[0] == 0


# help and usage


def test_without_arguments_it_helps_and_does_not_pretend_to_have_looked(
    run: Run, tmp_path: Path
) -> None:
    status, out, err = run(tmp_path)
    assert (status, out) == (2, "")
    assert "scan" in err and "explain" in err


@pytest.mark.parametrize("arguments", [("--help",), ("-h",), ("scan", "-h"), ("explain", "--help")])
def test_help_needs_no_repository(run: Run, tmp_path: Path, arguments: Sequence[str]) -> None:
    status, out, err = run(tmp_path, *arguments)
    assert (status, out.startswith("Usage: loopwatch"), err) == (0, True, "")


def test_version(run: Run, tmp_path: Path) -> None:
    assert run(tmp_path, "--version") == (0, f"loopwatch, version {__version__}\n", "")


def test_each_command_and_option_says_what_it_is_for() -> None:
    for command in cli.main.commands.values():
        assert command.get_short_help_str()
        shown = [one for one in command.params if isinstance(one, click.Option)]
        assert all(one.help or one.hidden for one in shown)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("scna",), "there is no command 'scna' (did you mean scan?)"),
        (("frobnicate",), "there is no command 'frobnicate'"),
        (("config",), "Missing command."),
        (("ledger",), "Missing command."),
        (("scan", "--formt", "json"), "--formt"),
        (("scan", "--format", "xml"), "'xml' is not one of 'text'"),
        (("scan", "--max-count", "-1"), "-1 is not in the range"),
        (("scan", "--units", "tree,line"), "'tree,line' must be some of tree,file,symbol,site"),
        (("scan", "--output", "json"), "'json' is not FORMAT=FILE"),
        (("scan", "--output", "xml=a"), "'xml=a' is not FORMAT=FILE"),
        (("scan", "--output", "json=nowhere/a.json"), "there is no folder nowhere"),
        (("scan", "--output", "json=."), "it is a folder"),
        (("scan", "nowhere"), "nowhere is no commit, branch or tag here"),
        (("scan", "nowhere..HEAD"), "nowhere is no commit, branch or tag here"),
        (("scan", "HEAD..--all"), "--all is no commit, branch or tag here"),
        (("scan", "a", "b"), "unexpected extra argument"),
        (("audit", "a.jsonl", "--units", "tree"), "a log never tells a whole tree"),
        (("explain",), "Missing argument"),
        (("explain", "nowhere"), "no finding and no commit goes by nowhere"),
        (("explain", "0000"), "no finding and no commit goes by 0000"),
        (("explain", "--range", "nowhere", "HEAD"), "nowhere is no commit, branch or tag here"),
    ],
)
def test_usage_errors(loop: Repo, run: Run, arguments: Sequence[str], expected: str) -> None:
    assert is_failure(run(loop.path, *arguments), expected)


@pytest.mark.parametrize("arguments", [("--since", "2100-01-01"), ("--", "scr/")])
def test_a_choice_that_chooses_nothing_is_told(
    loop: Repo, run: Run, arguments: Sequence[str]
) -> None:
    status, out, err = run(loop.path, "scan", *arguments)
    assert status == 0
    assert out.startswith("0 commits, ")
    assert err == "warning: no commit here is of that time, or changes such a path\n"


def test_what_is_not_committed_is_not_counted_as_commits(loop: Repo, run: Run) -> None:
    before = run(loop.path, "scan")[1].splitlines()[-1].split()
    loop.write("new.py", "x = 1\n")
    loop.git("add", "new.py")
    after = run(loop.path, "scan")[1].splitlines()[-1].split()
    assert before[1] == "commits,"
    assert after[:2] == [str(int(before[0]) + 1), "edits,"]


# what can go wrong around it


def test_no_repository(run: Run, tmp_path: Path) -> None:
    said = run(tmp_path, "scan")
    assert is_failure(said, "this folder is not inside a git repository")


def test_no_git(loop: Repo, tmp_path: Path) -> None:
    done = loopwatch(loop.path, "scan", PATH=str(tmp_path))
    said = (done.returncode, done.stdout, done.stderr)
    assert is_failure(said, "git is not installed, or not on PATH")


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for git is a shell script")
def test_a_repository_of_another_user(loop: Repo, tmp_path: Path) -> None:
    stand_in = tmp_path / "bin" / "git"
    stand_in.parent.mkdir()
    stand_in.write_text(
        "#!/bin/sh\n"
        "case $1 in version) echo git version 2.40.0; exit 0;; esac\n"
        "echo \"fatal: detected dubious ownership in repository at '/repo'\" >&2\n"
        "echo To add an exception for this directory, call: >&2\n"
        "echo >&2\n"
        "echo '\tgit config --global --add safe.directory /repo' >&2\n"
        "exit 128\n",
        encoding="utf-8",
    )
    stand_in.chmod(0o755)
    done = loopwatch(loop.path, "scan", PATH=f"{stand_in.parent}{os.pathsep}{os.environ['PATH']}")
    said = (done.returncode, done.stdout, done.stderr)
    assert is_failure(said, "the repository belongs to another user")
    assert "hint: git config --global --add safe.directory /repo\n" in done.stderr


def test_a_file_that_cannot_be_written(
    loop: Repo, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, *arguments: object, **more: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    said = run(loop.path, "scan", "--output", "json=a.json")
    assert is_failure(said, "cannot write a.json: Permission denied")


@pytest.mark.skipif(os.name == "nt", reason="there is no such device")
def test_a_full_disk(loop: Repo) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "loopwatch", "scan"],
            cwd=loop.path,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert is_failure((done.returncode, "", done.stderr), "cannot write to standard output")


@pytest.mark.skipif(os.name == "nt", reason="pipes close otherwise there")
def test_a_reader_who_has_gone_is_no_failure(loop: Repo) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "loopwatch", "scan"],
        cwd=loop.path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, "")  # what was found stays true


def test_no_standard_output_at_all(loop: Repo, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.chdir(loop.path)
    assert cli.run(["scan"]) == 1
    monkeypatch.undo()


def test_being_stopped(loop: Repo, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*arguments: object) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(pipeline, "analyse", stop)
    status, out, err = run(loop.path, "scan")
    assert (status, out, err.strip()) == (2, "", "error: stopped")


def test_an_internal_error_is_one_line(
    loop: Repo, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise RuntimeError(f"{BROKEN}\nin two lines")

    monkeypatch.setattr(pipeline, "analyse", fail)
    said = run(loop.path, "scan")
    assert is_failure(said, f"internal error, RuntimeError: {BROKEN}\\x0ain two lines")
    assert "LOOPWATCH_DEBUG=1" in said[2]
    monkeypatch.setenv("LOOPWATCH_DEBUG", "1")
    status, _, err = run(loop.path, "scan")
    assert (status, err.startswith("Traceback")) == (2, True)
    assert "report it with the lines above" in err


def test_main_takes_arguments_from_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["loopwatch", "--version"])
    assert main.main() == ExitCode.NOTHING


# progress


def test_progress_is_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    with progress.progress(is_shown=True) as tell:
        assert tell is None
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with progress.progress(is_shown=False) as tell:
        assert tell is None


def test_progress_of_a_long_scan(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with progress.progress(is_shown=True) as tell:
        assert tell is not None
        tell(0, progress.SOON)
        assert capsys.readouterr() == ("", "")
        tell(100, 1000)
        tell(200, 1000)
    out, err = capsys.readouterr()
    assert (out, "reading versions" in err) == ("", True)


def test_a_scan_tells_how_far_it_is(loop: Repo) -> None:
    told: list[tuple[int, int]] = []
    app.scan(app.ScanRequest(folder=loop.path, tell=lambda done, of: told.append((done, of))))
    assert told == [(0, 4)]


def test_width_and_colour_of_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "120")
    look = output.style(verbose=False, color="auto")
    assert (look.width, look.colour) == (120, True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not output.style(verbose=False, color="auto").colour


def loaded(folder: Path, code: str) -> set[str]:
    """Return which modules a fresh Python has loaded after some code."""
    code += "\nimport sys; print(*sys.modules, file=sys.stderr)"
    command = [sys.executable, "-P", "-c", code]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_a_scan_loads_what_it_needs(loop: Repo) -> None:
    code = "from loopwatch.entrypoints.main import main; main(['scan', '--units', 'file'])"
    modules = loaded(loop.path, code)
    assert modules.isdisjoint({"git", "networkx", "rich", "unidiff", "asyncio", "traceback"})
    assert "_hashlib" not in modules  # OpenSSL, which takes 4 MB
    assert "loopwatch.reports.text" in modules
    assert "loopwatch.reports.json_doc" not in modules
    # Where only files are followed and nothing is kept, nobody looks for observed defects.
    assert modules.isdisjoint({"loopwatch.graph.evidence_watch", "sqlite3", "tree_sitter"})


def test_git_is_started_before_the_engine_is_loaded(tmp_path: Path) -> None:
    modules = loaded(tmp_path, "import loopwatch.entrypoints.cli, loopwatch.sources.scan_range")
    heavy = {"loopwatch.pipeline", "loopwatch.graph.observer", "loopwatch.sources.git_history"}
    assert modules.isdisjoint(heavy)
