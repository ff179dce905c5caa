"""What a test checks, and how strictly: so that a test made milder is not taken for a fix."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from loopwatch.fingerprints.packing import bag, dice, pack

Tokens = tuple[bytes, ...]

SAME_CHECK = 0.3  # least similarity of a check before and after it was edited


class Strength(IntEnum):
    """How much a check demands."""

    TRUTHY = 1  # there is something
    PARTIAL = 2  # it is in bounds, or contains something
    EXACT = 3  # it equals something


_ASSERT = re.compile(
    rb"^(?:assert\w*|expect\w*|should|fail|require|verify|ensure|check\w*|raises|warns"
    rb"|Error|Errorf|Fatal|Fatalf|Fail|FailNow|debug_assert\w*|XCTAssert\w*|EXPECT_\w+|ASSERT_\w+)$"
)
_EXACT = frozenset(
    b"== === toBe toEqual toStrictEqual assertEqual assertEquals assertListEqual assertDictEqual"
    b" assertIs assert_eq assertSame assert_equal assert_array_equal assertArrayEquals Equal"
    b" EXPECT_EQ ASSERT_EQ toMatchInlineSnapshot toMatchSnapshot XCTAssertEqual isEqualTo"
    b" toHaveBeenCalledWith assertTupleEqual assertSetEqual deepEqual strictEqual DeepEqual".split()
)
_PARTIAL = frozenset(
    b">= <= > < != !== in toContain toMatch toMatchObject toBeGreaterThan toBeCloseTo approx"
    b" toBeGreaterThanOrEqual toBeLessThan toBeLessThanOrEqual assertIn assertGreater isclose"
    b" assertGreaterEqual assertLess assertLessEqual assertAlmostEqual assertRegex assertNotEqual"
    b" assert_ne allclose assert_allclose toHaveLength toHaveProperty isinstance startswith"
    b" endswith Contains any toBeInstanceOf contains assertIsInstance EXPECT_NEAR".split()
)
# Calls that report what a condition has found: the check is the opposite of the condition.
_REPORTS = frozenset(b"Error Errorf Fatal Fatalf Fail FailNow fail".split())
_OPPOSITES = {b"==": b"!=", b"!=": b"==", b"===": b"!==", b"!==": b"==="}
_LITERAL = re.compile(rb"['\d-]|^(?:True|False|None|true|false|null|undefined)$")
# Numbers after these allow more the larger they are; after the others the smaller.
_WIDER = frozenset(b"rel abs atol rtol delta tolerance rel_tol abs_tol eps epsilon timeout".split())
_NARROWER = frozenset(b"places decimal digits toBeCloseTo".split())
_NUMBER = re.compile(rb"^\d[\d_]*(?:\.\d*)?(?:e[+-]?\d+)?$")


@dataclass(frozen=True, slots=True)
class Milder:
    """How a test demands less than before."""

    reason: str
    is_expected_value: bool = False  # it demands something else; that may be right


def is_check(tokens: Sequence[bytes]) -> bool:
    """Tell whether a statement checks something."""
    return any(_ASSERT.match(token) for token in tokens)


def strength(tokens: Sequence[bytes]) -> Strength:
    """Return how much a check demands; the mildest word in it decides."""
    words = set(tokens)
    if words & _PARTIAL and not (words & _EXACT and words & {b"approx"} == set()):
        return Strength.PARTIAL
    return Strength.EXACT if words & _EXACT else Strength.TRUTHY


def milder(old: Sequence[Tokens], new: Sequence[Tokens]) -> Milder | None:
    """Compare the statements of a test before and after; None: it demands as much as before."""
    ours, theirs = Counter(_checks(old)), Counter(_checks(new))
    if sum(theirs.values()) < sum(ours.values()):
        return Milder("the test checks less: an assertion was removed")
    gone, come = list((ours - theirs).elements()), list((theirs - ours).elements())
    found: Milder | None = None
    for before in gone:
        after = max(come, key=lambda tokens: _alike(before, tokens), default=None)
        if after is None or _alike(before, after) < SAME_CHECK:
            continue
        told = _compare(before, after)
        if told is not None and not told.is_expected_value:
            return told
        found = found or told
    return found


def _checks(statements: Sequence[Tokens]) -> Iterator[Tokens]:
    """Yield what checks something, a condition together with what reports it."""
    condition: Tokens = ()
    for tokens in statements:
        if tokens[:1] == (b"if",):
            condition = tuple(_OPPOSITES.get(token, token) for token in tokens)
        elif is_check(tokens):
            yield (*condition, *tokens) if _REPORTS.intersection(tokens) else tokens


def _compare(before: Tokens, after: Tokens) -> Milder | None:
    if strength(after) < strength(before):
        return Milder("an assertion of the test was weakened")
    if _is_wider(before, after):
        return Milder("a tolerance of the test was widened")
    if _tolerances(before) != _tolerances(after):
        return None  # narrower
    if _without_literals(before) == _without_literals(after):
        return Milder("the value that the test expects was edited", is_expected_value=True)
    return None


def _without_literals(tokens: Tokens) -> Tokens:
    return tuple(token for token in tokens if not _LITERAL.match(token))


def _is_wider(before: Tokens, after: Tokens) -> bool:
    ours, theirs = _tolerances(before), _tolerances(after)
    for name in ours.keys() & theirs.keys():
        if name in _WIDER and theirs[name] > ours[name]:
            return True
        if name in _NARROWER and theirs[name] < ours[name]:
            return True
    return bool((theirs.keys() - ours.keys()) & _WIDER)


def _tolerances(tokens: Tokens) -> dict[bytes, float]:
    found = {}
    for place, token in enumerate(tokens):
        if token in _WIDER or token in _NARROWER:
            rest = [other for other in tokens[place + 1 :] if _NUMBER.match(other)]
            if rest:  # digits come last: ``toBeCloseTo(expected, digits)``
                number = rest[-1 if token in _NARROWER else 0]
                found[token] = float(number.replace(b"_", b""))
    return found


def _alike(one: Tokens, other: Tokens) -> float:
    return dice(bag(pack(one)), bag(pack(other)))
