"""Healthy work that looks like a loop, found on real commits; each was raised once."""

import json

import pytest

from loopwatch import app
from loopwatch.graph.rereading import Halves, Rereading
from tests.builders import START, Repo
from tests.integration.loudness import loud, told, told_of

HEAD = "from settings import LIMIT, settings\n\n\ndef retries():\n"
OWN = f"{HEAD}    retries = load_retries()\n    return min(retries, LIMIT)\n"
SHARED = f"{HEAD}    return settings.retries\n"
FIXED = f"{HEAD}    return min(settings.retries, LIMIT)\n"


def test_a_fix_after_revert_and_reland(repo: Repo) -> None:
    for text, subject in (
        (OWN, "feat: retry"),
        (SHARED, "feat: settings of their own (#7)"),
        (OWN, 'Revert "feat: settings of their own (#7)"'),
        (SHARED, 'Reapply "feat: settings of their own (#7)"'),
        (FIXED, "fix: never more than the limit"),
    ):
        repo.change("retry.py", text, subject)
    assert loud(repo) == []


@pytest.mark.parametrize(
    "other", [OWN.replace("\n", "\r\n"), OWN.removesuffix("\n")], ids=["line ends", "last line"]
)
def test_line_ends_that_two_fixes_change(repo: Repo, other: str) -> None:
    repo.git("config", "core.autocrlf", "false")
    for text, subject in ((OWN, "feat: retry"), (other, "fix: layout"), (OWN, "fix: layout again")):
        (repo.path / "retry.py").write_bytes(text.encode())
        repo.git("add", "retry.py")
        repo.commit(subject)
    assert loud(repo) == []


def test_a_fix_that_went_in_three_places_but_one_by_and_by(repo: Repo) -> None:
    """Three places that go at once are no chance; two, and one written anew before, may be."""
    body = "def {0}(items):\n    items = checked_{0}(items)\n    return {1}_{0}(items)\n\n\n"
    day = 24 * 3600
    for days, words, subject in (
        (0, ("sum", "sum", "sum"), "feat: three sums"),
        (1, ("exact", "exact", "exact"), "fix: sums are exact"),
        (2, ("exact", "exact", "rounded"), "feat: round one"),
        (9, ("sum", "sum", "sum"), "feat: sums as they come"),
    ):
        text = "".join(map(body.format, ("one", "two", "three"), words))
        repo.change("sums.py", text, subject, when=START + days * day)
    assert loud(repo) == []


def test_short_lines_that_two_fixes_change_are_no_layout(repo: Repo) -> None:
    start = "def stop(now):\n    if now:\n"
    for text, subject in (
        ("        return None\n", "feat: stop"),
        ("        raise Stop\n", "fix: stop at once"),
        ("        return None\n", "fix: do not raise"),
    ):
        repo.change("stop.py", start + text, subject)
    assert len(loud(repo)) == 1


USES = "".join(
    f"def part_{n}(box):\n    return box.{{name}}({n}, 'part {n}')\n\n\n" for n in range(10)
)


def test_one_name_for_another_in_many_places(repo: Repo) -> None:
    plain, renamed = USES.format(name="render"), USES.format(name="give_back")
    steps = [
        (plain, "parts"),
        (renamed, "new pipeline"),
        (plain, "one way to render"),
        (plain + "#", "end"),
    ]
    assert told(repo, "parts.py", steps) == []


def test_one_name_for_another_comes_back_by_a_stale_branch(repo: Repo) -> None:
    plain, renamed = USES.format(name="render"), USES.format(name="give_back")
    steps = [(plain, "parts"), (renamed, "new pipeline"), (plain, "merge: WIP branch of pages")]
    assert [one.kind for one in told(repo, "parts.py", steps)] == ["relapse"]


def test_many_things_that_go_back_in_silence(repo: Repo) -> None:
    parts = [f"def part_{n}(box):\n    return {{}}\n\n\n" for n in range(10)]
    plain = "".join(part.format(f"box.render({n})") for n, part in enumerate(parts))
    other = "".join(part.format(f"frame_{n}.paint(color_{n})") for n, part in enumerate(parts))
    steps = [(plain, "parts"), (other, "colours"), (plain, "one way to render")]
    assert [one.kind for one in told(repo, "parts.py", steps)] == ["relapse"]


TAKEN_OUT = """\
    names = sorted(users)
    names = [name.title() for name in names]
    if len(names) > LIMIT:
        names = names[:LIMIT]
    check(names)
"""


@pytest.mark.parametrize(
    ("last", "subject", "kinds"),
    [
        ("check(names)", "greet in another way", ["relapse"]),
        ("check_all(names, users)", "greet in another way", []),
        ("check_all(names, users)", "put the sorting back", ["relapse"]),
        ("check_all(names, users)", "fix: sorted names again", ["relapse"]),
    ],
)
def test_work_that_was_gone_is_back(repo: Repo, last: str, subject: str, kinds: list[str]) -> None:
    whole = f"def greet(users):\n    names = list(users)\n{TAKEN_OUT}    return names\n"
    rest, other = whole.replace(TAKEN_OUT, ""), whole.replace("check(names)", last)
    steps = [(whole, "greet"), (rest, "parts of the page"), (other, subject)]
    assert [one.kind for one in told(repo, "greet.py", steps)] == kinds


@pytest.mark.parametrize(("subject", "kinds"), [("limits", []), ("fix: limits", ["oscillation"])])
def test_a_second_round_in_other_words(repo: Repo, subject: str, kinds: list[str]) -> None:
    head = "def start(router, log):\n    router.use(log)\n"
    plain = f"{head}    server = router.default()\n    return server.run()\n"
    limited = f"{head}    server = router.new(limiter, recovery, log)\n    return server.run()\n"
    reworded = (
        f"{head}    server = router.new(rate_limiter, recovery, log)\n    return server.run()\n"
    )
    steps = [(plain, "demo"), (limited, "limits"), (plain, "demo of rooms"), (reworded, subject)]
    assert [one.kind for one in told(repo, "start.py", steps)] == kinds


POM = """\
<project>
  <artifactId>pages</artifactId>
  <version>{}</version>
  <tag>{}</tag>
  <url>pages.example</url>
  <snapshots>{}</snapshots>
</project>
"""


def test_what_a_release_changes_and_changes_back(repo: Repo) -> None:
    steps = [(POM.format("1.0-SNAPSHOT", "HEAD", "on"), "pages")]
    for number in range(4):
        name = f"[maven-release-plugin] prepare release pages-1.{number}"
        steps.append((POM.format(f"1.{number}", f"pages-1.{number}", "off"), name))
        name = "[maven-release-plugin] prepare for next development iteration"
        steps.append((POM.format(f"1.{number + 1}-SNAPSHOT", "HEAD", "on"), name))
    assert told(repo, "pom.xml", steps) == []


def test_what_is_no_release_goes_round(repo: Repo) -> None:
    steps = [
        (POM.format("1.0", name, "on"), f"tag of {name}") for name in ("HEAD", "old", "HEAD", "old")
    ]
    assert [one.kind for one in told(repo, "pom.xml", steps)] == ["oscillation"]


def expected(**changes: bool) -> str:
    projects = ("attrs", "django", "flask", "pandas", "tox", "zulip")
    entries = {
        name: {"url": f"{name}.git", "expect_changes": changes.get(name, name < "e")}
        for name in projects
    }
    return json.dumps(entries, indent=2) + "\n"


def test_equal_lines_at_two_places_of_a_file(repo: Repo) -> None:
    steps = [
        (expected(), "primer"),
        (expected(attrs=False), "fix: attrs is formatted now"),
        (expected(attrs=False, pandas=True), "fix: pandas is not"),
        (expected(attrs=False, pandas=False), "fix: now it is"),
        (expected(attrs=False, pandas=False, zulip=True), "fix: zulip is not"),
    ]
    found = told(repo, "primer.json", steps)
    assert [(one.rounds, one.closed_at) for one in found] == [
        (1, repo.git("rev-parse", "HEAD~1").strip())
    ]


@pytest.mark.parametrize(
    ("subject", "kinds"),
    [
        ("Remove tox pin (#12)", []),
        ("install what is needed", ["relapse"]),
    ],
)
def test_a_fix_that_is_removed_in_so_many_words(repo: Repo, subject: str, kinds: list[str]) -> None:
    steps = [
        ("run: python -m pip install --upgrade tox\n", "ci"),
        ("run: python -m pip install --upgrade 'tox<4.7'\n", "Pin tox to fix CI (#11)"),
        ("run: python -m pip install --upgrade tox\n", subject),
    ]
    assert [one.kind for one in told(repo, "ci.yml", steps)] == kinds


def test_what_is_removed_is_named_as_in_the_code(repo: Repo) -> None:
    plain = "package pages\n\nfunc Start(page string) error {\n\treturn open(page)\n}\n"
    told_apart = plain.replace(
        "\treturn open(page)\n",
        "\terr := open(page)\n"
        "\tif errors.Is(err, ErrEmptyRepository) {\n\t\treturn nil\n\t}\n\treturn err\n",
    )
    steps = [(plain, "start"), (told_apart, "Fix start where nothing is committed")]
    steps.append((plain, "Remove redundant empty-repo special-casing in start hooks"))
    assert told(repo, "start.go", steps) == []


def test_who_names_one_place_of_a_fix_knows_of_the_others(repo: Repo) -> None:
    """The second place, a test, says nothing of what is removed."""
    plain = {
        "name.ts": "export const name = (id: string) => id.trim()\n",
        "name.spec.ts": 'expect(name("a-b")).toBe("a-b")\n',
    }
    encoded = {
        "name.ts": "export const name = (id: string) => encodeHyphens(id.trim())\n",
        "name.spec.ts": 'expect(name("a-b")).toBe("a___b")\n',
    }
    steps = [(plain, "feat: names"), (encoded, "fix: hyphens in names")]
    steps.append((plain, "Replace hyphen encoding with fuzzy matching"))
    assert told_of(repo, steps) == []


def test_who_names_a_place_of_one_fix_does_not_know_of_another(repo: Repo) -> None:
    plain = {
        "name.ts": "export const name = (id) => id.trim()\n",
        "name.spec.ts": 'expect(name("a-b")).toBe("a-b")\n',
        "wait.ts": "export const pause = () => wait(1)\n",
    }
    encoded = {
        "name.ts": "export const name = (id) => encodeHyphens(id.trim())\n",
        "name.spec.ts": 'expect(name("a-b")).toBe("a___b")\n',
    }
    configured = {"wait.ts": "export const pause = () => wait(most(30, config.pause))\n"}
    steps = [(plain, "feat: names"), (encoded, "fix: hyphens in names")]
    steps.append((configured, "fix: wait as configured"))
    steps.append((plain, "Replace hyphen encoding with fuzzy matching"))
    found = told_of(repo, steps)
    assert [(one.path, one.kind) for one in found] == [("wait.ts", "relapse")]


CONFIGURE = """\
function configure(model, thinking) {
  const config = { maxTokens: model.maxTokens }
REST
  if (supportsLongContext(model)) {
    config.beta = true
  }
  return config
}
"""


def test_a_comment_that_goes_back_beside_what_is_written_anew(repo: Repo) -> None:
    """All that returns in one file is the comment: the rest of the later hunk was new.

    In the other it is code, on the same lines of the same edits.
    """
    sampling = "\n  if (!thinking) {\n    config.topP = 0.1\n  }\n"
    ways = {
        "comment.ts": "\n  // Check if long context is enabled for the model Sonnet 4{}",
        "setting.ts": "\n  config.context = isEnabled(model.name, 'Sonnet 4{}')",
    }
    steps = [
        (sampling, "", "feat: configure"),
        (sampling, " / 4.5", "fix: id of the model"),
        ("", "", "fix: no sampling"),
    ]
    versions = [
        (
            {
                path: CONFIGURE.replace("REST", before + way.replace("{}", more))
                for path, way in ways.items()
            },
            subject,
        )
        for before, more, subject in steps
    ]
    assert [one.path for one in told_of(repo, versions)] == ["setting.ts"]


def test_formatters_at_war_whose_hunks_are_not_all_alike(repo: Repo) -> None:
    short = "    left = paint(canvas, colours, left)\n    right = paint(canvas, colours, right)\n"
    long = short.replace("(", "(\n        ").replace(")", "\n    )").replace(", ", ",\n        ")
    more = "    top = paint(canvas, colours, top)\n"
    page = "def draw(canvas, colours, left, right, top):\n{}    return top, left, right\n"
    tall = more.replace("(", "(\n        ").replace(")", "\n    )").replace(", ", ",\n        ")
    steps = [
        (short + more, "feat: draw"),
        (long + more, "fix: layout"),
        (short + more, "fix: lint"),
        (long + tall, "fix: layout"),
    ]
    found = told(repo, "draw.py", [(page.format(text), subject) for text, subject in steps])
    assert [one.rounds for one in found] == [2]


def test_imports_that_come_and_go_with_what_needs_them(repo: Repo) -> None:
    direct = "import { analyse } from '../direct/analyse.js';\n"
    short = "import { done, failed } from './utils.js';\n" + direct
    long = "import {\n  done,\n  failed,\n  rootOf\n} from './utils.js';\n"
    long += "import { analyse } from '../core.js';\n"
    steps = [
        (long, "feat: analyse"),
        (short, "fix: analyse at once"),
        ("import path from 'path';\n" + long, "fix: root of the project"),
        ("import path from 'path';\n" + short, "fix: root and schema"),
    ]
    rest = "\nexport function run() {\n  return analyse();\n}\n"
    versions = [(f"{text}{rest}", subject) for text, subject in steps]
    assert told(repo, "analyse.js", versions) == []


def test_another_loop_that_closes_where_a_first_goes_on(repo: Repo) -> None:
    def both(size: str, wait: str, subject: str) -> None:
        for name, value in (("retry", size), ("wait", wait)):
            (repo.path / f"{name}.py").write_text(f"def work(size):\n    return {value}\n")
        repo.git("add", ".")
        repo.commit(subject)

    both("min(size, 3)", "pause(1)", "feat: work")
    both("min(size, 30)", "pause(1)", "fix: more")
    both("min(size, 3)", "pause(1)", "fix: less")
    both("min(size, 3)", "nothing()", "fix: do not wait")
    both("min(size, 30)", "pause(1)", "fix: more, and wait")
    assert sorted(one.path or "" for one in loud(repo)) == ["retry.py", "wait.py"]
    assert {one.closed_at for one in loud(repo)} == {
        repo.git("rev-parse", f"HEAD{back}").strip() for back in ("", "~2")
    }


def test_what_goes_back_in_the_same_file_is_the_same_finding(repo: Repo) -> None:
    page = "def retry(size):\n    return min(size, {})\n\n\ndef wait(size):\n    return {}\n"
    steps = [
        (page.format(3, "pause(size)"), "feat: work"),
        (page.format(30, "pause(size)"), "fix: more"),
        (page.format(3, "pause(size)"), "fix: less"),
        (page.format(3, "nothing()"), "fix: do not wait"),
        (page.format(30, "pause(size)"), "fix: more, and wait"),
    ]
    assert len(told(repo, "work.py", steps)) == 1


def test_the_same_change_of_code_at_two_places(repo: Repo) -> None:
    def page(first: str, second: str) -> str:
        parts = (
            f"def {name}(projects):\n    start({name!r})\n    if len(projects) {sign} 1:\n"
            f"        return projects[0]\n    return {name}_of(projects)\n\n\n"
            for name, sign in (("inbox", first), ("outbox", second))
        )
        return "".join(parts)

    steps = [
        (page(">=", "=="), "feat: boxes"),
        (page(">=", ">="), "fix: take the first, here too"),
        (page("==", ">="), "fix: only if there is one"),
    ]
    assert [one.kind for one in told(repo, "boxes.py", steps)] == ["oscillation"]


def test_all_that_goes_back_with_a_further_turn_is_one_finding(repo: Repo) -> None:
    def both(value: int, subject: str) -> None:
        for name in ("retry", "wait"):
            (repo.path / f"{name}.py").write_text(
                f"def work(size):\n    return min(size, {value})\n"
            )
        repo.git("add", ".")
        repo.commit(subject)

    for value, subject in (
        (3, "feat: work"),
        (30, "fix: more"),
        (3, "fix: less"),
        (30, "fix: more"),
    ):
        both(value, subject)
    assert len(loud(repo)) == 1


@pytest.mark.parametrize(("path", "number"), [("tests/test_names.py", 0), ("names.py", 1)])
def test_what_two_fixes_add_and_take_out(repo: Repo, path: str, number: int) -> None:
    one = "def test_plain():\n    assert name_of(1) == 'one'\n"
    two = one + "\n\ndef test_field():\n    assert field_of(1) == 'first'\n    assert FIELDS\n"
    steps = [(one, "names"), (two, "fix: name of a field"), (one, "fix: field by number")]
    assert len(told(repo, path, steps)) == number


def test_a_debugger_that_a_fix_left_behind(repo: Repo) -> None:
    head = "export function enter(node, transition) {\n  node.hidden = false\n"
    plain = f"{head}\n  return node.enter(transition)\n}}\n"
    halted = plain.replace("\n\n", "\n  if (transition) debugger\n")
    other = "export const LIMIT = 3\n"
    repo.write("limits.js", other)
    repo.change("enter.js", plain, "feat: enter")
    repo.write("limits.js", other.replace("3", "4"))
    repo.change("enter.js", halted, "fix: enter only what is hidden")
    repo.change("enter.js", plain, "chore: no stop")
    assert loud(repo) == []


@pytest.mark.parametrize(
    ("path", "first", "other", "kinds"),
    [
        ("pages.yml", "retries: none", "retries: always", ["relapse"]),
        ("pages.py", "line: 1285", "line: 1317", []),  # each side counts; the merge counts anew
        ("pages.py", "line: 1285", "line: none", ["relapse"]),
    ],
)
def test_a_fix_of_settings_that_a_merge_drops(
    repo: Repo, path: str, first: str, other: str, kinds: list[str]
) -> None:
    def page(first: str, last: str) -> str:
        return f"{first}\nname: pages\nhost: pages.example\nport: 80\n{last}\n"

    repo.change(path, page(first, "level: low"), "feat: settings")
    repo.git("checkout", "-q", "-b", "side")
    repo.change(path, page(other, "level: low"), "fix: try again")
    repo.git("checkout", "-q", "main")
    repo.change(path, page(first, "level: high"), "feat: level")
    repo.git("merge", "-q", "--no-commit", "side")
    repo.write(path, page(first, "level: high"))
    repo.commit("Merge branch 'side'")
    assert [one.kind for one in loud(repo)] == kinds


@pytest.mark.parametrize("is_gone", [False, True])
@pytest.mark.parametrize(("first", "other"), [("", "    "), ("    ", "")], ids=["in", "out"])
def test_layout_at_war_in_code_that_comes_and_goes(
    repo: Repo, first: str, other: str, *, is_gone: bool
) -> None:
    """Lines that differ by indentation alone are known without it to whatever else takes them."""
    head, war = (
        "import shop\n\nif shop.is_open():\n    {0}()\n",
        "{0}shop.count()\n{0}shop.tell()\n",
    )
    page = head.format("shop.sell")
    repo.change("run.py", page, "feat: sell")
    came, *_ = [
        repo.change("run.py", page + war.format(indent), "fix: count")
        for indent in (first, other, first, other)
    ]
    if is_gone:
        repo.change("run.py", head.format("shop.close"), "feat: close")
    (one,) = loud(repo)
    assert one.is_open is not is_gone
    assert one.states[0].versions[0] == came


TERSE = "function s(e){{let n=e||{{}};return{{id:n.id,at:{0}(),top:n.top}}}}\n"
LONG = TERSE.replace("\n", "") * 9 + "\n"


@pytest.mark.parametrize(
    ("path", "text", "is_flat"),
    [("bin/app.js", TERSE, False), ("bin/app.js", LONG, True), ("bin/app.min.js", TERSE, True)],
)
def test_what_nobody_writes_is_followed_as_a_whole(
    repo: Repo, path: str, text: str, *, is_flat: bool
) -> None:
    """Of its lines none is looked at: one goes back at first, and the file later."""
    for first, second, subject in (
        ("now", "early", "feat: two clocks"),
        ("clock", "early", "fix: another clock"),
        ("now", "late", "fix: the other clock"),
    ):
        repo.change(path, text.format(first) + "\n" * 9 + text.format(second), subject)
    report = app.scan(app.ScanRequest(folder=repo.path))
    assert bool(report.findings) is not is_flat
    assert report.summary.mechanical == 0
    repo.change(path, text.format("now") + "\n" * 9 + text.format("early"), "Revert to two clocks")
    told = app.scan(app.ScanRequest(folder=repo.path)).findings
    assert {one.granularity for one in told} == {"file" if is_flat else "site"}


def test_each_place_of_many_is_read_once(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    halves = Rereading.halves

    def reading(self: Rereading, number: int) -> Halves | None:
        read.append(number)
        return halves(self, number)

    monkeypatch.setattr(Rereading, "halves", reading)
    page = "".join(USES.replace("part_", f"part_{n}_") for n in range(6))
    steps = [(page.format(name=name), "parts") for name in ("render", "give_back", "render")]
    assert told(repo, "parts.py", steps) == []
    assert 60 <= len(read) <= 5 * 60
