"""The traps of Aider's chat histories, one by one."""

from pathlib import Path
from typing import Any

import pytest

from loopwatch.auditing.session import audit_session
from loopwatch.model.options import Options
from loopwatch.sources.session_log import aider as reading
from loopwatch.sources.session_log.aider import Aider
from loopwatch.sources.session_log.api import (
    Begin,
    Command,
    Edit,
    Event,
    FileChange,
    Passed,
    Prompt,
    Replacement,
    Said,
    Usage,
)
from loopwatch.sources.session_log.log_file import LogFile
from loopwatch.sources.session_log.registry import readers
from loopwatch.sources.session_log.survey import Session, survey
from tests.builders import Repo
from tests.sources.session_log.reading import events_of, log_of, some
from tests.sources.session_log.stories import (
    BY_NAME,
    CODE,
    LAX,
    START,
    STORIES,
    STRICT,
    Story,
    code,
)
from tests.sources.session_log.test_stories import loud
from tests.sources.session_log.writers import aider
from tests.sources.session_log.writers.aider import (
    answer,
    block,
    console,
    heading,
    misfit,
    typed,
)

READER = Aider()
NAME = ".aider.chat.history.md"
SEARCH = block("a.py", "x = 1\n", "x = 2\n")
APPLIED = console("Applied edit to a.py")


def read(folder: Path, *said: str, edit_format: str = "diff") -> list[Event]:
    return events_of(READER, folder, heading(edit_format) + "".join(said))


def the_edit(folder: Path, *said: str, edit_format: str = "diff") -> Edit:
    (edit,) = some(read(folder, *said, edit_format=edit_format), Edit)
    return edit


def plain(text: str) -> str:
    """Return a chat as an editor leaves it that takes away the spaces at the ends of lines."""
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


# --- which logs, which sessions ---


@pytest.mark.parametrize("before", ["", "\n", "\n\n", "\ufeff"])
def test_recognised_by_its_first_line(tmp_path: Path, before: str) -> None:
    assert READER.recognises(log_of(tmp_path, before + heading().lstrip()))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\0\1\2",
        b"[]",
        b"null",
        b"# aider chat started at noon\n",
        b"# Notes\n\n# aider chat started at 2026-01-05 09:00:00\n",
        b"# aider chat started at 2026-01-05 09:00:00 and so on\n",
        b"x" * 100_000,
    ],
)
def test_not_recognised(tmp_path: Path, text: bytes) -> None:
    assert not READER.recognises(log_of(tmp_path, text))


def test_each_start_is_a_session(tmp_path: Path) -> None:
    later = heading().replace("09:00:00", "10:30:00")
    log = log_of(tmp_path, heading() + typed("one") + later + typed("two"), NAME)
    first, second = READER.logs(log)
    assert (first.name, second.name) == (f"{NAME}:2", f"{NAME}:13")
    assert [p.text for p in some(READER.events(first), Prompt)] == ["one"]
    assert [p.text for p in some(READER.events(second), Prompt)] == ["two"]
    assert READER.identity(first).session.endswith(" 2026-01-05 09:00:00")
    assert READER.identity(first) != READER.identity(second)


def test_a_file_is_surveyed_by_its_sessions(tmp_path: Path) -> None:
    log_of(tmp_path, heading() + typed("one") + heading() + typed("two"), NAME)
    found = survey([tmp_path], readers(pytest.fail))
    assert [session.path.rpartition("/")[2] for session in found.sessions] == [
        f"{NAME}:13",
        f"{NAME}:2",
    ]
    assert not found.skipped


def test_a_copy_of_a_session_is_the_same_one(tmp_path: Path) -> None:
    log_of(tmp_path, heading() + typed("one") + answer(SEARCH) + APPLIED, "old.md")
    more = typed("two") + answer(block("a.py", "x = 2\n", "x = 3\n")) + APPLIED
    log_of(tmp_path, heading() + typed("one") + answer(SEARCH) + APPLIED + more, "new.md")
    (session,) = survey([tmp_path], readers(pytest.fail)).sessions
    assert audit_session(session, Options()).summary.edits == 2


def test_two_that_begin_in_the_same_second_are_told_apart(tmp_path: Path) -> None:
    first = log_of(tmp_path, heading() + typed("one"), "1.md")
    second = log_of(tmp_path, heading() + typed("two"), "2.md")
    assert READER.identity(first) != READER.identity(second)


def test_what_is_too_long_is_cut_off_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LONGEST_LINE", 1_000)
    (one,) = READER.logs(log_of(tmp_path, heading() + typed("one") + "x" * 2_000, NAME))
    assert one.line == (1, 1_000)
    assert one.overlong == 1


def test_agent_and_model(tmp_path: Path) -> None:
    begins = some(read(tmp_path, console("Model: other with whole edit format")), Begin)
    assert [(b.agent, b.model) for b in begins] == [
        ("aider", ""),
        ("", aider.MODEL),
        ("", "other"),
    ]


# --- what was typed ---


def test_a_prompt_of_several_lines(tmp_path: Path) -> None:
    events = read(tmp_path, typed("fix it\n\nTraceback:\n  x"), answer("Yes."))
    (prompt,) = some(events, Prompt)
    assert prompt.text == "fix it  \n  \nTraceback:  \n  x"
    assert prompt.time == START
    assert [said.text for said in some(events, Said)] == ["Yes."]


def test_headings_and_quotations_of_the_model_are_its_own(tmp_path: Path) -> None:
    said = "#### Fix 1\n\n> Applied edit to a.py\n\n#### Fix 2"
    events = read(tmp_path, typed("go"), answer(said))
    assert [prompt.text for prompt in some(events, Prompt)] == ["go"]
    assert [one.text for one in some(events, Said)] == [said]
    assert not some(events, Edit)


@pytest.mark.parametrize("name", ["ask", "code", "architect"])
def test_what_a_command_hands_on_is_told_once(tmp_path: Path, name: str) -> None:
    events = read(tmp_path, typed(f"/{name} fix  it"), typed("fix  it"), answer("Yes."))
    assert [prompt.text for prompt in some(events, Prompt)] == ["fix  it"]


def test_an_architects_plan_is_no_prompt(tmp_path: Path) -> None:
    plan = "We fix the error:\n\n1. here\n2. there"
    events = read(
        tmp_path,
        typed("do it"),
        answer(plan),
        console("Edit the files? (Y)es/(N)o [Yes]: y"),
        typed(plan),
        answer(SEARCH),
        APPLIED,
    )
    assert [prompt.text for prompt in some(events, Prompt)] == ["do it"]
    assert len(some(events, Edit)) == 1


def test_neither_are_pages_of_the_manual_and_errors_of_linters(tmp_path: Path) -> None:
    events = read(
        tmp_path,
        typed("/help how do I undo?"),
        typed("Use these docs:\n# the error page"),
        answer("Type /undo."),
        typed("# Fix any errors below, if possible.\n\n## Running: ruff a.py"),
        typed("<blank>"),
        typed("/add a.py"),
        typed("/clear"),
    )
    assert not some(events, Prompt)


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("/run pytest -q", "pytest -q"),
        ("!make test", "make test"),
        ("/test tox", "tox"),
        ("/git checkout a.py", "git checkout a.py"),
    ],
)
def test_commands_that_the_user_runs_have_no_output(tmp_path: Path, said: str, line: str) -> None:
    (command,) = some(read(tmp_path, typed(said)), Command)
    assert (command.line, command.output, command.is_cut) == (line, "", True)
    assert command.exit_status is None


@pytest.mark.parametrize(("reply", "count"), [("y", 1), ("n", 0)])
def test_commands_that_the_model_proposes(tmp_path: Path, reply: str, count: int) -> None:
    asked = f"Run shell command? (Y)es/(N)o/(S)kip all/(D)on't ask again [Yes]: {reply}"
    ran = console("Running rm a.py") if count else ""
    events = read(tmp_path, answer("So:"), console("rm a.py", asked), ran)
    assert [command.line for command in some(events, Command)] == ["rm a.py"] * count


def test_what_only_sounds_like_a_command_is_none(tmp_path: Path) -> None:
    assert not some(read(tmp_path, console("Running out of tokens")), Command)


# --- edits ---


def test_an_edit_is_what_was_applied(tmp_path: Path) -> None:
    edit = the_edit(tmp_path, answer(SEARCH), APPLIED, console("Commit 1b2614a fix: x"))
    assert edit.step == "1b2614a"
    part = Replacement(old="x = 1\n", new="x = 2\n")
    assert edit.files == (FileChange(path="a.py", parts=(part,)),)


def test_a_proposal_is_none(tmp_path: Path) -> None:
    dry = console("Did not apply edit to a.py (--dry-run)", "Skipping edits to a.py")
    assert not some(read(tmp_path, answer(SEARCH), dry), Edit)


def test_several_blocks_of_a_file_have_one_line(tmp_path: Path) -> None:
    second = block("a.py", "y = 1\n", "y = 2\n").removeprefix("a.py\n")
    skipped = block("b.py", "y = 1\n", "y = 2\n")
    (change,) = the_edit(tmp_path, answer(SEARCH + second + skipped), APPLIED).files
    assert [part.new for part in change.parts] == ["x = 2\n", "y = 2\n"]


def test_a_file_that_is_new(tmp_path: Path) -> None:
    created = console("a.py", "Create new file? (Y)es/(N)o [Yes]: y", "Applied edit to a.py")
    (change,) = the_edit(tmp_path, answer(block("a.py", "", "x = 1\n")), created).files
    assert (change.after, change.is_new, change.parts) == ("x = 1\n", True, ())


def test_without_a_search_text_it_may_also_be_put_at_the_end(tmp_path: Path) -> None:
    (change,) = the_edit(tmp_path, answer(block("a.py", "", "x = 1\n")), APPLIED).files
    assert (change.after, change.is_new) == (None, False)
    assert change.parts == (Replacement(old="", new="x = 1\n"),)


def test_an_answer_that_was_asked_for_again_counts_once(tmp_path: Path) -> None:
    asked = console("b.py", "Add file to the chat? (Y)es/(N)o [Yes]: y")
    edit = the_edit(tmp_path, answer(SEARCH), asked, answer(SEARCH), APPLIED)
    assert len(edit.files[0].parts) == 1


@pytest.mark.parametrize(
    "thought",
    [
        "<think>\n{}\n</think>\n",
        "<thinking-content-7bb>\n{}\n</thinking-content-7bb>\n",
        "--------------\n► **THINKING**\n{}\n------------\n► **ANSWER**\n",
    ],
)
def test_blocks_that_were_only_thought_of(tmp_path: Path, thought: str) -> None:
    idea = block("a.py", "x = 1\n", "x = 9\n")
    events = read(tmp_path, answer(thought.format(idea) + SEARCH), APPLIED)
    (edit,) = some(events, Edit)
    assert [part.new for part in edit.files[0].parts] == ["x = 2\n"]
    assert "x = 9" not in some(events, Said)[0].text


@pytest.mark.parametrize(
    "told",
    [
        "**`a.py`**:\n```python\n{}```\n",
        "```python\na.py\n{}```\n",
        "```python\na.py\n```\n```python\n{}```\n",
        "a.py\n\n```python\n{}```\n",
        "#### a.py\n````\n{}````\n",
    ],
)
def test_where_the_name_of_the_file_stands(tmp_path: Path, told: str) -> None:
    body = SEARCH.removeprefix("a.py\n```python\n").removesuffix("```\n")
    (change,) = the_edit(tmp_path, answer(told.format(body)), APPLIED).files
    assert (change.path, len(change.parts)) == ("a.py", 1)


def test_names_may_be_short_or_of_windows(tmp_path: Path) -> None:
    said = answer(block("Header.tsx", "x\n", "y\n") + block("app/b.py", "x\n", "y\n"))
    lines = console(r"Applied edit to app\components\Header.tsx", r"Applied edit to app\b.py")
    changes = the_edit(tmp_path, said, lines).files
    assert [(c.path, len(c.parts)) for c in changes] == [
        (r"app\components\Header.tsx", 1),
        (r"app\b.py", 1),
    ]


def test_a_short_name_may_fit_two_files(tmp_path: Path) -> None:
    lines = console("Applied edit to x/a.py", "Applied edit to y/a.py")
    edit = the_edit(tmp_path, answer(SEARCH), lines)
    assert edit.files == (FileChange(path="x/a.py"), FileChange(path="y/a.py"))


def test_a_block_below_a_sentence_is_of_the_file_before(tmp_path: Path) -> None:
    second = block("Then the rest:", "y = 1\n", "y = 2\n").replace(":\n", ":\n\n")
    (change,) = the_edit(tmp_path, answer(SEARCH + "\n" + second), APPLIED).files
    assert [part.new for part in change.parts] == ["x = 2\n", "y = 2\n"]


def test_a_file_of_which_no_block_is_found_was_changed_all_the_same(tmp_path: Path) -> None:
    edit = the_edit(tmp_path, answer(block("else.py", "x\n", "y\n")), APPLIED)
    assert edit.files == (FileChange(path="a.py"),)


def test_a_whole_file(tmp_path: Path) -> None:
    said = answer("a.py\n```python\nx = 2\n```\n\nNote:\n```\nnot a file\n```\n")
    edit = the_edit(tmp_path, said, APPLIED, edit_format="whole")
    assert edit.files == (FileChange(path="a.py", after="x = 2\n"),)


def test_a_whole_file_between_tags(tmp_path: Path) -> None:
    said = answer("a.md\n<source>\n```\nx\n```\n</source>\n")
    edit = the_edit(tmp_path, said, console("Applied edit to a.md"), edit_format="whole")
    assert edit.files[0].after == "```\nx\n```\n"


def test_a_diff_without_numbers(tmp_path: Path) -> None:
    diff = "--- a/a.py\n+++ b/a.py\n@@ ... @@\n def f():\n-    x = 1\n+    x = 2\n\n@@ @@\n-y\n+z\n"
    (change,) = the_edit(tmp_path, answer(f"```diff\n{diff}```\n"), APPLIED).files
    assert change.parts == (
        Replacement(old="def f():\n    x = 1\n\n", new="def f():\n    x = 2\n\n"),
        Replacement(old="y\n", new="z\n"),
    )


def test_a_diff_of_a_new_file(tmp_path: Path) -> None:
    diff = "--- /dev/null\n+++ a.py\n@@ ... @@\n+x = 1\n+y = 1\n"
    (change,) = the_edit(tmp_path, answer(f"```diff\n{diff}```\n"), APPLIED).files
    assert (change.after, change.is_new) == ("x = 1\ny = 1\n", True)


def test_a_patch_in_an_envelope(tmp_path: Path) -> None:
    patch = "*** Begin Patch\n*** Update File: a.py\n@@\n-x = 1\n+x = 2\n*** End Patch\n"
    (change,) = the_edit(tmp_path, answer(patch), APPLIED).files
    assert change.parts == (Replacement(old="x = 1\n", new="x = 2\n"),)


# --- what failed ---


def test_blocks_that_fit_nowhere_are_no_edit_nor_part_of_the_next_answer(tmp_path: Path) -> None:
    wrong = block("a.py", "x = 7\n", "x = 2\n")
    events = read(
        tmp_path, answer(wrong), misfit("a.py", "x = 7\n", "x = 2\n"), answer(SEARCH), APPLIED
    )
    (edit,) = some(events, Edit)
    assert [part.old for part in edit.files[0].parts] == ["x = 1\n"]
    assert some(events, Passed) == [Passed(reason="an edit that failed or was refused")]


def test_the_others_were_applied(tmp_path: Path) -> None:
    said = SEARCH + block("b.py", "x = 7\n", "x = 2\n")
    failed = misfit("b.py", "x = 7\n", "x = 2\n", others=1)
    edit = the_edit(tmp_path, answer(said), failed, console("Commit 1b2614a fix: x"))
    assert edit.step == "1b2614a"
    assert [change.path for change in edit.files] == ["a.py"]
    assert len(edit.files[0].parts) == 1


def test_which_others_may_be_unclear(tmp_path: Path) -> None:
    said = SEARCH + block("b.py", "x = 7\n", "x = 2\n")
    edit = the_edit(tmp_path, answer(said), misfit("b.py", "x = 9\n", "x = 2\n", others=1))
    assert edit.files == (FileChange(path="a.py"), FileChange(path="b.py"))


def test_a_complaint_that_is_quoted_line_by_line(tmp_path: Path) -> None:
    said = misfit("b.py", "    x = 7\n", "    x = 2\n", others=1)
    lines = [line.removeprefix("> ").strip() for line in said.splitlines()]
    body = answer(SEARCH + block("b.py", "    x = 7\n", "    x = 2\n"))
    edit = the_edit(tmp_path, body, console(*lines), answer("Next."))
    assert [(change.path, len(change.parts)) for change in edit.files] == [("a.py", 1)]


def test_another_complaint_quotes_the_answer(tmp_path: Path) -> None:
    quoted = f"{SEARCH}\n^^^ Bad/missing filename."
    first = console("The LLM did not conform to the edit format.", aider.PAGE)
    events = read(tmp_path, answer(SEARCH), first, console(quoted), answer("Sorry."), APPLIED)
    (edit,) = some(events, Edit)
    assert edit.files == (FileChange(path="a.py"),)


# --- commits, and taking back ---


def test_what_the_user_had_changed_is_not_known(tmp_path: Path) -> None:
    events = read(
        tmp_path,
        answer(SEARCH),
        console("Committing a.py before applying edits.", "Commit caa6f9a refactor: x"),
        APPLIED,
        console("Commit 45d01cf feat: x"),
    )
    first, second = some(events, Edit)
    assert (first.step, first.files) == ("caa6f9a", (FileChange(path="a.py"),))
    assert (second.step, len(second.files[0].parts)) == ("45d01cf", 1)


def test_a_commit_that_the_user_asks_for_is_no_edit(tmp_path: Path) -> None:
    events = read(tmp_path, typed("/commit x"), console("Commit c339495 aider: x"))
    assert not some(events, Edit)


def test_undo_takes_the_parts_back(tmp_path: Path) -> None:
    events = read(
        tmp_path,
        answer(SEARCH),
        APPLIED,
        console("Commit 1b2614a fix: x"),
        typed("/undo"),
        console("Removed: 1b2614a fix: x", "Now at:  0123456 before"),
    )
    done, back = some(events, Edit)
    assert done.step != back.step
    assert back.files[0].parts == (Replacement(old="x = 2\n", new="x = 1\n"),)
    assert [prompt.text for prompt in some(events, Prompt)] == ["/undo"]


def test_undo_of_something_that_is_not_known_is_missing(tmp_path: Path) -> None:
    events = read(tmp_path, typed("/undo"), console("Removed: 1b2614a fix: x"))
    assert not some(events, Edit)
    assert some(events, Passed) == [Passed(reason="missing: what was undone")]


# --- tokens ---


@pytest.mark.parametrize(
    ("told", "counts"),
    [
        ("Tokens: 7,919 sent, 413 received. Cost: $0.03 message, $0.07 session.",
         (7919, 0, 0, 413, 0.03)),
        ("Tokens: 2.4k sent, 104 received.", (2400, 0, 0, 104, None)),
        ("Tokens: 12k sent, 1.2k cache write, 3.5k cache hit, 1.1k received."
         " Cost: $0.01 message, $0.05 session.", (7300, 3500, 1200, 1100, 0.01)),
    ],
)  # fmt: skip
def test_tokens(tmp_path: Path, told: str, counts: tuple[Any, ...]) -> None:
    (usage,) = some(read(tmp_path, console(told)), Usage)
    assert (usage.fresh, usage.cached, usage.kept, usage.made, usage.usd) == counts
    assert usage.model == aider.MODEL


def test_a_price_in_the_next_line(tmp_path: Path) -> None:
    told = console("Tokens: 3.9k sent, 1.3k received.\nCost: $0.03 message, $0.04 session.")
    events = read(tmp_path, f"\nYes.\n\n{told}")
    first, last = some(events, Usage)
    assert first.message == last.message
    assert (last.fresh, last.usd) == (3900, 0.03)
    assert [said.text for said in some(events, Said)] == ["Yes."]


# --- linters ---


def test_what_a_linter_said_is_there(tmp_path: Path) -> None:
    events = read(
        tmp_path,
        answer(SEARCH),
        APPLIED,
        console(
            "# Fix any errors below, if possible.",
            "",
            "## Running: ruff check --output-format=concise a.py",
            "",
            "a.py:1:5: F821 Undefined name `y`",
            "Found 1 error.",
            "",
            "## See relevant line below marked with █.",
            "a.py:",
            "1█x = y",
            "Attempt to fix lint errors? (Y)es/(N)o [Yes]: y",
        ),
    )
    kinds = [type(event) for event in events if isinstance(event, Edit | Command)]
    assert kinds == [Edit, Command]
    (command,) = some(events, Command)
    assert command.line == "ruff check --output-format=concise a.py"
    assert "F821" in command.output
    assert "█" not in command.output
    assert not command.is_cut


# --- chats that an editor went over ---


def test_a_chat_without_spaces_at_the_ends_of_lines(tmp_path: Path) -> None:
    text = heading() + typed("fix\nit") + typed("/clear") + answer(SEARCH) + APPLIED
    events = events_of(READER, tmp_path, plain(text).replace("#### fix\n", "#### fix\n\n"))
    assert [prompt.text for prompt in some(events, Prompt)] == ["fix\nit"]
    assert len(some(events, Edit)) == 1


def test_windows_line_ends(tmp_path: Path) -> None:
    text = heading() + typed("go") + answer(SEARCH) + APPLIED
    events = events_of(READER, tmp_path, text.replace("\n", "\r\n"))
    assert [prompt.text for prompt in some(events, Prompt)] == ["go"]
    assert some(events, Edit)[0].files[0].parts[0].old == "x = 1\n"


# --- with the repository beside it ---


def session_in(repo: Repo, story: Story, edit_format: str) -> Session:
    """Commit what a story edits, and write its chat into the repository."""
    for path, content in story.files.items():
        repo.write(path, content)
    repo.commit("begin", when=START - 60)

    def commit(path: str, content: str) -> str:
        repo.write(path, content)
        return repo.commit(f"fix: change {path}", when=max(repo.clock, START) + 30)[:7]

    text = aider.log(story, edit_format=edit_format, commit=commit)
    repo.write(NAME, text)
    (session,) = survey([repo.path / NAME], readers(pytest.fail)).sessions
    return session


@pytest.mark.parametrize("edit_format", ["diff", "whole", "udiff"])
@pytest.mark.parametrize(
    "story", [s for s in STORIES if not s.needs_output], ids=lambda story: story.name
)
def test_stories_with_commits(repo: Repo, story: Story, edit_format: str) -> None:
    report = audit_session(session_in(repo, story, edit_format), Options())
    assert loud(report) == list(story.told)
    (trajectory,) = report.trajectories
    assert trajectory.progress is not None
    assert trajectory.progress.exact == trajectory.progress.edits > 0


def committed(repo: Repo, name: str = "a.py") -> str:
    """Return the short id of a commit of a file that has content that no block tells of."""
    repo.change(name, "x = 1\n# more\n", "begin")
    return repo.change(name, "x = 2\n# more\n", "fix: x")[:7]


def read_in(repo: Repo, text: str) -> list[Event]:
    path = repo.write(NAME, text)
    return list(READER.events(LogFile(path, NAME)))


def test_a_commit_gives_whole_contents_and_the_time(repo: Repo) -> None:
    commit = committed(repo)
    text = heading() + answer(SEARCH) + APPLIED + console(f"Commit {commit} fix: x")
    (edit,) = some(read_in(repo, text), Edit)
    assert edit.files == (
        FileChange(path="a.py", before="x = 1\n# more\n", after="x = 2\n# more\n"),
    )
    assert (edit.step, edit.time) == (repo.head(commit), repo.clock)


def test_a_commit_of_other_files_is_another_one(repo: Repo) -> None:
    commit = committed(repo, "b.py")
    text = heading() + answer(SEARCH) + APPLIED + console(f"Commit {commit} fix: x")
    (edit,) = some(read_in(repo, text), Edit)
    assert [change.path for change in edit.files] == ["a.py"]
    assert edit.files[0].after is None


def test_undo_in_the_repository(repo: Repo) -> None:
    commit = committed(repo)
    text = heading() + answer(SEARCH) + APPLIED + console(f"Commit {commit} fix: x")
    repo.git("reset", "--quiet", "--hard", "HEAD~1")  # no branch has the commit any longer
    undo = typed("/undo") + console(f"Removed: {commit} fix: x")
    _, back = some(read_in(repo, text + undo), Edit)
    assert (back.files[0].before, back.files[0].after) == ("x = 2\n# more\n", "x = 1\n# more\n")


def test_what_the_user_had_changed_shows_in_the_commits(repo: Repo) -> None:
    dirty = committed(repo)
    commit = repo.change("a.py", "x = 3\n# more\n", "fix: x")[:7]
    before = console("Committing a.py before applying edits.", f"Commit {dirty} x")
    text = heading() + answer(SEARCH) + before + APPLIED + console(f"Commit {commit} fix: x")
    (edit,) = some(read_in(repo, text), Edit)
    assert edit.files[0].before == "x = 2\n# more\n"


def test_the_clock_of_the_chat_is_that_of_its_commits(repo: Repo) -> None:
    repo.write("a.py", "x = 2\n")
    repo.git("add", "a.py")
    repo.git("commit", "--quiet", "-m", "x", "--date=2026-01-05T09:00:30+01:00")
    text = heading() + typed("go") + answer(SEARCH) + APPLIED
    events = read_in(repo, text + console(f"Commit {repo.head()[:7]} fix: x"))
    assert some(events, Prompt)[0].time == START - 3600
    assert some(events, Edit)[0].time == START - 3600 + 30


@pytest.mark.parametrize("content", [b"\xff\xfe\0x", b"x" * 4_000_001])
def test_contents_that_are_no_text_or_too_large_stay_unknown(repo: Repo, content: bytes) -> None:
    repo.write("a.py", content)
    commit = repo.commit("x")[:7]
    text = heading() + answer(SEARCH) + APPLIED + console(f"Commit {commit} fix: x")
    assert some(read_in(repo, text), Edit)[0].files == (FileChange(path="a.py"),)


def test_a_repository_that_does_not_work_is_none(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: nowhere\n", encoding="utf-8")
    edit = the_edit(tmp_path, answer(SEARCH), APPLIED, console("Commit 1b2614a fix: x"))
    assert edit.files[0].parts


def test_the_commits_of_a_story_are_those_of_its_log(repo: Repo) -> None:
    session = session_in(repo, BY_NAME["one-round"], "diff")
    events = READER.events(session.logs[0].file)
    first, second = some(events, Edit)
    assert (first.files[0].path, first.files[0].after) == (CODE, code(LAX))
    assert second.files[0].after == code(STRICT)
