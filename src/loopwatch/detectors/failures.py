"""Why a test failed: the kind of error and where, out of what a traceback says."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from loopwatch.detectors.console import first_line

MOST_FRAMES = 20

_EXCEPTION = re.compile(r"^(?P<name>(?:[A-Za-z_]\w*\.)*[A-Z]\w*)(?::\s?(?P<rest>.*)|$)")
_TYPED = re.compile(
    r"^(?:\w+\.)*\w*(?:Error|Exception|Warning|Exit|Interrupt|Failed|Failure|Timeout)(?::|$)"
)
_ASSERT = "AssertionError"
_PYTHON_FRAME = re.compile(r'^\s*File "(?P<path>[^"]+)", line \d+, in (?P<name>\S+)')
_SHORT_FRAME = re.compile(r"^(?P<path>\S[^:]*\.pyi?):\d+: in (?P<name>\S+)")
_LONG_FRAME = re.compile(r"^(?P<path>\S[^:]*\.pyi?):\d+: ?(?P<error>\w*)")
_DEFINED = re.compile(r"^[ >]\s+(?:async )?def (?P<name>\w+)")
_SHOWN = re.compile(r"^E\s+(?P<said>\S.*)")


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a test failed."""

    message: str = ""
    reason: str = ""  # the type of the exception
    frames: tuple[str, ...] = ()  # "path:function", outermost first


def exception(text: str) -> tuple[str, str]:
    """Return the type of an exception and the message, out of ``ValueError: no connection``.

    The type is empty where none is told. A bare ``assert`` is an AssertionError, whose name
    pytest gives or leaves out.
    """
    line = first_line(text)
    if line.startswith("assert "):
        return _ASSERT, line
    found = _EXCEPTION.match(line)
    if not found:
        return "", line
    name = found["name"].rpartition(".")[2]
    is_assert = name == _ASSERT and (found["rest"] or "").startswith("assert ")
    return name, found["rest"] if is_assert else line


def python_cause(lines: Sequence[str], path_of: Callable[[str], str | None]) -> Cause:
    """Return the cause out of a traceback as pytest or Python shows it.

    Args:
        lines: of one failure.
        path_of: makes a path relative; None for what is no code of the repository.
    """
    shown = _last_shown(lines)
    typed = (line for line in shown if exception(line)[0])
    reason, message = exception(next(typed, "") or "".join(shown[:1]) or _last_said(lines))
    return Cause(message, reason, tuple(_frames(lines, path_of))[-MOST_FRAMES:])


def _last_shown(lines: Sequence[str]) -> list[str]:
    """Return the last lines in a row that pytest marks with E: of a chain, the last error."""
    shown: list[str] = []
    is_open = False
    for line in lines:
        found = _SHOWN.match(line)
        if found:
            shown = [*shown, found["said"]] if is_open else [found["said"]]
        is_open = line[:1] == "E" and not line[1:2].strip()
    return shown


def _last_said(lines: Sequence[str]) -> str:
    """Return the last line of a plain traceback that names an exception."""
    return next((line for line in reversed(lines) if _TYPED.match(line)), "")


def _frames(lines: Iterable[str], path_of: Callable[[str], str | None]) -> Iterable[str]:
    """Yield the frames of our own code."""
    defined = ""
    for line in lines:
        if found := _DEFINED.match(line):
            defined = found["name"]
            continue
        named = _PYTHON_FRAME.match(line) or _SHORT_FRAME.match(line)
        found = named or _LONG_FRAME.match(line)
        if found is None:
            continue
        name = named["name"] if named else defined
        path = path_of(found["path"])
        if path and name and "site-packages/" not in path:
            yield f"{path}:{name}"
