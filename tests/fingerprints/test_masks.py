"""Messages without what changes from run to run."""

import pytest

from loopwatch.fingerprints.masks import masked
from loopwatch.fingerprints.node_ids import masked_id, node_id


@pytest.mark.parametrize(
    ("message", "key", "names"),
    [
        ("line 7, column 12", "line <int>, column <int>", ()),
        ("too many branches (13 > 12)", "too many branches (<int> > <int>)", ()),
        ("<Foo object at 0x7f3a>", "<Foo object at <hex>>", ()),
        ("took 1.5 seconds", "took <duration>", ()),
        ("at 2026-11-20T10:00:00Z", "at <date>", ()),
        ("see https://a.b/c?d=1", "see <url>", ()),
        ("from 10.0.0.1:80", "from <ip>", ()),
        ("no such file: /tmp/x1/y.txt", "no such file: <path>", ()),
        ("id 123e4567-e89b-12d3-a456-426614174000", "id <uuid>", ()),
        ("commit 3f2a91c was lost", "commit <sha> was lost", ()),
        ("`a` is not `b`, `a`", "<1> is not <2>, <1>", ("a", "b")),
        ("Name 'x' is \"y\"", "Name <1> is <2>", ("x", "y")),
        ("it isn't, and wasn't", "it isn't, and wasn't", ()),
        ("Python 3.11 deadbeef", "Python <float> deadbeef", ()),
    ],
)
def test_masked(message: str, key: str, names: tuple[str, ...]) -> None:
    assert masked(message) == (key, names)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("a/b.py::C::test_d[1-x]", ("a/b.py", ("C", "test_d"), "1-x")),
        ("test_d", ("", ("test_d",), "")),
        ("src/a.test.ts > sum > adds", ("src/a.test.ts", ("sum", "adds"), "")),
        ("pkg::tests::adds", ("", ("pkg", "tests", "adds"), "")),
    ],
)
def test_node_id(subject: str, expected: tuple[str, tuple[str, ...], str]) -> None:
    assert node_id(subject) == expected


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("t[<f at 0x1a>]", "t[<f at 0x2b>]", True),
        ("t[args0]", "t[args1]", True),
        ("t[0.1]", "t[0.2]", True),
        ("t[apple]", "t[pear]", False),
        ("t[a]", "u[a]", False),
    ],
)
def test_masked_id(one: str, other: str, is_same: bool) -> None:
    assert (masked_id(one) == masked_id(other)) is is_same
