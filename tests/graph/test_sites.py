"""Sites: which hunks take each other back, told by lines of text."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.diffing.fragments import Fragment, fragments
from loopwatch.graph.site_search import SiteSearch
from loopwatch.graph.sites import SiteIndex, SiteReturn

FILE, OTHER = 7, 8
LINES = [
    "alpha(1)",
    "beta(2)",
    "gamma(3)",
    "delta(4)",
    "omega(5)",
    "sigma(6)",
    "kappa(7)",
    "theta(8)",
]


def hunk_of(old: str, new: str) -> Fragment:
    """Return the one hunk between two texts, given as lines joined by a slash."""
    before, after = (
        [line.encode() for line in text.split("/")] if text else [] for text in (old, new)
    )
    [hunk] = fragments([b"top()", *before, b"end()"], [b"top()", *after, b"end()"])
    return hunk


def walked(*texts: str, file: int = FILE) -> tuple[SiteIndex, list[SiteReturn]]:
    """Take one place through its texts; return the index and what the last step takes back.

    The hunk of the last step is the newest of the index.
    """
    index = SiteIndex(lambda version, earlier: earlier <= version)
    found: list[SiteReturn] = []
    for version, (old, new) in enumerate(pairwise(texts)):
        hunk = hunk_of(old, new)
        found = SiteSearch(index, version, file, hunk).sites()
        number = index.add(version, file, file, hunk)
        for site in found:
            index.link(number, site)
    return index, found


def rounds(*texts: str) -> str:
    """Return the states of the site that the last step brings back, as letters."""
    index, [site] = walked(*texts)
    visits, since = index.visits(len(texts) - 2, site)
    told = "".join("XYZW"[state] for v in visits if isinstance(state := v.state, int))
    assert told[since] == told[-1]
    assert visits[-1].version == len(texts) - 2
    return told


def test_what_is_undone_line_by_line_is_exact() -> None:
    _, [site] = walked("alpha(1)/beta(2)", "gamma(3)", "alpha(1)/beta(2)")
    assert site.is_exact
    assert site.walk == (0,)
    assert site.matched == 3
    assert (site.is_insertion, site.is_deletion) == (False, False)


@pytest.mark.parametrize(("back", "is_exact"), [("alpha(1)/beta(2)", True), ("alpha(1)", False)])
def test_a_way_round_is_exact_if_each_step_is(back: str, *, is_exact: bool) -> None:
    _, [site] = walked("alpha(1)/beta(2)", "gamma(3)/delta(4)", "omega(5)/sigma(6)", back)
    assert (site.walk, site.is_exact) == ((0, 1), is_exact)


def test_layout_does_not_matter() -> None:
    _, [site] = walked("a  = alpha(1)", "gamma(3)", "\ta = alpha(1)  ")
    assert site.is_exact


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (("", "alpha(1)/beta(2)", ""), (True, False)),  # put in and taken out
        (("alpha(1)/beta(2)", "", "alpha(1)/beta(2)"), (False, True)),  # taken out and put back
    ],
)
def test_insertions_and_deletions(texts: tuple[str, ...], kind: tuple[bool, bool]) -> None:
    _, [site] = walked(*texts)
    assert (site.is_insertion, site.is_deletion) == kind


@pytest.mark.parametrize(
    ("texts", "returns"),
    [
        (("alpha(1)/beta(2)/gamma(3)", "delta(4)/omega(5)", "alpha(1)/beta(2)/sigma(6)"), 1),
        (("alpha(1)/beta(2)", "gamma(3)/delta(4)", "omega(5)/sigma(6)"), 0),  # something new
        (("alpha(1)", "gamma(3)", "beta(2)"), 0),
        (("return None", "pass", "return None"), 0),  # stands everywhere, proves nothing
        (("}", "else:", "}"), 0),
    ],
)
def test_parts_of_a_hunk(texts: tuple[str, ...], returns: int) -> None:
    assert len(walked(*texts)[1]) == returns


@pytest.mark.parametrize(
    "texts", [("", "alpha(1)/beta(2)", "gamma(3)/delta(4)"), ("pass", "alpha(1)", "beta(2)")]
)
def test_an_insertion_that_is_rewritten_is_not_taken_out(texts: tuple[str, ...]) -> None:
    """What follows on an insertion is progress: the place is not as it was before."""
    assert walked(*texts)[1] == []


def test_another_file_is_another_place() -> None:
    index = SiteIndex(lambda version, earlier: True)
    index.add(0, FILE, FILE, hunk_of("alpha(1)", "beta(2)"))
    assert SiteSearch(index, 1, OTHER, hunk_of("beta(2)", "alpha(1)")).sites() == []
    assert SiteSearch(index, 1, FILE, hunk_of("beta(2)", "alpha(1)")).sites() != []


def test_what_a_version_does_not_see_it_does_not_take_back() -> None:
    index = SiteIndex(lambda version, earlier: earlier != 1)
    index.add(1, FILE, FILE, hunk_of("alpha(1)", "beta(2)"))
    assert SiteSearch(index, 2, FILE, hunk_of("beta(2)", "alpha(1)")).sites() == []


def test_what_another_line_brought_back_hides_nothing() -> None:
    index = SiteIndex(lambda version, earlier: earlier != 3)
    steps = {0: ("alpha(1)", "beta(2)"), 1: ("beta(2)", "alpha(1)"), 3: ("beta(2)", "alpha(1)")}
    for version, (old, new) in steps.items():
        hunk = hunk_of(old, new)
        sites = SiteSearch(index, version, FILE, hunk).sites()
        number = index.add(version, FILE, FILE, hunk)
        for site in sites:
            index.link(number, site)
    assert SiteSearch(index, 4, FILE, hunk_of("alpha(1)", "gamma(3)")).left_again() == 1


def test_two_hunks_of_one_version_do_not_undo_each_other() -> None:
    index = SiteIndex(lambda version, earlier: True)
    index.add(1, FILE, FILE, hunk_of("alpha(1)", "beta(2)"))
    assert SiteSearch(index, 1, FILE, hunk_of("beta(2)", "alpha(1)")).sites() == []


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ("XYX", "XYX"),
        ("XYXY", "XYXY"),
        ("XYXYX", "XYXYX"),
        ("XYZX", "XYZX"),
        ("XYZXY", "XYZXY"),
        ("XYZXYZ", "XYZXYZ"),
        ("XYZWXYZ", "XYZWXYZ"),
        ("XYZXYX", "XYX"),
        ("ZXYX", "XYX"),
    ],
)
def test_rounds(texts: str, expected: str) -> None:
    text = {"X": "alpha(1)/beta(2)", "Y": "gamma(3)/delta(4)", "Z": "omega(5)/sigma(6)"}
    text["W"] = "kappa(7)/theta(8)"
    assert rounds(*(text[letter] for letter in texts)) == expected


@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=5, unique=True).map(sorted), st.data())
def test_any_swap_is_known_when_it_is_undone(before: list[str], data: st.DataObject) -> None:
    others = sorted(set(LINES) - set(before))
    after = data.draw(st.lists(st.sampled_from(others), min_size=1, unique=True))
    texts = ["/".join(before), "/".join(after)]
    for turns in (3, 4, 5):
        index, [site] = walked(*(texts * 3)[:turns])
        assert site.is_exact
        assert len(index.run(turns - 2, site)) == turns - 1


def test_a_merge_brings_what_its_other_side_made() -> None:
    index, _ = walked("alpha(1)", "beta(2)")
    assert index.was_made_by(frozenset({0}), FILE, hunk_of("alpha(1)", "beta(2)"))
    assert not index.was_made_by(frozenset({0}), FILE, hunk_of("beta(2)", "alpha(1)"))
    assert not index.was_made_by(frozenset({1}), FILE, hunk_of("alpha(1)", "beta(2)"))


@pytest.mark.parametrize(
    ("old", "new", "is_made"),
    [
        ("alpha(1)/gamma(3)", "beta(2)/delta(4)", True),  # half of the lines on either side
        ("alpha(1)", "beta(2)/delta(4)/sigma(6)", False),
        ("alpha(1)/gamma(3)/omega(5)", "beta(2)", False),
    ],
)
def test_a_merge_brings_what_its_other_side_made_half_of(
    old: str, new: str, *, is_made: bool
) -> None:
    index, _ = walked("alpha(1)", "beta(2)")
    assert index.was_made_by(frozenset({0}), FILE, hunk_of(old, new)) == is_made
