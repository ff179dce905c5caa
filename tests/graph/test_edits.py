"""What an edit does to files: hunks with their symbols, and marks for what means less."""

import pytest

from loopwatch.diffing.fragments import MOVES, Mark
from loopwatch.graph.contents import Contents
from loopwatch.graph.edits import FileEdit, file_edit, mark_moves

ALL = Mark.IMPORTS | Mark.COMMENTS | Mark.LAYOUT
CODE = """\
import os

def first(items):
    # count them
    return os.count(items)

def second(items):
    check(items)
    total = sum(items)
    return round(total, 2)
"""


def edit(old: str | None, new: str | None, path: bytes = b"a.py") -> FileEdit:
    """Return the edit between two texts; None stands for a file that is not there."""
    texts = {b"old": old or "", b"new": new or ""}
    told: list[tuple[bytes, str]] = []
    contents = Contents(
        read=lambda blob_id: texts[blob_id].encode(),
        skip=lambda path, reason: told.append((path, reason)),
    )
    before = contents.get(path, None if old is None else b"old")
    after = contents.get(path, None if new is None else b"new")
    assert before is not None
    assert after is not None
    assert told == []
    change = file_edit(path, before, after)
    change.understand()
    return change


def marks(old: str, new: str, path: bytes = b"a.py") -> list[Mark]:
    return [hunk.marks for hunk in edit(CODE, CODE.replace(old, new), path).hunks]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("import os\n", "import os\nimport sys\n", Mark.IMPORTS),
        ("import os\n", "from os import path\n", Mark.IMPORTS),
        ("    # count them\n", "    # count all of them\n", Mark.COMMENTS),
        ("    # count them\n", "", Mark.COMMENTS),
        ("sum(items)", "sum( items )", Mark.LAYOUT),
        (
            "    return round(total, 2)",
            "    return round(\n        total,\n        2,\n    )",
            Mark.LAYOUT,
        ),
        ("sum(items)", "max(items)", Mark.NOTHING),
        ("    # count them\n", "    count(items)\n", Mark.NOTHING),
        ("import os\n", "import os\nos.start()\n", Mark.NOTHING),
    ],
)
def test_what_means_less(old: str, new: str, expected: Mark) -> None:
    [told] = marks(old, new)
    assert told & ALL == expected if expected is Mark.NOTHING else expected in told


def test_in_python_indentation_is_no_layout() -> None:
    old = "def f(items):\n    if items:\n        go()\n    stop()\n"
    [hunk] = edit(old, old.replace("    stop", "        stop")).hunks
    assert not hunk.marks & Mark.LAYOUT


CALLS = (
    "def f(\n    items,\n    limit,\n):\n    note(items)\n    stop(limit)\n\n\ndef g():\n    go()\n"
)


@pytest.mark.parametrize("more", ["", "    # with care\n", "    check(items)\n"])
@pytest.mark.parametrize("elsewhere", ["go()", "go(1)"])
def test_in_python_indentation_in_brackets_is_layout(more: str, elsewhere: str) -> None:
    """Whatever else an edit does, to the function or to others."""
    new = CALLS.replace("    items,\n    limit,", "        items,\n        limit,")
    new = new.replace("    stop(", more + "    stop(").replace("go()", elsewhere)
    assert edit(CALLS, new).hunks[0].marks & Mark.LAYOUT


def test_layout_and_a_comment_beside_it() -> None:
    """Neither is the whole of the hunk; but the function has the same tokens."""
    new = CODE.replace("sum(items)", "max(items)").replace("# count them", "# all")
    new = new.replace("os.count(items)", "os.count( items )")
    told = [bool(hunk.marks & Mark.LAYOUT) for hunk in edit(CODE, new).hunks]
    assert told == [True, False]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "def f(items):\n    go( items )\nLIMIT = 1\n",
            "def f(items):\n    go(items)\nLIMIT = 2\n",
        ),
        ("LIMIT = 1\ndef f( items ):\n    go(items)\n", "def f(items):\n    go(items)\n"),
        ("def f(items):\n    go( items )\nLIMIT = 1\n", "def f(items):\n    go(items)\n"),
        ("def f(items):\n    go( items )\n", "def f(items):\n    go(items)\nLIMIT = 2\n"),
    ],
    ids=["after", "before", "out", "in"],
)
def test_what_goes_beyond_a_function_of_equal_tokens_is_no_layout(old: str, new: str) -> None:
    [hunk] = edit(old, new).hunks
    assert hunk.symbol == "f"
    assert not hunk.marks & Mark.LAYOUT


def test_in_python_indentation_goes_with_what_is_put_around_it() -> None:
    old = "def f(items):\n    go(items)\n\n    stop(items)\n\n    # at last\n    end(items)\n"
    new = "def f(items):\n    with lock:\n" + "".join(
        f"    {line}\n" if line else "\n" for line in old.splitlines()[1:]
    )
    first, *others = edit(old, new).hunks
    assert not first.marks & Mark.LAYOUT
    assert [bool(hunk.marks & Mark.LAYOUT) for hunk in others] == [True, True]
    first, *others = edit(new, old).hunks
    assert [bool(hunk.marks & Mark.LAYOUT) for hunk in (first, *others)] == [False, True, True]


@pytest.mark.parametrize(
    ("first", "other"),
    [
        ("    total = add(items)\n", "    total = add(items, more)\n"),
        ("    go()\n", "    stop()\n    go()\n"),
        ("", "    stop()\n"),
        ("    if more:\n        go()\n", "    if more:\n            go()\n"),
    ],
    ids=["changed", "put in above", "put in", "the other way"],
)
def test_in_python_a_line_may_go_out_of_a_block_below_another_change(
    first: str, other: str
) -> None:
    page = "def f(items):\n  for item in items:\n{}\n{}    return total\n"
    old, new = page.format(first, "    "), page.format(other, "")
    *_, last = edit(old, new).hunks
    assert last.is_indentation
    assert not last.marks & Mark.LAYOUT


@pytest.mark.parametrize("is_back", [False, True])
def test_in_python_a_block_follows_its_head_beyond_an_empty_line(*, is_back: bool) -> None:
    texts = (
        "def f():\n    go()\n\n    stop()\n",
        "def f():\n    go()\n    if all:\n\n        stop()\n",
    )
    *_, last = edit(*(texts[::-1] if is_back else texts)).hunks
    assert last.is_indentation
    assert last.marks & Mark.LAYOUT


def test_without_a_parser_only_layout_is_known() -> None:
    assert marks("import os\n", "import sys\n", b"a.txt") == [Mark.NOTHING]
    assert marks("sum(items)", "sum( items )", b"a.txt") == [Mark.LAYOUT]


def test_a_hunk_knows_its_symbol() -> None:
    changed = CODE.replace("count(items)", "len(items)").replace("round(total, 2)", "total")
    assert [hunk.symbol for hunk in edit(CODE, changed).hunks] == ["first", "second"]
    assert [hunk.symbol for hunk in edit(CODE, changed, b"a.txt").hunks] == [None, None]


def test_halves_are_the_lines_themselves() -> None:
    change = edit(CODE, CODE.replace("    check(items)\n", "").replace("sum(items)", "max(items)"))
    [hunk] = change.hunks
    before, after = change.halves(hunk)
    assert list(before) == [b"    check(items)", b"    total = sum(items)"]
    assert list(after) == [b"    total = max(items)"]
    assert (hunk.old_start, hunk.new_start) == (8, 8)


def test_a_file_comes_and_goes_as_a_whole() -> None:
    assert edit(None, CODE).is_whole
    assert edit(CODE, None).is_whole
    assert not edit(CODE, CODE + "x = 1\n").is_whole


def moved(*edits: FileEdit) -> list[Mark]:
    mark_moves(edits)
    return [hunk.marks & MOVES for change in edits for hunk in change.hunks]


BODY = "    check(items)\n    total = sum(items)\n"


def test_lines_that_go_to_another_place_are_moved() -> None:
    other = "def third(items):\n    return 3 * items\n"
    out = edit(CODE, CODE.replace(BODY, ""))
    into = edit(other, other.replace("    return", BODY + "    return"), b"b.py")
    assert moved(out, into) == [Mark.MOVED_OUT, Mark.MOVED_IN]


def test_lines_that_change_where_they_stand_are_not_moved() -> None:
    assert moved(edit(CODE, CODE.replace("sum(items)", "max(items)"))) == [Mark.NOTHING]


def test_few_equal_lines_are_no_move() -> None:
    out = edit(CODE, CODE.replace(BODY, ""))
    into = edit("", "check(items)\none()\ntwo()\nthree()\n", b"b.py")
    assert moved(out, into) == [Mark.NOTHING, Mark.NOTHING]


@pytest.mark.parametrize(
    ("lines", "sources", "pairs"),
    [
        (["one()", "two()"], 1, 1),
        (["one()", "one()"], 1, 0),  # a line may go and come by chance
        (["one()", "two()"], 4, 4),
        (["one()", "two()"], 5, 0),  # what many files lose came from none of them
    ],
)
def test_files_that_code_moves_between(lines: list[str], sources: int, pairs: int) -> None:
    text = "".join(f"    {line}\n" for line in lines)
    names = [b"%d.py" % number for number in range(sources)]
    out = [edit(CODE + text, CODE, name) for name in names]
    found = mark_moves([*out, edit(CODE, CODE + text, b"all.py")])
    assert found == {(name, b"all.py") for name in names[:pairs]}


def test_a_few_lines_of_what_is_new_were_not_moved() -> None:
    out = edit(CODE, CODE.replace(BODY, ""))
    into = edit("", BODY + "one()\ntwo()\nthree()\n", b"b.py")
    assert mark_moves([out, into]) == set()


def test_no_code_moves_from_a_file_to_itself() -> None:
    out = edit(CODE, CODE.replace(BODY, ""), b"b.py")
    within = edit(CODE, CODE.replace(BODY, "").replace("    return os", BODY + "    return os"))
    assert mark_moves([out, within]) == {(b"b.py", b"a.py")}


def test_the_words_of_what_has_no_symbols_are_not_looked_at() -> None:
    texts = {b"0": b"one\n", b"1": b"two\n"}
    for path, has_parser in ((b"a.py", True), (b"a.txt", False)):
        contents = Contents(texts.__getitem__, lambda path, reason: None)
        old, new = (contents.get(path, blob) for blob in texts)
        assert old is not None
        assert new is not None
        found = file_edit(path, old, new)
        found.glance()
        assert (found.has_parser, found._words is not None) == (has_parser, has_parser)


def test_blocks_that_change_places_in_a_file_are_moved() -> None:
    first, second = CODE[11:82], CODE[83:]
    change = edit(CODE, CODE[:11] + second + "\n" + first)
    assert all(mark for mark in moved(change))


def test_what_is_asked_of_each_edit_takes_no_lines_once_it_was_glanced_at() -> None:
    texts = {b"%d" % number: b"x = %d\n" % number for number in range(6)}
    reads: list[bytes] = []

    def read(blob_id: bytes) -> bytes:
        reads.append(blob_id)
        return texts[blob_id]

    contents = Contents(read, lambda path, reason: None, _room=0)
    made: list[FileEdit] = []
    for number in range(0, 6, 2):
        old, new = (contents.get(b"a.py", b"%d" % blob) for blob in (number, number + 1))
        assert old is not None
        assert new is not None
        made.append(file_edit(b"a.py", old, new))
        made[-1].glance()
    assert [edit.may_break for edit in made] == [False] * 3
    assert [(len(come), len(gone)) for edit in made for come, gone in edit.words] == [(1, 1)] * 3
    assert len(reads) == 6
    assert made[0].halves(made[0].hunks[0]) == ((b"x = 0",), (b"x = 1",))  # they are let go
    assert len(reads) == 8


@pytest.mark.parametrize(
    ("symbol", "lines"),
    [
        ("Cart", [4, 7, 11]),
        ("Cart.total", [4, 7]),
        ("Cart.total.tax", [4]),
        ("Car", []),
        ("total", []),
    ],
)
def test_the_hunks_of_a_symbol_are_its_own_and_those_inside_it(
    symbol: str, lines: list[int]
) -> None:
    cart = (
        "class Cart:\n    def total(self):\n        def tax(one):\n            return one\n\n"
        "        found = self.all\n        return sum(found)\n\n"
        "    def all(self):\n        found = []\n        return found\n\n\nlast = 1\n"
    )
    change = edit(cart, cart.replace("return", "return 1 +").replace("last = 1", "last = 2"))
    assert [hunk.old_start for hunk in change.inside(symbol)] == lines


GUARDED = """\
def publish(post):
    if post.draft or post.hidden:
        return log_skipped(post)
    date = today()
    for one in readers:
        send(one)
"""
PLAIN = GUARDED.replace("    if post.draft or post.hidden:\n        return log_skipped(post)\n", "")


@pytest.mark.parametrize(
    ("loop", "is_kept"),
    [
        ("        send(one)\n", False),
        ("        send(one, at=date)\n", False),  # other words
        ("        send(one, post)\n", False),  # one of six
        ("        if not post.draft:\n            send(one)\n", True),  # two of six
    ],
)
def test_what_comes_in_elsewhere_in_the_file_is_kept(loop: str, *, is_kept: bool) -> None:
    change = edit(GUARDED, PLAIN.replace("        send(one)\n", loop))
    assert change.keeps(change.hunks[0]) == is_kept


@pytest.mark.parametrize("line", ["check(post, 100)", "of(ok)", "now = 7"])
def test_signs_numbers_and_short_words_keep_nothing(line: str) -> None:
    change = edit("if total > 100 or ok:\n    of = 7\nkept()\n\n", f"kept()\n{line}\n\n")
    assert not change.keeps(change.hunks[0])


def test_what_stays_has_neither_come_nor_gone() -> None:
    change = edit(GUARDED, GUARDED.replace("post.draft or post.hidden", "hidden(post.draft)"))
    assert not change.keeps(change.hunks[0])
    change = edit(
        "if post.draft:\n    skip()\nkept()\nlog(post, skip)\n", "kept()\nlog(skip, post)\n"
    )
    assert not change.keeps(change.hunks[0])
    change = edit("guard(post, draft)\nrest()\nkept()\n", "guard(post)\nkept()\nguard(post)\n")
    assert not change.keeps(change.hunks[0])
