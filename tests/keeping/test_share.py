"""Evidence goes from clone to clone by files and by git notes, and nothing else changes there."""

import io
import json
import os
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from loopwatch.errors import LedgerError, SourceError
from loopwatch.keeping import share
from loopwatch.keeping.place import cache_path, ledger_path
from loopwatch.keeping.upkeep import DAY, collect_garbage, stats
from loopwatch.model.entry import Content, Entry
from loopwatch.model.evidence import Defect, DefectKind, Evidence, Scope
from loopwatch.sources import notes
from loopwatch.sources.notes import REF, Notes
from loopwatch.sources.repository import find_repository
from loopwatch.store.entry_lines import line_of
from loopwatch.store.evidence_cache import EvidenceCache
from loopwatch.store.ledger import Ledger
from tests.builders import START, Repo
from tests.conftest import Run


def said(*rules: str) -> Evidence:
    defects = tuple(Defect(kind=DefectKind.LINT, rule=r, message=r, path="a.py") for r in rules)
    return Evidence(detector="toy", scope=Scope(roots=("a.py",)), defects=defects)


def about(number: int, *rules: str, path: bytes = b"") -> Entry:
    content = Content(id=number.to_bytes(20, "big"), path=path)
    return Entry(content=content, evidence=said(*rules))


def keep(repo: Repo, *entries: Entry, when: int | None = None) -> None:
    with Ledger.open(ledger_path(find_repository(repo.path))) as ledger:
        ledger.keep(entries, when=when)


def kept(repo: Repo) -> list[Entry]:
    with Ledger.reading(ledger_path(find_repository(repo.path))) as ledger:
        return list(ledger.entries())


def nobody(line: str) -> None:
    raise AssertionError(f"warned of {line}")


def push(repo: Repo, remote: str | None = None) -> share.Shared:
    return share.push(repo.path, remote, nobody)


def pull(repo: Repo, remote: str | None = None) -> share.Shared:
    return share.pull(repo.path, remote, nobody)


def everything_else(repo: Repo) -> dict[str, bytes]:
    """Return what git and the user have there, without objects, our notes and the ledger."""
    ours = ("objects", "loopwatch", "notes")
    return {
        str(path.relative_to(repo.path)): path.read_bytes()
        for path in sorted(repo.path.rglob("*"))
        if path.is_file() and not set(ours) & set(path.parts)
    }


@pytest.fixture
def clones(tmp_path: Path) -> tuple[Repo, Repo, Repo]:
    """Give a bare remote and two clones of it."""
    first = Repo(tmp_path / "first")
    first.change("a.py", "a\n", "feat: a")
    remote = tmp_path / "remote.git"
    subprocess.run(["git", "init", "--quiet", "--bare", remote], check=True)
    first.git("remote", "add", "origin", str(remote))
    first.git("push", "--quiet", "--set-upstream", "origin", "main")
    subprocess.run(["git", "clone", "--quiet", remote, tmp_path / "second"], check=True)
    bare = Repo.__new__(Repo)
    bare.path, bare.clock = remote, START
    return first, Repo(tmp_path / "second"), bare


def test_what_one_knows_the_other_learns(clones: tuple[Repo, Repo, Repo]) -> None:
    first, second, _ = clones
    keep(first, about(1, "F1"), about(2, path=b"a.py"), about(2, "X", path=b"b.py"))
    keep(second, about(1), about(3, "F3"))
    before = everything_else(first), everything_else(second)
    assert push(first).new == 2
    assert push(second).new == 2
    assert pull(first).new == 2
    assert pull(second).new == 3
    assert kept(first) == kept(second) and len(kept(first)) == 5
    assert (everything_else(first), everything_else(second)) == before


def test_a_second_time_there_is_nothing_to_do(clones: tuple[Repo, Repo, Repo]) -> None:
    first, _, remote = clones
    keep(first, about(1, "F1"))
    push(first)
    tip = remote.git("rev-parse", REF)
    assert push(first).new == 0
    assert (pull(first).new, pull(first).again) == (0, 1)
    assert remote.git("rev-parse", REF) == first.git("rev-parse", REF) == tip


def test_nobody_has_said_anything_yet(clones: tuple[Repo, Repo, Repo]) -> None:
    first, _, remote = clones
    assert (push(first).new, pull(first).new) == (0, 0)
    assert REF not in remote.git("for-each-ref")


def test_the_remote_moves_on_in_between(
    clones: tuple[Repo, Repo, Repo], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, _ = clones
    keep(first, about(1, "F1"))
    keep(second, about(2, "F2"))
    send = Notes.send
    sent: list[str] = []

    def late(self: Notes, remote: str, tip: str) -> bool:
        if not sent:
            sent.append(tip)
            push(second)
        return send(self, remote, tip)

    monkeypatch.setattr(Notes, "send", late)
    push(first)
    pull(first)
    assert [entry.content.id[-1] for entry in kept(first)] == [1, 2]


def test_several_push_at_once(clones: tuple[Repo, Repo, Repo], tmp_path: Path) -> None:
    first, _, remote = clones
    others = []
    for number in range(4):
        folder = tmp_path / f"clone-{number}"
        subprocess.run(["git", "clone", "--quiet", remote.path, folder], check=True)
        others.append(Repo(folder))
        keep(others[-1], about(number, f"F{number}"))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(push, others))
    assert pull(first).new == 4


def test_notes_may_be_read_with_git_itself(clones: tuple[Repo, Repo, Repo]) -> None:
    first, _, _ = clones
    tree = first.git("rev-parse", "HEAD^{tree}")
    keep(first, Entry(content=Content(id=bytes.fromhex(tree)), evidence=said("F1")))
    push(first)
    shown = first.git("notes", "--ref=loopwatch", "show", tree)
    assert json.loads(shown)["evidence"]["defects"][0]["rule"] == "F1"


def write_notes(repo: Repo, texts: Iterable[tuple[str, bytes]]) -> None:
    """Write a tree of notes, whatever is in them, as somebody hostile would."""
    lines = []
    for name, text in texts:
        file = repo.path.parent / "note"
        file.write_bytes(text)
        blob = repo.git("hash-object", "-w", "--no-filters", str(file))
        lines.append(f"100644 blob {blob}\t{name}\n")
    tree = repo.git("mktree", text="".join(lines))
    repo.git("update-ref", REF, repo.git("commit-tree", tree, "-m", "x"))


def test_hostile_notes_are_skipped_and_counted(
    clones: tuple[Repo, Repo, Repo], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _, remote = clones
    monkeypatch.setattr(notes, "LARGEST", 5000)
    good = line_of(about(0xAA, "F1")).encode()
    names = [n.to_bytes(20, "big").hex() for n in (0xAA, 0xBB, 0xCC, 0xDD)]
    write_notes(
        remote,
        [
            (names[0], b"\xff\x00garbage\n" + good + b"\nno end"),
            (names[1], good),  # speaks of another object
            (names[2], b"x" * 6000),
            (names[3], b"[" * 4000),
            ("README", b"not a note"),
        ],
    )
    shared = pull(first)
    assert (shared.new, shared.skipped) == (1, 5)
    assert kept(first) == [about(0xAA, "F1")]
    # Ours are added, and all that we cannot read stays as it was.
    keep(first, about(0xAA, "F2"), about(0xCC, "F3"))
    push(first)
    listed = remote.git("ls-tree", "-r", "--name-only", REF).split()
    assert sorted(listed) == sorted([*names, "README"])
    assert b"garbage" in remote_note(remote, names[0]) and b"F2" in remote_note(remote, names[0])
    assert remote_note(remote, names[2]) == b"x" * 6000


def remote_note(remote: Repo, name: str) -> bytes:
    command = ["git", "-C", str(remote.path), "cat-file", "blob", f"{REF}:{name}"]
    return subprocess.run(command, check=True, capture_output=True).stdout


def test_a_remote_that_is_not_there(clones: tuple[Repo, Repo, Repo]) -> None:
    first, _, _ = clones
    keep(first, about(1, "F1"))
    for remote in ("nowhere", "--upload-pack=touch x", "ext::sh -c touch% x", ""):
        for what in (push, pull):
            with pytest.raises(SourceError) as caught:
                what(first, remote)
            assert "\n" not in str(caught.value)
    with pytest.raises(SourceError, match="'nowhere' does not appear to be a git repository"):
        pull(first, "nowhere")
    assert not (first.path / "x").exists()
    first.git("remote", "remove", "origin")
    with pytest.raises(SourceError, match="no remote to share with"):
        push(first)


@pytest.mark.skipif(os.name != "posix", reason="a shell script")
def test_no_hook_of_ours_runs(clones: tuple[Repo, Repo, Repo]) -> None:
    first, _, _ = clones
    keep(first, about(1, "F1"))
    for name in ("pre-push", "reference-transaction"):
        hook = first.path / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text("#!/bin/sh\nexit 1\n")
        hook.chmod(0o755)
    assert push(first).new == 1


# --- files ----------------------------------------------------------------------------------


def test_export_and_import(repo: Repo, tmp_path: Path) -> None:
    keep(repo, about(2, "F2"), about(1, "F1", path=b"\xff.py"), about(1))
    text = "".join(share.export_lines(repo.path, nobody))
    assert json.loads(text.splitlines()[0]) == {"schema": "loopwatch.ledger/1"}
    other = Repo(tmp_path / "other")
    shared = share.import_lines(other.path, io.BytesIO(text.encode()), nobody)
    assert (shared.new, shared.skipped) == (3, 0)
    assert "".join(share.export_lines(other.path, nobody)) == text


def test_a_file_with_some_garbage(repo: Repo) -> None:
    text = b"garbage\n" + line_of(about(1, "F1")).encode()
    shared = share.import_lines(repo.path, io.BytesIO(text), nobody)
    assert (shared.new, shared.skipped) == (1, 1)


@pytest.mark.parametrize("text", [b"\x00\xff\n", b'{"schema":"loopwatch.ledger/9"}\n'])
def test_a_file_of_something_else(repo: Repo, text: bytes) -> None:
    with pytest.raises(LedgerError, match="no evidence in this file"):
        share.import_lines(repo.path, io.BytesIO(text), nobody)


# --- upkeep ---------------------------------------------------------------------------------


def test_what_nothing_leads_to_is_dropped_when_it_is_old(repo: Repo) -> None:
    repo.change("a.py", "a\n", "feat: a")
    tree = bytes.fromhex(repo.git("rev-parse", "HEAD^{tree}"))
    blob = bytes.fromhex(repo.git("rev-parse", "HEAD:a.py"))
    repo.write("a.py", "b\n")
    lying = bytes.fromhex(repo.git("write-tree"))
    keep(
        repo,
        Entry(content=Content(id=tree), evidence=said()),
        Entry(content=Content(id=blob, path=b"a.py"), evidence=said()),
        Entry(content=Content(id=lying), evidence=said()),
        about(1, "F1"),
        about(2, "F2", path=b"a.py"),
        when=1000,
    )
    keep(repo, about(3, "F3"))
    trial = collect_garbage(repo.path, 90, nobody, is_trial=True)
    assert (trial.trees, trial.files) == (1, 1)
    assert len(kept(repo)) == 5 + (lying != tree)
    assert collect_garbage(repo.path, 90, nobody) == trial
    assert len(kept(repo)) == trial.left == 3 + (lying != tree)
    assert collect_garbage(repo.path, 0, nobody).trees == 1
    assert DAY == 24 * 60 * 60


def test_stats(repo: Repo) -> None:
    assert stats(repo.path, nobody).counts == ()
    keep(repo, about(1, "F1"), about(1), about(2, path=b"a.py"))
    (count,) = stats(repo.path, nobody).counts
    assert (count.detector, count.trees, count.files, count.differing) == ("toy", 1, 1, 1)


@pytest.fixture
def ledger(run: Run) -> Run:
    return lambda folder, *arguments: run(folder, "ledger", *arguments)


def test_the_cache_is_counted_and_tidied(repo: Repo, ledger: Run) -> None:
    keep(repo, about(1, "F1"))
    path = cache_path(ledger_path(find_repository(repo.path)))
    assert "in its cache" not in ledger(repo.path, "stats")[1]
    assert collect_garbage(repo.path, 0, nobody).left == 0
    assert not path.exists()  # none is made for that
    keep(repo, about(1, "F1"))
    with EvidenceCache.open(path) as cache:
        cache.put(b"a", b"one")
    size = path.stat().st_size
    assert stats(repo.path, nobody).cache_size == size
    assert f", {size / 1_000_000:.1f} MB more in its cache\n" in ledger(repo.path, "stats")[1]
    for days, is_trial, is_left in ((0, True, True), (1, False, True), (0, False, False)):
        collect_garbage(repo.path, days, nobody, is_trial=is_trial)
        with EvidenceCache.open(path, is_read_only=True) as cache:
            assert (cache.get(b"a") is not None) is is_left


# --- the command line -----------------------------------------------------------------------


def test_the_commands(clones: tuple[Repo, Repo, Repo], ledger: Run, tmp_path: Path) -> None:
    first, second, _ = clones
    assert ledger(first.path, "stats") == (0, "The ledger is empty.\n", "")
    keep(first, about(1, "F1"), about(2))
    assert ledger(first.path, "push") == (0, "origin: 2 contents with new evidence sent\n", "")
    assert ledger(second.path, "pull") == (0, "origin: 2 new results, 0 known already\n", "")
    status, text, _ = ledger(second.path, "export")
    assert status == 0 and len(text.splitlines()) == 3
    file = tmp_path / "ledger.jsonl"
    assert ledger(first.path, "export", str(file))[0] == 0
    assert file.read_text() == text
    assert ledger(first.path, "import", str(file))[1].endswith(": 0 new results, 2 known already\n")
    assert "toy" in ledger(first.path, "stats")[1]
    dropped = "2 trees and 0 files would be dropped, 0 contents left\n"
    assert ledger(first.path, "gc", "--older-than", "0", "--dry-run") == (0, dropped, "")


def test_what_cannot_be_done_is_one_line(ledger: Run, repo: Repo, tmp_path: Path) -> None:
    for arguments in (["import", "absent"], ["push"], ["export", "no/such/folder"], ["nonsense"]):
        status, out, err = ledger(repo.path, *arguments)
        assert (status, out) == (2, "")
        assert err.startswith("error: ") and len(err.splitlines()) <= 2
    assert ledger(tmp_path, "stats")[0] == 2


def test_garbage_is_warned_of(ledger: Run, repo: Repo) -> None:
    file = repo.write("l.jsonl", "garbage\n" + line_of(about(1)))
    status, out, err = ledger(repo.path, "import", str(file))
    assert (status, err.count("\n")) == (0, 1)
    assert "1 line or note skipped" in err and out.endswith("1 new result, 0 known already\n")
