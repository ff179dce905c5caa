"""What a shell command does to files, as far as its line tells.

Only what is certain is said: a document that is written to a file is known word for word,
``sed -i`` changes a file nobody knows how, ``git checkout other`` changes perhaps all.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from loopwatch.detectors.programs import program_of
from loopwatch.detectors.shell import UNKNOWN, Part, parts
from loopwatch.detectors.tools import KNOWN
from loopwatch.sources.session_log.documents import Documents
from loopwatch.sources.session_log.places import DRIVE
from loopwatch.sources.session_log.shell_programs import (
    BUILDING,
    FINDING,
    FORMATTING,
    GENERATING,
    GIT_SEEING,
    REMOTE,
    SCRIPTED,
    SEEING,
    STILL,
)

MOST_FILES = 50  # of one formatter, that are told
NEW_BRANCH = frozenset("-b -B -c -C --create --force-create".split())
OUT = frozenset({">", ">>", ">|", "1>", "1>>", "&>", "&>>"})
PREPARING = frozenset({"cd", "mkdir", "export", "set", "source"})  # they say so if they fail
NO_FILES = frozenset({"/dev/null", "/dev/stderr", "/dev/stdout", "$null"})


@dataclass(frozen=True, slots=True)
class Written:
    """A file that a command changes."""

    path: str
    content: str | None = None  # None: not known
    is_added: bool = False  # the content is put at the end
    is_gone: bool = False
    moved_from: str = ""
    is_taken_back: bool = False  # it is what was committed
    is_early: bool = False  # written whatever came of the rest: other commands follow


@dataclass(slots=True)
class Effects:
    """What a command did."""

    line: str = ""  # as it was understood: without the texts that it writes
    folder: str | None = ""  # where it has led by ``cd``, from where it began; None: unknown
    parts: int = 0  # commands of the line
    files: list[Written] = field(default_factory=list)
    moves_tree: bool = False  # all files may be others now: another branch, a stash
    puts_back: bool = False  # ... and are the own ones again
    is_unsure: bool = False  # it may have changed any file
    is_only_showing: bool = True  # it prints what is there: no check has run


def effects(line: str, *, is_windows: bool = False) -> Effects:
    """Return what a command line does to files.

    Args:
        line: as a shell takes it.
        is_windows: a backslash parts folders, and escapes nothing.
    """
    documents = Documents.of(line, is_windows=is_windows)
    found = parts(documents.line)
    told = Effects(line=documents.line, parts=len(found))
    told.files += [Written(path, body) for path, body in documents.written]
    if line.strip() and not any(part.words for part in found):
        told.is_unsure, told.is_only_showing = True, False
    folder: str | None = ""  # where ``cd`` has led; None: nobody knows
    outside: list[str | None] = []
    for place, part in enumerate(found):
        if part.before == "(":
            outside.append(folder)
        elif part.before == ")" and outside:
            folder = outside.pop()
        folder = _moved(folder, part)
        first = len(told.files)
        _take(part, documents, told)
        told.is_unsure = told.is_unsure or (folder is None and len(told.files) > first)
        is_early = len(told.files) > first and _is_early(found, place)
        told.files[first:] = [
            replace(_placed(file, folder), is_early=is_early)
            for file in told.files[first:]
            if folder is not None
        ]
    told.folder = folder
    return told


def _is_early(found: Sequence[Part], place: int) -> bool:
    """Tell whether a command is sure to have run, and the status of the line is another one's."""
    steps = pairwise(found[: place + 1])
    return place + 1 < len(found) and all(
        part.before in {";", "\n"}
        or (part.before == "&&" and program_of(before.words)[0] in PREPARING)
        for before, part in steps
    )


def _moved(folder: str | None, part: Part) -> str | None:
    """Return the folder after a command, if that is ``cd``."""
    program, arguments, _ = program_of(part.words)
    if program != "cd":
        return folder
    words = [word for word in arguments if word not in {"--", "-P", "-L"}]
    if len(words) != 1 or folder is None or words[0][:1] in {UNKNOWN, "~", "-"}:
        return None
    return words[0] if DRIVE.match(words[0]) else posixpath.join(folder, words[0])


def _placed(file: Written, folder: str) -> Written:
    """Return a file named from the folder that the line began in."""
    if not folder:
        return file
    path, origin = (
        name if not name or name[:1] == "~" or DRIVE.match(name) else posixpath.join(folder, name)
        for name in (file.path, file.moved_from)
    )
    return replace(file, path=path, moved_from=origin)


def _take(part: Part, documents: Documents, told: Effects) -> None:
    program, arguments, _ = program_of(part.words)
    told.files += _redirected(part, program, documents)
    is_fed, body = documents.fed_to(part)
    if program == "tee" and is_fed:
        told.files += [Written(path, body) for path in _operands(arguments) if _is_name(path)]
    elif program == "git":
        _take_git(arguments, told)
    elif program in _FILES:
        told.files += _FILES[program](_operands(arguments))
    elif _is_formatting(program, arguments):
        files = _operands(arguments, has_script=program in SCRIPTED)
        told.files += [Written(path) for path in files[:MOST_FILES] if _is_file(path)]
        told.is_unsure = told.is_unsure or not files or not all(map(_is_file, files))
    else:
        told.is_unsure = told.is_unsure or _is_unsure(program, arguments)
    is_showing = program in SEEING | FINDING | REMOTE | {"git", "sed", "tee", "xargs", ""}
    told.is_only_showing = told.is_only_showing and (is_showing or program in _FILES)


def _redirected(part: Part, program: str, documents: Documents) -> Iterator[Written]:
    """Yield the files that the output of a command goes to."""
    is_fed, body = documents.fed_to(part)
    is_copy = is_fed and program == "cat" and len(part.words) == 1
    for sign, path in part.redirections:
        if sign in OUT and path not in NO_FILES and _is_name(path):
            yield Written(path, body if is_copy else None, is_added=is_copy and ">>" in sign)


def _is_unsure(program: str, arguments: Sequence[str]) -> bool:
    """Tell whether a program may have changed any file."""
    if program in FINDING:
        return any(word.startswith(("-exec", "-delete", "-ok", "-x")) for word in arguments)
    if program in BUILDING:
        return bool(GENERATING.intersection(arguments[:1]))
    return bool(program) and program not in SEEING | REMOTE | {*KNOWN, *FORMATTING}


def _is_formatting(program: str, arguments: Sequence[str]) -> bool:
    if program not in FORMATTING or STILL.intersection(arguments):
        return False
    needed = FORMATTING[program].split()
    return not needed or any(word.startswith(tuple(needed)) for word in arguments)


def _is_name(path: str) -> bool:
    return bool(path) and not path.startswith((UNKNOWN, "-", "&"))


def _is_file(path: str) -> bool:
    return _is_name(path) and "." in path.rpartition("/")[2].strip(".")


def _operands(arguments: Sequence[str], *, has_script: bool = False) -> list[str]:
    found = [word for word in arguments if not word.startswith("-")]
    is_named = any(word in {"-e", "-f", "--expression", "--file"} for word in arguments)
    return found[1:] if has_script and (not is_named or arguments[0] in found) else found


def _removed(paths: Sequence[str]) -> Iterator[Written]:
    return (Written(path, is_gone=True) for path in paths if _is_file(path))


def _renamed(paths: Sequence[str]) -> Iterator[Written]:
    if len(paths) == 2 and all(map(_is_file, paths)):
        yield Written(paths[1], moved_from=paths[0])


def _copied(paths: Sequence[str]) -> Iterator[Written]:
    if len(paths) == 2 and all(map(_is_file, paths)):
        yield Written(paths[1])


_FILES = {"rm": _removed, "unlink": _removed, "mv": _renamed, "cp": _copied}


def _is_new_branch(verb: str, words: Sequence[str], arguments: Sequence[str]) -> bool:
    """Tell whether git begins a branch where it is: no file is another one on it."""
    return (
        verb in {"checkout", "switch"} and len(words) == 2 and not NEW_BRANCH.isdisjoint(arguments)
    )


def _take_git(arguments: Sequence[str], told: Effects) -> None:
    """Take in a call of git: most only look, some take files back, some change the whole tree."""
    words = [word for word in arguments if not word.startswith("-")]
    verb = words[0] if words else ""
    is_still = verb in GIT_SEEING or _is_new_branch(verb, words, arguments)
    if is_still or not verb or {"--staged", "--cached"}.intersection(arguments):
        return
    if verb in {"rm", "mv"}:
        told.files += _FILES[verb](words[1:])
    elif verb == "stash":
        action = words[1] if len(words) > 1 else "push"
        told.puts_back = told.puts_back or action in {"pop", "apply"}
        told.moves_tree = told.moves_tree or action in {"push", "save"}
    elif verb == "restore" or (verb == "checkout" and "--" in arguments):
        after = arguments[list(arguments).index("--") + 1 :] if "--" in arguments else words[1:]
        files = [path for path in after if _is_file(path)]
        told.files += [Written(path, is_taken_back=True) for path in files]
        told.moves_tree = told.moves_tree or len(files) < len(list(after))
    elif verb == "checkout" and len(words) == 2 and _is_file(words[1]) and "/" in words[1]:
        told.files.append(Written(words[1], is_taken_back=True))
    elif verb in {"apply", "am"}:
        told.is_unsure = True
    else:
        told.moves_tree = True
