"""The documents are true: what they show, name, link to and promise is there."""

import ast
import inspect
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import dev
from loopwatch.diffing.languages import LANGUAGES
from loopwatch.entrypoints import cli
from loopwatch.model.finding import Kind
from loopwatch.model.options import Options
from loopwatch.reports.json_doc import schema
from loopwatch.sources import fixture
from loopwatch.verdicts import defect_rules, findings, rules
from loopwatch.verdicts.case import WHOLE_FIX_PLACES

DOCS = dev.ROOT / "docs"
README = dev.ROOT / "README.md"
PAGES = [README, *sorted(DOCS.rglob("*.md"))]
COMMANDS = cli.main.commands

# <!-- shown: demo --> or <!-- shown: FIXTURE scan -v -->, then the block that shows its output.
SHOWN = re.compile(
    r"(?P<head><!-- shown: (?P<what>[^\n]+?) -->\n```text\n)(?P<text>.*?)(?P<foot>^```$)",
    re.DOTALL | re.MULTILINE,
)
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]+\]\((?!\w+:)(?P<path>[^)#\s]*)(?:#(?P<part>[^)]+))?\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
OPTION_ROW = re.compile(r"^\| (`-.*?) \|", re.MULTILINE)
OPTION = re.compile(r"`(--?[a-z][a-z-]*)")
NAMED_COMMAND = re.compile(r"(?:`|\$ )loopwatch\s+([a-z][\w-]*)")


def name_of(page: Path) -> str:
    """Return how a page is called in the list of tests."""
    return page.relative_to(dev.ROOT).as_posix()


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


SHOWING = [page for page in PAGES if SHOWN.search(text_of(page))]


def output(what: str, folder: Path) -> str:
    """Return what a command prints; the first word names a fixture, unless it is ``demo``.

    ``sessions/LOG`` is a log, which is given to the command.
    """
    words = shlex.split(what)
    if words[0].startswith("sessions/"):
        log = dev.ROOT / "fixtures" / words[0]
        (folder / log.name).write_bytes(log.read_bytes())
        words = [*words[1:], log.name]
    elif words[0] != "demo":
        history = dev.ROOT / "fixtures" / words[0] / "history.txt"
        folder = folder / words[0]
        folder.mkdir()
        fixture.build(fixture.parse(history.read_text(encoding="utf-8")), folder)
        words = words[1:]
    command = [sys.executable, "-m", "loopwatch", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout.decode("utf-8")


def options_of(command: click.Command) -> set[str]:
    """Return the options that a user of a command, and of its own commands, sees."""
    if isinstance(command, click.Group):
        return {name for inner in command.commands.values() for name in options_of(inner)}
    seen = [p for p in command.params if isinstance(p, click.Option) and not p.hidden]
    return {name for option in seen for name in (*option.opts, *option.secondary_opts)}


def anchor(heading: str) -> str:
    """Return what a heading is linked by."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def properties(node: object) -> Iterator[str]:
    """Yield the names of all fields of a JSON Schema."""
    if isinstance(node, dict):
        fields = node.get("properties", {})
        yield from fields
        for name, value in node.items():
            yield from properties(value if name != "properties" else list(fields.values()))
    elif isinstance(node, list):
        for value in node:
            yield from properties(value)


def test_the_readme_shows_the_demo() -> None:
    assert [found["what"] for found in SHOWN.finditer(text_of(README))] == ["demo"]


@pytest.mark.parametrize("page", SHOWING, ids=name_of)
def test_what_is_shown_is_what_is_printed(
    page: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    def printed(found: re.Match[str]) -> str:
        folder = tmp_path / str(found.start())
        folder.mkdir()
        return found["head"] + output(found["what"], folder) + found["foot"]

    told = text_of(page)
    true = SHOWN.sub(printed, told)
    if request.config.getoption("--update-golden"):
        page.write_text(true, encoding="utf-8", newline="\n")
    else:
        assert told == true, f"{name_of(page)}: run `python3 dev.py golden tests/docs`?"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_is_documented(name: str) -> None:
    page = text_of(DOCS / "commands" / f"{name}.md")
    told = {option for row in OPTION_ROW.findall(page) for option in OPTION.findall(row)}
    assert told == options_of(COMMANDS[name])


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_only_commands_that_exist_are_named(page: Path) -> None:
    assert set(NAMED_COMMAND.findall(text_of(page))) <= set(COMMANDS)


def test_every_command_page_is_of_a_command() -> None:
    assert {page.stem for page in (DOCS / "commands").glob("*.md")} == set(COMMANDS)


def test_every_kind_has_its_page() -> None:
    trees = [ast.parse(inspect.getsource(module)) for module in (rules, defect_rules)]
    raised = {
        Kind[node.attr].value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Kind"
    }
    told = {page.stem for page in (DOCS / "findings").glob("*.md")} - {"README"}
    assert raised == told
    overview = text_of(DOCS / "findings" / "README.md")
    assert [kind for kind in Kind if f"`{kind}`" not in overview and kind not in told] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    for found in LINK.finditer(text_of(page)):
        target = page.parent / found["path"] if found["path"] else page
        assert target.exists(), found.group()
        if found["part"]:
            assert found["part"] in map(anchor, HEADING.findall(text_of(target))), found.group()


def examples() -> Iterator[tuple[str, str]]:
    """Yield page and command of each example."""
    for page in PAGES:
        for _, block in BLOCK.findall(text_of(page)):
            for line in block.splitlines():
                if line.startswith("$ loopwatch "):
                    yield name_of(page), line.removeprefix("$ loopwatch ")


@pytest.mark.parametrize(("page", "line"), list(examples()))
def test_examples_are_understood(page: str, line: str) -> None:
    words = cli._with_paths(shlex.split(line, comments=True))
    COMMANDS[words[0]].make_context(words[0], words[1:])


def test_every_field_of_the_report_is_documented() -> None:
    page = text_of(DOCS / "report.md")
    assert sorted(name for name in set(properties(schema())) if f"`{name}`" not in page) == []


def test_the_windows_are_those_of_the_rules() -> None:
    page = text_of(DOCS / "how-it-decides.md")
    plain = Options()
    for number in (
        f"{plain.window_hours} hours",
        f"{plain.window_edits} edits",
        f"{plain.rollback_hunks} or more sites",
        f"{rules.LONG_WINDOW // 24} days",
        f"{rules.WHOLE_FIX_WINDOW // 24} days",
        f"{rules.LOST_LINES} or more meaningful lines",
        f"{findings.SETTLED_EDITS} versions",
    ):
        assert number in page
    assert WHOLE_FIX_PLACES == 3
    assert "three or more places" in page


def test_every_ending_in_the_table_of_languages_is_known() -> None:
    rows = [row for row in text_of(DOCS / "languages.md").splitlines() if row.startswith("| ")]
    endings = {end for row in rows for end in re.findall(r"`\.(\w+)`", row)}
    assert endings
    assert endings <= set(LANGUAGES)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_nothing_is_left_to_fill_in(page: Path) -> None:
    assert re.findall(r"(?<!\$)\{\{[^}]*\}\}", text_of(page)) == []  # but ${{ }} is GitHub's


def test_fields_are_found() -> None:
    told = json.loads('{"properties": {"a": {"properties": {"b": {}}}, "properties": {}}}')
    assert set(properties(told)) == {"a", "b", "properties"}
