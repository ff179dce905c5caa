"""Which files are logs, and which of them are one session."""

import json
from pathlib import Path

import pytest

from loopwatch.sources.session_log.api import Edit
from loopwatch.sources.session_log.registry import readers
from loopwatch.sources.session_log.stream import stream
from loopwatch.sources.session_log.survey import Survey, survey
from tests.sources.session_log.formats import FORMATS
from tests.sources.session_log.stories import BY_NAME, STORIES
from tests.sources.session_log.writers import atif, claude_code

STORY = BY_NAME["untested"]


def found(*paths: Path) -> Survey:
    return survey(paths, readers(pytest.fail))


def steps(found: Survey) -> list[list[str]]:
    return [
        [event.step for event in stream(session.logs) if isinstance(event, Edit)]
        for session in found.sessions
    ]


def test_a_folder_is_searched_and_each_file_is_read_once(tmp_path: Path) -> None:
    for number, format_ in enumerate(FORMATS):
        path = tmp_path / f"{number}" / f"log{format_.ending}"
        path.parent.mkdir()
        path.write_text(format_.write(STORY), encoding="utf-8")
    told = found(tmp_path, tmp_path / "0" / "log.jsonl", tmp_path)
    assert len(told.sessions) == len(FORMATS)
    assert not told.skipped


def test_every_reader_knows_its_own_format_only(tmp_path: Path) -> None:
    for format_ in FORMATS:
        path = tmp_path / f"{format_.name}{format_.ending}"
        path.write_text(format_.write(STORY), encoding="utf-8")
        (session,) = found(path).sessions
        assert format_.name.startswith(session.format)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"\0\1\2\3", "no session log of a known format"),
        (b'{"a": 1}', "no session log of a known format"),
        (b"[" * 100_000, "no session log of a known format"),
        (b'{"sessionId": "x", "uuid"', "no session log of a known format"),
    ],
)
def test_what_is_no_log_is_told(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(content)
    (skip,) = found(path).skipped
    assert (skip.reason, Path(skip.path or "").name) == (reason, "log.jsonl")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    (skip,) = found(tmp_path / "no.jsonl").skipped
    assert skip.reason == "there is no such file"


def test_pages_of_a_folder_are_not_complained_of(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# x")
    (tmp_path / "data.json").write_text("{}")
    assert [Path(skip.path or "").name for skip in found(tmp_path).skipped] == ["data.json"]


def test_a_session_that_goes_on_in_another_log_counts_once(tmp_path: Path) -> None:
    whole = claude_code.log(STORY).splitlines(keepends=True)
    (tmp_path / "a.jsonl").write_text("".join(whole[:8]))
    copied = [json.dumps({**json.loads(line), "sessionId": "resumed!"}) + "\n" for line in whole]
    (tmp_path / "b.jsonl").write_text("".join(copied))
    told = found(tmp_path)
    (told_steps,) = steps(told)
    assert len(set(told_steps)) == 4
    assert len(told.sessions[0].logs) == 2


def test_the_log_of_a_subagent_belongs_to_its_session(tmp_path: Path) -> None:
    lines = [json.loads(line) for line in claude_code.log(STORY).splitlines()]
    side = [{**line, "isSidechain": True, "agentId": "a1", "uuid": f"x{n}"} for n, line in
            enumerate(lines[3:5])]  # fmt: skip
    (tmp_path / "session.jsonl").write_text("\n".join(map(json.dumps, lines)))
    (tmp_path / "agent-a1.jsonl").write_text("\n".join(map(json.dumps, side)))
    (session,) = found(tmp_path).sessions
    assert [Path(log.file.name).name for log in session.logs] == ["session.jsonl", "agent-a1.jsonl"]


def test_of_two_formats_the_agents_own_is_read(tmp_path: Path) -> None:
    own = claude_code.log(STORY)
    session = json.loads(own.splitlines()[0])["sessionId"]
    (tmp_path / "own.jsonl").write_text(own)
    derived = json.loads(atif.log(STORY)) | {"session_id": session}
    (tmp_path / "derived.json").write_text(json.dumps(derived))
    told = found(tmp_path)
    assert [one.format for one in told.sessions] == ["claude-code"]
    assert [skip.reason for skip in told.skipped] == [
        "the same session as in another log, which tells more"
    ]


def test_order_is_that_of_names(tmp_path: Path) -> None:
    for number, story in enumerate(STORIES[:3]):
        (tmp_path / f"{9 - number}.jsonl").write_text(claude_code.log(story))
    told = [Path(session.path).name for session in found(tmp_path).sessions]
    assert told == sorted(told)
