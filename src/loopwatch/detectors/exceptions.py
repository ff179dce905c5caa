"""Exceptions that a program died of, as its language prints them on a console.

Python, Node, the JVM, Go and Rust. Where one exception led to another, the last one is told.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from loopwatch.detectors.console import said
from loopwatch.model.evidence import Defect, DefectKind

MOST_FRAMES = 5  # the innermost of our own code; fingerprints.md §4.2
MOST_LINES = 400  # of one stack
MOST_WORDS = 6  # lines of a message before the stack of Node begins

PathOf = Callable[[str], str | None]  # relative to the root; None: no code of ours

_PYTHON = re.compile(r"^(?P<margin>[ \t]*)Traceback \(most recent call last\):$")
_PYTHON_FRAME = re.compile(r'^\s*File "(?P<path>[^"]+)", line \d+(?:, in (?P<name>.+))?$')
_CHAINED = re.compile(
    r"^\s*(?:During handling of the above exception, another exception occurred"
    r"|The above exception was the direct cause of the following exception):$"
)
_NAMED = re.compile(r"^(?P<type>[A-Za-z_][\w.]*)(?:: ?(?P<message>.*))?$")
_NODE = re.compile(
    r"^(?:Uncaught )?(?P<type>[A-Z]\w*(?:Error|Exception))(?: \[\w+\])?(?:: (?P<message>.*))?$"
)
_NODE_FRAME = re.compile(
    r"^\s+at (?:async )?(?:(?:new )?(?P<name>[^()\s]+)(?: \[as [\w.]+\])? \()?"
    r"(?P<path>(?:file:/{2})?[^()\s:][^()]*?):\d+:\d+\)?$"
)
_FRAME_AT = re.compile(r"^\s+at \S")
_JVM = re.compile(
    r'^(?:Exception in thread ".*" |Caused by: )(?P<type>[\w.$]+)(?:: (?P<message>.*))?$'
)
_JVM_FRAME = re.compile(r"^\s+at (?:[\w.]+/)?(?P<name>[\w.$]+)\.(?P<own>[\w$<>]+)\(\S+\)$")
_JVM_MORE = re.compile(r"^\s+\.\.\. \d+ (?:more|common frames omitted)$|^\s*Caused by: ")
_JVM_LIBRARY = re.compile(
    r"^(?:java|javax|jdk|sun|com\.sun|kotlin|kotlinx|scala|groovy|org\.(?:junit|gradle|apache"
    r"|springframework|mockito|testng|codehaus|hibernate)|com\.(?:google|fasterxml))\."
)
_GO = re.compile(r"^(?P<type>panic|fatal error): (?P<message>.+)$")
_GO_CALL = re.compile(r"^(?P<name>[\w./*()-]+?)\((?:0x|\.\.\.|\{|\)).*$")
_GO_PLACE = re.compile(r"^\t(?P<path>\S+\.go):\d+(?: \+0x[0-9a-f]+)?$")
_RUST = re.compile(
    r"^thread '.*?' (?:\(\d+\) )?panicked at (?:'(?P<message>.*)', )?(?P<path>[^\s']+\.rs):\d+:\d+"
    r"(?P<colon>:?)$"
)
_LIBRARY = re.compile(
    r"(?:^|/)(?:site-packages|dist-packages|node_modules|\.?venv|\.tox|\.cargo|\.pyenv|vendor)/"
    r"|(?:^|/)lib\d*/python\d|^(?:\.\./)+(?:usr|opt|nix|Library|root)/"
)
_NO_NAME = re.compile(r"^(?:<.*>|Object\.<anonymous>|Module\._compile|eval)$")
_ANY = re.compile(
    r"^[ \t]*(?:\+ Exception Group )?Traceback \(most recent call last\):$"
    r"|^(?:Uncaught )?[A-Z]\w{0,99}(?:Error|Exception)\b.*\n(?:.*\n){0,6}?[ \t]+at \S"
    r"|^(?:Syntax|Indentation|Tab)Error: |^thread '.*' .*panicked at |^(?:panic|fatal error): "
    r"|^Exception in thread |^Caused by: ",
    re.MULTILINE,
)

# What comes from outside the code: it goes without an edit, and comes again.
_OUTSIDE = re.compile(
    r"^(?:KeyboardInterrupt|SystemExit|GeneratorExit|BrokenPipe\w*|Connection\w*|\w*Timeout\w*"
    r"|TimeoutExpired|\w*HTTP\w*|URLError|gaierror|SSL\w*|MemoryError|OutOfMemoryError|OSError"
    r"|IOError|FileNotFound\w*|FileExists\w*|Permission\w*|IsADirectoryError|NotADirectoryError"
    r"|ModuleNotFoundError|CalledProcessError|\w*Network\w*|UnknownHost\w*|SocketException"
    r"|RateLimit\w*|\w*Authentication\w*|NoSuchFile\w*|AccessDenied\w*|OperationalError)$"
)
# Told by what parses the files itself, with no program run.
_SYNTAX = frozenset({"SyntaxError", "IndentationError", "TabError"})


@dataclass(frozen=True, slots=True)
class Thrown:
    """One exception, and where our own code was when it came."""

    type: str  # without its module
    message: str
    frames: tuple[tuple[str, str], ...]  # path as printed, function; outermost first
    end: int  # number of the line after its last one


def is_told(text: str) -> bool:
    """Tell whether a text may tell of an exception, of whatever kind."""
    return _ANY.search(text) is not None


def exceptions(lines: Sequence[str], path_of: PathOf) -> list[Defect]:
    """Return the exceptions that were thrown in code of ours, each once.

    What comes from the world outside (a file that is missing, no connection, a module that is
    not installed) goes and comes without an edit, and is left out.
    """
    found: dict[Defect, None] = {}
    for one in thrown(lines):
        defect = None if _OUTSIDE.match(one.type) else _defect(one, path_of)
        if defect is not None and defect.rule not in _SYNTAX:
            found[defect] = None
    return list(found)


def is_at_end(lines: Sequence[str], near: int) -> bool:
    """Tell whether an output ends with an exception, so that the program died of it.

    Args:
        lines: of the output.
        near: lines that may follow it, empty ones not counted.
    """
    last = max((one.end for one in thrown(lines)), default=None)
    return last is not None and sum(bool(line.strip()) for line in lines[last:]) <= near


def thrown(lines: Sequence[str]) -> Iterator[Thrown]:
    """Yield the exceptions that a program told of, in order."""
    last: Thrown | None = None
    place = 0
    while place < len(lines):
        found = _at(lines, place)
        if found is None:
            place += 1
            continue
        is_next = last is not None and any(map(_CHAINED.match, lines[last.end : place]))
        if last is not None and not is_next:
            yield last
        last, place = found, max(found.end, place + 1)
    if last is not None:
        yield last


def _at(lines: Sequence[str], place: int) -> Thrown | None:
    line = lines[place]
    if found := _PYTHON.match(line):
        return _python(lines, place, found["margin"])
    if found := _NODE.match(line):
        return _node(lines, place, found)
    if found := _JVM.match(line):
        return _jvm(lines, place, found)
    if found := _GO.match(line):
        return _go(lines, place, found)
    if found := _RUST.match(line):
        return _rust(lines, place, found)
    return None


def _python(lines: Sequence[str], start: int, margin: str) -> Thrown | None:
    frames: list[tuple[str, str]] = []
    for place in range(start + 1, min(len(lines), start + MOST_LINES)):
        line = lines[place]
        if found := _PYTHON_FRAME.match(line):
            frames.append((found["path"], found["name"] or ""))
        elif line.startswith(f"{margin} ") or not line.strip():
            continue
        else:
            named = _NAMED.match(line.removeprefix(margin))
            return _thrown(named, frames, place + 1) if named else None
    return None


def _thrown(named: re.Match[str], frames: list[tuple[str, str]], end: int) -> Thrown:
    kind = named["type"].rpartition(".")[2]
    return Thrown(kind, named["message"] or "", tuple(frames), end)


def _node(lines: Sequence[str], start: int, named: re.Match[str]) -> Thrown | None:
    """Return an error of Node, if its stack follows the message."""
    rest = range(start + 1, min(len(lines), start + 1 + MOST_WORDS))
    first = next((place for place in rest if _FRAME_AT.match(lines[place])), None)
    if first is None:
        return None
    frames, place = [], first
    while place < len(lines) and _FRAME_AT.match(lines[place]):
        if (found := _NODE_FRAME.match(lines[place])) and not found["path"].startswith("node:"):
            frames.append((found["path"], found["name"] or ""))
        place += 1
    return _thrown(named, frames[::-1], place)


def _jvm(lines: Sequence[str], start: int, named: re.Match[str]) -> Thrown:
    """Return an exception of the JVM: the last cause, as that comes first in the others."""
    frames, place = [], start + 1
    while place < len(lines):
        found = _JVM_FRAME.match(lines[place])
        if found and not _JVM_LIBRARY.match(found["name"]):
            frames.append((f"class {found['name']}", found["own"]))
        if cause := _JVM.match(lines[place]):
            named, frames = cause, []
        elif not (found or _JVM_MORE.match(lines[place])):
            break
        place += 1
    return _thrown(named, frames[::-1], place)


def _go(lines: Sequence[str], start: int, named: re.Match[str]) -> Thrown | None:
    """Return a panic, with the stack of the goroutine that it came in."""
    frames: list[tuple[str, str]] = []
    name, is_open, end = "", False, start + 1
    for place in range(start + 1, min(len(lines), start + MOST_LINES)):
        line = lines[place]
        if line.startswith("goroutine "):
            is_open = True
        elif is_open and not line:
            break
        elif found := _GO_PLACE.match(line):
            frames.append((found["path"], name))
            end = place + 1
        elif found := _GO_CALL.match(line):
            name = found["name"].rpartition("/")[2].partition(".")[2]
    if not frames:
        return None
    message = named["message"].removesuffix(" [recovered]")
    return Thrown(named["type"], message, tuple(frames[::-1]), end)


def _rust(lines: Sequence[str], start: int, found: re.Match[str]) -> Thrown:
    """Return a panic; its message stands in the next line since Rust 1.73."""
    following = lines[start + 1] if found["colon"] and start + 1 < len(lines) else ""
    message = found["message"] or following
    return Thrown("panic", message, ((found["path"], ""),), start + 1)


def _defect(one: Thrown, path_of: PathOf) -> Defect | None:
    """Return an exception as a defect; None if no code of ours was under way."""
    own = [place for place in (_own(*frame, path_of) for frame in one.frames) if place]
    if not own:
        return None
    path = own[-1][0]
    return Defect(
        kind=DefectKind.CRASH,
        rule=said(one.type)[:200],
        message=said(f"{one.type}: {one.message}" if one.message else one.type),
        path=None if path.startswith("class ") else path,
        reason=said(one.type)[:200],
        frames=tuple(said(f"{path}:{name}") for path, name in _folded(own)[-MOST_FRAMES:]),
    )


def _own(path: str, name: str, path_of: PathOf) -> tuple[str, str] | None:
    """Return a frame of our own code, with no name for what is in no function."""
    if path.startswith("<"):  # <string>, <stdin>: what was typed in, and is in no file
        return None
    where = path if path.startswith("class ") else path_of(path)
    if not where or _LIBRARY.search(where):
        return None
    return where, "" if _NO_NAME.match(name) else name


def _folded(frames: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return frames with those once that a recursion repeats."""
    return [frame for place, frame in enumerate(frames) if frame not in frames[:place][-1:]]
