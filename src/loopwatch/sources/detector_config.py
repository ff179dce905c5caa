"""Detectors that the configuration names: what to run, on which files, how long."""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from loopwatch.detectors.programs import program_of
from loopwatch.diffing.languages import is_code
from loopwatch.sources.config_keys import UnknownNameError, WrongValueError
from loopwatch.sources.globs import covers

FILES = "{files}"
FILE_SCOPE, TREE_SCOPE = "file", "tree"
ALONE = frozenset({"ruff", "eslint"})  # readers of tools that look at each file by itself
SECONDS = 60
PYTHON = ("*.py", "*.pyi")
SCRIPT = ("*.js", "*.jsx", "*.mjs", "*.cjs", "*.ts", "*.tsx", "*.mts", "*.cts")
SUGGESTED: Mapping[str, tuple[str, ...]] = {
    "cargo": ("*.rs",),
    "clippy": ("*.rs",),
    "eslint": SCRIPT,
    "go": ("*.go",),
    "jest": SCRIPT,
    "mypy": PYTHON,
    "pyright": PYTHON,
    "pytest": PYTHON,
    "ruff": PYTHON,
    "tsc": SCRIPT,
    "unittest": PYTHON,
    "vitest": SCRIPT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorConfig:
    """One detector that loopwatch is to run."""

    name: str
    command: tuple[str, ...]  # a word "{files}" stands for the files
    format: str | None = None  # name of the reader; None: known by the command
    files: tuple[str, ...] = ()  # globs; empty: what suits the reader
    scope: str | None = None  # "file", "tree"; None: what suits the reader
    timeout: int = SECONDS

    def is_for(self, path: str, reader: str | None) -> bool:
        """Tell whether a file is one of those to look at."""
        globs = self.files or SUGGESTED.get(reader or "", ())
        return any(covers(glob, path) for glob in globs) if globs else is_code(path)

    def looks_at_files_alone(self, reader: str | None) -> bool:
        """Tell whether the answer for a file depends on that file alone."""
        if self.scope is not None:
            return self.scope == FILE_SCOPE
        return reader in ALONE

    def words(self, files: tuple[str, ...]) -> tuple[str, ...]:
        """Return the command line for some files."""
        words: list[str] = []
        for word in self.command:
            if word == FILES:
                words.extend(files)
            elif FILES in word:
                words.extend(word.replace(FILES, file) for file in files)
            else:
                words.append(word)
        return tuple(words)

    @property
    def names_files(self) -> bool:
        """Tell whether the command is given files at all."""
        return any(FILES in word for word in self.command)


def detectors(value: object) -> tuple[DetectorConfig, ...]:
    """Return the detectors that a list of tables says.

    Raises:
        WrongValueError: it says something else; says what is expected.
        UnknownNameError: a table has a key that there is not.
    """
    if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
        raise WrongValueError("a list of tables: [[detectors]]")
    found = tuple(map(_detector, value))
    if len({one.name for one in found}) < len(found):
        raise WrongValueError("a list in which each detector has a name of its own")
    return found


def _detector(table: Mapping[str, object]) -> DetectorConfig:
    for key in table:
        if key not in _CHECKS:
            raise UnknownNameError(key, tuple(_CHECKS))
    if "command" not in table:
        raise WrongValueError("tables that all have a `command`")
    said = {key: _CHECKS[key](table[key]) for key in table}
    said.setdefault("name", said.get("format") or program_of(_command(table["command"]))[0])
    return DetectorConfig(**said)  # type: ignore[arg-type]  # the checks see to the types


def _command(value: object) -> tuple[str, ...]:
    words = _split(value) if isinstance(value, str) else value
    if not isinstance(words, list) or not words or not all(isinstance(one, str) for one in words):
        raise WrongValueError("tables with a `command`: a text, or a list of words")
    if not words[0] or FILES in words[0]:
        raise WrongValueError("tables with a `command` that begins with a program")
    return tuple(words)


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise WrongValueError(f"tables whose `command` is complete ({error})") from error


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise WrongValueError("tables whose `name` and `format` are texts")
    return value


def _globs(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise WrongValueError('tables whose `files` are globs, such as ["src/**/*.py"]')
    return tuple(value)


def _scope(value: object) -> str:
    if value not in (FILE_SCOPE, TREE_SCOPE):
        raise WrongValueError("tables whose `scope` is file or tree")
    return str(value)


def _seconds(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise WrongValueError("tables whose `timeout` is a number of seconds, at least 1")
    return value


_CHECKS: Mapping[str, Callable[[object], object]] = {
    "name": _text,
    "command": _command,
    "format": _text,
    "files": _globs,
    "scope": _scope,
    "timeout": _seconds,
}
