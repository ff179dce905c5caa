"""What a run does not tell stays unknown: the commands are changed, the outputs are real."""

from dataclasses import replace

import pytest

from loopwatch.detectors import registry
from loopwatch.detectors.api import Run
from loopwatch.model.evidence import Evidence
from tests.detectors.samples import named

SHELL = ("sh", "-c")


def read(
    name: str, command: str | None, status: int | None = None, *, cut: bool = False
) -> Evidence:
    """Return what the first tool says, had it been called so."""
    run = named(name).run
    words = run.command if command is None else (*SHELL, command) if command else ()
    changed = replace(run, command=words, exit_status=status, is_cut=cut)
    found = registry.read(changed)
    assert found, "nothing is read"
    return found[0]


def has_defects(evidence: Evidence) -> bool:
    return bool(evidence.defects)


# --- pytest ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "roots"),
    [
        ("pytest tests", ("tests",)),
        ("pytest", ("",)),
        ("pytest .", ("",)),
        ("cd sub && pytest", ("sub",)),
        ("pytest a.py b", ("a.py", "b")),
        ("pytest -n 4 --tb=short --cov src -p no:x -W error", ("",)),
        ("pytest --maxfail 99", ("",)),
        ("pytest || true", ("",)),  # the summary says how it ended
        ("pytest | tee log", ("",)),
        ("pytest tests | tail -5", ()),
        ("pytest -k units", ()),
        ("pytest -m 'not slow'", ()),
        ("pytest -x", ()),
        ("pytest --maxfail=2", ()),
        ("pytest --exitfirst", ()),
        ("pytest --lf", ()),
        ("pytest --deselect tests/a.py", ()),
        ("pytest --ignore=tests/b", ()),
        ("pytest --sw", ()),
        ("pytest $FILES", ()),
        ("git ls-files | xargs pytest", ()),
        ("pytest a.py; pytest b.py", ()),
        ("make test", ()),
        ("", ()),
    ],
)
def test_pytest(command: str, roots: tuple[str, ...]) -> None:
    assert read("pytest/verbose", command).scope.roots == roots


@pytest.mark.parametrize("status", [2, 3, 4, 5, 124, -9])
def test_pytest_that_did_not_end(status: int) -> None:
    evidence = read("pytest/verbose", None, status)
    assert evidence.scope.roots == ()
    assert has_defects(evidence)


def test_pytest_tests_that_are_named() -> None:
    scope = read("pytest/passed", "pytest -q tests/test_ok.py::test_one tests/b.py::TestB").scope
    assert scope.roots == ()
    assert scope.suites == ("tests/test_ok.py::test_one", "tests/b.py::TestB")
    assert scope.covers_test("tests/b.py::TestB::test_c[1]", "tests/b.py")
    assert not scope.covers_test("tests/b.py::test_c", "tests/b.py")


def test_pytest_skips_by_file() -> None:
    scope = read("pytest/default", None).scope
    assert scope.roots == ("tests",)
    assert not scope.covers_test("tests/test_dur.py::test_once_failed", "tests/test_dur.py")
    assert scope.covers_test("tests/test_ok.py::test_once_failed", "tests/test_ok.py")


def pytest_said(summary: str, command: str = "pytest -q", status: int = 0) -> Evidence | None:
    run = Run(stdout=summary.encode(), command=tuple(command.split()), exit_status=status)
    found = registry.read(run)
    return found[0] if found else None


@pytest.mark.parametrize(
    ("output", "is_known"),
    [
        ("..\n2 passed in 0.01s\n", True),
        ("..\n2 passed, 1 warning in 0.01s\n", True),
        ("==== 2 passed in 61.00s (0:01:01) ====\n", True),
        ("..s\n2 passed, 1 skipped in 0.01s\n", False),
        ("..x\n2 passed, 1 xfailed in 0.01s\n", False),
        ("..\n2 passed, 3 deselected in 0.01s\n", False),
        ("no tests ran in 0.01s\n", False),
        ("..\n", False),
        ("..\n!!!!!!!! stopping after 1 failures !!!!!!!!\n2 passed in 0.01s\n", False),
        ("INTERNALERROR> boom\n2 passed in 0.01s\n", False),
        ("2 passed in 0.01s\n3 passed in 0.01s\n", False),
        ("a.py ..s [100%]\n2 passed, 1 skipped in 0.01s\n", True),
        ("SKIPPED [1] tests/test_a.py:3: no\n2 passed, 1 skipped in 0.01s\n", True),
        ("SKIPPED [1] tests/conftest.py:3: no\n2 passed, 1 skipped in 0.01s\n", False),
        ("SKIPPED [1] tests/test_a.py:3: no\n2 passed, 2 skipped in 0.01s\n", False),
    ],
)
def test_pytest_summaries(output: str, is_known: bool) -> None:
    evidence = pytest_said(output)
    assert (evidence is not None and evidence.scope.roots == ("",)) is is_known


def test_pytest_failures_that_are_counted_and_not_named() -> None:
    evidence = pytest_said("FAILED a.py::test_b - no\n2 failed, 1 passed in 0.01s\n", status=1)
    assert evidence is not None
    assert evidence.scope.roots == ()
    assert [defect.subject for defect in evidence.defects] == ["a.py::test_b"]


def test_pytest_failures_above_a_cut() -> None:
    """What ``head`` leaves has the sections, and not the list below them."""
    run = named("pytest/quiet").run
    end = run.stdout.index(b"short test summary")
    cut = replace(run, command=(*SHELL, "pytest -q | head -60"), stdout=run.stdout[:end])
    (evidence,) = registry.read(cut)
    assert evidence.scope.roots == evidence.scope.passed == ()
    assert {defect.subject for defect in evidence.defects} == {
        "tests/test_dur.py::test_units[1h]",
        "tests/test_dur.py::test_units[a - b]",
        "tests/test_dur.py::test_units[2s]",
        "tests/test_dur.py::TestName::test_plain",
    }


def test_pytest_passes_are_dropped_where_failures_may_be_missing() -> None:
    run = named("pytest/verbose").run
    end = run.stdout.index(b"short test summary")
    (evidence,) = registry.read(replace(run, stdout=run.stdout[:end], is_cut=True))
    assert evidence.scope.passed == ()


# --- linters --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "command", "roots"),
    [
        ("ruff/concise", "ruff check", ("",)),
        ("ruff/concise", "ruff check .", ("",)),
        ("ruff/concise", "ruff check a.py b.py", ("a.py", "b.py")),
        ("ruff/concise", "ruff check --fix --no-cache src", ("src",)),
        ("ruff/concise", "ruff .", ("",)),
        ("ruff/concise", "ruff check src | grep F401", ()),
        ("ruff/concise", "ruff check src/*.py", ()),
        ("ruff/concise", "ruff check --exclude x .", ()),
        ("ruff/json", "ruff check --output-format json | head -c 99", ()),
        ("ruff/json", "make lint", ("shop/dur.py",)),
        ("ruff/json", "", ("",)),  # a file of results: of a whole run
        ("mypy/text", "mypy", ("",)),
        ("mypy/text", "mypy --strict --python-version 3.12 src tests", ("src", "tests")),
        ("mypy/text", "mypy -m shop", ()),
        ("mypy/text", "mypy src | head -3", ()),
        ("mypy/text", "dmypy run -- src", ("src",)),
        ("pyright/text", "pyright -p sub", ("sub",)),
        ("pyright/text", "pyright src | tail -1", ()),
        ("eslint/stylish", "npx eslint --ext .js,.ts src lib", ("src", "lib")),
        ("eslint/stylish", "eslint --ignore-pattern x src", ()),
        ("eslint/stylish", "eslint . | tail -5", ()),
        ("eslint/json", "", ("src/clean.js", "src/dur.js", "src/wide.js")),
        ("eslint/json", "npm run lint", ("src/clean.js", "src/dur.js", "src/wide.js")),
        ("tsc/pretty", "npx tsc --noEmit", ("",)),
        ("tsc/pretty", "tsc -p packages/a/tsconfig.json", ("packages/a",)),
        ("tsc/pretty", "tsc --pretty false src/a.ts", ("src/a.ts",)),
        ("tsc/pretty", "tsc --watch", ()),
    ],
)
def test_linters(name: str, command: str, roots: tuple[str, ...]) -> None:
    assert set(read(name, command, 1).scope.roots) == set(roots)


@pytest.mark.parametrize(
    "name", ["ruff/concise", "mypy/text", "pyright/text", "eslint/stylish", "tsc/pretty"]
)
@pytest.mark.parametrize("status", [101, 124, -9])
def test_linters_that_did_not_end(name: str, status: int) -> None:
    evidence = read(name, None, status)
    assert evidence.scope.roots == ()
    assert has_defects(evidence)


def nothing(command: str, status: int | None, output: str = "") -> bool:
    run = Run(stdout=output.encode(), command=(*SHELL, command), exit_status=status, root="/repo")
    return all(not one.scope.roots and not one.scope.suites for one in registry.read(run))


@pytest.mark.parametrize(
    ("command", "status", "is_nothing"),
    [
        ("ruff check -q", 0, False),
        ("ruff check -q", 1, True),  # it failed, and says nothing of findings
        ("ruff check -q", None, True),
        ("ruff check -s --exit-zero", 0, True),
        ("ruff check --exit-zero --output-format gitlab", 0, True),
        ("ruff check -o report.txt", 0, True),
        ("ruff format --check", 0, True),
        ("mypy src --output json", 0, False),
        ("mypy src --output json", 1, True),
        ("pyright", 0, True),  # it always sums up
        ("eslint src", 0, False),
        ("eslint src", 1, True),
        ("eslint -f compact src", 0, True),  # warnings would not be seen
        ("eslint -o out.txt src", 0, True),
        ("tsc --noEmit", 0, False),
        ("tsc --noEmit", 2, True),
        ("cd missing && tsc", 1, True),
        ("go vet ./...", 0, False),
        ("go vet ./... 2>/dev/null", 0, True),
        ("go vet ./...", 1, True),
        ("cargo check", 0, True),
        ("cargo check -q", 0, False),
        ("cargo check -q 2>/dev/null", 0, True),
        ("cargo check", 101, True),
        ("pytest -q", 0, True),
        ("jest", 0, True),
        ("jest", 1, True),
        ("vitest run", 0, True),
        ("go test ./...", 1, True),
        ("cargo test", 101, True),
        ("ruff check src || true", 0, True),
        ("true || eslint src", 0, True),
        ("cd /elsewhere && ruff check -q", 0, True),
    ],
)
def test_silence(command: str, status: int | None, is_nothing: bool) -> None:
    assert nothing(command, status) is is_nothing


# --- other tests ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "suites"),
    [
        ("go test ./...", ("example.com/shop/dur.", "example.com/shop/ok.")),
        ("go test -race -count=1 ./dur ./ok", ("example.com/shop/dur.", "example.com/shop/ok.")),
        ("go test -run TestFine ./...", ()),
        ("go test -skip=x ./...", ()),
        ("go test -failfast ./...", ()),
        ("go test -short ./...", ()),
        ("go test ./... | tail -3", ()),
        ("make test", ()),
    ],
)
def test_go(command: str, suites: tuple[str, ...]) -> None:
    assert read("go_test/text", command).scope.suites == suites


@pytest.mark.parametrize(
    ("command", "roots"),
    [
        ("npx jest", ("", "t/good.test.js", "t/sum.test.js")),
        ("jest --ci --coverage", ("", "t/good.test.js", "t/sum.test.js")),
        ("jest t", ("t/good.test.js", "t/sum.test.js")),
        ("jest --bail", ("t/good.test.js", "t/sum.test.js")),
        ("jest -o", ("t/good.test.js", "t/sum.test.js")),
        ("jest -t fine", ()),
        ("jest 2>/dev/null", ()),
        ("jest 2>&1 | tail -5", ()),
        ("npm test", ()),
    ],
)
def test_jest(command: str, roots: tuple[str, ...]) -> None:
    run = named("jest/passed").run
    found = registry.read(replace(run, command=(*SHELL, command)))
    assert set(found[0].scope.roots if found else ()) == set(roots)


def test_unittest() -> None:
    assert read("unittest/passed", "python -m unittest discover -s tests").scope.roots == ("tests",)
    for command in ("python -m unittest tests.test_ok", "python -m unittest -k x", "make test"):
        run = replace(named("unittest/passed").run, command=(*SHELL, command))
        assert registry.read(run) == ()


def test_cargo_folders() -> None:
    assert read("cargo/check", "cargo check").scope.roots == ("src",)
    assert read("cargo/check", "cargo check --workspace").scope.roots == ("",)
    assert read("cargo/check", "cd sub && cargo check").scope.roots == ("sub/src",)
    assert read("cargo/check", "cargo check -p shop").scope.roots == ()
    assert "tests" in read("cargo/check", "cargo check --all-targets").scope.roots


def test_go_folders() -> None:
    for command, roots in (
        ("go vet ./...", ("",)),
        ("go vet ./dur/...", ("dur",)),
        ("go vet ./dur", ("dur/*",)),
        ("go vet", ("*",)),
        ("go vet example.com/shop/dur", ()),
        ("go -C sub vet ./...", ()),
    ):
        run = Run(command=(*SHELL, command), exit_status=0, root="/repo")
        found = registry.read(run)
        assert (found[0].scope.roots if found else ()) == roots, command


# --- what decides what is looked for --------------------------------------------------------


def test_configurations() -> None:
    plain = read("ruff/concise", "ruff check src", 1).configuration
    assert plain
    assert read("ruff/json", "uvx ruff check --output-format json", 1).configuration == plain
    selected = read("ruff/concise", "ruff check --select E --select F", 1).configuration
    assert selected != plain
    assert read("ruff/concise", "ruff check --select F --select E", 1).configuration == selected
    assert read("ruff/json", "", 1).configuration == ""
    assert read("ruff/json", "make lint", 1).configuration not in {"", plain}
    assert (
        read("mypy/text", "mypy --strict src").configuration
        != read("mypy/text", "mypy src").configuration
    )
    assert read("pytest/verbose", "pytest").configuration == ""
    assert read("pytest/verbose", "pytest -W error").configuration != ""


def test_rules_of_ruff() -> None:
    scope = read("ruff/select", None, 1).scope
    assert scope.covers_rule("F401")
    assert scope.covers_rule("E711")
    assert scope.covers_rule("invalid-syntax")
    assert not scope.covers_rule("E501")
    assert not scope.covers_rule("F841")
