"""Odd corners of outputs, each a few lines long."""

import pytest

from loopwatch.detectors import registry
from loopwatch.detectors.api import Run
from loopwatch.detectors.failures import exception
from loopwatch.model.evidence import DefectKind, Evidence


def read(command: str, output: str, status: int = 1, folder: str = "") -> Evidence:
    run = Run(
        stdout=output.encode(),
        command=("sh", "-c", command),
        exit_status=status,
        root="/repo",
        folder=folder,
    )
    found = registry.read(run)
    assert found
    return found[0]


def test_ruff_that_mended_some() -> None:
    output = "a.py:1:1: F841 unused\nFound 3 errors (2 fixed, 1 remaining).\n"
    assert read("ruff check --fix", output).scope.roots == ("",)


@pytest.mark.parametrize(
    "line", ["a.py:1:5: E999 SyntaxError: invalid", "a.py:1:5: SyntaxError: invalid"]
)
def test_syntax_errors_of_older_ruffs(line: str) -> None:
    (defect,) = read("ruff check", f"{line}\nFound 1 error.\n").defects
    assert (defect.kind, defect.rule, defect.message) == (
        DefectKind.SYNTAX,
        "invalid-syntax",
        "invalid",
    )


def test_findings_outside_the_repository_are_counted_and_left_out() -> None:
    output = "/usr/lib/a.py:1:1: F401 x\nb.py:1:1: F401 x\nFound 2 errors.\n"
    evidence = read("ruff check /usr/lib b.py", output)
    assert [defect.path for defect in evidence.defects] == ["b.py"]
    assert evidence.scope.roots == ("b.py",)


def test_a_finding_that_is_printed_twice_counts_once() -> None:
    output = "a.py:1:1: F401 x\na.py:1:1: F401 x\nFound 2 errors.\n"
    evidence = read("ruff check", output)
    assert len(evidence.defects) == 1
    assert evidence.scope.roots == ("",)


def test_eslint_files_that_it_did_not_lint() -> None:
    output = (
        '[{"filePath":"/repo/a.ts","messages":[{"ruleId":null,"fatal":true,"severity":2,'
        '"message":"Parsing error: parserOptions.project has been set"}]},'
        '{"filePath":"/repo/b.js","messages":[{"ruleId":null,"severity":1,"line":1,"column":1,'
        '"message":"Unused eslint-disable directive."}]}]'
    )
    evidence = read("eslint -f json a.ts b.js", output)
    assert evidence.scope.unknown == ("a.ts",)
    assert [defect.rule for defect in evidence.defects] == ["unused-disable-directive"]


def test_mypy_lines_that_are_no_errors() -> None:
    output = (
        "a.py:1: note: see here\n"
        "a.py:2: error: Something without a code\n"
        "a.py: error: Source file found twice under different module names\n"
        "Found 1 error in 1 file (checked 1 source file)\n"
    )
    (defect,) = read("mypy a.py", output).defects
    assert (defect.rule, defect.message) == ("misc", "Something without a code")


def test_a_crash_of_mypy() -> None:
    output = (
        "a.py:1: error: INTERNAL ERROR -- please report a bug  [misc]\n"
        "Found 1 error in 1 file (checked 1 source file)\n"
    )
    assert read("mypy a.py", output, 2).scope.roots == ()


def test_windows_paths_in_console_text() -> None:
    output = "src\\a.py:1: error: no  [arg-type]\nFound 1 error in 1 file (checked 1 source file)\n"
    run = Run(
        stdout=output.encode(),
        command=("mypy", "src"),
        exit_status=1,
        root="C:\\repo",
    )
    assert registry.read(run)[0].defects[0].path == "src/a.py"


def test_jest_says_failures_again_at_the_end() -> None:
    failure = "FAIL a.test.js\n  ● sums \u203a adds\n\n    TypeError: no\n\n"
    output = (
        f"{failure}Summary of all failing tests\n{failure}"
        "Test Suites: 1 failed, 1 total\nTests:       1 failed, 1 total\n"
    )
    (defect,) = read("jest", output).defects
    assert (defect.subject, defect.reason) == ("a.test.js > sums > adds", "TypeError")


def test_vitest_errors_that_no_test_caught() -> None:
    output = (
        " ✓ a.test.ts (1 test) 2ms\n Test Files  1 passed (1)\n      Tests  1 passed (1)\n"
        "     Errors  1 error\n\nVitest caught 1 unhandled error during the test run.\n"
    )
    run = Run(stdout=output.encode(), command=("vitest", "run"), exit_status=1, root="/repo")
    assert registry.read(run) == ()


def test_older_panics_of_rust() -> None:
    output = (
        "     Running unittests src/lib.rs (target/debug/deps/shop-0123456789abcdef)\n"
        "\nrunning 1 test\ntest tests::a ... FAILED\n\nfailures:\n\n---- tests::a stdout ----\n"
        "thread 'tests::a' panicked at 'no connection', src/lib.rs:17:9\n\n"
        "test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out\n"
    )
    (defect,) = read("cargo test", output, 101).defects
    assert (defect.subject, defect.message) == ("shop > tests::a", "no connection")


def test_rust_tests_of_an_unknown_program_are_left_out() -> None:
    output = "running 1 test\ntest a ... ok\n\ntest result: ok. 1 passed; 0 failed; 0 ignored;\n"
    run = Run(stdout=output.encode(), command=("cargo", "test"), exit_status=0, root="/repo")
    assert not any(one.scope.passed for one in registry.read(run))


def test_doc_tests_keep_their_name_when_lines_move() -> None:
    output = (
        "   Doc-tests shop\n\nrunning 1 test\ntest src/lib.rs - parse (line 5) ... ok\n\n"
        "test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n"
    )
    assert read("cargo test", output, 0).scope.passed == ("shop > src/lib.rs - parse",)


def test_junit_files_of_other_languages() -> None:
    output = (
        '<testsuite name="x"><testcase classname="Dur adds" name="Dur adds" file="a.test.js"/>'
        '<testcase name="alone"/><testcase classname="x" name=""/>'
        '<testcase classname="x" name="off" status="disabled"/></testsuite>'
    )
    run = Run(stdout=output.encode(), root="/repo")
    (evidence,) = registry.read(run)
    assert evidence.scope.passed == ("a.test.js > Dur adds", "alone")
    assert evidence.scope.switched_off == ("x.off",)


def test_a_failure_outweighs_a_pass_of_the_same_test() -> None:
    output = (
        '<testsuite name="pytest"><testcase classname="test_a" name="test_b"/>'
        '<testcase classname="test_a" name="test_b"><error message="stuck"/></testcase></testsuite>'
    )
    (evidence,) = registry.read(Run(stdout=output.encode(), root="/repo"))
    assert evidence.scope.passed == ()
    assert [defect.subject for defect in evidence.defects] == ["test_a.py::test_b"]


@pytest.mark.parametrize(
    ("text", "reason", "message"),
    [
        ("ValueError: no", "ValueError", "ValueError: no"),
        ("requests.exceptions.Timeout: slow", "Timeout", "requests.exceptions.Timeout: slow"),
        ("AssertionError: assert 1 == 2", "AssertionError", "assert 1 == 2"),
        ("assert 1 == 2", "AssertionError", "assert 1 == 2"),
        ("AssertionError: my words", "AssertionError", "AssertionError: my words"),
        ("KeyError", "KeyError", "KeyError"),
        ("something happened", "", "something happened"),
        ("", "", ""),
    ],
)
def test_exceptions(text: str, reason: str, message: str) -> None:
    assert exception(text) == (reason, message)


# --- what is missing is noticed -------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("ruff check", "a.py:1:1: F401 x\nFound 2 errors.\n"),
        (
            "mypy a.py",
            "a.py:1: error: x  [misc]\nFound 2 errors in 1 file (checked 1 source file)\n",
        ),
        ("mypy a.py", "a.py:1: error: x  [syntax]\nFound 1 error in 1 file\n"),
        ("mypy a.py", "a.py:1: error: x  [misc]\n"),
        ("pyright a.py", "  /repo/a.py:1:1 - error: x (reportX)\n2 errors, 0 warnings, 0 notes\n"),
        (
            "eslint a.js",
            "/repo/a.js\n  1:1  error  x  no-x\n\n✖ 2 problems (2 errors, 0 warnings)\n",
        ),
        ("tsc", "a.ts:1:1 - error TS2304: x\n\nFound 2 errors in 2 files.\n"),
        ("jest", "FAIL a.test.js\n  ● a\n\nTests:       2 failed, 2 total\n"),
        ("vitest run", " FAIL  a.test.ts > a\n      Tests  2 failed (2)\n"),
        (
            "python -m unittest",
            "FAIL: test_a (test_b.C.test_a)\n\nRan 2 tests in 0.1s\n\nFAILED (failures=2)\n",
        ),
        ("pytest", "FAILED a.py::test_b - no\n2 failed in 0.01s\n"),
        (
            "cargo check",
            "error[E0425]: x\n --> src/a.rs:1:1\n\n"
            "warning: `a` (lib) generated 2 warnings\n    Finished `dev`\n",
        ),
    ],
)
def test_a_count_that_does_not_fit(command: str, output: str) -> None:
    scope = read(command, output).scope
    assert scope.roots == scope.passed == ()


PASSES = (
    ("go test -json ./...", '{"Action":"pass","Package":"a","Test":"TestA"}\n'),
    ("go test -v ./...", "--- PASS: TestA (0.00s)\n"),
    (
        "cargo test",
        "     Running tests/a.rs (a-0123456789abcdef)\nrunning 2 tests\ntest a ... ok\n",
    ),
    ("python -m unittest -v", "test_a (test_b.C.test_a) ... ok\n"),
    ("pytest -v", "a.py::test_b PASSED\n"),
    ("jest --verbose", "PASS a.test.js\n  ✓ adds\n"),
    ("vitest run --reporter=verbose", " ✓ a.test.ts > adds 1ms\n"),
)


@pytest.mark.parametrize(("command", "output"), PASSES)
def test_tests_that_passed_so_far(command: str, output: str) -> None:
    run = Run(stdout=output.encode(), command=("sh", "-c", command), exit_status=1, root="/repo")
    assert not any(one.scope.passed or one.scope.suites for one in registry.read(run))


def test_unittest_passes_beside_a_failure_that_is_not_named() -> None:
    output = (
        "test_a (test_b.C.test_a) ... ok\n"
        "FAIL: test_x (test_b.C.test_x)\n"
        "Ran 3 tests in 0.001s\n\nFAILED (failures=2)\n"
    )
    assert read("python -m unittest -v", output).scope.passed == ()


def test_cargo_messages_without_their_end() -> None:
    artifact = '{"reason":"compiler-artifact","target":{"src_path":"/repo/src/lib.rs"}}\n'
    finished = '{"reason":"build-finished","success":true}\n'
    command = "cargo check --message-format json"
    assert read(command, artifact + finished, 0).scope.roots == ("src",)
    run = Run(stdout=artifact.encode(), command=("sh", "-c", command), exit_status=0, root="/repo")
    assert registry.read(run) == ()


@pytest.mark.parametrize("is_cut", [True, False])
def test_a_junit_file_that_breaks_off(is_cut: bool) -> None:
    whole = '<testsuite name="pytest"><testcase classname="test_a" name="test_b"/></testsuite>'
    output = whole if is_cut else whole.removesuffix("</testsuite>")
    run = Run(stdout=output.encode(), root="/repo", is_cut=is_cut)
    assert registry.read(run) == ()
    assert registry.read(Run(stdout=whole.encode(), root="/repo"))


def test_a_sarif_file_of_which_some_is_missing() -> None:
    whole = (
        '{"$schema": "sarif-2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": ['
        '{"ruleId": "r", "message": {"text": "m"}, "locations": [{"physicalLocation": '
        '{"artifactLocation": {"uri": "a.py"}}}]}]}]}'
    )
    assert registry.read(Run(stdout=whole.encode(), root="/repo"))
    assert registry.read(Run(stdout=whole.encode(), root="/repo", is_cut=True)) == ()


def test_half_a_name_is_no_name() -> None:
    output = b"FAILED a.py::test_one - no\nFAILED a.py::test_t"
    run = Run(stdout=output, command=("pytest",), root="/repo", is_cut=True)
    (evidence,) = registry.read(run)
    assert [defect.subject for defect in evidence.defects] == ["a.py::test_one"]
