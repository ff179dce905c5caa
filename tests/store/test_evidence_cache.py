"""The cache beside the ledger: what is kept is found again, and nothing it meets is trouble."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from loopwatch.store import evidence_cache
from loopwatch.store.evidence_cache import EvidenceCache


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache.sqlite3"


def keep(path: Path, **told: bytes) -> None:
    with EvidenceCache.open(path) as cache:
        for key, body in told.items():
            cache.put(key.encode(), body)


def kept(path: Path, key: str, *, is_read_only: bool = False) -> bytes | None:
    with EvidenceCache.open(path, is_read_only=is_read_only) as cache:
        return cache.get(key.encode())


def change(path: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute(statement, values)


def test_what_was_put_comes_out(path: Path) -> None:
    with EvidenceCache.open(path) as cache:
        assert cache.get(b"a") is None
        cache.put(b"a", b"one")
        cache.put(b"empty", b"")
        assert (cache.get(b"a"), cache.get(b"empty")) == (b"one", b"")
    assert (kept(path, "a"), kept(path, "empty"), kept(path, "b")) == (b"one", b"", None)
    assert kept(path, "a", is_read_only=True) == b"one"


def test_another_code_finds_nothing_of_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(path, a=b"one")
    with monkeypatch.context() as other:
        other.setattr(evidence_cache, "code_stamp", lambda: "ff" * 24)
        assert kept(path, "a") is None
        keep(path, a=b"two")
        assert kept(path, "a") == b"two"
    assert kept(path, "a") == b"one"


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE kept SET body = substr(body, 1, length(body) - 1)",
        "UPDATE kept SET body = body || x'00'",
        "UPDATE kept SET body = 'text'",
        "UPDATE kept SET body = x''",
    ],
)
def test_a_damaged_row_is_none(path: Path, damage: str) -> None:
    keep(path, a=b"one", b=b"two")
    change(path, damage)
    assert (kept(path, "a"), kept(path, "b")) == (None, None)
    keep(path, a=b"one")
    assert kept(path, "a") == b"one"


def test_a_row_of_another_name_is_none(path: Path) -> None:
    keep(path, a=b"one", b=b"two")
    change(path, "UPDATE kept SET body = (SELECT max(body) FROM kept)")
    assert (kept(path, "a"), kept(path, "b")) in {(b"one", None), (None, b"two")}


def test_what_is_no_cache_is_put_aside(path: Path) -> None:
    path.write_bytes(b"something else\n" * 500)
    keep(path, a=b"one")
    assert kept(path, "a") == b"one"
    assert path.with_name(f"{path.name}.old").read_bytes() == b"something else\n" * 500


def test_a_database_of_others_is_put_aside(path: Path) -> None:
    change(path, "CREATE TABLE theirs (x)")
    assert kept(path, "a", is_read_only=True) is None
    keep(path, a=b"one")
    assert kept(path, "a") == b"one"
    change(path.with_name(f"{path.name}.old"), "SELECT x FROM theirs")


def test_a_file_that_is_torn_is_begun_anew(path: Path) -> None:
    keep(path, **{f"key{n}": bytes(3000) for n in range(50)})
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    with EvidenceCache.open(path) as cache:
        assert [cache.get(f"key{n}".encode()) for n in range(50)].count(None) > 40
        cache.put(b"a", b"one")
    keep(path, a=b"one")
    assert kept(path, "a") == b"one"
    assert path.with_name(f"{path.name}.old").exists()


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    for path in (tmp_path / "missing" / "cache", tmp_path):
        keep(path, a=b"one")
        assert kept(path, "a") is None
    assert list(tmp_path.iterdir()) == []


def test_who_only_reads_makes_and_changes_nothing(path: Path) -> None:
    with EvidenceCache.open(path, is_read_only=True) as cache:
        cache.put(b"a", b"one")
        assert cache.get(b"a") is None
    assert not path.exists()
    keep(path, a=b"one")
    before = path.read_bytes()
    with EvidenceCache.open(path, is_read_only=True) as cache:
        cache.put(b"b", b"two")
        cache.drop_unused(0)
    assert path.read_bytes() == before


@pytest.fixture
def writer(path: Path) -> Iterator[sqlite3.Connection]:
    """Hold the file as one does who is writing just now."""
    keep(path, a=b"one")
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("BEGIN EXCLUSIVE")
        yield database


def test_who_only_reads_waits_for_nobody(
    path: Path, writer: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with EvidenceCache.open(path, is_read_only=True) as cache:
        assert cache.get(b"a") is None
    writer.execute("ROLLBACK")
    assert kept(path, "a", is_read_only=True) == b"one"
    with EvidenceCache.open(path, is_read_only=True) as cache:
        writer.execute("BEGIN EXCLUSIVE")
        assert cache.get(b"a") is None
        writer.execute("ROLLBACK")
        assert cache.get(b"a") == b"one"


def test_what_cannot_be_written_now_is_let_go(
    path: Path, writer: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.execute("ROLLBACK")
    monkeypatch.setattr(evidence_cache, "PATIENCE", 0.0)
    with EvidenceCache.open(path) as cache:
        cache.put(b"b", b"two")
        writer.execute("BEGIN EXCLUSIVE")
    writer.execute("ROLLBACK")
    assert (kept(path, "a"), kept(path, "b")) == (b"one", None)


@pytest.mark.parametrize("again", range(5))
def test_many_at_once(path: Path, again: int) -> None:
    def work(number: int) -> None:
        keep(path, **{f"{number}-{n}": b"%d" % n for n in range(20)}, common=b"same")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [kept(path, f"{number}-{n}") for number in range(8) for n in range(20)]
    assert found == [b"%d" % n for _ in range(8) for n in range(20)]
    assert kept(path, "common") == b"same"


def test_what_is_not_used_goes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    days = iter([100, 100, 150, 200])
    monkeypatch.setattr(evidence_cache, "today", lambda: next(days))
    keep(path, a=b"one", b=b"two")
    assert kept(path, "a") == b"one"  # on the same day
    assert kept(path, "a") == b"one"
    with EvidenceCache.open(path) as cache:
        cache.drop_unused(90)
        assert (cache.get(b"a"), cache.get(b"b")) == (b"one", None)


def test_it_does_not_grow_without_end(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence_cache, "LARGEST", 100_000)
    monkeypatch.setattr(evidence_cache, "ROOM", 20_000)
    keep(path, **{f"key{n}": bytes(5000) for n in range(100)})
    assert path.stat().st_size < 250_000
    assert any(kept(path, f"key{n}") for n in range(100))
