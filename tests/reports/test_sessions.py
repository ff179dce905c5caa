"""The sessions of an audit one by one: in Markdown, on a page, and named by their findings."""

from dataclasses import replace

from loopwatch.model.report import Report
from loopwatch.reports import html_page, markdown, sessions, text
from loopwatch.reports.style import Style
from tests.conftest import Golden
from tests.reports.observed_samples import OBSERVED
from tests.reports.samples import FULL
from tests.reports.session_samples import AUDITED, TOLD, UNTOLD


def looped(name: str = "shop/1.jsonl", turned_at: str = "call_7") -> Report:
    """Return a report of two sessions, the second of which has all findings."""
    first, second = AUDITED.trajectories
    how = replace(UNTOLD, in_loops=0.25, turned_at=turned_at, defects=tuple(range(30)))
    return replace(
        AUDITED,
        trajectories=(first, replace(second, path=name, progress=how)),
        findings=tuple(replace(one, trajectory=second.id) for one in AUDITED.findings),
    )


def rows(told: str) -> list[str]:
    block = told[told.index("How the sessions went on") :]
    return [row for row in block[: block.index("</details>")].splitlines() if row[:2] == "| "]


def test_what_went_in_circles_is_first(golden: Golden) -> None:
    told = markdown.render(looped())
    golden("reports/markdown_sessions.md", told)
    _, _, first, second = rows(told)
    assert first.startswith(
        "| `shop/1.jsonl` | not told | not told | 4 | 1 | - | - | 25% | `call_7`"
    )
    assert "0 1 2" in first and " ... " in first and first.endswith("28 29 |")
    assert second.startswith("| `shop/0.jsonl` | `agent-a` | tests | 4 | 1 | 1.0k | 0.50 | 0% |  |")


def test_a_finding_names_its_log() -> None:
    told = looped("logs/a.jsonl")
    for said in (markdown.render(told), html_page.render(told), text.render(told)):
        assert "logs/a.jsonl" in said.partition("How the sessions")[0].partition("SESSIONS")[0]
    assert " In `" not in markdown.render(FULL)


def test_on_a_page() -> None:
    told = html_page.render(looped("logs/a.jsonl"))
    assert "How the sessions went on" in told
    assert all(f'<th scope="col">{head}</th>' in told for head in sessions.HEADS)
    assert told.index("<td>logs/a.jsonl</td>") < told.index("<td>shop/0.jsonl</td>")
    assert "How the sessions went on" not in html_page.render(OBSERVED)


def test_names_stay_in_their_place() -> None:
    told = looped("a|`b\x1b[31m\n<script>" + "x" * 500, turned_at="|")
    first = rows(markdown.render(told))[2]
    assert (
        first.count(" | ") == len(sessions.HEADS) - 1 and "\x1b" not in first and len(first) < 300
    )
    page = html_page.render(told)
    assert "<script" not in page and "\x1b" not in page


def test_many_are_cut_and_counted() -> None:
    many = replace(AUDITED, trajectories=AUDITED.trajectories * 30)
    assert len(rows(markdown.render(many))) == sessions.MOST_IN_TABLE + 2
    assert "… 40 more" in markdown.render(many)
    assert "… 40 more" in html_page.render(many)


def test_sessions_without_an_edit_are_left_out() -> None:
    idle = [replace(one, progress=replace(TOLD, edits=0)) for one in AUDITED.trajectories]
    told = replace(AUDITED, trajectories=tuple(idle))
    assert "How the sessions" not in markdown.render(told) + html_page.render(told)
    assert "SESSIONS" in text.render(told, Style(verbose=True))
