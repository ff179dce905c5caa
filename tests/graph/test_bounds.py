"""What is kept ready of a long history is bounded, and no answer depends on it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.diffing.fragments import Fragment, fragments
from loopwatch.graph.chain import Chain
from loopwatch.graph.hunk_table import HunkTable
from loopwatch.graph.line_places import BROUGHT, Places
from loopwatch.graph.site_search import SiteSearch
from loopwatch.graph.sites import SiteIndex
from loopwatch.graph.small_numbers import LARGE, SmallNumbers
from loopwatch.graph.topology import NONE

TEXTS = [b"alpha(1)\nbeta(2)", b"gamma(3)\ndelta(4)", b"omega(5)", b"alpha(1)\nsigma(6)", b"}", b""]
Edits = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(TEXTS), st.sampled_from(TEXTS)), max_size=30
)


def hunks(old: bytes, new: bytes) -> list[Fragment]:
    """Return the hunks between two texts."""
    return fragments(old.split(b"\n"), new.split(b"\n"))


@given(Edits)
def test_sites_are_found_however_few_places_their_lines_have(
    edits: list[tuple[int, bytes, bytes]],
) -> None:
    indexes = [SiteIndex(lambda version, earlier: earlier <= version) for _ in range(2)]
    indexes[1].places = Places(indexes[1], Chain(1))
    for version, (file, old, new) in enumerate(edits):
        for hunk in hunks(old, new):
            found = [SiteSearch(index, version, file, hunk).sites() for index in indexes]
            assert found[0] == found[1]
            for index, sites in zip(indexes, found, strict=True):
                number = index.add(version, file, file, hunk)
                for site in sites:
                    index.link(number, site)


@given(st.lists(st.integers(-3, 3)), st.integers(0, 2))
def test_a_chain_has_the_entries_of_a_key_newest_first(keys: list[int], places: int) -> None:
    chain = Chain(1 << places)
    for number, key in enumerate(keys, start=1):
        chain.add(key)
        if chain.is_full:
            chain.grow(keys[:number])
    for key in range(-3, 4):
        found = [entry for entry in chain.find(key) if keys[entry] == key]
        assert found == [entry for entry in reversed(range(len(keys))) if keys[entry] == key]


def test_the_hunks_of_one_edit_are_siblings_told_or_not() -> None:
    index = SiteIndex(lambda version, earlier: earlier <= version)
    edits = [(0, 1, b"a"), (1, 1, b"}"), (1, 1, b"c"), (1, 1, b"{"), (1, 2, b"d"), (2, 2, b"}")]
    numbers = [
        index.add(version, file, file, hunk)
        for version, file, text in edits
        for hunk in hunks(b"", text)
    ]
    assert numbers == [0, 1, 2, NONE, 3, 4]
    assert [index.siblings(number) for number in range(5)] == [1, 3, 3, 1, 1]
    assert list(index.hunks_of(1)) == [1, 2, 3]
    assert index.after(1) == ()


def test_edits_that_are_added_late_are_found_by_their_version() -> None:
    index = SiteIndex(lambda version, earlier: earlier <= version)
    edits = [(1, 1, b"a"), (4, 1, b"b"), (2, 2, b"c\nd"), (3, 1, b"e"), (4, 3, b"f"), (5, 1, b"g")]
    for version, file, text in edits:
        for hunk in hunks(b"", text):
            index.add(version, file, file, hunk)
    assert {version: index.hunks_of(version) for version in range(7)} == {
        0: [], 1: [0], 2: [2], 3: [3], 4: [1, 4], 5: [5], 6: [],
    }  # fmt: skip


def test_what_was_left_before_is_not_left_again_by_being_read_late() -> None:
    index = SiteIndex(lambda version, earlier: earlier <= version)
    [brought] = [index.add(4, 1, 1, hunk) for hunk in hunks(b"old_line()", b"new_line()")]
    for hunk in hunks(b"new_line()", b"old_line()"):
        index.add(3, 1, 1, hunk)
        assert not index.is_left(brought, 1)
        index.add(5, 1, 1, hunk)
        assert index.is_left(brought, 1)


@given(Edits)
def test_the_table_gives_back_each_hunk_as_it_was(edits: list[tuple[int, bytes, bytes]]) -> None:
    table = HunkTable()
    kept = {}
    for version, (file, old, new) in enumerate(edits):
        for hunk in hunks(old, new):
            kept[table.append(version, file, 10 * file, hunk)] = (version, file, hunk)
    kept.pop(NONE, None)
    assert list(kept) == list(range(len(table.version)))
    for number, (version, file, hunk) in kept.items():
        assert (table.version[number], table.file(number)) == (version, file)
        assert table.path(number) == 10 * file
        assert (table.before(number), table.after(number)) == (hunk.before, hunk.after)
        assert table.keys(number) == (hunk.before_key, hunk.after_key)
        assert (table.old_count[number], table.new_count[number]) == (
            hunk.old_count,
            hunk.new_count,
        )
        assert table.weight(number) == hunk.weight


def test_what_is_done_again_takes_no_more_lines() -> None:
    table = HunkTable()
    ((there,), (back,)) = (hunks(b"alpha(1)", b"beta(2)"), hunks(b"beta(2)", b"alpha(1)"))
    numbers = [table.append(at, 1, 1, hunk) for at, hunk in enumerate([there, back] * 20)]
    elsewhere = table.append(40, 2, 2, there)
    assert len(table.rewrites) == 3
    assert len(table.rewrites.lines) == 6
    assert [list(table.doing(one)) for one in range(3)] == [
        numbers[::2][::-1],
        numbers[1::2][::-1],
        [elsewhere],
    ]


def test_hunks_that_do_the_same_are_counted_newest_first() -> None:
    index = SiteIndex(lambda version, earlier: earlier <= version)
    ((there,), (back,)) = (hunks(b"alpha(1)", b"beta(2)"), hunks(b"beta(2)", b"alpha(1)"))
    for version, hunk in enumerate([there, back] * 4):
        index.add(version, 1, 1, hunk)
    votes = index.places.votes(BROUGHT, [1], there.after, 3)
    assert votes == {6: 1, 4: 1, 2: 1}
    assert index.was_made_by(frozenset({4}), 1, there)
    assert not index.was_made_by(frozenset({3}), 1, there)
    assert not index.was_made_by(frozenset({4}), 2, there)


def test_the_newest_hunk_counts_whichever_rewrite_it_does() -> None:
    index = SiteIndex(lambda version, earlier: earlier <= version)
    ((first,), (other,)) = (hunks(b"alpha(1)", b"beta(2)"), hunks(b"gamma(3)", b"beta(2)"))
    for version, hunk in enumerate([first, other, first]):
        index.add(version, 1, 1, hunk)
    assert index.places.votes(BROUGHT, [1], first.after, 1) == {2: 1}
    assert index.places.votes(BROUGHT, [1], first.after, 2) == {2: 1, 1: 1}


@pytest.mark.parametrize("number", [0, 1, LARGE - 1, LARGE, LARGE + 1, 1 << 40])
def test_numbers_that_are_large_are_kept_whole(number: int) -> None:
    numbers = SmallNumbers()
    for one in (7, number, 8):
        numbers.append(one)
    assert [numbers[place] for place in range(3)] == [7, number, 8]
