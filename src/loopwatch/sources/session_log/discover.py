"""The places where agents keep their sessions on this machine."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

# Where editors keep what their extensions write, on Linux, macOS and Windows.
EDITORS = ("Code", "Code - Insiders", "VSCodium", "Cursor", "Windsurf")
SETTINGS = (
    ("XDG_CONFIG_HOME", ".config"),
    ("", "Library/Application Support"),
    ("APPDATA", "AppData/Roaming"),
)
SERVERS = (".vscode-server/data", ".cursor-server/data", ".windsurf-server/data")


def _of_extension(name: str) -> tuple[tuple[str, str, str], ...]:
    """Return where an extension of these editors keeps its tasks."""
    inner = f"User/globalStorage/{name}/tasks"
    desktop = ((*where, f"{editor}/{inner}") for where in SETTINGS for editor in EDITORS)
    return (*desktop, *(("", server, inner) for server in SERVERS))


# Below the home folder, or below the folder that a variable names.
PLACES: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "claude-code": (("CLAUDE_CONFIG_DIR", ".claude", "projects"),),
    "codex": (("CODEX_HOME", ".codex", "sessions"), ("CODEX_HOME", ".codex", "archived_sessions")),
    "gemini-cli": (("", ".gemini", "tmp"),),
    "openhands": (
        ("", ".openhands", "sessions"),
        ("", ".openhands", "conversations"),
        ("", ".openhands-state", "sessions"),
    ),
    "mini-swe-agent": (("MSWEA_GLOBAL_CONFIG_DIR", ".config/mini-swe-agent", "."),),
    "opencode": (
        ("XDG_DATA_HOME", ".local/share", "opencode/storage"),
        ("XDG_DATA_HOME", ".local/share", "opencode/opencode.db"),
    ),
    "cline": (("", ".cline", "data"), *_of_extension("saoudrizwan.claude-dev")),
    "roo-code": _of_extension("rooveterinaryinc.roo-cline"),
}


def usual_places(home: Path, environment: Mapping[str, str]) -> Iterator[Path]:
    """Yield the folders, and the database, that there are.

    Args:
        home: the user's folder.
        environment: may name other folders.
    """
    for places in PLACES.values():
        for variable, folder, inner in places:
            named = environment.get(variable, "") if variable else ""
            path = (Path(named) if named else home / folder) / inner
            if path.exists():
                yield path


def discovered() -> tuple[Path, ...]:
    """Return the usual places of this machine."""
    try:
        return tuple(usual_places(Path.home(), os.environ))
    except RuntimeError:  # nobody is at home
        return ()
