"""What linters and type checkers report, over real histories in which lines and words change."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import pytest

from loopwatch.model.evidence import Defect, DefectKind, Evidence, Scope, Span
from loopwatch.model.finding import Finding, Kind, Level
from tests.builders import Repo
from tests.integration.test_observed_defects import Story, loud

A, B = "F821", "F841"
WRONG = {
    A: ("    return helper(x)", "Undefined name `helper`"),
    B: ("    rest = x % 7", "Local variable `rest` is assigned to but never used"),
}


def code(number: int, rules: str) -> str:
    """Return a file that is wrong in the ways named, the rest of it worded anew."""
    head = [f"# take {number}", *(f"word_{number}_{n} = {n}" for n in range(number % 3))]
    body = ["", "", "def f(x):", f"    step = {number}"]
    wrong = [WRONG[rule][0] for rule in (B, A) if rule in rules]
    return "\n".join([*head, *body, *wrong, f"    return x + {number} + step", ""])


def linted(
    text: str, path: str = "src/f.py", *, configuration: str = "", unknown: Sequence[str] = ()
) -> Evidence:
    """Return what a linter says of a file: each wrong line, and nothing else."""
    lines = text.split("\n")
    found = [
        (lines.index(line) + 1, rule, message)
        for rule, (line, message) in WRONG.items()
        if line in lines
    ]
    return Evidence(
        detector="ruff",
        configuration=configuration,
        scope=Scope(roots=(path,), unknown=tuple(unknown)),
        defects=tuple(
            Defect(
                kind=DefectKind.LINT,
                rule=rule,
                message=message,
                path=path,
                span=Span(start_line=line, end_line=line, start_column=5),
            )
            for line, rule, message in sorted(found)
        ),
    )


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(Repo(tmp_path / "repo"))


def tell(story: Story, *versions: str, configurations: str = "") -> list[Finding]:
    """Commit one version for each text of rules, and return the loud findings."""
    for number, rules in enumerate(versions):
        text = code(number, rules)
        story.repo.write("src/f.py", text)
        story.ids.append(story.repo.commit(f"fix: take {number}"))
        configuration = configurations[number] if configurations else ""
        story.evidence[number] = [linted(text, configuration=configuration)]
    return loud(story.report())


def test_two_reports_take_turns(story: Story) -> None:
    (found,) = tell(story, A, B, A, B)
    assert (found.kind, found.level, found.granularity) == (Kind.OSCILLATION, Level.ERROR, "defect")
    assert (found.period, found.rounds, found.path, found.symbol) == (2, 2, "src/f.py", "f")
    assert story.label(found.closed_at) == 2


def test_steady_progress_is_quiet(story: Story) -> None:
    assert tell(story, A + B, B, "", "") == []


def test_what_comes_back_alone_is_a_relapse(story: Story) -> None:
    (found,) = tell(story, A, "", A)
    assert (found.kind, found.level) == (Kind.RELAPSE, Level.WARNING)


def test_a_file_that_is_renamed_keeps_its_defects(story: Story) -> None:
    tell(story, A, B)
    (story.repo.path / "src/f.py").rename(story.repo.path / "src/g.py")
    story.ids.append(story.repo.commit("refactor: a better name"))
    story.evidence[2] = [linted(code(1, B), "src/g.py")]
    text = code(1, A)
    story.repo.write("src/g.py", text)
    story.ids.append(story.repo.commit("fix: take 3"))
    story.evidence[3] = [linted(text, "src/g.py")]
    (found,) = loud(story.report())
    assert (found.kind, found.path) == (Kind.OSCILLATION, "src/g.py")


def test_another_configuration_says_nothing_of_what_was_before(story: Story) -> None:
    assert tell(story, A, "", A, configurations="xyx") == []


def test_a_file_that_does_not_parse_was_not_mended(story: Story) -> None:
    for number, rules in enumerate((A, "", A)):
        text = code(number, rules)
        story.repo.write("src/f.py", text)
        story.ids.append(story.repo.commit(f"fix: take {number}"))
        story.evidence[number] = [linted(text, unknown=["src/f.py"] if number == 1 else ())]
    assert loud(story.report()) == []


def test_what_was_not_looked_at_was_not_mended(story: Story) -> None:
    tell(story, A, "", A)
    story.evidence[1] = [linted(code(1, ""), "src/other.py")]
    assert loud(story.report()) == []


def test_a_deleted_file_takes_its_defects_with_it(story: Story) -> None:
    tell(story, A)
    story.repo.remove("src/f.py")
    story.repo.write("src/kept.py", "x = 1\n")
    story.ids.append(story.repo.commit("refactor: f is not needed"))
    report = story.report()
    assert loud(report) == []
    assert report.defects == ()


def test_two_tools_that_report_one_thing_count_once(story: Story) -> None:
    tell(story, A, B, A, B)
    for number in story.evidence:
        (one,) = story.evidence[number]
        other = Evidence(
            detector="flake8", scope=one.scope, defects=one.defects, kind=DefectKind.LINT
        )
        story.evidence[number].append(other)
    (found,) = loud(story.report())
    assert (len(found.defects), found.period, found.rounds) == (2, 2, 2)


def masked(
    story: Story, *texts: str, files: Mapping[int, Mapping[str, str]] = MappingProxyType({})
) -> list[Finding]:
    """Commit one version for each text of the file, and return the loud findings."""
    for number, text in enumerate(texts):
        story.repo.write("src/f.py", text)
        for path, content in files.get(number, {}).items():
            story.repo.write(path, content)
        story.ids.append(story.repo.commit(f"fix: take {number}"))
        story.evidence[number] = [linted(text)]
    return loud(story.report())


def test_a_check_that_is_suppressed_was_not_satisfied(story: Story) -> None:
    quiet = code(0, A).replace("return helper(x)", "return helper(x)  # noqa: F821")
    (found,) = masked(story, code(0, A), quiet)
    assert (found.kind, found.level) == (Kind.MASKED, Level.WARNING)
    assert "noqa" in found.why[0]


def test_a_rule_that_is_switched_off_was_not_satisfied(story: Story) -> None:
    settings = '[tool.ruff.lint]\nignore = ["F821"]\n'
    gone = code(0, A).replace("helper(x)", "helper( x )")
    (found,) = masked(story, code(0, A), gone, files={1: {"pyproject.toml": settings}})
    assert (found.kind, found.level) == (Kind.MASKED, Level.WARNING)


def test_a_suppression_of_something_else_masks_nothing(story: Story) -> None:
    other = code(1, "").replace("step = 1", "step = 1  # noqa: E501")
    assert masked(story, code(0, A), other) == []
