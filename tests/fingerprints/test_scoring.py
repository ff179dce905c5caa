"""Whether a report is about another function under the same name, by how much of it is left."""

import pytest

from loopwatch.fingerprints.descriptor import Descriptor, Part
from loopwatch.fingerprints.scopes import Bags
from loopwatch.fingerprints.scoring import Scorer
from tests.fingerprints.reporting import described, lint

OLD = """def f(value):
    '''Return it.'''
    if value is None:
        return first(value)
    else:
        return risky(value, one)
"""
NEW = """def f(value):
    '''Find a thing in a place.'''
    log(value)
    if check(value):
        return [other(value) for other in value.others]
    else:
        raise Failure(str(value), one.name)
"""


def pair(needle: str) -> tuple[Descriptor, Descriptor]:
    (old,), (new,) = (described(text, [lint(text, needle)]) for text in (OLD, NEW))
    return old, new


@pytest.mark.parametrize(
    ("needle", "bodies", "is_back", "expected"),
    [
        ("else", 0.62, False, False),
        ("else", 0.45, False, True),
        ("else", 0.62, True, True),  # a word that many functions have
        ("else", 0.80, True, False),
        ("'''", 0.55, False, True),  # each function has a text
        ("'''", 0.65, False, False),
    ],
)
def test_how_much_of_a_function_has_to_be_left(
    needle: str, bodies: float, is_back: bool, expected: bool
) -> None:
    old, new = pair(needle)
    assert Scorer(Bags()).is_replaced(old, new, bodies, is_back=is_back) is expected


def test_what_these_reports_are_about() -> None:
    assert {one.part for one in pair("'''")} == {Part.DOCUMENT}
    assert {one.part for one in pair("else")} == {Part.NONE}
