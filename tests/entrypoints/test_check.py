"""``loopwatch check``: what it asks, what it prints, and what its exit status says."""

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from loopwatch import pipeline
from loopwatch.entrypoints import cli
from loopwatch.reports.json_doc import schema
from tests.builders import START, Repo
from tests.conftest import Run

MINUTES = "def parse(text):\n    return int(text) * 60\n"
UNITS = "def parse(text):\n    return int(text[:-1]) * UNIT[text[-1]]\n"
AGENT = "Co-Authored-By: Claude <noreply@anthropic.com>"


@pytest.fixture
def check(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``check`` in a folder as a hook would at the time of the history."""
    monkeypatch.setenv("GIT_AUTHOR_DATE", f"@{START + 9_000} +0000")
    monkeypatch.setenv("GIT_COMMITTER_DATE", f"@{START + 9_000} +0000")
    return lambda folder, *arguments: run(folder, "check", *arguments)


@pytest.fixture
def fixed(repo: Repo) -> Repo:
    """Give a history in which a fix was made, and stage what takes it back."""
    repo.change("dur.py", MINUTES, "feat: durations")
    repo.change("dur.py", UNITS, "fix: units are read")
    repo.write("dur.py", MINUTES)
    repo.git("add", "dur.py")
    return repo


@pytest.fixture
def war(fixed: Repo) -> Repo:
    """Give a war of two rounds, and stage its next turn."""
    fixed.commit("fix: plain numbers are read")
    fixed.change("dur.py", UNITS, "fix: units are read again")
    fixed.write("dur.py", MINUTES)
    fixed.git("add", "dur.py")
    return fixed


def message(repo: Repo, text: str) -> tuple[str, str]:
    """Return the options that give the staged change a message."""
    file = repo.path.parent / "message"
    file.write_text(text, encoding="utf-8")
    return "--message", str(file)


def document(out: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(out)
    jsonschema.validate(told, schema())
    return told


# --- what is asked about ---


@pytest.mark.parametrize("damaged", ["index", "tree"])
def test_what_git_cannot_read_is_not_taken_for_nothing_staged(
    check: Run, war: Repo, damaged: str
) -> None:
    if damaged == "index":
        (war.path / ".git" / "index").write_bytes(b"JUNK")
    else:
        name = war.git("rev-parse", "HEAD^{tree}")
        (war.path / ".git" / "objects" / name[:2] / name[2:]).unlink()
    status, out, err = check(war.path, "--staged")
    assert (status, out) == (2, "")
    assert err.startswith("error: git could not read")
    status, out, err = check(war.path, "--staged", "--hook")
    assert (status, out) == (0, "")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("arguments", [(), ("--staged",)])
def test_without_a_message_only_a_war_is_told(
    check: Run, war: Repo, arguments: tuple[str, ...]
) -> None:
    status, out, err = check(war.path, *arguments)
    assert (status, err) == (1, "")
    assert out.startswith("LOOP 1  dur.py::parse")
    assert out.endswith("1 staged change, 1 loop, 0 lost fixes, 0 notes, 0 ignored.\n")


def test_one_return_waits_for_its_message(check: Run, fixed: Repo) -> None:
    assert check(fixed.path)[0] == 0
    assert check(fixed.path, *message(fixed, "fix: plain numbers"))[0] == 1
    assert check(fixed.path, *message(fixed, "docs: say what is read"))[0] == 1  # a lost fix
    assert check(fixed.path, *message(fixed, 'Revert "fix: units are read"'))[0] == 0
    assert check(fixed.path, *message(fixed, "\n# only comments\n"))[0] == 0  # no message yet


def test_a_second_round_waits_for_its_message_unless_the_first_was_loud(
    check: Run, repo: Repo
) -> None:
    repo.change("dur.py", MINUTES, "feat: durations")
    repo.change("dur.py", UNITS, "feat: units")
    repo.change("dur.py", MINUTES, "feat: plain numbers")
    repo.write("dur.py", UNITS)
    repo.git("add", "dur.py")
    assert check(repo.path)[0] == 0
    assert check(repo.path, *message(repo, "feat: units again"))[0] == 1
    assert check(repo.path, *message(repo, 'Reapply "feat: units"'))[0] == 0
    repo.git("commit", "--amend", "-m", "fix: plain numbers", "--only")
    assert check(repo.path)[0] == 0  # the first fix in it closed nothing


def test_only_the_versions_that_are_asked_about_count(check: Run, war: Repo) -> None:
    war.git("reset", "--quiet", "--hard")
    war.change("other.py", "a = 1\n", "feat: something else")
    assert check(war.path, "HEAD")[0] == 0
    assert check(war.path, "HEAD~1")[0] == 1
    assert check(war.path, "HEAD~3..HEAD")[0] == 1
    assert check(war.path, "HEAD~1..HEAD")[0] == 0
    assert check(war.path, "HEAD~4")[0] == 0  # the root


def test_the_frame_is_about_what_was_checked(check: Run, war: Repo) -> None:
    war.commit("fix: plain numbers, once more")
    _, out, _ = check(war.path, "HEAD~2..", "--format", "json")
    told = document(out)
    assert told["source"]["range"] == f"{war.head('HEAD~2')[:12]}..{war.head()[:12]}"
    assert told["summary"]["edits"] == 2
    assert told["summary"]["versions"] == 3
    assert told["trajectories"] == [
        {
            "id": "main",
            "versions": 2,
            "from": war.head("HEAD~2"),
            "to": war.head(),
            "agent": None,
        }
    ]


def test_the_frame_of_a_staged_change(check: Run, war: Repo) -> None:
    told = document(check(war.path, "--format", "json")[1])
    assert told["source"]["range"] == f"{war.head()[:12]}..index"
    assert told["summary"] | {"edits": 1, "versions": 2, "errors": 1} == told["summary"]
    assert [one["to"] for one in told["trajectories"]] == ["index"]


def test_a_range_has_memory(check: Run, war: Repo) -> None:
    """Unlike in a scan of the range, what lies before it is known."""
    war.commit("fix: plain numbers, once more")
    assert check(war.path, "HEAD~1..HEAD")[0] == 1
    assert check(war.path, "HEAD~1..HEAD", "--max-count", "1")[0] == 1  # two are read
    assert check(war.path, "HEAD", "--max-count", "1")[0] == 0
    assert check(war.path, "HEAD~1..HEAD", "--max-count", "0")[0] == 1


def test_a_range_whose_commits_are_old_is_found_whole(check: Run, fixed: Repo) -> None:
    """By their dates, many others come before them."""
    fixed.git("reset", "--quiet", "--hard")
    start = fixed.head("HEAD~1")
    fixed.branch("side")
    fixed.change("dur.py", MINUTES, "fix: plain numbers", when=START + 1_300)
    fixed.branch("later", start)
    for number in range(6):
        fixed.change("other.py", f"a = {number}\n", "feat: count", when=START + 5_000 + number)
    fixed.checkout("side")
    fixed.merge("later", when=START + 6_000)
    assert check(fixed.path, "later..HEAD", "--max-count", "2")[0] == 1


@pytest.mark.parametrize("is_verbose", [True, False])
def test_while_git_replays_nothing_is_said(check: Run, war: Repo, is_verbose: bool) -> None:
    (war.path / ".git" / "MERGE_HEAD").write_text(war.head(), encoding="utf-8")
    status, out, err = check(war.path, "--hook", *(["-v"] if is_verbose else []))
    assert (status, out) == (0, "")
    assert len(err.splitlines()) == is_verbose
    assert ("in the middle of a merge" in err) is is_verbose
    assert "what is staged in the middle of a merge" in check(war.path)[1]


def test_nothing_staged(check: Run, war: Repo) -> None:
    war.git("reset", "--quiet", "--hard")
    status, out, err = check(war.path)
    assert (status, err) == (0, "")
    assert out == "0 staged changes, 0 loops, 0 lost fixes, 0 notes, 0 ignored.\n"


def test_a_turn_that_is_admitted_is_a_note(check: Run, fixed: Repo) -> None:
    """The finding is a warning in a scan; what leaves it is not refused."""
    fixed.commit("fix: plain numbers are read")
    status, out, _ = check(fixed.path, "HEAD", "--format", "json")
    (closed,) = document(out)["findings"]
    assert (status, closed["level"]) == (1, "warning")
    fixed.change("dur.py", UNITS, 'Reapply "fix: units are read"')
    status, out, _ = check(fixed.path, "HEAD", "--format", "json")
    (left,) = document(out)["findings"]
    assert (status, left["id"], left["level"], left["level_at"]) == (0, closed["id"], "note", {})
    assert check(fixed.path, "HEAD~2..HEAD")[0] == 1  # the range has the turn that is loud


# --- options ---


def test_agents_only(check: Run, fixed: Repo) -> None:
    told = "fix: plain numbers\n\n"
    assert check(fixed.path, "--agents-only", *message(fixed, told))[0] == 0
    assert check(fixed.path, "--agents-only", *message(fixed, told + AGENT))[0] == 1
    _, out, _ = check(fixed.path, "--format", "json", *message(fixed, told + AGENT))
    assert document(out)["trajectories"][0]["agent"] == "claude-code"


def test_the_author_that_git_names_counts(
    check: Run, fixed: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_AUTHOR_NAME", "openhands")
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "openhands@all-hands.dev")
    assert check(fixed.path, "--agents-only", *message(fixed, "fix: plain numbers"))[0] == 1


def test_agents_of_the_configuration_count(check: Run, fixed: Repo) -> None:
    fixed.write("loopwatch.toml", '[[agents]]\nname = "bot"\nemail = "bot@example.com"\n')
    said = "fix: plain numbers\n\nCo-Authored-By: Bot <bot@example.com>"
    assert check(fixed.path, "--agents-only", *message(fixed, said))[0] == 1


def test_fail_on_and_exit_zero(check: Run, fixed: Repo) -> None:
    said = message(fixed, "fix: plain numbers")
    assert check(fixed.path, *said, "--fail-on", "error")[0] == 0
    assert check(fixed.path, *said, "--fail-on", "never")[0] == 0
    assert check(fixed.path, *said, "--exit-zero")[0] == 0
    assert check(fixed.path, "--fail-on", "note")[0] == 1
    fixed.write("loopwatch.toml", 'fail-on = "error"\n')
    assert check(fixed.path, *said)[0] == 0


def test_units(check: Run, fixed: Repo) -> None:
    said = message(fixed, "fix: plain numbers")
    _, out, _ = check(fixed.path, *said, "--units", "file", "--format", "json")
    assert [one["granularity"] for one in document(out)["findings"]] == ["file"]


def test_formats_and_files(check: Run, war: Repo, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    _, out, _ = check(war.path, "--format", "concise", "--output", f"json={file}")
    assert out.startswith("dur.py:2: oscillation error: parse flips between 2 states, 2 rounds")
    assert document(file.read_text(encoding="utf-8"))["summary"]["errors"] == 1
    assert check(war.path, "-q")[:2] == (1, "")


def test_notes_are_listed_on_request(check: Run, fixed: Repo) -> None:
    assert "1 note (-v shows it)" in check(fixed.path)[1]
    out = check(fixed.path, "-v")[1]
    assert "NOTES  1 note" in out
    assert "dur.py::parse" in out


def test_it_says_what_to_do(check: Run, fixed: Repo) -> None:
    said = message(fixed, "fix: plain numbers")
    staged = check(fixed.path, *said)[1]
    assert "git commit --no-verify" in staged
    fixed.commit("fix: plain numbers")
    commits = check(fixed.path, "HEAD")[1]
    assert "git commit --no-verify" not in commits  # too late for that
    for out in (staged, commits):
        assert "to end it:   do what X and Y are for, both at once" in out
        assert "Loopwatch-Ignore: " in out
    cli.run(["scan", "--exit-zero"])


def test_before_there_is_a_message_none_is_asked_for(check: Run, war: Repo) -> None:
    """Git reads it after pre-commit, which refuses the commit whatever it says."""
    before = check(war.path)[1]
    assert "git commit --no-verify" in before
    assert "loopwatch ignore " in before
    assert "Loopwatch-Ignore: " not in before
    assert "Loopwatch-Ignore: " in check(war.path, *message(war, "fix: plain numbers"))[1]


# --- what goes wrong ---


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("HEAD", "--staged"), "--staged takes no RANGE"),
        (("HEAD", "--message", "m"), "--message is about what is staged"),
        (("nowhere",), "nowhere is no commit"),
        (("HEAD...HEAD",), "three dots"),
        (("--message", "nowhere"), "cannot read the message in nowhere"),
        (("--nope",), "No such option"),
    ],
)
def test_failures(check: Run, war: Repo, arguments: tuple[str, ...], expected: str) -> None:
    status, out, err = check(war.path, *arguments)
    first, *rest = err.splitlines()
    assert (status, out) == (2, "")
    assert first.startswith("error: ") and expected in first
    assert len(rest) <= 1
    status, out, err = check(war.path, *arguments, "--hook")
    assert (status, out) == (0, "")
    (only,) = err.splitlines()
    assert only.startswith("warning: loopwatch could not look: ") and expected in only


def test_an_index_that_is_not_there(check: Run, war: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_INDEX_FILE", "nowhere")
    status, _, err = check(war.path)
    assert (status, "GIT_INDEX_FILE" in err) == (2, True)


def test_a_bare_repository(check: Run, war: Repo, tmp_path: Path) -> None:
    war.commit("fix: plain numbers, once more")
    war.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare"))
    assert check(tmp_path / "bare", "HEAD")[0] == 1
    status, _, err = check(tmp_path / "bare")
    assert (status, "a bare repository has no index" in err) == (2, True)


def test_a_hook_says_nothing_where_nothing_is_found(check: Run, fixed: Repo) -> None:
    assert check(fixed.path, "--hook") == (0, "", "")
    assert check(fixed.path, "--hook", "-v")[1].startswith("NOTES  1 note")


def test_a_hook_never_fails_by_a_fault_of_our_own(
    check: Run, war: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(pipeline.Analysis, "report", broken)
    status, out, err = check(war.path, "--hook")
    assert (status, out, len(err.splitlines())) == (0, "", 1)
    assert "broken on purpose" in err
    assert check(war.path)[0] == 2


def test_a_trailer_that_accepts_nothing_is_named(check: Run, war: Repo) -> None:
    status, out, _ = check(war.path, "--format", "json")
    (finding,) = document(out)["findings"]
    said = f"fix: plain numbers\n\nLoopwatch-Ignore: {finding['id']}\n"
    status, _, err = check(war.path, "--hook", *message(war, said))
    assert status == 1
    assert "Loopwatch-Ignore of the message is not heeded: it must give a reason" in err
    accepted = said.rstrip() + " they are the same\n"
    assert check(war.path, "--hook", *message(war, accepted)) == (0, "", "")
