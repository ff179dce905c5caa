"""Which tools a command calls, with which arguments, and what of their output we see."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.detectors.api import Run
from loopwatch.detectors.commands import Call, call_of, calls
from loopwatch.detectors.programs import program_of
from loopwatch.detectors.shell import UNKNOWN, parts, value

PYTEST_Q = ("pytest", ("-q",))


def called(line: str, status: int | None = 0, folder: str = "") -> tuple[Call, ...]:
    """Return the calls of a shell line."""
    command = ("sh", "-c", line)
    return calls(Run(command=command, exit_status=status, root="/repo", folder=folder))


def the_pytest(line: str, status: int | None = 0) -> Call:
    return next(call for call in called(line, status) if call.program == "pytest")


@pytest.mark.parametrize(
    "line",
    [
        "pytest -q",
        "FOO=1 BAR='a b' pytest -q",
        "env -u HOME FOO=1 pytest -q",
        "python -m pytest -q",
        "python3.12 -X dev -m pytest -q",
        "py -3 -m pytest -q",
        ".venv/bin/pytest -q",
        "./venv/Scripts/pytest.exe -q",
        r"'.venv\Scripts\pytest.exe' -q",
        "uv run pytest -q",
        "uv run --frozen --with x -- pytest -q",
        "uv run -m pytest -q",
        "uvx pytest@9.0 -q",
        "poetry run pytest -q",
        "pipenv run python -m pytest -q",
        "hatch run pytest -q",
        "coverage run --source src -m pytest -q",
        "python -m coverage run -m pytest -q",
        "timeout -k 5 60 pytest -q",
        "time nice -n 5 pytest -q",
        "xvfb-run -s x pytest -q",
        "bash -lc 'pytest -q'",
        "sh -ec \"bash -c 'pytest -q'\"",
        "pytest -q # all of them",
        "pytest \\\n  -q",
        "if pytest -q; then true; fi",
    ],
)
def test_runners_are_seen_through(line: str) -> None:
    assert any((call.program, call.arguments) == PYTEST_Q for call in called(line))


@pytest.mark.parametrize(
    ("words", "program"),
    [
        ("npx jest --ci", "jest"),
        ("npx --yes -p typescript tsc", "tsc"),
        ("npx tsc@5 --noEmit", "tsc"),
        ("yarn jest", "jest"),
        ("yarn run vitest", "vitest"),
        ("pnpm exec eslint .", "eslint"),
        ("pnpm --filter web exec eslint .", "eslint"),
        ("bunx vitest", "vitest"),
        ("npm exec -- jest", "jest"),
        ("node node_modules/.bin/jest", "jest"),
        ("node node_modules/typescript/bin/tsc", "tsc"),
        ("node ./node_modules/jest/bin/jest.js", "jest"),
        ("node node_modules/vitest/vitest.mjs run", "vitest"),
        ("node node_modules/pyright/index.js", "pyright"),
        ("make test", "make"),
        ("npm test", "npm"),
        ("python script.py", "python"),
        ("yarn", "yarn"),
        ("uv sync", "uv"),
        ("", ""),
        ("FOO=1", ""),
        ("env " * 20 + "pytest", ""),
    ],
)
def test_programs(words: str, program: str) -> None:
    assert program_of(words.split())[0] == program


@pytest.mark.parametrize(
    ("line", "is_whole"),
    [
        ("pytest", True),
        ("pytest | tail -5", False),
        ("pytest 2>&1 | head", False),
        ("pytest |& grep FAILED", False),
        ("pytest | tee log.txt", True),
        ("pytest | tee log.txt | tail -3", False),
        ("pytest | cat", True),
        ("pytest > log.txt", False),
        ("pytest &> log.txt", False),
        ("pytest 2>/dev/null", True),
        ("pytest >&2", True),
        ("(pytest) | tail -1", False),
        ("{ pytest; } | tail -1", False),
        ("for x in a b; do pytest; done | tail -1", False),
        ("echo start | cat; pytest", True),
        ("pytest tests/a.py | cat > log.txt", False),
    ],
)
def test_what_is_filtered_is_not_whole(line: str, is_whole: bool) -> None:
    assert the_pytest(line).is_whole is is_whole


@pytest.mark.parametrize(
    ("line", "status", "own"),
    [
        ("pytest", 1, 1),
        ("pytest || true", 0, None),
        ("pytest; echo done", 0, None),
        ("cd sub && pytest", 1, 1),
        ("source .venv/bin/activate && cd sub && pytest", 2, 2),
        ("make && pytest", 2, None),  # whichever failed
        ("make && pytest", 0, 0),
        ("pytest && ruff check", 0, 0),
        ("pytest && ruff check", 1, None),
        ("pytest | cat", 0, None),
        ("true || pytest", 0, None),  # perhaps not run
        ("pytest &", 0, None),
        ("! pytest", 0, None),
        ("ruff check; pytest", 1, 1),
        ("pytest", None, None),
    ],
)
def test_whose_exit_status_it_is(line: str, status: int | None, own: int | None) -> None:
    assert the_pytest(line, status).exit_status == own


@pytest.mark.parametrize(
    ("line", "folder"),
    [
        ("pytest", ""),
        ("cd sub && pytest", "sub"),
        ("cd sub/deep && cd .. && pytest", "sub"),
        ("cd /repo/sub; pytest", "sub"),
        ("cd /elsewhere && pytest", None),
        ("cd .. && pytest", None),
        ("cd - && pytest", None),
        ("cd $HOME && pytest", None),
        ("(cd sub && make); pytest", ""),
        ("uv run --directory sub pytest", None),
        ("poetry -C sub run pytest", None),
    ],
)
def test_where_it_ran(line: str, folder: str | None) -> None:
    assert the_pytest(line).folder == folder


def test_a_folder_to_begin_with() -> None:
    assert called("cd b && pytest", folder="a")[0].folder == "a/b"


def test_words_that_only_the_shell_knows_are_marked() -> None:
    call = called("ruff check src/*.py \"$FILES\" 'a*b' $(git diff --name-only) {a,b}.py")[0]
    assert call.program == "ruff"
    assert [word.startswith(UNKNOWN) for word in call.arguments] == [
        False,
        True,
        True,
        False,
        True,
        True,
    ]


def test_what_xargs_adds_is_not_known() -> None:
    call = called("git ls-files '*.py' | xargs -n 5 ruff check")[1]
    assert (call.program, call.arguments) == ("ruff", ("check", UNKNOWN))


def test_a_text_that_is_fed_is_no_command() -> None:
    line = "cat > a.sh <<'EOF'\npytest -x\nit's\nEOF\npytest -q"
    assert [call.program for call in called(line)] == ["cat", "pytest"]


@pytest.mark.parametrize("line", ["pytest 'open", "pytest <<EOF\nno end", "x" * 30_000])
def test_what_cannot_be_understood_calls_nothing_known(line: str) -> None:
    assert not any(call.program == "pytest" for call in called(line))


def test_two_calls_of_one_tool_cannot_be_told_apart() -> None:
    run = Run(command=("sh", "-c", "pytest a.py; pytest b.py"), exit_status=0)
    call = call_of(run, "pytest")
    assert call is not None
    assert not call.is_whole
    assert call.exit_status is None


def test_a_line_may_come_as_one_word() -> None:
    call = calls(Run(command=("cd sub && pytest -q",), exit_status=0))[0]
    assert (call.program, call.folder) == ("pytest", "sub")


def test_a_cut_output_is_not_whole() -> None:
    call = calls(Run(command=("pytest",), is_cut=True))[0]
    assert not call.is_whole
    assert not call.has_stderr


def test_stderr_may_be_lost_alone() -> None:
    call = called("jest 2>/dev/null")[0]
    assert call.is_whole
    assert not call.has_stderr
    assert called("jest 2>&1")[0].has_stderr


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("'a b'", "a b"),
        ('"a \\"b\\""', 'a "b"'),
        ("a\\ b", "a b"),
        ("a'b'\"c\"d", "abcd"),
        ("'$HOME'", "$HOME"),
        ("test_a.py::test_b[1h]", "test_a.py::test_b[1h]"),
        ("{", "{"),
    ],
)
def test_quotes(word: str, said: str) -> None:
    assert value(word) == said


@given(st.text(alphabet="ab |&;<>()'\"\\$`#{}\n-=/2", max_size=60))
def test_no_line_is_too_odd(line: str) -> None:
    parts(line)
    for call in called(line):
        assert call.folder is None or not call.folder.startswith("..")
