"""Reads ``loopwatch.toml``, or ``[tool.loopwatch]`` of ``pyproject.toml``.

Keys are the long options without dashes in front; ``docs/configuration.md``
lists them. The file lies in a repository that may be hostile, so nothing in it
names another file, and programs only under ``detectors``: those are run if
``--detect`` is given on the command line, and no key stands for that option.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from loopwatch.errors import ConfigError
from loopwatch.model.options import Options
from loopwatch.sources.config_keys import (
    FORMAT,
    KEYS,
    OPTION_FIELDS,
    Check,
    UnknownNameError,
    WrongValueError,
    one_of,
)

if TYPE_CHECKING:
    from loopwatch.sources.detector_config import DetectorConfig

OWN, SHARED = "loopwatch.toml", "pyproject.toml"
DETECTORS = "detectors"  # a list of tables; all other keys have plain values
LARGEST = 1_000_000  # bytes
LIKENESS = 0.6  # of a key that is meant, by difflib's ratio; its own default
HEADER = re.compile(r"\s*\[\[?(?P<name>[^\]]*)\]")
ENTRY = re.compile(r"(?P<name>[^=#]+)=")
BLANKS = re.compile(r"[\s\"']")  # and quotes, which a key may have around it
LINE = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the configuration of one repository says; what it does not say is not in it."""

    file: str | None = None  # where it is said
    values: Mapping[str, object] = field(default_factory=dict)  # by key

    @property
    def detectors(self) -> "tuple[DetectorConfig, ...]":
        """Return the detectors to run, in the order of the file."""
        return self.values.get(DETECTORS, ())  # type: ignore[return-value]  # as checked

    def options(self, base: Options) -> Options:
        """Return ``base`` with what is said here in place of what is said there."""
        said = {name: self.values[key] for key, name in OPTION_FIELDS.items() if key in self.values}
        return replace(base, **said)  # type: ignore[arg-type]  # KEYS has seen to the types


def read_settings(root: Path, formats: Collection[str]) -> Settings:
    """Return the settings that lie at the root of a working tree.

    Args:
        root: the folder.
        formats: names of the formats that there are.

    Raises:
        ConfigError: a file cannot be read, or says what cannot be.
    """
    own, shared = _text(root / OWN), _text(root / SHARED)
    mine = _tables(own, OWN) if own is not None else {}
    if shared is not None and "loopwatch" in shared:  # what is wrong in it otherwise is not ours
        theirs = _loopwatch(_tables(shared, SHARED))
        if mine and theirs:
            raise ConfigError(
                f"both {OWN} and {SHARED} have settings of loopwatch",
                hint=f"keep them in one; {OWN} needs no [tool.loopwatch]",
            )
        if theirs:
            return Settings(file=SHARED, values=_checked(theirs, SHARED, shared, formats))
    return Settings(
        file=OWN if own is not None else None, values=_checked(mine, OWN, own or "", formats)
    )


def _text(path: Path) -> str | None:
    """Return what a file holds; None if there is none."""
    try:
        if not path.exists():
            return None
        if not path.is_file():
            raise ConfigError(f"{path.name} is not a file", hint="take it away, or rename it")
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise ConfigError(
            f"cannot read {path.name}: {error.strerror or error}", hint="see to its permissions"
        ) from error
    if len(content) > LARGEST:
        raise ConfigError(f"{path.name} is larger than {LARGEST:,} bytes")
    try:
        return content.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            f"{path.name}:{line} is not UTF-8", hint="TOML is always UTF-8"
        ) from error


def _tables(text: str, file: str) -> Mapping[str, object]:
    import tomllib

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        said = str(error)
        where = LINE.search(said)
        line = (where and where["line"]) or len(text.splitlines()) or 1
        reason = LINE.sub("", said) if where else said
        raise ConfigError(
            f"{file}:{line} is not TOML: {reason}", hint='text needs quotes: key = "text"'
        ) from error


def _loopwatch(tables: Mapping[str, object]) -> Mapping[str, object]:
    tool = tables.get("tool")
    mine = tool.get("loopwatch") if isinstance(tool, dict) else None
    if mine is not None and not isinstance(mine, dict):
        raise ConfigError(f"tool.loopwatch in {SHARED} is not a table", hint="[tool.loopwatch]")
    return mine or {}


def _checked(
    said: Mapping[str, object], file: str, text: str, formats: Collection[str]
) -> Mapping[str, object]:
    """Return what is said, each value as its key wants it."""
    values: dict[str, object] = {}
    for key, value in said.items():
        place = f"`{key}` in {file}{_line(key, file, text)}"
        if key not in KEYS and key != DETECTORS:
            raise _unknown(key, place, (*KEYS, DETECTORS))
        try:
            values[key] = _check(key, formats)(value)
        except UnknownNameError as error:
            line = _line(f"{key}.{error.key}", file, text)
            where = f"`{error.key}` of a detector in {file}{line}"
            raise _unknown(error.key, where, error.known) from error
        except WrongValueError as error:
            raise ConfigError(f"{place} must be {error}, not {_shown(value)}") from error
    return values


def _check(key: str, formats: Collection[str]) -> Check:
    if key == DETECTORS:
        from loopwatch.sources.detector_config import detectors

        return detectors
    return one_of(*formats) if key == FORMAT else KEYS[key]


def _unknown(key: str, place: str, known: Collection[str]) -> ConfigError:
    from difflib import get_close_matches

    near = get_close_matches(key.lower().replace("_", "-"), known, n=1, cutoff=LIKENESS)
    if near:
        return ConfigError(f"unknown key {place} (did you mean `{near[0]}`?)")
    return ConfigError(f"unknown key {place}", hint=f"there are: {', '.join(sorted(known))}")


def _line(key: str, file: str, text: str) -> str:
    """Return ":4" where the key is on line 4, or nothing where that cannot be told."""
    home = "" if file == OWN else "tool.loopwatch"
    wanted = f"{home}.{key}".lstrip(".")
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := HEADER.match(line):
            name = table = BLANKS.sub("", header["name"])
        elif entry := ENTRY.match(line):
            name = f"{table}.{BLANKS.sub('', entry['name'])}".lstrip(".")
        else:
            continue
        if f"{name}.".startswith(f"{wanted}."):
            return f":{number}"
    return ""


def _shown(value: object) -> str:
    import json

    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = str(value)  # TOML has dates, JSON has not
    return text if len(text) <= 60 else f"{text[:60]} …"
