"""What a log is as a file, whatever its format."""

import json
import os
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopwatch.auditing.task import task_of
from loopwatch.model.options import Options
from loopwatch.sources.session_log import log_file, survey
from loopwatch.sources.session_log.contents import AS_THEY_ARE, Contents
from loopwatch.sources.session_log.log_file import HEAD, LogFile, UnreadableLogError, parsed
from loopwatch.sources.session_log.registry import readers
from loopwatch.sources.session_log.stream import stream
from loopwatch.sources.session_log.values import moment
from tests.sources.session_log.formats import FORMATS
from tests.sources.session_log.reading import log_of
from tests.sources.session_log.stories import STORIES
from tests.sources.session_log.writers import opencode

TEXTS = (
    *("", " ", "{}", ' {"a": [1, 2.5, NaN]}\r\n', "[1] 2", "{", '"\\ud800"', "nul", "\u00a0{}"),
    "[" * 99_999,
)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_a_text_is_parsed_as_json_does_it(text: str) -> None:
    try:
        expected = json.loads(text)
    except (ValueError, RecursionError):
        expected = None
    for told in (text, text.encode(), b"\xef\xbb\xbf" + text.encode(), "\ufeff" + text):
        assert repr(parsed(told)) == repr(expected)


def test_bytes_that_are_no_text_are_no_value() -> None:
    assert parsed(b'"\xff"') is None


def test_first_lines_are_made_as_far_as_somebody_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[bytes | str] = []

    def making(line: bytes | str) -> object:
        made.append(line)
        return parsed(line)

    monkeypatch.setattr(log_file, "parsed", making)
    log = log_of(tmp_path, "1\nno\n2\n\n3\n")
    assert next(iter(log.first_lines)) == 1
    assert log.first_lines[0] == 1
    assert made == [b"1"]
    assert (log.first_lines[1], log.first_lines[-1]) == (2, 3)
    assert list(log.first_lines) == [1, 2, 3]
    assert len(log.first_lines) == 3
    assert len(made) == 6


def test_a_first_line_longer_than_the_head_is_read_to_its_end(tmp_path: Path) -> None:
    log = log_of(tmp_path, json.dumps("x" * HEAD) + "\n2\n")
    assert list(log.first_lines) == ["x" * HEAD]


def test_a_document_over_many_lines_has_no_first_lines(tmp_path: Path) -> None:
    log = log_of(tmp_path, '{\n"a":\n1\n}\n')
    assert not list(log.first_lines)
    assert log.document == {"a": 1}


def test_lines_are_no_document_however_many(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with path.open("wb") as file:
        file.write(b'{"a": 1}\n{"b": 2}\n')
        file.truncate(log_file.LARGEST_DOCUMENT + 1)  # a sparse file
    assert LogFile(path, "log.jsonl").document is None
    path.write_bytes(b"[\n1]")
    os.truncate(path, log_file.LARGEST_DOCUMENT + 1)
    with pytest.raises(UnreadableLogError, match="larger than"):
        _ = LogFile(path, "log.jsonl").document


def logs_of(path: Path) -> list[LogFile]:
    """Return the logs that a task has of a path, as the survey leaves them."""
    known = readers(pytest.fail)
    return [
        log.file
        for session in survey.survey([path], known).sessions
        for log in task_of(session, known, Options(), is_redacting=True).logs
    ]


def test_a_document_is_parsed_once(tmp_path: Path) -> None:
    path = tmp_path / "log.json"
    path.write_text(opencode.log(STORIES[0]), encoding="utf-8")
    (log,) = logs_of(path)
    assert log.has_document()
    document = log.document
    log.refresh()
    assert log.document is document


def test_a_document_that_has_changed_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "log.json"
    path.write_text(opencode.log(STORIES[0]), encoding="utf-8")
    (log,) = logs_of(path)
    path.write_text(opencode.log(STORIES[1]), encoding="utf-8")
    known = readers(pytest.fail)
    (session,) = survey.survey([path], known).sessions
    expected = list(stream(session.logs))
    log.refresh()
    assert not log.has_document()
    assert list(session.logs[0].reader.events(log)) == expected


def test_no_document_is_sent_to_another_process(tmp_path: Path) -> None:
    path = tmp_path / "log.json"
    path.write_text(opencode.log(STORIES[0]), encoding="utf-8")
    (log,) = logs_of(path)
    sent = pickle.loads(pickle.dumps(log))  # noqa: S301  our own
    assert not sent.has_document()
    assert (sent.path, sent.name) == (log.path, log.name)


def test_documents_wait_only_as_far_as_there_is_room(tmp_path: Path) -> None:
    form = next(form for form in FORMATS if form.name == "opencode")
    sizes = []
    for story in STORIES[:3]:
        path = tmp_path / f"{story.name}{form.ending}"
        path.write_text(form.write(story), encoding="utf-8")
        sizes.append(path.stat().st_size)
    found = survey._Groups(_room=max(sizes))
    for story in STORIES[:3]:
        log = LogFile(tmp_path / f"{story.name}{form.ending}", story.name)
        reader = next(one for one in readers(pytest.fail) if one.recognises(log))
        found.take(log, reader)
    kept = [log.file.has_document() for session in found.sessions() for log in session.logs]
    assert 1 <= sum(kept) < len(kept)


@given(st.lists(st.binary(max_size=200), max_size=9), st.integers(0, 400))
def test_contents_come_back_as_they_were(contents: list[bytes], free: int) -> None:
    kept = Contents(_packed_from=free)
    ids = [kept.add(content) for content in contents]
    assert [kept.read(one) for one in ids] == contents
    kept.close()


def test_what_is_more_than_a_little_is_packed() -> None:
    kept = Contents()
    pages = [b"%d" % number + b" " * (AS_THEY_ARE // 2) for number in range(8)]
    ids = [kept.add(page) for page in pages]
    assert [kept.read(one) for one in ids] == pages
    assert kept._end < 2 * AS_THEY_ARE
    kept.close()


@pytest.mark.parametrize(
    "odd", [float("inf"), float("nan"), 10**400, -1e300 * 1e300, True, "x" * 20]
)
def test_a_time_that_is_none(odd: object) -> None:
    assert moment(odd) is None


def test_times_are_told_in_seconds_milliseconds_and_words() -> None:
    assert {moment(1_767_603_600), moment(1_767_603_600_000)} == {1_767_603_600.0}
    assert moment("2026-01-05T09:00:00Z") == moment("2026-01-05 09:00") == 1_767_603_600.0


def test_by_another_path_it_is_the_same_log(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text("[1]\n[2]\n[3]\n")
    log = LogFile(tmp_path / "log.jsonl", "log", line=(4, 4), part="x")
    other = log.at(tmp_path / "." / "log.jsonl")
    assert (other.document, other.name, other.part) == ([2], "log", "x")
