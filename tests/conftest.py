"""What every test starts with: a clean environment, and a repository if it asks for one."""

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from loopwatch.entrypoints import cli
from tests.builders import Repo

Said = tuple[int, str, str]  # exit status, standard output, standard error
# Run(folder, *arguments): what one command line says there.
Run = Callable[..., Said]
# Golden(name, text): text is what tests/golden/<name> holds.
Golden = Callable[[str, str], None]

GOLDEN = Path(__file__).parent / "golden"
GIT_CONFIG = """\
[user]
    name = Ada Tester
    email = ada@example.com
[init]
    defaultBranch = main
[gc]
    auto = 0
[safe]
    directory = *
"""
# What changes the output of git, of the tools or of loopwatch itself.
FOREIGN_PREFIXES = ("CI_", "GIT_", "GITHUB_", "GITLAB_", "LOOPWATCH_", "XDG_")
FOREIGN = frozenset(
    "CI CLICOLOR CLICOLOR_FORCE COLORTERM COLUMNS EDITOR FORCE_COLOR LANG LANGUAGE LESS LINES "
    "NO_COLOR PAGER PY_COLORS TERM TTY_COMPATIBLE TTY_INTERACTIVE VISUAL".split()
)

# The same examples in every run; `--hypothesis-profile=explore` looks for new ones.
hypothesis.settings.register_profile("gate", deadline=None, derandomize=True, database=None)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=2000)
hypothesis.settings.load_profile("gate")

_homes = itertools.count()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")


@pytest.fixture(autouse=True)
def _clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Take away what the machine says about git, colour and CI; give an empty home.

    The patch is our own rather than the fixture ``monkeypatch``, which
    hypothesis would find in every property.
    """
    home = tmp_path_factory.getbasetemp() / f"home-{next(_homes)}"
    home.mkdir()
    (home / "gitconfig").write_text(GIT_CONFIG, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name in FOREIGN or name.startswith(FOREIGN_PREFIXES) or name.startswith("LC_"):
                patch.delenv(name)
        patch.setenv("HOME", str(home))
        patch.setenv("USERPROFILE", str(home))  # home, to Windows
        patch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
        patch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        patch.setenv("GIT_CONFIG_GLOBAL", str(home / "gitconfig"))
        patch.setenv("LC_ALL", "C.UTF-8")
        patch.setenv("TZ", "UTC")
        yield


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Give an empty repository on the branch main."""
    return Repo(tmp_path / "repo")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in a folder, in this process."""

    def call(folder: Path, *arguments: str) -> Said:
        monkeypatch.chdir(folder)
        status = cli.run(arguments)
        said = capsys.readouterr()
        return int(status), said.out, said.err

    return call


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare a text with tests/golden/<name>, or write it there with --update-golden."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        assert path.exists(), f"there is no tests/golden/{name}: run `python3 dev.py golden`"
        expected = path.read_bytes().decode("utf-8")
        assert text == expected, f"tests/golden/{name} differs: run `python3 dev.py golden`?"

    return compare
