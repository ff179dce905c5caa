"""The file of what is accepted: read, changed line by line, and written in one step."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.errors import ConfigError, LoopwatchError, OutputError
from loopwatch.model.suppression import Suppression
from loopwatch.sources.ignore_file import (
    HEADER,
    NAME,
    IgnoreFile,
    entry_line,
    read_ignore_file,
    rewrite_ignore_file,
)
from loopwatch.sources.text_file import LARGEST

LOW, MIDDLE, HIGH = "1" * 12, "5" * 12, "9" * 12


def entry(id_: str, reason: str = "known", until: str = "") -> Suppression:
    return Suppression(id=id_, reason=reason, until=until)


def with_entry(text: str, one: Suppression, about: str = "") -> str:
    return IgnoreFile.parse(text).with_entry(one, about).text()


def names(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir()]


def complaint(folder: Path, text: str | bytes) -> LoopwatchError:
    (folder / NAME).write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(ConfigError) as caught:
        read_ignore_file(folder).suppressions()
    assert "\n" not in str(caught.value) + caught.value.hint
    return caught.value


def test_no_file_says_nothing(tmp_path: Path) -> None:
    assert read_ignore_file(tmp_path).suppressions() == ()
    assert IgnoreFile.parse("").text() == ""


def test_what_is_read(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(
        b"\xef\xbb\xbf# ours\n\n"
        b"111111111111: one  # relapse in a.py\r\n"
        b"  55555555 until 2026-12-31: see #7 # no comment\n"
        b"   # more\n"
        b"999999999999 three"
    )
    assert read_ignore_file(tmp_path).suppressions() == (
        Suppression(id=LOW, reason="one", where=f"{NAME}:3"),
        Suppression(
            id="55555555", reason="see #7 # no comment", until="2026-12-31", where=f"{NAME}:4"
        ),
        Suppression(id=HIGH, reason="three", where=f"{NAME}:6"),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nonsense", f"{NAME}:1 must be `ID: reason`, with 8 to 12 digits"),
        ("# a\n\n111111111111", f"{NAME}:3 must give a reason after the id"),
        ("111111111111  # relapse in a.py", f"{NAME}:1 must give a reason"),
        ("111111111111 until 2026-02-30: x", f"{NAME}:1 must name a day such as 2026-12-31"),
        ("111111111111: a\n<<<<<<< HEAD\n", f"{NAME}:2 is the mark of a merge conflict"),
        ("=======", f"{NAME}:1 is the mark of a merge conflict"),
        (">>>>>>> other branch\r\n", f"{NAME}:1 is the mark of a merge conflict"),
        ("||||||| 71fe0d9", f"{NAME}:1 is the mark of a merge conflict"),
        (b"# a\n\xff\xfe", f"{NAME}:2 is not UTF-8"),
        ("\0" * 9, f"{NAME}:1 must be"),
        ("#" * (LARGEST + 1), f"{NAME} is larger than"),
    ],
)
def test_what_cannot_be(tmp_path: Path, text: str | bytes, expected: str) -> None:
    assert str(complaint(tmp_path, text)).startswith(expected)


def test_a_folder_of_that_name(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    with pytest.raises(ConfigError, match="is not a file"):
        read_ignore_file(tmp_path)


def test_a_new_file_explains_itself() -> None:
    text = with_entry("", entry(LOW, "known", "2026-12-31"), "relapse in a.py")
    line = f"{LOW} until 2026-12-31: known  # relapse in a.py"
    assert text.splitlines() == [*HEADER, "", line]


@pytest.mark.parametrize(
    ("text", "id_", "expected"),
    [
        (f"{LOW}: a\n{HIGH}: b\n", MIDDLE, f"{LOW}: a\n{MIDDLE}: known\n{HIGH}: b\n"),
        (f"{LOW}: a", HIGH, f"{LOW}: a\n{HIGH}: known\n"),  # the last line had no end
        (f"{HIGH}: a\n{LOW}: b\n", MIDDLE, f"{HIGH}: a\n{LOW}: b\n{MIDDLE}: known\n"),  # unsorted
        (f"{HIGH}: b\n", LOW, f"{LOW}: known\n{HIGH}: b\n"),
        ("# ours\n", LOW, f"# ours\n{LOW}: known\n"),
        (f"# ours\n{HIGH}: b\n", LOW, f"# ours\n{LOW}: known\n{HIGH}: b\n"),
        (f"# ours\n\n# b\n{HIGH}: b\n", LOW, f"# ours\n\n{LOW}: known\n# b\n{HIGH}: b\n"),
        (
            f"{LOW}: a\n# why b\n# is so\n{HIGH}: b\n",
            MIDDLE,
            f"{LOW}: a\n{MIDDLE}: known\n# why b\n# is so\n{HIGH}: b\n",
        ),
        # the same id again, also where a merge has left it twice
        (
            f"{LOW}: a\n{MIDDLE}: b  # x\n{HIGH}: c\n",
            MIDDLE,
            f"{LOW}: a\n{MIDDLE}: known\n{HIGH}: c\n",
        ),
        (f"{MIDDLE}: a\n{HIGH}: b\n{MIDDLE}: c\n", MIDDLE, f"{MIDDLE}: known\n{HIGH}: b\n"),
        # line ends are those of the file
        (f"{LOW}: a\r\n{HIGH}: b\r\n", MIDDLE, f"{LOW}: a\r\n{MIDDLE}: known\r\n{HIGH}: b\r\n"),
        (f"{LOW}: a\r\n{HIGH}: b\n", MIDDLE, f"{LOW}: a\r\n{MIDDLE}: known\n{HIGH}: b\n"),
    ],
)
def test_where_an_entry_goes(text: str, id_: str, expected: str) -> None:
    assert with_entry(text, entry(id_)) == expected


def test_an_entry_is_taken_out_and_nothing_else() -> None:
    text = f"# ours\n{LOW}: a\r\n# b\n{MIDDLE}: b\n{LOW} until 2026-12-31: again\n"
    left = IgnoreFile.parse(text).without(LOW)
    assert left.text() == f"# ours\n# b\n{MIDDLE}: b\n"
    assert left.without(HIGH) == left


IDS = st.text("0123456789abcdef", min_size=12, max_size=12)
LINE = st.one_of(
    st.builds(lambda id_, reason: f"{id_}: {reason}", IDS, st.sampled_from(["a", "b  # c", "d\r"])),
    st.sampled_from(["", "# comment", "  # more", "\r", "\t"]),
)


@given(st.lists(LINE, max_size=8), IDS, st.booleans())
def test_no_other_line_is_ever_touched(lines: list[str], id_: str, is_there: bool) -> None:
    if is_there:
        lines.insert(len(lines) // 2, f"{id_}: old")
    before = IgnoreFile(tuple(lines))
    after = IgnoreFile.parse(before.with_entry(entry(id_)).text())
    mine = [line for line in after.lines if line.startswith(id_)]
    assert len(mine) == 1
    assert [one.reason for one in after.suppressions() if one.id == id_] == ["known"]
    rest = [line for line in after.lines if line not in {*mine, *HEADER}]
    kept = [line for line in lines if not line.startswith(id_)]
    assert rest == kept if lines else rest == [""]
    assert [line for line in after.without(id_).lines if line not in HEADER] == rest


@given(st.lists(IDS, max_size=12, unique=True))
def test_entries_that_loopwatch_writes_are_sorted(ids: list[str]) -> None:
    file = IgnoreFile()
    for id_ in ids:
        file = file.with_entry(entry(id_))
    assert [one.id for one in file.suppressions()] == sorted(ids)


@given(
    IDS,
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1),
    st.sampled_from(["", "2026-12-31"]),
)
def test_what_is_written_is_read(id_: str, reason: str, until: str) -> None:
    one = entry(id_, reason, until)
    (read,) = IgnoreFile.parse(entry_line(one, "loop in a.py")).suppressions()
    assert (read.id, read.reason, read.until) == (id_, reason, until)


def add(file: IgnoreFile) -> IgnoreFile:
    return file.with_entry(entry(MIDDLE))


@pytest.mark.skipif(os.name == "nt", reason="there are no such permissions")
def test_permissions_stay(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_text(f"{LOW}: a\n", encoding="utf-8")
    path.chmod(0o640)
    rewrite_ignore_file(tmp_path, add)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert path.read_text(encoding="utf-8") == f"{LOW}: a\n{MIDDLE}: known\n"
    assert names(tmp_path) == [NAME]


@pytest.mark.skipif(os.name == "nt", reason="there is no umask")
def test_a_new_file_is_as_others_are(tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    rewrite_ignore_file(tmp_path, add)
    assert (tmp_path / NAME).stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_read_only_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_text(f"{LOW}: a\n", encoding="utf-8")
    path.chmod(0o444)
    with pytest.raises(OutputError, match=r"cannot write \.loopwatch-ignore: it is read-only"):
        rewrite_ignore_file(tmp_path, add)
    assert path.read_text(encoding="utf-8") == f"{LOW}: a\n"
    assert names(tmp_path) == [NAME]


def test_a_write_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / NAME).write_text(f"{LOW}: a\n", encoding="utf-8")

    def full(file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left on device"):
        rewrite_ignore_file(tmp_path, add)
    assert (tmp_path / NAME).read_text(encoding="utf-8") == f"{LOW}: a\n"
    assert names(tmp_path) == [NAME]


def test_what_a_killed_process_left_is_in_nobody_s_way(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.{os.getpid()}.tmp").write_text("half a", encoding="utf-8")
    rewrite_ignore_file(tmp_path, add)
    assert names(tmp_path) == [NAME]


def test_a_file_that_is_wrong_is_never_rewritten(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(f"{LOW}: a\nnonsense\n", encoding="utf-8")
    with pytest.raises(ConfigError):
        rewrite_ignore_file(tmp_path, add)
    assert (tmp_path / NAME).read_text(encoding="utf-8") == f"{LOW}: a\nnonsense\n"


def test_what_could_not_be_read_again_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        rewrite_ignore_file(tmp_path, lambda file: file.with_entry(entry("not an id")))
    assert names(tmp_path) == []


def test_a_file_that_says_it_already_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / NAME).write_bytes(f"{MIDDLE}: known".encode())
    monkeypatch.setattr(os, "fsync", lambda file: pytest.fail("written"))
    rewrite_ignore_file(tmp_path, add)


class TestLinks:
    """A link may lead elsewhere in the working tree, and nowhere else."""

    def test_inside(self, tmp_path: Path) -> None:
        root = tmp_path / "root"
        (root / "settings").mkdir(parents=True)
        target = root / "settings" / "ignore"
        target.write_text(f"{LOW}: a\n", encoding="utf-8")
        (root / NAME).symlink_to(Path("settings") / "ignore")
        rewrite_ignore_file(root, add)
        assert (root / NAME).is_symlink()
        assert target.read_text(encoding="utf-8") == f"{LOW}: a\n{MIDDLE}: known\n"
        assert names(root / "settings") == ["ignore"]

    @pytest.mark.parametrize("where", ["../outside", "/etc/hostname", ".git/config", ".GIT/x"])
    def test_outside(self, tmp_path: Path, where: str) -> None:
        root = tmp_path / "root"
        (root / ".git").mkdir(parents=True)
        (tmp_path / "outside").write_text(f"{LOW}: a\n", encoding="utf-8")
        (root / ".git" / "config").write_text("[core]\n", encoding="utf-8")
        (root / NAME).symlink_to(where)
        for step in (read_ignore_file, lambda folder: rewrite_ignore_file(folder, add)):
            with pytest.raises(ConfigError, match="a link that leads out of the working tree"):
                step(root)
        assert (tmp_path / "outside").read_text(encoding="utf-8") == f"{LOW}: a\n"
        assert (root / ".git" / "config").read_text(encoding="utf-8") == "[core]\n"

    def test_a_circle(self, tmp_path: Path) -> None:
        (tmp_path / NAME).symlink_to(NAME)
        with pytest.raises(ConfigError, match="leads nowhere"):
            read_ignore_file(tmp_path)

    def test_to_nothing_yet(self, tmp_path: Path) -> None:
        (tmp_path / NAME).symlink_to("later")
        rewrite_ignore_file(tmp_path, add)
        assert f"{MIDDLE}: known" in (tmp_path / "later").read_text(encoding="utf-8")

    def test_a_working_tree_that_is_itself_reached_by_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "real" / ".git").mkdir(parents=True)
        (tmp_path / "real" / "inner").write_text(f"{LOW}: a\n", encoding="utf-8")
        (tmp_path / "real" / NAME).symlink_to("inner")
        (tmp_path / "link").symlink_to("real")
        assert len(read_ignore_file(tmp_path / "link").suppressions()) == 1
