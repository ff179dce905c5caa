"""The list of readers of session logs, and which one a log needs: the first that knows it."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from loopwatch.model.saying import Say
from loopwatch.sources.session_log.aider import Aider
from loopwatch.sources.session_log.api import GROUP, SessionReader
from loopwatch.sources.session_log.atif import Atif
from loopwatch.sources.session_log.claude_code import ClaudeCode
from loopwatch.sources.session_log.cline import Cline
from loopwatch.sources.session_log.cline_sdk import ClineSdk
from loopwatch.sources.session_log.codex import Codex
from loopwatch.sources.session_log.gemini_cli import GeminiCli
from loopwatch.sources.session_log.log_file import LogFile
from loopwatch.sources.session_log.mini_swe_agent import MiniSweAgent
from loopwatch.sources.session_log.opencode import OpenCode
from loopwatch.sources.session_log.openhands import OpenHands
from loopwatch.sources.session_log.openhands_sdk import OpenHandsSdk
from loopwatch.sources.session_log.specstory import SpecStory
from loopwatch.sources.session_log.swe_agent import SweAgent

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

Source = Callable[[], Iterable["EntryPoint"]]

# In the order in which they are asked: the stricter mark first.
_READERS: tuple[SessionReader, ...] = (
    Atif(),
    MiniSweAgent(),
    SweAgent(),
    Codex(),
    ClaudeCode(),
    OpenHands(),
    OpenHandsSdk(),
    GeminiCli(),
    OpenCode(),
    ClineSdk(),
    Cline(),
    Aider(),
    SpecStory(),
)


def declared() -> "Iterable[EntryPoint]":
    """Return the entry points of the group, none of them loaded."""
    from importlib.metadata import entry_points

    return entry_points(group=GROUP)


def readers(say: Say, source: Source = declared) -> tuple[SessionReader, ...]:
    """Return all readers; a plug-in that cannot be loaded costs a line, and nothing else.

    Args:
        say: is given that line.
        source: gives the plug-ins.
    """
    found = list(_READERS)
    for entry in sorted(source(), key=lambda entry: entry.name):
        try:
            made: object = entry.load()
            found.append(_usable(made() if isinstance(made, type) else made))
        except Exception as error:  # noqa: BLE001  whatever the code of others raises
            say(f"the session reader {entry.name} cannot be used: {error}"[:300])
    return tuple(found)


def _usable(made: object) -> SessionReader:
    methods = ("recognises", "identity", "events")
    if isinstance(getattr(made, "name", None), str) and all(
        callable(getattr(made, method, None)) for method in methods
    ):
        return made  # type: ignore[return-value]
    raise TypeError("it has not what a reader needs")


def recognise(log: LogFile, among: Iterable[SessionReader]) -> SessionReader | None:
    """Return the first reader that knows a log.

    Raises:
        UnreadableLogError: it cannot be opened.
    """
    return next((reader for reader in among if reader.recognises(log)), None)
