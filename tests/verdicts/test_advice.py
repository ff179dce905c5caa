from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.model.edit import Hunk, Role
from loopwatch.model.finding import CycleEdit, Kind, StateVisit
from loopwatch.verdicts.advice import advice_for
from loopwatch.verdicts.advice_words import LONGEST_ADVICE
from loopwatch.verdicts.quoting import HIDDEN, quoted

V1, V2, V3, V4 = (digit * 40 for digit in "1234")
MINUTES = "return int(text) * 60"
UNITS = "return int(text[:-1])"


def edit(version: str, summary: str, before: str, after: str, role: Role = Role.FIX) -> CycleEdit:
    hunk = Hunk(path="src/dur.py", start_line=1, before=(before,), after=("", f"  {after}"))
    return CycleEdit(version=version, from_version=None, role=role, summary=summary, hunks=(hunk,))


EDITS = (
    edit(V2, "fix: plain numbers", MINUTES, UNITS),
    edit(V3, "fix: hours", UNITS, MINUTES),
    edit(V4, "fix: plain numbers again", MINUTES, UNITS),
)
STATES = (StateVisit(label="X", versions=(V1, V3)), StateVisit(label="Y", versions=(V2, V4)))


def advice(
    kind: Kind = Kind.OSCILLATION,
    edits: Sequence[CycleEdit] = EDITS,
    states: Sequence[StateVisit] = STATES,
    path: str | None = "src/dur.py",
    symbol: str | None = "parse_duration",
    period: int = 2,
) -> str:
    return advice_for(
        kind=kind,
        path=path,
        symbol=symbol,
        paths=("src/dur.py",),
        period=period,
        rounds=2,
        edits=edits,
        states=states,
    )


def test_a_loop_is_told_with_both_sides_and_what_to_do() -> None:
    said = advice()
    assert said.startswith(
        'loopwatch: 4444444 "fix: plain numbers again" puts parse_duration (src/dur.py) back '
        'into state Y, which 3333333 "fix: hours" took out.\n'
        "So far 2 rounds: X -> Y -> X -> Y\n"
        f'  3333333 (fix) took out "{UNITS}", put in "{MINUTES}"\n'
        f'  4444444 (fix) took out "{MINUTES}", put in "{UNITS}"\n'
    )
    assert "satisfies both sides at once" in said
    assert "`git show 3333333 4444444`" in said
    assert "Do not restore X or Y." in said
    assert "contradict each other, stop and tell the user" in said


def test_three_states_take_all_three() -> None:
    states = (
        StateVisit(label="X", versions=(V1, V4)),
        StateVisit(label="Y", versions=(V2,)),
        StateVisit(label="Z", versions=(V3,)),
    )
    said = advice(states=states, period=3)
    assert "satisfies all 3 sides" in said
    assert "X -> Y -> Z -> X" in said and "Do not restore X, Y or Z." in said


def test_a_lost_fix_is_named_and_to_be_restored() -> None:
    edits = (EDITS[0], edit(V3, "Add the new look", UNITS, MINUTES, Role.OTHER))
    said = advice(Kind.RELAPSE, edits)
    assert (
        '3333333 "Add the new look" takes the fix 2222222 "fix: plain numbers" out of '
        "parse_duration (src/dur.py) again" in said
    )
    assert "restore what 2222222 did there, and keep what 3333333 was for" in said


def test_what_was_no_fix_is_not_called_one() -> None:
    edits = (edit(V2, "Add units", MINUTES, UNITS, Role.OTHER), EDITS[1])
    assert 'takes what was done by 2222222 "Add units" out' in advice(Kind.RELAPSE, edits)


def test_a_staged_change_is_called_that() -> None:
    states = (STATES[0], StateVisit(label="Y", versions=(V2, "index")))
    said = advice(edits=(*EDITS[:2], edit("index", "", MINUTES, UNITS)), states=states)
    assert said.startswith("loopwatch: the staged change puts parse_duration")
    assert "`git show 3333333`" in said


def test_outside_text_is_one_harmless_quotation() -> None:
    assert quoted('a "b"\n\tc \x1b[1m\u202e\udcff', 200) == "\"a 'b' c [1m\""
    assert quoted("x" * 201, 200) == f'"{"x" * 200}..."'


OUTSIDE = st.text(st.characters(codec=None), max_size=40) | st.builds(
    "".join, st.lists(st.sampled_from(["\x1b", "\n", "long " * 300, "x" * 999]), max_size=4)
)


@given(st.sampled_from(Kind), OUTSIDE, st.integers(0, 3), st.integers(0, 5))
def test_any_message_is_short_and_harmless(kind: Kind, text: str, edits: int, period: int) -> None:
    steps = [edit(text, text, text, text), edit(V3, text, text, text), edit(V4, text, text, text)]
    states = (StateVisit(label="X", versions=(V1, V4)), StateVisit(label="Y", versions=(text, V3)))
    said = advice(kind, steps[:edits], states, text, text, period)
    assert said.startswith("loopwatch: ")
    assert len(said) < LONGEST_ADVICE
    assert not HIDDEN.search(said.replace("\n", ""))
    assert said.endswith((".", ".)"))  # nothing is cut off


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_words_also_without_evidence(kind: Kind) -> None:
    said = advice(kind, (), (), None, None)
    assert "the last edit" in said and "the whole tree" in said
