"""Which command lines only look: of these no output is read, so none may be a check or an edit."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.sources.session_log.claude_words import inside, without_injected
from loopwatch.sources.session_log.looking import is_look
from loopwatch.sources.session_log.outputs import is_cut
from loopwatch.sources.session_log.shell_effects import effects

LOOKS = (
    "cat a.py",
    "cd src && cat a.py | head -5",
    'ls -la src && rg -n "a|b" src || true',
    "nl -ba src/a.py | sed -n '640,740p'",
    "grep -rn 'a;b' src 2>/dev/null; ls",
    "git diff --stat 2>&1 | tail -n 5",
    "git status",
    r"Get-Content src\a.py | Select-Object -First 20",
)
OTHERS = (
    "",
    "pytest",
    "cat a | pytest",
    "cat a > b",
    "cat <<END",
    "cat a\nrm b",
    "ls &",
    "echo $(pytest)",
    "echo `pytest`",
    'echo "$(pytest)"',
    "git commit -m x",
    "git stash",
    "git branchless",
    "find . -delete",
    "find . -exec rm {} +",
    "sed -n -i s/a/b/p x",
    "sort -o a b",
    "cat 'a",
    "catx",
    "ls 2>&1x",
    "ls 2>/dev/nullx",
)
WORDS = (
    *("cat", "sed -n", "rg", "git diff", "git show", "find", "cd", "sort", "pytest", "rm", "a.py"),
    *("'a b'", '"c|d"', '"', "'", "|", "||", "&&", ";", "&", ">", "2>&1", "2>/dev/null", "$x", "`"),
    *("-i", "-delete", "\\", "\\'", "(", ")", "{", "\n", "  ", "#", "*", "<<E", "-o"),
)


@pytest.mark.parametrize("line", LOOKS)
def test_lines_that_only_look(line: str) -> None:
    assert is_look(line)


@pytest.mark.parametrize("line", OTHERS)
def test_others(line: str) -> None:
    assert not is_look(line)


@given(st.lists(st.sampled_from(WORDS), max_size=9), st.sampled_from(["", " "]), st.booleans())
def test_a_look_changes_nothing_and_is_no_check(
    words: list[str], space: str, is_windows: bool
) -> None:
    line = space.join(words)
    if is_look(line):
        told = effects(line, is_windows=is_windows)
        assert not told.files
        assert told.is_only_showing


BIG = 200_000


@pytest.mark.parametrize(
    "line",
    [
        "cat " + "|cat " * BIG + "$",
        "cat " + "a'" * BIG,
        "ls" + ";ls" * BIG + "(",
        "cat " + "2>" * BIG,
        " " * BIG,
        'cat "' + "\\(" * BIG,
    ],
    ids=range(6),
)
def test_no_line_takes_long(line: str) -> None:
    begin = time.process_time()
    is_look(line)
    assert time.process_time() - begin < 5


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("<system-reminder>a</system-reminder> b ", "b"),
        ("a<ide_x>b</ide_y>c</ide_x>d", "ad"),
        ("<ide_x>a<ide_x>b</ide_x>c", "c"),
        ("<ide_x>a", "<ide_x>a"),
        ("</ide_x>a<ide_x>b<ide_y></ide_y>", "</ide_x>a<ide_x>b"),
        ("a", "a"),
    ],
)
def test_what_the_program_put_in_is_taken_out(said: str, left: str) -> None:
    assert without_injected(said) == left


@pytest.mark.parametrize(
    ("said", "found"),
    [("<a>1</a><a>2</a>", "1"), ("<a></a>", ""), ("<a>", None), ("</a><a>", None), ("", None)],
)
def test_what_stands_in_a_tag(said: str, found: str | None) -> None:
    assert inside(said, "a") == found


@pytest.mark.parametrize(
    "said",
    [
        "<system-reminder>" * BIG,
        "".join(f"<ide_{n}>" for n in range(BIG)),
        "</ide_a>" + "<ide_a>" * BIG,
        "<ide_a>" * BIG + "</ide_a>",
    ],
    ids=range(4),
)
def test_tags_that_are_never_closed_take_no_time(said: str) -> None:
    begin = time.process_time()
    without_injected(said)
    inside(said, "ide_a")
    assert time.process_time() - begin < 5


NOISE = "nothing was omitted, nothing is elided\n"


@pytest.mark.parametrize("before", ["", NOISE, NOISE * 500], ids=["alone", "once", "often"])
@pytest.mark.parametrize(
    "mark",
    [
        "[... omitted",
        "[...Observation truncated due to length]",
        "<response clipped>",
        "<elided_chars>",
        "... [12345678901234567890 lines truncated] ...",
        "... 7 bytes elided",
        "…12 tokens truncated…",
        "Output too large",
        "output truncated",
    ],
)
def test_marks_of_what_is_left_out_are_found_among_their_words(before: str, mark: str) -> None:
    assert is_cut(f"{before}{mark}\n{before}")
    assert not is_cut(before)
