"""Versions out of streams: what is known of files, what is not, and what counts once."""

from contextlib import closing

from loopwatch.sources.session_log.api import (
    Begin,
    Command,
    Edit,
    FileChange,
    Prompt,
    Replacement,
    Said,
    Seen,
    Usage,
)
from loopwatch.sources.session_log.history import SessionHistory
from loopwatch.sources.session_log.patches import unified_parts
from tests.sources.session_log.reading import versions

HERE = Begin(agent="some-agent", folder="/w")


def edit(step: str, *files: FileChange, when: float | None = None) -> Edit:
    return Edit(step=step, time=when, files=files)


def write(step: str, content: str, path: str = "a.py") -> Edit:
    return edit(step, FileChange(path=path, after=content))


def swap(step: str, old: str, new: str, path: str = "a.py") -> Edit:
    return edit(step, FileChange(path=path, parts=(Replacement(old=old, new=new),)))


def run(step: str, line: str, status: int | None = 0) -> Command:
    return Command(step=step, time=None, line=line, exit_status=status)


def history_of(*events: object) -> SessionHistory:
    history = SessionHistory(events=events, name="s")  # type: ignore[arg-type]
    with closing(history.contents):
        list(history.changes())
    return history


def test_an_edit_on_what_is_known_is_replayed() -> None:
    told = versions(HERE, Seen(path="/w/a.py", content="x = 1\n"), swap("1", "x = 1", "x = 2"))
    assert told == [("s:start", {}), ("1", {"a.py": "x = 2\n"})]


def test_an_edit_on_what_is_not_known_is_told_by_its_parts() -> None:
    assert versions(HERE, swap("1", "x = 1", "x = 2"))[1:] == [("1", {"a.py": "part: x = 2\n"})]


def test_so_is_one_that_does_not_fit() -> None:
    told = versions(HERE, write("1", "y = 1\n"), swap("2", "x = 1", "x = 2"))
    assert told[2] == ("2", {"a.py": "part: x = 2\n"})


def test_lines_of_a_patch_are_those_before_it() -> None:
    """The first hunk moves what the second one is about."""
    block = "def f():\n    pass\n\n"
    first = Replacement(old="import a\n", new="import a\n" + "import b\n" * 7, line=1)
    second = Replacement(old=block, new="def g():\n    pass\n\n", line=8)
    patch = edit("2", FileChange(path="a.py", parts=(first, second)))
    told = versions(HERE, write("1", "import a\n" + block * 4), patch)
    made = "import a\n" + "import b\n" * 7 + block * 2 + "def g():\n    pass\n\n" + block
    assert told[2] == ("2", {"a.py": made})


def test_what_the_log_shows_whole_is_taken_up_again() -> None:
    told = versions(
        HERE, swap("1", "a", "b"), Seen(path="a.py", content="b\nc\n"), swap("2", "c", "d")
    )
    assert told[2] == ("2", {"a.py": "b\nd\n"})


def test_what_changed_unseen_is_a_version_of_its_own() -> None:
    change = FileChange(path="a.py", before="formatted\n", after="new\n")
    told = versions(HERE, write("1", "mine\n"), edit("2", change))
    assert told[2:] == [("2~!", {"a.py": "formatted\n"}), ("2", {"a.py": "new\n"})]


def test_a_deleted_file_is_gone_and_may_come_back() -> None:
    gone = FileChange(path="a.py", is_gone=True)
    told = versions(HERE, write("1", "x\n"), edit("2", gone), write("3", "x\n"))
    assert told[2:] == [("2", {"a.py": None}), ("3", {"a.py": "x\n"})]


def test_a_moved_file_keeps_its_content() -> None:
    moved = FileChange(path="b.py", moved_from="a.py", parts=(Replacement(old="x", new="y"),))
    told = versions(HERE, write("1", "x\n"), edit("2", moved))
    assert told[2] == ("2", {"a.py": None, "b.py": "y\n"})


def test_text_is_put_in_after_a_line() -> None:
    put = FileChange(path="a.py", parts=(Replacement(old="", new="b\n", line=1),))
    assert versions(HERE, write("1", "a\nc\n"), edit("2", put))[2] == ("2", {"a.py": "a\nb\nc\n"})


def test_of_several_places_the_one_at_the_line_is_meant() -> None:
    part = Replacement(old="x\n", new="y\n", line=3)
    told = versions(HERE, write("1", "x\n\nx\n"), edit("2", FileChange(path="a.py", parts=(part,))))
    assert told[2] == ("2", {"a.py": "x\n\ny\n"})


def test_a_step_told_again_counts_once() -> None:
    history = history_of(HERE, write("1", "x\n"), write("1", "x\n"))
    assert len(history.topology) == 2
    assert [(skip.reason, skip.count) for skip in history.skipped()] == [("a record told twice", 1)]


def test_files_elsewhere_are_left_out_and_counted() -> None:
    history = history_of(
        HERE,
        write("1", "x", "/tmp/notes.md"),
        write("2", "x", "/home/robin/.claude/hooks/p.py"),
        swap("3", "x", "y", "/private/tmp/x.py"),  # nobody knows what that file is
        run("4", "echo x > /tmp/x.py"),
    )
    assert len(history.topology) == 1
    assert history.skipped()[0].count == 4


def test_what_the_session_writes_elsewhere_is_followed_from_then_on() -> None:
    told = versions(
        HERE,
        write("1", "x\n", "/tmp/x.py"),
        swap("2", "x", "y", "/tmp/x.py"),
        run("3", "cat > /tmp/../tmp/y.c <<'E'\ny\nE\n"),
        run("4", "cd /tmp && rm y.c"),
    )
    assert [files for _, files in told[1:]] == [
        {"/tmp/x.py": "x\n"},
        {"/tmp/x.py": "y\n"},
        {"/tmp/y.c": "y\n"},
        {"/tmp/y.c": None},
    ]


def test_a_document_that_a_command_writes_is_known() -> None:
    line = "cat > b.py <<'EOF'\nx = 1\n$HOME\nEOF\npython b.py"
    assert versions(HERE, run("1", line))[1] == ("1", {"b.py": "x = 1\n$HOME\n"})


def test_what_a_shell_would_fill_in_is_not() -> None:
    told = versions(HERE, run("1", "cat > b.py <<EOF\n$HOME\nEOF\n"))
    assert told[1] == ("1", {"b.py": "(changed by a command, and the log does not show how)"})


def test_a_command_that_changes_a_file_makes_it_unknown() -> None:
    told = versions(HERE, write("1", "x\n"), run("2", "sed -i s/x/y/ a.py"), swap("3", "y", "z"))
    assert told[2] == ("2", {"a.py": "(changed by a command, and the log does not show how)"})
    assert told[3] == ("3", {"a.py": "part: z\n"})


def test_a_command_that_failed_changed_nothing() -> None:
    told = versions(HERE, write("1", "x\n"), run("2", "sed -i s/x/y/ a.py", 2))
    assert [version for version, _ in told] == ["s:start", "1"]


def test_of_a_line_that_failed_nobody_knows_how_far_it_came() -> None:
    told = versions(HERE, run("1", "python c.py && cat > b.py <<'EOF'\nx\nEOF\n pytest", 1))
    assert told[1] == ("1", {"b.py": "(changed by a command, and the log does not show how)"})


def test_what_it_begins_with_was_done_all_the_same() -> None:
    line = "cd src\ncat > b.py <<'EOF'\nx\nEOF\npytest; cat > c.py <<'EOF'\ny\nEOF\n pytest"
    assert versions(HERE, run("1", line, 1))[1] == ("1", {"src/b.py": "x\n", "src/c.py": "y\n"})


def test_but_not_if_it_could_not_be_written() -> None:
    line = "cat > b/b.py <<'EOF'\nx\nEOF\npytest"
    failed = Command(
        step="1",
        time=None,
        line=line,
        exit_status=1,
        output="sh: b/b.py: No such file or directory",
    )
    (told,) = versions(HERE, failed)[1][1].values()
    assert told == "(changed by a command, and the log does not show how)"


def test_files_that_are_removed_and_renamed() -> None:
    told = versions(HERE, write("1", "x\n"), run("2", "mv a.py b.py"), run("3", "rm -f b.py"))
    assert told[2:] == [("2", {"a.py": None, "b.py": "x\n"}), ("3", {"b.py": None})]


def test_a_file_that_git_takes_back_is_admitted() -> None:
    history = history_of(HERE, write("1", "x\n"), run("2", "git checkout -- a.py"))
    assert [history.version(n).is_admitted for n in range(3)] == [False, False, True]


def test_what_is_asked_and_said_is_the_intent() -> None:
    history = history_of(
        HERE,
        Prompt(step="p1", time=None, text="Fix the crash in parse()"),
        write("1", "a\n"),
        Said(text="That was wrong. I'll revert it."),
        write("2", "b\n"),
        Said(text="Now the tests."),
        Prompt(step="p2", time=None, text="go on"),
        write("3", "c\n"),
        Prompt(step="p3", time=None, text="Add a page for it"),
        write("4", "d\n"),
    )
    told = [history.version(n) for n in range(5)]
    assert [version.is_fix for version in told] == [None, True, True, True, False]
    assert [version.is_admitted for version in told] == [False, False, True, False, False]
    assert [version.turn for version in told] == [0, 1, 1, 2, 3]
    assert told[1].subject == "Fix the crash in parse()"


def test_what_was_spent() -> None:
    def answer(number: int) -> Usage:
        return Usage(message=f"m{number}", model="x", fresh=100, usd=0.5)

    history = history_of(
        HERE, answer(1), write("1", "a"), answer(2), answer(2), write("2", "b"), answer(3)
    )
    assert history.spending.tokens == 300
    assert history.spending.between(1, 2) == (200, 1.0)
    assert history.spending.between(2, 2) == (100, 0.5)
    assert history.spending.usd == 1.5


def test_a_patch_may_do_no_more_than_end_the_last_line() -> None:
    diff = "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n"
    patch = edit("2", FileChange(path="a.py", parts=unified_parts(diff)))
    assert versions(HERE, write("1", "a\nb"), patch)[2] == ("2", {"a.py": "a\nb\n"})
