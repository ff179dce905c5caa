"""What command lines do to files."""

import pytest

from loopwatch.sources.session_log.shell_effects import Written, effects


@pytest.mark.parametrize(
    "line",
    [
        "ls -la && cat a.py | head -3",
        "git status; git diff --stat; git log --oneline -5",
        "grep -rn x src 2>/dev/null",
        "find . -name '*.py'",
        "sed -n 1,20p a.py",
        "cd src && rg x",
        "gh run view 5 --log",
        "Get-Content -Raw a.py",
    ],
)
def test_looks(line: str) -> None:
    told = effects(line)
    assert (told.files, told.moves_tree, told.is_unsure) == ([], False, False)
    assert told.is_only_showing


@pytest.mark.parametrize(
    "line", ["pytest -q", "go test ./...", "cargo build", "ruff check .", "gofmt -l ."]
)
def test_checks_change_nothing(line: str) -> None:
    told = effects(line)
    assert not (told.files or told.is_unsure or told.is_only_showing)


@pytest.mark.parametrize(
    "line", ["python fix.py", "make", "npm run format", "go generate ./...", "black .", "x | tee"]
)
def test_may_change_anything(line: str) -> None:
    assert effects(line).is_unsure or line == "x | tee"


@pytest.mark.parametrize(
    ("line", "files"),
    [
        ("sed -i 's/a/b/' a.py b.py", [Written("a.py"), Written("b.py")]),
        ("sed -i -e s/a/b/ a.py", [Written("a.py")]),
        ("ruff format a.py", [Written("a.py")]),
        ("prettier --write src/a.ts", [Written("src/a.ts")]),
        ("echo x > a.txt", [Written("a.txt")]),
        ("pytest > /dev/null 2>&1", []),
        ("cp a.py b.py", [Written("b.py")]),
        ("git checkout HEAD~1 -- a.py", [Written("a.py", is_taken_back=True)]),
        ("git restore a.py", [Written("a.py", is_taken_back=True)]),
        ("git restore --staged a.py", []),
        ("git rm a.py", [Written("a.py", is_gone=True)]),
        ("cat >> a.py <<'E'\nx\nE", [Written("a.py", "x\n", is_added=True)]),
        ("cat <<'E' > a.py\nx\nE", [Written("a.py", "x\n")]),
        ("cat > a.py <<-'E'\n\tx\nE", [Written("a.py", "x\n")]),
        ("tee a.py <<'E'\nx\nE", [Written("a.py", "x\n")]),
        ("@'\nx\n'@ | Set-Content a.py", [Written("a.py", "x\n")]),
        ("Set-Content -Path 'a b.py' -Value @'\nx\n'@", [Written("a b.py", "x\n")]),
        ('@"\n$x\n"@ | Out-File -FilePath a.py', [Written("a.py")]),
    ],
)
def test_files(line: str, files: list[Written]) -> None:
    assert effects(line).files == files


def test_two_documents_go_to_their_own_files() -> None:
    line = "cat > a.py <<'E'\na\nE\ncat > b.py <<'E'\nb\nE\n"
    first, second = Written("a.py", "a\n", is_early=True), Written("b.py", "b\n")
    assert effects(line).files == [first, second]


@pytest.mark.parametrize(
    "line", ["git stash", "git checkout main", "git reset --hard", "git pull", "git checkout -- ."]
)
def test_the_whole_tree_may_change(line: str) -> None:
    assert effects(line).moves_tree


def test_the_stash_comes_back() -> None:
    assert effects("git stash pop").puts_back


def test_windows_has_other_slashes() -> None:
    told = effects(r".\.venv\Scripts\python.exe -m pytest tests\a.py", is_windows=True)
    assert not told.is_unsure
    assert told.line == "./.venv/Scripts/python.exe -m pytest tests/a.py"


@pytest.mark.parametrize("line", ["'", "((", "x" * 50_000, "a <<E\n", "\0", ""])
def test_what_cannot_be_understood_may_change_anything(line: str) -> None:
    told = effects(line)
    assert told.is_unsure or not line.strip("\0")


@pytest.mark.parametrize(
    ("line", "paths"),
    [
        ("cd src && sed -i s/a/b/ a.py", ["src/a.py"]),
        ("cd /work/src; echo x > a.py", ["/work/src/a.py"]),
        ("cd src && cd ../lib && rm a.py", ["src/../lib/a.py"]),
        ("(cd src && touch b; echo x > a.py) && echo x > a.py", ["src/a.py", "a.py"]),
        ("cd src && mv a.py b.py", ["src/b.py<src/a.py"]),
        ("cd src && rm /work/a.py", ["/work/a.py"]),
        ("cd src && cat > a.py <<'E'\nx\nE", ["src/a.py"]),
    ],
)
def test_files_are_named_from_where_cd_has_led(line: str, paths: list[str]) -> None:
    told = effects(line).files
    assert [f"{w.path}<{w.moved_from}".rstrip("<") for w in told] == paths


@pytest.mark.parametrize("line", ["cd $HOME/x && rm a.py", "cd - && rm a.py", "cd && rm a.py"])
def test_where_cd_leads_nobody_knows_any_file_may_change(line: str) -> None:
    told = effects(line)
    assert told.is_unsure
    assert not told.files
