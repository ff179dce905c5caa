"""The step of ``action.yml``, run as a workflow runs it: a payload, a clone, and a host."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from loopwatch.entrypoints import github_action
from loopwatch.reports.markdown import MARKER
from tests.builders import Repo
from tests.hosting.host import LISTED, MALLORY, NAME, NUMBER, TOKEN, Host, Trouble, serving
from tests.reports.test_ci_formats import Command, obeyed

MODULE = "loopwatch.entrypoints.github_action"
MINUTES = "def parse(text):\n    return int(text) * 60\n"
UNITS = "def parse(text):\n    return int(text[:-1]) * UNIT[text[-1]]\n"
BOTH = "def parse(text):\n    return int(text) if text.isdigit() else units(text)\n"
FAILURE = '<failure message="no"/>'
SECONDS = 100
OUTPUTS = {"findings", "errors", "warnings", "report", "report-sarif"}
SAID = re.compile(r"(?P<name>[^\n<]+)<<(?P<end>[^\n]+)\n(?P<value>.*?)\n(?P=end)\n", re.DOTALL)


def heard(log: str) -> list[Command]:
    """Return what a runner obeys in a log."""
    found: list[Command] = []
    stop = ""
    for row in log.splitlines():
        if stop:
            stop = "" if row.strip() == f"::{stop}::" else stop
        elif told := obeyed(row):
            if told.name == "stop-commands":
                stop = told.data
            else:
                found.append(told)
    assert not stop, "the runner would obey nothing from here on"
    return found


@dataclass(frozen=True, slots=True)
class Said:
    """What one run of the step left behind."""

    status: int
    log: str
    outputs: dict[str, str]
    summary: str

    @property
    def commands(self) -> list[Command]:
        return heard(self.log)

    def annotations(self, name: str) -> list[str]:
        return [one.data for one in self.commands if one.name == name]

    def file(self, name: str) -> str:
        return (Path(self.outputs["report"]) / name).read_text(encoding="utf-8")


class Runner:
    """Runs the step in a clone, each time as a new job."""

    def __init__(self, folder: Path, host: Host) -> None:
        self.folder = folder
        self.host = host
        self.count = 0

    def run(self, clone: Path, payload: object, **inputs: str) -> Said:
        """Run the step; ``fail_on="error"`` is the input ``fail-on``."""
        self.count += 1
        home = self.folder / f"job-{self.count}"
        home.mkdir(parents=True)
        event, output, summary = (home / name for name in ("event.json", "output", "summary.md"))
        event.write_text(json.dumps(payload), encoding="utf-8")
        given = {"comment": "true", **inputs}
        variables = {
            "GITHUB_API_URL": self.host.address,
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_REPOSITORY": NAME,
            "GITHUB_RUN_ID": "42",
            "GITHUB_SERVER_URL": "https://git.example.com",
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_TOKEN": TOKEN,
            "RUNNER_TEMP": str(home),
            "no_proxy": "*",
        }
        done = subprocess.run(
            [sys.executable, "-I", "-m", MODULE],
            cwd=clone,
            env=dict(os.environ)
            | variables
            | {f"INPUT_{name.upper()}": value for name, value in given.items()},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,  # a runner reads both
            timeout=SECONDS,
            check=False,
        )
        texts = [p.read_text(encoding="utf-8") if p.exists() else "" for p in (output, summary)]
        assert TOKEN not in "".join([done.stdout.decode(), *texts, *self.host.bodies])
        outputs = {found["name"]: found["value"] for found in SAID.finditer(texts[0])}
        assert SAID.sub("", texts[0]) == ""
        return Said(done.returncode, done.stdout.decode(), outputs, texts[1])


@pytest.fixture
def host() -> Iterator[Host]:
    with serving(Host()) as made:
        yield made


@pytest.fixture
def runner(tmp_path: Path, host: Host) -> Runner:
    return Runner(tmp_path / "jobs", host)


def payload(base: str, head: str, **more: object) -> dict[str, Any]:
    """Return what matters in the payload of a pull request, and some text of other people."""
    branch = "x`$(touch branch)`\n::set-output name=findings::0"
    return {
        "pull_request": {
            "number": NUMBER,
            "title": "::error::x\nEOF\nfindings<<EOF",
            "base": {"sha": base, "ref": "main"},
            "head": {"sha": head, "ref": branch},
        },
        **more,
    }


@pytest.fixture
def looping(repo: Repo) -> tuple[Repo, str]:
    """Give a branch on which a fix brings back what another fix removed, and its base."""
    base = repo.change("dur.py", MINUTES, "feat: durations")
    repo.branch("topic")
    repo.change("dur.py", UNITS, "fix: units are read")
    repo.change("dur.py", MINUTES, "fix: plain numbers are read")
    return repo, base


def test_one_comment_through_the_life_of_a_request(
    looping: tuple[Repo, str], runner: Runner, host: Host
) -> None:
    repo, base = looping
    host.add(f"{MARKER}\nnot yours", MALLORY)
    first = runner.run(repo.path, payload(base, repo.head()))
    assert first.status == 1
    assert set(first.outputs) == OUTPUTS
    assert [first.outputs[name] for name in ("findings", "errors", "warnings")] == ["1", "0", "1"]
    assert host.wrote() == ["POST"]
    (comment,) = host.mine()
    assert comment.startswith(f"{MARKER}\n### loopwatch: 1 loop\n")
    assert "https://git.example.com/ada/shop/actions/runs/42" in comment
    assert first.summary.startswith(f"{MARKER}\n### loopwatch: 1 loop\n")
    (told,) = first.annotations("warning")
    assert "parse flips between 2 states" in told
    finding = json.loads(first.file("loopwatch.json"))["findings"][0]
    assert finding["id"] in comment and finding["id"] in first.log
    assert finding["id"] in first.file("loopwatch.html")
    assert finding["id"] in first.file("loopwatch.sarif")

    again = runner.run(repo.path, payload(base, repo.head()))
    assert (again.status, host.wrote()) == (1, [])  # nothing new to say
    repo.change("dur.py", UNITS, "fix: units are read again")
    second = runner.run(repo.path, payload(base, repo.head()))
    assert (second.status, host.wrote()) == (1, ["PATCH"])
    assert second.outputs["errors"] == "1"
    assert finding["id"] in host.mine()[0] and "2 rounds" in host.mine()[0]

    head = repo.change("dur.py", BOTH, "fix: both are read")
    mended = runner.run(repo.path, payload(base, head))
    assert (mended.status, host.wrote()) == (0, ["PATCH"])
    assert host.mine() == [
        f"{MARKER}\nloopwatch: no loop is open at `{head[:7]}`, 1 came to an end. "
        "4 commits, 0 loops, 0 lost fixes, 0 notes, 0 ignored.\n"
    ]
    assert mended.outputs["findings"] == "0"
    assert mended.annotations("warning") + mended.annotations("error") == []
    assert "no longer open" in mended.summary  # that it went round can still be seen
    assert finding["id"] not in mended.file("loopwatch.sarif")
    assert finding["id"] in mended.file("loopwatch.json")
    plain = ["-m", "loopwatch", "check", f"{base}..{head}"]  # docs/ci.md says so
    assert subprocess.run([sys.executable, *plain], cwd=repo.path, check=False).returncode == 1
    assert host.comments[0] == {"id": 900, "body": f"{MARKER}\nnot yours", "user": MALLORY}


def test_nothing_found_posts_nothing(repo: Repo, runner: Runner, host: Host) -> None:
    base = repo.change("dur.py", MINUTES, "feat: durations")
    repo.change("a.py", "a = 1\n", "feat: a")
    said = runner.run(repo.path, payload(base, repo.head()))
    assert (said.status, said.outputs["findings"]) == (0, "0")
    assert host.wrote() == []
    assert host.comments == []
    assert "nothing to report" in said.summary
    assert said.commands == []


@pytest.mark.parametrize("trouble", [403, 404, 302])
def test_a_token_that_may_only_read(
    looping: tuple[Repo, str], runner: Runner, host: Host, trouble: int
) -> None:
    repo, base = looping
    host.troubles = [Trouble("POST", trouble, {"Location": "https://elsewhere.example/"})]
    said = runner.run(repo.path, payload(base, repo.head()))
    assert said.status == 1
    (told,) = said.annotations("notice")
    assert told.startswith(f"no comment: the host answered {trouble} (")
    assert len(said.annotations("warning")) == 1
    assert "### loopwatch: 1 loop" in said.summary
    assert said.outputs["findings"] == "1"


def test_a_host_that_is_not_there_changes_nothing(
    looping: tuple[Repo, str], runner: Runner, host: Host
) -> None:
    repo, base = looping
    host.address = "http://127.0.0.1:9"
    said = runner.run(repo.path, payload(base, repo.head()))
    assert said.status == 1
    (told,) = said.annotations("notice")
    assert told.startswith("no comment: the host cannot be reached")


def test_without_comment_the_host_is_not_asked(
    looping: tuple[Repo, str], runner: Runner, host: Host
) -> None:
    repo, base = looping
    assert runner.run(repo.path, payload(base, repo.head()), comment="false").status == 1
    push = {"before": base, "after": repo.head()}
    assert runner.run(repo.path, push).status == 1  # a push has no thread to write to
    assert host.asked == []


def test_hostile_names_stay_in_their_place(repo: Repo, runner: Runner, host: Host) -> None:
    names = ("::error::x.py", "##[error]x.py", "a\n::set-output name=findings::0\n.py", "`<b>|.py")
    trap = "import pathlib\npathlib.Path('trapped').touch()\n"
    for name in ("click.py", "json.py", "sitecustomize.py", "loopwatch/__init__.py"):
        repo.write(name, trap)  # none of it may be taken for a module of ours
    for name in names:
        repo.write(name, MINUTES)
    base = repo.commit("feat: durations")
    for text, word in ((UNITS, "units"), (MINUTES, "numbers")):
        for name in names:
            repo.write(name, text)
        repo.commit(f"fix: {word}\n::error::pwned <!-- loopwatch:report --> ##[error]x @everyone")
    said = runner.run(repo.path, payload(base, repo.head()))
    assert said.status == 1
    assert not (repo.path / "trapped").exists()
    assert not (repo.path / "branch").exists()
    assert set(said.outputs) == OUTPUTS
    assert said.outputs["findings"] != "0"
    assert {one.name for one in said.commands} == {"warning"}
    assert {one.properties["title"] for one in said.commands} <= {
        "loopwatch: fix loop", "loopwatch: lost fix"
    }  # fmt: skip
    (comment,) = host.mine()
    for text in (comment, said.summary):
        assert text.count(f"\n{MARKER}") == 0
        assert not any(line.startswith(("::", "##[")) for line in text.splitlines())
        assert "<b>" not in re.sub(r"(`+).*?\1|```.*?```", "", text, flags=re.DOTALL)


def test_a_shallow_clone_is_said_aloud_and_deepened_only_when_asked(
    looping: tuple[Repo, str], runner: Runner, host: Host, tmp_path: Path
) -> None:
    repo, base = looping
    head, remote = repo.head(), f"file://{repo.path}"
    repo.checkout("main")
    clone = tmp_path / "clone"

    def shallow(depth: int) -> None:
        repo.git("clone", "-q", f"--depth={depth}", "--branch=topic", remote, str(clone))

    shallow(1)
    said = runner.run(clone, payload(base, head))
    assert (said.status, said.outputs) == (2, {})
    (told,) = said.annotations("error")
    assert base in told and "which is shallow" in told and "fetch-depth: 0" in told
    assert "could not look" in said.summary
    assert host.asked == []
    assert (clone / ".git" / "shallow").exists()

    said = runner.run(clone, payload(base, head), deepen="true")
    assert (said.status, said.outputs["findings"]) == (1, "1")
    assert not (clone / ".git" / "shallow").exists()
    assert said.annotations("notice") == []


def test_what_a_shallow_clone_does_not_see_is_said(
    looping: tuple[Repo, str], runner: Runner, host: Host, tmp_path: Path
) -> None:
    repo, _ = looping
    base = repo.head()
    head = repo.change("dur.py", UNITS, "fix: units are read again")
    repo.git("clone", "-q", "--depth=3", f"file://{repo.path}", str(tmp_path / "clone"))
    said = runner.run(tmp_path / "clone", payload(base, head))
    assert said.status == 1
    (told,) = said.annotations("notice")
    assert told.startswith("shallow clone: ")
    assert "> `shallow clone: " in said.summary
    assert "> `shallow clone: " in host.mine()[0]


def test_a_merge_that_nobody_wrote(
    looping: tuple[Repo, str], runner: Runner, tmp_path: Path
) -> None:
    """Checkout's default is refs/pull/N/merge: the newest commit of the request is its parent."""
    repo, base = looping
    head = repo.head()
    repo.checkout("main")
    newer = repo.change("b.py", "b = 1\n", "fix: b")
    repo.checkout(newer)
    merge = repo.merge(head, f"Merge {head} into {newer}")
    assert repo.head() == merge
    said = runner.run(repo.path, payload(newer, head))
    assert said.status == 1
    assert json.loads(said.file("loopwatch.json"))["source"]["range"] == f"{base[:12]}..{head[:12]}"


def test_settings_that_the_request_itself_brings_are_heeded_and_said(
    looping: tuple[Repo, str], runner: Runner, host: Host
) -> None:
    repo, base = looping
    found = json.loads(runner.run(repo.path, payload(base, repo.head())).file("loopwatch.json"))
    repo.write(".loopwatch-ignore", f"{found['findings'][0]['id']}: wanted\n")
    repo.write("pyproject.toml", "[tool.loopwatch]\nfail-on = 'never'\n")
    repo.write("docs/pyproject.toml", "[tool.other]\n")
    repo.commit("chore: accept it")
    said = runner.run(repo.path, payload(base, repo.head()))
    assert said.status == 0
    (told,) = said.annotations("notice")
    assert told.endswith("2 files that loopwatch heeds: .loopwatch-ignore, pyproject.toml")
    assert "1 ignored" in said.summary and "1 ignored" in host.mine()[0]


def test_what_the_workflow_asks_for_goes_before_the_file(
    looping: tuple[Repo, str], runner: Runner
) -> None:
    repo, base = looping
    repo.write("loopwatch.toml", 'exit-zero = true\nfail-on = "never"\n')
    head = repo.commit("chore: settings")
    assert runner.run(repo.path, payload(base, head)).status == 0
    assert runner.run(repo.path, payload(base, head), fail_on="warning").status == 1
    assert runner.run(repo.path, payload(base, head), fail_on="error").status == 0
    # no agent took part in this cycle
    quiet = {"fail_on": "warning", "agents_only": "true"}
    assert runner.run(repo.path, payload(base, head), **quiet).status == 0


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({"fail_on": "loud"}, "'loud' is not one of"),
        ({"max_count": "many"}, "'many' is not a valid integer"),
        ({"comment": "maybe"}, "`comment` must be true or false, not 'maybe'"),
        ({"base": "--all"}, "--all"),
        ({"base": "nowhere\n::error::x"}, "is not in this clone"),
    ],
)
def test_wrong_inputs(
    looping: tuple[Repo, str], runner: Runner, inputs: dict[str, str], expected: str
) -> None:
    repo, base = looping
    said = runner.run(repo.path, payload(base, repo.head()), **inputs)
    assert said.status == 2
    (told,) = said.commands
    assert told.name == "error"
    assert expected in told.data


def test_what_cannot_be_looked_at(runner: Runner, tmp_path: Path) -> None:
    said = runner.run(tmp_path, payload("a" * 40, "b" * 40))
    assert said.status == 2
    assert "not inside a git repository" in said.annotations("error")[0]
    said = runner.run(tmp_path, "no payload")
    assert said.status == 2
    assert "Traceback" not in said.log


def test_evidence_of_other_runs(repo: Repo, runner: Runner, host: Host, tmp_path: Path) -> None:
    """Tests say that A is back; nothing in the text of the code would."""
    cases = {"one": ("", "fail"), "two": ("fail", ""), "three": ("", "fail")}
    commits = [repo.change("a.py", "def a():\n    return 0\n", "feat: a")]
    for word in cases:
        text = f"def a():\n    return '{word}'\n"
        commits.append(repo.change("a.py", text, f"fix: {word}"))
    for commit, (a, b) in zip(commits[1:], cases.values(), strict=True):
        results = tmp_path / f"{commit}.xml"
        results.write_text(junit(a, b), encoding="utf-8")
        words = ["record", "--junit", str(results), "--version", commit]
        if commit != commits[-1]:
            subprocess.run([sys.executable, "-m", "loopwatch", *words], cwd=repo.path, check=True)
    (tmp_path / "remote.git").mkdir()
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "remote.git"))
    words = ["ledger", "push", str(tmp_path / "remote.git")]
    subprocess.run([sys.executable, "-m", "loopwatch", *words], cwd=repo.path, check=True)
    clone = tmp_path / "clone"
    repo.git("clone", "-q", str(tmp_path / "remote.git"), str(clone))
    (clone / "junk.xml").write_text("<html>", encoding="utf-8")
    (clone / "built.py").write_text("x = 1\n", encoding="utf-8")  # results are of the commit
    event = payload(commits[0], commits[-1])
    assert runner.run(clone, event).status == 0
    last = tmp_path / f"{commits[-1]}.xml"
    said = runner.run(clone, event, evidence="true", junit_results=f"none.xml\njunk.xml\n{last}\n")
    assert said.status == 1
    assert "2 new results of other runs taken in from origin" in said.log
    assert [told.partition(":")[0] for told in said.annotations("notice")] == [
        "results are left out"
    ] * 2
    assert json.loads(said.file("loopwatch.json"))["findings"][0]["granularity"] == "defect"
    assert "test_b" in host.mine()[0]


def junit(a: str, b: str) -> str:
    """Return a JUnit report on two tests; "fail" for one that fails."""
    cases = "".join(
        f'<testcase classname="tests.test_a" name="test_{name}">{told and FAILURE}</testcase>'
        for name, told in (("a", a), ("b", b))
    )
    return f'<testsuites><testsuite name="pytest" tests="2">{cases}</testsuite></testsuites>'


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "\n<sub>[The whole report](https://a.example/b/c/actions/runs/1)</sub>\n"),
        ({"GITHUB_SERVER_URL": "http://a.example"}, ""),
        ({"GITHUB_SERVER_URL": "https://a.example/)<b>"}, ""),
        ({"GITHUB_REPOSITORY": "b/c/../d) x"}, ""),
        ({"GITHUB_RUN_ID": "1) x"}, ""),
        ({"GITHUB_RUN_ID": ""}, ""),
    ],
)
def test_the_link_holds_nothing_else(changed: dict[str, str], expected: str) -> None:
    given = {
        "GITHUB_SERVER_URL": "https://a.example",
        "GITHUB_REPOSITORY": "b/c",
        "GITHUB_RUN_ID": "1",
    }
    assert github_action._where(given | changed) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://api.github.com", "https://api.github.com/graphql"),
        ("https://git.example.com/api/v3/", "https://git.example.com/api/graphql"),
    ],
)
def test_where_a_host_answers_in_graphql(address: str, expected: str) -> None:
    assert github_action._graphql(address) == expected


def test_a_push_is_a_range(looping: tuple[Repo, str], runner: Runner) -> None:
    repo, base = looping
    head = repo.head()
    repo.branch("healthy")
    newest = repo.change("b.py", "b = 1\n", "feat: b")
    assert runner.run(repo.path, {"before": base, "after": newest}).status == 1
    assert runner.run(repo.path, {"before": head, "after": newest}).status == 0
    gone = runner.run(repo.path, {"before": "a" * 40, "after": newest})
    assert gone.status == 0
    assert "only its newest commit is" in gone.annotations("notice")[0]
    assert LISTED not in [path for _, path in runner.host.asked]
