"""Tracks, against a list that does the same."""

from hypothesis import given
from hypothesis import strategies as st

from loopwatch.graph.tracks import ABSENT, NONE, Track

WIDTH = 2
# States that overlap end to end, so that one is found where two others meet.
STATES = st.sampled_from([b"aa", b"ab", b"ba", b"\0a", b"a\0", ABSENT])


@given(st.lists(STATES), STATES)
def test_a_track_is_a_list_of_states(states: list[bytes], wanted: bytes) -> None:
    track = Track(WIDTH)
    for version, state in enumerate(states):
        track.append(version * 3, state)
    assert len(track) == len(states)
    assert [track.state(index) for index in range(len(track))] == states
    assert [track.version(index) for index in range(len(track))] == [
        3 * n for n in range(len(states))
    ]
    places = [index for index, state in enumerate(states) if state == wanted]
    found = [track.place(wanted)]
    while found[-1] != NONE:
        found.append(track.place(wanted, found[-1]))
    assert found == [*places[::-1], NONE]
