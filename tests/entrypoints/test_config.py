"""``loopwatch config show``: the settings that hold, with where each is said."""

import json
from pathlib import Path
from typing import Any

import pytest

from loopwatch.sources.config_keys import KEYS
from tests.builders import Repo
from tests.conftest import Run

OURS = """\
fail-on = "error"
quiet = ["*.snap", "third_party/"]
units = "file,site"

[[agents]]
name = "house-bot"
email = "bot@example.com"

[[detectors]]
name = "lint"
command = "ruff check --output-format json {files}"

[[detectors]]
name = "types"
command = ["mypy", "--output", "json", "a b"]
"""


def shown(run: Run, folder: Path) -> dict[str, Any]:
    status, out, err = run(folder, "config", "show", "--format", "json")
    assert (status, err) == (0, "")
    document: dict[str, Any] = json.loads(out)
    assert document["schema"] == "loopwatch.config/1"
    assert set(document["settings"]) == {*KEYS, "agents", "detectors"}
    return document


def test_everything_by_default(run: Run, repo: Repo) -> None:
    document = shown(run, repo.path)
    assert document["file"] is None
    assert {one["origin"] for one in document["settings"].values()} == {"default"}
    values = {key: one["value"] for key, one in document["settings"].items()}
    assert values["max-count"] == 1000
    assert values["units"] == ["tree", "file", "symbol", "site"]
    assert (values["fail-on"], values["quiet"], values["detectors"]) == ("warning", [], [])


def test_origins(run: Run, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write("loopwatch.toml", OURS)
    monkeypatch.setenv("LOOPWATCH_FAIL_ON", "note")
    monkeypatch.setenv("LOOPWATCH_MAX_COUNT", "7")
    document = shown(run, repo.path)
    told = {key: (one["value"], one["origin"]) for key, one in document["settings"].items()}
    assert document["file"] == "loopwatch.toml"
    assert told["fail-on"] == ("note", "LOOPWATCH_FAIL_ON")
    assert told["max-count"] == (7, "LOOPWATCH_MAX_COUNT")
    assert told["quiet"] == (["*.snap", "third_party/"], "loopwatch.toml:2")
    assert told["units"] == (["file", "site"], "loopwatch.toml:3")
    assert told["agents"] == (
        [{"name": "house-bot", "email": "bot@example.com"}],
        "loopwatch.toml:5",
    )
    detectors, origin = told["detectors"]
    assert origin == "loopwatch.toml:9"
    assert [one["command"][0] for one in detectors] == ["ruff", "mypy"]
    assert told["verbose"] == (False, "default")


def test_for_people(run: Run, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write("loopwatch.toml", OURS)
    monkeypatch.setenv("LOOPWATCH_FAIL_ON", "note")
    status, out, err = run(repo.path, "config", "show")
    lines = [line.split("  ") for line in out.splitlines()]
    cells = [[cell.strip() for cell in line if cell] for line in lines]
    assert (status, err) == (0, "")
    assert cells[0] == ["file: loopwatch.toml"]
    assert ["fail-on", '"note"', "LOOPWATCH_FAIL_ON"] in cells
    assert ["quiet", '["*.snap", "third_party/"]', "loopwatch.toml:2"] in cells
    assert ["agents", "house-bot: bot@example.com", "loopwatch.toml:5"] in cells
    lint = "lint: ruff check --output-format json '{files}'"
    assert ["detectors", lint, "loopwatch.toml:9"] in cells
    assert ["detectors", "types: mypy --output json 'a b'", "loopwatch.toml:9"] in cells
    assert ["verbose", "false", "default"] in cells
    assert len(cells) <= 24  # one screen
    assert all(len(line) <= 100 for line in out.splitlines())


def test_in_a_folder_inside(run: Run, repo: Repo) -> None:
    repo.write("loopwatch.toml", "max-count = 1")
    repo.write("a/pyproject.toml", "[tool.loopwatch]\nmax-count = 2")
    repo.write("a/b/c.py", "")
    outer, inner = shown(run, repo.path), shown(run, repo.path / "a" / "b")
    assert (outer["file"], inner["file"]) == ("loopwatch.toml", "a/pyproject.toml")
    assert inner["settings"]["max-count"] == {"value": 2, "origin": "a/pyproject.toml:2"}


def test_a_bare_repository_has_no_file_but_an_environment(
    run: Run, repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.change("loopwatch.toml", "max-count = 1", "chore: settings")
    repo.git("clone", "--quiet", "--bare", str(repo.path), str(tmp_path / "bare"))
    monkeypatch.setenv("LOOPWATCH_ALL", "yes")
    settings = shown(run, tmp_path / "bare")["settings"]
    assert settings["max-count"]["origin"] == "default"
    assert settings["all"] == {"value": True, "origin": "LOOPWATCH_ALL"}


def test_a_value_that_a_terminal_would_obey(run: Run, repo: Repo) -> None:
    repo.write("loopwatch.toml", 'quiet = ["\\u001b[2J\\n"]')
    _, out, _ = run(repo.path, "config", "show")
    assert "\x1b" not in out
    assert shown(run, repo.path)["settings"]["quiet"]["value"] == ["\x1b[2J\n"]


def test_a_mistake_in_the_environment_ends_every_command(
    run: Run, repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOPWATCH_MAX_COUNT", "many")
    for arguments in (("config", "show"), ("scan",), ("explain", "HEAD")):
        status, out, err = run(repo.path, *arguments)
        assert (status, out) == (2, "")
        assert err.startswith("error: LOOPWATCH_MAX_COUNT in the environment must be a whole")


def test_a_variable_that_is_none_of_ours_is_told_once(
    run: Run, repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOPWATCH_FAILON", "error")
    status, _, err = run(repo.path, "scan")
    assert status == 0
    assert err == (
        "warning: there is no setting LOOPWATCH_FAILON (did you mean LOOPWATCH_FAIL_ON?); "
        "it is not heeded\n"
    )


def test_the_command_line_goes_before_the_environment(
    run: Run, repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.change("a.py", "x = 1\n", "feat: a")
    repo.write("loopwatch.toml", 'format = "dot"')
    monkeypatch.setenv("LOOPWATCH_FORMAT", "json")
    assert run(repo.path, "scan")[1].startswith("{")
    assert run(repo.path, "scan", "--format", "text")[1].startswith("1 commit")
    monkeypatch.delenv("LOOPWATCH_FORMAT")
    assert run(repo.path, "scan")[1].startswith("digraph")


def test_outside_a_repository(run: Run, tmp_path: Path) -> None:
    status, out, err = run(tmp_path, "config", "show")
    assert (status, out) == (2, "")
    assert "not inside a git repository" in err


def test_agents_of_the_configuration_are_agents(run: Run, repo: Repo) -> None:
    repo.write("loopwatch.toml", '[[agents]]\nname = "house-bot"\nemail = "Bot@example.com"\n')
    repo.write("a.py", "x = 1\n")
    repo.commit("feat: a", author="House Bot <bot@example.com>")
    _, out, _ = run(repo.path, "scan", "--format", "json")
    assert json.loads(out)["trajectories"][0]["agent"] == "house-bot"
    repo.write("loopwatch.toml", "")
    _, out, _ = run(repo.path, "scan", "--format", "json")
    assert json.loads(out)["trajectories"][0]["agent"] is None
