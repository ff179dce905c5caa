"""The places where agents keep their sessions on this machine."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

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
    "opencode": (("XDG_DATA_HOME", ".local/share", "opencode/storage"),),
    "cline": (
        ("", ".cline", "data"),
        ("XDG_CONFIG_HOME", ".config", "Code/User/globalStorage/saoudrizwan.claude-dev/tasks"),
    ),
    "roo-code": (
        ("XDG_CONFIG_HOME", ".config", "Code/User/globalStorage/rooveterinaryinc.roo-cline/tasks"),
    ),
}


def usual_places(home: Path, environment: Mapping[str, str]) -> Iterator[Path]:
    """Yield the folders that there are.

    Args:
        home: the user's folder.
        environment: may name other folders.
    """
    for places in PLACES.values():
        for variable, folder, inner in places:
            named = environment.get(variable, "") if variable else ""
            path = (Path(named) if named else home / folder) / inner
            if path.is_dir():
                yield path


def discovered() -> tuple[Path, ...]:
    """Return the usual places of this machine."""
    try:
        return tuple(usual_places(Path.home(), os.environ))
    except RuntimeError:  # nobody is at home
        return ()
