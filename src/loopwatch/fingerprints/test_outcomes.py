"""Why a test no longer fails: mended code, or a test that is gone, skipped or milder."""

from collections.abc import Sequence
from typing import TypeAlias

from loopwatch.fingerprints.check_strength import Tokens, milder
from loopwatch.fingerprints.code_reading import CheckedBody, CodeReader
from loopwatch.fingerprints.skips import only_marks, skip_marks
from loopwatch.model.defect import Cause

MOST_ABOVE = 2000  # bytes of decorators
QUOTES = "\"'`"

Told: TypeAlias = tuple[Cause, str]
Side: TypeAlias = tuple[CodeReader | None, str]  # of a version: what reads it, and its text

PASSES: Told = (Cause.FIXED, "the test passes")


def why_test_left(
    names: Sequence[str],
    case: str,
    old: Side,
    new: Side | None,
    *,
    has_passed: bool,
    is_only_tests: bool,
) -> Told:
    """Tell why a test that failed does not fail any more.

    Args:
        names: its classes or suites, and its own.
        case: its parameters, or the part of it that failed; "": all of it.
        old: the file that it was in.
        new: the same file now; None: it is gone.
        has_passed: it is known by its name to have run, so that it is there.
        is_only_tests: the edit changed no code but tests: an expected value that is
            edited then is a check made to fit, and not code and test corrected together.
    """
    if new is None:
        return PASSES if has_passed else (Cause.MASKED, "the file of the test was deleted")
    before, after = _Body(names, *old), _Body(names, *new)
    if not before.is_known:
        return _by_marks(old[1], new[1]) or PASSES
    if not after.is_known:
        return PASSES if has_passed else _without(before, new)
    if not has_passed and (gone := _by_case(case, old[1], new[1])):
        return gone
    if off := _by_marks(before.around, after.around) or _by_only(old[1], new[1], after.around):
        return off
    return _by_checks(before.statements, after.statements, is_only_tests)


def _by_checks(before: Sequence[Tokens], after: Sequence[Tokens], is_only_tests: bool) -> Told:
    told = milder(before, after)
    if told is not None and (is_only_tests or not told.is_expected_value):
        return Cause.MASKED, told.reason
    if _handlers(after) > _handlers(before):
        return Cause.MASKED, "the test catches what it failed with"
    return PASSES


def _by_case(case: str, before: str, after: str) -> Told | None:
    """Tell of one of several cases, if the text that names it is no longer in the file."""
    texts = {text for part in (case, *case.split("-")) for text in (part, part.replace("_", " "))}
    quoted = {f"{quote}{text}{quote}" for text in texts - {""} for quote in QUOTES}
    named = {text for text in quoted if text in before}
    if all(text in after for text in named):
        return None
    if sum(map(after.count, QUOTES)) < sum(map(before.count, QUOTES)):
        return Cause.MASKED, "the case was taken out of the test"
    return Cause.MOVED, "the case has another name"


class _Body:
    """A test in one version."""

    def __init__(self, names: Sequence[str], reader: CodeReader | None, text: str) -> None:
        found = reader.test_body(names) if reader is not None else None
        self.is_known = found is not None
        self.statements: tuple[Tokens, ...] = found.statements if found is not None else ()
        self.around = _around(text, found) if found is not None else ""


def _around(text: str, found: CheckedBody) -> str:
    """Return a test with its decorators, and with what is said of all that it is among."""
    content = text.encode()
    heads = dict.fromkeys(_head(content, start) for start in found.heads if start)
    whole = [line for line in text.splitlines(keepends=True) if line.startswith("pytestmark")]
    return "".join([*whole, *heads, content[slice(*found.span)].decode("utf-8", "replace")])


def _head(content: bytes, start: int) -> str:
    """Return the first line of a piece of code, with the decorators above it."""
    begin = content.rfind(b"\n", 0, start) + 1
    lines = content[max(0, begin - MOST_ABOVE) : begin].decode("utf-8", "replace").splitlines()
    above: list[str] = []
    while lines and lines[-1].lstrip().startswith(("@", "#[")):
        above.append(lines.pop())
    own = content[begin:].split(b"\n", 1)[0].decode("utf-8", "replace")
    return "\n".join([*above, own, ""])


def _by_marks(before: str, after: str) -> Told | None:
    if skip_marks(after) > skip_marks(before):
        return Cause.MASKED, "the test is skipped, or expected to fail"
    return None


def _by_only(before: str, after: str, own: str) -> Told | None:
    if only_marks(after) > only_marks(before) and not only_marks(own):
        return Cause.MASKED, "only other tests are run"
    return None


def _without(before: _Body, new: Side) -> Told:
    """Tell of a test that is no longer under its name."""
    reader = new[0]
    if reader is not None and reader.has_body(before.statements):
        return Cause.MOVED, "the test has another name"
    if reader is not None and reader.tree.root.has_error:
        return Cause.UNKNOWN, "the file of the test does not parse"
    return Cause.MASKED, "the test was deleted"


_HANDLERS = frozenset((b"except", b"catch", b"suppress", b"catch_unwind", b"recover"))


def _handlers(statements: Sequence[Tokens]) -> int:
    return sum(token in _HANDLERS for tokens in statements for token in tokens)
