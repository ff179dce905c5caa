"""What a finding says of the places that return: their own lines, and whether it goes on."""

from itertools import pairwise

import pytest

from loopwatch import app
from loopwatch.model.explanation import Explanation
from loopwatch.model.finding import Finding, Level
from loopwatch.sources.scan_range import ScanRange
from tests.builders import Repo

TEXT = {
    "X": "    return sum(items)",
    "Y": "    return sum(items) - discount(items)",
    "Z": "    return exact(items)",
}


def shop(line: str, *, top: str = "", below: str = "") -> str:
    """Return a file with one function that changes, and what changes with it."""
    return f"{top}def total(items):\n    items = checked(items)\n{line}\n\n\ndef other():{below}\n"


def loud(repo: Repo) -> list[Finding]:
    report = app.scan(app.ScanRequest(folder=repo.path))
    return [one for one in report.findings if one.level is not Level.NOTE]


@pytest.mark.parametrize(
    ("states", "told", "is_open"),
    [
        ("XYZX", {"X": (0, 3), "Y": (1,), "Z": (2,)}, True),
        ("XYZXY", {"X": (0, 3), "Y": (1, 4), "Z": (2,)}, True),
        ("XYZXYZ", {"X": (0, 3), "Y": (1, 4), "Z": (2, 5)}, True),
    ],
)
def test_three_states_in_turn(
    repo: Repo, states: str, told: dict[str, tuple[int, ...]], *, is_open: bool
) -> None:
    ids = [
        repo.change("shop.py", shop(TEXT[state]), f"fix: number {number}" if number else "feat")
        for number, state in enumerate(states)
    ]
    [one] = loud(repo)
    assert {state.label: state.versions for state in one.states} == {
        label: tuple(ids[number] for number in numbers) for label, numbers in told.items()
    }
    assert (one.symbol, one.rounds, one.is_open) == ("total", len(states) // 3, is_open)


@pytest.mark.parametrize("states", ["XYZX", "XYX"])
def test_the_lines_of_the_place_itself_are_told(repo: Repo, states: str) -> None:
    """The edits change other places of the file too, above the one that returns."""
    ids = [
        repo.change(
            "shop.py",
            shop(TEXT[state], top=f"LIMIT = limit_of({number})\n\n\n", below=f" part({number})"),
            f"fix: number {number}" if number else "feat: shop",
        )
        for number, state in enumerate(states)
    ]
    [one] = loud(repo)
    told = {edit.version: edit.hunks for edit in one.edits}
    for number, (before, after) in enumerate(pairwise(states), start=1):
        [hunk] = told[ids[number]]
        assert (hunk.before, hunk.after) == ((TEXT[before],), (TEXT[after],))
    assert one.is_open


def test_what_changes_beside_a_cycle_is_no_part_of_its_id(repo: Repo) -> None:
    for path, top in (("one/shop.py", ""), ("two/shop.py", "edge({number})\n")):
        for number, state in enumerate("XYX"):
            text = shop(TEXT[state], top=top.format(number=number))
            repo.change(path, text, f"fix: {number}" if number else "feat")
    [one] = loud(repo)
    assert one.paths == ("one/shop.py", "two/shop.py")


def explained(repo: Repo, wanted: str, revision: str | None = None) -> Explanation:
    request = app.ScanRequest(folder=repo.path, range=ScanRange(revision=revision))
    told = app.explain(request, wanted).told
    assert isinstance(told, Explanation)
    return told


def test_a_state_is_told_by_the_version_that_brought_its_lines(repo: Repo) -> None:
    first = repo.change("shop.py", "import sums\n", "feat: a shop")
    came = repo.change("shop.py", "import sums\n\n\n" + shop(TEXT["X"]), "feat: total")
    repo.change("shop.py", "import sums\n\n\n" + shop(TEXT["Y"]), "fix: discount")
    back = repo.change("shop.py", "import sums\n\n\n" + shop(TEXT["X"]), "fix: no discount")
    assert {one.back_to for one in explained(repo, back).returns} == {came}
    [loop] = loud(repo)
    assert loop.states[0].versions == (came, back)
    assert {one.back_to for one in explained(repo, back, f"{came}..HEAD").returns} == {None}
    in_range = explained(repo, back, f"{first}..HEAD").returns
    assert {one.back_to for one in in_range} == {came}
