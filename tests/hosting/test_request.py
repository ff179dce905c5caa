"""From a payload to commits, and from commits to what is said of them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from loopwatch.errors import LoopwatchError, RangeError, SourceError
from loopwatch.hosting.comment import MOST_CHARACTERS
from loopwatch.hosting.commits import Commits, asked, changed_settings, commits, deepened
from loopwatch.hosting.event import Event, event_of, read_event
from loopwatch.hosting.remarks import Telling, settings_remark, still_open
from loopwatch.model.finding import Level
from loopwatch.model.report import Report
from loopwatch.reports.markdown import MARKER
from loopwatch.reports.style import PLAIN
from loopwatch.sources.repository import find_repository
from tests.builders import Repo
from tests.reports.samples import EMPTY, FULL, LOOP, NOTE

A, B, ZEROS = "a" * 40, "b" * 64, "0" * 40


def request(**more: Any) -> dict[str, Any]:
    return {"pull_request": {"number": 7, "base": {"sha": A}, "head": {"sha": B}, **more}}


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (request(), Event(base=A, head=B, number=7)),
        (request(number=True) | {"before": B}, Event(base=A, head=B)),
        (request(number="7", base="x", head={"sha": "main"}), Event()),
        (request(number=-1, base=None, head={"sha": [A]}), Event()),
        ({"merge_group": {"base_sha": A, "head_sha": B}}, Event(base=A, head=B)),
        ({"before": A, "after": B}, Event(base=A, head=B, is_push=True)),
        ({"before": ZEROS, "after": A}, Event(head=A, is_push=True)),
        ({"schedule": "* * * * *"}, Event()),
        ({"before": "--output=x", "after": "-x"}, Event(is_push=True)),
        ([], Event()),
        (None, Event()),
    ],
)
def test_events(payload: object, expected: Event, tmp_path: Path) -> None:
    assert event_of(payload) == expected
    file = tmp_path / "event.json"
    file.write_text(json.dumps(payload), encoding="utf-8")
    assert read_event(file) == expected


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"[" * 100_000])
def test_payloads_that_are_none(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_bytes(content)
    with pytest.raises(SourceError, match="is not JSON"):
        read_event(file)
    with pytest.raises(SourceError, match="cannot read the payload"):
        read_event(tmp_path)


@pytest.mark.parametrize(
    ("event", "base", "head", "expected"),
    [
        (Event(base=A, head=B, number=7), "", "", Event(base=A, head=B, number=7)),
        (Event(base=A, head=B), "main", "", Event(base="main", head=B)),
        (Event(base=A, head=B), "", "topic", Event(base=A, head="topic")),
        (Event(base=A, head=B, is_push=True), "main", "", Event(base="main", head=B)),
        (Event(), "", "", Event(head="c0ffee")),
    ],
)
def test_what_is_asked_for_goes_first(event: Event, base: str, head: str, expected: Event) -> None:
    assert asked(event, base, head, "c0ffee") == expected


def test_where_nothing_is_checked_out() -> None:
    assert asked(Event(), "", "", "").head == "HEAD"


# commits


def found(repo: Repo, base: str, head: str, *, is_push: bool = False) -> tuple[str, list[str]]:
    said: list[str] = []
    event = Event(base=base, head=head, is_push=is_push)
    return commits(find_repository(repo.path), event, said.append).revision, said


def test_the_range_begins_where_the_lines_part(repo: Repo) -> None:
    fork = repo.change("a.py", "a = 1\n", "one")
    repo.branch("topic")
    head = repo.change("b.py", "b = 1\n", "two")
    repo.checkout("main")
    base = repo.change("c.py", "c = 1\n", "three")
    assert found(repo, base, head) == (f"{fork}..{head}", [])
    assert found(repo, "main", "topic") == (f"{fork}..{head}", [])
    assert found(repo, head, base, is_push=True) == (f"{fork}..{base}", [])
    revision, (line,) = found(repo, "", head, is_push=True)
    assert revision == head
    assert "before this push is not known" in line


def test_lines_that_have_nothing_in_common(repo: Repo) -> None:
    base = repo.change("a.py", "a = 1\n", "one")
    repo.git("checkout", "-q", "--orphan", "other")
    head = repo.change("a.py", "a = 2\n", "two")
    assert found(repo, base, head) == (f"{base}..{head}", [])


def test_there_is_nothing_to_compare_with(repo: Repo) -> None:
    head = repo.change("a.py", "a = 1\n", "one")
    with pytest.raises(RangeError, match="nothing to compare with") as caught:
        found(repo, "", head)
    assert "set `base`" in caught.value.hint
    with pytest.raises(RangeError, match="is not in this clone$"):
        found(repo, A, head)


def shallow(repo: Repo, folder: Path, depth: int) -> Repo:
    repo.git("clone", "-q", f"--depth={depth}", f"file://{repo.path}", str(folder))
    return Repo(folder)


def test_a_clone_that_does_not_reach_back(repo: Repo, tmp_path: Path) -> None:
    repo.change("a.py", "a = 1\n", "one")
    repo.branch("topic")
    head = repo.change("b.py", "b = 1\n", "two")
    repo.checkout("main")
    base = repo.change("c.py", "c = 1\n", "three")
    clone = shallow(repo, tmp_path / "clone", 1)
    clone.git("fetch", "-q", "--depth=1", "origin", "topic")
    with pytest.raises(RangeError, match="does not reach back"):
        found(clone, base, head)
    deepened(find_repository(clone.path), Event(base=base, head=head))
    assert found(clone, base, head)[0].endswith(f"..{head}")


def test_a_whole_clone_can_lack_the_head_of_a_fork(repo: Repo, tmp_path: Path) -> None:
    base = repo.change("a.py", "a = 1\n", "one")
    repo.git("clone", "-q", ".", str(tmp_path / "clone"))
    repo.branch("topic")
    head = repo.change("b.py", "b = 1\n", "two")
    repo.git("update-ref", "refs/pull/7/head", head)
    repo.checkout("main")
    repo.git("branch", "-q", "-D", "topic")
    clone = Repo(tmp_path / "clone")
    before = clone.git("for-each-ref")
    deepened(find_repository(clone.path), Event(base=base, head=head))
    assert found(clone, base, head)[0] == f"{base}..{head}"
    assert clone.git("for-each-ref") == before


def test_what_cannot_be_fetched(repo: Repo, tmp_path: Path) -> None:
    repo.change("a.py", "a = 1\n", "one")
    repo.change("a.py", "a = 2\n", "two")
    clone = shallow(repo, tmp_path / "clone", 1)
    clone.git("remote", "set-url", "origin", str(tmp_path / "nowhere"))
    with pytest.raises(SourceError, match="git cannot fetch the rest") as caught:
        deepened(find_repository(clone.path), Event())
    assert "fetch-depth: 0" in caught.value.hint
    clone.git("remote", "remove", "origin")
    with pytest.raises(LoopwatchError, match="no remote"):
        deepened(find_repository(clone.path), Event())


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a.py": "1\n", "docs/.loopwatch-ignore": "x"}, ()),
        ({".loopwatch-ignore": "x"}, (".loopwatch-ignore",)),
        ({"x/loopwatch.toml": "", ".loopwatch.toml": ""}, (".loopwatch.toml", "x/loopwatch.toml")),
        ({"pyproject.toml": "[project]\nname = 'loopwatch'\n"}, ()),
        ({"pyproject.toml": "[tool.loopwatch]\nquiet = ['*']\n"}, ("pyproject.toml",)),
        ({"pyproject.toml": "[tool.loopwatch\n"}, ()),
        ({"pyproject.toml": "tool = 3 # loopwatch\n"}, ()),
        ({".gitattributes": "*.py text\n"}, ()),
        ({".gitattributes": "*.py linguist-generated\n"}, (".gitattributes",)),
    ],
)
def test_settings_that_a_request_changes(
    repo: Repo, files: dict[str, str], expected: tuple[str, ...]
) -> None:
    base = repo.change("pyproject.toml", "", "one")
    for name, text in files.items():
        repo.write(name, text)
    head = repo.commit("two")
    git = find_repository(repo.path).git
    assert changed_settings(git, Commits(base=base, head=head)) == expected
    assert changed_settings(git, Commits(base=None, head=head)) == ()


# what is said


def telling(report: Report, *remarks: str, where: str = "\nwhere\n") -> Telling:
    return Telling(report=report, style=PLAIN, head=A, remarks=remarks, where=where)


def test_ended_loops_are_no_news() -> None:
    ended = replace(LOOP, is_open=False)
    report = replace(EMPTY, findings=(ended, NOTE))
    told = telling(report, "a remark")
    assert still_open(report).findings == (NOTE,)
    assert not told.is_news
    assert told.counts() == {"findings": "0", "errors": "0", "warnings": "0"}
    assert told.comment().splitlines()[0] == MARKER
    assert len(told.comment().splitlines()) == 2
    assert "no loop is open at `aaaaaaa`, 1 came to an end. " in told.comment()
    assert "no longer open" in told.summary()


def test_counts_are_of_what_is_raised() -> None:
    raised = [one for one in FULL.findings if one.level is not Level.NOTE and not one.is_settled]
    opened = replace(FULL, findings=tuple(replace(one, is_open=True) for one in FULL.findings))
    told = telling(opened)
    assert told.is_news
    assert told.counts()["findings"] == str(len(raised))
    assert told.comment().endswith("\nwhere\n")


def test_remarks_stand_in_code() -> None:
    told = telling(replace(EMPTY, findings=(LOOP,)), "`@x` <b>\n# y")
    for text in (told.comment(), told.summary()):
        assert "\n> `` `@x` <b>\\x0a# y ``\n" in text


def test_a_huge_report_fits_into_a_comment() -> None:
    loops = tuple(
        replace(LOOP, id=f"{number:012x}", symbol="x" * 150 + str(number), is_open=True)
        for number in range(2_000)
    )
    report = replace(EMPTY, findings=loops)
    remarks = ["y" * 10_000] * 300
    for told in (telling(report), telling(report, *remarks)):
        assert len(told.comment()) <= MOST_CHARACTERS
        assert "more findings" in told.comment()
        assert len(told.summary().encode()) < 1_000_000


def test_a_remark_on_settings_counts_all_of_them() -> None:
    assert settings_remark(["a"]).endswith("changes 1 file that loopwatch heeds: a")
    names = [f"{n}/loopwatch.toml" for n in range(8)]
    assert settings_remark(names).endswith("4/loopwatch.toml and 3 more")
