"""What is known by a command line alone: when it shows something, and when its silence counts."""

from time import process_time

import pytest

from loopwatch.model.evidence import DefectKind, Evidence
from loopwatch.sources.session_log.api import Command
from loopwatch.sources.session_log.evidence import Console, latest
from loopwatch.sources.session_log.places import Places
from loopwatch.sources.session_log.shell_effects import effects
from tests.sources.session_log.stories import traceback

ROOT = "/home/robin/dur"
DIES = traceback("src/dur.py:parse", died_of="ValueError: no duration")
BROKEN = "src/dur.c:3:5: error: 'x' undeclared\n"
LINE = "python main.py"


def told(
    line: str,
    output: str = "",
    status: int | None = 0,
    console: Console | None = None,
    *,
    is_cut: bool = False,
) -> tuple[Evidence, ...]:
    command = Command(
        step="1", time=None, line=line, output=output, exit_status=status, is_cut=is_cut
    )
    return (console or Console()).evidence(command, effects(line), Places(ROOT))


def is_known_clean(line: str, output: str = "", status: int | None = 0) -> bool:
    """Tell whether a run says that what the line had shown is not there."""
    console = Console()
    told(line, DIES, 1, console)
    return any(one.scope.roots for one in told(line, output, status, console))


def shows(line: str, output: str, status: int | None = 1) -> list[str]:
    return [defect.rule for one in told(line, output, status) for defect in one.defects]


@pytest.mark.parametrize(
    "line",
    [
        LINE,
        "cd src && python -m dur 90",
        f"timeout 10 {LINE} --fast",
        f"{LINE} 2>&1 | tail -20",  # what is shown is there, in whatever part
        "./run.sh",
        "make demo",
        "go run .",
    ],
)
def test_an_exception_is_there(line: str) -> None:
    assert shows(line, DIES) == ["ValueError"]


@pytest.mark.parametrize(
    "line",
    [
        "cat run.log",
        "tail -50 run.log",
        "git show HEAD",
        "gh run view 7",
        "ssh host python main.py",
    ],
)
def test_what_is_only_shown_is_not_there(line: str) -> None:
    assert told(line, DIES, 1) == ()


@pytest.mark.parametrize("line", ["pytest -q", "make test"])
def test_what_a_test_throws_is_the_test(line: str) -> None:
    output = f"{DIES}\nFAILED tests/test_a.py::test_one - ValueError\n1 failed in 0.01s\n"
    found = told(line, output, 1)
    assert {defect.kind for one in found for defect in one.defects} == {DefectKind.TEST}


def test_so_it_is_where_the_run_says_nothing_for_sure() -> None:
    assert told("pytest -q", f"{DIES}INTERNALERROR>\n", 3) == ()


@pytest.mark.parametrize(
    ("output", "status"), [(DIES, 0), (DIES + "went on\n" * 9, None)], ids=["well", "went-on"]
)
def test_what_was_handled_is_no_defect(output: str, status: int | None) -> None:
    assert shows(LINE, output, status) == []


def test_where_no_status_is_told_the_end_decides() -> None:
    assert shows(LINE, f"starting\n{DIES}", None) == ["ValueError"]


@pytest.mark.parametrize("line", [LINE, "cd src && python -m dur 90", f"{LINE} | tee run.log"])
@pytest.mark.parametrize("status", [0, None])
def test_the_same_line_in_silence_is_clean(line: str, status: int | None) -> None:
    assert is_known_clean(line, "90\n", status)


@pytest.mark.parametrize(
    "line",
    [
        f"{LINE} | head -5",
        f"{LINE} 2>&1 | grep -v warn",
        f"{LINE} > run.log",
        f"{LINE} 2> /dev/null",
        f"{LINE} &",
        f"test -f x || {LINE}",
        f"if true; then {LINE}; fi",
        "for f in *.py; do python $f; done",
        "python $FILE",
    ],
)
def test_the_silence_of_a_part_says_nothing(line: str) -> None:
    assert not is_known_clean(line)


@pytest.mark.parametrize(
    ("output", "status"),
    [
        ("", 1),
        ("", 124),
        ("python: command not found\n", None),
        ("EXIT: 137\n", None),
        ("it failed\n", None),
        (traceback("src/dur.py:read", died_of="NameError: name 're'"), 1),
        ("  File x\nSyntaxError: invalid syntax\n", 1),
    ],
)
def test_what_did_not_end_well_says_nothing_of_the_rest(output: str, status: int | None) -> None:
    assert not is_known_clean(LINE, output, status)


def test_another_line_is_another_program() -> None:
    console = Console()
    (one,) = told(LINE, DIES, 1, console)
    (other,) = told(f"{LINE} 90", "", 0, console)
    (same,) = told(f"  {LINE} # again", "", 0, console)
    assert one.detector == same.detector == LINE != other.detector


def test_settings_and_texts_that_it_is_fed_belong_to_a_line() -> None:
    (one,) = told("python - <<'EOF'\nimport dur\nEOF", DIES, 1)
    (other,) = told("python - <<'EOF'\nprint(1)\nEOF")
    (bare,) = told("python -")
    (set_,) = told("MODE=1 python -")
    assert len({each.configuration for each in (one, other, bare, set_)}) == 4


def test_a_text_that_is_written_to_a_file_does_not() -> None:
    (one,) = told("cat > a.py <<'EOF'\nimport dur\nEOF\npython a.py", DIES, 1)
    (other,) = told("cat > a.py <<'EOF'\nprint(1)\nEOF\npython a.py")
    assert (one.detector, one.configuration) == (other.detector, other.configuration)


def test_a_name_holds_no_secret_and_has_an_end() -> None:
    (one,) = told("python main.py --token=abcdef123", DIES, 1)
    assert "abcdef" not in one.detector
    (long,) = told(f"python main.py {'x' * 500}", DIES, 1)
    assert len(long.detector) <= 60


def test_a_compiler_lists_all_that_is_wrong() -> None:
    (one,) = told("gcc src/dur.c", BROKEN, 1)
    assert one.scope.roots == ("",)
    assert [defect.kind for defect in one.defects] == [DefectKind.TYPE]


def test_a_compiler_that_is_given_whole_paths_may_be_called_anywhere() -> None:
    output = BROKEN.replace("src", f"{ROOT}/src")
    (one,) = told(f"cd /opt/lib && lake env lean {ROOT}/src/dur.c; echo EXIT: $?", output)
    assert one.scope.roots == ("",)
    (other,) = told("cd $LIB && lake env lean src/dur.c", output, 1)
    assert not other.scope.roots


def test_where_it_is_called_belongs_to_a_line() -> None:
    (one,) = told("cd /opt/a && lean a.lean", f"{ROOT}/a.lean:1:2: error: x\n", 1)
    (other,) = told("cd /opt/b && lean a.lean", f"{ROOT}/a.lean:1:2: error: x\n", 1)
    assert one.configuration != other.configuration


@pytest.mark.parametrize(
    ("line", "is_listed"),
    [
        ("gcc src/dur.c -o dur && ./dur", True),  # the rest waits for the compiler
        ("gcc src/dur.c -o dur; ./dur", False),
        ("./configure && gcc src/dur.c", False),
        ("gcc src/dur.c 2>&1 | grep error", True),
        ("gcc src/dur.c 2>&1 | grep -iE 'warning|error:'", True),
        ("gcc src/dur.c 2>&1 | grep -v error", False),
        ("gcc src/dur.c 2>&1 | grep undeclared", False),
        ("gcc src/dur.c 2>&1 | grep -m1 error", False),
        ("gcc src/dur.c 2>&1 | grep error | head -1", False),
        ("gcc src/dur.c 2>&1 | grep error|head", False),
        ("gcc src/dur.c 2>&1 | grep 'undeclared\\|error'", True),
    ],
)
def test_all_errors_are_listed_or_not(line: str, *, is_listed: bool) -> None:
    (one,) = told(line, BROKEN, None)
    assert [defect.rule for defect in one.defects] == ["error"]
    assert bool(one.scope.roots) is is_listed


def test_the_silence_of_a_filter_says_nothing() -> None:
    console = Console()
    told("gcc src/dur.c", BROKEN, 1, console)
    assert told("gcc src/dur.c 2>&1 | grep error", "", None, console) == ()


@pytest.mark.parametrize(
    ("line", "output"),
    [
        ("make", BROKEN),
        ("gcc src/dur.c", BROKEN.replace("error", "fatal error")),
        ("gcc src/dur.c 2>&1 | head -3", BROKEN),
    ],
)
def test_what_stops_at_the_first_error_does_not(line: str, output: str) -> None:
    (one,) = told(line, output, 1)
    assert one.defects
    assert not one.scope.roots


def test_what_stands_elsewhere_is_not_told() -> None:
    elsewhere = DIES.replace(ROOT, "/opt/tools/other")
    assert told(LINE, elsewhere, 1) == ()


def test_where_no_root_is_known_a_path_loses_its_beginning() -> None:
    command = Command(step="1", time=None, line=LINE, output=DIES, exit_status=1)
    (one,) = Console().evidence(command, effects(LINE), Places())
    assert one.defects[0].path == "home/robin/dur/src/dur.py"


def test_a_cut_output_is_not_silent() -> None:
    console = Console()
    told(LINE, DIES, 1, console)
    assert told(LINE, "90\n", 0, console, is_cut=True) == ()


def test_two_lines_have_each_their_last_word() -> None:
    console = Console()
    (first,), (other,) = told(LINE, DIES, 1, console), told("python b.py", "", 0, console)
    assert latest([(1, first), (2, other)]) == (first, other)
    (again,) = told(LINE, "", 0, console)
    assert latest([(1, first), (2, other), (3, again)]) == (other, again)


def test_a_hostile_line_takes_no_time() -> None:
    started = process_time()
    for line in (
        f"gcc a.c {' ' * 19_000}| grep",
        f"gcc a.c {'| grep a|' * 2_000}b",
        "gcc" + "|" * 9_000,
    ):
        told(line, BROKEN, 1)
    assert process_time() - started < 2
