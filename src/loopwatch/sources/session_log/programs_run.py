"""Which program a shell line ran that no reader knows, and how well that went."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from loopwatch.detectors.api import Run
from loopwatch.detectors.arguments import digest
from loopwatch.detectors.commands import Call, calls
from loopwatch.detectors.console import said, text_of
from loopwatch.detectors.programs import program_of
from loopwatch.detectors.shell import LONGEST, UNKNOWN, Part, parts
from loopwatch.detectors.tools import CARGO, GO, KNOWN
from loopwatch.sources.session_log.shell_programs import FINDING, FORMATTING, REMOTE, SEEING

LONGEST_NAME = 60  # characters of a command line that names what it runs
_HANDLING = frozenset("git rm mv cp ln mkdir touch chmod tee tar unzip zip sed perl".split())
_STEERING = frozenset("if for while until case select else elif do then".split())
_RUNNERS = frozenset({*GO, *CARGO})  # known tools that also run what they build
_RUN = frozenset({"run", "r"})
# Programs that list all that is wrong, and not only what they met first.
_COMPILERS = frozenset("gcc g++ cc c++ clang clang++ lean javac rustc ghc swiftc".split())
_FRONTS = frozenset("lake stack".split())  # ``lake env lean``
_REPEATABLE = re.compile(
    r"^(?:python|pypy|node|nodejs|deno|bun|tsx|ts-node|ruby|java|kotlin|php|perl|lua|scala|dotnet"
    r"|Rscript|julia|elixir|swift|ghc|runghc|lake|make)[\d.]*$"
)
_ASSIGNMENT = re.compile(r"^\w+\+?=")
# What tells that a program did not do its work, where no exit status says so.
_BROKEN = re.compile(
    r"not found|no such file|not recognized as|segmentation fault|core dumped|^killed|^terminated"
    r"|timed? ?out|error|failed|fatal|abort|panic|exception",
    re.MULTILINE | re.IGNORECASE,
)
_BROKEN_WORDS = (  # of which each has one; they are found much faster
    *("not found", "no such file", "not recognized", "segmentation", "core dumped", "killed"),
    *("terminated", "timeout", "timed", "time out", "error", "failed", "fatal", "abort", "panic"),
    "exception",
)
_EXIT = re.compile(r"\bexit(?:ed)?(?: with)?(?: code| status)?[:=]? ?(\d{1,3})\b", re.IGNORECASE)
# ``| grep error`` hands on every error that a compiler lists, and what else is one of its words.
_ERRORS_ONLY = re.compile(
    r"\|\s*e?grep(?:\s+-[aiE]+)*\s+(?:error:?|(?P<quote>['\"])(?:\w+\\?\|)*error:?(?:\\?\|\w+:?)*"
    r"(?P=quote))\s*$"
)
_SECRET = re.compile(r"token|secret|passw|key|credential|auth", re.IGNORECASE)
_LOOKED_AT = 200_000  # characters of an output in which that is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramRun:
    """What one line ran; texts it was fed, and settings, are in the configuration."""

    name: str  # the line without what only looks: "python demo.py 90"
    configuration: str
    is_whole: bool  # all that it printed has reached us, and it ran for sure
    is_well: bool  # it ended well, by its exit status
    seems_well: bool  # ... or, where that is not told, by what it says
    lists_all: bool  # errors, and does not stop at the first
    is_repeatable: bool  # its silence says something
    is_runner: bool  # a known tool that was asked to run what it builds


def program_run(run: Run, line: str, whole_line: str, outside: str = "") -> ProgramRun | None:
    """Return what a line ran that no reader knows; None if that is nothing.

    Args:
        run: of the line.
        line: as a shell takes it, without the texts that it writes.
        whole_line: with them.
        outside: where it ran, if that is not in the session's folder.
    """
    ran = [call for call in calls(run) if not _is_aside(call.program)]
    runners = [call for call in ran if call.program in _RUNNERS and _RUN & {*call.arguments[:1]}]
    if not ran or any(call.program in KNOWN and call not in runners for call in ran):
        return None
    found = parts(line)
    is_fed = any(map(_is_fed, found))
    settings = [word for part in found for word in part.words if _ASSIGNMENT.match(word)]
    where = [*(str(call.folder) for call in ran), *([outside] if outside else [])]
    is_well = all(call.exit_status == 0 for call in ran)
    return ProgramRun(
        name=_name(ran),
        configuration=digest([*where, *settings, *([whole_line] if is_fed else [])]),
        is_whole=all(_is_whole(call, outside) for call in ran) and not any(map(_is_loose, found)),
        is_well=is_well,
        seems_well=is_well or _seems_well(run, ran),
        lists_all=_lists_errors(found),
        is_repeatable=bool(runners) or any(map(_is_repeatable, ran)),
        is_runner=bool(runners),
    )


def without_filter(line: str) -> tuple[str, bool]:
    """Return a line without a filter that all errors go through, and whether it had one."""
    found = _ERRORS_ONLY.search(line) if len(line) <= LONGEST and "grep" in line else None
    return (line[: found.start()].rstrip(), True) if found else (line, False)


def _is_aside(program: str) -> bool:
    """Tell whether a program only looks, or moves files about."""
    return program in SEEING | FINDING | REMOTE | FORMATTING.keys() | _HANDLING | {"", "set"}


def _is_fed(part: Part) -> bool:
    """Tell whether a program is given a text, which may be what it runs."""
    has_text = any(sign.startswith("<") for sign, _ in part.redirections)
    return has_text and not _is_aside(program_of(part.words)[0])


def _is_whole(call: Call, outside: str) -> bool:
    is_known = not any(word.startswith(UNKNOWN) for word in call.arguments)
    is_here = call.folder is not None or bool(outside) or _names_places(call)
    return call.is_whole and call.has_stderr and is_here and is_known


def _names_places(call: Call) -> bool:
    """Tell whether a compiler is given whole paths, so that it may be called anywhere."""
    files = [word for word in call.arguments if "." in word and not word.startswith("-")]
    is_compiler = _lists_all(call.program, call.arguments)
    return is_compiler and bool(files) and all(word.startswith("/") for word in files)


def _is_loose(part: Part) -> bool:
    """Tell whether a command may not have run, or may be running still."""
    is_asked = part.words[:1] and part.words[0] in _STEERING
    is_spare = part.before == "||" and part.words[:1] not in (["true"], ["echo"], [":"])
    return bool(is_asked) or is_spare or part.after == "&"


def _lists_errors(found: Sequence[Part]) -> bool:
    """Tell whether a line runs compilers, and else only what waits for them to find nothing."""
    has_compiled = False
    for part in found:
        program, arguments, _ = program_of(part.words)
        if _lists_all(program, arguments):
            has_compiled = True
        elif not _is_aside(program) and not (has_compiled and part.before == "&&"):
            return False
    return has_compiled


def _lists_all(program: str, arguments: Sequence[str]) -> bool:
    words = (program, *arguments[:3]) if program in _FRONTS else (program,)
    return any(word in _COMPILERS for word in words)


def _is_repeatable(call: Call) -> bool:
    return bool(_REPEATABLE.match(call.program)) or _lists_all(call.program, call.arguments)


def _seems_well(run: Run, ran: list[Call]) -> bool:
    """Tell whether nothing says that a program failed whose exit status is not told."""
    if any(call.exit_status for call in ran):
        return False
    text = text_of(run)[-_LOOKED_AT:].lower()
    is_failed = "exit" in text and any(int(status) for status in _EXIT.findall(text))
    may_be_broken = any(word in text for word in _BROKEN_WORDS)
    return not is_failed and not (may_be_broken and _BROKEN.search(text))


def _name(ran: list[Call]) -> str:
    """Return what ran, fit to be shown; what is long, or may hold a secret, ends in a digest."""
    words = (" ".join([call.program, *call.arguments]) for call in ran)
    whole = said(" ".join("; ".join(words).replace(UNKNOWN, "").split()))
    secret = _SECRET.search(whole)
    if len(whole) <= LONGEST_NAME and not secret:
        return whole
    mark = blake2b(whole.encode("utf-8", "replace"), digest_size=4).hexdigest()
    end = min(LONGEST_NAME - len(mark) - 4, secret.start() if secret else LONGEST_NAME)
    return f"{whole[:end]}... {mark}"
