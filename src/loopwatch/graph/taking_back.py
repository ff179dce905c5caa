"""Whether a staged edit may take anything back that would be raised: a cheap, necessary condition.

Every "no" is a proof that the whole pipeline would raise nothing; a "perhaps" proves nothing.
Each condition here is implied by what ``SiteIndex`` or ``SymbolWatch`` has to find before a
rule can be loud. It never depends on which other edits are known: more of them, from another
branch or from a commit that was amended, can only turn a "no" into a "perhaps". Decision 0012
has the derivation. Lines are compared with the staged version's own history only, as a site
returns to nothing else; words with all that is known, as the order of all counts there.
"""

from collections.abc import Iterable, Iterator, Sequence

from loopwatch.diffing.bare_lines import MOST_LINES
from loopwatch.graph.sketch import (
    LINE,
    WORD,
    SketchHunk,
    WordChange,
    numbers_of,
    unpacked_lines,
    unpacked_words,
)
from loopwatch.graph.undoing import (
    NEW_SHARE,
    SHARE,
    covers,
    is_covered,
    is_undone,
    least_matched,
)

MOST_TURNS = 60  # hunks that are followed back through other words; beyond, there may be more
EVER = 1 << 30  # first-parent steps
LEAST_RUN = 3  # edits of a file before the staged one, for two rounds
LEAST_TURNS = 3  # of a war through three states or more: X Y Z X Y Z

TYPE_CHECKING = False  # as that of ``typing``, which the hook does not load
if TYPE_CHECKING:
    from typing import TypeAlias

    Found: TypeAlias = "tuple[PastEdit, SketchHunk]"
    Words: TypeAlias = frozenset[tuple[bool, int]]


class PastEdit:
    """One edit of one file, as it is remembered; what it did is unpacked when it is asked for."""

    __slots__ = (
        "_hunks", "_lines", "_words", "age", "is_certain", "new", "old", "when",
    )  # fmt: skip

    def __init__(
        self,
        *,
        age: int | None,
        when: int,
        old: bytes,
        new: bytes,
        lines: bytes = b"",
        words: bytes = b"",
        is_certain: bool = False,
    ) -> None:
        self.age = age  # first-parent steps back from the staged version; None: not one of those
        self.when = when  # it was committed, in seconds since 1970
        self.old = old  # blob id, or the beginning of one; empty: the file was not there
        self.new = new
        self.is_certain = is_certain  # it is of the file itself, whatever was renamed
        self._lines, self._words = numbers_of(lines, LINE), numbers_of(words, WORD)
        self._hunks: list[SketchHunk] | None = None

    @property
    def hunks(self) -> list[SketchHunk]:
        """What it did, hunk by hunk."""
        if self._hunks is None:
            self._hunks = unpacked_lines(self._lines)
        return self._hunks

    @property
    def words(self) -> WordChange:
        """The words that it brought in and took out."""
        return unpacked_words(self._words)

    def shares_lines(self, lines: frozenset[int]) -> bool:
        """Tell, fast, whether it may have any of some lines."""
        return not lines.isdisjoint(self._lines)

    def shares_words(self, words: frozenset[int]) -> bool:
        """Tell, fast, whether it may have any of some words."""
        return not words.isdisjoint(self._words)


class Windows:
    """Up to where a rule reaches back from the staged version."""

    __slots__ = ("edits", "hours", "long_since", "since")

    def __init__(self, *, edits: int, since: int, long_since: int) -> None:
        self.edits = edits  # first-parent steps from one turn of a war to the next
        self.since = since  # seconds since 1970: where what is soon begins
        self.long_since = long_since  # the same, for what is undone word for word


def may_go_on(hunks: Sequence[SketchHunk], past: Sequence[PastEdit], windows: Windows) -> bool:
    """Tell whether a staged edit may be a further turn of a war: no message is needed for that.

    The hunk that it takes back has itself taken one back, each soon after the other; or it
    leads back through several, as two before it did.
    """
    past, reach = _own(past), windows.edits
    near = [edit for edit in past if _age(edit) <= reach]
    turns = Turns(past, reach)
    return any(
        turns.is_second_round(edit, hunk)
        for staged in hunks
        for edit, hunk in (*_in_one_step(staged, past, near), *_in_other_words(staged, near))
    ) or any(turns.goes_round(staged) for staged in hunks)


def may_be_raised(hunks: Sequence[SketchHunk], past: Sequence[PastEdit], windows: Windows) -> bool:
    """Tell whether a staged edit may take back, for the first time, what was done not long ago."""
    past = _own(past)
    soon = [edit for edit in past if edit.when >= windows.since]
    later = [edit for edit in past if edit.when >= windows.long_since]
    turns = Turns(past, EVER)
    for staged in hunks:
        for edit, hunk in _taken_back(staged, past):
            if edit.when >= windows.since or (
                edit.when >= windows.long_since
                and (_is_exact(hunk, staged) or _adds_little(hunk, staged))
            ):
                return True
        if _may_lead_back(staged, soon, turns):
            return True
        is_late = any(_adds_little(hunk, staged) for _, hunk in _alike(staged, later))
        if is_late and _may_lead_back(staged, later, turns):
            return True
    return False


def _may_lead_back(staged: SketchHunk, past: Sequence[PastEdit], turns: "Turns") -> bool:
    """Tell whether a hunk may take back one of some edits in other words, or through others."""
    if _may_be_followed(staged, past):
        return True
    return any(turns.has_turned(*found) for found in _in_other_words(staged, past))


class Turns:
    """Which of the remembered hunks may have taken back earlier ones; each is asked for once."""

    def __init__(self, past: Sequence[PastEdit], reach: int) -> None:
        self._past = past  # latest first
        self._reach = reach  # first-parent steps from one turn to the next
        self._known: dict[int, bool] = {}  # by the identity of a hunk

    def is_second_round(self, edit: PastEdit, hunk: SketchHunk) -> bool:
        """Tell whether to take back a hunk may end a second round: to be put in is no turn."""
        return any(
            bool(taken.before) or self.has_turned(earlier, taken)
            for earlier, taken in self._taken_by(edit, hunk, MOST_TURNS)
        )

    def has_turned(self, edit: PastEdit, hunk: SketchHunk, turns: int = MOST_TURNS) -> bool:
        """Tell whether a hunk may have taken back an earlier one, and soon."""
        if id(hunk) not in self._known:
            self._known[id(hunk)] = turns <= 0 or any(
                True for _ in self._taken_by(edit, hunk, turns)
            )
        return self._known[id(hunk)]

    def goes_round(self, hunk: SketchHunk, age: int = 0, turns: int = LEAST_TURNS) -> bool:
        """Tell whether a hunk of an edit of that age may lead back through several others.

        So do the hunks before it, ``turns`` in all; each brought in what the next takes out.
        """
        past = [one for one in self._past if _age(one) > age]
        if turns == 0 or not _may_be_followed(hunk, past):
            return turns == 0
        near = [one for one in past if _age(one) <= age + self._reach]
        return any(
            self.goes_round(earlier, _age(edit), turns - 1)
            for edit, earlier in _alike(hunk, near)
            if _brings_most(earlier, hunk)
        )

    def _taken_by(self, edit: PastEdit, hunk: SketchHunk, turns: int) -> "Iterator[Found]":
        """Yield the earlier hunks that a hunk may have taken back."""
        before = [one for one in self._past if _age(one) > _age(edit)]
        near = [one for one in before if _age(one) <= _age(edit) + self._reach]
        yield from _in_one_step(hunk, before, near)
        for earlier, taken in _in_other_words(hunk, near):
            if self.has_turned(earlier, taken, turns - 1):
                yield earlier, taken


def _own(past: Iterable[PastEdit]) -> list[PastEdit]:
    """Return the edits that the staged version sees, latest first."""
    return sorted((edit for edit in past if edit.age is not None), key=_age)


def _age(edit: PastEdit) -> int:
    assert edit.age is not None
    return edit.age


def _in_one_step(
    staged: SketchHunk, past: Sequence[PastEdit], near: Sequence[PastEdit]
) -> "Iterator[Found]":
    """Yield the hunks near by that one may take back, of all that it may have to do with."""
    yield from (found for found in _taken_back(staged, past) if found[0] in near)
    if staged.before and staged.after:
        for edit, hunk in _alike(staged, near):
            if _brings_most(hunk, staged) and _brings_back(hunk, staged):
                yield edit, hunk


def _in_other_words(staged: SketchHunk, past: Sequence[PastEdit]) -> "Iterator[Found]":
    """Yield the hunks of which what they brought in goes again, and something comes for it.

    That is a return if such a hunk had itself taken something back.
    """
    if staged.before and staged.after:
        for edit, hunk in _alike(staged, past):
            if hunk.after and covers(hunk.after, staged.gone, SHARE):
                yield edit, hunk


def _taken_back(staged: SketchHunk, past: Sequence[PastEdit]) -> "Iterator[Found]":
    """Yield the hunks that one may be the inverse of, part by part."""
    least = least_matched(len(staged.before), len(staged.after))
    found: list[Found] = []
    is_any = False
    for edit, hunk in _alike(staged, past):
        if _matched(staged, hunk) < least:
            continue
        halves = hunk.before, hunk.after, staged.gone, staged.come
        if is_covered(*halves):
            found.append((edit, hunk))
            is_any = is_any or is_undone(*halves)
    # A part of a hunk is taken for the inverse of another only beside one that it undoes whole.
    yield from found if is_any else ()


def _alike(staged: SketchHunk, past: Sequence[PastEdit]) -> "Iterator[Found]":
    lines = staged.gone | staged.come
    for edit in past:
        if edit.shares_lines(lines):
            for hunk in edit.hunks:
                if not (lines.isdisjoint(hunk.before) and lines.isdisjoint(hunk.after)):
                    yield edit, hunk


def _matched(staged: SketchHunk, hunk: SketchHunk) -> int:
    """Return how many lines went that a hunk had brought in, and came that it had taken out."""
    return sum(line in staged.gone for line in hunk.after) + sum(
        line in staged.come for line in hunk.before
    )


def _is_exact(hunk: SketchHunk, staged: SketchHunk) -> bool:
    """Tell whether both halves are equal, the other way round, and have something to show."""
    keys = hunk.before_key, hunk.after_key
    is_swap = bool(hunk.before and hunk.after)
    return is_swap and keys == (staged.after_key, staged.before_key)


def _adds_little(hunk: SketchHunk, staged: SketchHunk) -> bool:
    """Tell whether, beside what a hunk took out and what goes now, next to nothing comes."""
    if not (hunk.before and hunk.after and staged.before and staged.after):
        return False  # one of the states is the lack of the other
    if max(map(len, (hunk.before, staged.before, staged.after))) >= MOST_LINES:
        return True  # there are more lines than are known
    new = staged.come.difference(hunk.before, staged.gone)
    return len(new) <= NEW_SHARE * len(staged.gone)


def _brings_most(hunk: SketchHunk, staged: SketchHunk) -> bool:
    """Tell whether a hunk brought in most of the lines that went."""
    return covers(staged.before, hunk.come, SHARE)


def _brings_back(hunk: SketchHunk, staged: SketchHunk) -> bool:
    """Tell whether most lines that a hunk took out have come again."""
    return bool(hunk.before) and covers(hunk.before, staged.come, SHARE)


def _may_be_followed(staged: SketchHunk, past: Sequence[PastEdit]) -> bool:
    """Tell whether the lines that went may lead back, hunk by hunk, to those that come."""
    if not (staged.before and staged.after):
        return False
    found = list(_alike(staged, past))
    starts = [_age(edit) for edit, hunk in found if _brings_back(hunk, staged)]
    ends = [_age(edit) for edit, hunk in found if _brings_most(hunk, staged)]
    return bool(starts and ends) and max(starts) >= min(ends)


def left_by(changes: Iterable[WordChange], past: Sequence[PastEdit]) -> list[PastEdit]:
    """Return the edits that may have left a state to which a symbol returns, latest first.

    Of one hunk, what came had gone and what goes had come, all with two edits at most; each
    of the two is the last that did so with some word.

    Args:
        changes: what the staged edit brings in and takes out, by hunk.
        past: all earlier edits of the file, and of those that it may have been.
    """
    found: dict[int, PastEdit] = {}
    for change in changes:
        for edit in _leaving(change, past):
            found[id(edit)] = edit
    return _own(found.values())


def _leaving(change: WordChange, past: Sequence[PastEdit]) -> Iterator[PastEdit]:
    both = change.come | change.gone
    told: list[tuple[PastEdit, Words]] = []
    for edit in past if both else ():
        if edit.shares_words(both):
            words = edit.words
            parts = _signed(change.come & words.gone, change.gone & words.come)
            told += [(edit, parts)] if parts else []
    wanted = _signed(change.come, change.gone)
    for edit, parts in told:
        if edit.age is None:
            continue
        certain = ((one.age, other) for one, other in told if one.is_certain)
        later = (other for age, other in certain if age is not None and age < edit.age)
        if parts.difference(*later) and any(parts | other >= wanted for _, other in told):
            yield edit


def _signed(come: frozenset[int], gone: frozenset[int]) -> "Words":
    """Return words with a sign for whether they come or go."""
    return frozenset((True, word) for word in come) | frozenset((False, word) for word in gone)


def has_run(past: Sequence[PastEdit], windows: Windows) -> bool:
    """Tell whether a file changed so often, each time soon after the last, that it may be in a war.

    Two states in turn take four visits, three of them before what is staged.
    """
    reached, run = 0, 0
    for age in sorted({_age(edit) for edit in _own(past)}):
        if age - reached > windows.edits:
            break
        reached, run = age, run + 1
    return run >= LEAST_RUN
