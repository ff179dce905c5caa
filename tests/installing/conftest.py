"""What tests of installing start with."""

from pathlib import Path

import pytest

from loopwatch.entrypoints import cli
from tests.installing.hooked import HookedRepo, Run, Said


@pytest.fixture
def repo(tmp_path: Path) -> HookedRepo:
    made = HookedRepo(tmp_path / "shop")
    made.change("a.py", "a = 1\n", "one")
    return made


@pytest.fixture
def run(
    repo: HookedRepo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run one command in the repository, or in another folder, in this process."""

    def call(*arguments: str, folder: Path | None = None) -> Said:
        monkeypatch.chdir(folder or repo.path)
        status = cli.run(arguments)
        said = capsys.readouterr()
        return int(status), said.out, said.err

    return call
