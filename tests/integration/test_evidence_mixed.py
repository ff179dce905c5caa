"""One tool, run by `record` on some versions and by `scan --detect` on others: one story."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.builders import Repo
from tests.integration.test_evidence_sources import code, loud, run, scan

TOOLS = {
    "ruff": ("ruff check", "ruff check --output-format json {files}"),
    "mypy": ("mypy src", "mypy --output json {files}"),
}
SETTINGS = '[tool.ruff.lint]\nselect = ["F"]\n'


class Mixed:
    """Commits versions of a module; each is told of by one of the two ways."""

    def __init__(self, repo: Repo) -> None:
        self.repo = repo
        self.ids: list[str] = []

    def tell(self, ways: Sequence[str], recorded: str, detected: str) -> list[str]:
        """Return the kinds of loud findings; the defect is there, gone, and back."""
        command = f"{sys.executable} -m {detected}"
        self.repo.write("loopwatch.toml", f"[[detectors]]\ncommand = {command!r}\n")
        for number, (way, wrong) in enumerate(zip(ways, ("A", "", "A"), strict=True)):
            self.repo.write("src/m.py", code(number, wrong, is_linted=True))
            self.ids.append(self.repo.commit(f"fix: take {number}"))
            if way == "record":
                self.record(recorded)
        for number in [number for number, way in enumerate(ways) if way == "detect"]:
            self.detect(number)
        found = loud(scan(self.repo.path))
        return [one["kind"] for one in found if one["granularity"] == "defect"]

    def record(self, command: str) -> None:
        words = [sys.executable, "-m", "loopwatch", "record", "-v", "--", sys.executable, "-m"]
        done = subprocess.run(
            [*words, *command.split()], cwd=self.repo.path, capture_output=True, check=False
        )
        assert b"recorded what" in done.stderr, done

    def detect(self, number: int) -> None:
        """Run the detector on one version, and on none beside it."""
        self.repo.git("checkout", "--quiet", "--orphan", f"only-{number}", self.ids[number])
        self.repo.git("commit", "--quiet", "-m", "as it was")
        run(self.repo.path, "scan", "--detect", "--exit-zero", "--format", "json", "HEAD")
        self.repo.git("checkout", "--quiet", "main")


@pytest.fixture
def mixed(tmp_path: Path) -> Mixed:
    repo = Repo(tmp_path / "repo")
    repo.write(".gitignore", "__pycache__\n.mypy_cache\n.ruff_cache\n")
    return Mixed(repo)


WAYS = [
    ("record", "detect", "record"),
    ("detect", "record", "detect"),
    ("record", "detect", "detect"),
    ("detect", "record", "record"),
]


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("ways", WAYS, ids="-".join)
def test_each_way_goes_on_where_the_other_stopped(
    mixed: Mixed, tool: str, ways: Sequence[str]
) -> None:
    assert mixed.tell(ways, *TOOLS[tool]) == ["relapse"]


def test_other_options_are_another_opinion(mixed: Mixed) -> None:
    assert mixed.tell(WAYS[0], "ruff check --ignore F821", TOOLS["ruff"][1]) == []


def test_settings_are_part_of_it(mixed: Mixed) -> None:
    """Which files a folder stands for is up to them, and a file that is named is looked at."""
    mixed.repo.write("pyproject.toml", SETTINGS)
    assert mixed.tell(WAYS[0], *TOOLS["ruff"]) == ["relapse"]


def test_files_that_settings_leave_out_were_not_mended(mixed: Mixed) -> None:
    mixed.repo.write("pyproject.toml", f'[tool.ruff]\nexclude = ["src"]\n{SETTINGS}')
    assert mixed.tell(("detect", "record", "detect"), *TOOLS["ruff"]) == []
