"""The same report, whether what it rests on was worked out now or before."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from loopwatch import app
from loopwatch.app import ScanRequest
from loopwatch.checking import CheckRequest, check
from loopwatch.fingerprints.descriptors import FileDescriber
from loopwatch.keeping.place import cache_path, ledger_path
from loopwatch.model.entry import Content, Entry
from loopwatch.reports import json_doc
from loopwatch.sources.repository import find_repository
from loopwatch.store.ledger import Ledger
from tests.builders import Repo
from tests.integration.test_observed_places import function, linted

WRONG, RIGHT = function("f", "risky"), function("f", "safe")
CALLED = "def f(items, limit):\n    return checked(items, limit)\n"
HEAD = "import os\n\n\n"
RENAMED = function("renamed", "risky").replace("found", "hit")
STEPS = (
    {"a.py": WRONG, "b.py": function("other", "risky")},
    {"a.py": RIGHT},
    {"a.py": f"{HEAD}{WRONG}"},  # back, lower down
    {"a.py": f"{HEAD}{RENAMED}", "b.py": f"{HEAD}{function('other', 'risky')}"},
    {"a.py": CALLED, "c.py": function("checked", "risky")},
    {"a.py": WRONG.replace("risky(items", "risky(  # noqa\n        items"), "c.py": ""},
    {"pyproject.toml": '[tool.ruff.lint]\nignore = ["R1"]\n', "a.py": RIGHT},
    {"a.py": f"{WRONG}\n\n{WRONG.replace('def f', 'def g')}"},
    {"a.py": f"{RIGHT}\n\n{WRONG.replace('def f', 'def g')}", "d.txt": "this is risky\n"},
    {"a.py": f"{WRONG}\n\n{RIGHT.replace('def f', 'def g')}", "d.txt": "safe\n"},
    {"z.py": function("z", "risky")},
    {"z.py": f"{function('z', 'safe')}\n\n{function('y', 'safe')}"},
    {"z.py": function("z", "risky").replace("total", "amount")},
)


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Make a history of which a linter has seen all."""
    repo = Repo(tmp_path / "repo")
    entries = []
    for step in STEPS:
        for path, text in step.items():
            repo.write(path, text)
        repo.commit("fix: it")
        for path, text in step.items():
            blob = repo.git("rev-parse", f"HEAD:{path}")
            content = Content(id=bytes.fromhex(blob), path=path.encode())
            entries.append(Entry(content=content, evidence=linted(path, text)))
    with Ledger.open(ledger_of(repo)) as ledger:
        ledger.keep(entries)
    return repo


def ledger_of(repo: Repo) -> Path:
    path = ledger_path(find_repository(repo.path))
    path.parent.mkdir(exist_ok=True)
    return path


def cache_of(repo: Repo) -> Path:
    return cache_path(ledger_of(repo))


def scanned(repo: Repo) -> str:
    return json_doc.render(app.scan(ScanRequest(folder=repo.path)))


@pytest.fixture
def described(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the paths that are described, as it happens."""
    paths: list[str] = []
    usual = FileDescriber.__init__

    def noted(self: FileDescriber, content: bytes | None, path: str, language: str | None) -> None:
        paths.append(path)
        usual(self, content, path, language)

    monkeypatch.setattr(FileDescriber, "__init__", noted)
    return paths


def test_a_second_scan_tells_the_same_and_describes_nothing(
    repo: Repo, described: list[str]
) -> None:
    cold = scanned(repo)
    assert len(json.loads(cold)["defects"]) > 10
    assert {"a.py", "b.py", "c.py", "d.txt"} <= set(described)
    described.clear()
    assert scanned(repo) == cold
    assert described == []
    cache_of(repo).unlink()
    cache_of(repo).mkdir()  # so that none can be made
    assert scanned(repo) == cold
    assert described != []


def test_more_history_needs_little_more(repo: Repo, described: list[str]) -> None:
    scanned(repo)
    described.clear()
    text = function("new", "risky")
    repo.change("e.py", text, "feat: e")
    blob = bytes.fromhex(repo.git("rev-parse", "HEAD:e.py"))
    with Ledger.open(ledger_of(repo)) as ledger:
        evidence = linted("e.py", text)
        ledger.keep([Entry(content=Content(id=blob, path=b"e.py"), evidence=evidence)])
    warm = scanned(repo)
    assert set(described) <= {"e.py"}
    cache_of(repo).unlink()
    assert scanned(repo) == warm


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE kept SET body = x'00' WHERE key % 2 = 0",
        "UPDATE kept SET body = (SELECT min(body) FROM kept)",
        "UPDATE kept SET key = -key",
        "DELETE FROM kept WHERE key % 3 = 0",
        "DROP TABLE kept",
    ],
)
def test_damage_never_changes_a_word(repo: Repo, statement: str) -> None:
    cold = scanned(repo)
    with closing(sqlite3.connect(cache_of(repo), isolation_level=None)) as database:
        database.execute(statement)
    assert scanned(repo) == cold
    assert scanned(repo) == cold


def test_a_torn_file_never_changes_a_word(repo: Repo) -> None:
    cold = scanned(repo)
    whole = cache_of(repo).read_bytes()
    for size in (10, 3000, len(whole) - 2000):
        cache_of(repo).write_bytes(whole[:size] + b"\xff" * (len(whole) - size))
        assert scanned(repo) == cold
        assert scanned(repo) == cold


def test_a_check_writes_nothing(repo: Repo) -> None:
    request = CheckRequest(folder=repo.path, revision="HEAD~3..HEAD")
    cold = json_doc.render(check(request))
    assert not cache_of(repo).exists()
    scanned(repo)
    before = cache_of(repo).read_bytes()
    assert json_doc.render(check(request)) == cold
    assert cache_of(repo).read_bytes() == before


def test_without_a_ledger_there_is_no_cache(repo: Repo) -> None:
    folder = ledger_of(repo).parent
    shutil.rmtree(folder)
    scanned(repo)
    assert not folder.exists()
