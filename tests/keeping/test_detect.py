"""Configured detectors are run over a history: each content once, and nothing else is touched."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loopwatch.keeping import detect as module
from loopwatch.keeping.detect import detect
from loopwatch.keeping.place import ledger_path
from loopwatch.model.evidence import Evidence
from loopwatch.sources.detector_config import DetectorConfig
from loopwatch.sources.repository import find_repository
from loopwatch.sources.scan_range import ScanRange
from loopwatch.sources.tool_settings import settings_of
from loopwatch.sources.version_folder import VersionFolder, is_harmless, lay_out
from loopwatch.store.ledger import Ledger
from tests.builders import Repo
from tests.conftest import Run
from tests.keeping.test_record import everything
from tests.keeping.toy import TOOL, installed

posix = pytest.mark.skipif(os.name != "posix", reason="processes and links of another kind")


@pytest.fixture(autouse=True)
def _toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the toy tool be known here."""
    folder = tmp_path / "plugins"
    installed(folder)
    monkeypatch.syspath_prepend(str(folder))


def toy(name: str = "toy", tool: str = TOOL, **more: object) -> DetectorConfig:
    command = (sys.executable, "-c", tool, "{files}")
    return DetectorConfig(name=name, command=command, format="toy", **more)  # type: ignore[arg-type]


def run(
    repo: Repo, *configs: DetectorConfig, revision: str | None = None, tell: object = None
) -> tuple[int, list[str]]:
    """Run detectors; return how many runs there were, and what was said."""
    said: list[str] = []
    repository = find_repository(repo.path)
    wanted = ScanRange(revision=revision)
    count = detect(repository, wanted, configs, said.append, tell)  # type: ignore[arg-type]
    return count, said


def of_files(repo: Repo) -> dict[tuple[str, str], list[list[str]]]:
    """Return the rules that are known of each file, by path and the content's first word."""
    found: dict[tuple[str, str], list[list[str]]] = {}
    with Ledger.reading(ledger_path(find_repository(repo.path))) as ledger:
        for entry in ledger.entries():
            if entry.content.path:
                text = repo.git("cat-file", "blob", entry.content.id.hex())
                key = (os.fsdecode(entry.content.path), text.split()[0])
                found.setdefault(key, []).append([d.rule for d in entry.evidence.defects])
    return found


def of_trees(repo: Repo) -> dict[str, list[Evidence]]:
    found: dict[str, list[Evidence]] = {}
    with Ledger.reading(ledger_path(find_repository(repo.path))) as ledger:
        for entry in ledger.entries():
            if not entry.content.path:
                found.setdefault(entry.content.id.hex(), []).append(entry.evidence)
    return found


@pytest.fixture
def history(repo: Repo) -> Repo:
    repo.write("b.py", "TODO-b\n")
    repo.write("notes.txt", "TODO-notes\n")
    repo.change("a.py", "TODO-1\n", "feat: a")
    repo.change("a.py", "done-2\n", "fix: a")
    repo.change("a.py", "TODO-1\n", "fix: a otherwise")
    repo.remove("b.py")
    repo.commit("chore: no b")
    return repo


FILES = {
    ("a.py", "TODO-1"): [["TODO-1"]],
    ("a.py", "done-2"): [[]],
    ("b.py", "TODO-b"): [["TODO-b"]],
}


def test_each_file_is_looked_at_once(history: Repo) -> None:
    config = toy(scope="file", files=("*.py",))
    assert run(history, config) == (2, [])  # the third version has nothing new
    assert of_files(history) == FILES
    assert run(history, config) == (0, [])


def test_of_a_range_the_version_before_it_is_looked_at_too(history: Repo) -> None:
    run(history, toy(scope="file"), revision="HEAD~2..HEAD~1")
    assert set(of_files(history)) == {("a.py", "done-2"), ("a.py", "TODO-1")}


def whole(tool: str = TOOL) -> DetectorConfig:
    """Return a detector that finds its files by itself."""
    names = "import pathlib, sys; sys.argv[1:] = sorted(map(str, pathlib.Path().rglob('*.py')));"
    command = (sys.executable, "-c", names + tool)
    return DetectorConfig(name="whole", command=command, format="toy", files=("*.py",))


def test_a_tool_that_looks_at_everything(history: Repo) -> None:
    assert run(history, whole()) == (3, [])
    trees = [history.git("rev-parse", f"HEAD~{n}^{{tree}}") for n in range(3)]
    found = {tree: {d.rule for d in said[0].defects} for tree, said in of_trees(history).items()}
    expected = [{"TODO-1"}, {"TODO-1", "TODO-b"}, {"TODO-b"}]
    assert found == dict(zip(trees, expected, strict=True))
    history.change("notes.txt", "of no interest\n", "docs: notes")
    assert run(history, whole()) == (0, [])


def test_trees_are_laid_out_one_after_another(history: Repo) -> None:
    look = "import pathlib; print(*sorted(p.name for p in pathlib.Path().rglob('*')));" + TOOL
    run(history, toy(tool=look, scope="tree", files=("*.py",)))
    trees = [history.git("rev-parse", f"HEAD~{n}^{{tree}}") for n in range(4)]
    assert trees[3] == trees[1]
    found = of_trees(history)
    assert set(found) == set(trees[1:])  # what is left of the last edit has no file to name
    for tree, rules, roots in [
        (trees[3], {"TODO-1", "TODO-b"}, {"a.py", "b.py"}),
        (trees[2], set(), {"a.py"}),
    ]:
        (evidence,) = found[tree]
        assert {defect.rule for defect in evidence.defects} == rules
        assert set(evidence.scope.roots) == roots
    assert run(history, toy(tool=look, scope="tree", files=("*.py",))) == (0, [])


def test_what_is_not_committed_is_looked_at_too(history: Repo) -> None:
    history.write("a.py", "TODO-now\n")
    run(history, toy(scope="file"))
    history.git("add", "a.py")  # so that git can show it
    assert of_files(history)[("a.py", "TODO-now")] == [["TODO-now"]]


def test_other_rules_are_another_answer(history: Repo) -> None:
    config = toy(scope="file", files=("*.py",))
    run(history, config)
    history.write("pyproject.toml", "[project]\nversion = '1'\n[tool.toy]\nall = true\n")
    history.change("a.py", "done-3\n", "fix: a")
    history.write("pyproject.toml", "[project]\nversion = '2'\n[tool.toy]\nall = true\n")
    history.change("a.py", "done-4\n", "fix: a")
    with Ledger.reading(ledger_path(find_repository(history.path))) as ledger:
        before = {entry.evidence.configuration for entry in ledger.entries()}
    run(history, config)
    with Ledger.reading(ledger_path(find_repository(history.path))) as ledger:
        after = {entry.evidence.configuration for entry in ledger.entries()}
    assert len(before) == 1 and len(after) == 2  # a version number is no rule


def test_the_tool_gets_the_rules_of_that_version(repo: Repo) -> None:
    repo.write("ruff.toml", "rules\n")
    repo.change("src/a.py", "x\n", "feat: a")
    look = (
        "import pathlib; print('TOY', pathlib.Path('ruff.toml').read_text().strip(), 'src/a.py');"
    )
    run(repo, toy(tool=look + TOOL, scope="file", files=("*.py",)))
    assert of_files(repo) == {("src/a.py", "x"): [["rules"]]}


def test_a_run_that_is_stopped_goes_on_where_it_stopped(
    history: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        history.change("a.py", f"TODO-x{number}\n", "fix: a")
    monkeypatch.setattr(module, "AT_ONCE", 1)

    def stop(done: int, total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    config = toy(scope="file", files=("*.py",))
    with pytest.raises(KeyboardInterrupt):
        run(history, config, tell=stop)
    assert 4 <= len(of_files(history)) < 9
    count, _ = run(history, config)
    assert count <= 4
    assert len(of_files(history)) == 9


def test_a_tool_that_is_not_there(history: Repo) -> None:
    absent = DetectorConfig(name="lint", command=("no-such-tool", "{files}"))
    count, said = run(history, absent, toy(scope="file", files=("*.py",)))
    assert said == ["no-such-tool: command not found, so the detector lint is left out"]
    assert count == 2


def test_output_that_says_nothing_is_not_asked_for_again(history: Repo) -> None:
    config = toy(tool="print('boom')", scope="file", files=("*.py",))
    assert run(history, config)[0] == 2
    with Ledger.reading(ledger_path(find_repository(history.path))) as ledger:
        scopes = [entry.evidence.scope for entry in ledger.entries()]
    assert all(not scope.roots and scope.unknown for scope in scopes)
    assert run(history, config) == (0, [])
    tree = toy(name="tree", tool="print('boom')", scope="tree", files=("*.py",))
    assert run(history, tree)[0] > 0
    assert run(history, tree) == (0, [])


@posix
def test_a_tool_that_takes_too_long_is_ended_with_all_it_started(
    history: Repo, tmp_path: Path
) -> None:
    mark = tmp_path / "still-here"
    slow = f"import os; os.system('sleep 3; touch {mark}')"
    config = toy(tool=slow, scope="file", files=("*.py",), timeout=1)
    started = time.monotonic()
    count, said = run(history, config)
    assert count == 2
    assert said == ["the detector toy took more than 1 seconds"]
    assert time.monotonic() - started < 6
    time.sleep(3)
    assert not mark.exists()
    assert of_files(history) == {}  # unknown, and asked again


def test_a_tool_that_is_always_too_slow_is_given_up(repo: Repo) -> None:
    for number in range(12):
        repo.change("a.py", f"x{number}\n", "fix: a")
    config = toy(tool="import time; time.sleep(20)", scope="file", timeout=1)
    started = time.monotonic()
    _, said = run(repo, config)
    assert said[-1].startswith("the detector toy is given up")
    assert time.monotonic() - started < 8


def test_any_number_of_workers_finds_the_same(
    history: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for number in (1, 3, 9):
        monkeypatch.setattr(os, "cpu_count", lambda number=number: number)
        run(history, toy(scope="file", files=("*.py",)), toy("all", scope="tree"))
        found.append((of_files(history), of_trees(history)))
        ledger_path(find_repository(history.path)).unlink()
    assert found[0] == found[1] == found[2]


# --- safety ---------------------------------------------------------------------------------


@posix
def test_nothing_of_the_users_is_touched_and_nothing_of_the_repository_runs(
    history: Repo, tmp_path: Path
) -> None:
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path / 'sprung'}\ncat\n")
    trap.chmod(0o755)
    history.change(".gitattributes", "*.py filter=evil\n", "chore: filters")
    for key in ("filter.evil.smudge", "filter.evil.clean", "core.fsmonitor"):
        history.git("config", key, str(trap))
    for name in ("post-checkout", "post-index-change"):
        hook = history.path / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(trap.read_text())
        hook.chmod(0o755)
    history.write("a.py", "not committed\n")
    (tmp_path / "sprung").unlink(missing_ok=True)
    before = everything(history.path)
    spoil = "import pathlib; pathlib.Path(sys.argv[1]).write_text('spoilt')"
    tool = TOOL.replace("sys.exit(found)", spoil)
    assert run(history, toy(scope="file"), toy("all", tool, scope="tree"))[1] == []
    assert everything(history.path) == before
    assert not (tmp_path / "sprung").exists()
    history.git("add", "a.py")  # so that git can show it
    assert set(of_files(history)) == {*FILES, ("a.py", "not")}


def test_a_tool_that_changes_files_spoils_no_other_version(history: Repo) -> None:
    spoil = TOOL.replace(
        "sys.exit(found)",
        "[pathlib.Path(n).write_text('TODO-spoilt') for n in (*sys.argv[1:], 'left.py')]",
    )
    look = "import pathlib; print(pathlib.Path('left.py').exists() and 'TOY left a.py');" + spoil
    run(history, toy(tool=look, scope="tree", files=("*.py",)))
    rules = {d.rule for said in of_trees(history).values() for one in said for d in one.defects}
    assert rules == {"TODO-1", "TODO-b"}


def nested(repo: Repo, name: str) -> str:
    """Return a tree with one file in a folder of any name."""
    blob = repo.git("hash-object", "-w", "--stdin", text="TODO-evil\n")
    inner = repo.git("mktree", text=f"100644 blob {blob}\tevil.py\n")
    return repo.git("mktree", text=f"040000 tree {inner}\t{name}\n")


@pytest.mark.parametrize("name", ["..", ".git", ".GIT"])
def test_paths_that_lead_elsewhere_are_refused(history: Repo, name: str) -> None:
    tree = nested(history, name)
    evil = history.git("commit-tree", tree, "-p", "HEAD", "-m", "fix: evil")
    history.git("update-ref", "refs/heads/evil", evil)
    count, said = run(history, toy(scope="file"), toy("all", scope="tree"), revision="HEAD..evil")
    assert count > 0
    assert len(said) == 1 and said[0].startswith(f"cannot lay out tree {tree[:12]}: ")
    assert not any(path.endswith("evil.py") for path, _ in of_files(history))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (b"a.py", True),
        (b"a/.gitignore", True),
        (b"/a", False),
        (b"a//b", False),
        (b"a/../b", False),
        (b"./a", False),
        (b".git/hooks/x", False),
        (b"a/.GIT/x", False),
        (b".git. /x", False),
        (b"", False),
    ],
)
def test_harmless_paths(path: bytes, expected: bool) -> None:
    assert is_harmless(path) is expected


def test_only_harmless_files_are_laid_out(tmp_path: Path) -> None:
    files = [(b"a/b.py", b"x"), (b"../c.py", b"x"), (b"n" * 5000, b"x"), (b"a/b.py/c", b"x")]
    assert lay_out(tmp_path / "files", files) == {b"a/b.py"}
    assert [path.name for path in tmp_path.rglob("*.py")] == ["b.py"]


@posix
def test_links_are_not_followed_and_submodules_are_empty(repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("TODO-secret\n")
    (repo.path / "link.py").symlink_to(tmp_path / "secret")
    (repo.path / "folder").symlink_to(tmp_path)
    inner = Repo(repo.path / "lib")
    inner.change("d.py", "d\n", "feat: d")
    repo.commit("feat: links")
    folder = VersionFolder(find_repository(repo.path).git, tmp_path / "work").become(
        repo.git("rev-parse", "HEAD^{tree}")
    )
    assert not (folder / "link.py").is_symlink() and (folder / "folder").is_file()
    assert list((folder / "lib").iterdir()) == []


def test_a_folder_goes_from_any_version_to_any_other(history: Repo, tmp_path: Path) -> None:
    folder = VersionFolder(find_repository(history.path).git, tmp_path / "work")
    for number in (0, 3, 1, 2, 0, 2):
        files = folder.become(history.git("rev-parse", f"HEAD~{number}^{{tree}}"))
        names = history.git("ls-tree", "-r", "--name-only", f"HEAD~{number}").split()
        assert sorted(path.name for path in files.rglob("*")) == names
        for name in names:
            text = history.git("show", f"HEAD~{number}:{name}")
            assert (files / name).read_text() == text + "\n"


def test_settings_are_found_in_every_folder(repo: Repo) -> None:
    for name in ("ruff.toml", "web/eslint.config.mjs", "web/.eslintrc.json", "b/tsconfig.x.json"):
        repo.write(name, "x")
    repo.change("a.py", "x", "feat: all")
    found = settings_of(find_repository(repo.path).git, "HEAD")
    assert sorted(found) == [
        b"b/tsconfig.x.json",
        b"ruff.toml",
        b"web/.eslintrc.json",
        b"web/eslint.config.mjs",
    ]


def test_a_linter_knows_the_packages_around_a_file(repo: Repo) -> None:
    """Whether a module is the project's own must not hang on which files an edit changes."""
    repo.write("shop/__init__.py", "BIG = 1\n")
    repo.write("shop/cart.py", "class Cart:\n    pass\n")
    repo.change("tests/__init__.py", "# tests\n", "feat: a shop")
    importing = "from __future__ import annotations\n\nfrom shop.cart import Cart\n\n\n"
    for number in range(2):
        code = f"def test_{number}(cart: Cart) -> None:\n    assert cart\n"
        repo.write("tests/test_cart.py", importing + code)
        if number:
            repo.write("shop/cart.py", f"class Cart:\n    size = {number}\n")
        repo.commit(f"feat: {number}")
    words = "ruff check --isolated --no-cache --select INP,TC --output-format json {files}".split()
    command = (str(Path(sys.executable).parent / words[0]), *words[1:])
    assert run(repo, DetectorConfig(name="ruff", command=command))[1] == []
    told = of_files(repo)
    assert told["tests/test_cart.py", "from"] == [["TC001"], ["TC001"]]
    assert {rule for some in told.values() for rules in some for rule in rules} == {"TC001"}


# --- the command line -----------------------------------------------------------------------


@pytest.fixture
def scan(run: Run) -> Run:
    return lambda folder, *arguments: run(folder, "scan", "--detect", *arguments)


def test_scan_runs_what_is_configured(history: Repo, scan: Run) -> None:
    tool = history.path.parent / "tool.py"
    tool.write_text(TOOL)
    history.write(
        "loopwatch.toml",
        f"[[detectors]]\nname = 'toy'\nformat = 'toy'\nscope = 'file'\n"
        f"command = ['{Path(sys.executable).as_posix()}', '{tool.as_posix()}', '{{files}}']\n",
    )
    status, _, err = scan(history.path, "--exit-zero")
    assert (status, err) == (0, "")
    assert set(FILES) <= set(of_files(history))


def test_scan_says_that_nothing_is_configured(history: Repo, scan: Run) -> None:
    status, out, err = scan(history.path)
    assert (status, out) == (2, "")
    assert err.startswith("error: no detectors are configured") and len(err.splitlines()) == 2


def test_a_real_linter(repo: Repo, scan: Run) -> None:
    repo.write(
        "pyproject.toml",
        "[[tool.loopwatch.detectors]]\nname = 'lint'\n"
        "command = 'ruff check --no-cache --select F --output-format json {files}'\n",
    )
    repo.change("a.py", "import os\n", "feat: a")
    repo.change("a.py", "import os\nprint(os)\n", "fix: a")
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    command = [sys.executable, "-m", "loopwatch", "scan", "--detect", "--exit-zero"]
    path = os.pathsep.join(sys.path)
    done = subprocess.run(
        command,
        cwd=repo.path,
        env=environment | {"PYTHONPATH": path},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    with Ledger.reading(ledger_path(find_repository(repo.path))) as ledger:
        found = {
            repo.git("cat-file", "blob", entry.content.id.hex()): entry.evidence
            for entry in ledger.entries()
        }
    broken, mended = found["import os"], found["import os\nprint(os)"]
    assert [defect.rule for defect in broken.defects] == ["F401"]
    assert (mended.defects, mended.scope.roots) == ((), ("a.py",))
    assert broken.version and broken.configuration == mended.configuration
