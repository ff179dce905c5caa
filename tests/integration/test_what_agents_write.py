"""Healthy work of agents that looks like a loop: rebases, layout, entries, fixes of fixes."""

import json

import pytest

from loopwatch import app
from tests.builders import START, Repo
from tests.integration.loudness import loud, told
from tests.integration.test_look_alikes import OWN, SHARED


def picked(repo: Repo, commit: str, path: str, text: str, *, later: int = 0) -> str:
    """Apply a commit once more, as a rebase does that meets a conflict."""
    author, when, subject = repo.git("show", "-s", "--format=%an <%ae>|%at|%s", commit).split("|")
    repo.write(path, text)
    repo.git("add", "--all")
    repo.clock += later
    done = f"--date=@{when} +0000", f"--author={author}", "-m", subject
    repo.git("commit", "-q", "--allow-empty", *done)
    return repo.head()


def test_commits_that_a_rebase_lays_on_top_of_themselves(repo: Repo) -> None:
    texts = [
        f"def files():\n    return {what}\n" for what in ("status()", "gone()", "gone() or []")
    ]
    subjects = ("perf: ask once", "fix: what is gone, too", "fix: never none")
    repo.change("files.py", "def files():\n    return ask()\n", "feat: files")
    made = list(zip(texts, subjects, strict=True))
    commits = [repo.change("files.py", text, subject) for text, subject in made]
    repo.git("reset", "-q", "--hard", "HEAD~3")
    for commit, text in [*zip(commits, texts, strict=True)] * 2:
        picked(repo, commit, "files.py", text, later=1)
    assert loud(repo) == []


def test_a_fix_that_is_picked_anew_after_it_was_taken_back(repo: Repo) -> None:
    plain, fixed = OWN, OWN.replace("LIMIT)", "LIMIT or 1)")
    repo.change("retry.py", plain, "feat: retry")
    fix = repo.change("retry.py", fixed, "fix: at least one")
    repo.change("retry.py", plain, "fix: the limit is the limit")
    picked(repo, fix, "retry.py", fixed)
    assert [(one.level, one.rounds) for one in loud(repo)] == [("error", 2)]


def test_a_finding_says_why_it_is_loud_after_a_quiet_turn(repo: Repo) -> None:
    told(repo, "retry.py", [(OWN, "retry"), (SHARED, "fix: settings"), (OWN, "fix: as it was")])
    told(repo, "other.py", [(f"ROUND = {n}\n", f"round {n}") for n in range(40)])
    repo.change("retry.py", SHARED, "settings of their own", when=START + 30 * 24 * 3600)
    (one,) = loud(repo)
    assert one.rounds == 2
    assert one.why[0] == "each of its 2 edits means to fix something, within 10 minutes"


GO = 'package pages\n\nimport (\n{}\t"fmt"\n\t"os"\n)\n\nfunc Show(name string) {{\n\t{}\n}}\n'


@pytest.mark.parametrize(
    ("subject", "kinds"),
    [("{} the reader", []), ("fix: {} what is imported", ["oscillation"])],
)
def test_imports_that_come_and_go(repo: Repo, subject: str, kinds: list[str]) -> None:
    steps = [
        (
            GO.format(
                '\t"pages.example/reader/lines"\n' * (n % 2), f'fmt.Println("{n}", os.Args, name)'
            ),
            subject.format(("with", "without")[n % 2]),
        )
        for n in range(5)
    ]
    assert [one.kind for one in told(repo, "show.go", steps)] == kinds


@pytest.mark.parametrize(("after", "number"), [(".skip", 0), (".only", 1)])
def test_a_test_that_a_fix_switched_off_runs_again(repo: Repo, after: str, number: int) -> None:
    page = "describe{}('names as JSON', () => {{\n  test('one', () => check(1))\n}})\n"
    steps = [(page.format(""), "names"), (page.format(after), "fix: flaky names")]
    steps.append((page.format(""), "names of recorded answers"))
    assert len(told(repo, "names.test.js", steps)) == number


def test_equal_entries_of_other_settings_in_code(repo: Repo) -> None:
    def schema(**values: str) -> str:
        names = ("agents", "buffer", "compact", "memory", "terminal", "trust")
        entries = (
            f"  {name}: {{\n    label: '{name}',\n    default: {values.get(name, 'none')},\n  }},\n"
            for name in names
        )
        return f"export const SCHEMA = {{\n{''.join(entries)}}}\n"

    steps = [
        (schema(agents="false", memory="true"), "settings"),
        (schema(agents="true", memory="true"), "fix: agents by default"),
        (schema(agents="true", memory="false"), "fix: no memory by default"),
    ]
    assert told(repo, "schema.ts", steps) == []
    steps = [(schema(agents="true", memory="true"), "fix: memory by default")]
    assert [one.kind for one in told(repo, "schema.ts", steps)] == ["oscillation"]


def test_a_comma_that_what_follows_needs(repo: Repo) -> None:
    def needs(*names: str) -> str:
        return json.dumps({"dependencies": dict.fromkeys(names, "^1.0.0")}, indent=2) + "\n"

    steps = [
        (needs("ansi", "pages"), "pages"),
        (needs("ansi", "pages", "queue"), "fix: wait in a queue"),
        (needs("ansi", "drag", "queue", "pages"), "fix: drag only as far as there are pages"),
    ]
    assert told(repo, "package.json", steps) == []


def test_what_had_gone_back_before_is_part_of_what_closes_now(repo: Repo) -> None:
    """Two files had a change of mind each, long ago; one edit then undoes the fix of both."""

    def both(values: tuple[int, int], subject: str, days: int) -> None:
        for name, value in zip(("retry", "wait"), values, strict=True):
            repo.write(f"{name}.py", f"def {name}(size):\n    return {name}_of(size, {value})\n")
        repo.commit(subject, when=START + days * 24 * 3600)

    both((3, 3), "feat: work", 0)
    both((30, 3), "feat: more at once", 10)
    both((3, 3), "feat: as before", 20)
    both((3, 30), "feat: wait for more", 30)
    both((3, 3), "feat: wait as before", 40)
    both((30, 30), "fix: more", 50)
    both((3, 3), "fix: less", 51)
    (one,) = loud(repo)
    assert sorted(one.paths) == ["retry.py", "wait.py"]
    assert one.rounds == 2


FIRST = """\
    start = find_start(hooks)
    if start and not find_end(hooks):
        hooks = hooks[:start]
        warn(hooks)
        note_orphan(hooks)
"""


@pytest.mark.parametrize(
    ("instead", "kinds"),
    [
        ("    if broken(hooks):\n        hooks = without_broken(hooks)\n", []),
        ("    hooks = list(hooks)\n", ["oscillation"]),
        ("", ["oscillation"]),
    ],
    ids=["in another way", "next to nothing new", "nothing new"],
)
def test_a_fix_that_the_next_fix_writes_anew(repo: Repo, instead: str, kinds: list[str]) -> None:
    page = "def install(hooks):\n{}{}    return write(hooks)\n"
    steps = [
        (page.format("    check(hooks)\n", ""), "feat: hooks"),
        (page.format("    check(hooks)\n", FIRST), "fix: a hook without an end"),
        (page.format("", instead), "fix: what a review found in hooks"),
    ]
    assert [one.kind for one in told(repo, "hooks.py", steps)] == kinds


OWNED = "def {0}(limit):\n    check(limit)\n{1}    tell(limit)\n    return {0}_of({2})\n\n\n"
LOOKED_UP = (
    "    account = account_of(limit)\n    if account is None:\n        account = ours\n"
    "    note(account)\n    limit = limit_of(account)\n"
)


@pytest.mark.parametrize(
    ("anew", "kinds"),
    [
        (0, ["oscillation"]),
        (2, ["oscillation"]),  # so few may go with anything
        (4, ["oscillation"]),  # and five lines only go
        (5, []),
        (6, []),
    ],
)
def test_a_fix_of_which_much_is_written_anew(repo: Repo, anew: int, kinds: list[str]) -> None:
    """The first one looks up an account and uses it; the second needs the owner in its place."""
    names = ["announce", "clear", "read", "reset", "store", "watch"]

    def page(found: str, uses: list[str]) -> str:
        found_in = [found, *[""] * (len(names) - 1)]
        return "".join(map(OWNED.format, names, found_in, uses))

    plain, account = ["limit"] * len(names), ["limit, account"] * len(names)
    steps = [
        (page("", plain), "feat: limits"),
        (page(LOOKED_UP, account), "fix: limits of others are told"),
        (page("", ["limit, owner"] * anew + account[anew:]), "fix: limits are told to their owner"),
    ]
    assert [one.kind for one in told(repo, "limits.py", steps)] == kinds


def test_a_value_that_goes_and_comes_amid_what_fixes_write_anew(repo: Repo) -> None:
    """One thing for another, and back, word for word: the rest of the file is no excuse."""
    page = "def ask(model):\n    model = model or {0}\n    begin(model)\n    {1}\n    end(model)\n"
    calls = "\n    ".join(f"{{0}}_{name}(model)" for name in ("one", "two", "three", "four"))
    steps = [
        (page.format("'plain'", calls.format("do")), "feat: ask"),
        (page.format("'chat'", calls.format("try")), "fix: use the model of the manual"),
        (page.format("'plain'", calls.format("call")), "fix: use a model that can do this"),
    ]
    assert [one.kind for one in told(repo, "ask.py", steps)] == ["oscillation"]


@pytest.mark.parametrize(
    ("rest", "kinds"), [("try", ["oscillation"]), ("call", [])], ids=["kept", "written anew"]
)
def test_what_is_back_but_for_a_line(repo: Repo, rest: str, kinds: list[str]) -> None:
    """Whether that is a fix of the fix is told by what else the fix had brought."""
    page = "def ask(model):\n    {0}    begin(model)\n    {1}\n    end(model)\n"
    calls = "\n    ".join(f"{{0}}_{n}(model)" for n in range(6))
    plain, named = "model = model or 'plain'\n    name(model)\n    ", "tell(model)\n    "
    steps = [
        (page.format(plain + named, calls.format("do")), "feat: ask"),
        (page.format("model = 'chat'\n    ", calls.format("try")), "fix: as the manual says"),
        (page.format(plain, calls.format(rest)), "fix: use a model that can do this"),
    ]
    assert [one.kind for one in told(repo, "ask.py", steps)] == kinds


def test_lines_that_move_to_the_right_are_not_written_anew(repo: Repo) -> None:
    page = "def send(post):\n    begin(post)\n{0}    end(post)\n{1}\n\ndef ask():\n    return 1\n"
    calls = [f"post_{n}(post)\n" for n in range(9)]
    left, right, far = ("".join(" " * width + call for call in calls) for width in (4, 8, 12))
    guard = "    check(post)\n    date(post)\n    mark(post)"
    steps = [
        (page.format(left, ""), "feat: send"),
        (page.format(right, guard), "fix: two were sent at once"),
        (page.format(far, ""), "fix: nothing was sent for hours"),
    ]
    assert [one.kind for one in told(repo, "send.js", steps)] == ["oscillation"]


BEFORE = "".join(f"    send_{n}(post, now)\n" for n in range(60))
AFTER = "".join(f"    post_{n}(post)\n" for n in range(18))
WHY = "    # Whoever reads this:\n    # the posts of the night\n    # are sent with the others.\n"


@pytest.mark.parametrize(
    ("before", "last"),
    [
        (BEFORE[:400], WHY + BEFORE[:400]),  # a reason is not a rewriting
        (BEFORE, "    post_7(post)\n" + BEFORE),  # more lines than are kept of a hunk
    ],
    ids=["with a reason", "large"],
)
def test_what_is_back_with_a_little_beside_it(repo: Repo, before: str, last: str) -> None:
    page = "def send(post, now):\n    check(post)\n{}    end(post)\n"
    before, last = before[: before.rindex("\n") + 1], last[: last.rindex("\n") + 1]
    steps = [
        (page.format(before), "feat: send"),
        (page.format(AFTER), "fix: nothing was sent at night"),
        (page.format(last), "fix: posts were sent twice"),
    ]
    assert [one.kind for one in told(repo, "send.py", steps)] == ["oscillation"]


def test_what_two_fixes_take_out_and_put_back_amid_what_they_write_anew(repo: Repo) -> None:
    """Lines that are back had been there: what else is written anew is no excuse."""
    head, guard = (
        "def send(posts):\n    check(posts)\n",
        "    if not posts:\n        return none()\n",
    )
    rest = (
        "    for post in posts:\n        mail(post, {0})\n        note(post, {0})\n    end({0})\n"
    )
    steps = [
        (head + guard + "    begin(posts)\n" + rest.format("plain"), "feat: send"),
        (head + "    begin(posts)\n" + rest.format("later"), "fix: nothing was sent at night"),
        (head + guard + "    begin(posts)\n" + rest.format("soon"), "fix: no posts were sent"),
    ]
    assert [one.kind for one in told(repo, "send.py", steps)] == ["oscillation"]


def test_a_guard_that_a_fix_puts_elsewhere(repo: Repo) -> None:
    plain = "def send(post):\n    date(post)\n    mail(post)\n"
    first = "def send(post):\n    if post.draft or post.hidden:\n        return\n" + plain[16:]
    better = plain.replace("    mail", "    if not post.draft:\n        mail")
    repo.change("send.py", plain, "feat: send")
    repo.change("send.py", first, "fix: drafts were sent")
    repo.change("send.py", better, "fix: drafts had no date")
    report = app.scan(app.ScanRequest(folder=repo.path))
    assert [(one.level, one.why[0]) for one in report.findings] == [
        ("note", "what it takes out, it puts in elsewhere in the file")
    ]


WORDS = "count check wait nudge drain close open retry warn".split()


@pytest.mark.parametrize(
    ("around", "why"),
    [
        ("    out.write(stream)\n", "what it takes out goes with all that stood around it"),
        # The lines beside the guard are rewritten in the same breath: it is the guard that goes.
        (
            "    rows = take(stream)\n    text = join(rows)\n    out.write(text)\n",
            "each of its 2 edits means to fix something, within 10 minutes",
        ),
        # A line on one side only goes too.
        (
            "    lines = take(stream)\n    out.write(text)\n",
            "each of its 2 edits means to fix something, within 10 minutes",
        ),
    ],
)
def test_a_guard_that_goes_with_what_is_around_it(repo: Repo, around: str, why: str) -> None:
    head, tail = "def send(stream, out):\n", "    text = join(lines)\n    out.write(text)\n"
    guard = "".join(f"    {word}(stream)\n" for word in WORDS)
    repo.change("send.py", f"{head}    lines = take(stream)\n{tail}", "feat: send")
    repo.change("send.py", f"{head}    lines = take(stream)\n{guard}{tail}", "fix: it hung")
    repo.change("send.py", head + around, "fix: nothing was sent")
    report = app.scan(app.ScanRequest(folder=repo.path))
    assert [one.why[0] for one in report.findings if one.granularity == "site"] == [why]


def test_two_insertions_by_fixes_that_go_together(repo: Repo) -> None:
    plain = "def send(stream, out):\n    lines = take(stream)\n    out.write(join(lines))\n"
    guard = "    if stuck(stream):\n{}        raise Stuck\n"
    within = "        close(stream)\n        warn(stream)\n        count(stream)\n"
    steps = [
        (plain, "feat: send"),
        (plain.replace("    out", guard.format("") + "    out"), "fix: it hung"),
        (plain.replace("    out", guard.format(within) + "    out"), "fix: it was left open"),
        (f"import io\n{plain}", "fix: it was never stuck"),
    ]
    assert [one.kind for one in told(repo, "send.py", steps)] == ["oscillation"]


@pytest.mark.parametrize(
    ("path", "last", "why"),
    [
        ("retry.toml", "fix: it took minutes", "a file that is no code: settings change"),
        (
            "retry.py",
            "fix: it took minutes",
            "each of its 2 edits means to fix something, within 10",
        ),
        (
            "tests/test_retry.py",
            "fix: it took minutes",
            "only a test that was put in and taken out",
        ),
        ("retry.py", "in less time", "it was put in and taken out again, and not by two fixes"),
    ],
)
def test_a_line_that_a_fix_puts_in(repo: Repo, path: str, last: str, why: str) -> None:
    steps = [
        ("first = 1\nmost = 5\nlast = 9\n", "feat: retry"),
        ("first = 1\nmost = 5\npause_between_calls = 30\nlast = 9\n", "fix: calls were refused"),
        ("first = 2\nmost = 5\nlast = 9\n", last),
    ]
    for text, subject in steps:
        repo.change(path, text, subject)
    (found,) = app.scan(app.ScanRequest(folder=repo.path)).findings
    assert found.why[0].startswith(why)


def test_a_fix_of_a_fix_says_that_it_is_one(repo: Repo) -> None:
    first = ["take(stream)", "wait(stream)", "check(stream)", "send(stream)"]
    steps = [
        (["skip(stream)", *first], "feat: send"),
        (
            ["find(stream, 1)", "find(stream, 2)", "find(stream, 3)", "find(stream, 4)"],
            "fix: it hung",
        ),
        (
            [*first[:3], "send(stream, now)", "tell(stream)", "skip(stream)"],
            "fix: nothing was sent",
        ),
    ]
    for lines, subject in steps:
        text = "".join(f"    {line}\n" for line in lines)
        repo.change("send.py", f"def send(stream):\n{text}", subject)
    (found,) = app.scan(app.ScanRequest(folder=repo.path)).findings
    assert found.why[0] == "a fix of the fix, in other words"
