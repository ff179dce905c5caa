"""What a run was asked to do: the calls of known tools in its command."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from loopwatch.detectors.api import Run
from loopwatch.detectors.paths import joined
from loopwatch.detectors.programs import program_of
from loopwatch.detectors.shell import UNKNOWN, Part, parts

_SHELLS = frozenset("sh bash zsh dash ksh ash".split())
_PASSING = frozenset({"cat", "tee"})  # what hands on all that it is given
_SURE = frozenset("cd export set source . true echo printf pushd popd mkdir clear date".split())
_KEYWORDS = frozenset("if then else elif while until do ! { time".split())
_CLOSERS = frozenset({"}", "done", "fi", "esac"})
_PIPES = frozenset({"|", "|&"})
_DEEPEST = 3  # shells inside shells


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One program that a command ran."""

    program: str  # its bare name, without runners
    arguments: tuple[str, ...] = ()
    folder: str | None = ""  # where it ran, relative to the root; None: not known
    exit_status: int | None = None  # its own; None: not known
    is_whole: bool = True  # all that it printed has reached us
    has_stderr: bool = True


@dataclass(frozen=True, slots=True)
class _Frame:
    """What holds for a whole command line."""

    folder: str | None
    exit_status: int | None
    is_whole: bool
    depth: int = 0


@lru_cache(maxsize=64)
def calls(run: Run) -> tuple[Call, ...]:
    """Return the programs that a run called, in order; none if its command is not known."""
    frame = _Frame(run.folder, run.exit_status, not run.is_cut)
    return tuple(_calls(run.command, frame, run.root))


def call_of(run: Run, *programs: str) -> Call | None:
    """Return the call of one of some programs.

    Where they are called more than once, their outputs cannot be told apart, and neither
    is whole.
    """
    found = [call for call in calls(run) if call.program in programs]
    if len(found) < 2:
        return found[0] if found else None
    one = found[0]
    return Call(program=one.program, folder=one.folder, arguments=(UNKNOWN,), is_whole=False)


def _calls(command: tuple[str, ...], frame: _Frame, root: str) -> Iterator[Call]:
    if not command or frame.depth > _DEEPEST:
        return
    program, arguments, is_here = program_of(command)
    line = _line(program, arguments)
    if line is None and len(command) == 1 and " " in command[0].strip():
        line = command[0]
    if line is not None:
        yield from _line_calls(line, frame, root)
        return
    yield Call(
        program=program,
        arguments=arguments,
        folder=frame.folder if is_here else None,
        exit_status=frame.exit_status,
        is_whole=frame.is_whole,
        has_stderr=frame.is_whole,
    )


def _line(program: str, arguments: tuple[str, ...]) -> str | None:
    """Return the line that ``sh -c`` is given."""
    if program not in _SHELLS:
        return None
    for place, word in enumerate(arguments[:-1]):
        if word.startswith("-") and not word.startswith("--") and word.endswith("c"):
            return arguments[place + 1]
    return None


def _line_calls(line: str, frame: _Frame, root: str) -> Iterator[Call]:
    found = parts(line)
    folder, outside = frame.folder, [frame.folder]
    for place, part in enumerate(found):
        if part.before == "(":
            outside.append(folder)
        elif part.before == ")" and len(outside) > 1:
            folder = outside.pop()
        words = _without_keywords(part)
        program, arguments, is_here = program_of(words)
        if program == "cd":
            folder = _moved(folder, arguments, root)
        elif words:
            lost, lost_stderr = _is_lost(found, place), _is_stderr_lost(part)
            inner = _Frame(
                folder if is_here else None,
                _status(found, place, frame.exit_status) if len(words) == len(part.words) else None,
                frame.is_whole and not lost,
                frame.depth + 1,
            )
            for call in _calls(tuple(words), inner, root):
                yield _with_stderr(call, call.has_stderr and not lost_stderr)


def _with_stderr(call: Call, has_stderr: bool) -> Call:
    return Call(
        program=call.program,
        arguments=call.arguments,
        folder=call.folder,
        exit_status=call.exit_status,
        is_whole=call.is_whole,
        has_stderr=has_stderr,
    )


def _without_keywords(part: Part) -> list[str]:
    words = part.words
    while words and words[0] in _KEYWORDS:
        words = words[1:]
    return words


def _moved(folder: str | None, arguments: tuple[str, ...], root: str) -> str | None:
    """Return the folder after ``cd``."""
    operands = [word for word in arguments if word not in {"--", "-P", "-L"}]
    if len(operands) != 1 or folder is None or operands[0][:1] in {UNKNOWN, "~", "-"}:
        return None
    return joined(folder, operands[0], root)


def _status(found: Sequence[Part], place: int, status: int | None) -> int | None:
    """Return the exit status of one command, by that of the whole line."""
    here, before, rest = found[place], found[:place], found[place + 1 :]
    may_be_left_out = any(part.before == "||" for part in (*before, here))
    if here.after in {"|", "|&", "&"} or may_be_left_out:
        return None
    if status == 0:
        return 0 if all(part.before == "&&" for part in rest) else None
    is_first = all(part.words[:1] and part.words[0] in _SURE for part in before)
    return status if not rest and (is_first or here.before in {";", "\n", "&"}) else None


def _is_lost(found: Sequence[Part], place: int) -> bool:
    """Tell whether what a command prints is filtered, or goes elsewhere."""
    if _goes_elsewhere(found[place]):
        return True
    for part in _readers(found, place):
        if program_of(part.words)[0] not in _PASSING or _goes_elsewhere(part):
            return True
    closed = (part for part in found[place + 1 :] if not part.words or part.words[0] in _CLOSERS)
    return any(part.after in _PIPES or _goes_elsewhere(part) for part in closed)


def _readers(found: Sequence[Part], place: int) -> Iterator[Part]:
    """Yield what a command is piped through."""
    while place + 1 < len(found) and found[place].after in _PIPES:
        place += 1
        yield found[place]


def _goes_elsewhere(part: Part) -> bool:
    """Tell whether the standard output of a command is redirected."""
    return any(
        ">" in sign and not sign.startswith("2") and not (sign in {">&", "1>&"} and target == "2")
        for sign, target in part.redirections
    )


def _is_stderr_lost(part: Part) -> bool:
    return any(
        sign.startswith(("2>", "&>")) and target not in {"1", "/dev/stdout"}
        for sign, target in part.redirections
    )
