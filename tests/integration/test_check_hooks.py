"""The gate at work: real git, its hooks, and every way in which it commits."""

import os
import re
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from loopwatch.keeping.quick_ground import MEMORY
from loopwatch.sources.ignore_file import NAME
from tests.builders import Repo
from tests.integration.hooked import HOOKS, Hooked, Tried

ASKS = "def fetch(client, url):\n    reply = client.get(url)\n"
X = ASKS + "    if reply.status < 500:\n        return reply\n    return None\n"
Y = (
    ASKS
    + "    if reply.status < 500 and reply.status != 429:\n        return reply\n    return None\n"
)
Z = ASKS + "    if reply.is_final():\n        return reply\n    return None\n"
OTHER = "def name(path):\n    return path.stem\n"

FAILURE = '<failure message="no">no</failure>'


@pytest.fixture
def fixed(repo: Repo) -> Repo:
    """Give a repository in which a fix took ``fetch`` from X to Y; what is back at X is a loop."""
    repo.clock = int(time.time()) - 7200  # what is staged is as old as the file of the index
    repo.write("other.py", OTHER)
    repo.change("fetch.py", X, "feat: fetch with patience")
    repo.change("fetch.py", Y, "fix: also retry when the server says 429")
    return repo


@pytest.fixture
def war(fixed: Repo) -> Repo:
    """Give a repository in which fixes have gone X Y X Y: a loud war already."""
    fixed.change("fetch.py", X, "fix: downloads hang")
    fixed.change("fetch.py", Y, "fix: retry 429 after all")
    return fixed


def back(repo: Repo, text: str = X) -> None:
    """Stage ``fetch`` as it was."""
    repo.write("fetch.py", text)
    repo.git("add", "fetch.py")


def identity(said: str) -> str:
    found = re.search(r"loopwatch explain ([0-9a-f]{12})", said)
    assert found, said
    return found[1]


def loopwatch(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "loopwatch", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )


# --- refused, and how to go on ---


def test_the_commit_that_closes_a_loop_is_refused_and_named(fixed: Repo) -> None:
    hooked, head = Hooked(fixed), fixed.head()
    back(fixed)
    tried = hooked.commit("fix: downloads hang for minutes")
    assert tried.status == 1
    assert hooked.ran() == ["pre-commit", "commit-msg"]  # the message convicts it
    assert fixed.head() == head
    told = identity(tried.said)
    for line in ("to end it:", "git commit --no-verify", f"Loopwatch-Ignore: {told} reason"):
        assert line in tried.said
    assert f'loopwatch ignore {told} --reason "..."' in tried.said
    explained = loopwatch(fixed.path, "explain", told)
    assert explained.returncode == 0
    assert explained.stdout.startswith("LOOP  fetch.py::fetch")


def test_what_was_refused_is_ignored_as_what_it_is(fixed: Repo) -> None:
    """A scan knows no message of what is staged: there it is a note, and no loop."""
    hooked = Hooked(fixed)
    back(fixed)
    told = identity(hooked.commit("fix: downloads hang for minutes").said)
    ignored = loopwatch(fixed.path, "ignore", told, "--reason", "a hang is worse")
    assert (ignored.returncode, "(oscillation, fetch)" in ignored.stdout) == (0, True), ignored
    assert "oscillation in fetch.py::fetch" in (fixed.path / NAME).read_text(encoding="utf-8")
    assert hooked.commit("fix: downloads hang for minutes").status == 0


def test_the_id_is_that_of_a_scan(fixed: Repo) -> None:
    hooked = Hooked(fixed)
    back(fixed)
    told = identity(hooked.commit("fix: downloads hang").said)
    let_in = hooked.commit("fix: downloads hang", "--no-verify")
    assert let_in.status == 0
    assert identity(let_in.said) == told  # post-commit says what was let in
    assert told in loopwatch(fixed.path, "scan").stdout


def test_commits_before_and_healthy_ones_pass(repo: Repo) -> None:
    hooked = Hooked(repo)
    for text, message in (
        (X, "feat: fetch"),
        (Y, "fix: retry 429"),
        (Z, "refactor: ask the reply"),
        (OTHER + Z, "feat: names"),
    ):
        back(repo, text)
        tried = hooked.commit(message)
        assert (tried.status, "loopwatch" in tried.said) == (0, False), tried.said


def test_what_was_not_asked_about_is_looked_at_afterwards_and_remembered(repo: Repo) -> None:
    hooked = Hooked(repo)
    for number, text in enumerate((X, Y, Z)):
        back(repo, text)
        tried = hooked.commit(f"feat: {number}", "--no-verify")
        assert (tried.status, "loopwatch" in tried.said) == (0, False), tried.said
        assert hooked.ran() == ["post-commit"]
        with closing(sqlite3.connect(repo.path / ".git" / MEMORY)) as memory:
            assert memory.execute("SELECT count(*) FROM versions").fetchone() == (number + 1,)


def test_a_war_that_goes_on_is_refused_before_there_is_a_message(war: Repo) -> None:
    hooked = Hooked(war)
    back(war)
    assert hooked.commit("anything").is_refused
    assert hooked.ran() == ["pre-commit"]


def test_a_single_return_is_let_through_to_its_message(fixed: Repo) -> None:
    hooked = Hooked(fixed)
    back(fixed)
    assert hooked.commit("fix: downloads hang").is_refused
    assert hooked.commit('Revert "fix: also retry when the server says 429"').status == 0


def test_an_ignored_finding_is_let_in(fixed: Repo) -> None:
    hooked = Hooked(fixed)
    back(fixed)
    told = identity(hooked.commit("fix: downloads hang").said)
    done = loopwatch(fixed.path, "ignore", told, "--reason", "the server changed its mind")
    assert done.returncode == 0, done.stderr
    assert hooked.commit("fix: downloads hang").status == 0


def test_a_trailer_lets_it_in(fixed: Repo) -> None:
    hooked = Hooked(fixed)
    back(fixed)
    told = identity(hooked.commit("fix: downloads hang").said)
    tried = hooked.commit(f"fix: downloads hang\n\nLoopwatch-Ignore: {told} the server did it")
    assert (tried.status, "LOOP" in tried.said) == (0, False), tried.said


# --- what a commit takes in ---


def test_only_what_is_staged_counts(fixed: Repo) -> None:
    hooked = Hooked(fixed)
    fixed.write("fetch.py", X)  # in the folder only
    fixed.write("other.py", OTHER + "\n\nSUFFIX = '.py'\n")
    fixed.git("add", "other.py")
    assert hooked.commit("fix: a suffix").status == 0
    fixed.git("add", "fetch.py")
    fixed.write("fetch.py", Z)  # staged is X all the same
    assert hooked.commit("fix: downloads hang").is_refused


def test_part_of_a_file_is_staged(fixed: Repo) -> None:
    hooked = Hooked(fixed)
    fixed.change("fetch.py", Y + OTHER, "feat: names")
    fixed.write("fetch.py", X + OTHER + "\n\nSUFFIX = '.py'\n")
    part = fixed.git("hash-object", "-w", "--stdin", text=Y + OTHER + "\n\nSUFFIX = '.py'\n")
    fixed.git("update-index", "--cacheinfo", f"100644,{part},fetch.py")
    assert hooked.commit("fix: a suffix").status == 0
    fixed.git("add", "fetch.py")
    assert hooked.commit("fix: downloads hang").is_refused


@pytest.mark.parametrize("options", [("-a",), ("--", "fetch.py"), ("-i", "fetch.py")])
def test_commits_with_an_index_of_their_own(fixed: Repo, options: tuple[str, ...]) -> None:
    hooked = Hooked(fixed)
    fixed.write("fetch.py", X)
    assert hooked.commit("fix: downloads hang", *options).is_refused
    assert fixed.git("diff", "--cached", "--name-only") == ""  # the user's index is as it was


def test_what_stays_staged_does_not_count(fixed: Repo) -> None:
    hooked = Hooked(fixed)
    back(fixed)
    fixed.write("other.py", OTHER + "\n\nSUFFIX = '.py'\n")
    assert hooked.commit("fix: a suffix", "--", "other.py").status == 0
    assert fixed.git("diff", "--cached", "--name-only") == "fetch.py"


def test_intent_to_add_is_no_part_of_a_commit(fixed: Repo) -> None:
    hooked = Hooked(fixed)
    fixed.git("rm", "--quiet", "fetch.py")
    assert hooked.commit("remove fetch").status == 0
    fixed.write("fetch.py", Y)
    fixed.git("add", "--intent-to-add", "fetch.py")
    fixed.write("other.py", OTHER + "\n\nSUFFIX = '.py'\n")
    fixed.git("add", "other.py")
    assert hooked.commit("fix: a suffix").status == 0
    told = loopwatch(fixed.path, "check", "--format", "json")
    assert '"edits": 0' in told.stdout


def test_from_a_folder_inside(fixed: Repo) -> None:
    hooked = Hooked(fixed)
    fixed.write("fetch.py", X)
    folder = fixed.path / "inner"
    folder.mkdir()
    tried = hooked.git("commit", "-a", "-m", "fix: downloads hang", folder=folder)
    assert tried.is_refused


def test_a_renamed_file_is_followed(fixed: Repo) -> None:
    hooked = Hooked(fixed)
    fixed.git("mv", "fetch.py", "loader.py")
    fixed.write("loader.py", X)
    assert hooked.commit("fix: downloads hang", "-a").is_refused


# --- repositories of every kind ---


def test_the_first_commit_passes(repo: Repo) -> None:
    hooked = Hooked(repo)
    back(repo)
    assert hooked.commit("fix: begin").status == 0
    assert hooked.ran() == list(HOOKS)


def test_an_orphan_branch_remembers_nothing(war: Repo) -> None:
    hooked = Hooked(war)
    war.git("checkout", "--quiet", "--orphan", "new")
    back(war)
    assert hooked.commit("fix: begin anew").status == 0


def test_a_detached_head(fixed: Repo) -> None:
    fixed.checkout(fixed.head())
    hooked = Hooked(fixed)
    back(fixed)
    assert hooked.commit("fix: downloads hang").is_refused


def test_a_linked_worktree(fixed: Repo) -> None:
    hooked = Hooked(fixed)
    tree = fixed.path.parent / "tree"
    fixed.git("worktree", "add", "--quiet", "-b", "side", str(tree))
    (tree / "fetch.py").write_text(X, encoding="utf-8")
    tried = hooked.git("commit", "-a", "-m", "fix: downloads hang", folder=tree)
    assert tried.is_refused
    assert loopwatch(tree, "explain", identity(tried.said)).returncode == 0


def test_a_submodule(fixed: Repo, tmp_path: Path) -> None:
    outer = Repo(tmp_path / "outer")
    outer.git(
        *("-c", "protocol.file.allow=always"),
        *("submodule", "--quiet", "add", str(fixed.path), "inner"),
    )
    outer.commit("feat: with a submodule")
    inner = outer.path / "inner"
    hooked = Hooked(fixed)  # its hooks run in the clone of it
    (inner / "fetch.py").write_text(X, encoding="utf-8")
    tried = hooked.git("commit", "-a", "-m", "fix: downloads hang", folder=inner)
    assert tried.is_refused
    (inner / "fetch.py").write_text(Z, encoding="utf-8")
    assert hooked.git("commit", "-a", "-m", "feat: ask", folder=inner).status == 0
    hooked = Hooked(outer)
    outer.git("add", "inner")
    assert hooked.commit("feat: a newer submodule").status == 0


def test_a_sparse_checkout(fixed: Repo) -> None:
    fixed.change("docs/a.txt", "a\n", "docs: a")
    fixed.git("sparse-checkout", "set", "--cone", "docs")
    fixed.git("sparse-checkout", "reapply")
    hooked = Hooked(fixed)
    fixed.change("docs/a.txt", "b\n", "docs: b")
    fixed.write("docs/a.txt", "c\n")
    assert hooked.commit("fix: c", "-a").status == 0
    fixed.write("fetch.py", X)
    fixed.git("add", "--sparse", "fetch.py")
    assert hooked.commit("fix: downloads hang").is_refused


def test_sha256(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "new")
    (repo.path / ".git").rename(tmp_path / "old")
    repo.git("init", "--quiet", "--object-format=sha256")
    repo.change("fetch.py", X, "feat: fetch")
    repo.change("fetch.py", Y, "fix: retry 429")
    hooked = Hooked(repo)
    repo.write("fetch.py", X)
    assert hooked.commit("fix: downloads hang", "-a").is_refused


def test_a_leaked_environment_of_another_repository(fixed: Repo, tmp_path: Path) -> None:
    """A hook of one repository may ask about another: what git set there is not heeded."""
    foreign = Repo(tmp_path / "foreign")
    foreign.change("a.txt", "a\n", "feat: a")
    back(fixed)
    message = tmp_path / "message"
    message.write_text("fix: downloads hang\n", encoding="utf-8")
    environment = os.environ | {
        "GIT_DIR": str(foreign.path / ".git"),
        "GIT_INDEX_FILE": str(foreign.path / ".git" / "index"),
        "GIT_WORK_TREE": str(foreign.path),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-m", "loopwatch", "check", "--message", str(message)]
    done = subprocess.run(
        command, cwd=fixed.path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "LOOP 1  fetch.py::fetch" in done.stdout) == (1, True), done.stderr


# --- amending ---


def test_an_amend_may_take_back_its_own_commit(fixed: Repo) -> None:
    hooked = Hooked(fixed)
    fixed.write("fetch.py", X)  # as before the fix that is amended
    fixed.write("other.py", OTHER + "\n\nSUFFIX = '.py'\n")
    tried = hooked.git("commit", "-a", "--amend", "-m", "fix: another thing")
    assert tried.status == 0, tried.said
    assert hooked.git("commit", "--amend", "-m", "fix: the same in other words").status == 0


def test_an_amend_may_close_a_loop_with_what_was_before(fixed: Repo) -> None:
    fixed.change("other.py", OTHER + "\n\nSUFFIX = '.py'\n", "fix: a suffix")
    hooked, head = Hooked(fixed), fixed.head()
    fixed.write("fetch.py", X)
    tried = hooked.git("commit", "-a", "--amend", "--no-edit")
    assert tried.is_refused
    assert fixed.head() == head


def test_an_amend_that_was_refused_can_be_explained(fixed: Repo) -> None:
    fixed.change("other.py", OTHER + "\n\nSUFFIX = '.py'\n", "wip")
    hooked = Hooked(fixed)
    back(fixed)
    tried = hooked.git("commit", "--amend", "-m", "fix: downloads hang")
    told = loopwatch(fixed.path, "explain", identity(tried.said))
    assert told.stdout.startswith("LOOP")


def test_the_first_commit_is_amended(repo: Repo) -> None:
    repo.change("fetch.py", X, "feat: fetch")
    hooked = Hooked(repo)
    back(repo, Y)
    assert hooked.git("commit", "--amend", "-m", "fix: fetch").status == 0


def test_commits_of_one_second_are_no_amends(repo: Repo) -> None:
    """Each has the author date of the one before: only what is staged later is an amend."""
    hooked = Hooked(repo)
    now = {"GIT_AUTHOR_DATE": "", "GIT_COMMITTER_DATE": ""}  # by the clock
    for text, message in ((X, "feat: fetch"), (Y, "fix: retry 429")):
        back(repo, text)
        assert hooked.commit(message, "--no-verify", **now).status == 0
    back(repo, X)
    assert hooked.commit("fix: downloads hang", **now).is_refused


def test_an_amend_by_the_clock(repo: Repo) -> None:
    hooked = Hooked(repo)
    now = {"GIT_AUTHOR_DATE": "", "GIT_COMMITTER_DATE": ""}
    for text, message in ((X, "feat: fetch"), (Y, "fix: retry 429")):
        back(repo, text)
        assert hooked.commit(message, "--no-verify", **now).status == 0
    time.sleep(1.1)
    back(repo, X + "\n\nRETRIES = 3\n")
    assert hooked.git("commit", "--amend", "-m", "fix: retry thrice", **now).status == 0


# --- what git replays ---


def test_a_merge_that_brings_in_a_loop_is_let_through(fixed: Repo) -> None:
    """It is told on the side branch, and the check of the range tells it."""
    hooked = Hooked(fixed)
    fixed.branch("side")
    fixed.change("fetch.py", X, "fix: downloads hang")
    fixed.checkout("main")
    fixed.change("other.py", OTHER + "\n\nSUFFIX = '.py'\n", "feat: a suffix")
    tried = hooked.git("merge", "--no-ff", "side", "-m", "Merge branch 'side'")
    assert tried.status == 0, tried.said
    checked = loopwatch(fixed.path, "check", "main~1..main")
    assert (checked.returncode, "LOOP 1" in checked.stdout) == (1, True)


def test_a_conflicted_merge_is_concluded(fixed: Repo) -> None:
    hooked = Hooked(fixed, "pre-commit", "commit-msg")
    fixed.branch("side", "HEAD~1")
    fixed.change("fetch.py", Z, "refactor: ask the reply")
    fixed.checkout("main")
    assert hooked.git("merge", "side").status == 1
    back(fixed)
    tried = hooked.git("commit", "-m", "fix: take the old one")
    assert (tried.status, "LOOP" in tried.said) == (0, False), tried.said


def test_a_cherry_pick_with_a_conflict_is_let_through(fixed: Repo) -> None:
    hooked = Hooked(fixed)
    fixed.branch("side", "HEAD~1")
    fixed.change("fetch.py", Z, "fix: ask the reply")
    fixed.checkout("main")
    assert hooked.git("cherry-pick", "side").status == 1
    back(fixed)
    assert hooked.git("cherry-pick", "--continue").status == 0


@pytest.mark.parametrize("how", ["--apply", "--merge"])
def test_a_rebase_goes_through(fixed: Repo, how: str) -> None:
    hooked = Hooked(fixed)
    fixed.branch("side")
    fixed.change("fetch.py", X, "fix: downloads hang")  # closes a loop
    fixed.change("fetch.py", Y, "fix: retry 429 after all")
    fixed.checkout("main")
    fixed.change("other.py", OTHER + "\n\nSUFFIX = '.py'\n", "feat: a suffix")
    fixed.checkout("side")
    tried = hooked.git("rebase", how, "main")
    assert tried.status == 0, tried.said
    assert fixed.git("log", "-2", "--format=%s") == "fix: retry 429 after all\nfix: downloads hang"


@pytest.mark.parametrize("what", ["reword", "edit", "squash", "fixup"])
def test_an_interactive_rebase_goes_through(fixed: Repo, what: str) -> None:
    hooked = Hooked(fixed)
    fixed.change("other.py", OTHER + "\n\nSUFFIX = '.py'\n", "fix: a suffix")
    fixed.change("fetch.py", X, "fix: downloads hang")
    editor = f"sed -i -e '2s/^pick/{what}/'"
    tried = hooked.git("rebase", "-i", "HEAD~2", GIT_SEQUENCE_EDITOR=editor)
    if what == "edit":
        assert hooked.git("commit", "--amend", "-m", "fix: downloads hang again").status == 0
        tried = hooked.git("rebase", "--continue")
    assert (tried.status, "refused" in tried.said) == (0, False), tried.said


def test_am_goes_through(fixed: Repo) -> None:
    fixed.change("fetch.py", X, "fix: downloads hang")
    patch = fixed.git("format-patch", "-1", "--stdout")
    fixed.git("reset", "--quiet", "--hard", "HEAD~1")
    file = fixed.path.parent / "a.patch"
    file.write_text(patch + "\n", encoding="utf-8")
    hooked = Hooked(fixed)
    assert hooked.git("am", str(file)).status == 0


def test_reverts_are_admitted(fixed: Repo) -> None:
    hooked = Hooked(fixed)
    assert hooked.git("revert", "--no-edit", "HEAD").status == 0
    assert hooked.git("revert", "--no-edit", "HEAD").status == 0


def test_a_revert_with_a_conflict_is_admitted(fixed: Repo) -> None:
    hooked = Hooked(fixed)
    fixed.change("fetch.py", Y.replace("429", "428"), "fix: the right number")
    assert hooked.git("revert", "--no-edit", "HEAD~1").status == 1
    back(fixed)
    tried = hooked.git("revert", "--continue")
    assert tried.status == 0, tried.said
    assert hooked.ran()[0] == "pre-commit"


@pytest.mark.parametrize(
    ("message", "is_refused"), [("fix: downloads hang", True), ("Undo the retries on 429", False)]
)
def test_the_message_of_a_revert_decides_as_in_a_scan(
    fixed: Repo, message: str, *, is_refused: bool
) -> None:
    """Git keeps it in mind that ``revert -n`` was run; what the commit says is all that stays."""
    hooked = Hooked(fixed)
    fixed.git("revert", "--no-commit", "HEAD")
    assert (fixed.path / ".git" / "REVERT_HEAD").exists()
    tried = hooked.commit(message)
    assert (tried.is_refused, tried.status) == (is_refused, int(is_refused)), tried.said
    assert hooked.ran()[:2] == ["pre-commit", "commit-msg"]  # without a message it is admitted
    hooked.commit(message, "--no-verify", "--allow-empty")
    assert ("LOOP" in loopwatch(fixed.path, "scan").stdout) is is_refused


@pytest.mark.parametrize("hooks", [(), ("commit-msg",), ("post-commit",)], ids=len)
def test_what_is_broken_is_said_once_in_a_commit(fixed: Repo, hooks: tuple[str, ...]) -> None:
    hooked = Hooked(fixed, *hooks)
    fixed.write("loopwatch.toml", "fail-on = 7\n")
    for text in (X, Y):  # and in the next commit again
        back(fixed, text)
        tried = hooked.commit("fix: downloads hang")
        assert (tried.status, tried.said.count("could not look")) == (0, 1), tried.said
    back(fixed, X)
    let_in = hooked.commit("fix: downloads hang", "--no-verify")
    assert let_in.said.count("could not look") == (hooks != ("commit-msg",)), let_in.said
    back(fixed, Y)
    for _ in range(2):  # no commit comes of it
        given_up = hooked.git("commit", GIT_EDITOR="false")
        assert given_up.said.count("could not look") == (not hooks), given_up.said


def test_a_way_out_of_a_war_is_let_in(repo: Repo) -> None:
    """An admitted revert of the turn that made it loud: the turn decides, not the finding."""
    repo.change("fetch.py", X, "feat: fetch")
    repo.change("fetch.py", Y, "feat: retry 429")
    repo.change("fetch.py", X, "feat: no retries")
    hooked = Hooked(repo)
    back(repo, Y)
    assert hooked.commit("feat: retries again").is_refused
    assert hooked.commit('Reapply "feat: retry 429"').status == 0


def test_stash_and_pop(fixed: Repo) -> None:
    hooked = Hooked(fixed)
    back(fixed)
    assert hooked.git("stash").status == 0
    assert hooked.git("stash", "pop", "--index").status == 0
    assert hooked.commit("fix: downloads hang").is_refused


@pytest.mark.parametrize("how", ["--fixup", "--squash"])
def test_a_commit_that_is_to_be_joined_may_take_back(fixed: Repo, how: str) -> None:
    hooked = Hooked(fixed)
    back(fixed)
    tried = hooked.git("commit", how, "HEAD")
    assert (tried.status, "LOOP" in tried.said) == (0, False), tried.said


def test_a_squashed_merge(fixed: Repo) -> None:
    hooked = Hooked(fixed)
    fixed.branch("side")
    fixed.change("other.py", OTHER + "\n\nSUFFIX = '.py'\n", "feat: a suffix")
    fixed.change("fetch.py", X, "fix: downloads hang")
    fixed.checkout("main")
    assert hooked.git("merge", "--squash", "side").status == 0
    assert hooked.commit("fix: what the side mended").is_refused
    assert hooked.commit("feat: a suffix and more").status == 1  # a fix is lost without a word
    assert hooked.commit("Revert the retries, and a suffix").status == 0


def test_empty_commits(war: Repo) -> None:
    hooked = Hooked(war)
    tried = hooked.git("commit", "--allow-empty", "-m", "fix: nothing")
    assert (tried.status, "LOOP" in tried.said) == (0, False), tried.said


# --- evidence, and failing open ---


def test_observed_defects_are_refused_with_the_content_that_has_them(repo: Repo) -> None:
    """The code is new each time: only what the tests said of it can tell."""
    hooked, tries = Hooked(repo), list[Tried]()
    for number, (failing, message) in enumerate(
        [("a", "feat: begin"), ("b", "fix: a"), ("a", "fix: b")]
    ):
        repo.write("src/f.py", f"def f(x):\n    worded = {number * 7919}\n    return x\n")
        repo.write("tests/test_f.py", "def test_a():\n    pass\n\n\ndef test_b():\n    pass\n")
        repo.git("add", "--all")
        junit = repo.path.parent / "junit.xml"
        cases = "".join(
            f'<testcase classname="tests.test_f" name="test_{one}" file="tests/test_f.py">'
            f"{FAILURE if one == failing else ''}</testcase>"
            for one in "ab"
        )
        junit.write_text(f'<testsuites><testsuite name="s">{cases}</testsuite></testsuites>')
        kept = loopwatch(repo.path, "record", "--junit", str(junit))
        assert kept.returncode == 0, kept.stderr
        tries.append(hooked.commit(message))
    said = tries[-1].said
    assert [one.is_refused for one in tries] == [False, False, True], said
    assert "2 defects take turns" in said
    assert loopwatch(repo.path, "explain", identity(said)).returncode == 0


def test_a_hook_that_cannot_look_lets_the_commit_through(war: Repo) -> None:
    war.write("loopwatch.toml", "max-cuont = 3\n")
    hooked = Hooked(war)
    back(war)
    tried = hooked.commit("fix: downloads hang")
    assert tried.status == 0
    [line] = [line for line in tried.said.splitlines() if "max-cuont" in line]
    assert line.startswith("warning: loopwatch could not look: ")
