"""Outlines: known functions need no parser, and nothing reads differently for it."""

import pytest
from tree_sitter import Parser

from loopwatch.diffing.node_traits import node_kinds
from loopwatch.diffing.outline import PYTHON_FUNCTIONS, Outline, outline
from loopwatch.diffing.syntax import SyntaxReader

ONE = '''\
def first(items, limit):
    """Return some of the items."""
# at the margin, and yet inside
    return [item for item in items if item < limit]
'''
TWO = """\
async def second(
    self, items: list[int]
) -> None:
    while items:

        self.total += items.pop()
"""
HELD = "class Holder:\n" + "".join(f"    {line}\n" if line else "\n" for line in TWO.splitlines())
FILE = f"{ONE}\n{TWO}\n{HELD}"


def outlined(text: str, *known: str) -> Outline | None:
    """Return the outline of a file for a reader that knows some functions."""
    functions = {one.strip().encode() for one in known}
    return outline(text.encode(), PYTHON_FUNCTIONS, functions.__contains__)


def fits(made: Outline) -> bool:
    """Tell whether the parser finds the stubs of an outline."""
    kinds = node_kinds("python")
    assert kinds is not None
    kind = kinds.language.id_for_node_kind(PYTHON_FUNCTIONS.kind, True)
    assert kind is not None
    return made.fits(Parser(kinds.language).parse(made.text), kind)


def test_a_stub_keeps_the_place_of_a_known_function() -> None:
    made = outlined(f"x = 1\n{ONE}y = 2\n", ONE)
    assert made is not None
    assert made.text == b"x = 1\ndef _():\n\n\n pass\ny = 2\n"
    [start], [end] = made.starts, made.ends
    assert made.original(start, end) == ONE.strip().encode()
    assert made.original(0, len(made.text)) == made.whole
    assert made.original(end + 1, end + 6) == b"y = 2"
    assert made.is_stub(start)
    assert not made.is_stub(end + 1)
    assert fits(made)


@pytest.mark.parametrize(
    "text",
    [
        f"{ONE}\tmore()\n",  # its block goes on
        f'TEXT = """\n{ONE}"""\n',
        f"call(\n{ONE}\n1)\n",
        f"{ONE}x = (\n",
    ],
)
def test_what_only_looks_like_a_known_function_does_not_fit(text: str) -> None:
    made = outlined(text, ONE)
    assert made is not None
    assert not fits(made)


def test_an_outline_has_to_save_something() -> None:
    assert outlined(ONE) is None
    assert outlined(ONE + "x = 1\n" * 200, ONE) is None


@pytest.mark.parametrize(
    "text",
    [
        FILE,
        FILE.replace("limit)", "bound)", 1),
        f"{FILE}    more()\n",
        f"{FILE}\tmore()\n",
        f'TEXT = """\n{FILE}"""\n',
        f"def around():\n    x = '''\n'''\n{HELD}    return x\n",
        FILE.replace("class Holder", "@decorated\nclass Holder").replace("async", "@one\nasync"),
        FILE.replace("# at the margin", "at_the_margin #"),
        FILE.replace("\n", "\r\n"),
        f"{FILE}x = (\n",
        f"if x:\n    {HELD}",
        f"\f{ONE}\f{TWO}",
        f"{ONE}# after it\n    # and deeper\n{TWO}",
        f"{ONE}\\\n    more()\n",
    ],
)
def test_known_functions_make_no_difference(text: str) -> None:
    reader = SyntaxReader()
    reader.read("a.py", "python", FILE.encode())
    fresh = SyntaxReader().read("a.py", "python", text.encode())
    assert reader.read("a.py", "python", text.encode()) == fresh
    assert reader.read("a.py", "python", text.encode()) == fresh
