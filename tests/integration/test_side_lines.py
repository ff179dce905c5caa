"""Branches that take in the main line: what it brings is looked into when it matters, and no less.

Histories are drawn, made real by one ``git fast-import`` each, and scanned.
"""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loopwatch import app
from loopwatch.graph.arrivals import Arrivals, IsUrgent
from loopwatch.graph.edits import Step
from loopwatch.model.explanation import Explanation
from loopwatch.model.finding import Level
from loopwatch.model.report import Report
from loopwatch.model.unit import Granularity
from loopwatch.sources import fixture
from loopwatch.sources.fixture import DEFAULT_AUTHOR, EPOCH, History, ToldVersion
from tests.builders import Repo
from tests.integration.loudness import loud

GAP = 900  # seconds between two versions
MAIN, SIDES = "main", ("one", "two")
FILES, LINES, WORDS = 2, 5, 3

Texts = Mapping[str, tuple[int, ...]]  # of each file: which word each of its lines has


@dataclass
class Branches:
    """A history in the making; sides are begun from the main line and merged with it."""

    versions: list[ToldVersion] = field(default_factory=list)
    texts: dict[str, Texts] = field(default_factory=dict)  # of each version, by label
    tips: dict[str, str] = field(default_factory=dict)
    bases: dict[str, str] = field(default_factory=dict)  # of sides: the last they share with main

    def add(self, branch: str, subject: str, texts: Texts, *others: str) -> None:
        """Add a version to a branch."""
        label, at = f"v{len(self.versions)}", EPOCH + GAP * len(self.versions)
        first = self.tips.get(branch, self.tips.get(MAIN, ""))
        self.bases.setdefault(branch, first)
        self.versions.append(
            ToldVersion(
                label=label,
                subject=subject,
                body="",
                author=DEFAULT_AUTHOR,
                authored=at,
                committed=at,
                branch=branch,
                parents=tuple(parent for parent in (first, *others) if parent),
                files=tuple(sorted((path, text(path, words)) for path, words in texts.items())),
            )
        )
        self.texts[label] = texts
        self.tips[branch] = label

    def edit(self, branch: str, subject: str, path: str, line: int, word: int) -> None:
        """Change one line of a file."""
        texts = self.texts[self.tips.get(branch, self.tips[MAIN])]
        words = texts[path]
        self.add(branch, subject, {**texts, path: (*words[:line], word, *words[line + 1 :])})

    def merge(self, into: str, other: str) -> None:
        """Merge main into a side, or a side into main, line by line; where both changed, keep."""
        if not {into, other} <= self.tips.keys():
            return
        side = other if into == MAIN else into
        base = self.texts[self.bases[side]]
        ours, theirs = self.texts[self.tips[into]], self.texts[self.tips[other]]
        merged = {
            path: tuple(
                their if our == old else our
                for our, their, old in zip(ours[path], theirs[path], base[path], strict=True)
            )
            for path in base
        }
        self.add(into, f"Merge branch '{other}'", merged, self.tips[other])
        self.bases[side] = self.tips[other]


def text(path: str, words: Sequence[int]) -> str:
    """Return a file; each line of it stands in a function of its own."""
    name = path.removesuffix(".py")
    body = (
        "def {0}_{1}(items):\n    first = checked_{0}({1}, items)\n    return {0}_{1}_{2}(first)\n"
    )
    return "\n\n".join(body.format(name, n, word) for n, word in enumerate(words))


@st.composite
def branched(draw: st.DrawFn) -> History:
    """Draw a history of a main line and two sides that take it in again and again."""
    paths = [f"file{n}.py" for n in range(FILES)]
    made = Branches()
    made.add(MAIN, "feat: all", dict.fromkeys(paths, (0,) * LINES))
    for _ in range(draw(st.integers(6, 24))):
        act = draw(st.sampled_from(["main", "main", "side", "in", "in", "out"]))
        side = draw(st.sampled_from(SIDES))
        if act in ("main", "side"):
            subject = draw(st.sampled_from(["fix: a crash", "feat: more", "fix: total", "tidy"]))
            path, line = draw(st.sampled_from(paths)), draw(st.integers(0, LINES - 1))
            word = draw(st.integers(0, WORDS - 1))
            made.edit(MAIN if act == "main" else side, subject, path, line, word)
        elif act == "in":
            made.merge(side, MAIN)
        else:
            made.merge(MAIN, side)
    for side in SIDES:
        made.merge(MAIN, side)
    return History(about="drawn", versions=tuple(made.versions))


def at_once(
    self: Arrivals, merge: int, steps: Iterable[Step], merged: frozenset[int], urgent: IsUrgent
) -> list[Step]:
    """Put nothing off."""
    del self, merge, merged, urgent
    return list(steps)


def loudness(report: Report) -> dict[str, Level]:
    return {one.id: one.level for one in report.findings if one.level is not Level.NOTE}


@settings(max_examples=30)
@given(branched())
def test_what_is_put_off_takes_nothing_from_what_is_said(history: History) -> None:
    """Now and then it adds to it: what other lines bring in hides less of a line's own words."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        root = Path(folder) / "drawn"
        fixture.build(history, root)
        request = app.ScanRequest(folder=root)
        late = loudness(app.scan(request))
        patch.setattr(Arrivals, "put_off", at_once)
        once = loudness(app.scan(request))
    assert late.keys() == once.keys()
    assert all(late[id_].rank >= once[id_].rank for id_ in once)


def total(word: str, *more: str) -> str:
    return "\n".join(
        ["def total(items):", *(f"    {w}(items)" for w in more), f"    return {word}(items)"]
    )


def taken_in(repo: Repo, *more: str) -> None:
    """Fix a function on main, and take that into a side branch."""
    repo.change("shop.py", total("sum_of", *more), "feat: a shop")
    repo.branch("side")
    repo.change("other.py", "first = 1\n", "feat: more")
    repo.checkout("main")
    repo.change("shop.py", total("exact_sum_of", *more), "fix: total is exact")
    repo.checkout("side")
    repo.merge("main")


def merged(repo: Repo) -> str:
    """Merge the side into main, with what the side has; return the side's id."""
    side = repo.head("side")
    repo.checkout("main")
    repo.merge("side")
    return side


@pytest.mark.parametrize("more", [(), ("checked", "counted")])
def test_a_side_takes_back_a_fix_that_a_merge_brought(repo: Repo, more: tuple[str, ...]) -> None:
    """The whole file is back, or one line of it beside others that are new."""
    taken_in(repo)
    merge = repo.head()
    repo.change("shop.py", total("sum_of", *more), "refactor: simpler")
    side = merged(repo)
    [one] = app.scan(app.ScanRequest(folder=repo.path)).findings
    assert one.paths == ("shop.py",)
    assert [edit.version for edit in one.edits][:2] == [merge, side]


def test_what_a_merge_brings_in_is_told_to_whoever_asks_of_it(repo: Repo) -> None:
    taken_in(repo, "checked")
    first = repo.head()
    repo.checkout("main")
    repo.change("shop.py", total("sum_of", "checked"), "refactor: simpler")
    repo.checkout("side")
    second = repo.merge("main")
    merged(repo)
    told = app.explain(app.ScanRequest(folder=repo.path), second).told
    assert isinstance(told, Explanation)
    [site] = [one for one in told.returns if one.unit.granularity is Granularity.SITE]
    assert site.is_arrival
    assert site.left.version.id == first


def test_a_side_brings_a_symbol_back_that_a_merge_had_changed(repo: Repo) -> None:
    """In other lines, so that no place of them is as it was."""
    repo.change("shop.py", "def total(items):\n    return sum_of(items, 1)\n", "feat: a shop")
    repo.branch("side")
    repo.change("other.py", "first = 1\n", "feat: more")
    repo.checkout("main")
    repo.change("shop.py", "def total(items):\n    return exact_sum_of(items, 2)\n", "fix: total")
    repo.checkout("side")
    merge = repo.merge("main")
    text = "LIMIT = 3\n\n\ndef total(items):\n    return sum_of(\n        items, 1\n    )\n"
    repo.change("shop.py", text, "feat: a limit")
    merged(repo)
    [one] = app.scan(app.ScanRequest(folder=repo.path)).findings
    assert one.granularity is Granularity.SYMBOL
    assert one.edits[0].version == merge


MOVED = "def moved(items):\n    first = checked(items)\n    return moved_sum_of(first)\n"
KEPT = "def kept(items):\n" + "".join(f"    step_{n}(items)\n" for n in range(9))


@pytest.mark.parametrize(
    ("target", "rest"), [("shop.py", ""), ("till.py", ""), ("shop.py", "print(moved)\n")]
)
def test_what_a_merge_brought_had_only_moved(repo: Repo, target: str, rest: str) -> None:
    """Nothing was lost that a side puts back: it moved in its file, or to another one.

    Where more was changed there, the lines that the merge took out are those of two edits.
    """
    top = MOVED + rest
    repo.write("till.py", KEPT)
    repo.change("shop.py", top + "\n\n" + KEPT, "feat: a shop")
    repo.branch("side")
    repo.change("other.py", "first = 1\n", "feat: more")
    repo.checkout("main")
    moved = {"shop.py": rest + KEPT, "till.py": KEPT}
    moved[target] += "\n\n" + MOVED
    repo.write("till.py", moved["till.py"])
    repo.change("shop.py", moved["shop.py"], "fix: order of things")
    if rest:
        repo.change("shop.py", moved["shop.py"].removeprefix(rest), "fix: not that")
    repo.checkout("side")
    repo.merge("main")
    text = top + "\n\n" + moved["shop.py"].removeprefix(rest) + "\n\nLIMIT = 3\n"
    repo.change("shop.py", text, "feat: first of all")
    merged(repo)
    found = app.scan(app.ScanRequest(folder=repo.path)).findings
    assert Granularity.SITE not in {one.granularity for one in found}


ROWS = "def parse_rows(table):\n    rows = table.read_rows()\n    first = rows.pop_first()\n"
ROWS += "    checked = check_row(first)\n    return checked, rows\n"
LOAD = "def load(path):\n    return open_table(path)\n\n\n"
SAVE = "def save(path):\n    return store(path)\n\n\n"


def test_what_a_merge_brought_had_moved_in_two_steps(repo: Repo) -> None:
    """Only the merge does both of them, and nobody reads what it does to the other file."""
    repo.write("save.py", SAVE)
    repo.change("load.py", LOAD + ROWS, "feat: tables")
    repo.branch("side")
    repo.change("other.py", "first = 1\n", "feat: more")
    repo.checkout("main")
    repo.change("save.py", SAVE + ROWS, "refactor: rows have a place of their own")
    repo.change("load.py", LOAD, "refactor: rows are elsewhere now")
    repo.checkout("side")
    repo.merge("main")
    text = (LOAD + ROWS).replace("open_table(path)", "open_table(path, 1)")
    repo.change("load.py", text, "feat: rows are needed here")
    merged(repo)
    assert loud(repo) == []


def test_a_merge_moves_what_it_puts_back(repo: Repo) -> None:
    """From a file that is as on the other side, so that only the one it goes to is read."""
    repo.write("save.py", SAVE + ROWS)
    repo.change("load.py", LOAD + ROWS, "feat: tables")
    repo.branch("side")
    repo.change("load.py", LOAD, "refactor: rows are twice")
    repo.checkout("main")
    repo.change("save.py", SAVE, "refactor: rows are twice, too")
    repo.change("load.py", LOAD.replace("path", "name") + ROWS, "feat: names")
    repo.checkout("side")
    repo.merge("main", resolve={"load.py": LOAD.replace("path", "name") + ROWS})
    merged(repo)
    assert loud(repo) == []


def test_that_it_moved_later_on_another_line_says_nothing(repo: Repo) -> None:
    repo.write("save.py", SAVE)
    repo.change("load.py", LOAD + ROWS, "feat: tables")
    repo.branch("side")
    repo.change("other.py", "first = 1\n", "feat: more")
    repo.checkout("main")
    repo.change("load.py", LOAD, "refactor: simpler tables")
    repo.checkout("side")
    merge = repo.merge("main")
    repo.checkout("main")
    repo.branch("topic")
    repo.change("load.py", LOAD + ROWS, 'Revert "refactor: simpler tables"')
    repo.write("save.py", SAVE + ROWS)
    repo.change("load.py", LOAD, "refactor: rows have a place of their own")
    repo.checkout("side")
    repo.change("load.py", LOAD + ROWS, "feat: rows are needed here")
    back = merged(repo)
    repo.merge("topic", resolve={"load.py": LOAD + ROWS})
    [one] = loud(repo)
    assert {merge, back} <= {edit.version for edit in one.edits}


def test_what_is_read_late_hides_no_maker(repo: Repo) -> None:
    """What a merge on main brings in is told on the side, whatever else is read meanwhile."""
    repo.change("shop.py", total("sum_of"), "feat: a shop")
    repo.branch("side")
    repo.change("other.py", "first = 1\n", "feat: more")
    repo.checkout("main")
    repo.change("shop.py", total("exact_sum_of"), "feat: exact total")
    repo.checkout("side")
    repo.merge("main")
    repo.checkout("main")
    repo.change("shop.py", total("sum_of"), "feat: simple total")
    repo.branch("topic")
    repo.change("shop.py", total("exact_sum_of"), 'Revert "feat: simple total"')
    repo.checkout("side")
    text = total("exact_sum_of") + "\n\n\nLIMIT = 3\n"
    repo.change("shop.py", text, "feat: the side goes on")
    repo.checkout("main")
    repo.change("till.py", "second = 2\n", "feat: even more")
    repo.merge("topic", "Merge pull request #1 from a/topic", "fix: total is wrong")
    repo.merge("side", resolve={"shop.py": text})
    assert loud(repo) == []


def test_a_round_that_a_merge_brought_counts(repo: Repo) -> None:
    def settings(mode: str, *more: str) -> str:
        lines = [f"mode: {mode}", "name: shop", "owner: team", *(f"{one}: true" for one in more)]
        return "\n".join(lines) + "\n"

    repo.change("settings.yaml", settings("safe"), "feat: settings")
    repo.branch("side")
    repo.change("settings.yaml", settings("fast", "one"), "fix: more")
    repo.branch("topic")
    repo.change("settings.yaml", settings("safe", "one", "two"), "fix: less")
    repo.checkout("side")
    repo.change("other.py", "first = 1\n", "feat: another thing")
    repo.merge("topic")
    repo.change("settings.yaml", settings("fast", "one", "two", "three"), "fix: more again")
    repo.checkout("main")
    repo.change("readme.py", "second = 2\n", "feat: even more")
    merged(repo)
    assert 2 in {one.rounds for one in loud(repo)}


def test_code_that_a_merge_brought_elsewhere_has_its_past(repo: Repo) -> None:
    """It was changed in one file and moved to another, and the side goes on with that one."""
    repo.write("save.py", SAVE)
    repo.change("load.py", LOAD + ROWS, "feat: tables")
    repo.branch("side")
    repo.change("other.py", "first = 1\n", "feat: more")
    repo.checkout("main")
    fixed = ROWS.replace("check_row(first)", "check_first_row(first, rows)")
    repo.change("load.py", LOAD + fixed, "fix: the first row")
    repo.checkout("side")
    merge = repo.merge("main")
    repo.checkout("main")
    repo.write("save.py", SAVE + fixed)
    repo.change("load.py", LOAD, "refactor: rows have a place of their own")
    repo.checkout("side")
    repo.merge("main")
    back = repo.change("save.py", SAVE + ROWS, "refactor: simpler")
    merged(repo)
    found = app.scan(app.ScanRequest(folder=repo.path)).findings
    assert [merge, back] in [[edit.version for edit in one.edits][:2] for one in found]


def test_a_conflict_that_a_merge_leaves_is_seen_whatever_was_before(repo: Repo) -> None:
    """Neither side has changed the file in the newest commits, which are read."""
    text = "def one():\n    return {}\n"
    bad = text.format("5\n=======\n    return 7\n>>>>>>> main")
    bad = bad.replace("def one():\n", "def one():\n<<<<<<< HEAD\n")
    repo.change("one.py", text.format(1), "feat: one")
    repo.branch("side")
    repo.change("one.py", text.format(5), "feat: five")
    repo.checkout("main")
    start = repo.change("one.py", text.format(7), "feat: seven")
    repo.checkout("side")
    repo.change("other.py", "first = 1\n", "feat: more")
    repo.merge("main", resolve={"one.py": bad})
    repo.change("one.py", text.format(6), "fix: markers")
    repo.change("one.py", bad + "\n\nLIMIT = 3\n", "feat: a limit")
    repo.checkout("main")
    repo.merge("side", resolve={"one.py": text.format(6)})
    found = loud(repo, f"{start}..HEAD")
    assert Granularity.DEFECT in {one.granularity for one in found}


def test_a_merge_drops_a_fix_that_only_an_earlier_merge_names(repo: Repo) -> None:
    repo.change("shop.py", total("sum_of"), "feat: a shop")
    repo.branch("side")
    repo.change("other.py", "first = 1\n", "feat: more")
    repo.branch("fix-total")
    repo.change("shop.py", total("exact_sum_of"), "wip")
    repo.checkout("side")
    fix = repo.merge("fix-total", "Merge branch 'fix-total' into side")
    repo.checkout("main")
    repo.change("readme.py", "second = 2\n", "feat: even more")
    repo.merge("side", resolve={"shop.py": total("sum_of")})
    [one] = loud(repo)
    assert one.edits[0].version == fix


def test_what_was_broken_before_is_followed_through_merges(repo: Repo) -> None:
    broken = total("sum_of") + "\n    return (items\n"
    repo.change("shop.py", total("sum_of"), "feat: a shop")
    repo.branch("side")
    repo.change("other.py", "first = 1\n", "feat: more")
    repo.checkout("main")
    repo.change("shop.py", broken, "feat: more of it")
    repo.checkout("side")
    repo.merge("main")
    repo.checkout("main")
    repo.change("shop.py", total("exact_sum_of"), "fix: it parses")
    repo.checkout("side")
    repo.merge("main")
    repo.change("shop.py", total("exact_sum_of") + "\n    return (items\n", "feat: once more")
    merged(repo)
    found = app.scan(app.ScanRequest(folder=repo.path)).findings
    assert Granularity.DEFECT in {one.granularity for one in found}


def test_a_line_that_begins_before_the_range_has_a_past_of_its_own(repo: Repo) -> None:
    """What it leaves is not what the main line had been, when that was read first."""
    repo.change("shop.py", total("count_of"), "feat: a shop")
    repo.branch("side")
    repo.checkout("main")
    start = repo.change("shop.py", total("sum_of"), "feat: sum")
    repo.change("shop.py", total("exact_sum_of"), "feat: exact")
    repo.checkout("side")
    repo.change("shop.py", total("total_of"), "fix: total is wrong")
    repo.change("shop.py", total("sum_of"), "refactor: simpler")
    repo.checkout("main")
    repo.merge("side", resolve={"shop.py": total("exact_sum_of")})
    assert loud(repo, f"{start}..HEAD") == []
