"""The ledger: what is kept, found again, counted and forgotten; and what becomes of bad files."""

import os
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from loopwatch.errors import LedgerError, NewerLedgerError
from loopwatch.model.entry import Content, Entry
from loopwatch.model.evidence import Defect, DefectKind, Evidence, Scope
from loopwatch.store.ledger import Kept, Ledger
from loopwatch.store.opening import open_for_writing
from loopwatch.store.schema import APPLICATION, VERSION

NOBODY = 65534  # the user id that owns nothing


def tree(number: int) -> bytes:
    return number.to_bytes(20, "big")


def lint(*rules: str, path: str = "a.py", version: str = "1") -> Evidence:
    defects = tuple(
        Defect(kind=DefectKind.LINT, rule=rule, message=f"{rule} is broken", path=path)
        for rule in rules
    )
    scope = Scope(roots=(path,))
    return Evidence(detector="ruff", version=version, scope=scope, defects=defects)


def of_tree(number: int, evidence: Evidence) -> Entry:
    return Entry(content=Content(id=tree(number)), evidence=evidence)


def of_file(number: int, path: bytes, evidence: Evidence) -> Entry:
    return Entry(content=Content(id=tree(number), path=path), evidence=evidence)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "loopwatch" / "ledger.sqlite3"


def is_sound(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as database:
        return database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_what_is_kept_is_found(path: Path) -> None:
    with Ledger.open(path) as ledger:
        entries = [of_tree(1, lint("F1")), of_file(2, b"a.py", lint()), of_file(2, b"b", lint("E"))]
        assert ledger.keep(entries) == Kept(new=3)
    with Ledger.reading(path) as ledger:
        assert ledger.of_trees([tree(1), tree(2), tree(3)]) == {tree(1): (lint("F1"),)}
        asked = [(b"a.py", tree(2)), (b"b", tree(1)), (b"", tree(1))]
        assert ledger.of_files(asked) == {(b"a.py", tree(2)): (lint(),)}
        assert list(ledger.entries()) == entries
    assert is_sound(path)


def test_the_same_is_kept_once_and_what_differs_beside_it(path: Path) -> None:
    with Ledger.open(path) as ledger:
        ledger.keep([of_tree(1, lint("F1"))])
        assert ledger.keep([of_tree(1, lint("F1"))]) == Kept(again=1)
        assert ledger.keep([of_tree(1, lint())]) == Kept(new=1)
        assert set(ledger.of_trees([tree(1)])[tree(1)]) == {lint("F1"), lint()}
        (count,) = ledger.counts()
        assert (count.trees, count.results, count.differing, count.runs) == (1, 2, 1, 3)


def test_another_version_of_the_tool_does_not_differ_from_this_one(path: Path) -> None:
    with Ledger.open(path) as ledger:
        ledger.keep([of_tree(1, lint("F1")), of_tree(1, lint(version="2"))])
        assert sum(count.differing for count in ledger.counts()) == 0


def test_thousands_are_looked_up_together(path: Path) -> None:
    with Ledger.open(path) as ledger:
        many = [of_file(number, b"a.py", lint()) for number in range(2500)]
        assert ledger.keep(iter(many)).new == 2500
        found = ledger.of_files((b"a.py", tree(number)) for number in range(0, 3000, 2))
        assert len(found) == 1250
        assert [entry.content.id for entry in ledger.entries()] == [tree(n) for n in range(2500)]


def test_some_contents_are_forgotten(path: Path) -> None:
    with Ledger.open(path) as ledger:
        ledger.keep([of_tree(1, lint("F1")), of_tree(2, lint("F1")), of_tree(3, lint())], when=7)
        assert set(ledger.contents().values()) == {7}
        ledger.drop([Content(id=tree(1)), Content(id=tree(3))])
        assert list(ledger.entries()) == [of_tree(2, lint("F1"))]
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM said").fetchone() == (1,)


def test_there_is_nothing_where_there_is_no_ledger(path: Path) -> None:
    with Ledger.reading(path) as ledger:
        assert ledger.of_trees([tree(1)]) == {}
        assert list(ledger.entries()) == []
        assert ledger.counts() == ()
    assert not path.parent.exists()


# --- bad files ------------------------------------------------------------------------------


def opened(path: Path, *, is_read: bool = False) -> tuple[list[Entry], list[str]]:
    """Return what a ledger holds, and what it warned of."""
    warnings: list[str] = []
    how = Ledger.reading if is_read else Ledger.open
    with how(path, warn=warnings.append) as ledger:
        return list(ledger.entries()), warnings


def aside(path: Path) -> list[str]:
    """Return the names of what was set aside."""
    ends = ("-wal", "-shm", "-journal")  # what SQLite keeps beside it goes along
    names = (one.name for one in path.parent.iterdir() if ".damaged-" in one.name)
    return sorted(name for name in names if not name.endswith(ends))


@pytest.mark.parametrize("is_read", [False, True])
@pytest.mark.parametrize(
    "content", [b"not a database\n" * 100, b"SQLite format 3\0" + b"\xff" * 900]
)
def test_a_file_that_is_no_database_is_set_aside(path: Path, content: bytes, is_read: bool) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    entries, warnings = opened(path, is_read=is_read)
    assert entries == []
    assert len(warnings) == 1 and "ledger.sqlite3.damaged-1" in warnings[0]
    assert (path.parent / "ledger.sqlite3.damaged-1").read_bytes() == content
    assert opened(path) == ([], [])  # and all is well
    assert is_sound(path)


def test_a_database_of_somebody_else_is_set_aside(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE theirs (x)")
        database.commit()
    assert opened(path)[1]
    with closing(sqlite3.connect(path.with_name(aside(path)[0]))) as database:
        assert database.execute("SELECT count(*) FROM theirs").fetchone() == (0,)


def test_a_ledger_without_its_tables_is_set_aside(path: Path) -> None:
    opened(path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("DROP TABLE about")
    assert opened(path)[1]
    assert aside(path)


def test_a_folder_in_its_place_is_set_aside(path: Path) -> None:
    path.mkdir(parents=True)
    (path / "kept").write_text("kept")
    assert opened(path)[1]
    assert (path.parent / aside(path)[0] / "kept").read_text() == "kept"


def test_an_empty_file_is_a_new_ledger(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    assert opened(path) == ([], [])
    assert aside(path) == []


def damaged(path: Path, keep: int = 300) -> None:
    """Make a ledger whose last pages are garbage."""
    with Ledger.open(path) as ledger:
        ledger.keep([of_tree(n, lint(f"F{n}", "x" * 150)) for n in range(keep)])
    content = bytearray(path.read_bytes())
    content[len(content) * 2 // 3 :] = b"\xa5" * (len(content) - len(content) * 2 // 3)
    path.write_bytes(content)


def test_what_can_be_read_of_a_damaged_ledger_is_saved(path: Path) -> None:
    damaged(path)
    warnings: list[str] = []
    with Ledger.open(path, warn=warnings.append) as ledger:
        assert ledger.keep([of_tree(n, lint("new")) for n in range(1000, 1900)]).new == 900
        left = list(ledger.entries())
    assert len(warnings) == 1 and "saved" in warnings[0]
    assert 900 < len(left) < 1200
    assert all(entry in left for entry in (of_tree(n, lint("new")) for n in range(1000, 1900)))
    assert aside(path) == ["ledger.sqlite3.damaged-1"]
    assert is_sound(path)


def test_a_damaged_ledger_is_replaced_while_it_is_read(path: Path) -> None:
    damaged(path)
    warnings: list[str] = []
    with Ledger.reading(path, warn=warnings.append) as ledger:
        found = ledger.of_trees(map(tree, range(300)))
    assert all(
        said == (lint(f"F{int.from_bytes(t, 'big')}", "x" * 150),) for t, said in found.items()
    )
    assert warnings and is_sound(path)


def test_a_newer_ledger_is_left_alone(path: Path) -> None:
    opened(path)
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = path.read_bytes()
    for how in (Ledger.open, Ledger.reading):
        with pytest.raises(NewerLedgerError) as caught:
            how(path)
        assert "newer loopwatch" in str(caught.value) and "upgrade" in caught.value.hint
    assert path.read_bytes() == before
    assert aside(path) == []


def test_an_unfinished_first_start_is_finished(path: Path) -> None:
    """A process was killed between the first write and the tables: nothing is in the file."""
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
    assert opened(path) == ([], [])
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA application_id").fetchone() == (APPLICATION,)


def test_many_set_aside_and_make_the_file_at_once(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"garbage" * 1000)
    warnings: list[str] = []
    gate = threading.Barrier(8)

    def one(number: int) -> None:
        gate.wait()
        with Ledger.open(path, warn=warnings.append) as ledger:
            ledger.keep([of_tree(number, lint())])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(8)))
    assert len(warnings) == 1 and aside(path) == ["ledger.sqlite3.damaged-1"]
    assert [entry.content.id for entry in opened(path)[0]] == [tree(n) for n in range(8)]


def test_a_full_disk_is_one_line_and_loses_nothing(path: Path) -> None:
    with Ledger.open(path) as ledger:
        ledger.keep([of_tree(1, lint("F1"))])
        assert ledger._file.database is not None
        ledger._file.database.execute("PRAGMA max_page_count = 12")
        with pytest.raises(LedgerError) as caught:
            ledger.keep(
                [of_tree(n, lint(*map(str, range(n * 90, n * 90 + 90)))) for n in range(99)]
            )
        assert "full" in str(caught.value) and "\n" not in str(caught.value)
        assert ledger.of_trees([tree(1), tree(2)]) == {tree(1): (lint("F1"),)}
    assert is_sound(path)


@contextmanager
def small_disk() -> Iterator[Path]:
    """Give a folder on a disk of 400 KB, where this machine lets us make one."""
    folder = Path(tempfile.mkdtemp())
    if os.system(f"mount -t tmpfs -o size=400k tmpfs {folder} 2>/dev/null"):  # noqa: S605
        folder.rmdir()
        pytest.skip("no disk can be made here")
    try:
        yield folder
    finally:
        os.system(f"umount {folder}")  # noqa: S605
        folder.rmdir()


def fits(ledger: Ledger, number: int) -> bool:
    """Keep what cannot be deflated; tell whether it was acknowledged."""
    try:
        return ledger.keep([of_tree(number, lint(os.urandom(3000).hex()))]).new == 1
    except LedgerError:
        return False


def test_a_disk_that_is_really_full() -> None:
    with small_disk() as folder:
        path = folder / "ledger.sqlite3"
        with Ledger.open(path) as ledger:
            ledger.keep([of_tree(1, lint("F1"))])
            kept = sum(fits(ledger, number) for number in range(2, 900))
            assert len(list(ledger.entries())) == 1 + kept < 800
        assert is_sound(path)


@contextmanager
def somebody_else() -> Iterator[Path]:
    """Give a folder of ours and become a user who may only read it."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    try:
        yield folder
    finally:
        if is_root:
            os.seteuid(0)
        folder.chmod(0o755)
        shutil.rmtree(folder)


def give_up_rights(folder: Path) -> None:
    folder.chmod(0o555)
    if os.geteuid() == 0:
        os.seteuid(NOBODY)


@pytest.mark.skipif(os.name != "posix", reason="permissions are another matter there")
def test_a_folder_that_cannot_be_written() -> None:
    with somebody_else() as folder:
        path = folder / "ledger.sqlite3"
        with Ledger.open(path) as ledger:
            ledger.keep([of_tree(1, lint("F1"))])
        path.chmod(0o444)
        give_up_rights(folder)
        with Ledger.reading(path) as ledger:
            assert ledger.of_trees([tree(1)]) == {tree(1): (lint("F1"),)}
        with pytest.raises(LedgerError) as caught, Ledger.open(path) as ledger:
            ledger.keep([of_tree(2, lint("F1"))])
        assert "cannot be" in str(caught.value) and caught.value.hint


@pytest.mark.skipif(os.name != "posix", reason="permissions are another matter there")
def test_a_folder_in_which_no_ledger_can_be_made() -> None:
    with somebody_else() as folder:
        give_up_rights(folder)
        with pytest.raises(LedgerError, match="cannot be"):
            Ledger.open(folder / "loopwatch" / "ledger.sqlite3")


def test_a_disk_where_writers_cannot_share_memory(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite answers "delete" when it is asked for WAL there; all else is as ever."""

    class Stubborn(sqlite3.Connection):
        def execute(self, sql: str, *rest: object) -> sqlite3.Cursor:
            return super().execute(sql.replace("= WAL", "= DELETE"), *rest)  # type: ignore[arg-type]

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, factory=Stubborn, **k))
    path.parent.mkdir()
    with closing(open_for_writing(path)) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    with Ledger.open(path) as ledger:
        assert ledger.keep([of_tree(1, lint())]).new == 1
    assert is_sound(path)
