"""The usual places: those that are there, wherever they were moved to."""

from pathlib import Path

import pytest

from loopwatch.sources.session_log.discover import PLACES, usual_places
from loopwatch.sources.session_log.registry import readers

CLINE, ROO = "saoudrizwan.claude-dev", "rooveterinaryinc.roo-cline"


def found(home: Path, **variables: str) -> list[str]:
    return [path.relative_to(home).as_posix() for path in usual_places(home, variables)]


def test_only_what_is_there(tmp_path: Path) -> None:
    assert found(tmp_path) == []


@pytest.mark.parametrize(
    "place",
    [
        ".claude/projects",
        ".codex/sessions",
        ".codex/archived_sessions",
        ".gemini/tmp",
        ".openhands/conversations",
        ".local/share/opencode/storage",
        ".cline/data",
        f".config/Code/User/globalStorage/{CLINE}/tasks",
        f".config/VSCodium/User/globalStorage/{ROO}/tasks",
        f"Library/Application Support/Cursor/User/globalStorage/{ROO}/tasks",
        f"AppData/Roaming/Code - Insiders/User/globalStorage/{CLINE}/tasks",
        f".vscode-server/data/User/globalStorage/{CLINE}/tasks",
    ],
)
def test_a_folder_of_an_agent(tmp_path: Path, place: str) -> None:
    (tmp_path / place).mkdir(parents=True)
    assert found(tmp_path) == [place]


def test_a_database(tmp_path: Path) -> None:
    (tmp_path / ".local/share/opencode").mkdir(parents=True)
    (tmp_path / ".local/share/opencode/opencode.db").touch()
    assert found(tmp_path) == [".local/share/opencode/opencode.db"]


@pytest.mark.parametrize(
    ("variable", "inner"),
    [
        ("CLAUDE_CONFIG_DIR", "projects"),
        ("CODEX_HOME", "sessions"),
        ("XDG_DATA_HOME", "opencode/storage"),
        ("APPDATA", f"Code/User/globalStorage/{ROO}/tasks"),
    ],
)
def test_a_variable_moves_it(tmp_path: Path, variable: str, inner: str) -> None:
    (tmp_path / "moved" / inner).mkdir(parents=True)
    assert found(tmp_path, **{variable: str(tmp_path / "moved")}) == [f"moved/{inner}"]
    assert found(tmp_path, **{variable: ""}) == []


def test_each_is_of_an_agent_whose_logs_are_read() -> None:
    names = {reader.name for reader in readers(pytest.fail)} | {"roo-code"}
    assert PLACES.keys() <= names
