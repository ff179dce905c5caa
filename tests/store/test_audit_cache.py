"""The cache: what was put in comes out, and what is damaged is as good as nothing."""

import os
import threading
from pathlib import Path

import pytest

from loopwatch.store.audit_cache import AuditCache, cache_folder, usual_cache


@pytest.fixture
def cache(tmp_path: Path) -> AuditCache:
    return AuditCache(tmp_path / "some" / "where")


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {}, "home/.cache/loopwatch"),
        ("darwin", {}, "home/Library/Caches/loopwatch"),
        ("win32", {}, "home/AppData/Local/loopwatch/Cache"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "home/.cache/loopwatch"),  # says the standard
    ],
)
def test_where_it_lies(platform: str, environment: dict[str, str], expected: str) -> None:
    assert cache_folder(platform, environment, Path("home")) == Path(expected)


def test_where_the_user_says(tmp_path: Path) -> None:
    for platform in ("linux", "darwin", "win32"):
        told = {"XDG_CACHE_HOME": str(tmp_path), "LOCALAPPDATA": "elsewhere"}
        assert cache_folder(platform, told, Path("home")) == tmp_path / "loopwatch"
    local = {"LOCALAPPDATA": "local"}
    assert cache_folder("win32", local, Path("home")) == Path("local/loopwatch/Cache")


def test_nobody_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("no home")

    monkeypatch.setattr(Path, "home", homeless)
    assert usual_cache() is None


def test_what_was_put_comes_out(cache: AuditCache) -> None:
    assert cache.get("aa") is None
    cache.put("aa", b"first")
    cache.put("bb", b"")
    cache.put("aa", b"second")
    assert (cache.get("aa"), cache.get("bb"), cache.get("cc")) == (b"second", b"", None)
    assert sorted(path.name for path in cache.folder.iterdir()) == ["aa", "bb"]


@pytest.mark.skipif(os.name != "posix", reason="modes of another kind")
def test_nobody_else_may_read_it(cache: AuditCache) -> None:
    cache.put("aa", b"found")
    assert (cache.folder / "aa").stat().st_mode & 0o777 == 0o600
    assert cache.folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("place", [0, 20, -1])
def test_a_damaged_entry_is_none(cache: AuditCache, place: int) -> None:
    cache.put("aa", b"found" * 50)
    path = cache.folder / "aa"
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    assert cache.get("aa") is None


@pytest.mark.parametrize("kept", [0, 5, 16, 20])
def test_an_entry_that_is_cut_off_is_none(cache: AuditCache, kept: int) -> None:
    cache.put("aa", b"found" * 50)
    path = cache.folder / "aa"
    path.write_bytes(path.read_bytes()[:kept])
    assert cache.get("aa") is None


def test_what_cannot_be_kept_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = AuditCache(tmp_path / "file")
    cache.put("aa", b"found")
    cache.shrink(0)
    assert cache.get("aa") is None


def test_two_at_once_do_not_meet(cache: AuditCache) -> None:
    seen: set[bytes | None] = set()

    def write(text: bytes) -> None:
        for _ in range(200):
            cache.put("aa", text * 1_000)
            seen.add(cache.get("aa"))

    threads = [threading.Thread(target=write, args=(text,)) for text in (b"x", b"y")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {b"x" * 1_000, b"y" * 1_000}  # one or the other, whole


def test_what_was_not_used_for_longest_goes(cache: AuditCache) -> None:
    for number, key in enumerate("abc"):
        cache.put(key, os.urandom(100))
        os.utime(cache.folder / key, (number, number))
    size = (cache.folder / "a").stat().st_size
    cache.get("a")  # it is of use
    cache.shrink(2 * size)
    assert sorted(path.name for path in cache.folder.iterdir()) == ["a", "c"]
