"""What is kept of commits: ids, dates, agents, and what messages say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.model.object_ids import ObjectIds
from loopwatch.sources.git_headers import TELLING, TOGETHER, TOLD, Headers

CLAUDE = "Co-Authored-By: Claude <noreply@anthropic.com>"


def header(message: str, committed: str = "20") -> bytes:
    return f"{'ab' * 20}\n10\n{committed}\nAda\nada@example.com\n{message}\n".encode()


def headers(*messages: str) -> Headers:
    kept = Headers()
    for message in messages:
        kept.add(header(message))
    return kept


@given(st.lists(st.binary(min_size=20, max_size=20)))
def test_ids_are_a_list_of_ids(ids: list[bytes]) -> None:
    grown = ObjectIds()
    for id_ in ids:
        grown.extend(id_, 1)
    for kept in (grown, ObjectIds(ids)):
        assert len(kept) == len(ids)
        assert [kept[number] for number in range(len(ids))] == ids
        assert kept[len(ids)] == b""
        kept.reverse()
        assert list(kept) == ids[::-1]


def test_a_header_becomes_a_version() -> None:
    kept = headers("fix: a", "feat: b\n\nmore")
    first, second = (kept.version(number, f"id-{number}") for number in (0, 1))
    assert (first.id, first.subject, first.authored, first.committed) == ("id-0", "fix: a", 10, 20)
    assert (second.subject, second.agent) == ("feat: b", None)
    assert kept.tree(1).hex() == "ab" * 20


@pytest.mark.parametrize(("date", "seconds"), [("7", 7), ("", 0), ("-7", 0), ("9" * 13, 0)])
def test_dates_that_nobody_can_have_meant(date: str, seconds: int) -> None:
    kept = Headers()
    kept.add(header("fix: a", committed=date))
    assert kept.version(0, "").committed == seconds


def test_a_long_message_is_kept_where_it_tells_of_a_revert() -> None:
    essay = "fix: a\n\nwhy\n" + "words\n" * 100
    kept = headers(f"{essay}This reverts commit 0123456789.\n", essay)
    assert kept.version(0, "").names == ("0123456789",)
    assert kept.version(1, "").names == ()


@given(st.text("revtsingaplchy -.RE", max_size=40))
def test_the_quick_look_misses_no_telling_line(line: str) -> None:
    if TOLD.search(line.encode()):
        assert any(word in line.lower().encode() for word in TELLING)


@pytest.mark.parametrize("at", [0, TOGETHER - 1, TOGETHER, TOGETHER + 1])
def test_agents_are_found_wherever_they_sign(at: int) -> None:
    messages = [f"fix: {number}" for number in range(TOGETHER + 2)]
    messages[at] += f"\n\n{CLAUDE}"
    kept = headers(*messages)
    found = {number for number in range(len(kept)) if kept.version(number, "").agent is not None}
    assert found == {at}
    assert kept.agents().get(at) == "claude-code"


def test_an_agent_can_be_asked_for_before_all_is_read() -> None:
    kept = headers(f"fix: a\n\n{CLAUDE}")
    assert kept.agents().get(0) == "claude-code"
    kept.add(header("fix: b"))
    assert (kept.agents().get(0), kept.agents().get(1)) == ("claude-code", None)


@pytest.mark.parametrize("most", [0, 1, 100])
def test_people_are_looked_at_once_and_agents_always(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loopwatch.sources.git_headers.MOST_PEOPLE", most)
    kept = Headers()
    authors = ["Ada\nada@example.com", "Bob\nbob@example.com", "Bot\nnoreply@anthropic.com"]
    for number in range(12):
        author = authors[number % 3]
        kept.add(f"{'ab' * 20}\n10\n20\n{author}\nfix: {number}\n".encode())
        kept.version(number, "")  # each is read on its own
    assert kept.agents() == dict.fromkeys(range(2, 12, 3), "claude-code")


def test_messages_that_may_ignore_a_finding_are_kept_whole() -> None:
    essay = "fix: a\n\n" + "words\n" * 100 + "\nLOOPWATCH-Ignore: 7c1e9a0b known"
    kept = headers(*["fix: b"] * TOGETHER, "fix: c", essay)
    assert kept.ignoring() == {TOGETHER + 1: f"{essay}\n"}
